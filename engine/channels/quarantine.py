"""Quarantine: what could not be read or could not become a record, with its reason.

It stops nothing. Somebody repairs the channel and tries again, or dismisses it; the raw
bytes stay either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import inbox
from engine.whole_numbers import is_whole_number


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`reasons` are problems as JSON; they say what is wrong, not what was said."""

    id: str
    channel: str
    code: str
    reasons: Sequence[Mapping[str, Any]]
    source: str
    received_at: datetime

    def text(self) -> str:
        return "；".join(str(reason.get("text", "")) for reason in self.reasons) or self.code


class Quarantine:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def rows(self, channel: str = "", limit: int = 200, before: str = "") -> list[Quarantined]:
        """Newest first."""
        asked = sa.select(inbox).where(inbox.c.state == "quarantine")
        if channel:
            asked = asked.where(inbox.c.channel == channel)
        if before:
            asked = asked.where(inbox.c.id < int(before))
        with self._database.read() as connection:
            found = connection.execute(asked.order_by(inbox.c.id.desc()).limit(limit))
            return [self._shown(row) for row in found]

    def _shown(self, row: Any) -> Quarantined:
        reasons = self._box.open_json(row.reason_sealed) if row.reason_sealed else []
        at = from_microseconds(row.received_at)
        return Quarantined(str(row.id), row.channel, row.code, reasons, row.source, at)

    def move(self, unit: Unit, ids: Sequence[str], state: str) -> list[tuple[str, str]]:
        """(id, channel) of the rows that left quarantine for `state`."""
        numbers = [int(identifier) for identifier in ids if is_whole_number(identifier)]
        where = (inbox.c.id.in_(numbers), inbox.c.state == "quarantine")
        found = unit.connection.execute(sa.select(inbox.c.id, inbox.c.channel).where(*where)).all()
        unit.connection.execute(inbox.update().where(*where).values(state=state))
        return [(str(identifier), channel) for identifier, channel in found]
