"""应用设计: the apps one designs, and how a new one begins: blank, from headings, a sheet, a sample, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from builder_ui.models.design_life import AppLine, AppsPage, Guesses, NewAppPage, SampleLine
from builder_ui.models.parts import Link
from builder_ui.site import Ask, Here, Visit, sent_form
from engine.applications import Draft
from engine.clock import from_microseconds
from engine.designing import Designed
from engine.designing.guessing import Column, guess_fields
from engine.designing.starting import columns_of, headings_of
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

APPS = "/design"
STYLES = ("list", "form", "pages", "design_app")
HOWS = ("blank", "headings", "sheet")
EXAMPLES = 3


@get(APPS, sync_to_thread=True)
def apps_page(request: Ask, site: Here) -> Response[Any]:
    visit = designer(site.visit(request))
    found = tuple(_line(visit, one) for one in visit.runtime.designing.apps(visit.viewer))
    page = AppsPage(visit.text("Design apps"), found)
    return visit.page("design/apps.html", page, title=page.title, styles=STYLES)


@get(f"{APPS}/new", sync_to_thread=True)
def new_app_page(request: Ask, site: Here) -> Response[Any]:
    visit = designer(site.visit(request))
    how = visit.query.get("how", "")
    return _new(visit, how=how if how in HOWS else "blank")


@post(f"{APPS}/new", sync_to_thread=True, status_code=200)
def new_app(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`how` with `label`, and what it is made from; or `sample`. Goes on to the first form."""
    visit, sent = designer(site.visit(request)), sent_form(body)
    values = {key: sent.get(key, [""])[-1] for key in ("how", "label", "app", "form", "headings", "sample")}
    try:
        draft = _made(visit, values, sent.get("file", []))
    except Rejected as refused:
        words = tuple(found.text(visit.language) for found in refused.problems)
        kept = {key: values[key] for key in ("label", "app", "form", "headings")}
        return _new(visit, how=values["how"] if values["how"] in HOWS else "blank", wrong=words, **kept)
    forms = draft.document["forms"]
    first = f"/forms/{forms[0]['id']}" if not values["sample"] else ""
    return visit.go(f"{APPS}/{draft.app}{first}")


@post(f"{APPS}/new/guess", sync_to_thread=True, status_code=200)
def guesses(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """What the fields would be, while somebody still types or has just chosen a sheet."""
    visit, sent = designer(site.visit(request)), sent_form(body)
    try:
        columns = (
            list(columns_of(uploaded(visit, sent.get("file", []))))
            if sent.get("how") == ["sheet"]
            else [Column(one) for one in headings_of(sent.get("headings", [""])[-1])]
        )
    except Rejected as refused:
        return visit.part(
            "design/guesses.html", Guesses((), tuple(one.text(visit.language) for one in refused.problems))
        )
    fields = guess_fields(columns, visit.runtime.registry)
    shown = tuple(
        (field["label"], _type(visit, field["type"]), visit.joined(column.values[:EXAMPLES]))
        for field, column in zip(fields, columns, strict=True)
    )
    return visit.part("design/guesses.html", Guesses(shown))


def _made(visit: Visit, values: Mapping[str, str], files: list[str]) -> Draft:
    starting, who = visit.runtime.life.starting, visit.viewer
    if values["sample"]:
        return starting.from_sample(who, values["sample"])
    named = {"form": values["form"], "app": values["app"]}
    if values["how"] == "headings":
        return starting.from_headings(who, values["label"], values["headings"], **named)
    if values["how"] == "sheet":
        return starting.from_sheet(who, values["label"], uploaded(visit, files), **named)
    return starting.blank(who, values["label"], **named)


# -- what the pages show -------------------------------------------------------------------------------


def designer(visit: Visit) -> Visit:
    """Rejected (access.denied) for whoever designs nothing."""
    if not visit.runtime.designing.designs(visit.viewer) and not visit.runtime.designing.apps(visit.viewer):
        raise Rejected([problem("access.denied")])
    return visit


def uploaded(visit: Visit, files: list[str]) -> bytes:
    """The last of the visitor's own uploads. Rejected (file.unknown)."""
    chosen = [file for file in files if file]
    if not chosen:
        raise Rejected([problem("file.unknown")])
    _, pieces = visit.runtime.open_file(visit.viewer, chosen[-1])
    return b"".join(pieces)


def trail_to_apps(visit: Visit) -> tuple[Link, ...]:
    return (Link(visit.text("Design apps"), APPS),)


def state_of(visit: Visit, version: int, changed: bool) -> tuple[str, str]:
    """(state, words) of an app: new, changed since it was published, or as published."""
    if not version:
        return "new", visit.text("Not published yet")
    if changed:
        return "changed", visit.text("Version %(version)s, with changes", version=version)
    return "published", visit.text("Version %(version)s", version=version)


def _line(visit: Visit, one: Designed) -> AppLine:
    draft = visit.runtime.designing.open(visit.viewer, one.app)
    document, head = draft.document, draft.document.get("app") or {}
    changed = bool(one.version) and document != visit.runtime.applications.document(one.app)
    forms, rules = (_count(document.get(kind)) for kind in ("forms", "rules"))
    about = " · ".join(filter(None, (
        visit.count("%(num)s form", "%(num)s forms", forms),
        visit.count("%(num)s rule", "%(num)s rules", rules) if rules else "",
    )))  # fmt: skip
    by = visit.names.get(("person", one.draft.by), "")
    at = visit.moments.short(from_microseconds(one.draft.at)) if one.draft.at else ""
    state, words = state_of(visit, one.version, changed)
    return AppLine(
        label_text(head.get("label"), visit.language, one.app), f"{APPS}/{one.app}", head.get("icon") or "box",
        one.app, state, words, about, " · ".join(filter(None, (at, by))),
    )  # fmt: skip


def _count(parts: Any) -> int:
    return len(parts) if isinstance(parts, list) else 0


def _type(visit: Visit, name: str) -> str:
    kind = visit.runtime.registry.get("field", name)
    return label_text(kind.label, visit.language, name) if kind is not None else name


def _new(visit: Visit, **more: Any) -> Response[Any]:
    samples = tuple(
        SampleLine(
            one.id, label_text(one.label, visit.language), label_text(one.about, visit.language), one.icon,
            visit.count("%(num)s form", "%(num)s forms", one.forms), one.id in visit.runtime.designing.taken(),
        )
        for one in visit.runtime.life.starting.samples()
    )  # fmt: skip
    page = NewAppPage(visit.text("New app"), trail_to_apps(visit), samples, **more)
    status = 422 if page.wrong else 200
    return visit.page("design/new.html", page, title=page.title, styles=STYLES, status=status)


HANDLERS = (apps_page, new_app_page, new_app, guesses)
