"""No text that an application seals can be read anywhere in the data directory, whatever was done with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.commands.demo import load_samples
from engine.config import Config
from engine.evidence.seals import Seals
from engine.evidence.verify import verify
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import app_versions, inbox, record_keys

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "data" / "wecom_messages.jsonl"
WINDOW = 8  # characters; a page of the database may break a text, rarely within so few
TEXTS = 300


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The flagship on its sample data, with real traffic, a search, a look, a change, a bad message."""
    clock = FrozenClock(datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("used")), clock)
    load_samples(runtime, "2026-11-20", lambda _: None)
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
    verify(runtime, by="audit01")
    yield runtime
    runtime.close()


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
    }


def readable(data: Path, windows: list[str]) -> list[str]:
    """Where any of these can be read, in any encoding."""
    found = []
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [
            f"{path.relative_to(data)}: {window!r} in {name}"
            for window in windows
            for name, encoded in encodings(window).items()
            if encoded in content
        ]
    return found


def windows_of(runtime: Runtime) -> list[str]:
    """Pieces of some of the sealed texts; not those that an application's own words contain."""
    with runtime.database.read() as connection:
        documents = "".join(connection.scalars(sa.select(app_versions.c.document)))
    texts = sorted(text for text in sealed_texts(runtime) if len(text) >= WINDOW and not text.isascii())
    chosen = Random(20261120).sample(texts, min(TEXTS, len(texts)))
    middles = {text[len(text) // 2 - WINDOW // 2 :][:WINDOW] for text in chosen}
    return sorted(window for window in middles if not window.isascii() and window not in documents)


def test_no_sealed_text_is_readable(used: Runtime) -> None:
    windows = [*windows_of(used), "这一条读不懂，要进"]
    assert len(windows) > 200
    assert readable(used.config.data, windows) == []
    assert verify(used).clean


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
    assert len(readable(tmp_path, [window])) == 5
    assert used.records.page(SYSTEM, "conversation_archive", "message", Query(limit=1)).items
