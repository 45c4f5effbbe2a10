"""Records on a calendar, a month at a time, and as bars over weeks, months or quarters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_skeleton, get_day_names

from builder_ui.arranging import Arranging
from builder_ui.listing import Listing
from builder_ui.models.arranged import Arranged, Bar, Card, Day, Entry
from builder_ui.models.parts import Option
from engine.records.query import Condition, RecordView
from metamodel.forms import FieldDefinition

MOST = 500  # records of a month
BARS = 200
DAY = timedelta(days=1)
SCALES = {"week": 28, "month": 92, "quarter": 366}  # how much a page of bars shows, in days
TICKS = {"week": 7, "month": 7, "quarter": 31}
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)  # what an address may ask for
DAYS_KINDS = ("date", "datetime")


def is_day(field: FieldDefinition) -> bool:
    """Does it say when?"""
    return field.expression_type().kind in DAYS_KINDS


def asked_day(listing: Listing) -> date:
    """The day the address asks for (`at=2026-11` or `at=2026-11-23`), else today."""
    text = listing.asked.get("at", "")
    try:
        asked = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return listing.visit.moments.today.date()
    return min(max(asked, EARLIEST), LATEST)


def span_of(arranging: Arranging, item: RecordView) -> tuple[date, date, str] | None:
    """The first and last day a record covers, and its time of day; None without a beginning."""
    start, end = arranging.field("from"), arranging.field("to")
    first = moment_of(arranging, item.values.get(start.id)) if start else None
    if first is None:
        return None
    last = moment_of(arranging, item.values.get(end.id)) if end else None
    time = f"{first:%H:%M}" if isinstance(first, datetime) else ""
    begun = _day(first)
    return begun, max(begun, _day(last)) if last is not None else begun, time


def moment_of(arranging: Arranging, value: object) -> date | datetime | None:
    """A date or a moment as JSON has it; a moment in the organisation's zone."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        return arranging.listing.visit.moments.read(value)
    except ValueError:  # masked: not for this viewer
        return None


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def read_between(arranging: Arranging, first: date, last: date, limit: int) -> tuple[list[RecordView], bool]:
    """The records that cover a day between these two, in order; and whether there are more of them."""
    start, end = arranging.field("from"), arranging.field("to")
    if start is None:
        return [], False
    days = (first.isoformat(), last.isoformat())
    found = arranging.read(Condition(start.id, "between", days), limit=limit, sort=(start.id,))
    items, more = list(found.items), bool(found.next) or found.total > len(found.items)
    if end is not None:
        earlier = arranging.read(
            Condition(start.id, "before", days[:1]), Condition(end.id, "ge", days[:1]), limit=limit,
            sort=(start.id,),
        )  # fmt: skip
        items = [*earlier.items, *items]
        more = more or earlier.total > len(earlier.items)
    return items[:limit], more


# -- a calendar ----------------------------------------------------------------------------------------


def calendar(arranging: Arranging) -> Arranged | None:
    """The month asked for, in whole weeks; None where the view names no day this viewer may see."""
    listing, visit = arranging.listing, arranging.listing.visit
    if arranging.field("from") is None:
        return None
    month = asked_day(listing).replace(day=1)
    first = month - DAY * month.weekday()
    last = _month_after(month, 1) - DAY
    last += DAY * (6 - last.weekday())
    items, more = read_between(arranging, first, last, MOST)
    entries = _entries(arranging, items)
    today = visit.moments.today.date()
    days = [
        Day(
            each.isoformat(), each.day, visit.moments.weekday(_noon(arranging, each)), each == today,
            each.month != month.month, tuple(entries.get(each, ())),
        )
        for each in (first + DAY * n for n in range((last - first).days + 1))
    ]  # fmt: skip
    names = get_day_names("abbreviated", locale=visit.moments.locale)
    return Arranged(
        "calendar", arranging.view.id, arranging.place_url,
        weeks=tuple(tuple(days[n : n + 7]) for n in range(0, len(days), 7)),
        weekdays=tuple(names[n] for n in range(7)),
        title=str(format_skeleton("yMMMM", month, locale=visit.moments.locale)),
        previous_href=listing.address(at=f"{_month_after(month, -1):%Y-%m}"),
        next_href=listing.address(at=f"{_month_after(month, 1):%Y-%m}"), today_href=listing.address(at=""),
        cut=_cut(listing, more, len(items)), wide=True,
    )  # fmt: skip


