"""What came in by the channels, before anybody looked inside."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

channel_bindings = table(
    "channel_bindings",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary),
    sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
)
inbox = table(
    "inbox",
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.String(63), nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),  # keyed (Box.fingerprint) of the raw bytes
    sa.Column("raw_sealed", sa.LargeBinary, nullable=False),  # body and headers
    sa.Column("source", sa.String(300), nullable=False, server_default=""),
    sa.Column("position", sa.BigInteger),  # the vendor's running number, for the report of gaps
    sa.Column("received_at", Time, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # new done quarantine dismissed
    sa.Column("code", sa.String(100), nullable=False, server_default=""),
    sa.Column("reason_sealed", sa.LargeBinary),
    sa.Column("records", sa.Text, nullable=False, server_default="[]"),  # ids of what it became
    sa.UniqueConstraint("channel", "digest"),
    sa.Index("ix_inbox_state", "state", "channel"),
    sa.Index("ix_inbox_channel_position", "channel", "position"),
)
seen_messages = table(  # the de-duplication key
    "seen_messages",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("vendor", sa.LargeBinary, primary_key=True),  # SHA-256 of action and vendor id
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("record", Id, nullable=False),
)
inbox_records = table(  # which raw messages say what a record says
    "inbox_records",
    sa.Column("record", Id, primary_key=True),
    sa.Column("inbox", Id, primary_key=True),
    sa.Index("ix_inbox_records_inbox", "inbox"),
)
cursors = table(
    "cursors",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("at", Time, nullable=False),
)
