"""What a verification is divided into: steps that any process can take, in any order, each in a snapshot
of its own, and what each comes to.

`plan` lays them out so that together they leave nothing out: the first range of a kind is open to the
front, the last to the end. Called by `verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from engine.evidence.check_leaves import Stretch
from engine.evidence.findings import Report
from engine.evidence.keyed import Only
from engine.evidence.leaf import LOGS, RECORDS
from engine.evidence.tiles import WIDTH
from engine.system_tables import audit, checkpoints, files, inbox, leaves

Mode = Literal["full", "quick", "since"]
Kind = Literal["leaves", "records", "audit", "inbox", "files", "around", "index"]
LEAVES = 128 * WIDTH  # of a log in one step
ROWS = 16_384  # records, audit rows … in one step, about


class Step(msgspec.Struct, frozen=True):
    """Ids or positions from `start` up to `stop`, None being open. `touched`: of the records (or audit
    rows) with leaves at these positions of their log, whatever their ids."""

    kind: Kind
    start: int | None = None
    stop: int | None = None
    log: str = ""
    touched: bool = False
    weight: int = 1

    def only(self) -> Only:
        """The same as a condition on an id."""
        if self.touched:
            place = _between(leaves.c.position, self.start, self.stop)
            mine = sa.select(leaves.c.record).where(leaves.c.log == self.log, place)
            return lambda column: column.in_(mine)
        return lambda column: _between(column, self.start, self.stop)


@dataclass
class Outcome:
    """What a step came to."""

    report: Report = field(default_factory=Report)
    stretch: Stretch | None = None

    def packed(self) -> bytes:
        return msgspec.json.encode({"report": self.report.to_state(), "stretch": self.stretch})

    @classmethod
    def unpacked(cls, content: bytes) -> Outcome:
        raw = msgspec.json.decode(content)
        stretch = None if raw["stretch"] is None else msgspec.convert(raw["stretch"], Stretch)
        return cls(Report.from_state(raw["report"]), stretch)


class Reached(msgspec.Struct, frozen=True):
    """How far everything was in order once: full tiles of a log and the root over them, and the highest
    ids."""

    tiles: dict[str, int]
    roots: dict[str, bytes]
    ids: dict[str, int]


class Plan(msgspec.Struct, frozen=True):
    """`signed`: the newest checkpoint's size of each log, before anything was looked at. `since`: what is
    not looked at again."""

    mode: Mode
    started: int
    steps: list[Step]
    signed: dict[str, int]
    ids: dict[str, int]
    since: Reached | None = None


def make_plan(connection: sa.Connection, mode: Mode, started: int, since: Reached | None) -> Plan:
    """Of this snapshot; what comes later falls into the open ends."""
    signed = {log: _highest(connection, checkpoints.c.size, checkpoints.c.log == log) for log in LOGS}
    ids = {table.name: _highest(connection, table.c.id) for table in (audit, inbox, files)}
    steps = [Step("around")]
    for log in LOGS:
        steps += _leaves(connection, log, since.tiles[log] * WIDTH if since else 0)
    if since is None:
        steps += _records(connection)
    else:
        for log in LOGS:
            steps += _touched(connection, log, since.tiles[log] * WIDTH)
    for kind, table in (("audit", audit), ("inbox", inbox), ("files", files)):
        steps += _ids(kind, since.ids[kind] + 1 if since else None, ids[kind], _count(connection, table))
    if mode == "full":
        steps.append(Step("index", weight=max(signed[RECORDS], 1)))
    return Plan(mode, started, steps, signed, ids, since)


def _leaves(connection: sa.Connection, log: str, start: int) -> list[Step]:
    size = _highest(connection, leaves.c.position, leaves.c.log == log) + 1
    places = list(range(start, max(size, start + 1), LEAVES))
    return [
        Step("leaves", place, stop, log, weight=min(size - place, LEAVES) if size > place else 1)
        for place, stop in zip(places, [*places[1:], None], strict=True)
    ]


def _records(connection: sa.Connection) -> list[Step]:
    """Cut where the records of evenly spaced leaves are: as many in each, however sparse their ids."""
    size = _highest(connection, leaves.c.position, leaves.c.log == RECORDS) + 1
    cuts: set[int] = set()
    for position in range(ROWS, size, ROWS):
        query = sa.select(leaves.c.record).where(leaves.c.log == RECORDS, leaves.c.position == position)
        record = connection.scalar(query)
        if type(record) is int:
            cuts.add(record)
    return _between_cuts("records", sorted(cuts), min(size, ROWS))


def _touched(connection: sa.Connection, log: str, start: int) -> list[Step]:
    size = _highest(connection, leaves.c.position, leaves.c.log == log) + 1
    kind: Kind = "records" if log == RECORDS else "audit"
    return [
        Step(kind, place, place + ROWS, log, touched=True, weight=min(size - place, ROWS))
        for place in range(start, size, ROWS)
    ]


def _ids(kind: Any, first: int | None, highest: int, number: int) -> list[Step]:
    """Evenly over the ids there are, as many steps as there are rows for."""
    start = first or 0
    width = max((highest - start + 1) * ROWS // max(number, 1), 1)
    cuts = list(range(start + width, highest + 1, width))
    steps = _between_cuts(kind, cuts, min(number, ROWS))
    return [msgspec.structs.replace(steps[0], start=first), *steps[1:]]


def _between_cuts(kind: Kind, cuts: Sequence[int], weight: int) -> list[Step]:
    ends = zip([None, *cuts], [*cuts, None], strict=True)
    return [Step(kind, start, stop, weight=max(weight, 1)) for start, stop in ends]


def _between(column: Any, start: int | None, stop: int | None) -> sa.ColumnElement[bool]:
    conditions = [column >= start] if start is not None else []
    conditions += [column < stop] if stop is not None else []
    return sa.and_(sa.true(), *conditions)


def _highest(connection: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> int:
    """-1 when there is none, or none that is a number."""
    found = connection.scalar(sa.select(sa.func.max(column)).where(*where))
    return found if type(found) is int else -1


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
