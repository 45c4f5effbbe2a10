"""Tables of to-dos, notifications, flows, and what analyzers found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNS = sa.text("state IN ('running', 'returned')")


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False, server_default=""),
        sa.Column("record", Long),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(130), nullable=False),
        sa.Column("instance", Long),
        sa.Column("title_sealed", sa.LargeBinary, nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary, nullable=False),
        sa.Column("once_key", sa.LargeBinary),
        sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
        sa.Column("due_at", Long),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closed_at", Long),
        sa.Column("closed_by", sa.String(100)),
        sa.Column("outcome", sa.String(63), nullable=False, server_default=""),
        sa.Column("comment_sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_instance", "tasks", ["instance"])
    still_open, keyed = sa.text("state = 'open'"), sa.text("once_key IS NOT NULL")
    op.create_index(
        "ix_tasks_once_key",
        "tasks",
        ["once_key"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_tasks_record", "tasks", ["record"])
    op.create_index("ix_tasks_source", "tasks", ["app", "source", "state"])
    op.create_table(
        "task_people",
        sa.Column("task", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("task", "person", name="pk_task_people"),
    )
    op.create_index("ix_task_people_person", "task_people", ["person", "task"])
    op.create_table(
        "notifications",
        sa.Column("id", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False, server_default=""),
        sa.Column("record", Long),
        sa.Column("task", Long),
        sa.Column("title_sealed", sa.LargeBinary, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary, nullable=False),
        sa.Column("once_key", sa.LargeBinary),
        sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
        sa.Column("at", Long, nullable=False),
        sa.Column("read_at", Long),
        sa.Column("mail", sa.String(10), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
    )
    op.create_index(
        "ix_notifications_once_key", "notifications", ["once_key"], unique=True, sqlite_where=keyed,
        postgresql_where=keyed,
    )  # fmt: skip
    op.create_index("ix_notifications_person", "notifications", ["person", "id"])
    op.create_index("ix_notifications_task", "notifications", ["task"])
    op.create_table(
        "flow_instances",
        sa.Column("id", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("flow", sa.String(63), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("record", Long, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tokens", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("started_by", sa.String(100), nullable=False),
        sa.Column("started_at", Long, nullable=False),
        sa.Column("ended_at", Long),
        sa.PrimaryKeyConstraint("id", name="pk_flow_instances"),
    )
    op.create_index(
        "ix_flow_instances_open", "flow_instances", ["record"], unique=True,
        sqlite_where=RUNS, postgresql_where=RUNS,
    )  # fmt: skip
    op.create_index("ix_flow_instances_record", "flow_instances", ["record"])
    op.create_index("ix_flow_instances_started_by", "flow_instances", ["started_by", "id"])
    op.create_table(
        "flow_steps",
        sa.Column("id", Long, nullable=False),
        sa.Column("instance", Long, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("node", sa.String(63), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flow_steps"),
        sa.UniqueConstraint("instance", "number", name="uq_flow_steps_instance_number"),
    )
    op.create_index("ix_flow_steps_person", "flow_steps", ["person", "action"])
    op.create_table(
        "words",
        sa.Column("id", Long, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("word_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_words"),
        sa.UniqueConstraint("key", name="uq_words_key"),
    )
    op.create_table(
        "record_words",
        sa.Column("record", Long, nullable=False),
        sa.Column("word", Long, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("record", "word", name="pk_record_words"),
    )
    op.create_index("ix_record_words_word", "record_words", ["word", "record"])
    op.create_table(
        "rule_clocks",
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(63), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.PrimaryKeyConstraint("app", "rule", name="pk_rule_clocks"),
    )
