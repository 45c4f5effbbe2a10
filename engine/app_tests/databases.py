"""Databases of app tests: a file in the test's folder, or a database on the server that the tests use.

On PostgreSQL the tests never touch the database of `MUNIMENT_DATABASE_URL` itself: each makes one
beside it, so its user must be allowed to (CREATEDB).
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.config import Config
from engine.engines import drop_database, make_database
from metamodel.problems import Rejected, problem


class Databases:
    """`server` is blank for SQLite."""

    def __init__(self, server: str) -> None:
        self._server = sa.make_url(server) if server and not server.startswith("sqlite") else None

    def url(self, name: str) -> str:
        if self._server is None:
            return ""
        return self._server.set(database=name).render_as_string(hide_password=False)

    def create(self, config: Config, template: Config | None = None) -> None:
        """An empty one, or a copy. Rejected when the server does not let us."""
        if self._server is None:
            return
        try:
            make_database(self._server, config.data.name, template.data.name if template else "")
        except Exception as error:
            raise Rejected([problem("app_test.no_database", reason=str(error).strip()[:200])]) from error

    def drop(self, config: Config) -> None:
        if self._server is not None:
            drop_database(self._server, config.data.name)
