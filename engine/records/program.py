"""FormProgram: a form prepared once per published version, so that a row costs as little as it can.

Expressions compiled, encoders bound, stored, sealed, searchable and computed fields sorted out.
Reading and writing share it; nothing in it knows a viewer or a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from functools import cached_property
from typing import Any

import networkx as nx

from engine.applications import Applications
from engine.evidence.layout import Layout
from engine.expressions import Compiled, EvaluationContext, Run, compile_expression
from engine.search.index import FormTexts, Search
from engine.tables import Catalog, FormTable
from engine.values import bytes_reader, decoder, encoder
from metamodel import layouts
from metamodel.application import App
from metamodel.expressions import Scope, check
from metamodel.expressions.inline import outer_paths
from metamodel.forms import FieldDefinition, Form
from metamodel.masking import mask_text, patterns_of
from metamodel.plugin_api import (
    AutoNumber,
    Field,
    Formula,
    Function,
    HeadValue,
    LinkedFrom,
    Live,
    Lookup,
    OutsideSource,
    Reference,
    Registry,
    RelatedQuery,
    Rollup,
)
from metamodel.problems import Rejected, problem
from metamodel.scope import FormScope, RowScope

CONDITIONS = ("default", "required_if", "writable", "valid")


@dataclass(frozen=True)
class FieldProgram:
    """One usable field: how it is encoded, and its conditions as closures (None: not given)."""

    field: FieldDefinition
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    default: Compiled | None = None
    visible: Compiled | None = None
    required_if: Compiled | None = None
    writable: Compiled | None = None
    valid: Compiled | None = None
    formula: Compiled | None = None
    offered: tuple[tuple[str, Compiled], ...] = ()  # choices that are not always offered, and when they are
    cells: tuple[FieldProgram, ...] = ()  # the columns of a sub-form
    source: FieldDefinition | None = None  # of a lookup through one link: the field it looks up
    asked: Mapping[str, Compiled] = dataclass_field(default_factory=dict)  # of a figure: our values, by path

    @cached_property
    def id(self) -> str:
        return self.field.id

    @cached_property
    def checks(self) -> bool:
        """Has its type a check of values of its own?"""
        return self.field.type is not None and type(self.field.type).check is not Field.check

    @cached_property
    def partly(self) -> bool:
        """Does a mask leave the text, but for pieces of it?"""
        return bool(self._masked.patterns)

    def mask(self, value: Any) -> Any:
        """The value as somebody sees it for whom the field is masked. Files stay what they are: their
        names are masked where they are shown."""
        field = self._masked
        if value is None or field.type is None:
            return None
        if self.reference is not None:
            return value if field.patterns else None
        return field.type.mask(value, field, self.hide)

    @cached_property
    def hide(self) -> Callable[[str], str]:
        """A text of it masked."""
        field = self._masked
        if field.patterns:
            return patterns_of(field.patterns).mask
        kind = field.type
        return (lambda text: kind.hide(text, field)) if kind else mask_text

    @cached_property
    def holds_files(self) -> bool:
        """Files themselves, or rows with a column of files."""
        own = self.reference is not None and self.reference.target == "file"
        return own or any(cell.holds_files for cell in self.cells)

    def files(self, value: Any) -> list[str]:
        """The ids of the files in a value; of a sub-form's those in its rows."""
        if value is None or self.field.type is None:
            return []
        if not self.cells:
            return self.field.type.references(value, self.field) if self.holds_files else []
        rows = value if isinstance(value, list) else []
        return [one for row in rows for cell in self.cells for one in cell.files(row.get(cell.id))]

    @cached_property
    def asks_cells(self) -> bool:
        """Has a column of its rows a condition?"""
        return any(cell.asks for cell in self.cells)

    @cached_property
    def asks(self) -> bool:
        """Has it a condition of its own?"""
        return bool(self.visible or self.required_if or self.writable or self.valid or self.offered)

    def withheld(self, values: Mapping[str, Any], context: EvaluationContext) -> tuple[str, ...]:
        """Its choices that are not offered with these values."""
        type_ = self.field.type
        gone = [choice for choice, condition in self.offered if not condition(values, context)]
        if not gone or type_ is None:
            return ()
        known = [choice.value for choice in type_.choices(self.field)]
        return tuple(value for value in known if any(type_.within(value, choice) for choice in gone))

    @property
    def _masked(self) -> FieldDefinition:
        """What is looked up is masked as it is at home."""
        return self.source if self.source is not None and not self.field.mask else self.field

    @property
    def reference(self) -> Reference | None:
        return self.field.type.reference(self.field) if self.field.type else None

    def unseal(self, plain: bytes) -> Any:
        """The value of a sealed column's opened bytes."""
        return self.decode(self._raw(plain))

    @cached_property
    def _raw(self) -> Callable[[bytes], Any]:
        return bytes_reader(self.field)


