"""Functions for values with an inside: date ranges, rich text, checklists, regions and addresses, points on the earth.

They take what such a field gives an expression and answer with something plain to compare and count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    ANY,
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    bilingual,
    html_text,
    list_of,
)
from plugins.fields.regions import find_place, leading_place, places

EARTH = 6371.0088  # kilometres, its mean radius
_RANGE = Argument("range", TEXT)


def _days(text: str) -> tuple[date, date] | None:
    """The ends of a range as its field keeps it; None for a blank."""
    if not text:
        return None
    try:
        start, end = (date.fromisoformat(part) for part in text.split("/"))
    except ValueError as error:
        raise BadValue("value.not_a_range", text=text[:40]) from error
    return start, end


def range_start(text: str) -> date | None:
    ends = _days(text)
    return ends[0] if ends else None


def range_end(text: str) -> date | None:
    ends = _days(text)
    return ends[1] if ends else None


def range_days(text: str) -> int | None:
    ends = _days(text)
    return (ends[1] - ends[0]).days + 1 if ends else None


def in_range(day: date | None, text: str) -> bool:
    ends = _days(text)
    return bool(ends and day and ends[0] <= day <= ends[1])


def ranges_overlap(one: str, other: str) -> bool:
    first, second = _days(one), _days(other)
    return bool(first and second and first[0] <= second[1] and second[0] <= first[1])


def share_done(items: Sequence[Any]) -> Decimal | None:
    """A part of one; None where there is nothing to do."""
    done = [bool(item.get("done")) if isinstance(item, Mapping) else False for item in items]
    return (Decimal(sum(done)) / len(done)).quantize(Decimal("0.0001")) if done else None


def region_name(code: str) -> str:
    place = find_place(code) if code else None
    return "".join(place.names) if place else ""


def region_of(address: str) -> str:
    place, _ = leading_place(address)
    return place.code if place else ""


def region_level(code: str) -> str:
    place = places().get(code)
    return {2: "province", 4: "city", 6: "county"}[place.level] if place else ""


def distance(one: str, other: str) -> Decimal | None:
    """Kilometres over the ground, to the metre."""
    if not one or not other:
        return None
    (lat, lon), (lat2, lon2) = _point(one), _point(other)
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return Decimal(repr(round(2 * EARTH * math.asin(min(1.0, math.sqrt(half))), 3)))


def _point(text: str) -> tuple[float, float]:
    lat, _, lon = text.partition(" ")[0].partition(",")
    try:
        point = float(lat), float(lon)
    except ValueError as error:
        raise BadValue("value.not_a_location", text=text[:40]) from error
    if not (abs(point[0]) <= 90 and abs(point[1]) <= 180):  # NaN too
        raise BadValue("value.not_a_location", text=text[:40])
    return math.radians(point[0]), math.radians(point[1])


def in_language(value: Any, language: str) -> str:
    """The text of that language, or else the first there is."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else ""
    return str(value.get(language) or next(iter(value.values()), ""))


FUNCTIONS = (
    Function(
        "RANGE_START", (_RANGE,), DATE, range_start, group="dates",
        label=bilingual("区间开始", "Start of a range"),
        doc=bilingual("日期区间的第一天", "The first day of a date range"),
        examples=(("RANGE_START('2026-11-01/2026-11-05')", {}, "2026-11-01"), ("RANGE_START('')", {}, None)),
    ),
    Function(
        "RANGE_END", (_RANGE,), DATE, range_end, group="dates",
        label=bilingual("区间结束", "End of a range"),
        doc=bilingual("日期区间的最后一天", "The last day of a date range"),
        examples=(("RANGE_END('2026-11-01/2026-11-05')", {}, "2026-11-05"),),
    ),
    Function(
        "RANGE_DAYS", (_RANGE,), NUMBER, range_days, group="dates",
        label=bilingual("区间天数", "Days of a range"),
        doc=bilingual("日期区间有几天，首尾都算", "How many days a range has, both ends counted"),
        examples=(("RANGE_DAYS('2028-02-28/2028-03-01')", {}, 3),),
    ),
    Function(
        "IN_RANGE", (Argument("day", DATE), _RANGE), BOOLEAN, in_range, group="dates",
        label=bilingual("在区间内", "In a range"),
        doc=bilingual("某天是否在日期区间内", "Is a day in a date range?"),
        examples=(("IN_RANGE(DATE(2026, 11, 5), '2026-11-01/2026-11-05')", {}, True),),
    ),
    Function(
        "RANGES_OVERLAP", (_RANGE, Argument("other", TEXT)), BOOLEAN, ranges_overlap, group="dates",
        label=bilingual("区间重叠", "Ranges overlap"),
        doc=bilingual("两个日期区间是否有共同的一天", "Have two date ranges a day in common?"),
        examples=(("RANGES_OVERLAP('2026-11-01/2026-11-05', '2026-11-05/2026-11-09')", {}, True),),
    ),
    Function(
        "HTML_TEXT", (Argument("text", TEXT),), TEXT, html_text, group="text",
        label=bilingual("富文本的文字", "Text of rich text"),
        doc=bilingual("去掉富文本的格式，只留文字", "What people read of a rich text"),
        examples=(("HTML_TEXT('<p>报价 <b>1 &lt; 2</b></p>')", {}, "报价 1 < 2"),),
    ),
    Function(
        "SHARE_DONE", (Argument("checklist", list_of(ANY)),), NUMBER, share_done, group="lists", plain=True,
        label=bilingual("清单完成率", "Share done"),
        doc=bilingual("检查清单完成了几分之几", "How much of a checklist is done, a part of one"),
        examples=(("SHARE_DONE([])", {}, None),),
    ),
    Function(
        "REGION_NAME", (Argument("code", TEXT),), TEXT, region_name, group="text",
        label=bilingual("行政区名称", "Name of a region"),
        doc=bilingual("行政区划代码的全称", "The whole name of a region's code"),
        examples=(("REGION_NAME('320508')", {}, "江苏省苏州市姑苏区"),),
    ),
    Function(
        "REGION_OF", (Argument("address", TEXT),), TEXT, region_of, group="text",
        label=bilingual("地址的行政区", "Region of an address"),
        doc=bilingual("地址开头的行政区划代码", "The code of the region an address begins with"),
        examples=(("REGION_OF('江苏省苏州市姑苏区 平江路1号')", {}, "320508"),),
    ),
    Function(
        "REGION_LEVEL", (Argument("code", TEXT),), TEXT, region_level, group="text",
        label=bilingual("行政区级别", "Level of a region"),
        doc=bilingual("province、city 或 county", "province, city or county"),
        examples=(("REGION_LEVEL('320500')", {}, "city"),),
    ),
    Function(
        "DISTANCE", (Argument("location", TEXT), Argument("other", TEXT)), NUMBER, distance, group="numbers",
        label=bilingual("距离", "Distance"),
        doc=bilingual("两个定位之间的公里数", "Kilometres between two locations"),
        examples=(("DISTANCE('31.230400,121.473700', '39.904200,116.407400')", {}, "1067.312"),),
    ),
    Function(
        "IN_LANGUAGE", (Argument("value"), Argument("language", TEXT)), TEXT, in_language, group="text",
        label=bilingual("某种语言的文字", "In a language"),
        doc=bilingual("多语言文本中某种语言的文字", "The text of one language of a multilingual text"),
        examples=(("IN_LANGUAGE('合同', 'en')", {}, "合同"),),
    ),
)  # fmt: skip


def register(registry: Registry) -> None:
    registry.add(*FUNCTIONS)
