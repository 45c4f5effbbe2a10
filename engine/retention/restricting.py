"""Restricting: records that are kept because a law wants it, and not used any more (PIPL art. 47).

They are out of lists, search, reports and rules for everybody but those who manage retention.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.grants import RowsChanged
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit, driver
from engine.evidence.tombstones import Cause
from engine.system_tables import restricted
from engine.values import canonical_json
from metamodel.application import App
from metamodel.forms import Form

COLUMNS = ("record", "app", "form", "at", "cause")
DUTY = "retention"


@dataclass(frozen=True, slots=True)
class Restricted:
    """A record that is only stored, since when and why."""

    record: int
    app: str
    form: str
    at: datetime
    cause: Cause


class Restricting:
    def __init__(self, database: Database, audit: AuditTrail, told: list[RowsChanged]) -> None:
        self._database, self._audit, self._told = database, audit, told

    def restrict(
        self, unit: Unit, app: str, form: str, ids: Sequence[int], cause: Cause, by: Viewer = SYSTEM
    ) -> list[int]:
        """Those of these records that were in use until now."""
        known = set(
            unit.connection.scalars(sa.select(restricted.c.record).where(restricted.c.record.in_(ids)))
        )
        fresh = [record for record in ids if record not in known]
        told = canonical_json(cause.to_json()).decode()
        rows = [(record, app, form, unit.now, told) for record in fresh]
        self._database.insert_many(unit.connection, restricted, rows, COLUMNS)
        self._tell(unit, fresh)
        happened = [
            Occurrence("record.restrict", app, form, record, detail=cause.to_json()) for record in fresh
        ]
        self._audit.add(unit, by, happened)
        return fresh

    def lift(self, unit: Unit, viewer: Viewer, app: str, form: str, record: int, reason: str) -> bool:
        """Back into use; False when it was never out of it."""
        mine = sa.and_(restricted.c.record == record, restricted.c.app == app, restricted.c.form == form)
        if unit.connection.execute(sa.delete(restricted).where(mine)).rowcount == 0:
            return False
        self._tell(unit, [record])
        self._audit.add(
            unit, viewer, [Occurrence("record.lift", app, form, record, detail={"reason": reason})]
        )
        return True

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded are not stored any more."""
        gone = sa.delete(restricted).where(restricted.c.record.in_(records))
        self._tell(unit, list(unit.connection.scalars(gone.returning(restricted.c.record))))

    def _tell(self, unit: Unit, records: Sequence[int]) -> None:
        for hear in self._told:
            hear(unit, "restricted", [(record,) for record in records])

    def among(self, connection: sa.Connection, records: Sequence[int]) -> set[int]:
        """Those of these records that are only stored."""
        return set(connection.scalars(sa.select(restricted.c.record).where(restricted.c.record.in_(records))))

    def latest(self, connection: sa.Connection, apps: Sequence[str], limit: int) -> list[Restricted]:
        """Of these apps, newest first."""
        mine = sa.select(restricted).where(restricted.c.app.in_(apps))
        rows = connection.execute(
            mine.order_by(restricted.c.at.desc(), restricted.c.record.desc()).limit(limit)
        )
        return [
            Restricted(
                row.record,
                row.app,
                row.form,
                from_microseconds(row.at),
                Cause.from_json(json.loads(row.cause)),
            )
            for row in rows
        ]

    def withheld(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form
    ) -> sa.Select[tuple[int]] | None:
        """Ids this viewer is not shown; None where the form has none, which costs one look at an index."""
        manages = any((role := app.role(name)) and DUTY in role.manages for name in viewer.roles_in(app.id))
        if manages and viewer.looker is None:
            return None
        mark = "?" if self._database.dialect == "sqlite" else "%s"
        asked = _ANY[mark]
        if driver(connection).execute(asked, (app.id, form.id)).fetchone() is None:
            return None
        return sa.select(restricted.c.record).where(restricted.c.app == app.id, restricted.c.form == form.id)


_ANY = {
    mark: f"SELECT 1 FROM restricted WHERE app = {mark} AND form = {mark} LIMIT 1"  # noqa: S608
    for mark in ("?", "%s")
}
