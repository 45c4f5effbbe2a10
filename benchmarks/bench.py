"""`muniment bench`: capture, single creates, search, lists and pages against the floor, in one run.

The floor is bare `sqlite3` writing the very same stored columns, keys, leaves, links and index
tokens in the same batches, with nothing around it. Figures are appended to `benchmarks/history.jsonl`
and the newest table to `benchmarks/README.md`. Nothing here is asserted by a test.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.floor import SEARCHED, Floor
from benchmarks.forms import big_form
from benchmarks.installation import Installation
from benchmarks.ledger import proof_of_a_million, verified
from benchmarks.traffic import messages

HERE = Path(__file__).parent
QUERIES = {
    "search, one word": SEARCHED,
    "search, five conditions": "酒店 OR 餐馆 channel:wecom direction:in type:text sent_at:2026-09-01..2026-12-31",
}


@dataclass
class Figures:
    """name -> (value, unit, ratio to the floor or None)."""

    rows: int
    values: dict[str, tuple[float, str, float | None]] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str, ratio: float | None = None) -> None:
        self.values[name] = (value, unit, ratio)
        shown = f"{value:,.1f} {unit}" + (f"   {ratio:.2f} × floor" if ratio is not None else "")
        click.echo(f"  {name:34} {shown}")


def run_bench(sizes: Sequence[int], *, profile: bool = False) -> None:
    """Every size in a fresh installation; then the report."""
    measured = [_measure(size, profile=profile and size == min(sizes)) for size in sizes]
    _prove(measured[-1])
    _forms(measured[-1])
    _keep(measured)


def _measure(rows: int, *, profile: bool) -> Figures:
    click.echo(f"{rows:,} messages")
    figures = Figures(rows)
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder:
        installation = Installation(Path(folder))
        capture = installation.capture(
            messages(rows), profile=HERE / "capture.profile.txt" if profile else None
        )
        floor = Floor(installation.data)
        bulk = floor.bulk()
        figures.add("capture, commit per 500", rows / capture, "messages/s", (rows / capture) / bulk)
        figures.add("capture without rules", *_without_rules(rows, bulk))
        figures.add("floor of capture", bulk, "messages/s")
        _reads(figures, installation, floor)
        _verifications(figures, installation.data, floor.verification())
        with installation.served() as server:
            single = floor.singles()
            rate = server.creates(clients=16, seconds=6)
            figures.add("single create over HTTP, 16 clients", rate, "records/s", rate / single)
            figures.add("floor of single creates", single, "records/s")
            for name, path in installation.pages().items():
                p50, p95 = server.latency(path, count=100)
                figures.add(f"{name} p50", p50, "ms")
                figures.add(f"{name} p95", p95, "ms")
    if profile:
        _profile(min(rows, 10_000))
    return figures


def _without_rules(rows: int, floor: float) -> tuple[float, str, float]:
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder:
        taken = Installation(Path(folder), rules=False).capture(messages(rows))
    return rows / taken, "messages/s", rows / taken / floor


def _verifications(figures: Figures, data: Path, bare: float) -> None:
    for mode, name in (("quick", "verify without decryption"), ("full", "verify everything")):
        own, taken = verified(data, mode)
        figures.add(f"{name}, of one core's time", own, "records/s", own / bare)
        figures.add(f"{name}, by the clock", taken, "records/s")
    figures.add("floor of verify: reading alone", bare, "records/s")


def _prove(figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder:
        p50, p95 = timed(proof_of_a_million(Path(folder)))
    figures.add("inclusion proof from 1,000,000 leaves p50", p50, "ms")
    figures.add("inclusion proof from 1,000,000 leaves p95", p95, "ms")


def _forms(figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder, big_form(Path(folder)) as ask:
        p50, p95 = timed(ask, count=200)
    figures.add("request for the state of 200 fields and 50 rules p50", p50, "ms")
    figures.add("request for the state of 200 fields and 50 rules p95", p95, "ms")


def _profile(rows: int) -> None:
    """The capture path again, slower for being watched, in an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder:
        installation = Installation(Path(folder))
        installation.capture(messages(rows), profile=HERE / "capture.profile.txt")
        installation.runtime.close()


def _reads(figures: Figures, installation: Installation, floor: Floor) -> None:
    """In process, without HTTP; a ratio of 0.1 is ten times the floor's time."""
    floors = {"search, one word": floor.search(), "newest 20 with filter and total": floor.newest()}
    bare = {name: timed(work)[0] for name, work in floors.items()}
    works: dict[str, Callable[[], Any]] = {
        name: partial(installation.search, query) for name, query in QUERIES.items()
    }
    works["newest 20 with filter and total"] = installation.newest
    works["trying a keyword rule on all"] = partial(installation.try_rule, figures.rows)
    for name, work in works.items():
        p50, p95 = timed(work)
        figures.add(f"{name} p50", p50, "ms", bare[name] / p50 if name in bare else None)
        figures.add(f"{name} p95", p95, "ms")
    for name, value in bare.items():
        figures.add(f"floor of {name} p50", value, "ms")


def timed(work: Callable[[], Any], count: int = 40) -> tuple[float, float]:
    """(p50, p95) in milliseconds, after two runs that do not count."""
    for _ in range(2):
        work()
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def _keep(measured: list[Figures]) -> None:
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    before = _before()
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {busy}"
    with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
        for figures in measured:
            line = {"at": stamp, "machine": machine, "rows": figures.rows, "values": figures.values}
            history.write(json.dumps(line, ensure_ascii=False) + "\n")
    (HERE / "README.md").write_text(_report(measured, before, stamp, machine), "utf-8")


def _before() -> dict[int, tuple[str, dict[str, Any]]]:
    """The run before this one, by size: when, and its figures."""
    if not (HERE / "history.jsonl").exists():
        return {}
    lines = map(json.loads, (HERE / "history.jsonl").read_text("utf-8").splitlines())
    return {line["rows"]: (line["at"], line["values"]) for line in lines}


def _report(
    measured: list[Figures], before: dict[int, tuple[str, dict[str, Any]]], stamp: str, machine: str
) -> str:
    """Each size beside the run before it; a size not measured this time as it was last."""
    sizes = {figures.rows for figures in measured}
    older = [(rows, at, values) for rows, (at, values) in sorted(before.items()) if rows not in sizes]
    names = list(dict.fromkeys(name for figures in measured for name in figures.values))
    head = "| |"
    for figures in measured:
        head += f" {figures.rows:,} messages |"
        head += f" before, {before[figures.rows][0][:16]} |" if figures.rows in before else ""
    for rows, at, _ in older:
        head += f" {rows:,} messages, {at[:16]} |"
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    for name in names:
        cells = []
        for figures in measured:
            cells.append(_cell(figures.values.get(name)))
            if figures.rows in before:
                cells.append(_cell(before[figures.rows][1].get(name)))
        cells += [_cell(values.get(name)) for _, _, values in older]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return (
        "# Speeds\n\nWritten by `muniment bench`; history in `history.jsonl`, a profile of the capture path in "
        "`capture.profile.txt`; how capture compares with its first version in [spine.md](spine.md).\n"
        f"Newest run: {stamp}, {machine}.\n\n" + "\n".join(lines) + "\n"
    )


def _cell(value: tuple[float, str, float | None] | None) -> str:
    if value is None:
        return "–"
    number, unit, ratio = value
    return f"{number:,.1f} {unit}" + (f" ({ratio:.2f} × floor)" if ratio is not None else "")
