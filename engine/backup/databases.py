"""The database's part of a backup: one consistent copy, taken while others write.

SQLite by its own backup, under one snapshot; PostgreSQL by `pg_dump` and `pg_restore`, or by our own dump
where they are not there or older than the server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from engine.backup import copying
from engine.backup.manifest import Progress
from engine.config import Config
from engine.database import Database, driver
from engine.engines import postgres_url, sqlite_driver
from engine.processes import environment_of_others
from engine.system_tables import metadata
from metamodel.problems import Rejected, problem

PAGES = 4_096  # copied at a time


class Unavailable(Rejected):
    """The program is not there, or older than the server."""


class Taker(Protocol):
    """Takes the copy of one kind of database, and puts it back."""

    def take(self, database: Database, folder: Path, progress: Progress | None) -> str:
        """The name of the file in the folder that holds it now."""
        ...

    def is_empty(self, config: Config) -> bool:
        """Is there nothing where it would be put back?"""
        ...

    def put_back(self, config: Config, folder: Path) -> None: ...


class Sqlite:
    file = "muniment.db"

    def take(self, database: Database, folder: Path, progress: Progress | None) -> str:
        """One snapshot from the first page to the last: writers neither wait nor make it begin anew."""

        def told(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        with database.read() as connection, closing(sqlite_driver().connect(folder / self.file)) as copy:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
            driver(connection).backup(copy, pages=PAGES, progress=told)
        (folder / self.file).chmod(0o600)
        return self.file

    def is_empty(self, config: Config) -> bool:
        return not self._path(config).exists()

    def put_back(self, config: Config, folder: Path) -> None:
        path = self._path(config)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(folder / self.file, path)
        path.chmod(0o600)

    def _path(self, config: Config) -> Path:
        return Path(sa.make_url(config.url).database or "")


class Postgresql:
    theirs, ours = "database.dump", "tables.dump"

    def take(self, database: Database, folder: Path, progress: Progress | None) -> str:
        path = folder / self.theirs
        path.touch(mode=0o600)
        try:
            arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
            _run("pg_dump", database.config, arguments)
        except Unavailable:
            path.unlink()
            path = folder / self.ours
            path.touch(mode=0o600)
            copying.dump(database, path, list(metadata.tables))
        return path.name

    def is_empty(self, config: Config) -> bool:
        database = Database(config)
        try:
            with database.read() as connection:
                return not sa.inspect(connection).get_table_names()
        finally:
            database.close()

    def put_back(self, config: Config, folder: Path) -> None:
        if (folder / self.ours).exists():
            copying.put_back(config, folder / self.ours)
            return
        arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _run("pg_restore", config, [*arguments, str(folder / self.theirs)])


def taker_of(kind: str) -> Taker:
    """By the name of the database's kind, as a manifest has it."""
    takers: Mapping[str, Taker] = {"sqlite": Sqlite(), "postgresql": Postgresql()}
    return takers[kind]


def kind_of(config: Config) -> str:
    return sa.make_url(config.url).get_backend_name()


def _run(program: str, config: Config, arguments: list[str]) -> None:
    """The password travels in the environment: arguments can be seen by everybody on the machine."""
    found = shutil.which(program, path=os.pathsep.join(filter(None, (config.pg_bin, os.environ.get("PATH")))))
    if found is None:
        raise Unavailable([problem("backup.no_program", program=program)])
    url = postgres_url(sa.make_url(config.url))
    environment: dict[str, Any] = {
        **environment_of_others(),
        "PGPASSWORD": url.password or os.environ.get("PGPASSWORD", ""),
    }
    plain = sa.URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    command = [found, f"--dbname={plain.render_as_string(hide_password=False)}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    if "server version mismatch" in done.stderr:
        raise Unavailable([problem("backup.no_program", program=program)])
    if done.returncode != 0:
        raise Rejected([problem("backup.program_failed", program=program, reason=done.stderr.strip()[-600:])])