@dataclass(frozen=True)
class FormProgram:
    app: App
    version: int
    form: Form
    table: FormTable
    fields: Mapping[str, FieldProgram]
    texts: FormTexts
    blocks: Mapping[str, Compiled] = dataclass_field(default_factory=dict)  # conditions of the layout, by key

    @cached_property
    def stored(self) -> tuple[FieldProgram, ...]:
        """Fields with a column, in the table's order."""
        return tuple(self.fields[name] for name in self.table.fields if name in self.fields)

    @cached_property
    def encoders(self) -> tuple[tuple[str, str, Callable[[Any], Any], bool], ...]:
        """(field id, column, encoder, sealed) of every stored field: the write path's inner loop."""
        return tuple((p.id, self.physical[p.id], p.encode, p.field.sealed) for p in self.stored)

    @cached_property
    def physical(self) -> Mapping[str, str]:
        """Field id -> the name of its column."""
        return {name: column.name for name, column in self.table.fields.items()}

    @cached_property
    def inputs(self) -> tuple[FieldProgram, ...]:
        """Fields people or rules fill."""
        return tuple(p for p in self.fields.values() if p.field.derived is None)

    @cached_property
    def checked(self) -> tuple[tuple[str, FieldProgram], ...]:
        """Inputs whose values have something to be checked, and their ids."""
        return tuple((p.id, p) for p in self.inputs if p.checks or p.field.required)

    @cached_property
    def conditional(self) -> bool:
        """Does any field need an expression to be checked?"""
        return any(p.asks or p.asks_cells for p in self.inputs)

    @cached_property
    def closable(self) -> tuple[FieldProgram, ...]:
        """Fields that a condition opens and closes to people."""
        return tuple(p for p in self.inputs if p.writable)

    @cached_property
    def rows_asking(self) -> tuple[FieldProgram, ...]:
        """Sub-forms with columns that conditions close, or that have defaults."""
        return tuple(p for p in self.inputs if any(cell.writable or cell.default for cell in p.cells))

    @cached_property
    def defaults(self) -> tuple[FieldProgram, ...]:
        return tuple(p for p in self.inputs if p.default)

    @cached_property
    def formulas(self) -> tuple[FieldProgram, ...]:
        """Stored computed fields, each after those it uses."""
        return _in_order(p for p in self.fields.values() if isinstance(p.field.derived, Formula))

    @cached_property
    def live(self) -> Mapping[str, FieldProgram]:
        """Fields computed when they are read."""
        return {p.id: p for p in self.fields.values() if isinstance(p.field.derived, Live) and p.formula}

    def with_used(self, fields: Sequence[str]) -> tuple[str, ...]:
        """And what those of them are computed of that are computed when they are read."""
        asked = [p.formula for name, p in self.live.items() if p.formula and name in fields]
        used = [path[0] for formula in asked for path in formula.expression.names]
        return tuple(dict.fromkeys([*fields, *(name for name in used if name in self.fields)]))

    @cached_property
    def frozen(self) -> frozenset[str]:
        """What never changes in a record that is there: evidence of an archive."""
        return (
            frozenset(p.id for p in self.stored if p.field.evidence) if self.form.is_archive else frozenset()
        )

    @cached_property
    def computed_rows(self) -> tuple[tuple[FieldProgram, tuple[FieldProgram, ...]], ...]:
        """Sub-forms with computed cells, and those cells, each after those it uses."""
        return tuple((p, ordered) for p in self.fields.values() if (ordered := _in_order(p.cells)))

    @cached_property
    def numbers(self) -> tuple[tuple[FieldProgram, AutoNumber], ...]:
        return tuple((p, d) for p in self.fields.values() if isinstance(d := p.field.derived, AutoNumber))

    @cached_property
    def lookups(self) -> tuple[tuple[FieldProgram, Lookup], ...]:
        return tuple((p, d) for p in self.fields.values() if isinstance(d := p.field.derived, Lookup))

    @cached_property
    def rollups(self) -> tuple[tuple[FieldProgram, Rollup], ...]:
        return tuple((p, d) for p in self.fields.values() if isinstance(d := p.field.derived, Rollup))

    @cached_property
    def linked_from(self) -> tuple[tuple[FieldProgram, LinkedFrom], ...]:
        return tuple((p, d) for p in self.fields.values() if isinstance(d := p.field.derived, LinkedFrom))

    @cached_property
    def heads(self) -> tuple[tuple[FieldProgram, HeadValue], ...]:
        return tuple((p, d) for p in self.fields.values() if isinstance(d := p.field.derived, HeadValue))

    @cached_property
    def figures(self) -> tuple[FieldProgram, ...]:
        return tuple(p for p in self.fields.values() if isinstance(p.field.derived, RelatedQuery))

    @cached_property
    def sealed(self) -> tuple[FieldProgram, ...]:
        return tuple(p for p in self.stored if p.field.sealed)

    @cached_property
    def searchable(self) -> tuple[FieldProgram, ...]:
        return tuple(p for p in self.stored if p.field.searchable)

    @cached_property
    def parted(self) -> frozenset[str]:
        """Searchable fields with pieces that are not for everybody."""
        return frozenset(p.id for p in self.searchable if p.field.patterns)

    @cached_property
    def outside(self) -> tuple[tuple[FieldProgram, OutsideSource], ...]:
        """Fields, and columns of sub-forms, whose choices come from outside."""
        every = [cell for p in self.fields.values() for cell in (p, *p.cells)]
        return tuple(
            (p, s) for p in every if p.field.type and (s := p.field.type.source(p.field)) is not None
        )

    @cached_property
    def pieced(self) -> frozenset[str]:
        """Fields of which a mask leaves the text, but for pieces of it."""
        return frozenset(p.id for p in self.fields.values() if p.partly)

    @cached_property
    def file_fields(self) -> tuple[FieldProgram, ...]:
        """Fields that hold files, sub-forms with such a column among them."""
        return tuple(p for p in self.stored if p.holds_files)

    @cached_property
    def links(self) -> Mapping[tuple[str, str], tuple[FieldProgram, ...]]:
        """(app, form) -> the fields that link there."""
        found: dict[tuple[str, str], tuple[FieldProgram, ...]] = {}
        for p in self.stored:
            if (r := p.reference) is not None and r.target == "record":
                place = r.app or self.app.id, r.form
                found[place] = (*found.get(place, ()), p)
        return found

    def linked(self, values: Mapping[str, Any], app: str, form: str) -> Iterator[int]:
        """The records of that form that a record with these values links to."""
        for p in self.links.get((app, form), ()):
            if (value := values.get(p.id)) and p.field.type is not None:
                yield from map(int, p.field.type.references(value, p.field))

    @cached_property
    def unique(self) -> tuple[FieldProgram, ...]:
        return tuple(p for p in self.stored if p.field.unique)

    @cached_property
    def keyed(self) -> bool:
        """Do its records have a key and a salt?"""
        return self.form.is_archive or bool(self.sealed)

    @cached_property
    def layout(self) -> Layout:
        return Layout.of(self.table)

    @cached_property
    def title_fields(self) -> tuple[str, ...]:
        """Field ids the title template names, in order."""
        return tuple(part.split("}")[0] for part in self.form.title.split("{")[1:] if "}" in part)


