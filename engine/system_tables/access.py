"""Rights for a time: grants and values seen in full; and the trail of who did and saw what."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

grants = table(
    "grants",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("filter", sa.Text, nullable=False),  # an expression over the form
    sa.Column("newest", Id, nullable=False),  # the highest record id that existed when asked
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("reference", sa.String(200), nullable=False, server_default=""),
    sa.Column("unmask", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Index("ix_grants_person", "person", "app", "form"),
)
unmaskings = table(  # somebody asked to see in full what he reads masked
    "unmaskings",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("records", sa.Text, nullable=False),  # JSON: ids by form
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("asked_at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # asked given refused ended
    sa.Column(
        "decided_by", sa.String(100), nullable=False, server_default=""
    ),  # '' himself: nobody has to agree
    sa.Column("decided_at", Time),
    sa.Column("expires_at", Time),
    sa.Index("ix_unmaskings_person", "person", "app", "expires_at"),
)
audit = table(  # append-only
    "audit",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("app", sa.String(63), nullable=False, server_default=""),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("grant_id", Id),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),
    sa.Column("address", sa.String(100), nullable=False, server_default=""),
    sa.Index("ix_audit_record", "record"),
    sa.Index("ix_audit_person_at", "person", "at"),
    sa.Index("ix_audit_action", "app", "form", "action", "id"),
)