def _entries(arranging: Arranging, items: Sequence[RecordView]) -> dict[date, list[Entry]]:
    found: dict[date, list[Entry]] = {}
    drawn = arranging.cards(items, arranging.field("from"), *_end(arranging))
    for item, card in zip(items, drawn, strict=True):
        span = span_of(arranging, item)
        if span is None:
            continue
        first, last, time = span
        for n in range(min((last - first).days, 366) + 1):
            part = (
                "one"
                if first == last
                else "start"
                if n == 0
                else "end"
                if first + DAY * n == last
                else "middle"
            )
            found.setdefault(first + DAY * n, []).append(Entry(card, time if n == 0 else "", part))
    return found


def _end(arranging: Arranging) -> tuple[FieldDefinition, ...]:
    end = arranging.field("to")
    return (end,) if end is not None else ()


def _noon(arranging: Arranging, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=arranging.listing.visit.moments.zone)


def _month_after(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _cut(listing: Listing, more: bool, shown: int) -> str:
    return (
        listing.visit.text("Only the first %(num)s are shown; a filter shows fewer", num=shown)
        if more
        else ""
    )


# -- bars over time ------------------------------------------------------------------------------------


def gantt(arranging: Arranging) -> Arranged | None:
    """A bar for every record between two days; None where the view names no days this viewer may see."""
    listing, visit = arranging.listing, arranging.listing.visit
    start, end = arranging.field("from"), arranging.field("to")
    if start is None or end is None:
        return None
    scale = listing.asked.get("scale", "")
    scale = scale if scale in SCALES else "month"
    days, at = SCALES[scale], asked_day(listing)
    first = at - DAY * at.weekday() - DAY * 7
    last = first + DAY * (days - 1)
    items, more = read_between(arranging, first, last, BARS)
    drawn = arranging.cards(items, start, end)
    today = visit.moments.today.date()
    return Arranged(
        "gantt", arranging.view.id, arranging.place_url,
        bars=tuple(_bars(arranging, items, drawn, first, days)),
        ticks=tuple(_ticks(arranging, first, days, TICKS[scale])),
        now=_place(today, first, days) if first <= today <= last else -1, per_day=1000 / days,
        title=f"{_short(arranging, first)} – {_short(arranging, last)}",
        previous_href=listing.address(at=(at - DAY * (days // 2)).isoformat()),
        next_href=listing.address(at=(at + DAY * (days // 2)).isoformat()), today_href=listing.address(at=""),
        scales=tuple(
            Option(listing.address(scale=name), words, name == scale)
            for name, words in zip(
                SCALES, (visit.text("Weeks"), visit.text("Months"), visit.text("A year")), strict=True
            )
        ),
        cut=_cut(listing, more, len(items)), wide=True,
    )  # fmt: skip


def _bars(
    arranging: Arranging, items: Sequence[RecordView], drawn: Sequence[Card], first: date, days: int
) -> Iterator[Bar]:
    hued = arranging.field("hue")
    colors = {c.value: c.color for c in hued.type.choices(hued)} if hued and hued.type else {}
    for item, card in zip(items, drawn, strict=True):
        span = span_of(arranging, item)
        if span is None:
            continue
        left, right = _place(span[0], first, days), _place(span[1] + DAY, first, days)
        text = _short(arranging, span[0])
        text += f" – {_short(arranging, span[1])}" if span[1] != span[0] else ""
        value = str(item.values.get(hued.id) or "") if hued else ""
        yield Bar(card, left, max(right - left, 4), text, colors.get(value, ""))


def _ticks(arranging: Arranging, first: date, days: int, step: int) -> Iterator[str]:
    for n in range(0, days, step):
        yield _short(arranging, first + DAY * n)


def _short(arranging: Arranging, day: date) -> str:
    moments = arranging.listing.visit.moments
    return str(format_date(day, "M/d", locale=moments.locale))


def _place(day: date, first: date, days: int) -> float:
    """Where a day begins, of a thousand; what lies outside stays at the edge."""
    return round(max(0.0, min((day - first).days / days, 1.0)) * 1000, 2)
