"""After a restore nothing is disposed of by itself: holds that were set since the backup was made are gone.

Until somebody who manages retention has set them again and says go on. A restore begins it; rules that are due,
approved requests, the recycle bin and old backups ask here.
"""

from __future__ import annotations

import json
from datetime import datetime

import sqlalchemy as sa

from engine.clock import from_microseconds, microseconds
from engine.database import Unit
from engine.system_tables import settings

_NAME = "disposal_paused"
_MINE = settings.c.name == _NAME


def pause(unit: Unit, made_at: int) -> None:
    """Holds are as they were then (microseconds), or still as they were before another restore."""
    before = holds_known_until(unit.connection)
    made_at = min(made_at, microseconds(before)) if before else made_at
    end_pause(unit)
    unit.connection.execute(sa.insert(settings).values(name=_NAME, value=json.dumps({"made_at": made_at})))


def end_pause(unit: Unit) -> None:
    unit.connection.execute(sa.delete(settings).where(_MINE))


def holds_known_until(connection: sa.Connection) -> datetime | None:
    """While it pauses: when the backup was made that was restored. None: it does not pause."""
    value = connection.scalar(sa.select(settings.c.value).where(_MINE))
    return from_microseconds(json.loads(value)["made_at"]) if value else None


def paused(connection: sa.Connection) -> bool:
    return holds_known_until(connection) is not None
