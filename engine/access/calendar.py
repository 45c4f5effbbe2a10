"""The organisation's working calendar: kept in the settings, read by whoever measures working time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.system_tables import settings
from engine.working_time import WorkingCalendar

NAME = "calendar"
LOOK_AGAIN = 1.0  # seconds


class Calendars:
    """What another process changed is seen within a second."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database, self._zone = database, zone
        self._text: str | None = None
        self._current = WorkingCalendar(zone)
        self._looked = float("-inf")

    @property
    def current(self) -> WorkingCalendar:
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            with self._database.read() as connection:
                text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == NAME))
            if text != self._text:
                self._text = text
                self._current = WorkingCalendar.from_json(json.loads(text or "{}"), self._zone)
            self._looked = time.monotonic()
        return self._current

    def save(self, unit: Unit, raw: Mapping[str, Any]) -> WorkingCalendar:
        """Rejected: calendar.unreadable, calendar.hours."""
        calendar = WorkingCalendar.from_json(raw, self._zone)
        text = json.dumps(calendar.to_json(), separators=(",", ":"))
        unit.connection.execute(sa.delete(settings).where(settings.c.name == NAME))
        unit.connection.execute(sa.insert(settings).values(name=NAME, value=text))
        unit.after_commit(self._look_again)
        return calendar

    def _look_again(self) -> None:
        self._looked = float("-inf")
