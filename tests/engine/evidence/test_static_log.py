"""A log as static files: a reader that knows nothing of ours rebuilds the tree from them; on the web the same."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from engine.clock import FrozenClock
from engine.config import Config
from engine.database import Database
from engine.evidence import merkle
from engine.evidence.keys import MasterKeys
from engine.evidence.ledger import Ledger
from engine.evidence.static_log import StaticLog
from engine.evidence.witnesses.settings import LedgerSettings
from engine.runtime import Runtime
from engine.system_tables import leaves
from tests.engine.evidence.conftest import append, some_entry
from tests.serving import app_over

ROOT = Path(__file__).parents[3]
Fetch = Callable[[str], bytes]


# -- a client of C2SP tlog-tiles, from its specification -------------------------------------------------
def path_of(level: int, number: int, width: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(reversed(groups))}" + (f".p/{width}" if width < 256 else "")


def follow(fetch: Fetch) -> int:
    """Every tile of every level under the checkpoint, each level computed from the one below; its size."""
    lines = fetch("checkpoint").decode().split("\n")
    size, root = int(lines[1]), base64.b64decode(lines[2])
    below: list[bytes] = []
    for level in range(8):
        hashes: list[bytes] = []
        count = size >> 8 * level
        for number in range(-(-count // 256)):
            width = min(count - 256 * number, 256)
            tile = fetch(path_of(level, number, width))
            assert len(tile) == 32 * width
            hashes += [tile[start : start + 32] for start in range(0, len(tile), 32)]
        if level == 0:
            assert tree_head(hashes) == root
        else:
            assert hashes == [tree_head(below[256 * n : 256 * n + 256]) for n in range(count)]
        below = hashes
    return size


def tree_head(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + tree_head(hashes[:split]) + tree_head(hashes[split:])).digest()


# -- on disk ---------------------------------------------------------------------------------------------
def test_the_files_are_the_tree(database: Database, ledger: Ledger, clock: FrozenClock) -> None:
    folder = database.config.data / "ledger" / "records"
    done = 0
    for grown in (1, 200, 256, 700, 1025):
        append(database, ledger, range(done, grown))
        clock.advance(seconds=1)
        ledger.integrate()
        done = grown
        assert follow(lambda path: (folder / path).read_bytes()) == grown
    partial = [path for path in folder.rglob("*") if path.parent.suffix == ".p"]
    assert [str(path.relative_to(folder)) for path in sorted(partial)] == [
        "tile/0/004.p/1", "tile/1/000.p/4",
    ]  # fmt: skip


def test_full_tiles_are_written_once_and_nothing_over_a_larger_checkpoint(tmp_path: Path) -> None:
    log, read = StaticLog(tmp_path / "log"), list[tuple[int, int, int]]()

    def tile(level: int, number: int, width: int) -> bytes:
        read.append((level, number, width))
        return bytes(32 * width)

    log.publish("o\n600\nr\n", 600, tile)
    assert read == [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)]
    read.clear()
    log.publish("o\n800\nr\n", 800, tile)
    assert read == [(0, 2, 256), (0, 3, 32), (1, 0, 3)]
    read.clear()
    log.publish("o\n700\nr\n", 700, tile)  # of a database that was turned back
    assert read == []
    assert log.checkpoint.read_text() == "o\n800\nr\n"


def test_an_older_installation_gets_its_tiles(
    database: Database, keys: MasterKeys, clock: FrozenClock
) -> None:
    ledger = Ledger(database, keys)
    append(database, ledger, range(300))
    ledger.integrate()
    folder = database.config.data / "ledger" / "records"
    for path in sorted((folder / "tile").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "tile").rmdir()
    append(database, ledger, range(300, 301))
    clock.advance(seconds=1)
    ledger.integrate()
    assert follow(lambda path: (folder / path).read_bytes()) == 301


# -- on the web ------------------------------------------------------------------------------------------
@pytest.fixture
def grown(office: Runtime) -> Runtime:
    def work(unit: object) -> None:
        office.ledger.append(unit, "records", [some_entry(number) for number in range(300)])  # type: ignore[arg-type]

    office.database.write(work)
    office.ledger.integrate()
    return office


def make_public(runtime: Runtime) -> None:
    runtime.database.write(lambda unit: runtime.witnesses.save(unit, LedgerSettings(public=True)))


def test_who_may_follow(grown: Runtime) -> None:
    read = {"authorization": f"Bearer {grown.tokens.create('ye', 'test', ('read',))}"}
    ingest = {"authorization": f"Bearer {grown.tokens.create('ye', 'test', ('ingest',))}"}
    with TestClient(app_over(grown, pages=False)) as client:
        path = "/ledger/records/checkpoint"
        assert client.get(path).status_code == 401
        assert client.get(path, headers=ingest).status_code == 403
        assert client.get(path, headers=read).status_code == 200
        make_public(grown)
        assert client.get(path).status_code == 200
        assert follow(lambda place: client.get(f"/ledger/records/{place}").content) == 300


@pytest.mark.parametrize(
    "place",
    ["tile/0/000.p/0", "tile/0/000.p/257", "tile/0/002", "tile/0/001.p/45", "tile/7/000", "tile/0/x000",
     "tile/entries/000", "tile/0/0", "tile/0/000/../../checkpoint", "tile/0/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_what_is_no_tile(grown: Runtime, place: str) -> None:
    make_public(grown)
    with TestClient(app_over(grown, pages=False)) as client:
        assert client.get(f"/ledger/records/{place}").status_code in (400, 404)
        assert client.get("/ledger/nothing/checkpoint").status_code == 404


def test_proofs_of_positions(grown: Runtime) -> None:
    token = {"authorization": f"Bearer {grown.tokens.create('ye', 'test', ('read',))}"}
    with TestClient(app_over(grown, pages=False)) as client:
        found = client.get("/api/v1/ledger/records/inclusion?position=7&size=200", headers=token).json()
        refused = client.get("/api/v1/ledger/records/inclusion?position=200&size=200", headers=token)
    with grown.database.read() as connection:
        leaf = connection.scalar(
            sa.select(leaves.c.hash).where(leaves.c.log == "records", leaves.c.position == 7)
        )
    path, root = [base64.b64decode(step) for step in found["path"]], base64.b64decode(found["root"])
    assert merkle.verify_inclusion(7, 200, leaf or b"", path, root)
    assert refused.status_code == 400


# -- several processes -----------------------------------------------------------------------------------
WRITER = """
import sys
from pathlib import Path
from engine.config import Config
from engine.database import Database
from engine.evidence.keys import MasterKeys
from engine.evidence.ledger import Ledger
from tests.engine.evidence.conftest import some_entry
data, url, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
database = Database(Config(data, url, synchronous="OFF"))
ledger = Ledger(database, MasterKeys.open(data / "keys.json"), "example.org/archive")
for number in range(start, start + 40):
    database.write(lambda unit: ledger.append(unit, "records", [some_entry(number * 2), some_entry(number * 2 + 1)]))
    if number % 10 == 9:
        ledger.integrate()
database.close()
"""


def test_several_processes_give_one_order(database: Database, config: Config, clock: FrozenClock) -> None:
    keys = MasterKeys.open(config.data / "keys.json")
    ledger = Ledger(database, keys, "example.org/archive")
    starts = (0, 100, 200, 300)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(config.data), config.database_url, str(start)], cwd=ROOT
        )
        for start in starts
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0, 0]
    with database.read() as connection:
        query = sa.select(leaves.c.position, leaves.c.record).where(leaves.c.log == "records")
        rows = connection.execute(query.order_by(leaves.c.position)).all()
    assert [row.position for row in rows] == list(range(320))
    for start in starts:  # each one's own order is kept, and its pairs stand together
        own = [row for row in rows if start * 2 <= row.record < start * 2 + 80]
        assert [row.record for row in own] == list(range(start * 2, start * 2 + 80))
        assert all(b.position == a.position + 1 for a, b in zip(own[::2], own[1::2], strict=True))
    ledger.integrate()
    assert follow(lambda path: (config.data / "ledger" / "records" / path).read_bytes()) == 320
