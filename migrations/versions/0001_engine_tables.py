"""All of the engine's own tables, as `engine.system_tables` describes them (a test compares)."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("ids")))
    op.create_table(
        "counters",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "app_versions",
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("app", "version", name="pk_app_versions"),
    )
    op.create_table(
        "app_drafts",
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("app", "revision", name="pk_app_drafts"),
    )
    op.create_table(
        "catalog",
        sa.Column("id", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("field", sa.String(63), nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("physical", sa.String(63), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalog"),
    )
    op.create_index("ix_catalog_app_form", "catalog", ["app", "form"])
    op.create_table(
        "record_keys",
        sa.Column("record", Long, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("master", sa.String(40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_record_keys"),
    )
    op.create_table(
        "leaves",
        sa.Column("log", sa.String(20), nullable=False),
        sa.Column("position", Long, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("record", Long, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("time", Long, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        sa.Column("working", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "position", name="pk_leaves"),
    )
    op.create_index("ix_leaves_record", "leaves", ["record", "revision"])
    op.create_table(
        "tiles",
        sa.Column("log", sa.String(20), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("number", Long, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "number", name="pk_tiles"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("log", sa.String(20), nullable=False),
        sa.Column("size", Long, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name="pk_checkpoints"),
    )
    op.create_table(
        "verifications",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", Long, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.String(200), nullable=False, server_default=""),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("run_at", Long, nullable=False),
        sa.Column("owner", sa.String(40), nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_key", "jobs", ["key"])
    op.create_index("ix_jobs_state_run_at", "jobs", ["state", "run_at"])
    op.create_table(
        "files",
        sa.Column("id", Long, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("key_wrapped", sa.LargeBinary, nullable=False),
        sa.Column("master", sa.String(40), nullable=False),
        sa.Column("record", Long),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
    )
    op.create_index("ix_files_digest", "files", ["digest"])
    op.create_table(
        "departments",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent", sa.String(100)),
        sa.Column("head", sa.String(100)),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_departments"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("post", sa.String(200), nullable=False, server_default=""),
        sa.Column("department", sa.String(100)),
        sa.Column("other_departments", sa.Text, nullable=False, server_default="[]"),
        sa.Column("superior", sa.String(100)),
        sa.Column("email", sa.String(200), nullable=False, server_default=""),
        sa.Column("password", sa.String(300), nullable=False, server_default=""),
        sa.Column("language", sa.String(10), nullable=False, server_default="zh"),
        sa.Column("theme", sa.String(10), nullable=False, server_default="auto"),
        sa.Column("joined_on", sa.Integer),
        sa.Column("left_on", sa.Integer),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "role_members",
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("role", sa.String(63), nullable=False),
        sa.Column("member_kind", sa.String(20), nullable=False),
        sa.Column("member", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("app", "role", "member_kind", "member", name="pk_role_members"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("seen_at", Long, nullable=False),
        sa.Column("expires_at", Long, nullable=False),
        sa.Column("address", sa.String(100), nullable=False),
        sa.Column("agent", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_sessions"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", Long, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("expires_at", Long),
        sa.Column("revoked_at", Long),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("hash", name="uq_api_tokens_hash"),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("until", Long, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
    )
    op.create_table(
        "grants",
        sa.Column("id", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("newest", Long, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("reference", sa.String(200), nullable=False, server_default=""),
        sa.Column("unmask", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("expires_at", Long, nullable=False),
        sa.Column("revoked_at", Long),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index("ix_grants_person", "grants", ["person", "app", "form"])
    op.create_table(
        "audit",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("app", sa.String(63), nullable=False, server_default=""),
        sa.Column("form", sa.String(63), nullable=False, server_default=""),
        sa.Column("record", Long),
        sa.Column("grant_id", Long),
        sa.Column("detail_sealed", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.String(100), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_person_at", "audit", ["person", "at"])
    op.create_index("ix_audit_record", "audit", ["record"])
    op.create_table(
        "preferences",
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name="pk_preferences"),
    )
    op.create_table(
        "channel_bindings",
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("channel", name="pk_channel_bindings"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", Long, nullable=False),
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary, nullable=False),
        sa.Column("source", sa.String(300), nullable=False, server_default=""),
        sa.Column("position", sa.BigInteger),
        sa.Column("received_at", Long, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("code", sa.String(100), nullable=False, server_default=""),
        sa.Column("reason_sealed", sa.LargeBinary),
        sa.Column("records", sa.Text, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "digest", name="uq_inbox_channel_digest"),
    )
    op.create_index("ix_inbox_state", "inbox", ["state", "channel"])
    op.create_index("ix_inbox_channel_position", "inbox", ["channel", "position"])
    op.create_table(
        "seen_messages",
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("vendor", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("record", Long, nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "vendor", name="pk_seen_messages"),
    )
    op.create_table(
        "cursors",
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name="pk_cursors"),
    )
    op.create_table(
        "rule_runs",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(63), nullable=False),
        sa.Column("record", Long),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("trace_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_runs"),
    )
    op.create_index("ix_rule_runs_rule", "rule_runs", ["app", "rule", "at"])
    op.create_table(
        "idempotency",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency"),
    )
