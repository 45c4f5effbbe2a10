"""Holds: what a matter needs is neither shredded nor put out of use, whatever else says so.

A hold is a named set of records: those a condition picks, or all that belongs to certain records (a
customer's, say), those that come later included. What it is about is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.grants import RowsChanged
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.records.lifetimes import Condition, Lifetimes
from engine.system_tables import holds
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem


@dataclass(frozen=True, slots=True)
class Scope:
    """Records of `form` that `where` picks; or, with `records`, these and all that belongs to them; with
    `search` these are what a search found when the hold was set."""

    app: str
    form: str
    where: str = ""
    records: tuple[str, ...] = ()
    search: str = ""

    def to_json(self) -> dict[str, Any]:
        told = {"app": self.app, "form": self.form, "where": self.where, "records": list(self.records)}
        return {**told, "search": self.search} if self.search else told

    def condition(self, lifetimes: Lifetimes, app: str, form: str) -> Condition | None:
        """Which records of this form it means; None: no record of it can be meant."""
        if self.records:
            return lifetimes.belonging(self.app, self.form, map(int, self.records))
        return lifetimes.where(self.where) if (self.app, self.form) == (app, form) else None


@dataclass(frozen=True, slots=True)
class Hold:
    id: str
    name: str
    matter: str
    scope: Scope
    at: datetime
    by: str
    released_at: datetime | None = None
    released_by: str = ""
    reason: str = ""

    @property
    def running(self) -> bool:
        return self.released_at is None


class Holds:
    def __init__(self, database: Database, box: Box, audit: AuditTrail, told: list[RowsChanged]) -> None:
        self._database, self._box, self._audit, self._told = database, box, audit, told

    # -- setting and releasing ---------------------------------------------------------------------

    def set(self, unit: Unit, viewer: Viewer, name: str, matter: str, scope: Scope) -> str:
        """The new hold's id."""
        (identifier,) = self._database.take_ids(unit.connection, 1)
        detail = {"name": name, "matter": matter, **scope.to_json()}
        row = {
            "id": identifier, "at": unit.now, "by": viewer.person,
            "detail_sealed": self._box.seal_json(detail, _place(identifier, b"set")),
        }  # fmt: skip
        unit.connection.execute(sa.insert(holds).values(row))
        self._tell(unit, identifier)
        if scope.search:  # what was asked, and how much it is; which they are stands in the hold
            detail = {**detail, "records": len(scope.records)}
        what = Occurrence("hold.set", scope.app, scope.form, detail={"hold": str(identifier), **detail})
        self._audit.add(unit, viewer, [what])
        return str(identifier)

    def release(self, unit: Unit, viewer: Viewer, identifier: str, reason: str) -> None:
        """Rejected: hold.unknown, hold.released."""
        row = self._locked(unit, identifier)
        if row is None:
            raise Rejected([problem("hold.unknown")])
        if row.released_at is not None:
            raise Rejected([problem("hold.released")])
        values = {
            "released_at": unit.now, "released_by": viewer.person,
            "reason_sealed": self._box.seal_json(reason, _place(row.id, b"release")),
        }  # fmt: skip
        unit.connection.execute(sa.update(holds).where(holds.c.id == row.id).values(values))
        self._tell(unit, row.id)
        found = self._hold(row)
        detail = {"hold": found.id, "name": found.name, "reason": reason}
        self._audit.add(
            unit, viewer, [Occurrence("hold.release", found.scope.app, found.scope.form, detail=detail)]
        )

    def _tell(self, unit: Unit, identifier: int) -> None:
        for hear in self._told:
            hear(unit, "holds", [(identifier,)])

    def _locked(self, unit: Unit, identifier: str) -> Any | None:
        number = whole_number(identifier, -1)
        query = sa.select(holds).where(holds.c.id == number).with_for_update()
        return unit.connection.execute(query).first()

    # -- asking ------------------------------------------------------------------------------------

    def all(self, connection: sa.Connection) -> list[Hold]:
        """Newest first."""
        return [self._hold(row) for row in connection.execute(sa.select(holds).order_by(holds.c.id.desc()))]

    def running(self, connection: sa.Connection) -> list[Hold]:
        query = sa.select(holds).where(holds.c.released_at.is_(None)).order_by(holds.c.id)
        return [self._hold(row) for row in connection.execute(query)]

    def condition(self, lifetimes: Lifetimes, running: Sequence[Hold], app: str, form: str) -> Condition:
        """Records of this form that any of these holds keeps."""
        found = [one.scope.condition(lifetimes, app, form) for one in running]
        kept = [one for one in found if one is not None]
        return sa.or_(*kept) if kept else sa.false()

    def _hold(self, row: Any) -> Hold:
        detail = self._box.open_json(row.detail_sealed, _place(row.id, b"set"))
        reason = (
            self._box.open_json(row.reason_sealed, _place(row.id, b"release")) if row.reason_sealed else ""
        )
        scope = Scope(
            detail["app"], detail["form"], detail["where"], tuple(detail["records"]),
            detail.get("search", ""),
        )  # fmt: skip
        return Hold(
            str(row.id), detail["name"], detail["matter"], scope, from_microseconds(row.at), row.by,
            None if row.released_at is None else from_microseconds(row.released_at), row.released_by or "", reason,
        )  # fmt: skip


def _place(identifier: int, act: bytes) -> bytes:
    return b"hold %d %s" % (identifier, act)
