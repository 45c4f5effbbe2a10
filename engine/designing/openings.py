"""Openings: what one version of the apps opens to whoever holds certain roles, and what each of it is told by.

Pure. A computed field is followed to the stored fields it mentions, a row condition to how all it mentions is defined:
what says the same words may mean something else. What cannot be followed is `UNKNOWN`, which nobody is taken to read.
Asked by `more_open.py`, which puts two versions beside each other.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.access.viewer import Viewer
from engine.access.ways import Way, masks, ways
from metamodel.application import App
from metamodel.expressions import Scope, check
from metamodel.expressions.checker import conjuncts
from metamodel.expressions.types import BOOLEAN, Type
from metamodel.forms import CONDITIONS, FieldDefinition, Form
from metamodel.plugin_api import (
    AutoNumber,
    Derived,
    Formula,
    HeadValue,
    LinkedFrom,
    Live,
    Lookup,
    Registry,
    RelatedQuery,
    Rollup,
)
from metamodel.roles import FieldAccess
from metamodel.scope import FormScope, OtherRowsScope, RowScope

Held = Mapping[str, Collection[str]]  # app -> the roles somebody holds there


class Spot(NamedTuple):
    """A field of a form of an app."""

    app: str
    form: str
    field: str


UNKNOWN = Spot("", "", "")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The stored fields something is told by, and how everything on the way there is defined."""

    uses: frozenset[Spot] = frozenset()
    says: frozenset[tuple[Spot, str]] = frozenset()

    def __or__(self, other: Meaning) -> Meaning:
        return Meaning(self.uses | other.uses, self.says | other.says)


NOTHING = Meaning()
NOBODY_KNOWS = Meaning(frozenset({UNKNOWN}))


@dataclass(frozen=True, slots=True)
class Term:
    """One of the conditions that all have to hold; the same where words and meaning are."""

    text: str
    says: frozenset[tuple[Spot, str]] = frozenset()
    uses: frozenset[Spot] = field(default=frozenset(), compare=False)


