"""Exact numbers with a fixed count of digits after the point: decimal, money, percent.

All three are one type with other words: how many places, how a value reads. People's
text is refused when it has more digits than fit; computed values are rounded half to even.
"""

from __future__ import annotations

import re
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
    fold,
    label_text,
    labelled,
    options_of,
    problem,
    read_number,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition, Format, Label

CURRENCIES = {  # code: (sign, places)
    "CNY": ("¥", 2), "USD": ("US$", 2), "EUR": ("€", 2), "GBP": ("£", 2), "HKD": ("HK$", 2),
    "JPY": ("JP¥", 0), "KRW": ("₩", 0), "SGD": ("S$", 2), "TWD": ("NT$", 2), "AUD": ("A$", 2),
}  # fmt: skip
_AROUND_MONEY = re.compile(r"^([+-]?) ?(?:[A-Z]{3}|[A-Z]{0,2}[¥$€£₩])? ?|(元整|元|圆|块|[A-Z]{3})$")


class NumberOptions(Options, frozen=True):
    minimum: Annotated[Number | None, labelled("最小值", "Minimum")] = None
    maximum: Annotated[Number | None, labelled("最大值", "Maximum")] = None


class DecimalOptions(NumberOptions, frozen=True):
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=10)] = 2
    unit: Annotated[str | dict[str, str], labelled("单位", "Unit")] = ""


class MoneyOptions(NumberOptions, frozen=True):
    currency: Annotated[str, labelled("币种", "Currency")] = "CNY"


class PercentOptions(NumberOptions, frozen=True):
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=8)] = 2


class Decimal(Field):
    name = "decimal"
    often = 1
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


class Money(Decimal):
    name = "money"
    often = 3
    label = {"zh": "金额", "en": "Money"}
    icon = "coin"
    keywords: tuple[str, ...] = ("货币", "价格", "人民币", "currency", "price")
    doc = {"zh": "一笔钱", "en": "An amount of money"}
    input = "money"
    examples = (
        ("¥1,234.50", "1234.50"),
        ("3万元", "30000.00"),
        ("-￥5", "-5.00"),
        ("CNY 99999.99", "99999.99"),
    )
    Options = MoneyOptions

    def scale(self, field: FieldDefinition) -> int:
        return self._currency(field)[1]

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        currency = options_of(field, MoneyOptions).currency
        if currency not in CURRENCIES:
            return [problem("field.unknown_currency", "/options/currency", currency=currency)]
        return super().check_options(field, app)

    def read(self, raw: Any) -> Number:
        """With or without a sign of currency around it: `¥1,234.50`, `3万元`, `CNY 5`."""
        if isinstance(raw, str) and len(raw) <= 100:
            return read_number(_AROUND_MONEY.sub(r"\1", fold(raw)))
        return read_number(raw)

    def _currency(self, field: FieldDefinition) -> tuple[str, int]:
        return CURRENCIES.get(options_of(field, MoneyOptions).currency, ("¤", 2))

    def display(self, value: Number, field: FieldDefinition, display: Display) -> str:
        sign, places = self._currency(field)
        return f"{'-' * (value < 0)}{sign}{show_number(abs(value), places)}"

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "money", self._currency(field)[0]


class Percent(Decimal):
    """Kept as the share it is: 12.5% is 0.125, in JSON too; `%` or `％` in text divides by 100."""

    name = "percent"
    often = 4
    label = {"zh": "百分比", "en": "Percent"}
    icon = "percent"
    keywords: tuple[str, ...] = ("比例", "折扣", "ratio")
    doc = {"zh": "百分之几；保存为比值，12.5% 即 0.125", "en": "A share; 12.5% is kept as 0.125"}
    input = "percent"
    examples = (("12.5%", "0.1250"), ("８％", "0.0800"), ("0.125", "0.1250"), (1, "1.0000"))
    Options = PercentOptions

    def scale(self, field: FieldDefinition) -> int:
        return options_of(field, PercentOptions).places + 2

    def read(self, raw: Any) -> Number:
        text = fold(raw) if isinstance(raw, str) and len(raw) <= 100 else ""
        return read_number(text[:-1].rstrip()).scaleb(-2) if text.endswith("%") else read_number(raw)

    def display(self, value: Number, field: FieldDefinition, display: Display) -> str:
        return show_number(value.scaleb(2), options_of(field, PercentOptions).places) + "%"

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "percent", ""


def register(registry: Registry) -> None:
    registry.add(Decimal(), Money(), Percent())
