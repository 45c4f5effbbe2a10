"""Telling people of their tasks: a notification when one comes, and none any more once it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.database import Unit
from engine.notifications import NewNotification, Notifications
from engine.tasks.listing import may_stand_in
from engine.tasks.parts import OpenedTask
from engine.tasks.tasks import Tasks


def tell_people(tasks: Tasks, notifications: Notifications) -> None:
    """Let tasks be told about; asked once, when the runtime opens."""

    def opened(unit: Unit, told: Sequence[OpenedTask]) -> None:
        everybody = {person for one in told for person in one.people}
        instead = tasks.absences.delegates(unit.connection, everybody)
        notifications.send(
            unit,
            [
                NewNotification(
                    person, one.app, one.form, one.record, tasks.title_for(person, one), task=one.id
                )
                for one in told
                for person in dict.fromkeys((*one.people, *_standing_in(one, instead)))
            ],
        )

    def _standing_in(one: OpenedTask, instead: Mapping[str, str]) -> list[str]:
        """Who does it for somebody who is away, where that may be done for him."""
        if not may_stand_in(one.kind, one.source):
            return []
        return [instead[person] for person in one.people if person in instead]

    tasks.opened.append(opened)
    tasks.gone.append(notifications.settle)
