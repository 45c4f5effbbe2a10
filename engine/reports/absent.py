"""People of certain roles whom no record of the period names, and when one last did."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from engine.clock import from_microseconds
from engine.reports.answers import Names, answer_groups
from engine.reports.drill import drill_groups
from engine.reports.ground import Ground
from engine.reports.views import DrillTarget
from metamodel.asks import AbsentAnswer, AbsentAsk, AbsentPerson, Dataset, Dimension, GroupAsk, Measure
from metamodel.plugin_api import Key
from metamodel.problems import Rejected, problem

LAST = "last"
NAMED = Measure(id=LAST)


def answer_absent(ground: Ground, ask: AbsentAsk, names: Names) -> AbsentAnswer:
    """Rejected (report.no_period) where the records have no date."""
    if ground.date is None:
        raise Rejected([problem("report.no_period")])
    asking = ground.asking
    present = answer_groups(ground, _by_person(ask, ask.dataset), names).axes[0].keys
    held = {one for role in ask.roles for one in asking.organisation.members(asking.app.id, role)}
    people = sorted(held - set(present), key=lambda one: (_department(ground, one), one))
    last = _last_days(ground, ask, names) if people else {}
    known = asking.organisation.people
    return AbsentAnswer(
        tuple(
            AbsentPerson(one, known[one].name, _department(ground, one), last.get(one))
            for one in people
        ),
        len(held),
    )  # fmt: skip


def drill_absent(ground: Ground, ask: AbsentAsk, keys: list[Key], names: Names) -> DrillTarget:
    """All records that ever named one of them."""
    whole = _whenever(ground, ask.dataset)
    return drill_groups(Ground(ground.asking, whole), _by_person(ask, whole), LAST, keys, names)


def _by_person(ask: AbsentAsk, dataset: Dataset, measure: Measure = NAMED) -> GroupAsk:
    return GroupAsk(dataset, (Dimension(field=ask.person),), (measure,))


def _whenever(ground: Ground, dataset: Dataset) -> Dataset:
    """The dataset without its days, the board's filters but for the period kept."""
    period = ground.asking.report.period
    return replace(dataset, period="", ignore=[*dataset.ignore, *([period.id] if period else [])])


def _last_days(ground: Ground, ask: AbsentAsk, names: Names) -> dict[object, int]:
    """How many days ago each was last named, by id."""
    assert ground.date is not None
    whole = _whenever(ground, ask.dataset)
    latest = Measure(id=LAST, aggregate="max", field=".".join(ground.date.path))
    answer = answer_groups(Ground(ground.asking, whole), _by_person(ask, whole, latest), names)
    found = {cell[0]: numbers[LAST] for cell, numbers in answer.values.items()}
    today = ground.asking.today
    return {person: (today - _day(ground, int(at))).days for person, at in found.items() if at is not None}


def _day(ground: Ground, at: int) -> date:
    assert ground.date is not None
    if ground.date.is_moment:
        return from_microseconds(at).astimezone(ground.asking.house.zone).date()
    return date.fromordinal(at)


def _department(ground: Ground, person: str) -> str:
    organisation = ground.asking.organisation
    found = organisation.departments.get(organisation.people[person].department or "")
    return found.name if found else ""
