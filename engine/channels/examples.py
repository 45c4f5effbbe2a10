"""Examples: what a draft's table of expressions makes of a message, shown beside it while somebody changes it.

It is the newest message a channel brought, for whoever may read all of the record it became; else the sample the
channel's connector has, which is about nobody. Nothing is written but who looked.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.channels.inbox import NORMALISED, Arrived, Inbox
from engine.channels.message_values import message_values
from engine.clock import microseconds
from engine.expressions import EvaluationContext, compile_expression
from engine.failures import failure
from engine.records.rows import Row, Rows
from engine.records.services import Services
from metamodel.application import App
from metamodel.channels import Channel
from metamodel.expressions import check
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Display, Message, RawMessage
from metamodel.problems import BadValue, Problem, Rejected, problem
from metamodel.scope import MessageScope

log = logging.getLogger(__name__)

NOTED = 500  # (person, record) whose look is in the audit trail already
AGAIN = 600_000_000  # microseconds after which it is noted once more


@dataclass(frozen=True, slots=True)
class ExampleValue:
    """`text` as people read it; `problem` where the field would not take the value."""

    text: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What the fields would hold of one message. `record` is what it became; '' for a connector's sample."""

    channel: str
    at: datetime
    record: str
    values: Mapping[str, ExampleValue]


# The channel, what arrived, the message in it, and the record it became; None of a sample.
Found = tuple[Channel, Arrived, Message, Row | None]


class Examples:
    def __init__(self, services: Services, inbox: Inbox) -> None:
        self._services, self._inbox, self._rows = services, inbox, Rows(services)
        self._noted: OrderedDict[tuple[str, int], int] = OrderedDict()

    def of(
        self, viewer: Viewer, app: App, channels: Sequence[str], form: str, fields: Sequence[FieldDefinition],
        table: Mapping[str, str],
    ) -> Example | None:  # fmt: skip
        """`table` ({field: expression}) of a draft, over the newest message of these channels that became a record
        of its `form`. None where there is neither a message nor a sample."""
        known = [one for one in app.channels if one.id in channels]
        with self._services.database.read() as connection:
            found = self._real(connection, viewer, app, known, form) or self._sample(known)
            if found is None:
                return None
            channel, arrived, message, row = found
            values = message_values(
                message, channel.id, received_at=arrived.received_at, raw_digest=arrived.digest,
                people=self._services.people.organisation().people,
            )  # fmt: skip
            context = self._services.context(connection, viewer, self._services.database.clock.now(), app.id)
        if row is not None:
            self._note(viewer, app.id, form, row)
        names = self._services.people.organisation().names()
        display = Display(viewer.language, self._services.zone, names)
        shown = {
            field.id: self._value(table[field.id], field, values, context, display)
            for field in fields
            if field.id in table
        }
        return Example(channel.id, arrived.received_at, str(row.id) if row else "", shown)

    # -- which message -----------------------------------------------------------------------------

    def _real(
        self, connection: sa.Connection, viewer: Viewer, app: App, channels: Sequence[Channel], form: str
    ) -> Found | None:
        found = self._inbox.newest(connection, [one.id for one in channels])
        channel = next((one for one in channels if found is not None and one.id == found[0]), None)
        if found is None or channel is None:
            return None
        _, arrived, records = found
        row = self._read(connection, viewer, app.id, form, records)
        message = next(_parsed(channel, arrived.raw), None) if row is not None else None
        return (channel, arrived, message, row) if message is not None else None

    def _read(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, records: Sequence[str]
    ) -> Row | None:
        """The first of these records, where this viewer may read every field of all of them, in full."""
        if app not in self._services.apps() or self._services.apps()[app].form(form) is None:
            return None
        program = self._services.programs.get(app, form)
        rows = self._rows.by_ids(connection, viewer, program, [int(one) for one in records])
        all_of_it = all(
            access in ("read", "write") for row in rows.values() for access in row.access.values()
        )
        return rows[min(rows)] if rows and all_of_it and len(rows) == len(set(records)) else None

    def _sample(self, channels: Sequence[Channel]) -> Found | None:
        now = self._services.database.clock.now()
        for channel in channels:
            raw = channel.connector.sample(channel.options) if channel.connector and channel.options else None
            message = next(_parsed(channel, raw), None) if raw is not None else None
            if raw is not None and message is not None:
                arrived = Arrived(0, msgspec.structs.replace(raw, received_at=now), sha256(raw.body).digest())
                return channel, arrived, message, None
        return None

    # -- what the table makes of it ----------------------------------------------------------------

    def _value(
        self, text: str, field: FieldDefinition, values: Mapping[str, Any], context: EvaluationContext,
        display: Display,
    ) -> ExampleValue:  # fmt: skip
        checked, _ = check(text, MessageScope(), self._services.registry)
        if checked is None or field.type is None or field.options is None:
            return ExampleValue()  # what is wrong with it is told already
        try:
            value = compile_expression(checked, self._services.registry)(values, context)
            if value in (None, "", []):
                return ExampleValue()
            fits = value if type(value) is field.type.exact else field.type.parse(value, field)
        except BadValue as bad:
            said = {"field": field.label, **bad.params}
            return ExampleValue(problem=problem(bad.code, **said))
        except Rejected as refused:
            return ExampleValue(problem=refused.problems[0])
        return ExampleValue(field.type.display(fits, field, display))

    def _note(self, viewer: Viewer, app: str, form: str, row: Row) -> None:
        """Once in a while and record: it is one look, however often the table changes."""
        key, now = (viewer.person, row.id), microseconds(self._services.database.clock.now())
        if now - self._noted.get(key, -AGAIN) < AGAIN:
            return
        grant = next((way.grant.id for way in row.ways if way.grant), None)
        self._services.audit.note(viewer, Occurrence("view", app, form, row.id, grant))
        self._noted[key] = now
        while len(self._noted) > NOTED:
            self._noted.popitem(last=False)


def _parsed(channel: Channel, raw: RawMessage) -> Iterator[Message]:
    """None of what cannot be read by now: the channel may be set up otherwise since."""
    try:
        if raw.source == NORMALISED:
            yield msgspec.json.decode(raw.body, type=Message)
        elif channel.connector is not None and channel.options is not None:
            yield from channel.connector.parse(raw, channel.options)
    except (BadValue, msgspec.MsgspecError):
        return
    except Exception:
        log.error("connector %s\n%s", channel.connector_name, failure())
