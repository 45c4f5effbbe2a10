"""Single bytes changed at random: of the database file, where they are found, or proved to mean nothing that is
covered; and of the published tiles, the checkpoints beside them and the attachments, where every one is found.

`MUNIMENT_EDITS` says how many (10,000 take half an hour); the suite tries some.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from engine.clock import FrozenClock
from engine.config import Config
from engine.database import Database
from engine.engines import sqlite_driver
from engine.evidence.states import GUARDED
from engine.evidence.triggers import APPEND_ONLY
from engine.evidence.verify import inspect
from engine.runtime import Runtime
from engine.tables import Shape
from tests.engine.evidence.archive import fill, keep_and_shred
from tests.engine.evidence.damage import kinds

SEED = int(os.environ.get("MUNIMENT_TAMPERING_SEED", "20261123"))
EDITS = int(os.environ.get("MUNIMENT_EDITS", "100"))
WHOLE = ("leaves", "tiles", "checkpoints", "record_keys", "audit", "app_versions", "tombstones")
PARTS: Mapping[str, tuple[str, ...]] = {
    "inbox": ("id", "digest", "raw_sealed"),
    "files": ("id", "digest", "size", "name_sealed", "key_wrapped", "master"),
    **{name: (*key, *rest) for name, (key, rest) in GUARDED.items()},
}
Meaning = dict[str, Any]
UNNAMED = frozenset({"check_failed"})
Stretch = tuple[Path, int, int]  # file, first byte, how many
DAMAGED = (sa.exc.DBAPIError, sqlite_driver().Error, UnicodeDecodeError)


@pytest.fixture
def vault(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    fill(runtime, clock, 160)  # more than a tile of entries
    keep_and_shred(runtime, clock)
    yield runtime
    runtime.close()


def test_single_bytes(vault: Runtime, tmp_path: Path) -> None:
    random, file = Random(SEED), tmp_path / "copy.db"
    with closing(sqlite_driver().connect(vault.config.data / "muniment.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))
    archives = _archives(vault)
    before = _meaning(file, archives)
    assert all(before[name] for name in (*WHOLE, *PARTS)), "there is something of everything"
    assert _judge(vault, file) == "clean"
    values, beside = _values(before, file), _beside(vault)
    anywhere = [(file, 0, file.stat().st_size)]
    found: Counter[str] = Counter()
    missed = []
    for number in range(EDITS):
        path, start, length = random.choice((anywhere, values, beside, values)[number % 4])
        place, bits = start + random.randrange(length), random.randrange(1, 256)
        with _flipped(path, place, bits):
            verdict = _judge(vault, file)
            if verdict == "clean" and path == file and _meaning(file, archives) == before:
                verdict = "means nothing"
        if verdict in ("clean", "unnamed"):
            missed.append((path.name, place, bits))
        found[verdict] += 1
    print(dict(found))
    assert missed == [], found
    assert found["found"] >= EDITS / 2, found  # of those that fall anywhere, most hit empty pages


@contextmanager
def _flipped(path: Path, place: int, bits: int) -> Iterator[None]:
    honest = path.read_bytes()[place]
    _write(path, place, honest ^ bits)
    try:
        yield
    finally:
        _write(path, place, honest)


def _write(file: Path, place: int, byte: int) -> None:
    for name in ("-wal", "-shm"):
        file.with_name(file.name + name).unlink(missing_ok=True)
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(bytes([byte]))


def _judge(vault: Runtime, file: Path) -> str:
    """clean, found, found but not called by its name, or that the database does not open at all."""
    copy = Database(Config(data=file.parent, database_url=f"sqlite:///{file}"))
    try:
        with copy.read() as connection:
            return {frozenset(): "clean", UNNAMED: "unnamed"}.get(
                frozenset(kinds(inspect(vault, connection))), "found"
            )
    except DAMAGED:
        return "does not open"
    finally:
        copy.close()


# -- what is covered, read without the engine ------------------------------------------------------------
def _archives(vault: Runtime) -> list[str]:
    archives = [table for table in vault.catalog.all() if table.is_archive]
    links = [link.name for table in archives for link in table.links.values()]
    return [*(table.table.name for table in archives), *links]


def _meaning(file: Path, archives: list[str]) -> Meaning:
    """Every covered row by its table, the triggers over them, and what the catalog says of archives."""
    connection = sqlite_driver().connect(file)
    connection.text_factory = bytes
    try:
        tables = dict.fromkeys((*WHOLE, *archives), "*")
        tables |= {name: ", ".join(f'"{part}"' for part in parts) for name, parts in PARTS.items()}
        asked = {name: f'SELECT {what} FROM "{name}"' for name, what in tables.items()}  # noqa: S608
        found: Meaning = {name: sorted(connection.execute(text), key=repr) for name, text in asked.items()}
        guarded = {name.encode() for name in (*APPEND_ONLY, *archives)}
        triggers = connection.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        found["triggers"] = sorted(row for row in triggers if row[0] in guarded)
        entries = connection.execute("SELECT id, app, form, field, physical, state, shape FROM catalog")
        found["catalog"] = [(*row[:-1], _shape(row[-1])) for row in entries]
        return found
    except (sqlite3.Error, *DAMAGED) as error:
        return {"damaged": repr(error)}
    finally:
        connection.close()


def _values(meaning: Meaning, file: Path) -> list[Stretch]:
    """Where covered values lie in the file, and how long they are."""
    honest = file.read_bytes()
    rows = (row for name, rows in meaning.items() if name != "catalog" for row in rows)
    found = {value for row in rows for value in row if isinstance(value, bytes) and len(value) >= 8}
    return [(file, place, len(value)) for value in sorted(found) if (place := honest.find(value)) >= 0]


def _beside(vault: Runtime) -> list[Stretch]:
    """What is published beside the database, and the attachments."""
    files = (path for part in ("ledger", "files") for path in (vault.config.data / part).rglob("*"))
    return [
        (path, 0, path.stat().st_size) for path in sorted(files) if path.is_file() and path.suffix != ".lock"
    ]


def _shape(text: bytes) -> Any:
    """An index more or less is nobody's evidence; neither is what does not make a shape any more."""
    shape = msgspec.json.decode(text, type=Shape)
    return (shape.column(), shape.evidence, shape.link, shape.kind)
