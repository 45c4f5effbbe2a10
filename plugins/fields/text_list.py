"""A list of short texts: business numbers, other spellings, e-mail addresses in copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    LIST_OPERATORS,
    TEXT,
    Display,
    Field,
    Options,
    Problem,
    Registry,
    Storage,
    clean_text,
    labelled,
    list_of,
    options_of,
    show_list,
    split_list,
    too_many,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

LONGEST = 4_000  # bytes of one item


class TextListOptions(Options, frozen=True):
    maximum: Annotated[int, labelled("最多几项", "At most", ge=1)] | None = None


class TextList(Field):
    name = "text_list"
    label = {"zh": "文本列表", "en": "List of texts"}
    icon = "list"
    keywords: tuple[str, ...] = ("多个文本", "数组", "list")
    doc = {"zh": "几条短文字", "en": "Several short texts"}
    group = "text"
    storage = Storage.JSON
    type = list_of(TEXT)
    many = True
    searchable = True
    sortable = False
    operators = LIST_OPERATORS
    input = "tags"
    examples = (("SJ2026-0001，HT2026-0002", ["SJ2026-0001", "HT2026-0002"]), (["a", " a "], ["a"]))
    Options = TextListOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        items = (clean_text(item, LONGEST).strip() for item in split_list(raw))
        return list(dict.fromkeys(item for item in items if item))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        return too_many(value, options_of(field, TextListOptions).maximum)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        return show_list(value, display.language)

    def search_text(self, value: list[str], field: FieldDefinition) -> str:
        return "\n".join(value)


def register(registry: Registry) -> None:
    registry.add(TextList())
