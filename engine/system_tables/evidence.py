"""The two logs, the keys of records, and who looked at the whole."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

record_keys = table(
    "record_keys",
    sa.Column("record", Id, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("master", sa.String(40), nullable=False),  # id of the master key that wrapped it
    sa.Column("wrapped", sa.LargeBinary, nullable=False),  # nonce ‖ AES-256-GCM(data key)
)
leaves = table(
    "leaves",
    sa.Column("log", sa.String(20), primary_key=True),  # records, audit
    sa.Column("position", Id, primary_key=True),  # index in the log, from 0, no gaps
    sa.Column("hash", sa.LargeBinary, nullable=False),  # RFC 6962 leaf hash of the entry
    sa.Column("kind", sa.String(20), nullable=False),  # create change shred audit version
    sa.Column("record", Id, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("time", Time, nullable=False),
    sa.Column("evidence", sa.LargeBinary, nullable=False),
    sa.Column("working", sa.LargeBinary, nullable=False),
    sa.Index("ix_leaves_record", "log", "record", "revision"),
)
tiles = table(  # derived: tlog-tiles; level 0 when full, higher levels as they grow
    "tiles",
    sa.Column("log", sa.String(20), primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("number", Id, primary_key=True),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)
checkpoints = table(
    "checkpoints",
    sa.Column("log", sa.String(20), primary_key=True),
    sa.Column("size", Id, primary_key=True),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.Text, nullable=False),  # C2SP signed note
    sa.Column("at", Time, nullable=False),
)
verifications = table(
    "verifications",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("result", sa.Text, nullable=False),  # JSON: counts and findings
    sa.Column("mode", sa.String(10), nullable=False, server_default="full"),  # full quick since
    sa.Column("state_sealed", sa.LargeBinary),  # JSON: how far everything was in order, for the next one
)
verification_steps = table(  # of one under way, so that it can go on where it was stopped
    "verification_steps",
    sa.Column("run", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # 0: what there is to do
    sa.Column("outcome_sealed", sa.LargeBinary, nullable=False),
)
witnesses = table(  # who was shown which checkpoint, and what he gave for it
    "witnesses",
    sa.Column("id", Id, primary_key=True),
    sa.Column("log", sa.String(20), nullable=False),
    sa.Column("size", Id, nullable=False),
    sa.Column("witness", sa.String(100), nullable=False),  # its id in the settings
    sa.Column("kind", sa.String(20), nullable=False),  # rfc3161 mail folder
    sa.Column("target", sa.String(500), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # done failed
    sa.Column("receipt", sa.LargeBinary),  # an RFC 3161 token; of the others nothing
    sa.Column("error", sa.String(300), nullable=False, server_default=""),
    sa.Index("ix_witnesses_log_size", "log", "size"),
)
key_copies = table(  # who said that a copy of the keys lies elsewhere
    "key_copies",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("code", sa.String(20), nullable=False),  # the check code of the keys that are copied
    sa.Column("place", sa.Text, nullable=False),
)
