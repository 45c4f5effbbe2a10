"""By the clock: every so often, or at a time of day. About nothing, or about each record a condition picks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from metamodel.plugin_api import (
    BadValue,
    Options,
    Registry,
    RowsDue,
    Texts,
    Trigger,
    labelled,
    problem,
    read_duration,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Clock, Problem

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST = timedelta(minutes=1)
LOOKED_BACK = timedelta(days=40)  # enough for a month; a longer sleep is no reason to search further


class ScheduleOptions(Options, frozen=True):
    every: Annotated[str, labelled("每隔多久，如 PT10M", "Every, like PT10M")] = ""
    at: Annotated[str, labelled("几点，如 09:00", "At, like 09:00")] = ""
    days: Annotated[tuple[Day, ...], labelled("星期几（空为每天）", "On these weekdays (blank: all)")] = ()
    month_day: Annotated[int, labelled("每月几号", "On this day of the month", ge=1, le=31)] | None = None
    working_time: Annotated[bool, labelled("只在工作时间", "In working time only")] = False
    form: Annotated[str, labelled("表单（空为不针对记录）", "Form (blank: about no record)")] = ""
    where: Annotated[str, labelled("针对哪些记录", "About which records")] = ""


class Schedule(Trigger):
    name = "schedule"
    label = {"zh": "定时", "en": "By the clock"}
    icon = "clock"
    doc = {
        "zh": "每隔一段时间或在某个时刻；可以对符合条件的每条记录各执行一次",
        "en": "Every so often or at a time of day; for each record that a condition picks, if you like",
    }
    texts = {
        "rule.no_schedule": Texts("请填写每隔多久，或几点", "Say how often, or at what time"),
        "rule.two_schedules": Texts("“每隔”和“几点”只能填一个", "Either “every” or “at”, not both"),
        "rule.bad_every": Texts(
            "“{text}”不是不短于一分钟的时长", "“{text}” is not a duration of a minute or more"
        ),
        "rule.bad_time": Texts(
            "“{text}”不是一天中的时刻", "“{text}” is not a time of day", "如 09:00", "09:00"
        ),
        "rule.needs_form": Texts(
            "要先选表单，才能说针对哪些记录", "Choose a form before saying which records"
        ),
    }
    event = "clock"
    Options = ScheduleOptions

    def check_options(self, options: ScheduleOptions, scope: ActionScope) -> list[Problem]:
        found = []
        if not options.every and not options.at:
            found.append(problem("rule.no_schedule"))
        elif options.every and options.at:
            found.append(problem("rule.two_schedules", "/every"))
        if options.every and (_span(options.every) or timedelta()) < SHORTEST:
            found.append(problem("rule.bad_every", "/every", text=options.every))
        if options.at and _time(options.at) is None:
            found.append(problem("rule.bad_time", "/at", text=options.at))
        if options.where and not options.form:
            found.append(problem("rule.needs_form", "/where"))
        elif options.where:
            found += scope.check_rows(options.where, "/where", "", "")
        return found

    def last_strike(
        self, options: ScheduleOptions, after: datetime, until: datetime, clock: Clock
    ) -> datetime | None:
        """However long we slept, a schedule strikes once."""
        earliest = max(after, until - LOOKED_BACK)
        for moment in _backwards(options, until, clock):
            if moment <= earliest:
                return None
            if not options.working_time or clock.is_open(moment):
                return moment
        return None

    def picks(self, options: ScheduleOptions, after: datetime, until: datetime) -> RowsDue | None:
        return RowsDue(options.where) if options.form else None


def _backwards(options: ScheduleOptions, until: datetime, clock: Clock) -> Iterator[datetime]:
    """The moments this schedule strikes, latest first, from `until` back."""
    local = until.astimezone(clock.zone)
    span, at = _span(options.every), _time(options.at)
    for back in range(LOOKED_BACK.days + 2):
        day = local.date() - timedelta(days=back)
        if _is_day(options, day):
            times = _every(day, span, clock) if span else [_moment(day, at, clock)] if at else []
            yield from (moment for moment in reversed(times) if moment <= until)


def _every(day: date, span: timedelta, clock: Clock) -> list[datetime]:
    """Counted from midnight, or from a fixed day where it is longer than one."""
    if span >= timedelta(days=1):
        days = max(1, round(span / timedelta(days=1)))
        return [_moment(day, time(), clock)] if day.toordinal() % days == 0 else []
    start = _moment(day, time(), clock)
    return [start + span * number for number in range(-(-timedelta(days=1) // span))]


def _moment(day: date, at: time, clock: Clock) -> datetime:
    return datetime.combine(day, at, clock.zone).astimezone(UTC)


def _is_day(options: ScheduleOptions, day: date) -> bool:
    if options.days and DAYS[day.weekday()] not in options.days:
        return False
    if options.month_day is None:
        return True
    is_last = (day + timedelta(days=1)).day == 1
    return day.day == options.month_day or (is_last and day.day < options.month_day)


def _span(text: str) -> timedelta | None:
    try:
        return read_duration(text) if text else None
    except BadValue:
        return None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def register(registry: Registry) -> None:
    registry.add(Schedule())
