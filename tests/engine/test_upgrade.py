"""The migrations make exactly what `system_tables` describes, once, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.config import Config
from engine.database import Database
from engine.evidence.triggers import APPEND_ONLY, append_only_triggers, compare_triggers
from engine.system_tables import metadata


def _ours(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return kind != "table" or name in metadata.tables


def test_migrations_equal_the_metadata(database: Database) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, metadata) == []
        assert set(metadata.tables) <= set(sa.inspect(connection).get_table_names())


def test_our_append_only_tables_have_the_triggers_that_verify_compares(database: Database) -> None:
    wanted = [one for table in APPEND_ONLY for one in append_only_triggers(database.dialect, table)]
    with database.read() as connection:
        assert compare_triggers(connection, wanted) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()


def test_a_new_database_is_made_in_its_folder(tmp_path: Path) -> None:
    database = Database(Config(tmp_path / "new" / "data"))
    database.migrate()
    assert (tmp_path / "new" / "data" / "muniment.db").exists()
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
