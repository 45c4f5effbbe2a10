"""Leavers: to-dos of somebody who has left, and which nobody else has, go to whoever is above him.

What stands in a flow is the flow's to give to others; this is for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from engine.access.people import People, Person
from engine.access.recipients import owner_of, people_of
from engine.database import Database, Unit
from engine.jobs import Jobs
from engine.tasks.tasks import Tasks
from metamodel.application import App

JOB = "task_leaver"
SOON = timedelta(seconds=1)  # until every process has seen that he left


class Leavers:
    def __init__(
        self,
        database: Database,
        people: People,
        jobs: Jobs,
        tasks: Tasks,
        apps: Callable[[], Mapping[str, App]],
    ) -> None:
        self._database, self._people, self._jobs, self._tasks, self._apps = (
            database,
            people,
            jobs,
            tasks,
            apps,
        )
        people.changed.append(self._changed)
        jobs.register(JOB, self._leave)

    def _changed(self, unit: Unit, people: Iterable[Person]) -> None:
        for person in people:
            if not person.active:
                self._jobs.defer(unit, JOB, {"person": person.id}, f"{JOB}:{person.id}", unit.moment + SOON)

    def _leave(self, payload: Mapping[str, Any], _job: str) -> None:
        gone = str(payload["person"])
        if not self._people.organisation().active(gone):
            self._database.write(lambda unit: self._tasks.pass_on(unit, gone, self._heir))

    def _heir(self, app: str, gone: str) -> str | None:
        organisation = self._people.organisation()
        above = people_of(organisation, [f"manager:{gone}:1"])
        return above[0] if above else owner_of(organisation, self._apps().get(app))
