"""Periods of a report: their days, the period before them, and what they are called.

A running period is compared with the same days of the one before (to the 23rd with to the 23rd), a
finished one with all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.search.periods import read_days
from metamodel.human_text import show_date
from metamodel.labels import label_text
from metamodel.problems import BadValue
from metamodel.reports import LAST_DAYS, PERIODS, SPAN

BEFORE = {
    "today": "yesterday", "this_week": "last_week", "this_month": "last_month",
    "this_quarter": "last_quarter", "this_year": "last_year",
}  # fmt: skip
YEAR = 366  # so many days a stretch before may begin earlier than it is long
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` up to, not including, `end`; `text` is how a filter says it."""

    first: date
    end: date
    text: str = ""

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.end - self.first).days


def read_stretch(text: str, today: date) -> Stretch:
    """BadValue for what is no period, or has none before it."""
    if found := SPAN.fullmatch(text):
        try:
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            end = last + timedelta(days=1)
        except (ValueError, OverflowError):
            raise BadValue("value.not_a_date", text=text) from None
        if end <= first or first.toordinal() - (end - first).days < YEAR:
            raise BadValue("value.not_a_date", text=text)
        return Stretch(first, end, text)
    if text not in PERIODS and not LAST_DAYS.fullmatch(text):
        raise BadValue("value.not_a_date", text=text)
    return Stretch(*read_days(text, today), text)


def stretch_before(stretch: Stretch, today: date) -> Stretch:
    """What a stretch is compared with."""
    earlier = BEFORE.get(stretch.text)
    if earlier is not None:
        before = read_stretch(earlier, today)
        gone = min((today - stretch.first).days + 1, before.days)
        running = today < stretch.last
        return Stretch(before.first, before.first + timedelta(days=gone) if running else before.end, earlier)
    if months := _whole_months(stretch):
        return Stretch(_months_back(stretch.first, months), stretch.first)
    return Stretch(stretch.first - timedelta(days=stretch.days), stretch.first)


def stretch_around(day: date, like: Stretch) -> Stretch:
    """The stretch of the same kind that a day lies in: its week, its month, so many days up to it."""
    first, end = day - timedelta(days=like.days - 1), day + timedelta(days=1)
    months = _whole_months(like)
    if like.days == 7 and like.first.weekday() == 0:
        first = day - timedelta(days=day.weekday())
        end = first + timedelta(days=7)
    elif months in (1, 3, 12):
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        end = _months_back(first, -months)
    return Stretch(first, end, f"{first.isoformat()}..{(end - timedelta(days=1)).isoformat()}")


def compared_text(stretch: Stretch, before: Stretch, today: date, language: str) -> str:
    """What the period before is called in a legend."""
    zh = language.startswith("zh")
    if before.text in PERIODS:
        name = label_text(PERIODS[before.text], language)
        partial = before.text != "yesterday" and before.days < read_stretch(before.text, today).days
        return (f"{name}同期" if zh else f"same days of {name}") if partial else name
    if _whole_months(stretch):
        return stretch_text(Stretch(before.first, before.end), language)
    return f"前 {before.days} 天" if zh else f"the {before.days} days before"


def stretch_text(stretch: Stretch, language: str) -> str:
    """本月, or October 2026, or the first and the last day."""
    if stretch.text in PERIODS:
        return label_text(PERIODS[stretch.text], language)
    zh = language.startswith("zh")
    if found := LAST_DAYS.fullmatch(stretch.text):
        return f"近 {found[1]} 天" if zh else f"last {found[1]} days"
    first, last = stretch.first, stretch.last
    if first.day == 1 and stretch.end.day == 1:
        months = (stretch.end.year - first.year) * 12 + stretch.end.month - first.month
        if months == 1:
            return (
                f"{first.year} 年 {first.month} 月" if zh else f"{MONTH_NAMES[first.month - 1]} {first.year}"
            )
        if months == 12 and first.month == 1:
            return f"{first.year} 年" if zh else str(first.year)
    if first == last:
        return show_date(first, language)
    return f"{show_date(first, language)} {'至' if zh else '–'} {show_date(last, language)}"


def _whole_months(stretch: Stretch) -> int:
    """How many months these days are; 0 where they are no whole ones."""
    if stretch.first.day != 1 or stretch.end.day != 1:
        return 0
    return (stretch.end.year - stretch.first.year) * 12 + stretch.end.month - stretch.first.month


def _months_back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
