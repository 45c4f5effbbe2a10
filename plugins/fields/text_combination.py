"""A text put together from other fields of the record."""

from __future__ import annotations

import re
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
    problem,
)
from plugins.fields.composed import TEXTS, unknown_fields

if TYPE_CHECKING:
    from metamodel.plugin_api import App, Derived, FieldDefinition

_PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


class CombinationOptions(Options, frozen=True):
    template: Annotated[
        str, labelled("组成，如 {name}-{number}", "Made of, like {name}-{number}", max_length=1000)
    ]


class TextCombination(Field):
    name = "text_combination"
    label = {"zh": "文本组合", "en": "Text combination"}
    icon = "text"
    keywords: tuple[str, ...] = ("拼接", "组合", "concatenate")
    doc = {"zh": "由本记录几个字段拼成的文字", "en": "A text put together from fields of the record"}
    texts = TEXTS
    group = "relation"
    searchable = True
    operators = TEXT_OPERATORS
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"template": "{title}!"}
    examples = ((" 甲-001 ", "甲-001"),)
    Options: ClassVar[OptionsType] = CombinationOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        names = _PLACE.findall(options_of(field, CombinationOptions).template)
        if not names:
            return [problem("field.nothing_composed", "/options/template")]
        return list(unknown_fields(app, field, names, "/options/template"))

    def derived(self, field: FieldDefinition) -> Derived:
        parts = _PLACE.split(options_of(field, CombinationOptions).template)
        made = [part if number % 2 else _quoted(part) for number, part in enumerate(parts) if part]
        return Formula(f"CONCAT({', '.join(made)})" if made else "''")

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return " ".join(clean_text(raw).split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ").replace("\r", " ")
    return f"'{escaped}'"


def register(registry: Registry) -> None:
    registry.add(TextCombination())
