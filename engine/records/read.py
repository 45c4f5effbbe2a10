"""The only way to read records: pages, single records, neighbours, facets, history, pickers.

Every statement starts at `visible_rows`; what a viewer may not read is absent, what is masked
leaves masked, and every look is in the audit trail before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.sightings import FOUND, packed
from engine.access.viewer import Viewer
from engine.access.ways import Way
from engine.clock import from_microseconds
from engine.evidence.tombstones import Tombstone, tombstones_of
from engine.migrate import Pending
from engine.records.attached import closed, homes
from engine.records.program import FormProgram
from engine.records.query import EXACT_TO, Page, Query, RecordView
from engine.records.references import References, show, title
from engine.records.rows import Row, Rows
from engine.records.selection import Selection, Selector
from engine.records.services import Services
from engine.records.settling import Waiting
from engine.search.check import matches
from engine.search.highlight import snippet
from engine.search.tree import ParsedQuery
from engine.whole_numbers import is_whole_number
from metamodel.plugin_api import Display
from metamodel.problems import Rejected, problem

READING = frozenset({"read", "export"})
NEWEST = 2_000  # hits among which a first page is looked for
CHECKED = 1_000  # hits whose text is read to make a total exact


class Reader:
    def __init__(self, services: Services) -> None:
        self._services = services
        self.rows = Rows(services)
        self.selection = Selector(services, self.rows).selection
        self.references = References(services, self.rows)
        self._waiting = Waiting(lambda: services.programs.publication)

    # -- pages -------------------------------------------------------------------------------------

    def page(self, viewer: Viewer, app: str, form: str, query: Query) -> Page:
        """One page of what the query finds for this viewer. Rejected: query.*, access.denied."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self.selection(connection, viewer, program, query)
            rows, more = self._first_rows(connection, viewer, selection, query)
            total, exact = self._total(connection, viewer, selection, query)
            items = self._views(connection, viewer, program, rows, selection.parsed)
            waiting = self._waiting(connection, program)
        self._note_reading(
            viewer, program, selection, query, total if query.count else len(rows), [row.id for row in rows]
        )
        parsed = selection.parsed
        return Page(
            items, total, exact, next=items[-1].id if more and items else "",
            hints=parsed.hints if parsed else (), words=parsed.words if parsed else (),
            pending={name: waiting[name] for name in selection.fields if name in waiting},
        )  # fmt: skip

    def _first_rows(
        self, connection: sa.Connection, viewer: Viewer, selection: Selection, query: Query
    ) -> tuple[list[Row], bool]:
        """A first page, newest first, is tried among the newest hits: a common word has very many."""
        if selection.parsed is not None and query.page == 0 and not query.sort:
            quick = self.selection(connection, viewer, selection.program, query, NEWEST)
            rows, more = self._page_rows(connection, viewer, quick, query)
            if more:
                return rows, more
        return self._page_rows(connection, viewer, selection, query)

    def _page_rows(
        self, connection: sa.Connection, viewer: Viewer, selection: Selection, query: Query
    ) -> tuple[list[Row], bool]:
        statement = self._statement(selection).limit(query.limit + 1).offset(query.page * query.limit)
        rows = self.rows.fetch(
            connection, viewer, selection.program, selection.visible, statement, selection.fields
        )
        shown = [row for row in rows[: query.limit] if self._really_matches(selection, row)]
        return shown, len(rows) > query.limit

    def _statement(self, selection: Selection) -> sa.Select[Any]:
        made = self.rows.select(selection.program, selection.visible, selection.fields)
        return made.where(*selection.where).order_by(*selection.order)

    def _really_matches(self, selection: Selection, row: Row) -> bool:
        """The blind index knows no order of characters: long words are checked on the opened text."""
        parsed = selection.parsed
        if parsed is None or parsed.tree is None or parsed.exact:
            return True
        return matches(parsed, selection.program.texts.texts(row.values))

    def _total(
        self, connection: sa.Connection, viewer: Viewer, selection: Selection, query: Query
    ) -> tuple[int, bool]:
        """Exact to 10,000; a search for a long word is exact to 1,000 and "about" beyond."""
        if not query.count:
            return 0, False
        found = selection.visible.ids().where(*selection.where)
        counted = connection.scalar(
            sa.select(sa.func.count()).select_from(found.limit(EXACT_TO + 1).subquery())
        )
        total = int(counted or 0)
        if selection.parsed is None or selection.parsed.exact:
            return min(total, EXACT_TO), total <= EXACT_TO
        if total > CHECKED:
            return min(total, EXACT_TO), False
        names = tuple(field.id for field in selection.program.searchable)
        checked = replace(selection, fields=names)
        rows = self.rows.fetch(
            connection,
            viewer,
            selection.program,
            selection.visible,
            self._statement(checked),
            names,
            derived=False,
        )
        return sum(self._really_matches(selection, row) for row in rows), True

    # -- single records ----------------------------------------------------------------------------

    def get(self, viewer: Viewer, app: str, form: str, record: str) -> RecordView:
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            row = self.row(connection, viewer, program, record)
            view = self._views(connection, viewer, program, [row], None)[0]
        self._services.audit.note(viewer, Occurrence("view", app, form, row.id, _grant(row)))
        return view

    def revision(self, viewer: Viewer, app: str, form: str, record: str) -> int:
        """Nothing else of it is looked at. Rejected (record.unknown)."""
        program, ids = (
            self._services.programs.get(app, form),
            [int(record)] if is_whole_number(record) else [],
        )
        with self._services.database.read() as connection:
            found = self.rows.by_ids(connection, viewer, program, ids, [], derived=False)
        if not found:
            raise Rejected([problem("record.unknown", record=record)])
        return int(next(iter(found.values())).system["revision"])

    def row(self, connection: sa.Connection, viewer: Viewer, program: FormProgram, record: str) -> Row:
        """Rejected (record.unknown) alike for what is not there and what may not be seen."""
        found = self.rows.by_ids(
            connection, viewer, program, [int(record)] if is_whole_number(record) else []
        )
        if not found:
            raise Rejected([problem("record.unknown", record=record)])
        return next(iter(found.values()))

    def titles(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, ids: Sequence[int]
    ) -> dict[int, str]:
        """What those of these records are called that the viewer may read."""
        program = self._services.programs.get(app, form)
        rows = self.rows.by_ids(connection, viewer, program, ids, program.title_fields)
        return self.references.titles(connection, viewer, program, list(rows.values()))

    def newest(
        self, connection: sa.Connection, viewer: Viewer, selection: Selection, limit: int
    ) -> list[Row]:
        """The first rows of a selection, nothing derived."""
        statement = self._statement(selection).limit(limit)
        program, visible = selection.program, selection.visible
        return self.rows.fetch(
            connection, viewer, program, visible, statement, selection.fields, derived=False
        )

    def matching(
        self, connection: sa.Connection, viewer: Viewer, selection: Selection, ids: Sequence[int]
    ) -> list[int]:
        """Those of a search's candidates whose opened texts really match, in order."""
        own = selection.program.table.table.c.id
        statement = self.rows.select(selection.program, selection.visible, selection.fields)
        rows = self.rows.fetch(
            connection, viewer, selection.program, selection.visible,
            statement.where(own.in_(ids)).order_by(own), selection.fields, derived=False,
        )  # fmt: skip
        return [row.id for row in rows if self._really_matches(selection, row)]

    def file_name(self, connection: sa.Connection, viewer: Viewer, file: str, name: str) -> str | None:
        """The name under which this viewer may open a file. None: not at all."""
        return name if self.opening(connection, viewer, file) is not None else None

    def opening(self, connection: sa.Connection, viewer: Viewer, file: str) -> Occurrence | None:
        """What the trail is to say when this viewer opens a file: uploaded by this person and not in a record yet,
        or in a field of a record they may read, where nothing is masked that it may hold. None: he may not."""
        home = homes(self._services, connection, viewer, [file]).get(file)
        if home is None or home.row is None:
            return Occurrence("download", detail={"file": file}) if home is not None else None
        return Occurrence("download", home.app, home.form, home.row.id, _grant(home.row), {"file": file})

    def neighbours(self, viewer: Viewer, app: str, form: str, query: Query, record: str) -> tuple[str, str]:
        """The records before and after this one in the list it was opened from ('' at the ends)."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self.selection(connection, viewer, program, query)
            ids = selection.visible.ids().where(*selection.where).order_by(*selection.order).limit(1_000)
            order = [str(row[0]) for row in connection.execute(ids)]
        if record not in order:
            return "", ""
        place = order.index(record)
        return order[place - 1] if place else "", order[place + 1] if place + 1 < len(order) else ""

    # -- views -------------------------------------------------------------------------------------

    def shown(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, rows: Sequence[Row]
    ) -> list[RecordView]:
        """Rows that were read for this viewer, as they leave the engine."""
        return self._views(connection, viewer, program, rows, None)

    def _views(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, rows: Sequence[Row],
        parsed: ParsedQuery | None,
    ) -> list[RecordView]:  # fmt: skip
        pending = self.pending(connection, program, rows)
        foreign = self.references.strangers(connection, viewer, program, rows)
        display = self.references.display(connection, viewer, program, rows, foreign=foreign)
        stones = tombstones_of(connection, [row.id for row in rows])
        views = [self._view(program, row, display, parsed, stones.get(row.id), foreign) for row in rows]
        for view, names in zip(views, pending, strict=True) if pending else ():
            view.pending = names
        return views

    def pending(
        self, connection: sa.Connection, program: FormProgram, rows: Sequence[Row]
    ) -> list[frozenset[str]]:
        """Of each row the fields that are still being computed or brought over: what stands there is blanked
        rather than shown. Empty where nothing is."""
        waiting = self._waiting(connection, program)
        return [_not_yet(row, waiting) for row in rows] if waiting else []

    def _view(
        self, program: FormProgram, row: Row, display: Display, parsed: ParsedQuery | None,
        stone: Tombstone | None, foreign: frozenset[str],
    ) -> RecordView:  # fmt: skip
        fields = [program.fields[name] for name in row.access if name in row.values]
        return RecordView(
            id=str(row.id), app=program.app.id, form=program.form.id,
            revision=row.system["revision"], version=row.system["version"],
            values={f.id: _json(f, row) for f in fields},
            display={f.id: show(f, row, display) for f in fields},
            access=row.access, title=title(program, row, display),
            created_at=from_microseconds(row.system["created_at"]), created_by=row.system["created_by"],
            updated_at=from_microseconds(row.system["updated_at"]), updated_by=row.system["updated_by"],
            can=_actions(program, row.ways) if stone is None else READING, ways=tuple(_reason(way) for way in row.ways),
            shredded=stone, closed=closed(program, row), foreign=foreign,
            snippets=_snippets(program.texts.texts(row.values), parsed.words) if parsed else [],
        )  # fmt: skip

    def _note_reading(
        self, viewer: Viewer, program: FormProgram, selection: Selection, query: Query, total: int,
        shown: Sequence[int],
    ) -> None:  # fmt: skip
        action = "search" if query.text.strip() else "list"
        grant = next((way.grant.id for way in selection.visible.ways if way.grant), None)
        occurrence = Occurrence(
            action, program.app.id, program.form.id, grant=grant, detail=asked(query, total, shown)
        )
        self._services.audit.note(viewer, occurrence)


def _not_yet(row: Row, waiting: Mapping[str, Pending]) -> frozenset[str]:
    updated = row.system["updated_at"]
    names = {
        name
        for name, one in waiting.items()
        if name in row.values and one.waits(row.id, updated, row.values[name] is None)
    }
    row.values.update((name, None) for name in names if not waiting[name].partly)
    return frozenset(names)


def _snippets(texts: Mapping[str, str], words: Sequence[str]) -> list[tuple[str, list[tuple[str, bool]]]]:
    """A piece of each text in which one of the words stands."""
    found = [(name, snippet(text, words)) for name, text in texts.items()] if words else []
    return [(name, pieces) for name, pieces in found if any(hit for _, hit in pieces)]


def _json(field: Any, row: Row) -> Any:
    value = row.values.get(field.id)
    if value is None or field.field.type is None or row.access.get(field.id) == "mask":
        return value
    return field.field.type.to_json(value, field.field)


def _actions(program: FormProgram, ways: Sequence[Way]) -> frozenset[str]:
    """What may be done with this row; nobody deletes from an archive."""
    actions = frozenset[str]().union(*(way.actions for way in ways))
    return actions - {"delete", "create"} if program.form.is_archive else actions


def _reason(way: Way) -> str:
    return way.reason or (f"grant:{way.grant.id}" if way.grant else f"role:{way.role}")


def asked(query: Query, total: int, shown: Sequence[int]) -> Mapping[str, Any]:
    """What the audit trail keeps of a query."""
    conditions = [[c.path, c.operator, *c.values] for c in query.conditions]
    return {
        "text": query.text,
        "conditions": conditions,
        "filter": query.filter,
        "page": query.page,
        "count": total,
        FOUND: packed(shown),
    }


def _grant(row: Row) -> int | None:
    """Under which it is read."""
    return next((way.grant.id for way in row.ways if way.grant), None)
