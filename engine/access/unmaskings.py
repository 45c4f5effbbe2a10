"""Unmaskings: for some minutes and for a reason, somebody sees in full some records that he reads masked.

Nothing else is opened by one: it lifts the masks of the ways he has to these records anyhow. Asking and
agreeing is `exceptional_access`; the authority asks here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.audit import Sealer
from engine.access.grants import RowsChanged
from engine.access.viewer import Viewer
from engine.access.ways import Way
from engine.clock import microseconds
from engine.database import Database, Unit
from engine.system_tables import unmaskings
from metamodel.application import App
from metamodel.forms import Form

State = Literal["asked", "given", "refused", "ended"]
REASON = "unmask"  # the first word of a way's reason; behind it the id
MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Unmasking:
    """`records`: ids by form of `app`; times in microseconds. `decided_by` is blank where nobody has to agree."""

    id: int
    person: str
    app: str
    records: Mapping[str, Sequence[int]]
    reason: str
    minutes: int
    asked_at: int
    state: State
    decided_by: str = ""
    decided_at: int | None = None
    expires_at: int | None = None

    def runs(self, now: int) -> bool:
        return self.state == "given" and self.expires_at is not None and self.expires_at > now


class Unmaskings:
    def __init__(self, database: Database, box: Sealer) -> None:
        self._database, self._box = database, box
        self.told: list[RowsChanged] = []  # of rows made or changed

    # -- what they open ----------------------------------------------------------------------------

    def ways(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form, known: Sequence[Way]
    ) -> Iterator[Way]:
        """The masked ones of the known ways once more, unmasked, for the records that were asked for. Who
        holds no role that may ask has none, and nothing is looked up."""
        masked = [way for way in known if way.masks and "read" in way.actions]
        if not masked or not any(
            role is not None and role.unmask for role in map(app.role, viewer.roles_in(app.id))
        ):
            return
        now = microseconds(self._database.clock.now())
        query = sa.select(unmaskings.c.id, unmaskings.c.records).where(
            unmaskings.c.person == viewer.person, unmaskings.c.app == app.id, unmaskings.c.expires_at > now,
            unmaskings.c.state == "given",
        )  # fmt: skip
        for identifier, records in connection.execute(query):
            ids = tuple(json.loads(records).get(form.id, ()))
            for way in masked if ids else ():
                reason = f"{REASON}:{identifier}"
                yield replace(way.unmasked(), actions=frozenset({"read"}), only=ids, reason=reason)

    # -- keeping them ------------------------------------------------------------------------------

    def add(
        self,
        unit: Unit,
        person: str,
        app: str,
        records: Mapping[str, Sequence[int]],
        reason: str,
        minutes: int,
    ) -> int:
        (identifier,) = self._database.take_ids(unit.connection, 1)
        kept = json.dumps({form: sorted(set(ids)) for form, ids in records.items()}, separators=(",", ":"))
        unit.connection.execute(
            sa.insert(unmaskings).values(
                id=identifier, person=person, app=app, records=kept, minutes=minutes, asked_at=unit.now,
                reason_sealed=self._box.seal_json(reason, _place(identifier)), state="asked",
            )
        )  # fmt: skip
        self._tell(unit, identifier)
        return identifier

    def decide(self, unit: Unit, identifier: int, state: State, by: str) -> bool:
        """From now on, if it was still open; whether it was."""
        values: dict[str, Any] = {"state": state, "decided_by": by, "decided_at": unit.now}
        if state == "given":
            values["expires_at"] = unit.now + sa.cast(unmaskings.c.minutes, sa.BigInteger) * MINUTE
        still = sa.and_(unmaskings.c.id == identifier, unmaskings.c.state == "asked")
        return self._change(unit, identifier, sa.update(unmaskings).where(still).values(values))

    def end(self, unit: Unit, identifier: int) -> bool:
        """Now, if it runs; whether it did."""
        runs = sa.and_(
            unmaskings.c.id == identifier, unmaskings.c.state == "given", unmaskings.c.expires_at > unit.now
        )
        ended = sa.update(unmaskings).where(runs).values(state="ended", expires_at=unit.now)
        return self._change(unit, identifier, ended)

    def _change(self, unit: Unit, identifier: int, change: sa.Update) -> bool:
        changed = unit.connection.execute(change).rowcount > 0
        if changed:
            self._tell(unit, identifier)
        return changed

    def _tell(self, unit: Unit, identifier: int) -> None:
        for told in self.told:
            told(unit, "unmaskings", [(identifier,)])

    def get(self, connection: sa.Connection, identifier: int) -> Unmasking | None:
        return next(self._found(connection, unmaskings.c.id == identifier), None)

    def of(self, connection: sa.Connection, person: str, limit: int = 50) -> list[Unmasking]:
        """Somebody's, newest first; blank: everybody's."""
        return list(self._found(connection, unmaskings.c.person == person if person else sa.true(), limit))

    def running(self, connection: sa.Connection, now: int) -> list[Unmasking]:
        given = sa.and_(unmaskings.c.state == "given", unmaskings.c.expires_at > now)
        return list(self._found(connection, given, 1_000))

    def _found(
        self, connection: sa.Connection, where: sa.ColumnElement[bool], limit: int = 1
    ) -> Iterator[Unmasking]:
        query = sa.select(unmaskings).where(where).order_by(unmaskings.c.id.desc()).limit(limit)
        for row in connection.execute(query).mappings():
            yield Unmasking(
                row["id"], row["person"], row["app"], json.loads(row["records"]),
                self._box.open_json(row["reason_sealed"], _place(row["id"])), row["minutes"], row["asked_at"],
                row["state"], row["decided_by"], row["decided_at"], row["expires_at"],
            )  # fmt: skip


def _place(identifier: int) -> bytes:
    return b"unmasking %d" % identifier
