"""A value computed from the record's own fields and kept with it.

`result` says what comes out: how it is stored, compared and shown. The expression is
checked with the app's other expressions; the write path computes it at every save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    BadValue,
    Display,
    Field,
    Formula as FormulaSource,
    Options,
    Problem,
    Registry,
    Storage,
    Texts,
    Type,
    clean_text,
    day_of,
    excerpt,
    fit_number,
    iso_duration,
    iso_moment,
    labelled,
    options_of,
    problem,
    read_date,
    read_duration,
    read_moment,
    read_number,
    show_date,
    show_duration,
    show_moment,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, Derived, FieldDefinition, Format, Label

_MICROSECOND = timedelta(microseconds=1)


class ResultOptions(Options, frozen=True, kw_only=True):
    """What comes out of a computation that is kept."""

    result: Annotated[
        Literal["text", "number", "integer", "money", "percent", "boolean", "date", "datetime", "duration"],
        labelled("结果类型", "Result"),
    ] = "number"
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=10)] = 2


class FormulaOptions(ResultOptions, frozen=True, kw_only=True):
    expression: Annotated[str, labelled("公式", "Formula", picks="expression", max_length=4000)]


def _same(value: Any) -> Any:
    return value


def _yes_or_no(value: bool, options: ResultOptions, display: Display) -> str:
    zh = display.language.startswith("zh")
    return ("是" if value else "否") if zh else ("Yes" if value else "No")


@dataclass(frozen=True)
class Result:
    """What one kind of result needs; `show(value, options, display)`."""

    storage: Storage
    type: Type
    show: Callable[[Any, ResultOptions, Display], str]
    to_json: Callable[[Any], Any] = _same
    to_storage: Callable[[Any], Any] = _same
    from_storage: Callable[[Any], Any] = _same
    extra_places: int = 0


RESULTS = {
    "text": Result(Storage.TEXT, TEXT, lambda value, options, display: str(value)),
    "number": Result(
        Storage.DECIMAL,
        NUMBER,
        lambda value, options, display: show_number(value, options.places),
        "{:f}".format,
    ),
    "integer": Result(
        Storage.INTEGER,
        NUMBER,
        lambda value, options, display: show_number(value),
        int,
        lambda value: int(Decimal(value).to_integral_value(ROUND_HALF_EVEN)),
    ),
    "money": Result(
        Storage.DECIMAL,
        NUMBER,
        lambda value, options, display: f"{'-' * (value < 0)}¥{show_number(abs(value), options.places)}",
        "{:f}".format,
    ),
    "percent": Result(
        Storage.DECIMAL,
        NUMBER,
        lambda value, options, display: show_number(value.scaleb(2), options.places) + "%",
        "{:f}".format,
        extra_places=2,
    ),
    "boolean": Result(Storage.BOOLEAN, BOOLEAN, _yes_or_no),
    "date": Result(
        Storage.DATE,
        DATE,
        lambda value, options, display: show_date(value, display.language),
        date.isoformat,
    ),
    "datetime": Result(Storage.TIMESTAMP, DATETIME, lambda value, options, display: "", iso_moment),
    "duration": Result(
        Storage.INTEGER,
        DURATION,
        lambda value, options, display: show_duration(value, display.language),
        iso_duration,
        lambda value: value // _MICROSECOND,
        lambda raw: timedelta(microseconds=raw),
    ),
}


MEASURED: Mapping[str, tuple[Format, Label]] = {
    "money": ("money", "¥"), "percent": ("percent", ""), "duration": ("duration", ""),
}  # fmt: skip


class Kept(Field):
    """A computed value that is kept with its record; `Options` are `ResultOptions` and more."""

    group = "relation"
    storage = Storage.DECIMAL
    type = NUMBER
    operators: tuple[str, ...] = ("is", "is_not", "lt", "le", "gt", "ge", "between", "blank", "not_blank")
    aggregates: tuple[str, ...] = ("count", "distinct", "sum", "avg", "min", "max", "median")
    input = "none"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def _result(self, field: FieldDefinition) -> Result:
        return RESULTS[options_of(field, ResultOptions).result]

    def storage_of(self, field: FieldDefinition) -> Storage:
        return self._result(field).storage

    def expression_type(self, field: FieldDefinition) -> Type:
        return self._result(field).type

    def scale(self, field: FieldDefinition) -> int:
        if options_of(field, ResultOptions).result == "integer":
            return 0
        return options_of(field, ResultOptions).places + self._result(field).extra_places

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        """What the expression gave, or its JSON, in the form the column keeps."""
        kind = options_of(field, ResultOptions).result
        if kind == "text":
            return clean_text(raw)
        if kind == "boolean":
            if not isinstance(raw, bool):
                raise BadValue("value.not_yes_or_no", text=excerpt(raw))
            return raw
        if kind == "date":
            return day_of(raw, self._registry.zone) if isinstance(raw, datetime) else read_date(raw)
        if kind == "datetime":
            return read_moment(raw, self._registry.zone)
        if kind == "duration":
            return read_duration(raw)
        number = fit_number(read_number(raw), self.scale(field))
        return int(number) if kind == "integer" else number

    def to_json(self, value: Any, field: FieldDefinition) -> Any:
        return self._result(field).to_json(value)

    def to_storage(self, value: Any, field: FieldDefinition) -> Any:
        return self._result(field).to_storage(value)

    def from_storage(self, raw: Any, field: FieldDefinition) -> Any:
        return self._result(field).from_storage(raw)

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return MEASURED.get(options_of(field, ResultOptions).result, ("number", ""))

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        if isinstance(value, datetime):
            return show_moment(value, display.zone or self._registry.zone, display.language)
        return self._result(field).show(value, options_of(field, ResultOptions), display)


class Formula(Kept):
    name = "formula"
    label = {"zh": "公式", "en": "Formula"}
    icon = "function"
    keywords: tuple[str, ...] = ("公式", "计算", "函数", "computed", "expression")
    doc = {"zh": "由本记录其他字段算出", "en": "Computed from the record's own fields"}
    texts = {
        "field.no_expression": Texts("请填写公式", "Write the formula"),
        "value.not_yes_or_no": Texts("“{text}”不是“是”或“否”", "“{text}” is neither yes nor no"),
    }
    example_options = {"expression": "1 + 1"}
    examples = (("2.005", "2.00"), ("1,234.5", "1234.50"))
    Options = FormulaOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        if not options_of(field, FormulaOptions).expression.strip():
            return [problem("field.no_expression", "/options/expression")]
        return []

    def derived(self, field: FieldDefinition) -> Derived:
        return FormulaSource(options_of(field, FormulaOptions).expression)


def register(registry: Registry) -> None:
    registry.add(Formula(registry))
