"""The newest records of a form that one viewer may read in certain fields, and those of them that conditions
leave: quickly, a hundred thousand at a time. For trying rules. What is masked in part is tried masked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.records.services import Services
from engine.search.tree import Node
from engine.system_tables import record_keys
from metamodel.problems import Rejected, problem

AT_ONCE = 2_000
Found = tuple[int, dict[str, Any]]  # a record, and what stands in its fields


class Newest:
    """`tried`: how many there are, at most `last`; `plain` are fields the database is asked about as they
    are. Rejected (access.denied) for a form that is not theirs."""

    def __init__(
        self, services: Services, connection: sa.Connection, viewer: Viewer, program: FormProgram,
        names: Sequence[str], last: int, plain: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._services, self._connection, self._viewer, self._program = services, connection, viewer, program
        self._names, self._rows = names, Rows(services)
        visible = self._rows.visible(connection, viewer, program)
        if not visible.ways:
            raise Rejected([problem("access.denied")])
        self._visible, self._id = visible.reading(plain).reading(names, "part"), program.table.table.c.id
        inner = self._visible.ids().order_by(self._id.desc()).limit(last).subquery()
        counted = sa.select(sa.func.count(), sa.func.min(inner.c.id)).select_from(inner)
        tried, floor = connection.execute(counted).one()
        self.tried, self._floor = int(tried), int(floor or 0)

    def words(self, node: Node) -> sa.ColumnElement[bool]:
        """Records that may hold these words."""
        texts = [field.id for field in self._program.searchable]
        found = self._services.search.matching(self._program.table, node, texts, hidden=self._program.parted)
        return self._id.in_(found)

    def others(self, found: Collection[int], most: int) -> list[int]:
        """The newest of those looked at that are not among `found`."""
        statement = self._visible.ids().where(self._id >= self._floor).order_by(self._id.desc())
        with self._connection.execute(statement.execution_options(yield_per=AT_ONCE)) as rows:
            return list(islice((one for one in rows.scalars() if one not in found), most))

    def _masks(self, name: str) -> bool:
        """Is there a way here that reads the field but for pieces of it? Then nobody's pieces count."""
        return not all(way.may(name, "read") for way in self._visible.ways)

    def found(self, where: Sequence[sa.ColumnElement[bool]]) -> Iterator[Found]:
        """Newest first, with the fields asked for."""
        if not self.tried:
            return iter(())
        statement = self._visible.ids().where(self._id >= self._floor, *where).order_by(self._id.desc())
        if any(self._program.fields[name].field.derived is not None for name in self._names):
            return self._whole([int(one) for one in self._connection.scalars(statement)])
        return self._lean(statement)

    def _lean(self, statement: sa.Select[Any]) -> Iterator[Found]:
        """Straight from the columns: only ways that read these fields, or the most of them, are left."""
        seals, program = self._services.seals, self._program
        stored = [(program.fields[name], program.fields[name].field.sealed) for name in self._names]
        wanted = statement.add_columns(*(program.table.column(one.id) for one, _ in stored))
        if any(sealed for _, sealed in stored):
            wanted = wanted.add_columns(record_keys.c.master, record_keys.c.wrapped)
            wanted = wanted.outerjoin(record_keys, record_keys.c.record == self._id)
        places = list(enumerate(stored, 1))
        masked = {one.id for one, _ in stored if self._masks(one.id)}
        for row in self._connection.execute(wanted.execution_options(yield_per=AT_ONCE)):
            record: int = row[0]
            key: bytes | None = None
            values: dict[str, Any] = {"id": str(record)}
            for place, (one, sealed) in places:
                raw = row[place]
                if raw is not None and sealed:
                    if key is None and row[-1] is not None:
                        key = seals.unwrap(row[-2], row[-1], record)
                    values[one.id] = None if key is None else one.unseal(seals.open(key, one.id, record, raw))
                else:
                    values[one.id] = None if raw is None else one.decode(raw)
                if one.id in masked:
                    values[one.id] = one.mask(values[one.id])
            yield record, values

    def _whole(self, ids: Sequence[int]) -> Iterator[Found]:
        """With what is looked up and rolled up, by the ordinary way of reading."""
        for start in range(0, len(ids), AT_ONCE):
            chunk = ids[start : start + AT_ONCE]
            rows = self._rows.by_ids(self._connection, self._viewer, self._program, chunk, self._names)
            for record in chunk:
                yield record, {"id": str(record), **rows[record].values}