Rows = frozenset[Term]  # none: every row
ASKED: Rows = frozenset({Term("#asked")})  # whoever decides on a record, or was granted it, reads it masked


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows that are read, and how: of a field how much, and what of it is masked (nothing named: all of it)."""

    rows: Rows
    fields: Mapping[str, tuple[FieldAccess, frozenset[str]]]
    export: bool = False


class Openings:
    def __init__(self, apps: Mapping[str, App], registry: Registry) -> None:
        self.apps, self._registry = apps, registry
        self._meanings: dict[Spot, Meaning] = {}

    def form(self, app: str, form: str) -> Form | None:
        return self.apps[app].form(form) if app in self.apps else None

    # -- who reads what ----------------------------------------------------------------------------

    def reaches(self, app: str, form: str, held: Held) -> list[Reach]:
        """By the roles alone."""
        there = self.form(app, form)
        if there is None:
            return []
        roles = frozenset(held.get(app, ()))
        known = ways(Viewer("", roles={app: roles}), self.apps[app], there)
        return [self._reach(app, there, way) for way in known if "read" in way.actions]

    def asked(self, app: str, form: str) -> list[Reach]:
        """What its records say to whoever has to decide on one, or is granted some."""
        there = self.form(app, form)
        way = Way("", frozenset({"read"}), masks(there), "read") if there is not None else None
        return [Reach(ASKED, _levels(way, there))] if way is not None and there is not None else []

    def _reach(self, app: str, form: Form, way: Way) -> Reach:
        rows = self._rows(way.rows, FormScope(self.apps[app], form, self.apps), app, form)
        return Reach(rows, _levels(way, form), "export" in way.actions)

    def _rows(self, text: str, scope: FormScope, app: str, form: Form) -> Rows:
        if text in ("", "true"):
            return frozenset()
        checked, _ = check(text, scope, self._registry, BOOLEAN)
        if checked is None:
            return frozenset({Term(text, uses=frozenset({UNKNOWN}))})
        return frozenset(self._term(tree, scope, app, form) for tree in conjuncts(checked.tree))

    def _term(self, tree: ast.expr, scope: FormScope, app: str, form: Form) -> Term:
        text = ast.unparse(tree)
        meaning = self.expression(text, scope, app, form)
        return Term(text, meaning.says, meaning.uses)

    # -- what things mean --------------------------------------------------------------------------

    def expression(self, text: str, scope: Scope, app: str, form: Form) -> Meaning:
        """Of a text about the records of a form."""
        if not text:
            return NOTHING
        checked, _ = check(text, scope, self._registry)
        if checked is None:
            return NOBODY_KNOWS
        return _together(self.path(path, scope, app, form) for path in checked.names)

    def path(self, path: tuple[str, ...], scope: Scope, app: str, form: Form) -> Meaning:
        """Of one path in such a text: every field it goes by."""
        if path[0] == "record":
            path, scope = path[1:], FormScope(self.apps[app], form, self.apps)
        if not path:
            return NOTHING
        found, known = self._first(path[0], scope, app, form), scope.name(path[0])
        for name in path[1:]:
            of = known.of if known is not None and known.kind == "list" and known.of is not None else known
            if of is None or of.kind == "any":
                return NOBODY_KNOWS
            if of.kind != "record":  # a part of a person, a department
                return found
            found |= self._behind(of, name)
            known = scope.attribute(of, name)
        return found

    def _first(self, name: str, scope: Scope, app: str, form: Form) -> Meaning:
        if isinstance(scope, OtherRowsScope):
            return self.meaning(Spot(*scope.there, name))
        if isinstance(scope, RowScope):
            return self.meaning(Spot(app, form.id, scope.rows.id))
        return self.meaning(Spot(app, form.id, name))

    def _behind(self, record: Type, name: str) -> Meaning:
        """A column of a sub-form is part of the field that holds its rows, which has been seen."""
        outside = "/" not in record.form and name != "id"
        return self.meaning(Spot(record.app, record.form, name)) if outside else NOTHING

    def meaning(self, spot: Spot) -> Meaning:
        known = self._meanings.get(spot)
        if known is None:
            self._meanings[spot] = Meaning(
                frozenset({spot})
            )  # what is computed from itself is told elsewhere
            known = self._meanings[spot] = self._meaning(spot)
        return known

    def _meaning(self, spot: Spot) -> Meaning:
        form = self.form(spot.app, spot.form)
        there = form.field(spot.field) if form is not None else None
        if form is None or there is None:
            return NOBODY_KNOWS
        scope = FormScope(self.apps[spot.app], form, self.apps)
        found = self._conditions(there, scope, spot.app, form)
        if there.derived is None or isinstance(there.derived, AutoNumber):
            found |= Meaning(frozenset({spot}))
        else:
            found |= self._derived(there.derived, scope, spot.app, form)
        for cell in there.fields:
            rows = RowScope(self.apps[spot.app], form, there, self.apps)
            found |= self._conditions(cell, rows, spot.app, form)
            if cell.derived is not None:
                found |= self._derived(cell.derived, rows, spot.app, form)
        said = [text for one in (there, *there.fields) for text in _said(one)]
        return found | Meaning(says=frozenset({(spot, "\n".join(said))})) if said else found

    def _conditions(self, there: FieldDefinition, scope: Scope, app: str, form: Form) -> Meaning:
        """What shows by whether it is there, wanted, open or right, and what it is filled with."""
        texts = [there.default, *(getattr(there, name) for name in CONDITIONS)]
        return _together(self.expression(text, scope, app, form) for text in texts)

    def _derived(self, derived: Derived, scope: FormScope, app: str, form: Form) -> Meaning:
        match derived:
            case HeadValue():
                return NOTHING
            case Formula() | Live():
                return self.expression(derived.expression, scope, app, form)
            case Lookup():
                return self.path((derived.through, derived.field), scope, app, form)
            case LinkedFrom():
                return self.meaning(Spot(derived.app or app, derived.form, derived.via))
            case Rollup():
                names = (derived.via, derived.field) if derived.field else (derived.via,)
                spots = [Spot(derived.app or app, derived.form, name) for name in names]
                there = self.form(derived.app or app, derived.form)
                if there is None:
                    return NOBODY_KNOWS
                far = FormScope(self.apps[derived.app or app], there, self.apps)
                where = self.expression(derived.where, far, derived.app or app, there)
                return where | _together(map(self.meaning, spots))
            case RelatedQuery():
                return _together(self._query(query.app or app, query.form, query.field, query.where, app, form)
                                 for query in derived.queries)  # fmt: skip
        return NOBODY_KNOWS

    def _query(self, to: str, there: str, wanted: str, where: str, app: str, form: Form) -> Meaning:
        if self.form(to, there) is None:
            return NOBODY_KNOWS
        scope = OtherRowsScope(self.apps[app], form, (to, there), self.apps, self._registry)
        found = self.expression(where, scope, app, form)
        return found | (self.path(tuple(wanted.split(".")), scope, app, form) if wanted else NOTHING)


def _levels(way: Way, form: Form) -> dict[str, tuple[FieldAccess, frozenset[str]]]:
    return {
        one.id: (way.field_access(one.id), frozenset(pattern.name for pattern in one.patterns))
        for one in form.fields
    }


def _said(there: FieldDefinition) -> Iterator[str]:
    """Everything by which a field says more than what was put into it."""
    derived = there.derived
    if derived is not None and not isinstance(derived, AutoNumber | HeadValue):
        yield repr(derived)
    for name in ("default", *CONDITIONS):
        if getattr(there, name):
            yield f"{there.id}.{name}: {getattr(there, name)}"


def _together(several: Iterable[Meaning]) -> Meaning:
    found = NOTHING
    for one in several:
        found |= one
    return found
