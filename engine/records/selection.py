"""Selections: a query made ready to run, for one viewer, starting at `visible_rows`.

What a condition, a sort or a word gives away counts as reading: each way to rows is used only
over the fields that this way may read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.pinyin import matches
from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import Way
from engine.form_columns import head_column
from engine.records.conditions import Conditions
from engine.records.program import FormProgram
from engine.records.query import Query
from engine.records.references import role_names
from engine.records.rows import Rows
from engine.records.services import Services
from engine.search.query import parse
from engine.search.targets import Scope
from engine.search.tree import Filter, Node, ParsedQuery, candidates, fold_tree, required_text
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.plugin_api import HeadValue, Reference
from metamodel.problems import Rejected, problem


@dataclass(frozen=True)
class Selection:
    """A query made ready: which rows, in which order, and the search that was in it."""

    program: FormProgram
    visible: Visible
    fields: tuple[str, ...]
    where: tuple[sa.ColumnElement[bool], ...]
    order: tuple[sa.ColumnElement[Any], ...]
    parsed: ParsedQuery | None


class Selector:
    def __init__(self, services: Services, rows: Rows) -> None:
        self._services, self._rows = services, rows

    def selection(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, query: Query, newest: int = 0
    ) -> Selection:
        """`newest`: look only among so many newest hits of the words; enough for most first pages."""
        visible = self._rows.visible(connection, viewer, program)
        if not visible.ways:
            raise Rejected([problem("access.denied")])
        parsed = self._parse(viewer, program, query.text) if query.text.strip() else None
        where, read = self._where(connection, viewer, program, query)
        read |= {name.lstrip("-").split(".")[0] for name in query.sort}
        visible = visible.reading(read & program.fields.keys())
        if parsed and parsed.tree is not None:
            visible = self._searched(connection, viewer, program, visible, parsed.tree, newest)
        fields = query.columns or tuple(program.fields)
        return Selection(program, visible, fields, tuple(where), self._order(program, query), parsed)

    def _where(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, query: Query
    ) -> tuple[list[sa.ColumnElement[bool]], set[str]]:
        """The conditions as SQL, and the fields whose values they give away."""
        maker = Conditions(connection, self._services, viewer, program)
        where = [maker.where(condition) for condition in query.conditions]
        read = {condition.path.split(".")[0] for condition in query.conditions}
        if query.filter:
            filtered, used = self._services.authority.condition(
                connection, viewer, program.app, program.form, query.filter, maker.columns
            )
            where.append(filtered)
            read |= used
        if is_whole_number(query.after):
            where.append(program.table.table.c.id < int(query.after))
        return where, read

    def _searched(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, visible: Visible, tree: Node,
        newest: int,
    ) -> Visible:  # fmt: skip
        """Words and filters of the query, for each way over the fields that way may read."""
        asked = candidates(tree)
        maker = Conditions(connection, self._services, viewer, program)
        if asked is None:
            return visible
        needed = required_text(asked)

        def condition(way: Way) -> sa.ColumnElement[bool]:
            texts = [f.id for f in program.searchable if way.may(f.id, "part")]
            hidden = {name for name in program.parted if way.may(name, "read")}

            def words(node: Node) -> sa.ColumnElement[bool]:
                limit = newest if node == needed else 0
                found = self._services.search.matching(program.table, node, texts, limit, hidden)
                return program.table.table.c.id.in_(found)

            def filtered(leaf: Filter) -> sa.ColumnElement[bool]:
                return maker.filter(leaf) if way.may(leaf.path[0], "read") else sa.false()

            return fold_tree(asked, words, filtered, _all, _any, sa.not_)

        return visible.narrowed(condition)

    def _order(self, program: FormProgram, query: Query) -> tuple[sa.ColumnElement[Any], ...]:
        """Blanks last; the highest id decides between equals."""
        order: list[sa.ColumnElement[Any]] = []
        for name in query.sort:
            field = program.fields.get(name.lstrip("-"))
            derived = field.field.derived if field else None
            if field is None or (field.id not in program.table.fields and not isinstance(derived, HeadValue)):
                raise Rejected([problem("query.unknown_field", field=name)])
            if field.field.sealed:
                raise Rejected([problem("query.sealed", field=field.field.text())])
            columns = program.table.table.c
            if isinstance(derived, HeadValue):  # ids in the order they were taken, not as texts
                column = columns.id if derived.part == "id" else head_column(columns, derived)
            else:
                column = program.table.column(field.id)
            order.append((column.desc() if name.startswith("-") else column.asc()).nulls_last())
        return (*order, program.table.table.c.id.desc())

    def _parse(self, viewer: Viewer, program: FormProgram, text: str) -> ParsedQuery:
        organisation = self._services.people.organisation()

        def names(reference: Reference, meant: str) -> list[str]:
            if reference.target == "person":
                return [viewer.person] if meant == "me" else [p.id for p in organisation.find_people(meant)]
            if reference.target == "role":
                known = role_names(program.app, viewer.language)
                return [role for (_, role), label in known.items() if matches(meant, label, role)]
            return (
                [d.id for d in organisation.find_departments(meant)]
                if reference.target == "department"
                else []
            )

        today = self._services.database.clock.now().astimezone(self._services.zone).date()
        apps = self._services.apps()
        scope = Scope(
            program.app, program.form, apps, today, self._services.zone, names, self._may_read(viewer, apps),
            viewer.language,
        )  # fmt: skip
        return parse(text, scope)

    def _may_read(self, viewer: Viewer, apps: Mapping[str, App]) -> Callable[[str, str, str], bool]:
        """May this reader read the field by any way at all? Which rows is asked when they are found."""

        def may(app: str, form: str, field: str) -> bool:
            found = apps[app].form(form) if app in apps else None
            if found is None:
                return False
            with self._services.database.read() as connection:
                reaching = self._services.authority.ways(connection, viewer, apps[app], found)
            return any(way.may(field, "part") for way in reaching)

        return may


def _all(parts: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    return sa.and_(*parts)


def _any(parts: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    return sa.or_(*parts)
