"""Files go in and come out the same, lie sealed, and are missed when touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.config import Config
from engine.database import Database
from engine.evidence.seals import BrokenSeal, MasterKeys, Seals
from engine.files import CHUNK, BrokenFile, Files
from engine.system_tables import files as table
from metamodel.problems import Rejected

SECRET = "机密报价单 top secret".encode()


@pytest.fixture
def files(database: Database, config: Config) -> Files:
    return Files(database, Seals(MasterKeys.open(config.master_key)), config.data)


def store(files: Files, content: bytes, name: str = "报价.pdf") -> str:
    return files._database.write(lambda unit: files.store(unit, [content], name, "application/pdf", "zhou"))


def blobs(config: Config) -> list[Path]:
    return sorted(path for path in (config.data / "files").rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_went_in_comes_out(files: Files, size: int) -> None:
    content = (SECRET * (size // len(SECRET) + 1))[:size]
    assert b"".join(files.open(store(files, content))) == content


def test_it_may_come_in_any_pieces(files: Files, database: Database) -> None:
    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            yield bytes([number % 256]) * number

    identifier = database.write(lambda unit: files.store(unit, pieces(), "x", "text/plain", "zhou", "77"))
    assert b"".join(files.open(identifier)) == b"".join(pieces())
    with database.read() as connection:
        assert connection.scalar(sa.select(table.c.record)) == 77


def test_it_is_described(files: Files, database: Database) -> None:
    first, second = store(files, SECRET), store(files, b"", "空.txt")
    with database.read() as connection:
        found = files.describe(connection, [second, "x", first, "999999"])
    assert [(one["id"], one["name"], one["size"]) for one in found] == [
        (second, "空.txt", 0), (first, "报价.pdf", len(SECRET)),
    ]  # fmt: skip
    assert found[1]["media_type"] == "application/pdf"
    assert len(found[1]["digest"]) == 64


def test_nothing_of_it_is_readable_on_disk(files: Files, config: Config, database: Database) -> None:
    store(files, SECRET * 1000)
    database.close()
    everything = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    for word in ("机密", "报价"):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert word.encode(encoding) not in everything


def test_equal_contents_lie_there_once_under_two_keys(
    files: Files, config: Config, database: Database
) -> None:
    first, second = store(files, SECRET, "a"), store(files, SECRET, "b")
    assert len(blobs(config)) == 1
    database.write(lambda unit: unit.connection.execute(table.delete().where(table.c.id == int(first))))
    assert b"".join(files.open(second)) == SECRET
    with pytest.raises(Rejected, match=r"file\.unknown"):
        files.open(first)


def test_one_file_cannot_take_the_key_or_name_of_another(files: Files, database: Database) -> None:
    first, second = store(files, SECRET, "a"), store(files, SECRET, "b")
    other = sa.select(table.c.key_wrapped).where(table.c.id == int(first)).scalar_subquery()
    change = table.update().where(table.c.id == int(second)).values(key_wrapped=other)
    database.write(lambda unit: unit.connection.execute(change))
    with pytest.raises(BrokenSeal):
        files.open(second)


@pytest.mark.parametrize("how", ["flip", "cut", "cut a chunk", "swap", "empty", "gone"])
def test_touched_bytes_are_noticed(files: Files, config: Config, how: str) -> None:
    content = bytes(range(256)) * 1024
    identifier = store(files, content)
    (path,) = blobs(config)
    raw, chunk = path.read_bytes(), CHUNK + 28
    body = raw[16:]
    touched = {
        "flip": raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:],
        "cut": raw[:-1],
        "cut a chunk": raw[: 16 + 3 * chunk],
        "swap": raw[:16] + body[chunk : 2 * chunk] + body[:chunk] + body[2 * chunk :],
        "empty": b"",
        "gone": b"",
    }[how]
    path.write_bytes(touched)
    if how == "gone":
        path.unlink()
    with pytest.raises(BrokenFile):
        b"".join(files.open(identifier))


def test_a_unit_that_fails_leaves_bytes_that_are_swept_away(
    files: Files, config: Config, database: Database
) -> None:
    kept = files.keep([SECRET])
    with pytest.raises(LookupError):
        database.write(lambda unit: (files.store(unit, kept, "x", "text/plain", "zhou"), {}["no"]))
    identifier = store(files, b"stays")
    assert len(blobs(config)) == 2
    assert files.sweep(older_than=0) == 0
    assert files.sweep(older_than=blobs(config)[0].stat().st_mtime + 1e6) == 1
    assert b"".join(files.open(identifier)) == b"stays"
