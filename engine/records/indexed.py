"""Indexed: is every record found by its own words, and by no others? The index's half of a verification.

The index keeps a set of blind tokens for each record. Here they are made anew from the opened texts and
compared, a number for each set: how many there are above, the sum of their hashes below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Protocol

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.access.visible import Visible
from engine.access.ways import ALL
from engine.evidence.seals import BrokenSeal
from engine.evidence.tombstones import tombstones_of
from engine.records.program import FormProgram
from engine.records.reindexing import Reindexing
from engine.records.rows import Rows
from engine.records.services import Services

CHUNK = 500
_ALL, _ONE = 2**64 - 1, 2**96
NONE = 0
UNREADABLE = (BrokenSeal, ValueError, TypeError, AttributeError, KeyError)


class Report(Protocol):
    """`engine.evidence.findings.Report`."""

    counts: Any

    def add(self, code: str, app: str = "", form: str = "", record: object = "", **params: Any) -> None: ...


class Indexed:
    def __init__(self, services: Services, reindexing: Reindexing) -> None:
        self._services, self._reindexing, self._rows = services, reindexing, Rows(services)

    def check(self, connection: sa.Connection, report: Report, judged: Set[tuple[str, str]]) -> None:
        """Every searchable form whose place in the catalog is in order (`judged`), but those that are just being
        indexed anew."""
        for app in self._services.apps().values() if judged else ():
            for form in app.forms:
                waits = self._reindexing.waits_for(connection, app.id, form.id)
                if (app.id, form.id) in judged and not waits:
                    self._form(connection, self._services.programs.get(app.id, form.id), report)

    def _form(self, connection: sa.Connection, program: FormProgram, report: Report) -> None:
        if not program.searchable:
            return
        found = dict(self._differences(connection, program, report.counts))
        if found and self._services.search.apart:
            found = self._again(program, found)
        for record in sorted(found):
            report.add(found[record], program.app.id, program.form.id, record)

    def _again(self, program: FormProgram, found: Mapping[int, str]) -> dict[int, str]:
        """What is still so of these records, once nobody moves the files."""
        search, database = self._services.search, self._services.database
        with search.still(program.table), database.read() as connection:
            now = dict(self._differences(connection, program, Counter()))
        return {record: now[record] for record in found if record in now}

    def _differences(
        self, connection: sa.Connection, program: FormProgram, counts: Counter[str]
    ) -> Iterator[tuple[int, str]]:
        """(record, what is wrong)."""
        there = _sums(self._services.search.held(connection, program.table))
        for record, wanted in self._wanted(connection, program):
            counts["indexed"] += 1
            if there.pop(record, NONE) != wanted and wanted is not None:
                yield record, "index_differs"
        yield from ((record, "index_of_nothing") for record in there)

    def _wanted(self, connection: sa.Connection, program: FormProgram) -> Iterator[tuple[int, int | None]]:
        """What each record should be found by: one that was shredded by nothing; None for one that does not
        open, which the check of the rows tells."""
        own, after = program.table.table.c.id, 0
        while found := connection.scalars(sa.select(own).where(own > after).order_by(own).limit(CHUNK)).all():
            gone = tombstones_of(connection, found)
            opened = self._opened(connection, program, [record for record in found if record not in gone])
            for record in found:
                yield record, NONE if record in gone else opened.get(record)
            after = found[-1]

    def _opened(self, connection: sa.Connection, program: FormProgram, ids: Sequence[int]) -> dict[int, int]:
        """All together; one by one where one of them does not open."""
        try:
            return self._read(connection, program, ids)
        except UNREADABLE:
            if len(ids) <= 1:
                return {}
            alone = (self._opened(connection, program, [record]) for record in ids)
            return {record: known for one in alone for record, known in one.items()}

    def _read(self, connection: sa.Connection, program: FormProgram, ids: Sequence[int]) -> dict[int, int]:
        """Of every row there is, those out of use among them."""
        names = tuple(field.id for field in program.searchable)
        every = Visible(program.table, [ALL], [sa.true()])
        statement = self._rows.select(program, every, names).where(program.table.table.c.id.in_(ids))
        rows = self._rows.fetch(connection, SYSTEM, program, every, statement, names, derived=False)
        return {row.id: _sum(program.texts.tokens(row.values)) for row in rows}


def _sum(tokens: Iterable[Any]) -> int:
    return sum(_ONE + (hash(token) & _ALL) for token in tokens)


def _sums(held: Iterable[tuple[int, Any]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for record, token in held:
        sums[record] = sums.get(record, 0) + _ONE + (hash(token) & _ALL)
    return sums
