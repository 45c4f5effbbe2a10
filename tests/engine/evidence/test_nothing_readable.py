"""No text that an application seals can be read anywhere on the disk, whatever was done with it: the data
directory with its write-ahead log and index, temporary files, logs, backups; PostgreSQL's heap, write-ahead log and
dump; Whoosh's folder; nor is there a crash dump."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import re2
import sqlalchemy as sa
from litestar.testing import TestClient

from engine.access.viewer import SYSTEM
from engine.accounts.sessions import Origin
from engine.backup import make_backup
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.seals import Seals
from engine.records.query import Change, Query
from engine.runtime import Runtime
from engine.system_tables import app_versions, inbox, record_keys
from engine.web.app import create_app
from engine.web.security import COOKIE
from metamodel.plugin_api import RawMessage
from tests.engine.server_programs import server_programs
from tests.flagship import MOMENT, loaded_disk, watched
from tests.house.source import ROOT

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "data" / "wecom_messages.jsonl"
OPENLY = ROOT / "sample_apps" / "crm" / "data"
WINDOW = 8  # characters; a page of the database may break a text, rarely within so few
TEXTS = 300


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All that is written while the sample data is loaded and the fixture below runs: data, temporary files,
    everything that is logged."""
    disk = tmp_path_factory.mktemp("disk")
    shutil.copytree(loaded_disk(tmp_path_factory), disk, dirs_exist_ok=True)
    with watched(disk):
        yield disk


@pytest.fixture(scope="module")
def used(disk: Path) -> Iterator[Runtime]:
    """The flagship on its sample data, with real traffic, a search, a look, a bad message, pages, a backup."""
    runtime = Runtime.open(Config(data=disk / "data"), FrozenClock(MOMENT))
    viewer = runtime.require_viewer("dir01")
    found = runtime.records.page(viewer, "conversation_archive", "message", Query(text="报价"))
    runtime.records.get(viewer, "conversation_archive", "message", found.items[0].id)
    recorded = runtime.config.data.parent / f"{runtime.config.data.name}.jsonl"
    lines = list(islice(RECORDED.open(encoding="utf-8"), 300)) if RECORDED.exists() else []
    recorded.write_text(
        "".join([*lines, '{"seq": 990001, "message": {"text": "这一条读不懂，要进隔离区的"}\n']), "utf-8"
    )
    runtime.channels.ingest("wecom", [recorded])
    runtime.jobs.run_due()
    recorded.unlink()  # it came from elsewhere
    runtime.verify(by="audit01")
    _browse(runtime, found.items[0].id)
    make_backup(runtime, disk / "backups")
    yield runtime
    runtime.close()


def _browse(runtime: Runtime, message: str) -> None:
    """Pages and the API as somebody uses them, and a request that fails."""
    token, session = runtime.database.write(lambda unit: runtime.sessions.start(unit, "dir01", Origin()))
    form = "/apps/conversation_archive/forms/message"
    with TestClient(create_app(runtime)) as client:
        again = logging.FileHandler(runtime.config.data.parent / "everything.log", encoding="utf-8")
        logging.getLogger().addHandler(again)  # making the application set the handlers anew
        client.headers.update({"cookie": f"{COOKIE}={token}", "x-csrf-token": session.csrf})
        for path, status in (
            (form, 200),
            (f"{form}/records/{message}", 200),
            ("/apps/conversation_archive/search?q=报价", 200),
            ("/nowhere", 404),
            ("/api/v1/apps/conversation_archive/forms/message/records?q=报价", 200),
        ):
            assert client.get(path).status_code == status, path
        refused = client.post("/api/v1/apps/conversation_archive/forms/message/records", content=b"{")
        assert refused.status_code == 400, refused.text
    logging.getLogger().removeHandler(again)


def sealed_texts(runtime: Runtime) -> set[str]:
    """Every text in a sealed field of any form."""
    seals, found = Seals(runtime.keys), set()
    with runtime.database.read() as connection:
        rows = connection.execute(sa.select(record_keys)).mappings()
        keys = {row["record"]: seals.opened(dict(row)) for row in rows}
        for form in runtime.catalog.all():
            for field in form.sealed:
                column = form.fields[field]
                query = sa.select(form.table.c.id, column).where(column.is_not(None))
                for record, value in connection.execute(query):
                    found |= set(strings(seals.open(keys[record], field, record, value).decode()))
    return found


def strings(plain: str) -> Iterator[str]:
    """A text, or the texts of a JSON list."""
    try:
        waiting: list[Any] = [json.loads(plain)]
    except json.JSONDecodeError:
        waiting = [plain]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, (list, dict)):
            waiting += item.values() if isinstance(item, dict) else item


