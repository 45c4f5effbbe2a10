"""A point on the earth, with a name for it if one likes. No map service is asked: a point is a pair of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    BadValue,
    Display,
    Examples,
    Field,
    Part,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    read_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

PLACES = 6  # a tenth of a metre
_POINT = re.compile(
    r"(?:geo:)?\s*(?P<lat>[+-]?[0-9]{1,2}(?:\.[0-9]{1,15})?)\s*,\s*(?P<lon>[+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)(?P<name>\s.*)?",
    re.DOTALL,
)


class Location(Field):
    """Kept as text, `31.298970,120.585290 苏州`: latitude first, as people say it."""

    name = "location"
    label = {"zh": "定位", "en": "Location"}
    icon = "location"
    doc = {
        "zh": "经纬度，可带地名；可取手机当前位置",
        "en": "Latitude and longitude, and a name; a phone can give its own",
    }
    keywords: tuple[str, ...] = ("经纬度", "坐标", "位置", "签到", "gps", "latitude", "longitude")
    texts = {
        "value.not_a_location": Texts(
            "“{text}”不是位置",
            "“{text}” is not a location",
            "如 31.29897,120.58529",
            "Like 31.29897,120.58529",
        )
    }
    group = "choice"
    searchable = True
    sortable = False
    personal = True
    operators = ("contains", "blank", "not_blank")
    input = "location"
    look = "location"
    examples: Examples = (
        ("31.29897, 120.58529", "31.298970,120.585290"),
        ({"lat": "-33.8568", "lon": 151.2153, "name": " 悉尼歌剧院 "}, "-33.856800,151.215300 悉尼歌剧院"),
        ("３１．２，１２０．５ 厂区", "31.200000,120.500000 厂区"),
    )

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        if isinstance(raw, dict):
            if raw.keys() - {"lat", "lon", "name"}:
                raise BadValue("value.not_a_location", text=excerpt(raw))
            pieces = [raw.get("lat"), raw.get("lon"), raw.get("name")]
            if all(piece in (None, "") for piece in pieces):
                return ""
            lat, lon, name = pieces
        else:
            found = _POINT.fullmatch(fold(clean_text(raw, limit=4_000)))
            if found is None:
                raise BadValue("value.not_a_location", text=excerpt(raw))
            lat, lon, name = found["lat"], found["lon"], found["name"]
        try:
            point = f"{_degrees(lat, 90)},{_degrees(lon, 180)}"
        except BadValue as error:
            raise BadValue("value.not_a_location", text=excerpt(raw)) from error
        return f"{point} {' '.join(fold(clean_text(name or '', limit=1_000)).split())}".strip()

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return value

    def search_text(self, value: str, field: FieldDefinition) -> str:
        return value.partition(" ")[2]

    def mask(self, value: str, field: FieldDefinition, hide: Callable[[str], str]) -> str | None:
        name = value.partition(" ")[2]
        return hide(name) if name else hide(value)

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        return (
            Part("lat", {"zh": "纬度", "en": "Latitude"}, "number"),
            Part("lon", {"zh": "经度", "en": "Longitude"}, "number"),
            Part("name", {"zh": "地名", "en": "Place"}),
        )

    def divided(self, value: str, field: FieldDefinition) -> Mapping[str, str]:
        point, _, name = value.partition(" ")
        lat, _, lon = point.partition(",")
        return {"lat": lat, "lon": lon, "name": name}


def _degrees(raw: Any, most: int) -> str:
    number = read_number(raw)
    if not -most <= number <= most:
        raise BadValue("value.out_of_range")
    rounded = round(number, PLACES)
    return f"{rounded if rounded else Decimal(0):.{PLACES}f}"


def register(registry: Registry) -> None:
    registry.add(Location())
