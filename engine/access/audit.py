"""The audit trail: who looked at, searched for, exported, changed what, under which grant.

Rows are written in the unit of what they tell about, those of reads before the answer leaves; the
ledger takes them into the audit log in batches, within a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.evidence.audit_log import audit_place
from engine.system_tables import audit


class Sealer(Protocol):
    def seal_json(self, value: Any, place: bytes = b"") -> bytes: ...
    def open_json(self, sealed: bytes, place: bytes = b"") -> Any: ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: int
    person: str
    action: str
    app: str
    form: str
    record: int | None
    grant_id: int | None
    detail: Mapping[str, Any]
    address: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What happened to (at most) one record; `detail` is sealed, it may quote values."""

    action: str
    app: str = ""
    form: str = ""
    record: int | None = None
    grant: int | None = None
    detail: Mapping[str, Any] | None = None


class AuditTrail:
    def __init__(self, database: Database, box: Sealer) -> None:
        self._database, self._box = database, box

    def add(self, unit: Unit, viewer: Viewer, occurrences: Sequence[Occurrence]) -> None:
        if not occurrences:
            return
        ids = self._database.take_ids(unit.connection, len(occurrences))
        rows = [
            self._row(identifier, unit, viewer, what)
            for identifier, what in zip(ids, occurrences, strict=True)
        ]
        unit.connection.execute(sa.insert(audit), rows)

    def _row(self, identifier: int, unit: Unit, viewer: Viewer, what: Occurrence) -> dict[str, Any]:
        """The detail is bound to the rest: a row nobody here wrote does not open."""
        who = (viewer.looker or viewer).person
        row = {
            "id": identifier, "at": unit.now, "person": who, "action": what.action, "app": what.app,
            "form": what.form, "record": what.record, "grant_id": what.grant, "address": viewer.address,
        }  # fmt: skip
        detail = {**(what.detail or {}), **({"seen_as": viewer.person} if viewer.looker else {})}
        return {**row, "detail_sealed": self._box.seal_json(detail, audit_place(row))}

    def note(self, viewer: Viewer, *occurrences: Occurrence) -> None:
        """In a unit of its own: for reads, before their answer leaves."""
        self._database.write(lambda unit: self.add(unit, viewer, occurrences))

    def of_record(
        self, connection: sa.Connection, record: int, limit: int = 200, actions: Collection[str] = ()
    ) -> list[AuditEntry]:
        """What is noted about one record itself, newest first; `actions`: of these kinds only."""
        query = sa.select(audit).where(audit.c.record == record)
        if actions:
            query = query.where(audit.c.action.in_(sorted(actions)))
        return self.entries(connection, query.order_by(audit.c.id.desc()).limit(limit))

    def latest(
        self, connection: sa.Connection, before: int | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        return self.entries(connection, query)

    def entries(self, connection: sa.Connection, query: sa.Select[Any]) -> list[AuditEntry]:
        """Rows of `audit` that a query picks, opened."""
        return list(self._entries(connection.execute(query).mappings()))

    def _entries(self, rows: Iterable[Any]) -> Iterator[AuditEntry]:
        for row in rows:
            detail = self._box.open_json(row["detail_sealed"], audit_place(row))
            yield AuditEntry(
                row["id"], row["at"], row["person"], row["action"], row["app"], row["form"], row["record"],
                row["grant_id"], detail, row["address"],
            )  # fmt: skip
