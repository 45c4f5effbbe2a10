"""Rows of a data folder: `FORM.json` files `{"form", "rows": [{"key", "values", "at"?}]}`, written in the order
their references need. A row with `at` is made at that moment of the story."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from engine.access.viewer import SYSTEM
from engine.sample_data.almanac import read_object

if TYPE_CHECKING:
    from engine.sample_data.acts import Acting

AT_ONCE = 500  # rows in one unit of work
Say = Callable[[str], object]


def read_rows(folder: Path) -> list[Mapping[str, Any]]:
    """The `{"form", "rows"}` files, each after those its rows refer to."""
    files = {f["form"]: f for f in map(read_object, sorted(folder.glob("*.json"))) if "form" in f}
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(files)
    for form, found in files.items():
        order.add_edges_from((target, form) for target in _referred(found["rows"]) if target != form)
    return [files[form] for form in nx.lexicographical_topological_sort(order) if form in files]


def _referred(rows: Any) -> Iterator[str]:
    """The forms whose rows these rows point at."""
    return (reference.split("/")[0] for reference in _references(rows))


def _references(value: Any) -> Iterator[str]:
    """Every `{"$record": "form/key"}` anywhere inside."""
    if isinstance(value, dict):
        if "$record" in value:
            yield value["$record"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def load_rows(acting: Acting, folder: Path, say: Say, only: Collection[str] | None = None) -> None:
    """Rows without a moment of their own, of all forms or of these; their keys are known afterwards."""
    for found in read_rows(folder):
        form, rows = found["form"], [row for row in found["rows"] if "at" not in row]
        if only is not None and form not in only:
            continue
        for some in _batches(form, rows):
            values = [acting.lay(row["values"]) for row in some]
            made = acting.runtime.records.create(SYSTEM, acting.app, form, values)
            for row, record in zip(some, made, strict=True):
                acting.give(f"{form}/{row['key']}", form, record)
        say(f"  {form}: {len(rows)}")


def _batches(form: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """As many as fit; a row that points at another of its batch begins the next."""
    batch: list[Mapping[str, Any]] = []
    keys: set[str] = set()
    for row in rows:
        if len(batch) == AT_ONCE or not keys.isdisjoint(_references(row)):
            yield batch
            batch, keys = [], set()
        batch.append(row)
        keys.add(f"{form}/{row['key']}")
    if batch:
        yield batch


def rows_with_a_moment(folder: Path) -> Iterator[Mapping[str, Any]]:
    """The others, as acts of the story."""
    for found in read_rows(folder):
        for row in found["rows"]:
            if "at" in row:
                yield {"create": found["form"], **row}
