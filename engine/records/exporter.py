"""What leaves as a file: the records a query finds, decided and noted before any of it leaves, read piece by piece.

Rows of sub-forms take lines of their own among the record's, or sheets of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.records.attached import closed
from engine.records.exporting import Place, headings, holds_rows, lines
from engine.records.program import FieldProgram, FormProgram
from engine.records.query import Query
from engine.records.read import Reader, asked
from engine.records.rows import Row
from engine.records.selection import Selection
from engine.records.services import Services
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Display
from metamodel.problems import Rejected, problem

PIECE = 500  # records that are read together
RECORD = {"zh": "记录 ID", "en": "Record ID"}


@dataclass(frozen=True, slots=True)
class ExportedSheet:
    """The lines of one sheet under their heading; `fields` stand behind the columns, None behind a record's id."""

    name: str
    heading: list[str]
    fields: tuple[FieldDefinition | None, ...]
    lines: Iterator[list[str]]


@dataclass(frozen=True, slots=True)
class _Found:
    viewer: Viewer
    program: FormProgram
    selection: Selection
    ids: list[int]
    place: Place | None

    @property
    def fields(self) -> list[FieldProgram]:
        known = self.program.fields
        return [known[name] for name in self.selection.fields if name in known]


class Exporter:
    def __init__(self, services: Services, reader: Reader) -> None:
        self._services, self._reader = services, reader

    def one_sheet(
        self, viewer: Viewer, app: str, form: str, query: Query, place: Place | None = None
    ) -> ExportedSheet:
        """Everything the query finds on rows that may be exported; sub-forms that were asked for by their rows, a line
        each. `place`: see `exporting.lines`. Rejected: query.*, access.denied."""
        found = self._found(viewer, app, form, query, place)
        fields, opened = found.fields, frozenset(query.columns)
        columns = [
            one for field in fields for one in (_cells(field) if field.id in opened else [field.field])
        ]
        read = (
            line
            for row, display, foreign in self._rows(found)
            for line in self._lines(found, fields, opened, row, display, foreign)
        )
        name = found.program.form.text(viewer.language)
        return ExportedSheet(name, headings(fields, opened, viewer.language), tuple(columns), read)

    def sheets(
        self, viewer: Viewer, app: str, form: str, query: Query, place: Place | None = None
    ) -> list[ExportedSheet]:
        """The same with a line for each record, and the rows of each sub-form on a sheet of their own; the id of
        the record stands first everywhere, so that imports put them together again."""
        found = self._found(viewer, app, form, query, place)
        split = [field for field in found.fields if holds_rows(field) and field.id in query.columns]
        own = [field for field in found.fields if field not in split]
        made = [self._sheet(found, found.program.form.text(viewer.language), own, frozenset())]
        return made + [
            self._sheet(found, field.field.text(viewer.language), [field], frozenset({field.id}))
            for field in split
        ]

    def _sheet(
        self, found: _Found, name: str, fields: Sequence[FieldProgram], opened: frozenset[str]
    ) -> ExportedSheet:
        language = found.viewer.language
        texts = headings(fields, opened, language)
        if opened:  # the sheet says which sub-form they are of
            texts = [cell.field.text(language) for cell in fields[0].cells]
        columns = _cells(fields[0]) if opened else [field.field for field in fields]
        read = (
            [str(row.id), *line]
            for row, display, foreign in self._rows(found)
            for line in self._lines(found, fields, opened, row, display, foreign)
            if not opened or any(line)
        )
        return ExportedSheet(name, [label_text(RECORD, language), *texts], (None, *columns), read)

    def _lines(
        self,
        found: _Found,
        fields: Sequence[FieldProgram],
        opened: frozenset[str],
        row: Row,
        display: Display,
        foreign: frozenset[str],
    ) -> Iterator[list[str]]:
        place = found.place
        if place is not None and foreign:
            place = _without(place, foreign)
        return lines(fields, opened, row, display, place, closed(found.program, row))

    # -- what is found -----------------------------------------------------------------------------

    def _found(self, viewer: Viewer, app: str, form: str, query: Query, place: Place | None) -> _Found:
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self._reader.selection(connection, viewer, program, query)
            exporting = selection.visible.restricted(
                way for way in selection.visible.ways if "export" in way.actions
            )
            if not exporting.ways:
                raise Rejected([problem("access.denied")])
            selection = replace(selection, visible=exporting)
            ids = self._ids(connection, viewer, selection)
        self._services.audit.note(viewer, Occurrence("export", app, form, detail=asked(query, len(ids), ids)))
        return _Found(viewer, program, selection, ids, place)

    def _ids(self, connection: sa.Connection, viewer: Viewer, selection: Selection) -> list[int]:
        """In their order."""
        found = selection.visible.ids().where(*selection.where).order_by(*selection.order)
        ids = list(connection.scalars(found))
        if selection.parsed is None or selection.parsed.exact:
            return ids
        searched = tuple(field.id for field in selection.program.searchable)
        checked, kept = replace(selection, fields=searched), set[int]()
        for start in range(0, len(ids), PIECE):
            kept.update(self._reader.matching(connection, viewer, checked, ids[start : start + PIECE]))
        return [one for one in ids if one in kept]

    def _rows(self, found: _Found) -> Iterator[tuple[Row, Display, frozenset[str]]]:
        """With everything needed to show them, and the files they name that do not leave with them."""
        viewer, program, references = found.viewer, found.program, self._reader.references
        for start in range(0, len(found.ids), PIECE):
            with self._services.database.read() as connection:
                rows = self._by_order(connection, found, found.ids[start : start + PIECE])
                self._reader.pending(connection, program, rows)  # blank, not what was computed before
                foreign = references.strangers(connection, viewer, program, rows, "export")
                display = references.display(connection, viewer, program, rows, foreign=foreign)
            yield from ((row, display, foreign) for row in rows)

    def _by_order(self, connection: sa.Connection, found: _Found, ids: Sequence[int]) -> list[Row]:
        """These records, in this order; what is not to be seen any more is left out."""
        program, selection = found.program, found.selection
        statement = self._reader.rows.select(program, selection.visible, selection.fields)
        statement = statement.where(program.table.table.c.id.in_(ids))
        rows = self._reader.rows.fetch(
            connection, found.viewer, program, selection.visible, statement, selection.fields
        )
        place = {one: number for number, one in enumerate(ids)}
        return sorted(rows, key=lambda row: place[row.id])


def _without(place: Place, foreign: frozenset[str]) -> Place:
    """They are named, and lie nowhere."""
    return lambda record, file, name: name if file in foreign else place(record, file, name)


def _cells(field: FieldProgram) -> list[FieldDefinition]:
    return [cell.field for cell in field.cells] or [field.field]
