"""Leaves are looked up by log and record. Where the log came last in no index, SQLite read a whole log for
every range of records that was verified."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("ix_leaves_record", "leaves")
    op.create_index("ix_leaves_record", "leaves", ["log", "record", "revision"])
