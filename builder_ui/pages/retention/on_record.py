"""What the page of a record says of its keeping: shredded, stored only, on hold; and the way to hold it."""

from __future__ import annotations

from builder_ui.models.retention import Keeping
from builder_ui.pages.retention.desk import BASE, Desk
from builder_ui.site import Visit
from builder_ui.templating import href
from engine.clock import from_microseconds
from engine.evidence.tombstones import Tombstone
from engine.records.query import RecordView


def keepings(visit: Visit, view: RecordView) -> tuple[Keeping, ...]:
    """Each a notice at the top. Holds and storing only are for who manages retention in the app."""
    text, retention, record = visit.text, visit.runtime.retention, int(view.id)
    made = [Keeping("trash", shredded(visit, view.shredded), "warn")] if view.shredded else []
    if not retention.manages(visit.viewer, view.app):
        return tuple(made)
    with visit.runtime.database.read() as connection:
        found = retention.states(connection, visit.viewer, view.app, view.form, [record]).get(record)
    if found and found.restricted:
        words = text("Stored only: kept because a law wants it, and used by nobody.")
        made.append(Keeping("archive", words, "warn", f"{BASE}/shredded"))
    for hold in found.holds if found else ():
        made.append(Keeping("lock", text("On hold: %(name)s", name=hold.name), "", f"{BASE}/holds"))
    return tuple(made)


def shredded(visit: Visit, stone: Tombstone) -> str:
    """That it is gone, since when and why."""
    when = visit.moments.day(from_microseconds(stone.at))
    return visit.text("Shredded on %(day)s", day=when) + " · " + Desk(visit).why(stone.cause)


def hold_href(visit: Visit, view: RecordView) -> str:
    """Where a hold on this record begins; '' for who may set none, and where nothing is left to hold."""
    if view.shredded or not visit.runtime.retention.manages(visit.viewer, view.app):
        return ""
    return href(f"{BASE}/holds", form=f"{view.app}/{view.form}", records=view.id)
