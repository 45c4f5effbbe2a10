"""The engine's own append-only tables refuse changes: the same texts as `engine.evidence.triggers` gives.

They stand here literally, as migrations do; a test compares, and `verify` does at every run.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

SQLITE = (
    (
        'CREATE TRIGGER "leaves_frozen" BEFORE UPDATE ON "leaves" BEGIN SELECT RAISE(ABORT, '
        "'muniment: leaves keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "leaves_kept" BEFORE DELETE ON "leaves" BEGIN SELECT RAISE(ABORT, \'muniment: '
        "leaves keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "leaves_once" BEFORE INSERT ON "leaves" WHEN EXISTS (SELECT 1 FROM "leaves" '
        'WHERE "log" = NEW."log" AND "position" = NEW."position") BEGIN SELECT RAISE(ABORT, '
        "'muniment: leaves keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "checkpoints_frozen" BEFORE UPDATE ON "checkpoints" BEGIN SELECT RAISE(ABORT, '
        "'muniment: checkpoints keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "checkpoints_kept" BEFORE DELETE ON "checkpoints" BEGIN SELECT RAISE(ABORT, '
        "'muniment: checkpoints keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "checkpoints_once" BEFORE INSERT ON "checkpoints" WHEN EXISTS (SELECT 1 FROM '
        '"checkpoints" WHERE "log" = NEW."log" AND "size" = NEW."size") BEGIN SELECT RAISE(ABORT, '
        "'muniment: checkpoints keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "audit_frozen" BEFORE UPDATE ON "audit" BEGIN SELECT RAISE(ABORT, \'muniment: '
        "audit keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "audit_kept" BEFORE DELETE ON "audit" BEGIN SELECT RAISE(ABORT, \'muniment: '
        "audit keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "audit_once" BEFORE INSERT ON "audit" WHEN EXISTS (SELECT 1 FROM "audit" WHERE '
        '"id" = NEW."id") BEGIN SELECT RAISE(ABORT, \'muniment: audit keeps what was recorded\'); END'
    ),
    (
        'CREATE TRIGGER "app_versions_frozen" BEFORE UPDATE ON "app_versions" BEGIN SELECT '
        "RAISE(ABORT, 'muniment: app_versions keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "app_versions_kept" BEFORE DELETE ON "app_versions" BEGIN SELECT RAISE(ABORT, '
        "'muniment: app_versions keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "app_versions_once" BEFORE INSERT ON "app_versions" WHEN EXISTS (SELECT 1 FROM '
        '"app_versions" WHERE "app" = NEW."app" AND "version" = NEW."version") BEGIN SELECT '
        "RAISE(ABORT, 'muniment: app_versions keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "record_keys_frozen" BEFORE UPDATE ON "record_keys" WHEN OLD."record" IS NOT '
        'NEW."record" OR OLD."salt" IS NOT NEW."salt" BEGIN SELECT RAISE(ABORT, \'muniment: '
        "record_keys keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "record_keys_kept" BEFORE DELETE ON "record_keys" BEGIN SELECT RAISE(ABORT, '
        "'muniment: record_keys keeps what was recorded'); END"
    ),
    (
        'CREATE TRIGGER "record_keys_once" BEFORE INSERT ON "record_keys" WHEN EXISTS (SELECT 1 FROM '
        '"record_keys" WHERE "record" = NEW."record") BEGIN SELECT RAISE(ABORT, \'muniment: '
        "record_keys keeps what was recorded'); END"
    ),
)

POSTGRESQL = (
    (
        'CREATE OR REPLACE FUNCTION "leaves_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: leaves keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"leaves_frozen\" BEFORE UPDATE "
        'ON "leaves" FOR EACH ROW EXECUTE FUNCTION "leaves_guard"(); ALTER TABLE "leaves" ENABLE '
        'ALWAYS TRIGGER "leaves_frozen"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "leaves_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: leaves keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"leaves_kept\" BEFORE DELETE ON "
        '"leaves" FOR EACH ROW EXECUTE FUNCTION "leaves_guard"(); ALTER TABLE "leaves" ENABLE ALWAYS '
        'TRIGGER "leaves_kept"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "leaves_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: leaves keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"leaves_whole\" BEFORE TRUNCATE "
        'ON "leaves" FOR EACH STATEMENT EXECUTE FUNCTION "leaves_guard"(); ALTER TABLE "leaves" ENABLE '
        'ALWAYS TRIGGER "leaves_whole"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "checkpoints_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: checkpoints keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"checkpoints_frozen\" BEFORE "
        'UPDATE ON "checkpoints" FOR EACH ROW EXECUTE FUNCTION "checkpoints_guard"(); ALTER TABLE '
        '"checkpoints" ENABLE ALWAYS TRIGGER "checkpoints_frozen"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "checkpoints_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: checkpoints keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"checkpoints_kept\" BEFORE "
        'DELETE ON "checkpoints" FOR EACH ROW EXECUTE FUNCTION "checkpoints_guard"(); ALTER TABLE '
        '"checkpoints" ENABLE ALWAYS TRIGGER "checkpoints_kept"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "checkpoints_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: checkpoints keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"checkpoints_whole\" BEFORE "
        'TRUNCATE ON "checkpoints" FOR EACH STATEMENT EXECUTE FUNCTION "checkpoints_guard"(); ALTER '
        'TABLE "checkpoints" ENABLE ALWAYS TRIGGER "checkpoints_whole"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "audit_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: audit keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"audit_frozen\" BEFORE UPDATE "
        'ON "audit" FOR EACH ROW EXECUTE FUNCTION "audit_guard"(); ALTER TABLE "audit" ENABLE ALWAYS '
        'TRIGGER "audit_frozen"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "audit_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: audit keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"audit_kept\" BEFORE DELETE ON "
        '"audit" FOR EACH ROW EXECUTE FUNCTION "audit_guard"(); ALTER TABLE "audit" ENABLE ALWAYS '
        'TRIGGER "audit_kept"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "audit_guard"() RETURNS trigger LANGUAGE plpgsql AS $guard$BEGIN '
        "IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION USING "
        "MESSAGE = 'muniment: audit keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"audit_whole\" BEFORE TRUNCATE "
        'ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "audit_guard"(); ALTER TABLE "audit" ENABLE '
        'ALWAYS TRIGGER "audit_whole"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "app_versions_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: app_versions keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"app_versions_frozen\" BEFORE "
        'UPDATE ON "app_versions" FOR EACH ROW EXECUTE FUNCTION "app_versions_guard"(); ALTER TABLE '
        '"app_versions" ENABLE ALWAYS TRIGGER "app_versions_frozen"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "app_versions_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: app_versions keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"app_versions_kept\" BEFORE "
        'DELETE ON "app_versions" FOR EACH ROW EXECUTE FUNCTION "app_versions_guard"(); ALTER TABLE '
        '"app_versions" ENABLE ALWAYS TRIGGER "app_versions_kept"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "app_versions_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$guard$BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE "
        "EXCEPTION USING MESSAGE = 'muniment: app_versions keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"app_versions_whole\" BEFORE "
        'TRUNCATE ON "app_versions" FOR EACH STATEMENT EXECUTE FUNCTION "app_versions_guard"(); ALTER '
        'TABLE "app_versions" ENABLE ALWAYS TRIGGER "app_versions_whole"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "record_keys_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        '$guard$BEGIN IF TG_OP = \'UPDATE\' THEN IF NOT (OLD."record" IS DISTINCT FROM NEW."record" OR '
        'OLD."salt" IS DISTINCT FROM NEW."salt") THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '
        "USING MESSAGE = 'muniment: record_keys keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"record_keys_frozen\" BEFORE "
        'UPDATE ON "record_keys" FOR EACH ROW EXECUTE FUNCTION "record_keys_guard"(); ALTER TABLE '
        '"record_keys" ENABLE ALWAYS TRIGGER "record_keys_frozen"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "record_keys_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        '$guard$BEGIN IF TG_OP = \'UPDATE\' THEN IF NOT (OLD."record" IS DISTINCT FROM NEW."record" OR '
        'OLD."salt" IS DISTINCT FROM NEW."salt") THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '
        "USING MESSAGE = 'muniment: record_keys keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"record_keys_kept\" BEFORE "
        'DELETE ON "record_keys" FOR EACH ROW EXECUTE FUNCTION "record_keys_guard"(); ALTER TABLE '
        '"record_keys" ENABLE ALWAYS TRIGGER "record_keys_kept"'
    ),
    (
        'CREATE OR REPLACE FUNCTION "record_keys_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        '$guard$BEGIN IF TG_OP = \'UPDATE\' THEN IF NOT (OLD."record" IS DISTINCT FROM NEW."record" OR '
        'OLD."salt" IS DISTINCT FROM NEW."salt") THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '
        "USING MESSAGE = 'muniment: record_keys keeps what was recorded', ERRCODE = "
        "'integrity_constraint_violation'; END$guard$; CREATE TRIGGER \"record_keys_whole\" BEFORE "
        'TRUNCATE ON "record_keys" FOR EACH STATEMENT EXECUTE FUNCTION "record_keys_guard"(); ALTER '
        'TABLE "record_keys" ENABLE ALWAYS TRIGGER "record_keys_whole"'
    ),
)


def upgrade() -> None:
    connection = op.get_bind()
    statements = POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE
    for statement in statements:
        # Several statements in one text: only the driver itself takes that.
        connection.connection.dbapi_connection.execute(statement)
