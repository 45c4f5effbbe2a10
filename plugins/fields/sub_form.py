"""Rows inside a record: lines of an offer, instalments, words of a list.

Each row is a mapping of the sub-form's own field ids to values; what is wrong in a cell is
told with its row and field. Computed cells are filled by the write path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    ANY,
    BadValue,
    Display,
    Field,
    Options,
    Problem,
    Registry,
    Storage,
    Texts,
    labelled,
    list_of,
    options_of,
    pointer,
    problem,
    too_many,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

MOST_ROWS = 5_000
APART = ""  # in a row: cells that have no column (any more), as they were stored
BLANK: tuple[Any, ...] = (None, "", [])


class SubFormOptions(Options, frozen=True):
    minimum: Annotated[int, labelled("最少几行", "Rows at least", ge=0)] | None = None
    maximum: Annotated[int, labelled("最多几行", "Rows at most", ge=1, le=MOST_ROWS)] | None = None
    card: Annotated[
        tuple[str, ...], labelled("手机卡片上的列", "Columns on the card of a phone", max_length=3)
    ] = ()


class SubForm(Field):
    name = "sub_form"
    label = {"zh": "子表单", "en": "Sub-form"}
    icon = "table"
    keywords: tuple[str, ...] = ("明细表", "子表", "表格", "details", "table", "rows")
    doc = {"zh": "记录里的多行明细", "en": "Rows inside a record"}
    texts = {
        "field.no_columns": Texts("子表单还没有字段", "The sub-form has no fields yet", severity="warning"),
        "field.no_column": Texts("子表单没有列“{name}”", "The sub-form has no column “{name}”"),
        "field.nested_sub_form": Texts("子表单里不能再放子表单", "A sub-form cannot hold a sub-form"),
        "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
        "value.not_rows": Texts("这里应填若干行", "This should be rows"),
        "value.bad_cell": Texts("第 {row} 行：{reason}", "Row {row}: {reason}"),
        "value.too_few_rows": Texts("至少 {limit} 行", "At least {limit} rows"),
    }
    group = "layout"
    storage = Storage.JSON
    type = list_of(ANY)
    many = True
    container = True
    searchable = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "rows"
    examples = (([{}], [{}]),)
    Options = SubFormOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, SubFormOptions)
        found = [] if field.fields else [problem("field.no_columns", "/fields")]
        if options.minimum and options.maximum and options.minimum > options.maximum:
            found.append(problem("field.limits_crossed", "/options/minimum"))
        columns = [column.id for column in field.fields]
        for place, name in enumerate(options.card):
            if name not in columns:
                found.append(problem("field.no_column", pointer("options", "card", place), name=name))
        for place, column in enumerate(field.fields):
            if column.type and column.type.container:
                found.append(problem("field.nested_sub_form", pointer("fields", place, "type")))
        return found

    def parse(self, raw: Any, field: FieldDefinition) -> list[dict[str, Any]]:
        rows = [raw] if isinstance(raw, dict) else raw
        if not isinstance(rows, (list, tuple)):
            raise BadValue("value.not_rows")
        if len(rows) > MOST_ROWS:
            raise BadValue("value.too_many", limit=MOST_ROWS)
        columns = {column.id: column for column in field.fields if column.usable}
        return [self._row(number, row, columns) for number, row in enumerate(rows, 1)]

    def _row(self, number: int, raw: Any, columns: dict[str, FieldDefinition]) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise BadValue("value.not_rows")
        row: dict[str, Any] = {}
        for name, cell in raw.items():
            column = columns.get(name)
            if column is None:
                raise _bad_cell(number, str(name), BadValue("value.unknown_field", field=str(name)))
            if cell in BLANK:
                continue
            assert column.type is not None
            try:
                value = column.type.parse(cell, column)
            except BadValue as error:
                raise _bad_cell(number, name, error) from error
            if value not in BLANK:
                row[name] = value
        return row

    def check(self, value: list[dict[str, Any]], field: FieldDefinition) -> list[Problem]:
        options = options_of(field, SubFormOptions)
        found = []
        if options.minimum and len(value) < options.minimum:
            found.append(problem("value.too_few_rows", limit=options.minimum))
        found += too_many(value, options.maximum)
        for number, row in enumerate(value):
            for column in field.fields:
                found += self._check_cell(row.get(column.id), column, pointer(number, column.id))
        return found

    def _check_cell(self, cell: Any, column: FieldDefinition, path: str) -> list[Problem]:
        if cell is None:
            missing = column.required and column.derived is None
            return [problem("value.required", path, field=column.text())] if missing else []
        return [found.under(path) for found in column.type.check(cell, column)] if column.type else []

    def to_json(self, value: list[dict[str, Any]], field: FieldDefinition) -> list[dict[str, Any]]:
        columns = {column.id: column for column in field.fields if column.usable}
        return [
            {name: _json(cell, columns[name]) for name, cell in row.items() if name in columns}
            for row in value
        ]

    def to_storage(self, value: list[dict[str, Any]], field: FieldDefinition) -> list[dict[str, Any]]:
        return [
            {**row.get(APART, {}), **plain} if APART in row else plain
            for row, plain in zip(value, self.to_json(value, field), strict=True)
        ]

    def from_storage(self, raw: list[dict[str, Any]], field: FieldDefinition) -> list[dict[str, Any]]:
        """Cells of columns that are gone, or are of another type now and cannot be read as that, stay out of sight,
        in the row they were kept in."""
        columns = {column.id: column for column in field.fields if column.usable}
        return [_stored_row(row, columns) for row in raw]

    def mask(self, value: Any, field: FieldDefinition, hide: Callable[[str], str]) -> Any:
        seen = [{name: row[name] for name in row if name != APART} for row in value]
        return super().mask(seen, field, hide)

    def standing_by(self, value: Any, before: Any, field: FieldDefinition) -> Any:
        """Rows as they were sent, with what stood apart in the rows they were made of."""
        return _with_apart(value, before) if any(APART in row for row in before) else value

    def display(self, value: list[dict[str, Any]], field: FieldDefinition, display: Display) -> str:
        return f"{len(value)} 行" if display.language.startswith("zh") else f"{len(value)} rows"

    def search_text(self, value: list[dict[str, Any]], field: FieldDefinition) -> str:
        columns = {column.id: column for column in field.fields if column.type and column.type.searchable}
        return "\n".join(
            _search_text(cell, columns[name])
            for row in value
            for name, cell in row.items()
            if name in columns
        )


def _stored_row(raw: dict[str, Any], columns: Mapping[str, FieldDefinition]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    for name, cell in raw.items():
        column = columns.get(name)
        if column is None or column.type is None:
            apart[name] = cell
        elif cell not in BLANK:
            try:
                value = column.type.parse(cell, column)
            except BadValue:
                apart[name] = cell
            else:
                if value not in BLANK:
                    row[name] = value
    return {**row, APART: apart} if apart else row


def _with_apart(rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row is the one that says the same; those between two of which this is known are taken in order, if there are
    as many as there were. Else nobody can tell, and what was kept goes with the rows that went."""
    known = _same(rows, before)
    for news, olds in _between(known, len(rows), len(before)):
        if len(news) == len(olds):
            known.update(zip(news, olds, strict=True))
    apart = {place: before[then].get(APART) for place, then in known.items()}
    return [{**row, APART: kept} if (kept := apart.get(place)) else row for place, row in enumerate(rows)]


