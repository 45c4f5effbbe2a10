"""Working time: which days are worked, and how much of it lies between two moments. Pure.

One calendar for the whole organisation: Monday to Friday but for its holidays, and the weekend days
that are worked in their stead. What is due, answered or late is measured by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from metamodel.problems import Rejected, problem

DAY = timedelta(days=1)
FARTHEST = 40_000  # days looked ahead, a century
NOTHING = timedelta(0)


@dataclass(frozen=True)
class WorkingCalendar:
    """`workdays` are weekend days that are worked."""

    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    opens: time = time(9)
    closes: time = time(18)
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], zone: tzinfo) -> WorkingCalendar:
        """`{holidays: [day], workdays: [day], hours: ["09:00", "18:00"]}`, each of which may be left out.
        Rejected (calendar.unreadable)."""
        try:
            opens, closes = (time.fromisoformat(text) for text in raw.get("hours", ("09:00", "18:00")))
            holidays = frozenset(date.fromisoformat(text) for text in raw.get("holidays", ()))
            workdays = frozenset(date.fromisoformat(text) for text in raw.get("workdays", ()))
        except (ValueError, TypeError, AttributeError):
            raise Rejected([problem("calendar.unreadable")]) from None
        if not opens < closes or opens.tzinfo or closes.tzinfo:
            raise Rejected([problem("calendar.hours")])
        return cls(zone, opens, closes, holidays, workdays - holidays)

    def to_json(self) -> dict[str, Any]:
        return {
            "holidays": sorted(day.isoformat() for day in self.holidays),
            "workdays": sorted(day.isoformat() for day in self.workdays),
            "hours": [self.opens.isoformat("minutes"), self.closes.isoformat("minutes")],
        }

    def is_working_day(self, day: date) -> bool:
        return day not in self.holidays if day.weekday() < 5 else day in self.workdays

    def is_open(self, moment: datetime) -> bool:
        """Is it working time? It closes on the dot."""
        local = moment.astimezone(self.zone)
        return self.is_working_day(local.date()) and self.opens <= local.time() < self.closes

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to a later one; nothing where the later one is not."""
        if end <= start:
            return NOTHING
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        if first == last:
            return self._worked(first, start, end)
        whole = self._days_between(first + DAY, last) * self._length
        return self._worked(first, start, end) + whole + self._worked(last, start, end)

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment when so much working time has passed since `start`. A span of nothing ends at once."""
        if span <= NOTHING:
            return start
        day, left = start.astimezone(self.zone).date(), span
        for _ in range(FARTHEST):
            opens, closes = self._hours(day)
            worked = self._worked(day, start, closes)
            if worked >= left:
                return max(start.astimezone(UTC), opens) + left
            left, day = left - worked, day + DAY
        raise OverflowError("no such moment within a century")

    # -- a day -------------------------------------------------------------------------------------

    @cached_property
    def _length(self) -> timedelta:
        """Of one working day. A clock that is put forward or back does so at night."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        opens, closes = (datetime.combine(day, hour, self.zone) for hour in (self.opens, self.closes))
        return opens.astimezone(UTC), closes.astimezone(UTC)

    def _worked(self, day: date, start: datetime, end: datetime) -> timedelta:
        """How much of this day's working time lies between two moments."""
        if not self.is_working_day(day):
            return NOTHING
        opens, closes = self._hours(day)
        return max(min(end, closes) - max(start, opens), NOTHING)

    def _days_between(self, first: date, end: date) -> int:
        """Working days from `first` up to, but not, `end`; not counted one by one."""
        weeks, rest = divmod((end - first).days, 7)
        days = weeks * 5 + sum((first + DAY * place).weekday() < 5 for place in range(rest))
        off = sum(first <= day < end and day.weekday() < 5 for day in self.holidays)
        return days - off + sum(first <= day < end and day.weekday() >= 5 for day in self.workdays)
