"""Tables of the life of an application: comments, deleted records, drafts of records, imports, public links."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _life_of_an_app()
    _form_behaviour()
    _records_in_and_out()
    _permissions()
    _around_a_record()


def _life_of_an_app() -> None:
    """What somebody does while he records a test."""
    op.create_table(
        "app_recordings",
        sa.Column("id", Long, primary_key=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("step_sealed", sa.LargeBinary, nullable=False),
    )


def _form_behaviour() -> None:
    """What was typed and not saved; filters under a name."""
    op.create_table(
        "record_drafts",
        sa.Column("person", sa.String(100), primary_key=True),
        sa.Column("app", sa.String(63), primary_key=True),
        sa.Column("form", sa.String(63), primary_key=True),
        sa.Column("record", Long, primary_key=True),
        sa.Column("at", Long, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("values_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_record_drafts_record", "record_drafts", ["record"])
    op.create_table(
        "saved_views",
        sa.Column("id", Long, primary_key=True),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("at", Long, nullable=False),
        sa.Column("view_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_saved_views_form", "saved_views", ["app", "form"])
    op.create_table(
        "chosen_views",
        sa.Column("person", sa.String(100), primary_key=True),
        sa.Column("app", sa.String(63), primary_key=True),
        sa.Column("form", sa.String(63), primary_key=True),
        sa.Column("view", sa.String(63), nullable=False),
    )
    op.create_table(
        "public_forms",
        sa.Column("id", Long, primary_key=True),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("opens_at", Long),
        sa.Column("closes_at", Long),
        sa.Column("per_day", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", Long),
        sa.Column("settings_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_public_forms_hash", "public_forms", ["hash"], unique=True)
    op.create_index("ix_public_forms_form", "public_forms", ["app", "form"])
    op.create_table(
        "public_entries",
        sa.Column("link", Long, primary_key=True),
        sa.Column("day", sa.BigInteger, primary_key=True),
        sa.Column("entries", sa.BigInteger, nullable=False, server_default="0"),
    )


def _records_in_and_out() -> None:
    """Room I."""
    op.create_table(
        "imports",
        sa.Column("id", Long, primary_key=True),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("file", Long),
        sa.Column("plan_sealed", sa.LargeBinary, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("line", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("updated", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("wrong", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("problem", sa.String(100), nullable=False, server_default=""),
        sa.Column("expires_at", Long, nullable=False),
    )
    op.create_index("ix_imports_person", "imports", ["person", "id"])
    op.create_table(
        "import_wrong",
        sa.Column("import", Long, primary_key=True),
        sa.Column("line", sa.BigInteger, primary_key=True),
        sa.Column("problems_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "import_mappings",
        sa.Column("person", sa.String(100), primary_key=True),
        sa.Column("app", sa.String(63), primary_key=True),
        sa.Column("form", sa.String(63), primary_key=True),
        sa.Column("headings", sa.LargeBinary, primary_key=True),
        sa.Column("plan_sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", Long, nullable=False),
    )
    op.create_table(
        "outside_lists",
        sa.Column("source", sa.LargeBinary, primary_key=True),
        sa.Column("fetched_at", Long, nullable=False),
        sa.Column("tried_at", Long, nullable=False),
        sa.Column("problem", sa.String(100), nullable=False, server_default=""),
        sa.Column("items_sealed", sa.LargeBinary, nullable=False),
    )


def _permissions() -> None:
    """Seeing as somebody: in the session of whoever looks."""
    op.add_column("sessions", sa.Column("seeing_app", sa.String(63)))
    op.add_column("sessions", sa.Column("seeing_person", sa.String(100)))
    op.add_column("sessions", sa.Column("seeing_until", Long))


def _around_a_record() -> None:
    op.create_table(
        "deleted",
        sa.Column("record", Long, primary_key=True, autoincrement=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("together", Long, nullable=False),
        sa.Column("freed_sealed", sa.LargeBinary),
    )
    op.create_index("ix_deleted_app_form", "deleted", ["app", "form", "record"])
    op.create_index("ix_deleted_at", "deleted", ["at"])
    op.create_table(
        "comments",
        sa.Column("id", Long, primary_key=True, autoincrement=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("record", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("field", sa.String(63), nullable=False, server_default=""),
        sa.Column("words_sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_comments_record", "comments", ["record", "id"])
