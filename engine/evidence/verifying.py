"""When the ledger is verified by itself: what is new every day, everything once a week, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database
from engine.evidence.steps import Mode
from engine.evidence.witnesses.settings import read_settings
from engine.system_tables import verifications

HOUR = timedelta(hours=1) // timedelta(microseconds=1)
MODES = ("full", "quick", "since")


def verify_when_due(database: Database, verify: Callable[[Mode], object]) -> None:
    """A job calls it; nothing happens most of the time."""
    with database.read() as connection:
        settings = read_settings(connection)
        full, newest = _newest(connection, ("full",)), _newest(connection, MODES)
    now = microseconds(database.clock.now())
    if settings.verify_all_hours and now - full >= settings.verify_all_hours * HOUR:
        verify("full")
    elif settings.verify_hours and now - newest >= settings.verify_hours * HOUR:
        verify("since")


def _newest(connection: sa.Connection, modes: tuple[str, ...]) -> int:
    query = sa.select(sa.func.max(verifications.c.at)).where(verifications.c.mode.in_(modes))
    return connection.scalar(query) or 0
