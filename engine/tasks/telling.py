"""Telling people of their tasks: a notification when one comes, and none any more once it is gone."""

from __future__ import annotations

from collections.abc import Sequence

from engine.database import Unit
from engine.notifications import NewNotification, Notifications
from engine.tasks.parts import OpenedTask
from engine.tasks.tasks import Tasks


def tell_people(tasks: Tasks, notifications: Notifications) -> None:
    """Let tasks be told about; asked once, when the runtime opens."""

    def opened(unit: Unit, told: Sequence[OpenedTask]) -> None:
        notifications.send(
            unit,
            [
                NewNotification(person, one.app, one.form, one.record, one.title, task=one.id)
                for one in told
                for person in one.people
            ],
        )

    tasks.opened.append(opened)
    tasks.gone.append(notifications.settle)
