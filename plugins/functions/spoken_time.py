"""SAID_TIME: the moment people mean by 今天下班前, 明天上午, 下周三, 25号, 两小时内.

For rules that hear a promise in a message and need to know by when. Only the first time named in
the text counts; a day alone means the end of its working day. The result is plain: a deadline says
nothing of the words around it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from metamodel.plugin_api import DATETIME, TEXT, Argument, Function, Registry, bilingual, fold

CLOSING = time(18)
_DAYS = {"今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKDAYS = {**{name: number for number, name in enumerate("一二三四五六日")}, "天": 6}
_NUMBERS = {"半": 0.5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "八": 8, "十": 10}
_PARTS = {
    "早上": time(10),
    "上午": time(12),
    "中午": time(13),
    "下午": CLOSING,
    "早": time(10),
    "晚上": time(21),
    "晚": time(21),
}

_PART = "(?P<part>早上|上午|中午|下午|晚上|晚|早)?"
_SAID = re.compile(
    r"(?P<hours>\d{1,2}|[半一两二三四五六八十])个?小时(?:之?内|以内)"
    rf"|(?P<day>大后|今|明|后)(?:天|日|(?=[早晚])){_PART}"
    rf"|(?P<week>下下|下|这|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天]){_PART.replace('part', 'part2')}"
    r"|(?:(?P<month>\d{1,2})月)?(?P<date>\d{1,2})[号日]"
    r"|(?P<closing>下班前)"
)


def said_time(context: Any, text: str, said_at: datetime | None) -> datetime | None:
    """None where no time is named."""
    found = _SAID.search(fold(text)) if said_at is not None else None
    if found is None or said_at is None:
        return None
    if found["hours"]:
        return said_at + timedelta(hours=_number(found["hours"]))
    day = _day(found, context.local(said_at).date())
    at = _PARTS.get(found["part"] or found["part2"] or "", CLOSING)
    return datetime.combine(day, at, context.zone).astimezone(UTC) if day else None


def _number(text: str) -> float:
    return float(text) if text.isdigit() else _NUMBERS[text]


def _day(found: re.Match[str], today: date) -> date | None:
    if found["day"]:
        return today + timedelta(days=_DAYS[found["day"]])
    if found["weekday"]:
        return _weekday(found["week"] or "", _WEEKDAYS[found["weekday"]], today)
    if found["date"]:
        return _next_date(found["month"], int(found["date"]), today)
    return today


def _weekday(week: str, weekday: int, today: date) -> date:
    """下周三 is of the next week from Monday; 周三 alone is the next one to come."""
    monday = today - timedelta(days=today.weekday())
    weeks = {"下": 1, "下下": 2}.get(week, 0)
    day = monday + timedelta(days=7 * weeks + weekday)
    return day + timedelta(days=7) if not week and day < today else day


def _next_date(month: str | None, day: int, today: date) -> date | None:
    """The next such day; None where no month has it."""
    start = today.year * 12 + (int(month) if month else today.month) - 1
    for ahead in range(4):
        months = start + ahead * (12 if month else 1)
        last = monthrange(months // 12, months % 12 + 1)[1]
        if 0 < day <= last and (found := date(months // 12, months % 12 + 1, day)) >= today:
            return found
    return None


def register(registry: Registry) -> None:
    registry.add(
        Function(
            "SAID_TIME",
            (Argument("text", TEXT), Argument("said_at", DATETIME)),
            DATETIME,
            said_time,
            group="dates",
            context=True,
            plain=True,
            label=bilingual("话里的时间", "Time said"),
            doc=bilingual(
                "话里说的第一个时间：今天下班前、明天上午、下周三、25号、两小时内；没有则为空",
                "The first time a text names (by the end of today, tomorrow morning, next Wednesday, the 25th, "
                "within two hours); blank without one",
            ),
            examples=(
                (
                    "SAID_TIME('明天上午给您演示账号', DATETIME(DATE(2026, 11, 20), 9))",
                    {},
                    "2026-11-21T04:00:00Z",
                ),
            ),
        )
    )
