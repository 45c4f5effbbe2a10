"""One line of text: without outer blanks and line breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import re2

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    Examples,
    Problem,
    Registry,
    clean_text,
    labelled,
    options_of,
    problem,
)
from plugins.fields.long_text import LongText, TextOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition


class LineOptions(TextOptions, frozen=True):
    pattern: Annotated[str, labelled("格式（正则表达式）", "Pattern", max_length=500)] = ""


class Text(LongText):
    name = "text"
    label = {"zh": "单行文本", "en": "Text"}
    icon = "text"
    keywords: tuple[str, ...] = ("文本", "字符串", "标题", "string")
    doc = {"zh": "一行文字", "en": "One line of text"}
    sortable = True
    personal = False
    aggregates = CHOICE_AGGREGATES
    input = "text"
    examples: Examples = (("  王磊  ", "王磊"), ("one\nline", "one line"), (42, "42"))
    Options = LineOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        found = super().check_options(field, app)
        try:
            re2.compile(options_of(field, LineOptions).pattern)
        except re2.error as error:
            found.append(problem("field.bad_pattern", "/options/pattern", reason=str(error)))
        return found

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw).strip()
        return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        found = super().check(value, field)
        pattern = options_of(field, LineOptions).pattern
        if pattern and not re2.fullmatch(pattern, value):
            found.append(problem("value.wrong_pattern"))
        return found


def register(registry: Registry) -> None:
    registry.add(Text())
