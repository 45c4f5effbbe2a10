"""A timeline: everything with one customer over all channels, newest first (docs/views.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response

from builder_ui.cells import Chip, choice_chip, record_url
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link, Tab
from builder_ui.models.reading import FacetEntry, TimelineEntry, TimelineView
from builder_ui.site import Visit
from builder_ui.templating import href
from builder_ui.views import Placed, timeline_of
from engine.records.query import Facet, RecordView
from engine.records.timelines import TimelineLine
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.plugin_api import Reference
from metamodel.problems import Rejected

STYLES = ("list", "form", "chat")


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """The timeline of a menu: with a picker for whose it is."""

    title: str
    trail: tuple[Link, ...]
    tabs: tuple[Tab, ...]
    timeline: TimelineView
    view: str
    picked: tuple[Picked, ...]


def page(visit: Visit, placed: Placed, tabs: tuple[Tab, ...]) -> Response[Any]:
    """The view opened from a list's tabs: the latest of all, or of the one chosen."""
    whose = visit.query.get("whose", "")
    found = view(visit, placed, whose)
    reference = timeline_of(placed.form, placed.view)
    picked = (Picked(whose, _name(visit, placed, reference, whose)),) if whose and reference else ()
    title = placed.form.text(visit.language)
    model = TimelinePage(title, (), tabs, found, placed.view.id, picked)
    return visit.page("timeline.html", model, title=title, styles=STYLES, app=placed.app)


def readable(visit: Visit, placed: Placed) -> bool:
    with visit.runtime.database.read() as connection:
        return bool(visit.runtime.authority.ways(connection, visit.viewer, placed.app, placed.form))


def view(visit: Visit, placed: Placed, whose: str) -> TimelineView:
    """The entries about `whose` ('' for everybody's), and how many more there are that one may ask for."""
    chosen, number = visit.query.get("mark", ""), _number(visit)
    found = visit.runtime.timelines.of(
        visit.viewer, placed.app.id, placed.form.id, placed.view, whose, chosen, number
    )
    ask = _ask(placed, whose) if found.hidden or found.denied else ""
    if found.denied:
        return TimelineView((), hidden_count=found.hidden, request_href=ask)
    return TimelineView(
        tuple(_entries(visit, placed, found.lines, whose)), _marks(visit, placed, found.marks, chosen), found.hidden,
        ask, _here(visit, part=str(number + 1)) if found.more else "",
        picker=f"/apps/{placed.app.id}/forms/{placed.form.id}/options/{placed.option('by')}", whose=whose,
    )  # fmt: skip


def _number(visit: Visit) -> int:
    part = visit.query.get("part", "0")
    return min(whole_number(part, 0), 10_000)


def _here(visit: Visit, **change: str) -> str:
    return href(visit.request.url.path, **({n: v for n, v in visit.query.items() if n != "part"} | change))


def _ask(placed: Placed, whose: str) -> str:
    request: Mapping[str, str] = placed.option("request", None) or {}
    if not request.get("form") or placed.app.form(request["form"]) is None:
        return ""
    return href(f"/apps/{placed.app.id}/forms/{request['form']}/new", **{request.get("field", ""): whose})


def _marks(visit: Visit, placed: Placed, found: Sequence[Facet], chosen: str) -> tuple[FacetEntry, ...]:
    field = placed.form.field(str(placed.option("mark")))
    if field is None or field.type is None:
        return ()
    hues = {choice.value: choice.color for choice in field.type.choices(field)}
    return tuple(
        FacetEntry(
            f.label, _here(visit, mark="" if f.value == chosen else f.value), f"{f.count:,}", hues.get(f.value, ""),
            f.value, f.value == chosen,
        )
        for f in found
    )  # fmt: skip


def _entries(
    visit: Visit, placed: Placed, lines: Sequence[TimelineLine], whose: str
) -> Iterable[TimelineEntry]:
    presenter = visit.presenter(placed.app.id)
    reference, before = timeline_of(placed.form, placed.view), ""
    for line in lines:
        item = line.record
        moment = item.values.get(str(placed.option("time")))
        day = visit.moments.day(moment)
        tags = placed.form.field(str(placed.option("tags")))
        yield TimelineEntry(
            record_url(placed.app.id, placed.form.id, item.id, tab=str(placed.option("opens"))),
            day if day != before else "", visit.moments.clock(moment), _mark(visit, placed, item), _icon(placed, item),
            " · ".join(text for name in _listed(placed.option("who")) if (text := item.display.get(name, ""))),
            line.text,
            presenter.of_record(tags, item).chips[:3] if tags and tags.id in item.values else (),
            item.display.get(str(placed.option("count")), ""),
            of=_link(presenter.app, placed, reference, item) if not whose else None,
        )  # fmt: skip
        before = day


def _mark(visit: Visit, placed: Placed, item: RecordView) -> Chip:
    field = placed.form.field(str(placed.option("mark")))
    value = str(item.values.get(field.id) or "") if field else ""
    choices = {c.value: c for c in field.type.choices(field)} if field and field.type else {}
    return (
        choice_chip(choices.get(value), value, visit.language)
        if value
        else Chip(placed.form.text(visit.language))
    )


def _icon(placed: Placed, item: RecordView) -> str:
    icons: Mapping[str, str] = placed.option("icons", None) or {}
    return icons.get(str(item.values.get(str(placed.option("mark"))) or ""), placed.form.icon or "chat")


def _link(app: str, placed: Placed, reference: Reference | None, item: RecordView) -> Link | None:
    by = str(placed.option("by"))
    if reference is None or not item.values.get(by):
        return None
    return Link(
        item.display.get(by, ""), record_url(reference.app or app, reference.form, str(item.values[by]))
    )


def _name(visit: Visit, placed: Placed, reference: Reference | None, record: str) -> str:
    if reference is None or not is_whole_number(record):
        return record
    try:
        return visit.runtime.records.get(
            visit.viewer, reference.app or placed.app.id, reference.form, record
        ).title
    except Rejected:
        return record


def _listed(value: Any) -> list[str]:
    return (
        [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []
    )
