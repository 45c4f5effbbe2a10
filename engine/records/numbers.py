"""Automatic numbers: a pattern, a counter per period, taken in blocks inside the unit."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import Any

from engine.database import Database, Unit
from engine.records.drafts import Draft
from engine.records.program import FormProgram
from metamodel.plugin_api import AutoNumber

PART = re.compile(r"\{(yyyy|yyyyMM|yyyyMMdd|0+)\}")
DATES = {"yyyy": "%Y", "yyyyMM": "%Y%m", "yyyyMMdd": "%Y%m%d"}
PERIODS = {"never": "", "year": "%Y", "month": "%Y%m", "day": "%Y%m%d"}


def give_numbers(
    database: Database, unit: Unit, program: FormProgram, drafts: list[Draft], zone: tzinfo
) -> None:
    """Fill every automatic number of these drafts, in order."""
    today = unit.moment.astimezone(zone)
    for field, rule in program.numbers:
        counter = f"number:{program.app.id}.{program.form.id}.{field.id}:"
        by_period: dict[str, list[tuple[Draft, date]]] = {}
        for draft in drafts:
            if draft.values.get(field.id) is None:
                day = _day(draft.values.get(rule.dated_by), zone) or today
                by_period.setdefault(day.strftime(PERIODS[rule.starts_again]), []).append((draft, day))
        for period, waiting in by_period.items():
            name = counter + period
            taken = database.take_numbers(unit.connection, name, len(waiting), gap_free=rule.gap_free)
            for (draft, day), number in zip(waiting, taken, strict=True):
                draft.values[field.id] = written(rule, number, day)


def _day(value: Any, zone: tzinfo) -> date | None:
    """The day of a date or a moment, as the organisation counts it."""
    return (
        value.astimezone(zone) if isinstance(value, datetime) else value if isinstance(value, date) else None
    )


def written(rule: AutoNumber, number: int, day: date) -> str:
    """`SJ{yyyy}-{0000}`, 7 -> SJ2026-0007; a number that outgrows its zeros keeps all digits."""

    def part(found: re.Match[str]) -> str:
        name = found[1]
        return day.strftime(DATES[name]) if name in DATES else str(number).zfill(len(name))

    return PART.sub(part, rule.pattern)
