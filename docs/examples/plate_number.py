"""Number plates of cars: a field type in one file. Put it into `plugins/` of the data directory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    TEXT_OPERATORS,
    BadValue,
    Field,
    Options,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}")  # 沪A12345, 沪AD12345


class PlateOptions(Options, frozen=True):
    provinces: Annotated[tuple[str, ...], labelled("只限省份", "Only these provinces", max_length=31)] = ()


class PlateNumber(Field):
    name = "plate_number"
    label = {"zh": "车牌号", "en": "Number plate"}
    doc = {"zh": "一块车牌", "en": "A car's number plate"}
    icon = "tag"
    keywords = ("汽车", "车辆", "car")
    searchable = True
    operators = TEXT_OPERATORS
    aggregates = CHOICE_AGGREGATES
    Options = PlateOptions
    texts = {
        "plate.unreadable": Texts("“{text}”不是车牌号", "“{text}” is not a number plate"),
        "plate.elsewhere": Texts("只收“{province}”的车牌", "Only plates of “{province}” are taken"),
    }
    examples = (("沪a·１２３４５", "沪A12345"), ("粤BD12345", "粤BD12345"))
    markup = (
        "{% macro look(cell) %}<strong>{{ cell.text[:2] }}·{{ cell.text[2:] }}</strong>{% endmacro %}"
        "{% macro phone(input) %}"
        '<input class="input" id="{{ input.control_id }}" name="{{ input.name }}" value="{{ input.value }}" '
        'autocapitalize="characters">{% endmacro %}'
        "{% macro filter(input) %}"
        '<input class="input" name="{{ input.name }}" value="{{ input.value }}" placeholder="沪A">{% endmacro %}'
    )

    options_version = 2  # the first knew one province only
    old_options = ((1, {"province": "沪"}, {"provinces": ["沪"]}), (1, {}, {}))

    def upgrade_options(self, old_version: int, options: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = {name: value for name, value in options.items() if name != "province"}
        return {**kept, "provinces": [options["province"]]} if options.get("province") else kept

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = re.sub(r"[\s·.]", "", fold(clean_text(raw, limit=100))).upper()
        if not PLATE.fullmatch(text):
            raise BadValue("plate.unreadable", text=excerpt(raw))
        return text

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        provinces = options_of(field, PlateOptions).provinces
        elsewhere = provinces and value[0] not in provinces
        return [problem("plate.elsewhere", province=" ".join(provinces))] if elsewhere else []


def register(registry: Registry) -> None:
    registry.add(PlateNumber())
