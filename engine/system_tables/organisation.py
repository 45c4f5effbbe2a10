"""People, departments and who holds which role."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

departments = table(
    "departments",
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("parent", sa.String(100)),
    sa.Column("head", sa.String(100)),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("closed_on", sa.Integer),  # day number
)
people = table(
    "people",
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("post", sa.String(200), nullable=False, server_default=""),
    sa.Column("department", sa.String(100)),
    sa.Column("other_departments", sa.Text, nullable=False, server_default="[]"),
    sa.Column("superior", sa.String(100)),
    sa.Column("email", sa.String(200), nullable=False, server_default=""),
    sa.Column("password", sa.String(300), nullable=False, server_default=""),  # argon2id
    sa.Column("language", sa.String(10), nullable=False, server_default="zh"),
    sa.Column("theme", sa.String(10), nullable=False, server_default="auto"),
    sa.Column("joined_on", sa.Integer),
    sa.Column("left_on", sa.Integer),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)
role_members = table(
    "role_members",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("role", sa.String(63), primary_key=True),
    sa.Column("member_kind", sa.String(20), primary_key=True),  # person department branch post
    sa.Column("member", sa.String(200), primary_key=True),
)
hand_overs = table(  # what somebody looked after goes to others, in batches
    "hand_overs",
    sa.Column("id", Id, primary_key=True),
    sa.Column("giver", sa.String(100), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),  # JSON: which fields of which forms go to whom
    sa.Column("state", sa.String(10), nullable=False),  # running done
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Text, nullable=False, server_default="[]"),  # JSON: ids of records that refused
    sa.Index("ix_hand_overs_giver", "giver", "id"),
)
preferences = table(
    "preferences",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value_sealed", sa.LargeBinary, nullable=False),
)
