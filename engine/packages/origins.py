"""How packed records came into the archive: through which channel, how many, when; and what no channel brought.

Read from the inbox, which keeps the raw message behind each record. Told in the statement of evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.database import Database
from engine.system_tables import inbox, inbox_records

CHUNK = 500
OTHERWISE = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """`channel`: its id, OTHERWISE for what people and rules wrote. `number` of records; the first and the last
    raw message came in then (microseconds), None where there was none."""

    channel: str
    number: int
    first: int | None = None
    last: int | None = None


def origins(database: Database, records: Iterable[int]) -> list[Origin]:
    """Of these records, by channel; what no channel brought comes last."""
    ids, found = list(records), dict[str, Origin]()
    brought = 0
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        came = sa.join(inbox_records, inbox, inbox_records.c.inbox == inbox.c.id)
        number = sa.func.count(sa.distinct(inbox_records.c.record))
        first, last = sa.func.min(inbox.c.received_at), sa.func.max(inbox.c.received_at)
        here = sa.select(inbox.c.channel, number, first, last).select_from(came)
        here = here.where(inbox_records.c.record.in_(some)).group_by(inbox.c.channel)
        alone = sa.select(number).where(inbox_records.c.record.in_(some))
        with database.read() as connection:
            rows, known = connection.execute(here).all(), connection.scalar(alone)
        brought += int(known or 0)
        for channel, count, begun, ended in rows:
            before = found.get(channel, Origin(channel, 0, begun, ended))
            firsts = [one for one in (before.first, begun) if one is not None]
            lasts = [one for one in (before.last, ended) if one is not None]
            found[channel] = Origin(channel, before.number + count, min(firsts), max(lasts))
    rest = [Origin(OTHERWISE, len(ids) - brought)] if len(ids) > brought else []
    return [found[channel] for channel in sorted(found)] + rest
