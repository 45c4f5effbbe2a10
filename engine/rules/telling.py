"""Performers of the effects that reach people: to-dos, notices, and to-dos that are done with.

The runtime registers them, since tasks and notifications are opened after the rules' own rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from engine.access.quoting import Quoted
from engine.notifications import NewNotification, Notifications
from engine.records.people_in import people_in
from engine.rules.run import Performers, Planned, Run
from engine.tasks import NewTask, Tasks
from engine.whole_numbers import whole_number
from metamodel.effects import Quote
from metamodel.plugin_api import CloseTasks, CreateTask, Notify
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from engine.working_time import WorkingCalendar


class Telling:
    def __init__(
        self, tasks: Tasks, notifications: Notifications, calendar: Callable[[], WorkingCalendar]
    ) -> None:
        self._tasks, self._notifications, self._calendar = tasks, notifications, calendar

    @property
    def performers(self) -> Performers:
        return {CreateTask: self.create_tasks, CloseTasks: self.close_tasks, Notify: self.notify}

    def create_tasks(self, run: Run, planned: Sequence[Planned]) -> None:
        self._tasks.open(run.unit, [self._task(run, one.effect) for one in planned])

    def _task(self, run: Run, effect: CreateTask) -> NewTask:
        return NewTask(
            effect.app, effect.form, _record(effect.record), "rule", run.source, effect.to, effect.title,
            effect.note, effect.outcomes, effect.once, self._due(run, effect), quoted=_quoted(effect.quoted),
        )  # fmt: skip

    def _due(self, run: Run, effect: CreateTask) -> datetime | None:
        if effect.due_in is not None:
            return self._calendar().after(run.unit.moment, effect.due_in)
        return effect.due

    def close_tasks(self, run: Run, planned: Sequence[Planned]) -> None:
        for one in planned:
            effect: CloseTasks = one.effect
            record = _record(effect.record)
            if record is None:
                continue
            place = {"app": effect.app, "form": effect.form, "source": effect.rule, "record": record}
            for task in self._tasks.find_open(run.unit.connection, **place):  # type: ignore[arg-type]
                try:
                    self._tasks.close(run.unit, run.viewer, task, effect.outcome)
                except Rejected as error:
                    run.fail(one.subject, error.problems)

    def notify(self, run: Run, planned: Sequence[Planned]) -> None:
        told = [(_to(run, one.effect), self._notice(run, one.effect)) for one in planned]
        self._notifications.tell(run.unit, told)

    def _notice(self, run: Run, effect: Notify) -> NewNotification:
        once = f"{run.source}\0{effect.once}" if effect.once else ""
        return NewNotification(
            "",
            effect.app,
            effect.form,
            _record(effect.record),
            effect.title,
            effect.body,
            once,
            effect.mail,
            quoted=_quoted(effect.quoted),
        )


def _to(run: Run, effect: Notify) -> tuple[str, ...]:
    """Planned recipients, those of rows among them."""
    found = list(effect.to)
    for rows in effect.rows:
        people = people_in(run.services, run.unit.connection, rows.app, rows.form, rows.where, rows.field)
        found += [f"manager:{one}:{rows.level}" if rows.level else f"person:{one}" for one in people]
    return tuple(dict.fromkeys(found))


def _record(record: str) -> int | None:
    return whole_number(record)


def _quoted(quote: Quote | None) -> Quoted | None:
    return Quoted(*quote) if quote is not None else None
