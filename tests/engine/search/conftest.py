"""A form table stand-in and the three backends, each over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import FrozenClock
from engine.config import Config
from engine.database import Database
from engine.search import Search
from metamodel.application import App
from metamodel.forms import Form
from tests.conftest import NOW

KEY = bytes(range(32))
APP = "sample"


@dataclass(frozen=True)
class Table:
    """What search asks of a FormTable."""

    app: str = APP
    form: str = "note"
    table: Any = field(default_factory=lambda: sa.table("r_7"))


@dataclass(frozen=True)
class Indexed:
    """A search index over a database, with one form prepared."""

    database: Database
    search: Search
    table: Any
    form: Form

    def add(self, rows: dict[int, dict[str, Any]]) -> None:
        texts = self.search.texts(APP, self.form)
        documents = [(record, texts.tokens(values)) for record, values in rows.items()]
        self.database.write(lambda unit: self.search.index(unit, self.table, documents))

    def replace(self, record: int, values: dict[str, Any]) -> None:
        tokens = self.search.texts(APP, self.form).tokens(values)
        self.database.write(lambda unit: self.search.replace(unit, self.table, [(record, tokens)]))

    def remove(self, *ids: int) -> None:
        self.database.write(lambda unit: self.search.remove(unit, self.table, ids))

    def found(self, node: Any, fields: tuple[str, ...] = ("title", "content")) -> list[int]:
        select = self.search.matching(self.table, node, fields)
        with self.database.read() as connection:
            return sorted(connection.scalars(select))


NOTE = {
    "id": "note",
    "label": "便签",
    "fields": [
        {"id": "title", "type": "text", "label": "标题", "searchable": True},
        {"id": "content", "type": "long_text", "label": "内容", "searchable": True, "sealed": True},
    ],
}


@pytest.fixture(scope="session")
def note(app_from: Any) -> App:
    return app_from({"app": {"id": APP, "label": "Sample"}, "forms": [NOTE]})


@pytest.fixture(params=["sqlite", "postgresql", "whoosh"])
def indexed(request: pytest.FixtureRequest, tmp_path: Path, note: App) -> Iterator[Indexed]:
    url, name = "", ""
    if request.param == "postgresql":
        name, url = request.getfixturevalue("postgresql").create()
        (tmp_path / "data").mkdir()
    else:
        request.getfixturevalue("sqlite_data")
    database = Database(Config(data=tmp_path / "data", database_url=url), FrozenClock(NOW))
    search = Search(database, lambda: [KEY], "whoosh" if request.param == "whoosh" else "")
    form = note.form("note")
    assert form is not None
    table: Any = Table()
    database.write(lambda unit: search.prepare(unit, table))
    yield Indexed(database, search, table, form)
    database.close()
    if name:
        request.getfixturevalue("postgresql").drop(name)
