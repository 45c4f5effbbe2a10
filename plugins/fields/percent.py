"""A share, written in percent."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Display, Registry, fold, labelled, options_of, read_number, show_number
from plugins.fields.decimal import Decimal, NumberOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition, Format, Label


class PercentOptions(NumberOptions, frozen=True):
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=8)] = 2


class Percent(Decimal):
    """Kept as the share it is: 12.5% is 0.125, in JSON too; `%` or `％` in text divides by 100."""

    name = "percent"
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
    registry.add(Percent())
