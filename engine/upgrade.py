"""Runs `migrations/` in-process: `Database.migrate` calls it at every start.

Alembic takes a second to import, so a database that is up to date is recognised without it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = 0x6D756E69  # any number, the same in every process


def newest() -> str:
    """The newest revision there is: files are named `0001_…`, `0002_…`."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Apply what is missing, in one transaction; a second process waits and finds it done."""
    with engine.connect() as connection:
        if revision == "head" and current(connection) == newest():
            return
        connection.rollback()
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            _run(connection, revision)


def _run(connection: sa.Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
