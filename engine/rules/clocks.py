"""Clocks: rules that strike by themselves, on a schedule or when a date of a record is reached.

`tick` does all that is due and remembers up to when it looked, in the same unit: done twice it does
nothing, and however long the machine slept, a schedule strikes once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.database import Unit
from engine.records.due import due_ids
from engine.rules.interpreter import Interpreter
from engine.rules.ruleset import CompiledRule
from engine.rules.subjects import Subject
from engine.system_tables import rule_clocks
from metamodel.application import App
from metamodel.plugin_api import RowsDue

if TYPE_CHECKING:
    from engine.working_time import WorkingCalendar

AT_ONCE = 500  # records of one pass


class Clocks:
    def __init__(self, interpreter: Interpreter, calendar: Callable[[], WorkingCalendar]) -> None:
        self._interpreter, self._calendar = interpreter, calendar
        self._services = interpreter.services

    def prepare(self, unit: Unit, app: App, _tables: object = None) -> None:
        """On publishing: a new clock looks from now on; one that is gone starts over should it come back."""
        wanted = {rule.id for rule in app.rules if rule.enabled and _event(rule) == "clock"}
        mine = rule_clocks.c.app == app.id
        there = set(unit.connection.scalars(sa.select(rule_clocks.c.rule).where(mine)))
        gone = sa.delete(rule_clocks).where(mine, rule_clocks.c.rule.in_(sorted(there - wanted)))
        unit.connection.execute(gone)
        rows = [{"app": app.id, "rule": rule, "at": unit.now} for rule in sorted(wanted - there)]
        if rows:
            unit.connection.execute(sa.insert(rule_clocks), rows)

    def look_from_now(self) -> None:
        """Whatever was looked at before: a story is told from a moment that lies back."""

        def begin(unit: Unit) -> None:
            unit.connection.execute(sa.update(rule_clocks).values(at=unit.now))

        self._services.database.write(begin)

    def tick(self) -> int:
        """Everything that is due by now; how many rules struck."""
        struck = 0
        for app in self._services.apps():
            for rule in self._interpreter.rules(app).of_event("clock"):
                struck += self._services.database.write(partial(self._look, app, rule))
        return struck

    def _look(self, app: str, rule: CompiledRule, unit: Unit) -> bool:
        """Each in a unit of its own: one that fails does not hold up the others."""
        mine = sa.and_(rule_clocks.c.app == app, rule_clocks.c.rule == rule.rule.id)
        looked = unit.connection.scalar(sa.select(rule_clocks.c.at).where(mine).with_for_update())
        if looked is None or looked >= unit.now:
            return False
        unit.connection.execute(sa.update(rule_clocks).where(mine).values(at=unit.now))
        trigger, options = rule.rule.trigger, rule.rule.trigger_options
        assert trigger is not None
        after = from_microseconds(looked)
        if trigger.last_strike(options, after, unit.moment, self._calendar()) is None:
            return False
        return self._strike(unit, app, rule, trigger.picks(options, after, unit.moment))

    def _strike(self, unit: Unit, app: str, rule: CompiledRule, due: RowsDue | None) -> bool:
        run = self._interpreter.run(unit, app)
        if due is None:
            self._interpreter.act(run, [rule], [Subject(run, app, "", "", {})])
            return True
        program = self._services.programs.get(app, rule.rule.form)
        ids = due_ids(self._services, unit.connection, program, due)
        for start in range(0, len(ids), AT_ONCE):
            subjects = self._interpreter.stored(run, rule.rule.form, ids[start : start + AT_ONCE])
            self._interpreter.act(run, [rule], subjects)
        return bool(ids)


def _event(rule: Any) -> str:
    return rule.trigger.event if rule.trigger is not None and rule.trigger_options is not None else ""
