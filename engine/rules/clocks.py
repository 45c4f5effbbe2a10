"""Clocks: rules that strike by themselves, on a schedule or when a date of a record is reached.

`tick` does all that is due and remembers up to when it looked, in the same unit: done twice it does
nothing, and however long the machine slept, a schedule strikes once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
Placed = tuple[str, CompiledRule]  # app, its rule


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
        """Everything that is due by now; how many rules struck. Each in a unit of its own: one that fails does
        not hold up the others."""
        write = self._services.database.write
        return sum(write(partial(self._look, app, rule)) for app, rule in write(self._striking))

    def _striking(self, unit: Unit) -> list[Placed]:
        """The clocks that may have something to do; of the others it is noted that they were looked at."""
        marks = self._marks(unit, sa.true())
        clocks = [(app, rule) for app in self._services.apps() for rule in self._clocks(app)]
        waiting = [one for one in clocks if marks.get(_place(one), unit.now) < unit.now]
        striking = [one for one in waiting if self._may_strike(unit, one, marks[_place(one)])]
        quiet = [_place(one) for one in waiting if one not in striking]
        where = sa.tuple_(rule_clocks.c.app, rule_clocks.c.rule).in_(quiet)
        unit.connection.execute(sa.update(rule_clocks).where(where).values(at=unit.now))
        return striking

    def _may_strike(self, unit: Unit, clock: Placed, looked: int) -> bool:
        """A condition of the app's is left to the rule's own unit: should it fail, only that one fails."""
        strikes, picked = self._struck(unit, clock, looked)
        if not strikes or picked is None or picked.where:
            return strikes
        return bool(self._ids(unit, clock, picked))

    def _look(self, app: str, rule: CompiledRule, unit: Unit) -> bool:
        """Somebody else may have looked meanwhile."""
        clock, mine = (app, rule), sa.and_(rule_clocks.c.app == app, rule_clocks.c.rule == rule.rule.id)
        looked = self._marks(unit, mine).get(_place(clock), unit.now)
        if looked >= unit.now:
            return False
        unit.connection.execute(sa.update(rule_clocks).where(mine).values(at=unit.now))
        strikes, picked = self._struck(unit, clock, looked)
        return strikes and self._strike(unit, clock, picked)

    def _clocks(self, app: str) -> Sequence[CompiledRule]:
        return self._interpreter.rules(app).of_event("clock")

    def _marks(self, unit: Unit, which: sa.ColumnElement[bool]) -> dict[tuple[str, str], int]:
        """Up to when each was looked at, in microseconds."""
        query = sa.select(rule_clocks.c.app, rule_clocks.c.rule, rule_clocks.c.at).where(which)
        return {(row.app, row.rule): row.at for row in unit.connection.execute(query.with_for_update())}

    def _struck(self, unit: Unit, clock: Placed, looked: int) -> tuple[bool, RowsDue | None]:
        """Whether it has struck since, and about which records, if any."""
        rule, after = clock[1].rule, from_microseconds(looked)
        assert rule.trigger is not None
        if rule.trigger.last_strike(rule.trigger_options, after, unit.moment, self._calendar()) is None:
            return False, None
        return True, rule.trigger.picks(rule.trigger_options, after, unit.moment)

    def _ids(self, unit: Unit, clock: Placed, picked: RowsDue) -> list[int]:
        program = self._services.programs.get(clock[0], clock[1].rule.form)
        return due_ids(self._services, unit.connection, program, picked)

    def _strike(self, unit: Unit, clock: Placed, picked: RowsDue | None) -> bool:
        app, rule = clock
        run = self._interpreter.run(unit, app)
        if picked is None:
            self._interpreter.act(run, [rule], [Subject(run, app, "", "", {})])
            return True
        ids = self._ids(unit, clock, picked)
        for start in range(0, len(ids), AT_ONCE):
            subjects = self._interpreter.stored(run, rule.rule.form, ids[start : start + AT_ONCE])
            self._interpreter.act(run, [rule], subjects)
        return bool(ids)


def _place(clock: Placed) -> tuple[str, str]:
    app, rule = clock
    return app, rule.rule.id


def _event(rule: Any) -> str:
    return rule.trigger.event if rule.trigger is not None and rule.trigger_options is not None else ""
