"""A country or region, by the names of CLDR."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Choice,
    Display,
    Field,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from metamodel.plugin_api import FieldDefinition

FIRST = ("CN", "HK", "MO", "TW")  # stand before the alphabet


@cache
def _names(language: str) -> Mapping[str, str]:
    """ISO 3166 code -> name, as CLDR has it."""
    territories = Locale("zh" if language.startswith("zh") else "en").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NONE
    }


_NONE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})  # in the list, and no country


@cache
def _countries() -> tuple[Choice, ...]:
    zh, en = _names("zh"), _names("en")
    ordered = sorted(zh, key=lambda code: (code not in FIRST, code))
    return tuple(Choice(code, {"zh": zh[code], "en": en.get(code, code)}) for code in ordered)


@cache
def _by_text() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for choice in _countries():
        assert isinstance(choice.label, dict)
        for text in (choice.value, *choice.label.values()):
            found.setdefault(fold(text).casefold(), choice.value)
    return found


class Country(Field):
    name = "country"
    label = {"zh": "国家和地区", "en": "Country or region"}
    icon = "globe"
    keywords: tuple[str, ...] = ("国籍", "nation")
    doc = {
        "zh": "一个国家或地区，按 ISO 3166 代码保存",
        "en": "A country or region, kept by its ISO 3166 code",
    }
    texts = {"value.not_a_choice": Texts("“{text}”不在选项中", "“{text}” is not one of the choices")}
    group = "choice"
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "select"
    examples = (("中国", "CN"), ("germany", "DE"), ("jp", "JP"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw, limit=400)
        code = _by_text().get(fold(text).strip().casefold())
        if code is None:
            raise BadValue("value.not_a_choice", text=excerpt(text))
        return code

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return _names(display.language).get(value, value)

    def search_text(self, value: str, field: FieldDefinition) -> str:
        return " ".join((value, _names("zh").get(value, ""), _names("en").get(value, "")))

    def choices(self, field: FieldDefinition) -> tuple[Choice, ...]:
        return _countries()


def register(registry: Registry) -> None:
    registry.add(Country())
