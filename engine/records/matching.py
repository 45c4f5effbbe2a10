"""Finding records by what they hold, many at once: what FindOrCreate and Link stand on.

One statement a call, whatever the number of keys: the most telling field goes to the
database, the rest is compared here. It runs for the app, so it sees every record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.program import FieldProgram, FormProgram
from engine.system_tables import deleted, restricted, tombstones
from engine.values import Raw
from metamodel.problems import Rejected, problem

Key = tuple[Raw, ...]  # stored values of the match fields, in order
CHUNK = 400
OUT_OF_USE = (tombstones, restricted, deleted)


@dataclass(frozen=True, slots=True)
class Within:
    """Only records whose time from `start` to `end` touches `earliest` … `latest`."""

    start: str
    end: str
    earliest: datetime
    latest: datetime


def key_of(program: FormProgram, values: Mapping[str, Any]) -> Key:
    """What the columns of these fields would hold. Rejected for a field nothing can be found by."""
    return tuple(_findable(program, name).encode(value) for name, value in values.items())


def find_ids(
    connection: sa.Connection, program: FormProgram, fields: Sequence[str], keys: Collection[Key],
    within: Within | None = None, where: sa.ColumnElement[bool] | None = None, changed: bool = False,
) -> dict[Key, list[int]]:  # fmt: skip
    """Ids of the records with these keys, newest first, or those first that were `changed` last; of those only
    that `where` picks."""
    if not keys:
        return {}
    place = _most_telling(program, fields, keys)
    wanted = {key[place] for key in keys}
    found: dict[Key, list[int]] = {}
    own = program.table.table.c
    order = [own.updated_at.desc(), own.id.desc()] if changed else [own.id.desc()]
    for statement in _statements(program, fields, place, wanted, within):
        statement = statement.order_by(*order)
        if where is not None:
            statement = statement.where(where)
        for identifier, *rest in connection.execute(statement):
            key = tuple(rest)
            if key in keys:
                found.setdefault(key, []).append(identifier)
    return found


def in_use_of(record: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Neither shredded nor deleted nor only stored any more."""
    return sa.and_(*(~sa.exists().where(table.c.record == record) for table in OUT_OF_USE))


def out_of_use(connection: sa.Connection, records: Iterable[int]) -> set[int]:
    """Those of these records that are shredded, deleted, or only stored."""
    wanted = sorted(records)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        for table in OUT_OF_USE:
            found.update(connection.scalars(sa.select(table.c.record).where(table.c.record.in_(some))))
    return found


def _statements(
    program: FormProgram, fields: Sequence[str], place: int, wanted: set[Raw], within: Within | None
) -> Iterator[sa.Select[Any]]:
    table = program.table.table
    columns = [program.table.column(name) for name in fields]
    in_use = in_use_of(table.c.id)
    base = sa.select(table.c.id, *columns).where(in_use)
    if within is not None:
        start, end = _findable(program, within.start), _findable(program, within.end)
        base = base.where(
            program.table.column(within.end) >= end.encode(within.earliest),
            program.table.column(within.start) <= start.encode(within.latest),
        )
    if None in wanted:
        yield base.where(columns[place].is_(None))
    values = sorted((value for value in wanted if value is not None), key=str)
    for start_at in range(0, len(values), CHUNK):
        some: sa.BindParameter[Any] = sa.bindparam(
            "some", values[start_at : start_at + CHUNK], expanding=True
        )
        yield base.where(columns[place].in_(some))


def _most_telling(program: FormProgram, fields: Sequence[str], keys: Collection[Key]) -> int:
    """The field with the most different values here; a choice tells less than anything else."""

    def telling(place: int) -> tuple[int, bool, int]:
        field = program.fields[fields[place]].field
        is_choice = field.type is not None and bool(field.type.choices(field))
        return len({key[place] for key in keys}), not is_choice, place

    return max(range(len(fields)), key=telling)


def _findable(program: FormProgram, name: str) -> FieldProgram:
    field = program.fields.get(name)
    if field is None or name not in program.table.fields or field.field.sealed:
        raise Rejected([problem("value.unknown_field", field=name)])
    return field
