"""An amount of another field, written out in Chinese capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    Field,
    Formula,
    Options,
    OptionsType,
    Problem,
    Registry,
    clean_text,
    labelled,
    options_of,
)
from plugins.fields.composed import TEXTS, unknown_fields

if TYPE_CHECKING:
    from metamodel.plugin_api import App, Derived, FieldDefinition


class CapitalsOptions(Options, frozen=True):
    amount: Annotated[str, labelled("金额字段", "Field of the amount", picks="field")]


class Capitals(Field):
    name = "capitals"
    label = {"zh": "大写金额", "en": "Amount in capitals"}
    icon = "coin"
    keywords: tuple[str, ...] = ("人民币大写", "大写数字", "rmb")
    doc = {"zh": "把一个金额写成中文大写", "en": "An amount written out in Chinese"}
    texts = TEXTS
    group = "number"
    operators = TEXT_OPERATORS
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"amount": "title"}
    examples = (("壹佰元整", "壹佰元整"),)
    Options: ClassVar[OptionsType] = CapitalsOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        return list(
            unknown_fields(app, field, [options_of(field, CapitalsOptions).amount], "/options/amount")
        )

    def derived(self, field: FieldDefinition) -> Derived:
        return Formula(f"CNY_CAPITALS({options_of(field, CapitalsOptions).amount})")

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return clean_text(raw).strip()


def register(registry: Registry) -> None:
    registry.add(Capitals())
