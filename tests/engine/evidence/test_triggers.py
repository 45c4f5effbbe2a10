"""The fence, tried with a connection of our own; and that its texts are compared."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.database import Database, driver
from engine.evidence.ledger import Ledger
from engine.evidence.seals import Seals
from engine.evidence.strangers import event_triggers, strange_rules, strange_triggers, veiled_tables
from engine.evidence.triggers import (
    APPEND_ONLY,
    Trigger,
    TriggerDamage,
    append_only_triggers,
    archive_triggers,
    compare_triggers,
)
from engine.system_tables import app_versions, audit, record_keys, tombstones
from tests.engine.evidence.conftest import some_entry

ARCHIVE = sa.Table(
    "r_1",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("created_at", sa.BigInteger),
    sa.Column("c_2_content", sa.LargeBinary),
    sa.Column("c_3_sender", sa.Text),
    sa.Column("c_4_tags", sa.Text),
)
FROZEN = ["created_at", "c_2_content", "c_3_sender"]


def run(database: Database, statement: str) -> None:
    with database.connect() as connection, connection.begin():
        driver(connection).execute(statement)


def refused(database: Database, statement: str) -> bool:
    try:
        run(database, statement)
    except Exception as error:
        if "keeps what was recorded" in str(error) or "duplicate key" in str(error):
            return True
        raise
    return False


@pytest.fixture
def archive(database: Database) -> Database:
    with database.connect() as connection, connection.begin():
        ARCHIVE.create(connection)
        rows = [
            {"id": n, "created_at": 5, "c_2_content": b"x", "c_3_sender": None, "c_4_tags": "[]"}
            for n in (1, 2)
        ]
        connection.execute(sa.insert(ARCHIVE), rows)
        for trigger in archive_triggers(database.dialect, ARCHIVE, FROZEN):
            driver(connection).execute(trigger.sql)
    return database


# -- archive tables ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE r_1 SET c_3_sender = 'x' WHERE id = 1",
        "UPDATE r_1 SET c_2_content = NULL WHERE id = 1",
        "UPDATE r_1 SET created_at = created_at + 1",
        "UPDATE r_1 SET id = 9 WHERE id = 1",
        "DELETE FROM r_1 WHERE id = 1",
        "DELETE FROM r_1",
        "INSERT INTO r_1 (id) VALUES (1)",
        "INSERT INTO r_1 (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET c_3_sender = 'x'",
    ],
)
def test_an_archive_refuses(archive: Database, statement: str) -> None:
    assert refused(archive, statement)


def test_an_archive_refuses_what_only_one_database_knows(archive: Database) -> None:
    only = {
        "sqlite": ["REPLACE INTO r_1 (id) VALUES (1)", "UPDATE OR REPLACE r_1 SET id = 2 WHERE id = 1"],
        "postgresql": ["TRUNCATE r_1", "SET session_replication_role = replica; DELETE FROM r_1"],
    }
    assert all(refused(archive, statement) for statement in only[archive.dialect])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE r_1 SET c_4_tags = '[1]'",
        "UPDATE r_1 SET c_3_sender = NULL, c_4_tags = '[2]' WHERE id = 1",
        "INSERT INTO r_1 (id) VALUES (3)",
    ],
)
def test_an_archive_lets_through(archive: Database, statement: str) -> None:
    assert not refused(archive, statement)


GONE = {"salt": b"", "statement": "{}", "signature": b""}


# -- our own tables --------------------------------------------------------------------------------------
@pytest.fixture
def filled(database: Database, ledger: Ledger, seals: Seals) -> Database:
    key = seals.new_keys([7])[0]

    def work(unit: Any) -> None:
        execute = unit.connection.execute
        row = {"at": 1, "person": "a", "action": "read", "detail_sealed": b""}
        execute(sa.insert(audit).values(id=3, **row))
        execute(sa.insert(app_versions).values(app="a", version=1, document="", hash=b"", at=1, by="x"))
        keys = {"record": 7, "salt": key.salt, "master": key.master, "wrapped": key.wrapped}
        execute(sa.insert(record_keys).values(keys))
        execute(sa.insert(tombstones).values(record=8, app="a", form="f", at=1, **GONE))
        ledger.append(unit, "records", [some_entry(1)])

    database.write(work)
    ledger.integrate()
    return database


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_our_own_tables_only_grow(filled: Database, table: str) -> None:
    (first, *_) = APPEND_ONLY[table]
    with filled.read() as connection:
        assert connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar()  # noqa: S608
    changed = f'"{first}" + 1' if first == "record" else f'"{first}"'
    assert refused(filled, f'UPDATE "{table}" SET "{first}" = {changed}')  # noqa: S608
    assert refused(filled, f'DELETE FROM "{table}"')  # noqa: S608
    if filled.dialect == "sqlite":
        assert refused(filled, f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')  # noqa: S608
    else:
        assert refused(filled, f'TRUNCATE "{table}"')


def test_a_data_key_may_be_wrapped_anew(filled: Database) -> None:
    assert not refused(filled, "UPDATE record_keys SET master = '2'")
    assert refused(filled, "UPDATE record_keys SET master = '2', record = 8")
    assert refused(filled, "UPDATE record_keys SET salt = wrapped")


def test_a_data_key_goes_only_where_a_tombstone_stands(filled: Database) -> None:
    assert refused(filled, "DELETE FROM record_keys WHERE record = 7")
    stone = "INSERT INTO tombstones (record, app, form, at, salt, statement, signature) VALUES"
    run(filled, f"{stone} (7, 'a', 'f', 1, '', '{{}}', '')")
    assert not refused(filled, "DELETE FROM record_keys WHERE record = 7")


# -- their texts -----------------------------------------------------------------------------------------
def everything(database: Database) -> list[Trigger]:
    own = [trigger for table in APPEND_ONLY for trigger in append_only_triggers(database.dialect, table)]
    return own + archive_triggers(database.dialect, ARCHIVE, FROZEN)


def damage(database: Database) -> list[TriggerDamage]:
    with database.read() as connection:
        return compare_triggers(connection, everything(database))


def test_migrated_and_made_triggers_are_as_described(archive: Database) -> None:
    assert damage(archive) == []


SQLITE_ALWAYS = (
    "CREATE TRIGGER r_1_kept BEFORE DELETE ON r_1 WHEN OLD.id <> 1 BEGIN SELECT RAISE(ABORT, 'no'); END"
)
KEPT = "CREATE TRIGGER r_1_kept BEFORE DELETE ON r_1 FOR EACH ROW"
MEDDLING: dict[str, list[tuple[str, list[str]]]] = {
    "sqlite": [
        ("missing", ["DROP TRIGGER r_1_frozen"]),
        ("missing", ["DROP TRIGGER leaves_kept"]),
        ("changed", ["DROP TRIGGER r_1_kept", SQLITE_ALWAYS]),
        ("unknown", ["CREATE TRIGGER more AFTER INSERT ON r_1 BEGIN SELECT 1; END"]),
    ],
    "postgresql": [
        ("missing", ["DROP TRIGGER r_1_frozen ON r_1"]),
        ("missing", ["DROP TRIGGER leaves_kept ON leaves"]),
        ("unknown", ["CREATE TRIGGER more AFTER INSERT ON r_1 FOR EACH ROW EXECUTE FUNCTION r_1_guard()"]),
        ("changed", ["ALTER TABLE r_1 DISABLE TRIGGER r_1_kept"]),
        ("changed", ["ALTER TABLE r_1 ENABLE TRIGGER r_1_kept"]),
        ("changed", ["ALTER FUNCTION r_1_guard() SECURITY DEFINER"]),
        (
            "changed",
            [
                "CREATE OR REPLACE FUNCTION r_1_guard() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN IF OLD.id = 1 THEN RETURN OLD; END IF; RAISE EXCEPTION ''no''; END'"
            ],
        ),
        (
            "changed",
            [
                "DROP TRIGGER r_1_kept ON r_1",
                f"{KEPT} WHEN (OLD.id <> 1) EXECUTE FUNCTION r_1_guard()",
                "ALTER TABLE r_1 ENABLE ALWAYS TRIGGER r_1_kept",
            ],
        ),
        (
            "changed",
            [
                "DROP TRIGGER r_1_frozen ON r_1",
                "CREATE TRIGGER r_1_frozen BEFORE UPDATE OF id ON r_1 FOR EACH ROW EXECUTE FUNCTION r_1_guard()",
                "ALTER TABLE r_1 ENABLE ALWAYS TRIGGER r_1_frozen",
            ],
        ),
    ],
}


def test_meddling_is_noticed(archive: Database) -> None:
    for kind, statements in MEDDLING[archive.dialect]:
        with archive.connect() as connection, connection.begin() as transaction:
            for statement in statements:
                driver(connection).execute(statement)
            found = compare_triggers(connection, everything(archive))
            assert {one.kind for one in found} == {kind}, statements
            assert {one.table for one in found} <= {"r_1", "leaves"}
            transaction.rollback()
    assert damage(archive) == []


# -- what is not ours --------------------------------------------------------------------------------------
SWALLOW = "CREATE TRIGGER {name} BEFORE INSERT ON {table} "
SWALLOWS = {
    "sqlite": SWALLOW + "BEGIN SELECT RAISE(IGNORE); END",
    "postgresql": SWALLOW + "FOR EACH ROW EXECUTE FUNCTION procrastinate_unlink_periodic_defers_v1()",
}
QUEUE = "procrastinate_trigger_delete_jobs_v1"
REPLACED = (
    "CREATE OR REPLACE FUNCTION procrastinate_unlink_periodic_defers_v1() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'"
)


def strange(database: Database, *statements: str) -> list[Any]:
    """What is found with these in place; they are undone."""
    with database.connect() as connection, connection.begin() as transaction:
        for statement in statements:
            driver(connection).execute(statement)
        found = [
            *((one.kind, one.table, one.trigger) for one in strange_triggers(connection, everything(database))),
            *strange_rules(connection), *veiled_tables(connection), *event_triggers(connection),
        ]  # fmt: skip
        transaction.rollback()
        return found


def test_nothing_strange_stands_in_a_new_database(archive: Database) -> None:
    assert strange(archive) == []


def test_a_trigger_is_strange_whatever_its_table_is_called(archive: Database) -> None:
    """The queue's library has triggers on tables called so; ours or an attacker's are none of them."""
    swallow = SWALLOWS[archive.dialect]
    assert strange(archive, swallow.format(name="more", table="inbox")) == [("unknown", "inbox", "more")]
    for table, before in (
        ("procrastinate_x", "CREATE TABLE procrastinate_x (id int)"),
        ("procrastinate_jobs", "SELECT 1"),
    ):
        if archive.dialect == "postgresql" or table != "procrastinate_jobs":
            found = strange(archive, before, swallow.format(name="more", table=table))
            assert found == [("unknown", table, "more")]


@pytest.mark.parametrize(
    "statements",
    [
        [REPLACED],
        [f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {QUEUE}"],
        [
            f"DROP TRIGGER {QUEUE} ON procrastinate_jobs",
            SWALLOWS["postgresql"].format(name=QUEUE, table="procrastinate_jobs"),
        ],
    ],
)
def test_triggers_of_the_queue_are_as_the_library_ships_them(
    archive: Database, statements: list[str]
) -> None:
    if archive.dialect == "postgresql":
        assert strange(archive, *statements) == [("changed", "procrastinate_jobs", QUEUE)]


def test_what_only_postgresql_has(archive: Database) -> None:
    if archive.dialect != "postgresql":
        return
    rule = "CREATE RULE {0} AS ON INSERT TO {1} DO INSTEAD NOTHING"
    assert strange(archive, rule.format("lost", "inbox"), rule.format("more", "r_1")) == [
        ("inbox", "lost"), ("r_1", "more"),
    ]  # fmt: skip
    assert strange(archive, "CREATE VIEW counted AS SELECT count(*) FROM r_1") == []
    assert strange(
        archive,
        "CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE EVENT TRIGGER listening ON ddl_command_end EXECUTE FUNCTION heard()",
    ) == ["listening"]
    assert strange(
        archive,
        "CREATE ROLE somebody",
        "GRANT ALL ON r_1 TO somebody",
        "ALTER TABLE r_1 ENABLE ROW LEVEL SECURITY",
        "SET LOCAL ROLE somebody",
    ) == ["r_1"]