def _same(rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> dict[int, int]:
    """Place now -> place before, of rows in which nothing is another."""
    known: dict[int, int] = {}
    left = dict(enumerate(before))
    for place, row in enumerate(rows):
        then = next((n for n, old in left.items() if _alike(old, row)), None)
        if then is not None:
            known[place] = then
            del left[then]
    return known


def _between(known: Mapping[int, int], rows: int, before: int) -> Iterator[tuple[list[int], list[int]]]:
    """The places of which nothing is known, now and before, gap by gap."""
    found = set(known.values())
    last, then = -1, -1
    for place, old in [*sorted(known.items()), (rows, before)]:
        yield list(range(last + 1, place)), [n for n in range(then + 1, old) if n not in found]
        last, then = place, old


def _alike(then: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Do they say the same in the columns people fill?"""
    return bool(row) and all(then.get(name) == cell for name, cell in row.items())


def _json(cell: Any, column: FieldDefinition) -> Any:
    assert column.type is not None
    return column.type.to_json(cell, column)


def _search_text(cell: Any, column: FieldDefinition) -> str:
    assert column.type is not None
    return column.type.search_text(cell, column)


def _bad_cell(row: int, column: str, error: BadValue) -> BadValue:
    reason = problem(error.code, **error.params)
    return BadValue("value.bad_cell", row=row, column=column, reason=reason.text("zh"), cause=error.code)


def register(registry: Registry) -> None:
    registry.add(SubForm())