def _looked_up(lookup: Lookup, scope: FormScope) -> FieldDefinition | None:
    link = scope.form.field(lookup.through)
    target = link.type.reference(link) if link is not None and link.type is not None else None
    if target is None or target.many:
        return None
    return scope.forms.field(target.app, target.form, lookup.field)


def _both(conditions: Iterable[str]) -> str:
    """All of these conditions as one; '' where there is none."""
    given = [each for each in conditions if each]
    return given[0] if len(given) == 1 else " and ".join(f"({each})" for each in given)


def _in_order(fields: Iterable[FieldProgram]) -> tuple[FieldProgram, ...]:
    """Those with a formula, each after those it uses."""
    computed = {p.id: p for p in fields if p.formula}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(computed)
    for program in computed.values():
        names = {path[0] for path in program.formula.expression.names} if program.formula else set()
        graph.add_edges_from((name, program.id) for name in names & computed.keys())
    return tuple(computed[name] for name in nx.lexicographical_topological_sort(graph))


class Programs:
    """The programs of the published versions, made when first asked for."""

    def __init__(
        self, applications: Applications, catalog: Catalog, registry: Registry, search: Search
    ) -> None:
        self._applications, self._catalog = applications, catalog
        self.registry, self._search = registry, search
        self._made: dict[tuple[str, str], FormProgram] = {}

    def apps(self) -> dict[str, App]:
        return {app.id: app for app in self._applications.all()}

    @property
    def publication(self) -> int:
        """Grows with whatever is published."""
        return self._applications.publication

    def get(self, app_id: str, form_id: str) -> FormProgram:
        """Rejected (app.unknown, form.unknown) when there is no such form."""
        app, version = self._applications.get(app_id), self._applications.version(app_id)
        known = self._made.get((app_id, form_id))
        # Whatever is published anywhere, the tables are read anew.
        if known is None or known.app is not app or known.table is not self._catalog.form(app_id, form_id):
            known = self._make(app, version, form_id)
            self._made[app_id, form_id] = known
        return known

    def _make(self, app: App, version: int, form_id: str) -> FormProgram:
        form = app.form(form_id)
        if form is None:
            raise Rejected([problem("form.unknown", form=form_id)])
        scope = FormScope(app, form, self.apps())
        around = layouts.around(form.layout)
        fields = {f.id: self._field(f, scope, around.get(f.id, ())) for f in form.fields if f.usable}
        texts = self._search.texts(app.id, form)
        table = self._catalog.form(app.id, form_id)
        shown = {key: self.compiled(text, scope) for key, text in layouts.conditions(form.layout).items()}
        blocks = {key: run for key, run in shown.items() if run is not None}
        return FormProgram(app, version, form, table, fields, texts, blocks)

    def _field(self, field: FieldDefinition, scope: FormScope, around: Sequence[str] = ()) -> FieldProgram:
        """`around`: the conditions of the blocks it stands in."""
        derived = field.derived
        formula = derived.expression if isinstance(derived, Formula | Live) else ""
        rows = RowScope(scope.app, scope.form, field, self.apps()) if field.fields else scope
        return FieldProgram(
            field, encoder(field), decoder(field),
            **{name: self.compiled(getattr(field, name), scope) for name in CONDITIONS},
            visible=self.compiled(_both((*around, field.visible)), scope),
            formula=self.compiled(formula, scope),
            offered=self._offered(field, scope),
            cells=tuple(self._field(cell, rows) for cell in field.fields if cell.usable),
            asked=self._asked(derived, scope) if isinstance(derived, RelatedQuery) else {},
            source=_looked_up(derived, scope) if isinstance(derived, Lookup) else None,
        )  # fmt: skip

    def _offered(self, field: FieldDefinition, scope: FormScope) -> tuple[tuple[str, Compiled], ...]:
        given = field.type.conditions(field) if field.type is not None else ()
        made = [(choice, self.compiled(text, scope)) for _, choice, text in given]
        return tuple((choice, run) for choice, run in made if run is not None)

    def _asked(self, query: RelatedQuery, scope: FormScope) -> dict[str, Compiled]:
        paths = {path for rows in query.queries for path in outer_paths(rows.where)}
        made = {path: self.compiled("record.id" if path == "id" else path, scope) for path in sorted(paths)}
        return {path: run for path, run in made.items() if run is not None}

    def compiled(
        self, text: str, scope: Scope, functions: Mapping[str, Function] | None = None,
        names: Mapping[str, Run] | None = None,
    ) -> Compiled | None:  # fmt: skip
        """None for no text, and for a text that no longer checks (its plugin is missing)."""
        if not text:
            return None
        expression, _ = check(text, scope, self.registry)
        return compile_expression(expression, self.registry, functions, names) if expression else None
