"""What an evaluation needs from outside: the moment, the zone, the viewer, and who knows the rest.

One context serves many evaluations; the budget of a single one is its own. Everything has
a default that knows nothing, so that an expression about numbers needs no organisation.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from engine.working_time import WorkingCalendar
from metamodel.expressions.limits import MAX_MADE
from metamodel.expressions.types import Type

MAX_STEPS = 20_000
USUAL = WorkingCalendar()  # Monday to Friday, nine to six


class People(Protocol):
    """The organisation, as far as expressions ask. Ids are texts; blank where nobody is known."""

    def manager_of(self, person: str, level: int) -> str | None: ...

    def department_of(self, person: str) -> str | None: ...

    def departments_below(self, person: str) -> Sequence[str]:
        """The person's departments and everything below them."""
        ...

    def has_role(self, person: str, role: str) -> bool: ...

    def members_of(self, role: str) -> Sequence[str]:
        """Everybody who has this role in any app."""
        ...

    def staff(self) -> Sequence[str]:
        """Everybody who works here."""
        ...

    def people_of(self, person: str, below: bool) -> Sequence[str]:
        """Everybody of the person's departments (`below`: and of those under them), the person too."""
        ...


class Nobody:
    def manager_of(self, person: str, level: int) -> str | None:
        return None

    def department_of(self, person: str) -> str | None:
        return None

    def departments_below(self, person: str) -> Sequence[str]:
        return ()

    def has_role(self, person: str, role: str) -> bool:
        return False

    def members_of(self, role: str) -> Sequence[str]:
        return ()

    def staff(self) -> Sequence[str]:
        return ()

    def people_of(self, person: str, below: bool) -> Sequence[str]:
        return ()


def _nothing_there(_of: Type, _identifier: str, _attribute: str) -> Any:
    return None


def _no_words(_code: str) -> Sequence[str] | None:
    return None


@dataclass(frozen=True)
class EvaluationContext:
    """`me` is what `Viewer.as_me()` says (None: nobody). `resolve(type, id, attribute)` reads an
    attribute of a record, person or department; `keywords(list)` the words in use of a keyword list,
    None where there is no such list."""

    now: datetime
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    me: Mapping[str, Any] | None = None
    resolve: Callable[[Type, str, str], Any] = _nothing_there
    keywords: Callable[[str], Sequence[str] | None] = _no_words
    people: People = field(default_factory=Nobody)
    calendar: WorkingCalendar = USUAL
    budget: Budget | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """When the day began in the organisation's zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def is_working_day(self, day: date) -> bool:
        return self.calendar.is_working_day(day)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments."""
        return self.calendar.between(start, end)

    def spend(self, size: int) -> None:
        """A function that does much for little tells so; OverBudget when the evaluation costs too much."""
        if self.budget is not None:
            self.budget.make(size)

    def with_budget(self) -> EvaluationContext:
        """The same context for one evaluation that may make large values."""
        made = copy.copy(self)
        object.__setattr__(made, "budget", Budget())
        return made


class OverBudget(Exception):
    """The evaluation costs too much. Not a BadValue: IFERROR must not go on after it."""

    def __init__(self, code: str, limit: int) -> None:
        super().__init__(code)
        self.code, self.limit = code, limit


class Budget:
    """Steps taken and values made by one evaluation."""

    __slots__ = ("made", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self.made = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise OverBudget("expression.too_many_steps", MAX_STEPS)

    def make(self, size: int) -> None:
        self.made += size
        if self.made > MAX_MADE:
            raise OverBudget("expression.too_large", MAX_MADE)
