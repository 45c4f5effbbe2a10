"""Exact numbers with a fixed count of digits after the point; money and percent are made of them.

People's text is refused when it has more digits than fit; computed values are rounded half to even.
"""

from __future__ import annotations

from decimal import Decimal as Number
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    NUMBER,
    NUMBER_AGGREGATES,
    ORDERED_OPERATORS,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    Texts,
    fit_number,
    label_text,
    labelled,
    options_of,
    problem,
    read_number,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition, Format, Label


class NumberOptions(Options, frozen=True):
    minimum: Annotated[Number | None, labelled("最小值", "Minimum")] = None
    maximum: Annotated[Number | None, labelled("最大值", "Maximum")] = None


class DecimalOptions(NumberOptions, frozen=True):
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=10)] = 2
    unit: Annotated[str | dict[str, str], labelled("单位", "Unit")] = ""


class Decimal(Field):
    name = "decimal"
    label = {"zh": "小数", "en": "Decimal number"}
    icon = "hash"
    keywords: tuple[str, ...] = ("数字", "数值", "浮点", "number")
    doc = {"zh": "有小数位的数，精确保存", "en": "A number with a fraction, kept exactly"}
    texts = {
        "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
        "field.unknown_currency": Texts("不认识币种“{currency}”", "There is no currency “{currency}”"),
    }
    group = "number"
    storage = Storage.DECIMAL
    type = NUMBER
    operators = ORDERED_OPERATORS
    aggregates = NUMBER_AGGREGATES
    input = "number"
    examples: Examples = (
        ("1,234.50", "1234.50"),
        ("１２.5", "12.50"),
        (0.1, "0.10"),
        ("1.500", "1.50"),
    )
    Options: ClassVar[OptionsType] = DecimalOptions

    def scale(self, field: FieldDefinition) -> int:
        return options_of(field, DecimalOptions).places

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, NumberOptions)
        if options.minimum is not None and options.maximum is not None and options.minimum > options.maximum:
            return [problem("field.limits_crossed", "/options/minimum")]
        return []

    def read(self, raw: Any) -> Number:
        return read_number(raw)

    def parse(self, raw: Any, field: FieldDefinition) -> Number:
        number, places = self.read(raw), self.scale(field)
        value = fit_number(number, places)
        if value != number and not isinstance(raw, Number):
            raise BadValue("value.too_precise", places=places)
        return value

    def check(self, value: Number, field: FieldDefinition) -> list[Problem]:
        options = options_of(field, NumberOptions)
        if options.minimum is not None and value < options.minimum:
            return [problem("value.too_small", limit=self._shown(options.minimum, field))]
        if options.maximum is not None and value > options.maximum:
            return [problem("value.too_large", limit=self._shown(options.maximum, field))]
        return []

    def _shown(self, value: Number, field: FieldDefinition) -> str:
        return self.display(value, field, Display())

    def to_json(self, value: Number, field: FieldDefinition) -> str:
        return f"{value:f}"

    def display(self, value: Number, field: FieldDefinition, display: Display) -> str:
        options = options_of(field, DecimalOptions)
        unit = label_text(options.unit, display.language)
        shown = show_number(value, options.places)
        return f"{shown} {unit}" if unit else shown

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", options_of(field, DecimalOptions).unit

    def search_text(self, value: Number, field: FieldDefinition) -> str:
        return f"{value:f}"


def register(registry: Registry) -> None:
    registry.add(Decimal())
