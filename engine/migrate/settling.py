"""How far the records of a form have followed a new version: begun by a publication, worked by `records.settling`.

A row of the settings for each form: it is written with every chunk, and read by whoever shows the records, so
that a value that is not computed yet is told as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from engine.database import Unit
from engine.migrate.copies import Progress, unfinished_of
from engine.migrate.deferring import Defers
from engine.migrate.plan import ComputeField, MergeChoice, Step
from engine.system_tables import settings
from engine.tables import FormTable
from engine.values import canonical_json

SETTLE_JOB = "settle_form"
_PREFIX = "settling:"


class Settled(msgspec.Struct):
    """Records up to the id `after` have followed the version that was published at `since` (microseconds):
    `computed` fields, and fields in which `merged` choices went into others (`{field: {choice: into}}`)."""

    app: str
    form: str
    version: int
    since: int
    computed: list[str] = msgspec.field(default_factory=list)
    merged: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    after: int = 0
    total: int = 0
    looked: int = 0
    changed: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A field whose values are on their way: of `total` records so many are `done`. In one with an id above
    `after` it is not there yet, unless somebody saved it since."""

    done: int
    total: int
    after: int
    since: int = 0
    copied: bool = False  # from the column of the type before
    partly: bool = False  # some cells of its rows only

    def waits(self, record: int, updated: int, blank: bool) -> bool:
        """Is this record's value still to come? `updated`: when it was saved last."""
        return record > self.after and (blank if self.copied else updated < self.since)


def begin_settling(unit: Unit, jobs: Defers, app: str, version: int, steps: Iterable[Step]) -> None:
    """In the publishing unit: what these steps of the plan want of the records that are there."""
    wanted: dict[str, Settled] = {}
    for step in steps:
        if isinstance(step, ComputeField | MergeChoice):
            one = wanted.get(step.form) or _begun(unit, app, step.form, version)
            wanted[step.form] = one
            if isinstance(step, MergeChoice):
                one.merged.setdefault(step.field, {})[step.choice] = step.into
            elif step.field not in one.computed:
                one.computed.append(step.field)
    for form, one in wanted.items():
        save_settled(unit, one)
        jobs.defer(
            unit,
            SETTLE_JOB,
            {"app": app, "form": form, "version": version},
            key=f"{SETTLE_JOB}:{app}/{form}/{version}",
        )


def _begun(unit: Unit, app: str, form: str, version: int) -> Settled:
    """From the first record on; what an earlier version wanted and did not get is done with it."""
    before = settled(unit.connection, app, form)
    if before is None or before.done:
        return Settled(app, form, version, unit.now)
    return Settled(app, form, version, unit.now, before.computed, before.merged)


def settled(connection: sa.Connection, app: str, form: str) -> Settled | None:
    """None: nothing ever had to follow here."""
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(app, form)))
    return _read(text) if text else None


def settled_in(connection: sa.Connection, app: str) -> list[Settled]:
    """Every form of an app in which records followed a version, or are still to."""
    names = settings.c.name.startswith(f"{_PREFIX}{app}/", autoescape=True)
    rows = connection.scalars(sa.select(settings.c.value).where(names).order_by(settings.c.name))
    return [_read(text) for text in rows]


def save_settled(unit: Unit, one: Settled) -> None:
    name = _name(one.app, one.form)
    unit.connection.execute(settings.delete().where(settings.c.name == name))
    unit.connection.execute(settings.insert().values(name=name, value=canonical_json(one).decode()))


def pending(connection: sa.Connection, table: FormTable) -> Mapping[str, Pending]:
    """The fields of a form whose values are on their way, by id."""
    found = {
        name: _of_copy(copy) for name, copy in unfinished_of(connection, table).items()
    }  # fmt: skip
    one = settled(connection, table.app, table.form)
    if one is not None and not one.done:
        for path in one.computed:
            name, dot, _ = path.partition(".")
            found.setdefault(name, Pending(one.looked, one.total, one.after, one.since, partly=bool(dot)))
    return found


def _of_copy(copy: Progress) -> Pending:
    return Pending(copy.copied + copy.failed, copy.total, copy.after, copied=True)


def _name(app: str, form: str) -> str:
    return f"{_PREFIX}{app}/{form}"


def _read(text: str) -> Settled:
    return msgspec.json.decode(text, type=Settled)
