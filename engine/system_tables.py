"""The engine's own tables, in one place; made by `migrations/`, checked equal by a test.

App tables are not here: the catalog (`tables.py`) maps forms to generated tables.
Times are integer microseconds UTC, ids 64-bit integers from one counter, JSON is text.
What may hold words of a conversation is `*_sealed` bytes (`evidence.seals.Box`).
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *items)


# -- one counter for ids, others for numbers and the publication signal ----------------------------
ids = sa.Sequence("ids", metadata=metadata)  # PostgreSQL; SQLite keeps it in `counters`
counters = _table(
    "counters",
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
settings = _table(
    "settings",
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),  # JSON
)

# -- applications ----------------------------------------------------------------------------------
app_versions = _table(  # append-only
    "app_versions",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
)
app_drafts = _table(
    "app_drafts",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
)
catalog = _table(  # (app, form, field, shape) -> physical names; field '' is the table itself
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

# -- evidence --------------------------------------------------------------------------------------
record_keys = _table(
    "record_keys",
    sa.Column("record", Id, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("master", sa.String(40), nullable=False),  # id of the master key that wrapped it
    sa.Column("wrapped", sa.LargeBinary, nullable=False),  # nonce ‖ AES-256-GCM(data key)
)
leaves = _table(
    "leaves",
    sa.Column("log", sa.String(20), primary_key=True),  # records, audit
    sa.Column("position", Id, primary_key=True),  # index in the log, from 0, no gaps
    sa.Column("hash", sa.LargeBinary, nullable=False),  # RFC 6962 leaf hash of the entry
    sa.Column("kind", sa.String(20), nullable=False),  # create change shred audit version
    sa.Column("record", Id, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("time", Time, nullable=False),
    sa.Column("evidence", sa.LargeBinary, nullable=False),
    sa.Column("working", sa.LargeBinary, nullable=False),
    sa.Index("ix_leaves_record", "record", "revision"),
)
tiles = _table(  # derived: tlog-tiles; level 0 when full, higher levels as they grow
    "tiles",
    sa.Column("log", sa.String(20), primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("number", Id, primary_key=True),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)
checkpoints = _table(
    "checkpoints",
    sa.Column("log", sa.String(20), primary_key=True),
    sa.Column("size", Id, primary_key=True),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.Text, nullable=False),  # C2SP signed note
    sa.Column("at", Time, nullable=False),
)
verifications = _table(
    "verifications",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("result", sa.Text, nullable=False),  # JSON: counts and findings
    sa.Column("mode", sa.String(10), nullable=False, server_default="full"),  # full quick since
    sa.Column("state_sealed", sa.LargeBinary),  # JSON: how far everything was in order, for the next one
)
verification_steps = _table(  # of one under way, so that it can go on where it was stopped
    "verification_steps",
    sa.Column("run", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # 0: what there is to do
    sa.Column("outcome_sealed", sa.LargeBinary, nullable=False),
)
witnesses = _table(  # who was shown which checkpoint, and what he gave for it
    "witnesses",
    sa.Column("id", Id, primary_key=True),
    sa.Column("log", sa.String(20), nullable=False),
    sa.Column("size", Id, nullable=False),
    sa.Column("witness", sa.String(100), nullable=False),  # its id in the settings
    sa.Column("kind", sa.String(20), nullable=False),  # rfc3161 mail folder
    sa.Column("target", sa.String(500), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # done failed
    sa.Column("receipt", sa.LargeBinary),  # an RFC 3161 token; of the others nothing
    sa.Column("error", sa.String(300), nullable=False, server_default=""),
    sa.Index("ix_witnesses_log_size", "log", "size"),
)

# -- retention and holds ---------------------------------------------------------------------------
tombstones = _table(  # append-only: what a shredded record leaves behind
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
restricted = _table(  # kept and not used any more, as a law has it
    "restricted",
    sa.Column("record", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),  # JSON, as in a tombstone
    sa.Index("ix_restricted_app_form", "app", "form", "record"),
)
holds = _table(
    "holds",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # name, matter, which records
    sa.Column("released_at", Time),
    sa.Column("released_by", sa.String(100)),
    sa.Column("reason_sealed", sa.LargeBinary),
)
retention_activations = _table(  # a rule shreds nothing before somebody said so, of this very wording
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

# -- jobs (PostgreSQL: the dead ones only, the rest is procrastinate's) and files -----------------
jobs = _table(
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
files = _table(
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

# -- people and access -----------------------------------------------------------------------------
departments = _table(
    "departments",
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("parent", sa.String(100)),
    sa.Column("head", sa.String(100)),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("closed_on", sa.Integer),  # day number
)
people = _table(
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
role_members = _table(
    "role_members",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("role", sa.String(63), primary_key=True),
    sa.Column("member_kind", sa.String(20), primary_key=True),  # person department branch post
    sa.Column("member", sa.String(200), primary_key=True),
)
hand_overs = _table(  # what somebody looked after goes to others, in batches
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
sessions = _table(
    "sessions",
    sa.Column("hash", sa.LargeBinary, primary_key=True),  # SHA-256 of the cookie's token
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("seen_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("address", sa.String(100), nullable=False),
    sa.Column("agent", sa.String(300), nullable=False),
    sa.Column("stage", sa.String(10), nullable=False, server_default="in"),  # in; factor, enrol: not yet in
    sa.Column("seeing_app", sa.String(63)),  # seeing that app as somebody else does, until then
    sa.Column("seeing_person", sa.String(100)),
    sa.Column("seeing_until", Time),
    sa.Index("ix_sessions_person", "person"),
)
invitations = _table(
    "invitations",
    sa.Column("hash", sa.LargeBinary, primary_key=True),  # SHA-256 of the link's token
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(10), nullable=False),  # join reset
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Index("ix_invitations_person", "person"),
)
accounts = _table(  # what is worth knowing of somebody's signing in
    "accounts",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("password_at", Time),
    sa.Column("signed_in_at", Time),
    sa.Column("signed_in_from", sa.String(100), nullable=False, server_default=""),
)
second_factors = _table(
    "second_factors",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("secret_sealed", sa.LargeBinary),  # none: off
    sa.Column("offered_sealed", sa.LargeBinary),  # shown, not confirmed yet
    sa.Column("last_step", sa.BigInteger, nullable=False),  # of the last code used: none works twice
    sa.Column("since", Time),
)
recovery_codes = _table(
    "recovery_codes",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("code", sa.LargeBinary, primary_key=True),  # keyed (Box.fingerprint)
)
identity_providers = _table(  # OpenID Connect
    "identity_providers",
    sa.Column("id", Id, primary_key=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("client_id", sa.String(300), nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
    sa.Column("by_email", sa.Boolean, nullable=False),  # a verified address links
    sa.Column("asks_factor", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created_at", Time, nullable=False),
)
identities = _table(
    "identities",
    sa.Column("provider", Id, primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),  # the provider's own name of somebody
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("linked_at", Time, nullable=False),
    sa.Column("used_at", Time),
    sa.Index("ix_identities_person", "person"),
)
provider_attempts = _table(  # sign-ins under way at a provider
    "provider_attempts",
    sa.Column("state", sa.LargeBinary, primary_key=True),  # SHA-256
    sa.Column("attempt_sealed", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
)
api_tokens = _table(
    "api_tokens",
    sa.Column("id", Id, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # JSON list: read write ingest
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time),
    sa.Column("revoked_at", Time),
    sa.Column("used_at", Time),
    sa.Index("ix_api_tokens_person", "person"),
)
throttle = _table(
    "throttle",
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until", Time, nullable=False),
)
grants = _table(
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
unmaskings = _table(  # somebody asked to see in full what he reads masked
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
audit = _table(  # append-only
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
preferences = _table(
    "preferences",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value_sealed", sa.LargeBinary, nullable=False),
)

# -- channels --------------------------------------------------------------------------------------
channel_bindings = _table(
    "channel_bindings",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary),
    sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
)
inbox = _table(
    "inbox",
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.String(63), nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),  # keyed (Box.fingerprint) of the raw bytes
    sa.Column("raw_sealed", sa.LargeBinary, nullable=False),  # body and headers
    sa.Column("source", sa.String(300), nullable=False, server_default=""),
    sa.Column("position", sa.BigInteger),  # the vendor's running number, for the report of gaps
    sa.Column("received_at", Time, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # new done quarantine dismissed
    sa.Column("code", sa.String(100), nullable=False, server_default=""),
    sa.Column("reason_sealed", sa.LargeBinary),
    sa.Column("records", sa.Text, nullable=False, server_default="[]"),  # ids of what it became
    sa.UniqueConstraint("channel", "digest"),
    sa.Index("ix_inbox_state", "state", "channel"),
    sa.Index("ix_inbox_channel_position", "channel", "position"),
)
seen_messages = _table(  # the de-duplication key
    "seen_messages",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("vendor", sa.LargeBinary, primary_key=True),  # SHA-256 of action and vendor id
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("record", Id, nullable=False),
)
inbox_records = _table(  # which raw messages say what a record says
    "inbox_records",
    sa.Column("record", Id, primary_key=True),
    sa.Column("inbox", Id, primary_key=True),
    sa.Index("ix_inbox_records_inbox", "inbox"),
)
cursors = _table(
    "cursors",
    sa.Column("channel", sa.String(63), primary_key=True),
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("at", Time, nullable=False),
)

# -- tasks, notifications, flows --------------------------------------------------------------------
OPEN_TASK = sa.text("state = 'open'")
KEYED = sa.text("once_key IS NOT NULL")
tasks = _table(  # a person's to-do
    "tasks",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("kind", sa.String(20), nullable=False),  # rule approval fill_in
    sa.Column("source", sa.String(130), nullable=False),  # a rule's id, or flow/node
    sa.Column("instance", Id),  # of the flow
    sa.Column("title_sealed", sa.LargeBinary, nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # note, outcomes, what was hit
    sa.Column("once_key", sa.LargeBinary),  # keyed fingerprint of what there may be one open of
    sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
    sa.Column("due_at", Time),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # open done cancelled
    sa.Column("closed_at", Time),
    sa.Column("closed_by", sa.String(100)),
    sa.Column("outcome", sa.String(63), nullable=False, server_default=""),
    sa.Column("comment_sealed", sa.LargeBinary),
    sa.Column("quoted", Id),  # the record whose sealed words stand in the note
    sa.Index("ix_tasks_quoted", "quoted"),
    sa.Index(
        "ix_tasks_once_key", "once_key", unique=True, sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK
    ),
    sa.Index("ix_tasks_record", "record"),
    sa.Index("ix_tasks_source", "app", "source", "state"),
    sa.Index("ix_tasks_instance", "instance"),
)
task_people = _table(  # whose it is; whoever closes it first closes it for all
    "task_people",
    sa.Column("task", Id, primary_key=True),
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Index("ix_task_people_person", "person", "task"),
)
absences = _table(  # who is away, and who stands in at his to-dos
    "absences",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("delegate", sa.String(100), nullable=False),
    sa.Column("starts", Time, nullable=False),
    sa.Column("ends", Time, nullable=False),
    sa.Index("ix_absences_person", "person", "ends"),
    sa.Index("ix_absences_delegate", "delegate", "ends"),
)
notifications = _table(
    "notifications",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("task", Id),  # what it is about, when that is a task
    sa.Column("title_sealed", sa.LargeBinary, nullable=False),
    sa.Column("body_sealed", sa.LargeBinary, nullable=False),
    sa.Column("once_key", sa.LargeBinary),
    sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
    sa.Column("at", Time, nullable=False),
    sa.Column("read_at", Time),
    sa.Column(
        "mail", sa.String(10), nullable=False, server_default=""
    ),  # waiting sent failed refused; '' none
    sa.Column("quoted", Id),  # the record whose sealed words stand in the body
    sa.Index("ix_notifications_record", "record"),
    sa.Index("ix_notifications_quoted", "quoted"),
    sa.Index("ix_notifications_person", "person", "id"),
    sa.Index(
        "ix_notifications_once_key", "once_key", unique=True, sqlite_where=KEYED, postgresql_where=KEYED
    ),
    sa.Index("ix_notifications_task", "task"),
)
RUNS = sa.text("state IN ('running', 'returned')")
flow_instances = _table(
    "flow_instances",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("flow", sa.String(63), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # the app's, for as long as it runs
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("record", Id, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # running returned approved rejected withdrawn
    sa.Column("tokens", sa.Text, nullable=False),  # JSON: ids of the nodes it waits at
    sa.Column("revision", sa.Integer, nullable=False),  # one more with every step
    sa.Column("started_by", sa.String(100), nullable=False),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("ended_at", Time),
    sa.Index("ix_flow_instances_record", "record"),
    sa.Index("ix_flow_instances_started_by", "started_by", "id"),
    sa.Index(  # one open at a time
        "ix_flow_instances_open", "record", unique=True, sqlite_where=RUNS, postgresql_where=RUNS
    ),
)
flow_steps = _table(  # history: replayed it gives the instance
    "flow_steps",
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance", Id, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("person", sa.String(100), nullable=False),  # 'system' for timers and conditions
    sa.Column("node", sa.String(63), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # comment, whom, where it went
    sa.UniqueConstraint("instance", "number"),
    sa.Index("ix_flow_steps_person", "person", "action"),
)

# -- what analyzers found ---------------------------------------------------------------------------
words = _table(  # a sealed dictionary
    "words",
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False, unique=True),  # keyed fingerprint
    sa.Column("word_sealed", sa.LargeBinary, nullable=False),
)
record_words = _table(
    "record_words",
    sa.Column("record", Id, primary_key=True),
    sa.Column("word", Id, primary_key=True),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Index("ix_record_words_word", "word", "record"),
)

# -- operations --------------------------------------------------------------------------------------
key_copies = _table(  # who said that a copy of the keys lies elsewhere
    "key_copies",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("code", sa.String(20), nullable=False),  # the check code of the keys that are copied
    sa.Column("place", sa.Text, nullable=False),
)
backups = _table(
    "backups",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("folder", sa.Text, nullable=False),  # in which it was made
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes
    sa.Column("keys_folder", sa.Text, nullable=False, server_default=""),  # where the keys went; '' nowhere
)

# -- packages ---------------------------------------------------------------------------------------
packages = _table(  # asked for by people; the bytes lie among the files, for a week
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

# -- around a record -------------------------------------------------------------------------------
deleted = _table(  # the recycle bin: the rows are where they were, and shown to nobody
    "deleted",
    sa.Column("record", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("together", Id, nullable=False),  # one number for what was deleted by one act
    sa.Column("freed_sealed", sa.LargeBinary),  # unique values others may have meanwhile, by field
    sa.Index("ix_deleted_app_form", "app", "form", "record"),
    sa.Index("ix_deleted_at", "at"),
)
comments = _table(
    "comments",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("record", Id, nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("field", sa.String(63), nullable=False, server_default=""),  # what it is about; '' the record
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),  # with the record's key, where it has one
    sa.Index("ix_comments_record", "record", "id"),
)

# -- rules and the web -----------------------------------------------------------------------------
rule_runs = _table(
    "rule_runs",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("rule", sa.String(63), nullable=False),
    sa.Column("record", Id),
    sa.Column("outcome", sa.String(20), nullable=False),  # done failed stopped
    sa.Column("trace_sealed", sa.LargeBinary, nullable=False),
    sa.Column("quoted", Id),  # the record whose values the sample shows
    sa.Index("ix_rule_runs_record", "record"),
    sa.Index("ix_rule_runs_quoted", "quoted"),
    sa.Index("ix_rule_runs_rule", "app", "rule", "at"),
)
rule_clocks = _table(  # up to when a rule with a clock has looked
    "rule_clocks",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("rule", sa.String(63), primary_key=True),
    sa.Column("at", Time, nullable=False),
)
web_hook_calls = _table(  # what rules tell other systems
    "web_hook_calls",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("rule", sa.String(130), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting failed sent dead given_up
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.String(100), nullable=False, server_default=""),  # a problem's code, or a status
    sa.Column("body_sealed", sa.LargeBinary),  # gone once it was taken
    sa.Index("ix_web_hook_calls_app", "app", "state", "id"),
    sa.Index("ix_web_hook_calls_record", "record"),
)
idempotency = _table(
    "idempotency",
    sa.Column("key", sa.LargeBinary, primary_key=True),  # SHA-256 of person and key
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
)

# -- the life of an application -------------------------------------------------------------------------
app_recordings = _table(  # what somebody does while he records a test; the first row says since when
    "app_recordings",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("step_sealed", sa.LargeBinary, nullable=False),
)

# -- records in and out ----------------------------------------------------------------------------
imports = _table(  # records that come in from a spreadsheet
    "imports",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column(
        "state", sa.String(10), nullable=False
    ),  # open checking checked running stopped done failed over
    sa.Column("file", Id),
    sa.Column("plan_sealed", sa.LargeBinary, nullable=False),  # file name, language and plan
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),  # lines
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),  # lines looked at
    sa.Column(
        "line", sa.BigInteger, nullable=False, server_default="0"
    ),  # the last of them, as the program counts
    sa.Column("created", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("updated", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("wrong", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("problem", sa.String(100), nullable=False, server_default=""),  # the code it failed with
    sa.Column("expires_at", Time, nullable=False),
    sa.Index("ix_imports_person", "person", "id"),
)
import_wrong = _table(  # lines that cannot come in, and why
    "import_wrong",
    sa.Column("import", Id, primary_key=True),
    sa.Column("line", sa.BigInteger, primary_key=True),
    sa.Column("problems_sealed", sa.LargeBinary, nullable=False),
)
import_mappings = _table(  # which column stood for which field, for the next file with these headings
    "import_mappings",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("headings", sa.LargeBinary, primary_key=True),  # a keyed fingerprint of them
    sa.Column("plan_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
)
outside_lists = _table(  # choices that come from outside, as they were fetched last
    "outside_lists",
    sa.Column("source", sa.LargeBinary, primary_key=True),  # SHA-256 of what was asked
    sa.Column("fetched_at", Time, nullable=False),  # well; 0: never
    sa.Column("tried_at", Time, nullable=False),
    sa.Column("problem", sa.String(100), nullable=False, server_default=""),
    sa.Column("items_sealed", sa.LargeBinary, nullable=False),
)

# -- forms that are filled in ----------------------------------------------------------------------
record_drafts = _table(  # what somebody typed and did not save yet
    "record_drafts",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("record", Id, primary_key=True),  # 0: a new one
    sa.Column("at", Time, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),  # of the record, as it was read
    sa.Column("values_sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_record_drafts_record", "record"),
)
saved_views = _table(  # filters of a list under a name, somebody's own or everybody's
    "saved_views",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Time, nullable=False),
    sa.Column("view_sealed", sa.LargeBinary, nullable=False),  # its name and its query
    sa.Index("ix_saved_views_form", "app", "form"),
)
chosen_views = _table(  # the view of a form's list that somebody opened last
    "chosen_views",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("view", sa.String(63), nullable=False),
)
public_forms = _table(  # links by which people without an account fill a form in
    "public_forms",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),  # of the link's token
    sa.Column("person", sa.String(100), nullable=False),  # who opened it
    sa.Column("at", Time, nullable=False),
    sa.Column("opens_at", Time),
    sa.Column("closes_at", Time),
    sa.Column("per_day", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Column("settings_sealed", sa.LargeBinary, nullable=False),  # name, fields, thanks
    sa.Index("ix_public_forms_hash", "hash", unique=True),
    sa.Index("ix_public_forms_form", "app", "form"),
)
public_entries = _table(  # how much came in by a public link, by day
    "public_entries",
    sa.Column("link", Id, primary_key=True),
    sa.Column("day", sa.BigInteger, primary_key=True),  # the ordinal of a date in the organisation's zone
    sa.Column("entries", sa.BigInteger, nullable=False, server_default="0"),
)
