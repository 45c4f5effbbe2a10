"""Who mentions a field or a form: what a removal or another type would touch.

Looks at the document itself, expressions included, so that it answers for drafts that do
not check. Names in expressions count where their form is meant: in the form's own parts,
in rules and roles about it, and behind links to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metamodel.changes import Change
from metamodel.forms import Form
from metamodel.keyed_lists import part_label
from metamodel.labels import Label
from metamodel.problems import pointer

if TYPE_CHECKING:
    from metamodel.application import App

WORDS_ONLY = frozenset({"label", "help", "description", "id", "icon", "type", "kind"})
_STRINGS = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”|「[^」]*」""")


@dataclass(frozen=True, slots=True)
class Mention:
    """A part (`rule`, `role`, `view`, `form`, …) that names what changes, and where in it."""

    what: str
    id: str
    label: Label
    path: str


@dataclass(frozen=True, slots=True)
class NamingPart:
    what: str
    id: str
    label: Label
    raw: Any
    path: str
    form: str  # whose fields its names mean

    def mention(self, path: str) -> Mention:
        return Mention(self.what, self.id, self.label, path)


def affected(app: App, change: Change) -> list[Mention]:
    """What mentions the field or form that `change` is about, in the order of the document."""
    names = dict(change.trail)
    if change.what == "field" and "form" in names:
        return mentions_of_field(app, names["form"], change.id)
    return mentions_of_form(app, change.id) if change.what == "form" else []


def mentions_of_field(app: App, form: str, field: str) -> list[Mention]:
    own = app.form(form)
    definition = own.field(field) if own else None
    here = definition.path if definition else ""
    found = []
    for part in naming_parts(app):
        links = links_to(app, part.form, form)
        names = [*([field] if part.form == form else []), *(f"{link}.{field}" for link in links)]
        for path, why in naming_texts(part.raw, part.path, form):
            if names_field(why, names, field, links) and not _inside(path, here):
                found.append(part.mention(path))
    return _first_of_each(found)


def mentions_of_form(app: App, form: str) -> list[Mention]:
    found = []
    for part in naming_parts(app):
        inside = part.what != "role" and part.form == form and part.what in ("view", "form")
        for path, why in naming_texts(part.raw, part.path, form):
            if why.key == "form" and why.text == form and not inside:
                found.append(part.mention(path))
    return _first_of_each(found)


@dataclass(frozen=True, slots=True)
class NamingText:
    """A text of the document: its key, whether it stands beside `"form": the form`, and beside which link."""

    text: str
    key: str
    beside_form: bool
    through: str
    is_key: bool = False


def names_field(found: NamingText, names: list[str], field: str, links: list[str]) -> bool:
    if found.key in WORDS_ONLY:
        return False
    if found.beside_form and found.text == field:
        return True
    if found.through in links and found.key == "field" and found.text == field:
        return True
    words = _STRINGS.sub("''", found.text) if found.text not in names else found.text
    return any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", words) for name in names)


def naming_texts(
    raw: Any, path: str, form: str, key: str = "", beside: bool = False, through: str = ""
) -> Iterator[tuple[str, NamingText]]:
    """Every text inside; keys too where they name fields (of a role, of a mapping beside its form)."""
    if isinstance(raw, str):
        yield path, NamingText(raw, key, beside, through)
    elif isinstance(raw, list):
        for number, item in enumerate(raw):
            yield from naming_texts(item, path + pointer(number), form, key, beside, through)
    elif isinstance(raw, dict):
        near = beside or raw.get("form") == form
        link = raw["through"] if isinstance(raw.get("through"), str) else through
        for name, item in raw.items():
            place = path + pointer(name)
            if key == "fields" or beside:
                yield place, NamingText(name, key, beside, through, is_key=True)
            yield from naming_texts(item, place, form, name, near, link)


def naming_parts(app: App) -> Iterator[NamingPart]:
    """The parts of an app that may name fields, each with the form its names are about."""
    for form in app.forms:
        yield from _form_parts(app, form)
    for rule, raw in zip(app.rules, _raws(app, "rules"), strict=False):
        when = raw.get("when")
        about = when.get("form", "") if isinstance(when, dict) else ""
        yield NamingPart("rule", rule.id, part_label(raw, rule.id), raw, rule.path, str(about))
    for flow, raw in zip(app.flows, _raws(app, "flows"), strict=False):
        yield NamingPart("flow", flow.id, part_label(raw, flow.id), raw, flow.path, flow.form)
    for report, raw in zip(app.reports, _raws(app, "reports"), strict=False):
        yield NamingPart("report", report.id, part_label(raw, report.id), raw, report.path, "")
    for role, raw in zip(app.roles, _raws(app, "roles"), strict=False):
        label = part_label(raw, role.id)
        for name, permission in _objects(raw.get("forms")):
            path = role.path + pointer("forms", name)
            yield NamingPart("role", role.id, label, {**permission, "form": name}, path, name)
    for number, raw in enumerate(_raws(app, "menus")):
        yield NamingPart(
            "menu", str(number), part_label(raw), raw.get("items"), pointer("menus", number, "items"), ""
        )


def _form_parts(app: App, form: Form) -> Iterator[NamingPart]:
    raw = next((one for one in _raws(app, "forms") if one.get("id") == form.id), {})
    rest = {key: value for key, value in raw.items() if key not in ("fields", "views")}
    yield NamingPart("form", form.id, part_label(raw, form.id), rest, form.path, form.id)
    for key, what in (("fields", "field"), ("views", "view")):
        for number, one in enumerate(_raws(raw, key)):
            path = form.path + pointer(key, number)
            yield NamingPart(what, str(one.get("id", "")), part_label(one), one, path, form.id)


def _raws(holder: Any, key: str) -> list[Mapping[str, Any]]:
    document = getattr(holder, "document", holder)
    items = document.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _objects(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    items = value.items() if isinstance(value, dict) else ()
    return [(name, item) for name, item in items if isinstance(item, dict)]


def links_to(app: App, form: str, target: str) -> list[str]:
    """The fields of `form` that point at `target`."""
    found = app.form(form)
    links = []
    for field in found.fields if found else ():
        reference = field.type.reference(field) if field.type and field.options is not None else None
        if reference is not None and reference.form == target and reference.app in ("", app.id):
            links.append(field.id)
    return links


def _inside(path: str, part: str) -> bool:
    return bool(part) and (path == part or path.startswith(part + "/"))


def _first_of_each(mentions: list[Mention]) -> list[Mention]:
    """One mention a part is enough to know."""
    kept: dict[tuple[str, str, str], Mention] = {}
    for mention in mentions:
        place = "/".join(mention.path.split("/")[:3])
        kept.setdefault((mention.what, mention.id, place), mention)
    return list(kept.values())
