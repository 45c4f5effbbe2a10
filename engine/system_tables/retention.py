"""What is kept, for how long, and what remains of what was shredded."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

tombstones = table(  # append-only: what a shredded record leaves behind
    "tombstones",
    sa.Column("record", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),  # of the hash over what remains of the row
    sa.Column("statement", sa.Text, nullable=False),  # canonical JSON: who, why, under which rule
    sa.Column("signature", sa.LargeBinary, nullable=False),  # Ed25519
    sa.Index("ix_tombstones_app_form", "app", "form", "at"),
)
restricted = table(  # kept and not used any more, as a law has it
    "restricted",
    sa.Column("record", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),  # JSON, as in a tombstone
    sa.Index("ix_restricted_app_form", "app", "form", "record"),
)
holds = table(
    "holds",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # name, matter, which records
    sa.Column("released_at", Time),
    sa.Column("released_by", sa.String(100)),
    sa.Column("reason_sealed", sa.LargeBinary),
)
retention_activations = table(  # a rule shreds nothing before somebody said so, of this very wording
    "retention_activations",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("rule", sa.String(63), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),  # canonical JSON of the rule
    sa.Column("asked_at", Time, nullable=False),
    sa.Column("asked_by", sa.String(100), nullable=False),
    sa.Column("confirmed_at", Time),
    sa.Column("confirmed_by", sa.String(100)),
    sa.Column("ended_at", Time),
    sa.Column("ended_by", sa.String(100)),
    sa.Index("ix_retention_activations_rule", "app", "form", "rule"),
)
