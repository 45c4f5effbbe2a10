"""Times as people say them: today 10:32, Monday, 2 November; in the organisation's zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

LOCALES = {"zh": "zh_CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Moments:
    """Formats moments for one reader, seen from `now`; `translate` is gettext."""

    zone: tzinfo
    now: datetime
    language: str
    translate: Callable[[str], str]

    def read(self, raw: str | datetime | None) -> datetime | None:
        """A moment as JSON has it, in the organisation's zone."""
        if not raw:
            return None
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
        return moment.astimezone(self.zone)

    def short(self, raw: str | datetime | None) -> str:
        """The least that is clear: 10:32 today, a day this year, else the whole date."""
        moment = self.read(raw)
        if moment is None:
            return ""
        clock, days = f"{moment:%H:%M}", (self.today.date() - moment.date()).days
        if days == 0:
            return f"{self.translate('Today')} {clock}"
        if days == 1:
            return f"{self.translate('Yesterday')} {clock}"
        return f"{self.day(moment)} {clock}"

    def day(self, raw: str | datetime | None) -> str:
        """Today, yesterday, else month and day, with the year when it is another."""
        moment = self.read(raw)
        if moment is None:
            return ""
        if moment.date() == self.today.date():
            return self.translate("Today")
        if moment.date() == self.today.date() - timedelta(days=1):
            return self.translate("Yesterday")
        skeleton = "MMMd" if moment.year == self.today.year else "yMMMd"
        return str(format_skeleton(skeleton, moment, locale=self.locale))

    def weekday(self, raw: str | datetime | None) -> str:
        """Month, day and weekday: what stands between two days of a chat."""
        moment = self.read(raw)
        if moment is None:
            return ""
        skeleton = "MMMEd" if moment.year == self.today.year else "yMMMEd"
        return str(format_skeleton(skeleton, moment, locale=self.locale))

    def span(self, start: datetime, end: datetime | None = None) -> str:
        """How long it is from a moment to now (or to another): 2 hours, 3 days."""
        spent = abs((end or self.now) - start)
        return str(format_timedelta(spent, granularity="minute", threshold=1, locale=self.locale))

    def days_until(self, moment: datetime) -> int:
        """0 today, 1 tomorrow, less than 0 before."""
        return (moment.astimezone(self.zone).date() - self.today.date()).days

    def long_date(self) -> str:
        return str(format_date(self.today, "full", locale=self.locale))

    def full(self, raw: str | datetime | None) -> str:
        moment = self.read(raw)
        return str(format_datetime(moment, "yyyy-MM-dd HH:mm:ss", locale=self.locale)) if moment else ""

    def clock(self, raw: str | datetime | None) -> str:
        moment = self.read(raw)
        return f"{moment:%H:%M}" if moment else ""

    @property
    def today(self) -> datetime:
        return self.now.astimezone(self.zone)

    @property
    def locale(self) -> str:
        return LOCALES.get(self.language, "en")
