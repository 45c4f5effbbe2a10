"""What an installation keeps whatever its applications: counters, settings, jobs, files, what leaves it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, metadata, table

ids = sa.Sequence("ids", metadata=metadata)  # PostgreSQL; SQLite keeps it in `counters`
counters = table(
    "counters",
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
settings = table(
    "settings",
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),  # JSON
)
jobs = table(  # on PostgreSQL the dead ones only, the rest is procrastinate's
    "jobs",
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),  # sealed JSON
    sa.Column("key", sa.String(200), nullable=False, server_default=""),  # one waiting job a key; '' none
    sa.Column("state", sa.String(10), nullable=False),  # waiting running dead
    sa.Column("run_at", Time, nullable=False),
    sa.Column("owner", sa.String(40), nullable=False, server_default=""),  # the process that runs it
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),  # kind and place, never its words
    sa.Index("ix_jobs_state_run_at", "state", "run_at"),
    sa.Index("ix_jobs_key", "key"),
)
files = table(
    "files",
    sa.Column("id", Id, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),  # SHA-256 of the plain bytes, hex
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("name_sealed", sa.LargeBinary, nullable=False),
    sa.Column("media_type", sa.String(200), nullable=False),
    sa.Column("key_wrapped", sa.LargeBinary, nullable=False),
    sa.Column("master", sa.String(40), nullable=False),
    sa.Column("record", Id),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Index("ix_files_digest", "digest"),
    sa.Index("ix_files_record", "record"),
)
backups = table(
    "backups",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("folder", sa.Text, nullable=False),  # in which it was made
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes
    sa.Column("keys_folder", sa.Text, nullable=False, server_default=""),  # where the keys went; '' nowhere
)
packages = table(  # asked for by people; the bytes lie among the files, for a week
    "packages",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting making ready failed expired
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),  # records
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("request_sealed", sa.LargeBinary, nullable=False),  # language and request
    sa.Column("counts", sa.Text, nullable=False, server_default="{}"),  # JSON: form -> proof -> records
    sa.Column("file", Id),
    sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("problem", sa.String(100), nullable=False, server_default=""),  # the code it failed with
    sa.Index("ix_packages_person", "person", "id"),
)
idempotency = table(
    "idempotency",
    sa.Column("key", sa.LargeBinary, primary_key=True),  # SHA-256 of person and key
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
)
