"""A colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Field,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Colour(Field):
    name = "color"
    label = {"zh": "颜色", "en": "Colour"}
    icon = "contrast"
    keywords: tuple[str, ...] = ("色彩", "color")
    doc = {"zh": "一种颜色，如 #1a73e8", "en": "A colour, like #1a73e8"}
    texts = {
        "value.not_a_color": Texts("“{text}”不是颜色，应如 #1a73e8", "“{text}” is no colour; write #1a73e8")
    }
    group = "choice"
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = "color"
    examples = (("#1A73E8", "#1a73e8"), ("＃fff", "#ffffff"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = fold(clean_text(raw, limit=100)).strip().lower().removeprefix("#")
        if len(text) == 3:
            text = "".join(letter * 2 for letter in text)
        if len(text) != 6 or not all(letter in "0123456789abcdef" for letter in text):
            raise BadValue("value.not_a_color", text=excerpt(raw))
        return f"#{text}"


def register(registry: Registry) -> None:
    registry.add(Colour())
