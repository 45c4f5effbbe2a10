"""The administrative divisions of China (GB/T 2260): a region down to province, city or county, and an address.

A region is kept by its code, so a filter “starts with 3205” takes a whole city. Codes that were given up stay
readable. An address is one text that begins with the region's name: whoever reads or searches it needs no table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    TEXT_OPERATORS,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Part,
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

Level = Literal["province", "city", "county"]
DIGITS: Mapping[Level, int] = {"province": 2, "city": 4, "county": 6}
# Rows of the table that are no place: they stand between a municipality or a province and its counties.
BETWEEN = frozenset(
    {
        "市辖区",
        "县",
        "省直辖县级行政单位",
        "省直辖县级行政区划",
        "自治区直辖县级行政单位",
        "自治区直辖县级行政区划",
    }
)
PROVINCES = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}  # in the other script there
_ROW = re.compile(r'^(?P<inner> *)(?P<code>[0-9]{2,4}) (?:province|county)="(?P<names>[^"]*)"')
_SPAN = re.compile(r"\[([0-9]*)-([0-9]*)\]")
_ENDINGS = re.compile(
    r"(特别行政区|(?:[\u4e00-\u9fff]{1,3}族)*自治[区州县旗]|省|市|地区|盟|区|县|旗|林区|特区)$"
)
_APART = re.compile(r"[\s/,，、>·-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One division: its code of six digits, its names from the province down, and whether it is one today."""

    code: str
    names: tuple[str, ...]
    today: bool = True

    @property
    def level(self) -> int:
        """How many digits of its code say something."""
        return 2 if self.code.endswith("0000") else 4 if self.code.endswith("00") else 6


@cache
def places() -> Mapping[str, Place]:
    """Every division by its code, in the order of the codes."""
    named = dict(_rows())
    found: dict[str, Place] = {}
    taken: set[tuple[str, ...]] = (
        set()
    )  # a place that got another code is one place: the lower code is today's
    for code in sorted(named):
        name, today = named[code]
        if name in BETWEEN or (code.endswith("0000") and code[:2] + "0000" != code):
            continue
        above = [code[:2] + "0000"] + [code[:4] + "00"] * (not code.endswith("00"))
        names = [
            named[one][0] for one in above if one in named and one != code and named[one][0] not in BETWEEN
        ]
        whole = (*names, name)
        found[code] = Place(code, whole, today and whole not in taken)
        if today:
            taken.add(whole)
    return found


def _rows() -> Iterator[tuple[str, tuple[str, bool]]]:
    """Code -> (its newest name, whether that is its name today)."""
    province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text("utf-8").splitlines():
        row = _ROW.match(line)
        if row is None:
            continue
        newest = row["names"].split(",")[-1]
        name = _SPAN.sub("", newest).strip()
        if not row["inner"]:
            province = row["code"]
            yield province + "0000", (PROVINCES.get(province, name), True)
        elif row["code"] != "0000":
            span = _SPAN.search(newest)
            yield province + row["code"], (name, span is None or not span[2])


@cache
def _by_name() -> Mapping[str, str]:
    """What people may write for a place: its whole name, without the words for what it is, and, where only one
    place of today is called so, its own name alone. Blank: several."""
    found: dict[str, str] = {}
    alone: dict[str, set[str]] = {}
    for place in sorted(places().values(), key=lambda one: (not one.today, one.level)):
        for names in (place.names, tuple(map(_short, place.names))):
            found.setdefault("".join(names), place.code)
            if place.today:
                alone.setdefault(names[-1], set()).add(place.code)
    for name, codes in alone.items():
        found.setdefault(name, next(iter(codes)) if len(codes) == 1 else "")
    return found


def _short(name: str) -> str:
    short = _ENDINGS.sub("", name)
    return short if len(short) > 1 else name


def find_place(text: str) -> Place | None:
    """The place of a code or of a name, written apart or not."""
    text = fold(text)
    if text in places():
        return places()[text]
    if text.isascii() and text.isdigit() and len(text) in (2, 4):
        return places().get(text.ljust(6, "0"))
    joined = _APART.sub("", text)
    code = _by_name().get(joined) or _by_name().get("".join(map(_short, _APART.split(text))))
    return places()[code] if code else None


