"""Whole numbers; those of a fixed range (rating, slider, progress) begin here."""

from __future__ import annotations

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
    excerpt,
    label_text,
    labelled,
    options_of,
    problem,
    read_number,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition, Format, Label

LARGEST = 2**53 - 1  # what every JSON reader keeps exactly


class IntegerOptions(Options, frozen=True):
    minimum: Annotated[int, labelled("最小值", "Minimum", ge=-LARGEST, le=LARGEST)] | None = None
    maximum: Annotated[int, labelled("最大值", "Maximum", ge=-LARGEST, le=LARGEST)] | None = None
    unit: Annotated[str | dict[str, str], labelled("单位", "Unit")] = ""


class Integer(Field):
    name = "integer"
    label = {"zh": "整数", "en": "Whole number"}
    icon = "hash"
    keywords: tuple[str, ...] = ("数字", "数量", "number", "count")
    doc = {"zh": "没有小数的数", "en": "A number without a fraction"}
    texts = {
        "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
        "value.not_whole": Texts("“{text}”不是整数", "“{text}” is not a whole number"),
    }
    group = "number"
    exact = int
    storage = Storage.INTEGER
    type = NUMBER
    operators = ORDERED_OPERATORS
    aggregates = NUMBER_AGGREGATES
    input = "number"
    examples: Examples = (
        ("１，２３４", 1234),
        (" 3万 ", 30000),
        (7.0, 7),
        ("-0", 0),
        (2**53 - 1, 2**53 - 1),
    )
    Options: ClassVar[OptionsType] = IntegerOptions

    def limits(self, field: FieldDefinition) -> tuple[int | None, int | None]:
        options = options_of(field, IntegerOptions)
        return options.minimum, options.maximum

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        smallest, largest = self.limits(field)
        if smallest is not None and largest is not None and smallest > largest:
            return [problem("field.limits_crossed", "/options/minimum")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> int:
        if type(raw) is not int:
            number = read_number(raw)
            if number != number.to_integral_value():
                raise BadValue("value.not_whole", text=excerpt(raw))
            raw = int(number)
        if not -LARGEST <= raw <= LARGEST:
            raise BadValue("value.out_of_range")
        return int(raw)

    def check(self, value: int, field: FieldDefinition) -> list[Problem]:
        smallest, largest = self.limits(field)
        if smallest is not None and value < smallest:
            return [problem("value.too_small", limit=smallest)]
        if largest is not None and value > largest:
            return [problem("value.too_large", limit=largest)]
        return []

    def display(self, value: int, field: FieldDefinition, display: Display) -> str:
        unit = label_text(options_of(field, IntegerOptions).unit, display.language)
        return f"{show_number(value)} {unit}" if unit else show_number(value)

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", options_of(field, IntegerOptions).unit


def register(registry: Registry) -> None:
    registry.add(Integer())
