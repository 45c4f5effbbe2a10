"""Rows of instances and their histories: sealed on the way in, replayed on the way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.flows.state import OPEN, State, Step, replay
from engine.system_tables import flow_instances, flow_steps
from engine.values import canonical_json, parse_json
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem


@dataclass(frozen=True, slots=True)
class Instance:
    """A flow on a record; pinned to the app's `version` it began with."""

    id: int
    app: str
    flow: str
    version: int
    form: str
    record: int
    state: str
    places: tuple[str, ...]
    revision: int
    started_by: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A step of the history, and when it was taken."""

    number: int
    at: datetime
    step: Step
    id: int = 0


class FlowStore:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    # -- writing -----------------------------------------------------------------------------------

    def insert(
        self, unit: Unit, app: str, flow: str, version: int, form: str, record: int, person: str
    ) -> Instance:
        """A new instance that has not taken a step. Rejected (flow.running) where one is open already; an
        index sees to it when two begin at once."""
        (identifier,) = self._database.take_ids(unit.connection, 1)
        values = {
            "id": identifier, "app": app, "flow": flow, "version": version, "form": form, "record": record,
            "state": "running", "tokens": "[]", "revision": 0, "started_by": person, "started_at": unit.now,
        }  # fmt: skip
        try:
            unit.connection.execute(sa.insert(flow_instances).values(values))
        except sa.exc.IntegrityError:
            raise Rejected([problem("flow.running", flow=flow)]) from None
        return Instance(identifier, app, flow, version, form, record, "running", (), 0, person, unit.moment)

    def append(self, unit: Unit, instance: Instance, steps: Sequence[Step], state: State) -> None:
        """The steps, and the state they lead to. Rejected (flow.closed) when somebody was quicker."""
        ids = self._database.take_ids(unit.connection, len(steps))
        rows = [
            {
                "id": identifier, "instance": instance.id, "number": number, "at": unit.now,
                "person": step.person, "node": step.node, "action": step.action,
                "detail_sealed": self._box.seal_json(dict(step.detail), _place(instance.id, number)),
            }
            for number, (identifier, step) in enumerate(zip(ids, steps, strict=True), instance.revision + 1)
        ]  # fmt: skip
        unchanged = sa.and_(
            flow_instances.c.id == instance.id, flow_instances.c.revision == instance.revision
        )
        values = {
            "state": state.status, "tokens": canonical_json(sorted(state.places)).decode(),
            "revision": state.revision, "ended_at": None if state.is_open else unit.now,
        }  # fmt: skip
        update = sa.update(flow_instances).where(unchanged).values(values)
        if unit.connection.execute(update).rowcount != 1:
            raise Rejected([problem("flow.closed")])
        unit.connection.execute(sa.insert(flow_steps), rows)

    def locked(self, unit: Unit, identifier: int) -> Instance | None:
        """The instance, nobody else's to change until the unit is done."""
        query = sa.select(flow_instances).where(flow_instances.c.id == identifier).with_for_update()
        row = unit.connection.execute(query).mappings().first()
        return _instance(row) if row else None

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: their histories stay, without what people said."""
        mine = sa.select(flow_instances.c.id).where(flow_instances.c.record.in_(records))
        query = sa.select(flow_steps).where(flow_steps.c.instance.in_(mine))
        for row in unit.connection.execute(query).all():
            place = _place(row.instance, row.number)
            detail = self._box.open_json(row.detail_sealed, place)
            if detail.pop("comment", None):
                wordless = {"detail_sealed": self._box.seal_json(detail, place)}
                unit.connection.execute(
                    sa.update(flow_steps).where(flow_steps.c.id == row.id).values(wordless)
                )

    # -- reading -----------------------------------------------------------------------------------

    def get(self, connection: sa.Connection, identifier: int) -> Instance | None:
        query = sa.select(flow_instances).where(flow_instances.c.id == identifier)
        row = connection.execute(query).mappings().first()
        return _instance(row) if row else None

    def on_record(self, connection: sa.Connection, record: int) -> list[Instance]:
        """Newest first."""
        query = sa.select(flow_instances).where(flow_instances.c.record == record)
        rows = connection.execute(query.order_by(flow_instances.c.id.desc())).mappings()
        return [_instance(row) for row in rows]

    def open_on(self, connection: sa.Connection, records: Iterable[int]) -> dict[int, Instance]:
        """The open instance of each record that has one."""
        query = sa.select(flow_instances).where(
            flow_instances.c.record.in_(list(records)), flow_instances.c.state.in_(OPEN)
        )
        return {row["record"]: _instance(row) for row in connection.execute(query).mappings()}

    def started_by(self, connection: sa.Connection, person: str, state: str, limit: int) -> list[Instance]:
        """Newest first; `state` '' for all, `open`, `ended`, or one of the states themselves."""
        query = sa.select(flow_instances).where(flow_instances.c.started_by == person)
        if state in ("open", "ended"):
            is_open = flow_instances.c.state.in_(OPEN)
            query = query.where(is_open if state == "open" else ~is_open)
        elif state:
            query = query.where(flow_instances.c.state == state)
        rows = connection.execute(query.order_by(flow_instances.c.id.desc()).limit(limit)).mappings()
        return [_instance(row) for row in rows]

    def all_open(self, connection: sa.Connection) -> list[int]:
        query = sa.select(flow_instances.c.id).where(flow_instances.c.state.in_(OPEN))
        return list(connection.scalars(query.order_by(flow_instances.c.id)))

    def open_by_form(self, connection: sa.Connection, app: str) -> dict[str, int]:
        """How many are open on each form of an app."""
        query = sa.select(flow_instances.c.form, sa.func.count()).group_by(flow_instances.c.form)
        query = query.where(flow_instances.c.app == app, flow_instances.c.state.in_(OPEN))
        return {row[0]: int(row[1]) for row in connection.execute(query)}

    def forms(self, connection: sa.Connection) -> set[tuple[str, str]]:
        """(app, form) of everything a flow ever ran on."""
        query = sa.select(flow_instances.c.app, flow_instances.c.form).distinct()
        return {(row.app, row.form) for row in connection.execute(query)}

    def history(self, connection: sa.Connection, instance: int) -> list[Told]:
        query = sa.select(flow_steps).where(flow_steps.c.instance == instance)
        rows = connection.execute(query.order_by(flow_steps.c.number)).mappings()
        return [self._told(row) for row in rows]

    def state(self, connection: sa.Connection, instance: int) -> State:
        """What the history leads to."""
        return replay(told.step for told in self.history(connection, instance))

    def comments(self, connection: sa.Connection, person: str, action: str, limit: int) -> list[str]:
        """What somebody last wrote when he did this, each text once."""
        query = sa.select(flow_steps).where(flow_steps.c.person == person, flow_steps.c.action == action)
        rows = connection.execute(query.order_by(flow_steps.c.id.desc()).limit(50)).mappings()
        said = (str(self._told(row).step.detail.get("comment", "")) for row in rows)
        return list(dict.fromkeys(one for one in said if one))[:limit]

    def _told(self, row: Any) -> Told:
        place = _place(row["instance"], row["number"])
        detail = self._box.open_json(row["detail_sealed"], place)
        step = Step(row["node"], row["action"], row["person"], detail)
        return Told(row["number"], from_microseconds(row["at"]), step, row["id"])


def as_id(sent: int | str) -> int:
    """An id as it was sent; 0, which nothing has, for what cannot be one."""
    text = str(sent)
    return whole_number(text, 0)


def _instance(row: Any) -> Instance:
    return Instance(
        row["id"], row["app"], row["flow"], row["version"], row["form"], row["record"], row["state"],
        tuple(parse_json(row["tokens"])), row["revision"], row["started_by"],
        from_microseconds(row["started_at"]),
        from_microseconds(row["ended_at"]) if row["ended_at"] is not None else None,
    )  # fmt: skip


def _place(instance: int, number: int) -> bytes:
    return b"flow %d step %d" % (instance, number)
