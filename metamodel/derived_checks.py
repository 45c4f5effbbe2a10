"""Do computed fields make sense: formulas, lookups, rollups; what they use, and that none uses itself.

A formula is stored with the record, so it may use only the record's own fields and rows and
nothing that changes by itself. Lookups and rollups are read when asked for, through links, and live
formulas after them; a related query is asked of the database and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from metamodel.checking import Checking
from metamodel.expressions import Expression, Scope
from metamodel.expressions.inline import outer_paths
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import (
    Formula,
    HeadValue,
    LinkedFrom,
    Live,
    Lookup,
    RelatedQuery,
    RelatedRows,
    Rollup,
)
from metamodel.problems import Problem, pointer, problem
from metamodel.row_conditions import beyond_database
from metamodel.scope import FormScope, OtherRowsScope, RowScope

Spot = tuple[str, str]  # form id, field id
NEVER_USED = (HeadValue, LinkedFrom, Live)
READ_LATER = (*NEVER_USED, Lookup, Rollup)


def check_derived(form: Form, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    for field in form.fields:
        found += _check_field(field, form, checking, checking.scope(form))
        rows = RowScope(checking.app, form, field, checking.apps, checking.registry)
        for cell in field.fields:
            found += _check_field(cell, form, checking, rows)
    return found


def _check_field(field: FieldDefinition, form: Form, checking: Checking, scope: Scope) -> list[Problem]:
    derived = field.derived
    if isinstance(derived, Formula | Live):
        return _check_formula(field, derived, checking, scope)
    if isinstance(derived, Lookup):
        return list(_check_lookup(field, derived, form, checking))
    if isinstance(derived, Rollup):
        return _check_rollup(field, derived, checking)
    return _check_queries(field, derived, form, checking) if isinstance(derived, RelatedQuery) else []


def _check_formula(
    field: FieldDefinition, formula: Formula | Live, checking: Checking, scope: Scope
) -> list[Problem]:
    place = field.path + "/options/expression"
    expected = field.expression_type().plain()
    checked, found = checking.expression(formula.expression, place, scope, expected, plain=not field.sealed)
    later = NEVER_USED if isinstance(formula, Live) else READ_LATER
    return [*found, *(_check_own(checked, scope, place, later) if checked else ())]


def _check_own(formula: Expression, scope: Scope, place: str, later: tuple[type, ...]) -> Iterator[Problem]:
    """`later`: what has no value yet when this one is computed."""
    if formula.volatile:
        yield problem("formula.not_constant", place)
    for path in sorted(formula.names):
        own = scope.form.field(path[0]) if isinstance(scope, FormScope) else None
        if own is not None and isinstance(own.derived, later):
            yield problem("formula.not_kept", place, name=own.text())
        start = scope.name(path[0])
        outside = start is not None and start.kind == "record" and path[0] != "record"
        if len(path) > 1 and outside:
            yield problem("formula.reaches_out", place, name=".".join(path))


def _check_lookup(
    field: FieldDefinition, lookup: Lookup, form: Form, checking: Checking
) -> Iterator[Problem]:
    path = f"{lookup.through}.{lookup.field}"
    known = checking.path_type(form, path)
    if known is None:
        return  # the type itself says which of the two is unknown
    place = field.path + "/options/field"
    yield from checking.unlisted(checking.scope(form), [tuple(path.split("."))], place)
    if known.sealed and not field.sealed:
        yield problem("field.breaks_seal", place, field=field.text())


def _check_rollup(field: FieldDefinition, rollup: Rollup, checking: Checking) -> list[Problem]:
    home = rollup.app in ("", checking.app.id)
    other = checking.app.form(rollup.form) if home else None
    if other is None:
        return []  # another app's, or told by the type itself
    target = other.field(rollup.field)
    found = checking.row_condition(rollup.where, field.path + "/options/where", checking.scope(other))
    if target is not None and target.sealed and rollup.aggregate != "count":
        found.append(problem("rollup.sealed", field.path + "/options/field", field=target.text()))
    return found


def _check_queries(
    field: FieldDefinition, derived: RelatedQuery, form: Form, checking: Checking
) -> list[Problem]:
    if form.field(field.id) is not field:
        return [problem("field.query_in_rows", field.path + "/type")]
    return [
        found.under(field.path + pointer("options", "queries", number))
        for number, query in enumerate(derived.queries)
        for found in _check_query(query, form, checking)
    ]


def _check_query(query: RelatedRows, form: Form, checking: Checking) -> list[Problem]:
    there = query.app or checking.app.id, query.form
    if not checking.forms.knows(*there):
        return []  # told by the type itself
    scope = OtherRowsScope(checking.app, form, there, checking.apps, checking.registry)
    known = checking.forms.field_type(*there, query.field) if query.field else None
    found = []
    if known is not None and known.sealed and query.aggregate != "count":
        found.append(problem("rollup.sealed", "/field", field=query.field))
    used = {query.field} if query.field else set()
    checked, wrong = checking.condition(query.where, "/where", scope)
    if checked is not None:
        used |= {path[0] for path in checked.names} - {"record"}
        wrong += beyond_database(checked, scope, "/where", checking.registry)
        wrong += [problem("formula.not_constant", "/where")] if checked.uses_me else []
    return [*found, *wrong, *_unlisted(sorted(used), there, checking)]


def _unlisted(names: Iterable[str], there: tuple[str, str], checking: Checking) -> Iterator[Problem]:
    """Fields of another app that its requirement does not name."""
    app, form = there
    need = checking.app.required(app)
    known = need.forms.get(form) if need and app != checking.app.id else None
    for name in names if known is not None else ():
        if known is not None and name != "id" and name not in known:
            yield problem("requires.unlisted", app=app, form=form, field=name)


def check_cycles(forms: Iterable[Form], checking: Checking) -> list[Problem]:
    """Computed fields that wait for each other, told at the first of each circle."""
    graph: nx.DiGraph[Spot] = nx.DiGraph()
    computed = {spot: (field, form) for form in forms for spot, field in _spots(form) if field.derived}
    for spot, (field, form) in computed.items():
        graph.add_edges_from((spot, used) for used in _uses(spot, field, form, checking) if used in computed)
    found, order = [], list(computed)
    for circle in nx.strongly_connected_components(graph):
        first, *others = sorted(circle, key=order.index)
        if others or graph.has_edge(first, first):
            names = " → ".join(computed[spot][0].text() for spot in (first, *others, first))
            found.append(problem("formula.cycle", computed[first][0].path, fields=names))
    return found


def _spots(form: Form) -> Iterator[tuple[Spot, FieldDefinition]]:
    """The fields of a form and of its rows (`lines.total`)."""
    for field in form.fields:
        yield (form.id, field.id), field
        for cell in field.fields:
            yield (form.id, f"{field.id}.{cell.id}"), cell


def _uses(spot: Spot, field: FieldDefinition, form: Form, checking: Checking) -> list[Spot]:
    """The fields of this app that a computed field is computed from."""
    derived = field.derived
    if isinstance(derived, Formula | Live):
        return list(_used_by_formula(spot, derived, form, checking))
    if isinstance(derived, Lookup):
        link = form.field(derived.through)
        target = link.type.reference(link) if link and link.type and link.options is not None else None
        own = target is not None and target.app in ("", checking.app.id)
        return [(form.id, derived.through), *([(target.form, derived.field)] if target and own else [])]
    if isinstance(derived, Rollup) and derived.app in ("", checking.app.id):
        return [(derived.form, derived.field), (derived.form, derived.via)]
    if isinstance(derived, RelatedQuery):
        return [
            (form.id, path.split(".")[0]) for query in derived.queries for path in outer_paths(query.where)
        ]
    return []


def _used_by_formula(spot: Spot, formula: Formula | Live, form: Form, checking: Checking) -> Iterator[Spot]:
    rows = form.field(spot[1].partition(".")[0]) if "." in spot[1] else None
    scope = (
        RowScope(checking.app, form, rows, checking.apps, checking.registry) if rows else checking.scope(form)
    )
    checked, _ = checking.expression(formula.expression, "", scope)
    for path in checked.names if checked else ():
        own = rows is not None and path[0] != "record"
        names = [rows.id, *path] if rows and own else path[1:] if path[0] == "record" else path
        yield form.id, ".".join(names[:1])
        yield form.id, ".".join(names[:2])