def leading_place(text: str) -> tuple[Place | None, str]:
    """The place an address begins with, the smallest one, and what comes after it."""
    best: tuple[Place | None, str] = (None, text)
    joined, ends = "", []
    for position, letter in enumerate(text[:60]):
        if not _APART.fullmatch(letter):
            joined += letter
            ends.append((joined, position + 1))
    for written, end in ends:
        place = places().get(_by_name().get(written, ""))
        if place is not None and len(written) >= 3 and _is_whole(place, written):
            best = place, text[end:]
    return best


def _is_whole(place: Place, written: str) -> bool:
    """A whole name from the province down, or from the city: not a street that is called like a county."""
    return written == "".join(place.names) or (len(place.names) > 1 and written == "".join(place.names[1:]))


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
        return _choices(options_of(field, RegionOptions).down_to)


LEVELS: Mapping[Level, Mapping[str, str]] = {
    "province": {"zh": "省", "en": "province"}, "city": {"zh": "市", "en": "city"},
    "county": {"zh": "县（区）", "en": "county"},
}  # fmt: skip


@cache
def _choices(down_to: Level) -> Sequence[Choice]:
    today = (one for one in places().values() if one.today and one.level <= DIGITS[down_to])
    return tuple(Choice(place.code, " / ".join(place.names)) for place in today)


def _has_below(place: Place) -> bool:
    """Some cities have no counties, and a region across the water has no rows."""
    below = place.code[: place.level]
    return any(code != place.code and code.startswith(below) for code in places() if places()[code].today)


class AddressOptions(Options, frozen=True):
    placeholder: Annotated[str | dict[str, str], labelled("占位提示", "Placeholder")] = ""
    street: Annotated[bool, labelled("必须有街道门牌", "A street is needed")] = False


class Address(Field):
    name = "address"
    label = {"zh": "地址", "en": "Address"}
    icon = "location"
    doc = {"zh": "省市区加街道门牌，保存为一段文字", "en": "A region and a street, kept as one text"}
    keywords: tuple[str, ...] = ("收货地址", "通讯地址", "住址", "street", "postal")
    texts = {
        **Region.texts,
        "value.no_street": Texts("请填写街道门牌", "Say which street and house"),
        "value.not_an_address": Texts("“{text}”不是地址", "“{text}” is not an address"),
    }
    group = "choice"
    operators = TEXT_OPERATORS
    searchable = True
    personal = True
    input = "parts"
    examples: Examples = (
        ({"region": "320508", "street": " 平江路 1 号 "}, "江苏省苏州市姑苏区 平江路 1 号"),
        ("江苏省苏州市姑苏区平江路1号", "江苏省苏州市姑苏区 平江路1号"),
        ("平江路1号", "平江路1号"),
        ({"street": "12 High Street"}, "12 High Street"),
        ("北京市 海淀区 中关村大街", "北京市海淀区 中关村大街"),
    )
    Options: ClassVar[OptionsType] = AddressOptions

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        if isinstance(raw, dict):
            if raw.keys() - {"region", "street"}:
                raise BadValue("value.not_an_address", text=excerpt(raw))
            raw = _joined(self._region(raw.get("region")), _line(raw.get("street")))
        place, street = leading_place(_line(raw))
        return _joined(place, street)

    def _region(self, raw: Any) -> Place | None:
        if raw in (None, "", []):
            return None
        text = clean_text(raw, limit=400)
        place = find_place(text)
        if place is None:
            raise BadValue("value.not_a_region", text=excerpt(text))
        return place

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        wanted = options_of(field, AddressOptions).street
        return [problem("value.no_street")] if wanted and not leading_place(value)[1].strip() else []

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        return (
            Part("region", {"zh": "省市区", "en": "Region"}, "region", picks=True),
            Part("street", {"zh": "街道门牌", "en": "Street and house"}, "text"),
        )

    def divided(self, value: str, field: FieldDefinition) -> Mapping[str, str]:
        place, street = leading_place(value)
        return {"region": place.code if place else "", "street": street.strip()}

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        return _choices("county")


def _line(raw: Any) -> str:
    return "" if raw is None else " ".join(clean_text(raw, limit=4_000).split())


def _joined(place: Place | None, street: str) -> str:
    return f"{''.join(place.names)} {street.strip()}".strip() if place else street.strip()


def register(registry: Registry) -> None:
    registry.add(Region(), Address())