def encodings(text: str) -> Mapping[str, bytes]:
    return {
        "UTF-8": text.encode(),
        "UTF-16LE": text.encode("utf-16-le"),
        "UTF-16BE": text.encode("utf-16-be"),
        "GB18030": text.encode("gb18030"),
        "JSON": json.dumps(text)[1:-1].encode(),
        "URL": quote(text).encode(),
        "hexadecimal": text.encode().hex().encode(),
        **{f"base64, {skipped} before": _base64(text, skipped) for skipped in range(3)},
    }


def _base64(text: str, skipped: int) -> bytes:
    """What stands in the base64 of something longer, of which so many bytes stand before, modulo three."""
    content = text.encode()[-skipped % 3 :]
    return b64encode(content[: len(content) // 3 * 3])


def readable(data: Path, windows: list[str]) -> list[str]:
    """Where any of these can be read, in any encoding."""
    meant = {
        encoded: f"{window!r} in {name}" for window in windows for name, encoded in encodings(window).items()
    }
    options = re2.Options()
    options.encoding, options.max_mem = re2.Options.Encoding.LATIN1, 512 * 1024 * 1024
    pattern = re2.compile(b"|".join(map(re2.escape, meant)), options)
    return [
        f"{path.relative_to(data)}: {meant[match]}"
        for path in sorted(path for path in data.rglob("*") if path.is_file())
        for match in dict.fromkeys(pattern.findall(path.read_bytes()))
    ]


def windows_of(runtime: Runtime) -> list[str]:
    """Pieces of some of the sealed texts; not those that an application's own words contain, nor what the sample
    says openly as well: people's names, subjects of tickets."""
    with runtime.database.read() as connection:
        openly = "".join(connection.scalars(sa.select(app_versions.c.document)))
    openly += "".join((OPENLY / name).read_text("utf-8") for name in ("organisation.json", "ticket.json"))
    texts = sorted(text for text in sealed_texts(runtime) if len(text) >= WINDOW and not text.isascii())
    chosen = Random(20261120).sample(texts, min(TEXTS, len(texts)))
    middles = {text[len(text) // 2 - WINDOW // 2 :][:WINDOW] for text in chosen}
    return sorted(window for window in middles if not window.isascii() and window not in openly)


def test_no_sealed_text_is_readable(used: Runtime, disk: Path) -> None:
    windows = [*windows_of(used), "这一条读不懂，要进"]
    assert len(windows) > 200
    assert readable(disk, windows) == []
    assert {path.name for path in disk.iterdir()} == {"data", "temporary", "everything.log", "backups"}
    assert used.verify().clean


def test_no_bare_hash_of_what_is_sealed(used: Runtime) -> None:
    """Beside all that is known of a message, the hash of its text would be as good as the text."""
    texts = sorted(sealed_texts(used))
    with used.database.read() as connection:
        rows = connection.execute(sa.select(inbox.c.raw_sealed, inbox.c.digest).limit(200)).all()
    raw = [msgspec.msgpack.decode(used.box.open(sealed, digest))[0] for sealed, digest in rows]
    chosen = [*(text.encode() for text in Random(1).sample(texts, 200)), *raw]
    digests = [hashlib.sha256(plain).digest() for plain in chosen]
    for path in (path for path in used.config.data.glob("muniment.db*") if path.is_file()):
        content = path.read_bytes()
        assert not any(digest in content or digest.hex().encode() in content for digest in digests), path


def test_it_would_be_noticed(used: Runtime, tmp_path: Path) -> None:
    window = windows_of(used)[0]
    for name, encoded in encodings(window).items():
        (tmp_path / name).write_bytes(b"\0" + encoded)
    for before in (b"", b"a", b"ab"):
        assert any(_base64(window, n) in b64encode(before + window.encode() + b"z") for n in range(3))
    assert len(readable(tmp_path, [window])) == len(encodings(window))
    assert used.records.page(SYSTEM, "conversation_archive", "message", Query(limit=1)).items


# -- the other database, the other search index ------------------------------------------------------

LETTERS: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "letters", "label": "信件"},
    "forms": [{"id": "letter", "label": "信件", "kind": "archive", "title": "{number}", "fields": [
        {"id": "number", "type": "text", "label": "编号", "evidence": True},
        {"id": "body", "type": "long_text", "label": "正文", "evidence": True, "sealed": True, "searchable": True},
        {"id": "note", "type": "text", "label": "批注", "sealed": True, "searchable": True}]}],
    "channels": [{"id": "letters_in", "label": "收件", "connector": "webhook", "options": {"fields": {
        "vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}}],
    "rules": [
        {"id": "capture", "label": "捕获", "when": {"trigger": "message_received"}, "then": [
            {"action": "create_record", "with": {"form": "letter", "values": {
                "number": "vendor_id", "body": "text"}}}]},
        {"id": "cut", "label": "分词", "when": {"trigger": "record_created", "form": "letter"}, "then": [
            {"action": "run_analyzer", "with": {"analyzer": "words", "options": {"field": "body"}}}]}],
}  # fmt: skip
BROKEN = "此信残缺不全须入隔离"


def made_up(number: int, seed: int) -> list[str]:
    """Texts that stand nowhere else on a server that many tests use."""
    random = Random(seed)
    return ["".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(60)) for _ in range(number)]


@pytest.fixture(params=["postgresql", "whoosh"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Config, list[Path]]]:
    """A configuration, and where besides its folder something of it may lie."""
    if request.param == "whoosh":
        data = request.getfixturevalue("sqlite_data")
        yield Config(data=data, search_backend="whoosh"), []
        return
    server = request.getfixturevalue("postgresql")
    name, url = server.create()
    yield Config(data=tmp_path / "data", database_url=url, pg_bin=server_programs()), server.written()
    server.drop(name)


def test_nor_on_the_other_database_or_in_the_other_index(
    installation: tuple[Config, list[Path]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Heap, indexes and write-ahead log of PostgreSQL, its dump; the folder of Whoosh; logs and temporary files."""
    config, elsewhere = installation
    texts, notes, disk = made_up(40, 1), made_up(8, 2), tmp_path / "watched"
    with watched(disk):
        runtime = Runtime.open(config, FrozenClock(MOMENT))
        runtime.applications.publish(None, LETTERS, "system")
        for number, text in enumerate(texts):
            line = json.dumps(
                {"id": str(number), "at": "2026-11-20T09:00:00+08:00", "from": "甲", "text": text}
            )
            runtime.receive("letters_in", RawMessage(line.encode(), {}, source="10.0.0.9"))
        runtime.receive(
            "letters_in", RawMessage(f'{{"id": "x", "text": "{BROKEN}'.encode(), {}, source="10.0.0.9")
        )
        runtime.jobs.run_due()
        found = runtime.records.page(SYSTEM, "letters", "letter", Query(text=texts[3][10:14]))
        assert [item.values["body"] for item in found.items] == [texts[3]]
        letters = runtime.records.page(SYSTEM, "letters", "letter", Query(limit=len(notes))).items
        changes = [Change(one.id, {"note": note}) for one, note in zip(letters, notes, strict=True)]
        assert all(one.ok for one in runtime.records.update(SYSTEM, "letters", "letter", changes))
        assert runtime.verify(by="system").clean
        make_backup(runtime, tmp_path / "backups")
        runtime.close()
    windows = [text[26:][:WINDOW] for text in [*texts, *notes]] + [BROKEN[:WINDOW]]
    if elsewhere:
        request.getfixturevalue("postgresql").flush()
        assert any("dump" in path.name for path in (tmp_path / "backups").rglob("*"))
    else:
        assert any(path.suffix == ".seg" for path in config.data.rglob("*"))
    assert readable(tmp_path, windows) == []
    for folder in elsewhere:
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) > 1_000_000
        assert readable(folder, windows) == []


def test_it_would_be_noticed_on_the_server(postgresql: Any) -> None:
    """What is written in the plain is found in the heap and in the write-ahead log."""
    (text,) = made_up(1, 3)
    name, url = postgresql.create()
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE told (words text)"))
        connection.execute(sa.text("INSERT INTO told VALUES (:words)"), {"words": text})
    engine.dispose()
    postgresql.flush()
    assert all(readable(folder, [text[20:][:WINDOW]]) for folder in postgresql.written())
    postgresql.drop(name)


CRASH = """
import faulthandler, os, resource, sys
from pathlib import Path
from engine.commands.console import opened
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
faulthandler.enable()
with opened(Path(sys.argv[1])) as runtime:
    words = "这一句话只在内存里，不该留在任何崩溃转储中"
    sealed = runtime.box.seal(words.encode())
    os.abort()
"""


def test_a_crash_leaves_no_memory_behind(tmp_path: Path, sqlite_data: Path) -> None:
    """Memory holds keys and what is being worked on, so a process that opens an installation dumps none of
    it, whatever limit it was started under."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(sqlite_data)], cwd=tmp_path, capture_output=True,
        env={**os.environ, "PYTHONPATH": os.getcwd(), "MUNIMENT_DATABASE_URL": ""},
    )  # fmt: skip
    assert done.returncode < 0
    assert b"Fatal Python error" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "core" in path.name] == []
    assert readable(tmp_path, ["不该留在任何崩溃"]) == []
    (tmp_path / "told").write_bytes(done.stdout + done.stderr)
    assert readable(tmp_path, ["不该留在任何崩溃"]) == []
