"""A province, city or county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    labelled,
    options_of,
    problem,
)
from plugins.fields.regions import DIGITS, Level, Place, choices_down_to, find_place, places

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class RegionOptions(Options, frozen=True):
    down_to: Annotated[
        Literal["province", "city", "county"],
        labelled("到哪一级", "Down to"),
    ] = "county"
    exactly: Annotated[bool, labelled("必须选到这一级", "No less than that")] = False


class Region(Field):
    name = "region"
    label = {"zh": "省市区", "en": "Region of China"}
    icon = "location"
    doc = {
        "zh": "省、市、县（区），按行政区划代码保存",
        "en": "A province, city or county of China, kept by its code",
    }
    keywords: tuple[str, ...] = ("地区", "行政区划", "省份", "城市", "区县", "province", "city", "county")
    texts = {
        "value.not_a_region": Texts(
            "没有行政区“{text}”", "There is no region “{text}”", "如 江苏省苏州市", "Like 江苏省苏州市"
        ),
        "value.region_too_wide": Texts("请选到{level}", "Choose down to the {level}"),
        "value.region_too_narrow": Texts("只选到{level}", "No further than the {level}"),
    }
    group = "choice"
    operators = (*CHOICE_OPERATORS, "starts_with")
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "region"
    examples: Examples = (
        ("320508", "320508"),
        ("江苏省苏州市姑苏区", "320508"),
        ("江苏 / 苏州 / 姑苏", "320508"),
        ("北京市朝阳区", "110105"),
        ("３２", "320000"),
        ("昆山市", "320583"),
    )
    Options: ClassVar[OptionsType] = RegionOptions

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        if isinstance(raw, (list, tuple)):
            raw = "/".join(clean_text(one, limit=400) for one in raw[:4])
        text = clean_text(raw, limit=400)
        place = find_place(text)
        if place is None:
            raise BadValue("value.not_a_region", text=excerpt(text))
        return place.code

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        options, place = options_of(field, RegionOptions), places().get(value)
        if place is None:
            return []
        if place.level > DIGITS[options.down_to]:
            return [problem("value.region_too_narrow", level=LEVELS[options.down_to])]
        if options.exactly and place.level < DIGITS[options.down_to] and _has_below(place):
            return [problem("value.region_too_wide", level=LEVELS[options.down_to])]
        return []

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        place = places().get(value)
        return " / ".join(place.names) if place else value

    def search_text(self, value: str, field: FieldDefinition) -> str:
        place = places().get(value)
        return " ".join(place.names) if place else value

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        return choices_down_to(options_of(field, RegionOptions).down_to)


LEVELS: Mapping[Level, Mapping[str, str]] = {
    "province": {"zh": "省", "en": "province"}, "city": {"zh": "市", "en": "city"},
    "county": {"zh": "县（区）", "en": "county"},
}  # fmt: skip


def _has_below(place: Place) -> bool:
    """Some cities have no counties, and a region across the water has no rows."""
    below = place.code[: place.level]
    return any(code != place.code and code.startswith(below) for code in places() if places()[code].today)


def register(registry: Registry) -> None:
    registry.add(Region())
