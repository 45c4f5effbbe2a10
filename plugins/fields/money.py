"""An amount of money in a currency."""

from __future__ import annotations

import re
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    Display,
    Problem,
    Registry,
    fold,
    labelled,
    options_of,
    problem,
    read_number,
    show_number,
)
from plugins.fields.decimal import Decimal, NumberOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition, Format, Label

CURRENCIES = {  # code: (sign, places)
    "CNY": ("¥", 2), "USD": ("US$", 2), "EUR": ("€", 2), "GBP": ("£", 2), "HKD": ("HK$", 2),
    "JPY": ("JP¥", 0), "KRW": ("₩", 0), "SGD": ("S$", 2), "TWD": ("NT$", 2), "AUD": ("A$", 2),
}  # fmt: skip


_AROUND_MONEY = re.compile(r"^([+-]?) ?(?:[A-Z]{3}|[A-Z]{0,2}[¥$€£₩])? ?|(元整|元|圆|块|[A-Z]{3})$")


class MoneyOptions(NumberOptions, frozen=True):
    currency: Annotated[str, labelled("币种", "Currency")] = "CNY"


class Money(Decimal):
    name = "money"
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


def register(registry: Registry) -> None:
    registry.add(Money())
