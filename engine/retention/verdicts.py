"""Verdicts: which records of a form are due by a rule on a given day, and what keeps them all the same.

The longest minimum that applies wins over every maximum; a hold wins over everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.records.lifetimes import Condition, Lifetimes
from engine.records.program import FormProgram
from engine.records.services import Services
from engine.retention.holds import Hold, Holds
from metamodel.retention import RetentionRule


@dataclass(frozen=True)
class Verdicts:
    """Of one form on one day, as conditions."""

    lifetimes: Lifetimes
    rules: Sequence[RetentionRule]
    day: date
    held: Condition

    @classmethod
    def of(
        cls, services: Services, connection: sa.Connection, program: FormProgram, day: date, holds: Holds,
        running: Sequence[Hold],
    ) -> Verdicts:  # fmt: skip
        lifetimes = Lifetimes(services, connection, program)
        held = holds.condition(lifetimes, running, program.app.id, program.form.id)
        return cls(lifetimes, program.form.retention, day, held)

    def due(self, rule: RetentionRule) -> Condition:
        """The rule's time is over for them, whatever else there is."""
        assert rule.end is not None
        over = self.lifetimes.began_by(rule.start, rule.end.before(self.day))
        return sa.and_(self.lifetimes.where(rule.where), over, ~self.lifetimes.shredded())

    def protected(self) -> Condition:
        """A minimum still runs for them, activated or not."""
        return sa.or_(*(self.kept(rule) for rule in self.rules if rule.minimum is not None), sa.false())

    def kept(self, rule: RetentionRule) -> Condition:
        """This rule's minimum still runs for them."""
        assert rule.minimum is not None
        running = self.lifetimes.began_after(rule.start, rule.minimum.before(self.day))
        return sa.and_(self.lifetimes.where(rule.where), running)

    def going(self, rule: RetentionRule) -> Condition:
        """Due, and nothing keeps them; those to be stored only, as far as they are still in use."""
        found = sa.and_(self.due(rule), ~self.protected(), ~self.held)
        return sa.and_(found, ~self.lifetimes.restricted()) if rule.then == "store_only" else found
