"""Tables of evidence-grade operation: witnesses, retention, unmasking, accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

INBOX_RECORDS = {  # of what arrived before there was the table
    "sqlite": (
        "INSERT INTO inbox_records (record, inbox) SELECT DISTINCT CAST(one.value AS INTEGER), inbox.id "
        "FROM inbox, json_each(inbox.records) AS one"
    ),
    "postgresql": (
        "INSERT INTO inbox_records (record, inbox) SELECT DISTINCT one::bigint, inbox.id "
        "FROM inbox, json_array_elements_text(inbox.records::json) AS one"
    ),
}
_KEEPS = "'muniment: {0} keeps what was recorded'"
_SQLITE = f"BEGIN SELECT RAISE(ABORT, {_KEEPS}); END"
_UPDATE = "IF TG_OP = 'UPDATE' THEN IF NOT ({1}) THEN RETURN NEW; END IF; END IF; "
_RAISE = f"RAISE EXCEPTION USING MESSAGE = {_KEEPS}, ERRCODE = 'integrity_constraint_violation'; END"
_SHREDDED = 'EXISTS (SELECT 1 FROM "tombstones" WHERE "record" = OLD."record")'
_GUARD = (
    'CREATE OR REPLACE FUNCTION "{0}_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
    f"{_UPDATE}{{2}}{_RAISE}$guard$"
)
_STANDS = 'EXISTS (SELECT 1 FROM "tombstones" WHERE "record" = NEW."record")'
_TRIGGER = (
    'CREATE TRIGGER "tombstones_{0}" BEFORE {1} ON "tombstones" FOR EACH {2} '
    'EXECUTE FUNCTION "tombstones_guard"(); ALTER TABLE "tombstones" ENABLE ALWAYS TRIGGER "tombstones_{0}"'
)
TOMBSTONE_TRIGGERS = {  # and a key may go where a tombstone stands for its record
    "sqlite": (
        'DROP TRIGGER "record_keys_kept"',
        f'CREATE TRIGGER "record_keys_kept" BEFORE DELETE ON "record_keys" WHEN NOT {_SHREDDED} '
        + _SQLITE.format("record_keys"),
        'CREATE TRIGGER "tombstones_frozen" BEFORE UPDATE ON "tombstones" ' + _SQLITE.format("tombstones"),
        'CREATE TRIGGER "tombstones_kept" BEFORE DELETE ON "tombstones" ' + _SQLITE.format("tombstones"),
        f'CREATE TRIGGER "tombstones_once" BEFORE INSERT ON "tombstones" WHEN {_STANDS} '
        + _SQLITE.format("tombstones"),
    ),
    "postgresql": (
        _GUARD.format(
            "record_keys",
            'OLD."record" IS DISTINCT FROM NEW."record" OR OLD."salt" IS DISTINCT FROM NEW."salt"',
            f"IF TG_OP = 'DELETE' THEN IF {_SHREDDED} THEN RETURN OLD; END IF; END IF; ",
        ),
        _GUARD.format("tombstones", "true", ""),
        _TRIGGER.format("frozen", "UPDATE", "ROW"),
        _TRIGGER.format("kept", "DELETE", "ROW"),
        _TRIGGER.format("whole", "TRUNCATE", "STATEMENT"),
    ),
}


def upgrade() -> None:
    _accounts()
    _access()
    _evidence()
    _retention()
    _operations()
    _organisation()
    _packages()
    _outgoing()
    _once()


def _accounts() -> None:
    """Second factors, identities, invitations."""
    op.add_column("sessions", sa.Column("stage", sa.String(10), nullable=False, server_default="in"))
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.add_column("api_tokens", sa.Column("used_at", Long))
    op.create_index("ix_api_tokens_person", "api_tokens", ["person"])
    op.create_table(
        "invitations",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("created_at", Long, nullable=False),
        sa.Column("expires_at", Long, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_invitations"),
    )
    op.create_index("ix_invitations_person", "invitations", ["person"])
    op.create_table(
        "accounts",
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("password_at", Long),
        sa.Column("signed_in_at", Long),
        sa.Column("signed_in_from", sa.String(100), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("person", name="pk_accounts"),
    )
    op.create_table(
        "second_factors",
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary),
        sa.Column("offered_sealed", sa.LargeBinary),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("since", Long),
        sa.PrimaryKeyConstraint("person", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("code", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("person", "code", name="pk_recovery_codes"),
    )
    op.create_table(
        "identity_providers",
        sa.Column("id", Long, nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("client_id", sa.String(300), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
        sa.Column("by_email", sa.Boolean, nullable=False),
        sa.Column("asks_factor", sa.Boolean, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", Long, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_providers"),
    )
    op.create_table(
        "identities",
        sa.Column("provider", Long, nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("linked_at", Long, nullable=False),
        sa.Column("used_at", Long),
        sa.PrimaryKeyConstraint("provider", "subject", name="pk_identities"),
    )
    op.create_index("ix_identities_person", "identities", ["person"])
    op.create_table(
        "provider_attempts",
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("attempt_sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", Long, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_provider_attempts"),
    )


def _access() -> None:
    """Unmaskings."""
    op.create_table(
        "unmaskings",
        sa.Column("id", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("records", sa.Text, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("asked_at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(100), nullable=False, server_default=""),
        sa.Column("decided_at", Long),
        sa.Column("expires_at", Long),
        sa.PrimaryKeyConstraint("id", name="pk_unmaskings"),
    )
    op.create_index("ix_unmaskings_person", "unmaskings", ["person", "app", "expires_at"])


def _evidence() -> None:
    """Witnesses, what verification remembers."""
    op.add_column("verifications", sa.Column("mode", sa.String(10), nullable=False, server_default="full"))
    op.add_column("verifications", sa.Column("state_sealed", sa.LargeBinary))
    op.create_table(
        "verification_steps",
        sa.Column("run", Long, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("outcome_sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run", "number", name="pk_verification_steps"),
    )
    op.create_table(
        "witnesses",
        sa.Column("id", Long, nullable=False),
        sa.Column("log", sa.String(20), nullable=False),
        sa.Column("size", Long, nullable=False),
        sa.Column("witness", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target", sa.String(500), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("receipt", sa.LargeBinary),
        sa.Column("error", sa.String(300), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_witnesses"),
    )
    op.create_index("ix_witnesses_log_size", "witnesses", ["log", "size"])


def _retention() -> None:
    """Holds, tombstones, what retention was told."""
    op.create_table(
        "tombstones",
        sa.Column("record", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_tombstones"),
    )
    op.create_index("ix_tombstones_app_form", "tombstones", ["app", "form", "at"])
    op.create_table(
        "restricted",
        sa.Column("record", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_restricted"),
    )
    op.create_index("ix_restricted_app_form", "restricted", ["app", "form", "record"])
    op.create_table(
        "holds",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary, nullable=False),
        sa.Column("released_at", Long),
        sa.Column("released_by", sa.String(100)),
        sa.Column("reason_sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_table(
        "retention_activations",
        sa.Column("id", Long, nullable=False),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("form", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(63), nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("asked_at", Long, nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("confirmed_at", Long),
        sa.Column("confirmed_by", sa.String(100)),
        sa.Column("ended_at", Long),
        sa.Column("ended_by", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name="pk_retention_activations"),
    )
    op.create_index("ix_retention_activations_rule", "retention_activations", ["app", "form", "rule"])
    op.create_table(
        "inbox_records",
        sa.Column("record", Long, nullable=False),
        sa.Column("inbox", Long, nullable=False),
        sa.PrimaryKeyConstraint("record", "inbox", name="pk_inbox_records"),
    )
    op.create_index("ix_inbox_records_inbox", "inbox_records", ["inbox"])
    for table in ("tasks", "notifications", "rule_runs"):
        op.add_column(table, sa.Column("quoted", Long))
        op.create_index(f"ix_{table}_quoted", table, ["quoted"])
    for table in ("files", "notifications", "rule_runs"):
        op.create_index(f"ix_{table}_record", table, ["record"])
    connection = op.get_bind()
    dialect = connection.dialect.name
    connection.exec_driver_sql(INBOX_RECORDS[dialect])
    for statement in TOMBSTONE_TRIGGERS[dialect]:
        # Several statements in one text: only the driver itself takes that.
        connection.connection.dbapi_connection.execute(statement)


def _operations() -> None:
    """Key copies, backups."""
    op.create_table(
        "key_copies",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_copies"),
    )
    op.create_table(
        "backups",
        sa.Column("id", Long, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("keys_folder", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )


def _organisation() -> None:
    """Closed departments, hand-overs."""
    op.add_column("departments", sa.Column("closed_on", sa.Integer))
    op.create_table(
        "hand_overs",
        sa.Column("id", Long, nullable=False),
        sa.Column("giver", sa.String(100), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed", sa.Text, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("ix_hand_overs_giver", "hand_overs", ["giver", "id"])


def _packages() -> None:
    """Packages made."""
    op.create_table(
        "packages",
        sa.Column("id", Long, nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("request_sealed", sa.LargeBinary, nullable=False),
        sa.Column("counts", sa.Text, nullable=False, server_default="{}"),
        sa.Column("file", Long),
        sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("expires_at", Long, nullable=False),
        sa.Column("problem", sa.String(100), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_packages"),
    )
    op.create_index("ix_packages_person", "packages", ["person", "id"])


def _outgoing() -> None:
    """Web hooks; the audit trail by what was done to a form."""
    op.create_table(
        "web_hook_calls",
        sa.Column("id", Long, primary_key=True),
        sa.Column("app", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(130), nullable=False),
        sa.Column("form", sa.String(63), nullable=False, server_default=""),
        sa.Column("record", Long),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.String(100), nullable=False, server_default=""),
        sa.Column("body_sealed", sa.LargeBinary),
    )
    op.create_index("ix_web_hook_calls_app", "web_hook_calls", ["app", "state", "id"])
    op.create_index("ix_web_hook_calls_record", "web_hook_calls", ["record"])
    op.create_index("ix_audit_action", "audit", ["app", "form", "action", "id"])


def _once() -> None:
    """Refusing a row that is there with FAIL instead of ABORT, for which SQLite copies pages aside."""
    if op.get_bind().dialect.name != "sqlite":
        return
    mine = sa.text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_once' ESCAPE '\\'"
    )
    for name, text in op.get_bind().execute(mine).all():
        op.execute(sa.DDL(f'DROP TRIGGER "{name}"'))
        op.execute(sa.DDL(text.replace("RAISE(ABORT", "RAISE(FAIL").replace("%", "%%")))
