"""A timeline: everything about one record (a customer) in the order it happened, newest first (docs/views.md).

Each line says what its reader may see of it; of the rest there is a number, and never a word. Asked by the pages
that show timelines and by app tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.records.query import Condition, Facet, Query, RecordView
from engine.records.records import Records
from engine.records.services import Services
from engine.whole_numbers import is_whole_number
from metamodel.forms import View
from metamodel.problems import Rejected

SIZE = 50
FIRST_WORDS = 400  # messages looked at for the first words of a page's lines


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """`text`: the words of the line, those of its first message where it has none of its own."""

    record: RecordView
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """`total`: lines this reader may see, `hidden` how many more there are of one record that he may read; `marks`
    count the lines by their mark. `denied`: he may see nothing of this form at all."""

    lines: tuple[TimelineLine, ...] = ()
    total: int = 0
    hidden: int = 0
    marks: tuple[Facet, ...] = ()
    more: bool = False
    denied: bool = False


class Timelines:
    def __init__(self, services: Services, records: Records) -> None:
        self._services, self._records = services, records

    def of(
        self, viewer: Viewer, app: str, form: str, view: View, whose: str, mark: str = "", number: int = 0
    ) -> Timeline:
        """What is about the record `whose` ('': about anybody's), page `number`; only lines with that `mark`."""
        by, marks = str(view.options.get("by", "")), str(view.options.get("mark", ""))
        about = Condition(by, "is", (whose,)) if is_whole_number(whose) else Condition(by, "not_blank")
        base = Query(conditions=(about,), sort=(f"-{view.options.get('time', '')}",), limit=SIZE, page=number)
        query = base.only((marks, mark)) if mark and marks else base
        known = bool(whose) and self._knows(viewer, app, form, by, whose)
        try:
            found = self._records.page(viewer, app, form, query)
            counted = self._marks(viewer, app, form, base, marks)
        except Rejected:
            return Timeline(hidden=self._count(SYSTEM, app, form, base) if known else 0, denied=True)
        first = self._first_words(viewer, app, view, found.items)
        text = str(view.options.get("text", ""))
        lines = (TimelineLine(one, one.display.get(text, "") or first.get(one.id, "")) for one in found.items)
        hidden = self._count(SYSTEM, app, form, base) - self._count(viewer, app, form, base) if known else 0
        return Timeline(tuple(lines), found.total, hidden, counted, bool(found.next))

    def _knows(self, viewer: Viewer, app: str, form: str, by: str, whose: str) -> bool:
        """May he read the record that the line is about? Of any other not even a number is told."""
        field = self._services.programs.get(app, form).fields.get(by)
        reference = field.reference if field is not None else None
        if reference is None or reference.target != "record" or not is_whole_number(whose):
            return False
        there = self._services.programs.get(reference.app or app, reference.form)
        with self._services.database.read() as connection:
            visible = self._services.authority.visible_rows(connection, viewer, there.app, there.form)
            own = there.table.table.c.id
            return connection.execute(visible.ids().where(own == int(whose))).first() is not None

    def _marks(self, viewer: Viewer, app: str, form: str, query: Query, mark: str) -> tuple[Facet, ...]:
        if mark not in self._services.programs.get(app, form).fields:
            return ()
        return tuple(self._records.facets(viewer, app, form, query, [mark]).get(mark, ()))

    def _count(self, viewer: Viewer, app: str, form: str, query: Query) -> int:
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self._records.reader.selection(connection, viewer, program, query)
            rows = selection.visible.ids().where(*selection.where).subquery()
            return int(connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0)

    def _first_words(
        self, viewer: Viewer, app: str, view: View, items: Sequence[RecordView]
    ) -> dict[str, str]:
        """For lines without words of their own: those of the first message of each."""
        words: Mapping[str, Any] = view.options.get("words") or {}
        text, link, own = words.get("text", ""), words.get("link", ""), str(view.options.get("text", ""))
        silent = tuple(item.id for item in items if not item.display.get(own))
        if not silent or not text or not link:
            return {}
        query = Query(
            conditions=(Condition(link, "any_of", silent),), limit=FIRST_WORDS, columns=(link, text), count=False
        )  # fmt: skip
        try:
            found = self._records.page(viewer, words.get("app") or app, words["form"], query)
        except Rejected:
            return {}
        first: dict[str, str] = {}
        for message in found.items:  # newest first: the oldest comes last and stays
            if message.display.get(text):
                first[str(message.values.get(link))] = message.display[text]
        return first
