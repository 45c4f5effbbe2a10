"""The frame around every page on which an app is designed: its tabs, what is saved, undo, problems, publishing.

Pages in `pages/design/` put a `DesignFrame` into their model as `frame`; `templates/design/frame.html` draws it and
`static/js/controllers/design_frame_controller.js` gives it life. The draft itself is in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from builder_ui.capture_places import capture_place
from builder_ui.site import Visit
from engine.clock import from_microseconds
from engine.designing import Looked
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Problem


@dataclass(frozen=True, slots=True)
class DesignTab:
    """A page of the designer; `count`: problems that belong to it."""

    id: str
    text: str
    href: str
    icon: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class DesignProblem:
    """One line of the list of problems: what, where, and where to put it right."""

    text: str
    hint: str
    where: str
    href: str
    severity: str
    path: str

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class DesignFrame:
    """`revision` is the draft the page was made from, `version` what is published (0: nothing yet), `saved` when
    the draft was last kept, as a time of the day or a date; '' when nobody changed anything yet."""

    app: str
    label: str
    revision: int
    version: int
    saved: str
    tabs: tuple[DesignTab, ...]
    forms: tuple[DesignTab, ...]
    apps: tuple[DesignTab, ...]
    problems: tuple[DesignProblem, ...]
    preview_href: str
    words: Mapping[str, str]

    @property
    def base(self) -> str:
        return f"/design/{self.app}"

    @property
    def errors(self) -> int:
        return sum(found.is_error for found in self.problems)


def design_frame(visit: Visit, app: str, here: str, form: str = "") -> DesignFrame:
    """`here`: overview, forms, capture, permissions, menu, versions, tests or publish; `form`: the one being designed.
    Rejected (access.denied, app.unknown) for whoever does not design the app."""
    designing = visit.runtime.designing
    looked = designing.look(visit.viewer, app)
    document, base = looked.draft.document, f"/design/{app}"
    forms = tuple(
        DesignTab(name, text, f"{base}/forms/{name}", icon or "list", name == form)
        for name, text, icon in _forms(document, visit.language)
    )
    served = visit.runtime.applications.served()
    head = document.get("app")
    shown = form or (forms[0].id if forms else "")
    return DesignFrame(
        app, label_text(head.get("label") if isinstance(head, dict) else None, visit.language, app),
        looked.draft.revision, visit.runtime.applications.version(app) if app in served else 0,
        _saved(visit, looked.draft.at),
        _tabs(visit, base, here, bool(document.get("channels"))), forms, _apps(visit, app),
        draft_problems(visit, looked),
        f"{base}/forms/{shown}/preview" if shown else "", frame_words(visit),
    )  # fmt: skip


def _saved(visit: Visit, at: int) -> str:
    """The time of the day, of today; else the day too."""
    if not at:
        return ""
    moment = visit.moments.read(from_microseconds(at))
    today = moment is not None and moment.date() == visit.moments.today.date()
    return f"{moment:%H:%M}" if today else visit.moments.short(moment)


def _tabs(visit: Visit, base: str, here: str, channels: bool) -> tuple[DesignTab, ...]:
    """`channels`: there are messages to be captured."""
    capture = ("capture", visit.text("Capture"), "/capture")
    places = (
        ("overview", visit.text("Overview"), ""),
        *([capture] if channels or here == "capture" else ()),
        ("permissions", visit.text("Permissions"), "/permissions"),
        ("menu", visit.text("Menu"), "/menu"),
        ("versions", visit.text("Versions"), "/versions"),
        ("tests", visit.text("Tests"), "/tests"),
    )
    return tuple(DesignTab(name, text, base + path, current=name == here) for name, text, path in places)


def _apps(visit: Visit, here: str) -> tuple[DesignTab, ...]:
    """The other apps this viewer designs."""
    return tuple(
        DesignTab(app.id, app.text(visit.language), f"/design/{app.id}", "box", app.id == here)
        for app in visit.runtime.applications.all()
        if visit.runtime.manages(visit.viewer, app.id, "design")
    )


def _forms(document: Mapping[str, Any], language: str) -> Iterable[tuple[str, str, str]]:
    found = document.get("forms")
    for form in found if isinstance(found, list) else ():
        if isinstance(form, dict) and isinstance(form.get("id"), str):
            icon = form.get("icon")
            name = form["id"]
            yield name, label_text(form.get("label"), language, name), icon if isinstance(icon, str) else ""


# -- problems -----------------------------------------------------------------------------------------

_PLACE = re.compile(
    r"^/forms/(\d+)(?:/fields/(\d+)(?:/fields/(\d+))?|/layout/(\d+)|/views/(\d+)|/retention(?:/(\d+))?)?"
)
_PAGES = {"roles": "/permissions", "menus": "/menu", "tests": "/tests"}


def draft_problems(visit: Visit, looked: Looked) -> tuple[DesignProblem, ...]:
    """What the checks say, errors first, each with the place where it is put right."""
    made = [_problem(visit, looked, found) for found in looked.problems]
    return tuple(sorted(made, key=lambda one: not one.is_error))


def _problem(visit: Visit, looked: Looked, found: Problem) -> DesignProblem:
    where, href = problem_place(
        looked.draft.app, looked.draft.document, found.path, visit.language, looked.app
    )
    text, hint = found.text(visit.language), found.hint(visit.language)
    return DesignProblem(text, hint, where, href, found.severity, found.path)


def problem_place(
    app: str, document: Mapping[str, Any], path: str, language: str, read: App | None = None
) -> tuple[str, str]:
    """(words, address) of the part a pointer is about: its form and field, else the page of its kind. `read`: the
    draft as the app it would be."""
    base, parts = f"/design/{app}", path.split("/")
    match = _PLACE.match(path)
    if match is None:
        kind = parts[1] if len(parts) > 1 else ""
        part = _at(_at(document, kind), parts[2]) if len(parts) > 2 else None
        words = label_text(_label(part), language) if part is not None else ""
        captured = capture_place(read, path) if read is not None else ""
        return words, base + (f"/capture{captured}" if captured else _PAGES.get(kind, ""))
    form = _at(_at(document, "forms"), match[1])
    name = str(_at(form, "id") or "")
    said = [label_text(_label(form), language, name)]
    keys: list[str] = []
    holder = form
    for place in match.groups()[1:3]:
        if place is not None:
            holder = _at(_at(holder, "fields"), place)
            keys.append(str(_at(holder, "id") or ""))
            said.append(label_text(_label(holder), language, keys[-1]))
    block = _at(_at(_at(form, "layout"), match[4]), "id") if match[4] else None
    view = _at(_at(form, "views"), match[5]) if match[5] else None
    if view is not None:
        shown = str(_at(view, "id") or "")
        said.append(label_text(_label(view), language, shown))
        return " › ".join(filter(None, said)), f"{base}/forms/{name}/views?at={shown}"
    if path.startswith(f"/forms/{match[1]}/retention"):
        rule = _at(_at(form, "retention"), match[6] or "")
        said.append(label_text(_label(rule), language, str(_at(rule, "id") or "")))
        shown = f"?at={_at(rule, 'id')}" if rule is not None else ""
        return " › ".join(filter(None, said)), f"{base}/forms/{name}/retention{shown}"
    at = f"?at=field:{'.'.join(keys)}" if keys else f"?at=block:{block}" if isinstance(block, str) else ""
    return " › ".join(filter(None, said)), f"{base}/forms/{name}{at}"


def _at(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        return holder[int(key)] if is_whole_number(key) and int(key) < len(holder) else None
    return holder.get(key) if isinstance(holder, dict) else None


def _label(part: Any) -> Any:
    label = _at(part, "label")
    return label if isinstance(label, (str, dict)) and label else None


def frame_words(visit: Visit) -> Mapping[str, str]:
    """What the frame's script says; places in braces are filled there."""
    return {
        "zone": str(visit.runtime.config.zone), "saved": visit.text("Saved {at}"), "saving": visit.text("Saving …"),
        "offline": visit.text("Not connected; your changes are kept here"),
        "refused": visit.text("Not saved: {text}"),
        "undo": visit.text("Undo: {name}"), "redo": visit.text("Redo: {name}"),
        "nothing_to_undo": visit.text("Nothing to undo"), "nothing_to_redo": visit.text("Nothing to redo"),
        "undone": visit.text("Undone: {name}"), "redone": visit.text("Redone: {name}"),
        "others": visit.text("{who} just changed this app: {text}"),
        "others_more": visit.text("{who} just changed this app: {text} and {n} more"),
        "me": visit.viewer.person, "other_window": visit.text("Changed in another window: {text}"),
        "new_form": visit.text("Untitled form"), "add_form": visit.text("Add the form {label}"),
        "take_theirs": visit.text("Take theirs"), "took_theirs": visit.text("Take what the other has"),
        "conflict": visit.text("Both of you changed this; yours stands: {text}"),
    }  # fmt: skip
