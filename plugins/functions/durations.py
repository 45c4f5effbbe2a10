"""Durations from numbers of units, and how many units a duration has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import DURATION, NUMBER, Argument, Function, Registry, arithmetic, bilingual
from plugins.functions.blanks import unless_blank

Number = int | Decimal
_NUMBER = Argument("number", NUMBER)
_UNITS = {
    "SECONDS": 1_000_000,
    "MINUTES": 60_000_000,
    "HOURS": 3_600_000_000,
    "DAYS_DURATION": 86_400_000_000,
}


def _duration(unit: int) -> Callable[..., Any]:
    return unless_blank(lambda number: arithmetic.times(timedelta(microseconds=unit), number))


def _units_in(unit: int) -> Callable[..., Any]:
    return unless_blank(lambda duration: arithmetic.ratio(duration, timedelta(microseconds=unit)))


def _units_sql(unit: int) -> Callable[..., Any]:
    return lambda ops, duration: ops.ratio(duration, ops.duration_of(1, unit))


def _duration_function(name: str, zh: str, en: str, example: tuple[str, Any]) -> Function:
    unit = _UNITS[name]
    return Function(
        name,
        (_NUMBER,),
        DURATION,
        _duration(unit),
        group="dates",
        sql=lambda ops, number: ops.duration_of(number, unit),
        label=bilingual(f"{zh}（时长）", f"Duration in {en}"),
        doc=bilingual(f"多少{zh}的时长", f"A duration of so many {en}"),
        examples=((example[0], {}, example[1]),),
    )


FUNCTIONS = (
    _duration_function("SECONDS", "秒", "seconds", ("SECONDS(90)", "PT1M30S")),
    _duration_function("MINUTES", "分钟", "minutes", ("MINUTES(90)", "PT1H30M")),
    _duration_function("HOURS", "小时", "hours", ("HOURS(1.5)", "PT1H30M")),
    _duration_function("DAYS_DURATION", "天", "days", ("DAYS_DURATION(2)", "P2D")),
    Function(
        "TOTAL_MINUTES",
        (Argument("duration", DURATION),),
        NUMBER,
        _units_in(60_000_000),
        group="dates",
        sql=_units_sql(60_000_000),
        label=bilingual("共几分钟", "In minutes"),
        doc=bilingual("时长一共几分钟", "A duration in minutes"),
        examples=(("TOTAL_MINUTES(HOURS(1.5))", {}, 90),),
    ),
    Function(
        "TOTAL_HOURS",
        (Argument("duration", DURATION),),
        NUMBER,
        _units_in(3_600_000_000),
        group="dates",
        sql=_units_sql(3_600_000_000),
        label=bilingual("共几小时", "In hours"),
        doc=bilingual("时长一共几小时", "A duration in hours"),
        examples=(("TOTAL_HOURS(MINUTES(45))", {}, "0.75"),),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
