"""Consequences: who gains and who loses what when a draft's roles become true, with numbers of people and records.

`turns.py` compares the definitions; here the records are counted by the database, each condition once where it is
the same for everybody, else for so many people. Numbers only, never which records; who asked is in the audit trail.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.access.authority import ContextOf
from engine.access.people import Organisation, People
from engine.access.turns import EVERY, Rows, Turn, turns
from engine.access.viewer import Viewer
from engine.database import Database
from engine.form_columns import FormColumns
from engine.sql_expressions import to_sql
from engine.tables import Catalog
from metamodel.application import App
from metamodel.expressions import Expression, check
from metamodel.expressions.types import BOOLEAN
from metamodel.forms import Form
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, Rejected
from metamodel.scope import FormScope

AT_MOST = 10_000  # records are counted so far
PEOPLE = 30  # counted one by one, where the records are different for each
QUESTIONS = 200  # put to the database for one answer
SECONDS = 3.0  # after which no more are put: what is not counted by then is not counted
PERSONAL = "people"  # the group of functions whose answer depends on who asks
KeptBack = Callable[[sa.Connection, Viewer, App, Form], list[sa.Select[Any]]]


@dataclass(frozen=True, slots=True)
class Amount:
    """Records more and fewer, each to AT_MOST; of a field or an action `more` are those it is about."""

    more: int = 0
    fewer: int = 0


@dataclass(frozen=True, slots=True)
class Consequence:
    """One turn, whom it is for, and its records: `amount` where they are the same for everybody, `each` where they
    are not, of the first PEOPLE. Both empty: it has no records, or they cannot be counted before it is true."""

    turn: Turn
    people: tuple[str, ...]
    amount: Amount | None = None
    each: Mapping[str, Amount] = field(default_factory=dict)


class Consequences:
    def __init__(
        self, database: Database, catalog: Catalog, registry: Registry, people: People,
        apps: Callable[[], Mapping[str, App]], context: ContextOf, kept_back: KeptBack,
    ) -> None:  # fmt: skip
        """`kept_back`: the ids of records this viewer reaches by no way at all."""
        self._database, self._catalog, self._registry = database, catalog, registry
        self._people, self._apps, self._context, self._kept_back = people, apps, context, kept_back

    def of(self, after: App) -> tuple[Consequence, ...]:
        """Against what is published of that app; losses first, the most people before."""
        before, organisation = self._apps().get(after.id), self._people.organisation()
        found = turns(before, after, _held(organisation, after.id))
        with self._database.read() as connection:
            counting = _Counting(self, connection, organisation, before, after)
            made = [counting.consequence(turn, people) for turn, people in found.items()]
        return tuple(sorted(made, key=lambda one: (one.turn.gains, -len(one.people))))


class _Counting:
    """One answer. Conditions are counted over the tables as they are now."""

    def __init__(
        self, house: Consequences, connection: sa.Connection, organisation: Organisation,
        before: App | None, after: App,
    ) -> None:  # fmt: skip
        self._house, self._connection, self._organisation = house, connection, organisation
        self._before, self._after = before, after
        self._counted: dict[tuple[str, Rows, Rows, str], int | None] = {}
        self._hidden: dict[tuple[str, str], list[sa.Select[Any]]] = {}
        self._until = time.monotonic() + SECONDS

    def consequence(self, turn: Turn, people: Sequence[str]) -> Consequence:
        known = tuple(people)
        if turn.kind not in ("form", "rows", "field", "action") or turn.name == "create":
            return Consequence(turn, known)
        conditions = self._read(turn)
        if conditions is None:
            return Consequence(turn, known)
        if not any(map(_personal, conditions)) and self._alike(turn.form, known):
            return Consequence(turn, known, self._amount(turn, known[0]))
        each = {person: self._amount(turn, person) for person in known[:PEOPLE]}
        return Consequence(turn, known, each={name: one for name, one in each.items() if one is not None})

    def _alike(self, form: str, people: Sequence[str]) -> bool:
        """Is nothing kept from some of them that others are shown?"""
        hidden = {len(self._kept(form, person)) for person in people[:PEOPLE]}
        return len(hidden) < 2

    def _kept(self, form: str, person: str) -> list[sa.Select[Any]]:
        """The ids this person is not shown, whatever his roles say."""
        key = form, person
        if key not in self._hidden:
            there = self._after.form(form) or (self._before.form(form) if self._before else None)
            viewer = self._organisation.viewer(person)
            app = self._before or self._after
            self._hidden[key] = (
                self._house._kept_back(self._connection, viewer, app, there) if there and viewer else []
            )
        return self._hidden[key]

    def _amount(self, turn: Turn, person: str) -> Amount | None:
        more = self._count(turn.form, turn.new, () if turn.kind == "field" else turn.old, person)
        fewer = self._count(turn.form, turn.old, turn.new, person) if turn.kind != "field" else 0
        return None if more is None or fewer is None else Amount(more, fewer)

    def _count(self, form: str, inside: Rows, outside: Rows, person: str) -> int | None:
        """Records that `inside` reaches and `outside` does not; None where that cannot be said."""
        if not inside or EVERY in outside:
            return 0
        key = form, inside, outside, person
        if key not in self._counted and len(self._counted) < QUESTIONS and time.monotonic() < self._until:
            self._counted[key] = self._ask(form, inside, outside, person)
        return self._counted.get(key)

    def _ask(self, form: str, inside: Rows, outside: Rows, person: str) -> int | None:
        viewer = self._organisation.viewer(person)
        try:
            table = self._house._catalog.form(self._after.id, form)
            conditions = [self._any(form, inside, viewer), sa.not_(self._any(form, outside, viewer))]
            conditions += [table.table.c.id.not_in(ids) for ids in self._kept(form, person)]
        except (KeyError, Rejected):
            return None  # a field that has no column yet
        found = sa.select(table.table.c.id).where(*conditions).limit(AT_MOST)
        return self._connection.scalar(sa.select(sa.func.count()).select_from(found.subquery()))

    def _any(self, form: str, rows: Rows, viewer: Viewer | None) -> sa.ColumnElement[bool]:
        made = [self._condition(form, text, viewer) for text in rows if text != EVERY]
        if EVERY in rows:
            return sa.true()
        return sa.or_(*made) if made else sa.false()

    def _condition(self, form: str, text: str, viewer: Viewer | None) -> sa.ColumnElement[bool]:
        app, there, expression = self._checked(form, text)
        house = self._house
        table = house._catalog.form(app.id, form)
        columns = FormColumns(house._catalog, {**house._apps(), app.id: app}, app.id, there, table)
        context = house._context(self._connection, viewer or Viewer(""))
        return to_sql(expression, columns, house._database.ops, context)

    def _read(self, turn: Turn) -> list[Expression] | None:
        """The conditions of a turn that are not simply all rows; None where one cannot be read."""
        try:
            texts = {*turn.old, *turn.new} - {EVERY}
            return [self._checked(turn.form, text)[2] for text in sorted(texts)]
        except Rejected:
            return None

    def _checked(self, form: str, text: str) -> tuple[App, Form, Expression]:
        """In the draft, else in what is published: a condition that is gone may name what is gone."""
        problems: list[Problem] = []
        for app in (self._after, self._before):
            there = app.form(form) if app is not None else None
            if app is None or there is None:
                continue
            apps = {**self._house._apps(), app.id: app}
            found, problems = check(text, FormScope(app, there, apps), self._house._registry, BOOLEAN)
            if found is not None and (app is self._before or self._stands(there, found)):
                return app, there, found
        raise Rejected(problems)

    def _stands(self, form: Form, expression: Expression) -> bool:
        """Has every field it reads a column already, of the type it is to be?"""
        published = self._before.form(form.id) if self._before is not None else None
        names = {path[0] for path in expression.names}
        pairs = [(form.field(name), published.field(name) if published else None) for name in names]
        return all(now and was and now.type_name == was.type_name for now, was in pairs)


def _personal(expression: Expression) -> bool:
    groups = {function.group for function in expression.called.values()}
    return expression.uses_me or PERSONAL in groups


def _held(organisation: Organisation, app: str) -> dict[str, Collection[str]]:
    """The roles in this app of everybody who works here and has one."""
    found: dict[str, Collection[str]] = {}
    for person in organisation.people:
        viewer = organisation.viewer(person)
        roles = viewer.roles_in(app) if viewer is not None else frozenset()
        if roles:
            found[person] = roles
    return found
