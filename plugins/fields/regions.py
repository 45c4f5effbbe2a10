"""The administrative divisions of China (GB/T 2260), and finding one in what people write.

A region is kept by its code, so a filter “starts with 3205” takes a whole city. Codes that were given up stay readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from metamodel.plugin_api import Choice, fold

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


@cache
def choices_down_to(level: Level) -> Sequence[Choice]:
    """Today's divisions from the provinces down to this level, each under its whole name."""
    today = (one for one in places().values() if one.today and one.level <= DIGITS[level])
    return tuple(Choice(place.code, " / ".join(place.names)) for place in today)


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
