"""How connections are made: drivers, pragmas, isolation, pools. Called by `database.py`, and by
app tests for databases of their own.

SQLite: we send BEGIN ourselves (the driver would begin late, lose DDL on rollback and
upgrade locks); writers begin IMMEDIATE, so a lock is waited for and never fought over.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.addresses import is_loopback
from engine.dialects.sqlite import connect_hooks


def sqlite_driver() -> Any:
    """Python's own module, or the newer one where its SQLite lacks `contentless_delete` (3.43)."""
    if sqlite3.sqlite_version_info >= (3, 43, 0):
        return sqlite3
    from pysqlite3 import dbapi2

    return dbapi2


_EVERY = ("busy_timeout=10000", "foreign_keys=ON", "temp_store=MEMORY", "mmap_size=268435456")
_WRITER = ("journal_mode=WAL", "cache_size=-65536", "secure_delete=ON", "wal_autocheckpoint=4000")
_READER = ("cache_size=-16384", "query_only=ON")


def sqlite_engines(url: sa.URL, synchronous: str) -> tuple[sa.Engine, sa.Engine]:
    """(one that writes, one that reads), both over the same file."""
    if synchronous.upper() not in {"FULL", "NORMAL", "EXTRA", "OFF"}:
        raise ValueError(f"synchronous is FULL, NORMAL, EXTRA or OFF, not {synchronous}")
    writer = _sqlite(url, (*_EVERY, *_WRITER, f"synchronous={synchronous}"), "BEGIN IMMEDIATE", 2)
    return writer, _sqlite(url, (*_EVERY, *_READER), "BEGIN", 16)


def _sqlite(url: sa.URL, pragmas: tuple[str, ...], begin: str, size: int) -> sa.Engine:
    engine = sa.create_engine(
        url,
        module=sqlite_driver(),
        pool_size=size,
        max_overflow=64,
        connect_args={"cached_statements": 512, "check_same_thread": False, "timeout": 10},
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connect_hooks(connection)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def postgres_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine, sa.Engine]:
    """(units of work, snapshot reads, counters that advance at once)."""
    import psycopg

    url = postgres_url(url).set(drivername="postgresql+psycopg")
    writer = sa.create_engine(url, pool_size=8, max_overflow=16)
    reader = sa.create_engine(url, pool_size=8, max_overflow=24)
    aside = sa.create_engine(url, pool_size=2, max_overflow=16, isolation_level="AUTOCOMMIT")

    @sa.event.listens_for(reader, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

    return writer, reader, aside


def postgres_url(url: sa.URL) -> sa.URL:
    """As PostgreSQL's own programs read it. Over a network the server must prove who it is, unless the URL
    says something else."""
    url = url.set(drivername="postgresql")
    host = str(url.query.get("host") or url.host or "/")
    if host.startswith("/") or is_loopback(host) or "sslmode" in url.query:
        return url
    return url.update_query_dict({"sslmode": "verify-full"} | _authorities(url))


def _authorities(url: sa.URL) -> dict[str, str]:
    """Where the system keeps whom it trusts; the driver's own OpenSSL looks elsewhere."""
    if "sslrootcert" in url.query:
        return {}
    return {"sslrootcert": next((place for place in _BUNDLES if place and Path(place).is_file()), "system")}


_BUNDLES = (
    os.environ.get("SSL_CERT_FILE"),
    "/etc/ssl/certs/ca-certificates.crt",  # Debian
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
)


def make_database(server: sa.URL, name: str, template: str = "") -> None:
    """A database beside the one `server` names, empty or a copy; nobody may be connected to the template."""
    from psycopg import sql

    copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    _maintain(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)


def drop_database(server: sa.URL, name: str) -> None:
    """Gone, whoever is connected to it."""
    from psycopg import sql

    _maintain(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintain(server: sa.URL, statement: Any) -> None:
    import psycopg

    plain = postgres_url(server).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)
