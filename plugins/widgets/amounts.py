"""How numbers of a report are shown: as text for people, and scaled for an axis with its unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from metamodel.plugin_api import Measured, Number, show_duration, show_number

MICROSECONDS = (  # at least so many: the size and name of a unit
    (172_800_000_000, 86_400_000_000, "天", "d"),
    (7_200_000_000, 3_600_000_000, "小时", "h"),
    (120_000_000, 60_000_000, "分钟", "min"),
    (0, 1_000_000, "秒", "s"),
)
LARGE_ZH = ((10**9, 10**8, "亿"), (10**5, 10**4, "万"))
LARGE_EN = ((10**7, 10**6, "M"), (10**5, 10**3, "k"))


@dataclass(frozen=True, slots=True)
class Scale:
    """What an axis divides by, and what it then counts in."""

    divisor: Decimal
    unit: str
    places: int = 2

    def number(self, value: Number) -> float | int | None:
        """A JSON number for a chart; None where there is none."""
        if value is None:
            return None
        scaled = round(Decimal(value) / self.divisor, self.places)
        return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)

    def name(self, label: str) -> str:
        """A series' name with its unit."""
        return f"{label} ({self.unit})" if self.unit else label


def scale_of(measure: Measured, values: Iterable[Number], language: str) -> Scale:
    """One scale for these numbers, so that the largest reads well."""
    largest = max((abs(Decimal(value)) for value in values if value is not None), default=Decimal(0))
    zh = language.startswith("zh")
    if measure.format == "percent":
        return Scale(Decimal("0.01"), "%", 1)
    if measure.format == "duration":
        unit = next(one for one in MICROSECONDS if largest >= one[0])
        return Scale(Decimal(unit[1]), unit[2] if zh else unit[3], 1)
    if measure.format == "money":
        return _money(measure.unit, largest, zh)
    return Scale(Decimal(1), measure.unit, 2 if measure.places is None else measure.places)


def _money(sign: str, largest: Decimal, zh: bool) -> Scale:
    for least, size, word in LARGE_ZH if zh else LARGE_EN:
        if largest >= least:
            return Scale(Decimal(size), f"{word}元" if zh and sign == "¥" else f"{sign}{word}")
    return Scale(Decimal(1), "元" if zh and sign == "¥" else sign)


def text_of(measure: Measured, value: Number, language: str) -> str:
    """One number as people read it; blank is a dash."""
    if value is None:
        return "–"
    number = Decimal(value)
    if measure.format == "duration":
        return show_duration(_short(number), language)
    if measure.format == "percent":
        return show_number(number.scaleb(2), 1 if measure.places is None else measure.places) + "%"
    if measure.format == "money":
        places = 2 if measure.places is None else measure.places
        return f"{'-' * (number < 0)}{measure.unit}{show_number(abs(number), places)}"
    shown = show_number(round(number, 2) if measure.places is None else number, measure.places)
    return f"{shown} {measure.unit}" if measure.unit else shown


def _short(microseconds: Decimal) -> timedelta:
    """Nobody wants the seconds of two hours."""
    seconds = int((microseconds / 1_000_000).to_integral_value())
    size = 3_600 if abs(seconds) >= 172_800 else 60 if abs(seconds) >= 600 else 1
    return timedelta(seconds=round(seconds / size) * size)


def change_of(now: Number, before: Number) -> Decimal | None:
    """By which share a number grew; None where that says nothing."""
    if now is None or before is None or not before:
        return None
    return (Decimal(now) - Decimal(before)) / abs(Decimal(before))


def change_text(share: Decimal | None) -> str:
    """`+12.5%`; blank where there is none."""
    if share is None:
        return ""
    return f"{'+' if share > 0 else ''}{show_number(share.scaleb(2), 1)}%"
