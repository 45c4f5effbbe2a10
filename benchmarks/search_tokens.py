"""How fast texts become searchable: tokens alone, and tokens into the database's index.

    python benchmarks/search_tokens.py [MESSAGES.jsonl] [--documents 100000]

Recorded WeCom messages, halves of two glued together so that no text comes twice often. Prints
documents a second (of wall time and of this thread's processor time) and what a search costs.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.config import Config
from engine.database import Database
from engine.search.backend import AllOf
from engine.search.blind import Blinder
from engine.search.sqlite import SqliteIndex
from engine.search.tokens import query_tokens

DATA = Path(__file__).parents[2] / "shared" / "data" / "wecom_messages.jsonl"
BATCH = 500


def texts(path: Path, number: int) -> Iterator[str]:
    """`number` texts made of the file's."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line)["message"].get("text", {}).get("content") for line in lines]
    known = [text for text in found if text]
    chance = random.Random(1)
    for _ in range(number):
        first, second = chance.choices(known, k=2)
        yield first[: len(first) // 2] + second[len(second) // 2 :]


class Stopwatch:
    """Adds up wall time and this thread's processor time over many stretches."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._started[0]
        self.processor += time.thread_time() - self._started[1]

    def print(self, what: str, number: int) -> None:
        rates = f"{number / self.wall:>9,.0f}/s {number / self.processor:>9,.0f}/s of processor"
        print(f"{what:<32} {rates}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("messages", nargs="?", type=Path, default=DATA)
    arguments.add_argument("--documents", type=int, default=100_000)
    given = arguments.parse_args()
    documents = list(texts(given.messages, given.documents))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Config(data=Path(folder)))
        database.migrate()
        measure(database, documents)
        database.close()


def measure(database: Database, documents: list[str]) -> None:
    index = SqliteIndex(database)
    database.write(lambda unit: index.prepare(unit, "r_1"))
    blinder = Blinder(bytes(32), index.encode)
    cold, warm, insert = Stopwatch(), Stopwatch(), Stopwatch()
    with database.connect() as connection:
        for at in range(0, len(documents), BATCH):
            batch = documents[at : at + BATCH]
            with cold:
                rows = [(at + place, blinder.tokens(text)) for place, text in enumerate(batch, 1)]
            with warm:
                for text in batch:
                    blinder.tokens(text)
            with insert, connection.begin():
                index.add(Here(connection), "r_1", rows)  # type: ignore[arg-type]
    cold.print("tokens", len(documents))
    warm.print("tokens, all cached", len(documents))
    insert.print(f"into FTS5, a commit per {BATCH}", len(documents))
    for word in ("的", "时间", "营业时间", "竞品"):
        ask(database, index, blinder, word)


class Here:
    """What `add` needs of a unit of work, on this thread so that its time can be told."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection


def ask(database: Database, index: SqliteIndex, blinder: Blinder, word: str) -> None:
    tokens = blinder.all_of(query_tokens(word).tokens)
    select = index.matching("r_1", AllOf(tokens))
    with database.read() as connection:
        started = time.perf_counter()
        found = len(connection.scalars(select).all())
        every = time.perf_counter() - started
        started = time.perf_counter()
        connection.scalars(select.order_by(select.selected_columns.id.desc()).limit(20)).all()
        newest = time.perf_counter() - started
    print(f"search {word}: {found:,} found in {every * 1e3:.1f} ms, the newest 20 in {newest * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
