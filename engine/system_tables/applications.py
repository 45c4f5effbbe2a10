"""Definitions: their versions, their drafts, and where the catalog keeps what."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

app_versions = table(  # append-only
    "app_versions",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
)
app_drafts = table(
    "app_drafts",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
)
catalog = table(  # (app, form, field, shape) -> physical names; field '' is the table itself
    "catalog",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("field", sa.String(63), nullable=False),
    sa.Column("shape", sa.Text, nullable=False),  # JSON: storage, scale, sealed, evidence, many, kind
    sa.Column("physical", sa.String(63), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # active parked
    sa.Index("ix_catalog_app_form", "app", "form"),
)
app_recordings = table(  # what somebody does while he records a test; the first row says since when
    "app_recordings",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("step_sealed", sa.LargeBinary, nullable=False),
)
