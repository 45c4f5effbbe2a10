"""A record put elsewhere in a view: into another column of a kanban, on another day, a bar made longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response, post

from builder_ui.arranging import Arranging
from builder_ui.arranging_dates import moment_of
from builder_ui.listing import Listing
from builder_ui.pages.listing import LIST
from builder_ui.site import Ask, Here, InPath, sent_form
from engine.records.query import Change, RecordView
from engine.whole_numbers import whole_number
from metamodel.forms import FieldDefinition
from metamodel.problems import Rejected, problem

FURTHEST = 3_660  # days


@post(f"{LIST}/place", sync_to_thread=True, status_code=200)
def place(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """`view record revision?` and `to` (the value of a column) or `start` and `end` (days to move by);
    answers `{revision}`. One write like any other: rights, rules and checks decide."""
    visit = site.visit(request)
    sent = {name: values[-1] for name, values in sent_form(body).items()}
    listing = Listing(visit, *visit.form(app_id, form_id))
    view = next((each for each in listing.views if each.id == sent.get("view")), None)
    if view is None:
        raise Rejected(
            [
                problem(
                    "reference.unknown_view",
                    name=sent.get("view", ""),
                    known=", ".join(one.id for one in listing.views),
                )
            ]
        )
    record = sent.get("record", "")
    item = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    values = _values(Arranging(listing, view), item, sent)
    revision = whole_number(sent.get("revision", ""))
    (outcome,) = visit.runtime.records.update(
        visit.viewer, app_id, form_id, [Change(item.id, values, revision)]
    )
    if not outcome.ok:
        raise Rejected(outcome.problems)
    made = visit.runtime.records.get(visit.viewer, app_id, form_id, item.id)
    return Response({"revision": str(made.revision)})


def _values(arranging: Arranging, item: RecordView, sent: Mapping[str, str]) -> dict[str, Any]:
    if arranging.view.kind == "kanban":
        field = arranging.field("by")
        return {field.id: sent.get("to") or None} if field is not None else {}
    moved = {"from": _days(sent.get("start")), "to": _days(sent.get("end"))}
    found: dict[str, Any] = {}
    for option, days in moved.items():
        field = arranging.field(option)
        if field is not None and days and item.values.get(field.id) is not None:
            found[field.id] = _shifted(arranging, field, item, days)
    return found


def _days(text: str | None) -> int:
    try:
        days = int(text or "0")
    except ValueError:
        raise Rejected([problem("request.unreadable", "/start", reason="days")]) from None
    return max(-FURTHEST, min(days, FURTHEST))


def _shifted(arranging: Arranging, field: FieldDefinition, item: RecordView, days: int) -> str:
    """The same time of day on another day."""
    moment = moment_of(arranging, item.values[field.id])
    assert moment is not None
    try:
        moved: date | datetime = moment + timedelta(days=days)
    except OverflowError:
        raise Rejected([problem("query.bad_date", value=str(days))]) from None
    return moved.isoformat()


HANDLERS = (place,)
