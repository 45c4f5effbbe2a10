"""Somebody with the whole database in hands, but not the keys: random edits, each undone afterwards.

An edit drops the triggers that are in its way and puts them back, so that only the damage itself can
be noticed. It returns the record it was about, or None; `Nothing` when it changed nothing after all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.database import driver
from engine.evidence import notes
from engine.evidence.leaf import LeafEntry, entry_hash
from engine.evidence.notes import Checkpoint
from engine.evidence.states import GUARDED
from engine.evidence.triggers import APPEND_ONLY, append_only_triggers, archive_triggers
from engine.system_tables import (
    app_versions,
    audit,
    catalog,
    checkpoints,
    deleted,
    files,
    inbox,
    leaves,
    metadata,
    record_keys,
    tiles,
    tombstones,
)
from engine.tables import FormTable, form_tables, read_entries

Row = dict[str, Any]
Edit = Callable[["Tampering"], int | None]
KEYS: Mapping[str, Sequence[str]] = {
    **APPEND_ONLY,
    "tiles": ("log", "level", "number"),
    "inbox": ("id",),
    "catalog": ("id",),
    **{name: key for name, (key, _) in GUARDED.items()},
}
COVERED = frozenset((*KEYS, "files", "deleted"))  # of our own tables; app tables are besides
WORDS = ("报价", "x", "u1", "2026", "'", "[]")


class Nothing(Exception):
    """The edit changed nothing, or the database itself refused it; draw another one."""


class Tampering:
    """One attacker at one connection, inside a transaction that is rolled back."""

    def __init__(self, connection: sa.Connection, random: Random) -> None:
        self.connection, self.random = connection, random
        self.dialect = connection.dialect.name
        self.forms = list(form_tables(read_entries(connection)).values())
        self.archives = [form for form in self.forms if form.is_archive]
        self.touched: set[str] = set()  # tables this edit was about

    # -- reading and writing past every rule -------------------------------------------------------------
    def rows(self, table: sa.Table) -> list[Row]:
        return [dict(row) for row in self.connection.execute(sa.select(table)).mappings()]

    def row(self, table: sa.Table) -> Row:
        rows = self.rows(table)
        if not rows:
            raise Nothing
        return self.random.choice(rows)

    def two(self, table: sa.Table) -> tuple[Row, Row]:
        first, second = self.random.sample(self.rows(table), 2)
        return first, second

    def key_of(self, table: sa.Table, row: Row) -> Row:
        return {name: row[name] for name in KEYS.get(table.name, ("id",))}

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        if self.dialect == "postgresql":
            statement = statement.replace("%", "%%").replace("?", "%s") if values else statement
        try:
            driver(self.connection).execute(statement, *([tuple(values)] if values else []))
        except Exception as error:
            raise Nothing from error

    @contextmanager
    def unfenced(self, table: sa.Table) -> Iterator[None]:
        """Without this table's triggers for a moment."""
        if self.dialect == "postgresql":
            self.run(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
            yield
            for trigger in self.triggers(table):
                self.run(f'ALTER TABLE "{table.name}" ENABLE ALWAYS TRIGGER "{trigger}"')
            return
        for trigger in self.triggers(table):
            self.run(f'DROP TRIGGER "{trigger}"')
        yield
        for sql in self.triggers(table).values():
            self.run(sql)

    def triggers(self, table: sa.Table) -> dict[str, str]:
        """Names and texts of the triggers this table should have."""
        form = next((form for form in self.archives if form.table is table), None)
        if form is not None:
            return {t.name: t.sql for t in archive_triggers(self.dialect, table, form.frozen)}
        if table.name in APPEND_ONLY:
            return {t.name: t.sql for t in append_only_triggers(self.dialect, table.name)}
        return {}

    def set(self, table: sa.Table, row: Row, **values: Any) -> None:
        self.touched.add(table.name)
        key = self.key_of(table, row)
        names = ", ".join(f'"{name}" = ?' for name in values)
        where = " AND ".join(f'"{name}" = ?' for name in key)
        with self.unfenced(table):
            self.run(f'UPDATE "{table.name}" SET {names} WHERE {where}', [*values.values(), *key.values()])  # noqa: S608

    def delete(self, table: sa.Table, **where: Any) -> None:
        self.touched.add(table.name)
        conditions = " AND ".join(f'"{name}" = ?' for name in where)
        with self.unfenced(table):
            self.run(f'DELETE FROM "{table.name}" WHERE {conditions}', list(where.values()))  # noqa: S608

    def insert(self, table: sa.Table, row: Row) -> None:
        self.touched.add(table.name)
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.run(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', list(row.values()))  # noqa: S608

    def change(self, table: sa.Table, row: Row, column: str) -> None:
        """Another value in one column, of any type the database lets in."""
        before = row[column]
        self.set(table, row, **{column: self.other(before, table.c[column])})
        if row in self.rows(table):
            raise Nothing

    def other(self, value: Any, column: sa.Column[Any]) -> Any:
        random = self.random
        if isinstance(value, int):
            return value + random.choice((-1, 1, 60_000_000, 7))
        if isinstance(value, bytes):
            where = random.randrange(len(value)) if value else 0
            flipped = (
                bytes([*value[:where], value[where] ^ 1 << random.randrange(8), *value[where + 1 :]])
                if value
                else b"x"
            )
            return random.choice((flipped, value[:-1], value + b"\0", bytes(len(value)), None))
        if isinstance(value, str):
            other = random.choice(WORDS)
            where = random.randrange(len(value) + 1)
            return random.choice(
                (value[:where] + other + value[where:], value[:where] + value[where + 1 :], other, None)
            )
        fresh = {"LargeBinary": b"\0" * 40, "Text": random.choice(WORDS), "String": random.choice(WORDS)}
        return fresh.get(type(column.type).__name__, random.randrange(1, 1000))

    # -- what to tamper with -------------------------------------------------------------------------------
    def archive(self) -> FormTable:
        return self.random.choices(
            self.archives, [10 if form.form == "message" else 1 for form in self.archives]
        )[0]

    def fresh_id(self) -> int:
        return int(max(row["record"] for row in self.rows(leaves))) + 1000

    def links_of(self, form: FormTable) -> list[sa.Table]:
        return [*form.links.values(), *(p.link for p in form.parked if p.link is not None)]


# -- archive rows ----------------------------------------------------------------------------------------
def edit_column(t: Tampering) -> int | None:
    table = t.archive().table
    row, column = t.row(table), t.random.choice(table.columns.keys())
    t.change(table, row, column)
    return int(row["id"])


def swap_columns(t: Tampering) -> int | None:
    table = t.archive().table
    first, second = t.two(table)
    column = t.random.choice([name for name in table.columns.keys() if name != "id"])  # noqa: SIM118
    if first[column] == second[column]:
        raise Nothing
    t.set(table, first, **{column: second[column]})
    t.set(table, second, **{column: first[column]})
    return int(first["id"])


def swap_rows(t: Tampering) -> int | None:
    table = t.archive().table
    first, second = t.two(table)
    contents = [{name: value for name, value in row.items() if name != "id"} for row in (first, second)]
    t.set(table, first, **contents[1])
    t.set(table, second, **contents[0])
    return int(first["id"])


def delete_row(t: Tampering) -> int | None:
    """With its key and links or without; its leaves stay."""
    form = t.archive()
    record = t.row(form.table)["id"]
    t.delete(form.table, id=record)
    if t.random.random() < 0.5:
        t.delete(record_keys, record=record)
        for link in t.links_of(form):
            t.delete(link, record=record)
    return int(record)


def delete_every_trace(t: Tampering) -> int | None:
    """The last record with all its leaves."""
    form = t.archive()
    record = max(row["id"] for row in t.rows(form.table))
    t.delete(form.table, id=record)
    t.delete(record_keys, record=record)
    for link in t.links_of(form):
        t.delete(link, record=record)
    t.delete(leaves, record=record, log="records")
    return None


def add_row(t: Tampering) -> int | None:
    """A copy under a new id; with its key; with a leaf that looks right."""
    form = t.archive()
    row = t.row(form.table)
    record = t.fresh_id()
    t.insert(form.table, {**row, "id": record})
    much = t.random.randrange(3)
    if much:
        key = next(key for key in t.rows(record_keys) if key["record"] == row["id"])
        t.insert(record_keys, {**key, "record": record})
    if much == 2:
        newest = [
            leaf for leaf in t.rows(leaves) if leaf["record"] == row["id"] and leaf["log"] == "records"
        ][-1]
        append_leaf(t, {**newest, "record": record, "kind": "create", "revision": 1})
    return record


def restore_older(t: Tampering) -> int | None:
    """As if the last change of a record had never been: its leaf gone, those after it moved up."""
    log = sorted(
        (leaf for leaf in t.rows(leaves) if leaf["log"] == "records"), key=lambda leaf: leaf["position"]
    )
    gone = t.random.choice([leaf for leaf in log if leaf["kind"] == "change"])
    form = next(form for form in t.archives if form.form == gone["form"])
    t.delete(leaves, log="records", position=gone["position"])
    for leaf in log[gone["position"] + 1 :]:
        t.set(leaves, leaf, position=leaf["position"] - 1)
    row = next(row for row in t.rows(form.table) if row["id"] == gone["record"])
    t.set(form.table, row, revision=row["revision"] - 1)
    return None


# -- keys ------------------------------------------------------------------------------------------------
def archive_key(t: Tampering) -> Row:
    records = {row["id"] for form in t.archives for row in t.rows(form.table)}
    return t.random.choice([key for key in t.rows(record_keys) if key["record"] in records])


def edit_key(t: Tampering) -> int | None:
    key = archive_key(t)
    t.change(record_keys, key, t.random.choice(("salt", "master", "wrapped", "record")))
    return int(key["record"])


def swap_keys(t: Tampering) -> int | None:
    """A data key and what was sealed with it, or the salt, of another record."""
    first, second = archive_key(t), archive_key(t)
    if first == second:
        raise Nothing
    names = t.random.choice((("wrapped",), ("salt",), ("master", "wrapped", "salt")))
    t.set(record_keys, first, **{name: second[name] for name in names})
    t.set(record_keys, second, **{name: first[name] for name in names})
    return int(first["record"])


def delete_key(t: Tampering) -> int | None:
    key = archive_key(t)
    t.delete(record_keys, record=key["record"])
    return int(key["record"])


def add_key(t: Tampering) -> int | None:
    record = t.fresh_id()
    t.insert(record_keys, {**archive_key(t), "record": record})
    return record


# -- the ledger --------------------------------------------------------------------------------------------
def append_leaf(t: Tampering, leaf: Row) -> None:
    """At the end, with the right hash."""
    position = 1 + max(row["position"] for row in t.rows(leaves) if row["log"] == leaf["log"])
    entry = LeafEntry(*(leaf[name] for name in LeafEntry._fields))
    t.insert(leaves, {**leaf, "position": position, "hash": entry_hash(leaf["log"], entry)})


def edit_leaf(t: Tampering) -> int | None:
    t.change(leaves, t.row(leaves), t.random.choice(leaves.columns.keys()))
    return None


def edit_leaf_with_hash(t: Tampering) -> int | None:
    leaf = t.row(leaves)
    name = t.random.choice(("time", "version", "working", "evidence", "record", "revision", "app"))
    changed = {**leaf, name: t.other(leaf[name], leaves.c[name])}
    if None in changed.values() or changed == leaf:
        raise Nothing
    digest = entry_hash(leaf["log"], LeafEntry(*(changed[part] for part in LeafEntry._fields)))
    t.set(leaves, leaf, **{name: changed[name], "hash": digest})
    return None


def swap_leaves(t: Tampering) -> int | None:
    first, second = t.two(leaves)
    if first["log"] != second["log"]:
        raise Nothing
    places = ("log", "position")
    t.set(leaves, first, **{name: value for name, value in second.items() if name not in places})
    t.set(leaves, second, **{name: value for name, value in first.items() if name not in places})
    return None


def delete_leaf(t: Tampering) -> int | None:
    leaf = t.row(leaves)
    t.delete(leaves, log=leaf["log"], position=leaf["position"])
    return None


def add_leaf(t: Tampering) -> int | None:
    append_leaf(t, {**t.row(leaves), "record": t.fresh_id()})
    return None


def repeat_leaf(t: Tampering) -> int | None:
    append_leaf(t, t.row(leaves))
    return None


def plant_leaf(t: Tampering) -> int | None:
    """Another creation of a record, in another form or as a change: what would then be shown as its proof."""
    row = t.row(t.random.choice(t.archives).table)
    mine = [leaf for leaf in t.rows(leaves) if (leaf["log"], leaf["record"]) == ("records", row["id"])]
    if not mine:
        raise Nothing
    other = t.random.choice(({"form": "another"}, {"app": "another"}, {"kind": "change"}))
    append_leaf(t, {**mine[0], "revision": 1, "evidence": bytes(32), **other})
    return int(row["id"])


def edit_checkpoint(t: Tampering) -> int | None:
    t.change(checkpoints, t.row(checkpoints), t.random.choice(checkpoints.columns.keys()))
    return None


def delete_checkpoint(t: Tampering) -> int | None:
    """Any of them, the newest too."""
    point = t.row(checkpoints)
    t.delete(checkpoints, log=point["log"], size=point["size"])
    return None


def add_checkpoint(t: Tampering) -> int | None:
    """Signed by another key, of a size nobody signed."""
    point = t.row(checkpoints)
    lines = point["note"].split("\n")
    forged = Checkpoint(lines[0], point["size"] + 1, point["root"], point["at"], point["size"])
    note = notes.sign(forged, Ed25519PrivateKey.generate())
    t.insert(checkpoints, {**point, "size": forged.size, "note": note})
    return None


def turn_back(t: Tampering) -> int | None:
    """Leaves, checkpoints and tiles as they were at an older checkpoint."""
    points = sorted(p["size"] for p in t.rows(checkpoints) if p["log"] == "records")
    size = t.random.choice(points[:-1])
    for leaf in t.rows(leaves):
        if leaf["log"] == "records" and leaf["position"] >= size:
            t.delete(leaves, log="records", position=leaf["position"])
    for point in points:
        if point > size:
            t.delete(checkpoints, log="records", size=point)
    return None


def edit_tile(t: Tampering) -> int | None:
    t.change(tiles, t.row(tiles), t.random.choice(tiles.columns.keys()))
    return None


def delete_tile(t: Tampering) -> int | None:
    t.delete(tiles, **t.key_of(tiles, t.row(tiles)))
    return None


def add_tile(t: Tampering) -> int | None:
    t.insert(tiles, {**t.row(tiles), "number": 99})
    return None


# -- audit, versions, the catalog, the inbox -----------------------------------------------------------------
def edit_audit(t: Tampering) -> int | None:
    t.change(audit, t.row(audit), t.random.choice(audit.columns.keys()))
    return None


def delete_audit(t: Tampering) -> int | None:
    t.delete(audit, id=t.row(audit)["id"])
    return None


def add_audit(t: Tampering) -> int | None:
    t.insert(audit, {**t.row(audit), "id": t.fresh_id()})
    return None


def edit_version(t: Tampering) -> int | None:
    t.change(app_versions, t.row(app_versions), t.random.choice(app_versions.columns.keys()))
    return None


def delete_version(t: Tampering) -> int | None:
    row = t.row(app_versions)
    t.delete(app_versions, app=row["app"], version=row["version"])
    return None


def add_version(t: Tampering) -> int | None:
    t.insert(app_versions, {**t.row(app_versions), "version": 9})
    return None


def archive_entry(t: Tampering) -> Row:
    forms = {form.form for form in t.archives}
    return t.random.choice([r for r in t.rows(catalog) if r["form"] in forms and r["state"] == "active"])


def edit_catalog(t: Tampering) -> int | None:
    entry = archive_entry(t)
    name = t.random.choice(("field", "physical", "state", "shape", "form"))
    if name == "shape":
        shape = json.loads(entry["shape"])
        part = t.random.choice(("sealed", "evidence", "many")) if entry["field"] else "kind"
        shape[part] = "record" if part == "kind" else not shape.get(part, False)
        t.set(catalog, entry, shape=json.dumps(shape))
    elif name == "state":
        t.set(catalog, entry, state="parked")
    else:
        t.set(catalog, entry, **{name: entry[name] + "x"})
    return None


def swap_fields(t: Tampering) -> int | None:
    """One field's column shown as another's."""
    first, second = archive_entry(t), archive_entry(t)
    if first["form"] != second["form"] or not (first["field"] and second["field"]) or first == second:
        raise Nothing
    t.set(catalog, first, physical=second["physical"])
    t.set(catalog, second, physical=first["physical"])
    return None


def edit_inbox(t: Tampering) -> int | None:
    t.change(inbox, t.row(inbox), t.random.choice(("digest", "raw_sealed")))
    return None


def swap_inbox(t: Tampering) -> int | None:
    first, second = t.two(inbox)
    t.set(inbox, first, raw_sealed=second["raw_sealed"])
    return None


def edit_file(t: Tampering) -> int | None:
    """Whose bytes they are; what kind of file it is said to be is not covered."""
    t.change(
        files, t.row(files), t.random.choice(("id", "digest", "size", "name_sealed", "key_wrapped", "master"))
    )
    return None


def delete_file(t: Tampering) -> int | None:
    file = t.row(files)["id"]
    t.delete(files, id=file)
    return int(file)


def add_file(t: Tampering) -> int | None:
    t.insert(files, {**t.row(files), "id": t.fresh_id()})
    return None


def edit_tombstone(t: Tampering) -> int | None:
    stone = t.row(tombstones)
    t.change(tombstones, stone, t.random.choice(tombstones.columns.keys()))
    return None


def delete_tombstone(t: Tampering) -> int | None:
    record = t.row(tombstones)["record"]
    t.delete(tombstones, record=record)
    return int(record)


def hide_row(t: Tampering) -> int | None:
    """A record of an archive, as if somebody had put it into the recycle bin."""
    form = t.archive()
    record = t.row(form.table)["id"]
    row = {"record": record, "app": form.app, "form": form.form, "at": 1, "by": "eve", "together": 1}
    t.insert(deleted, row)
    return int(record)


# -- who may what ----------------------------------------------------------------------------------------------
def on_state(table: sa.Table) -> Iterator[tuple[Edit, int]]:
    """Of one guarded table: a value changed, a row taken away, a row more (another member, a grant given twice)."""
    key, rest = GUARDED[table.name]

    def edit(t: Tampering) -> int | None:
        t.change(table, t.row(table), t.random.choice((*key, *rest)))
        return None

    def delete(t: Tampering) -> int | None:
        t.delete(table, **t.key_of(table, t.row(table)))
        return None

    def add(t: Tampering) -> int | None:
        row = t.row(table)
        name = t.random.choice(key)
        t.insert(table, {**row, name: t.fresh_id() if isinstance(row[name], int) else "eve"})
        return None

    for act, weight in ((edit, 4), (delete, 1), (add, 1)):
        act.__name__ = f"{act.__name__}_{table.name}"
        yield act, weight


# -- triggers and links ----------------------------------------------------------------------------------------
def guarded(t: Tampering) -> sa.Table:
    ours = [leaves, checkpoints, audit, app_versions, record_keys]
    return t.random.choice([*ours, *(form.table for form in t.archives)])


def drop_trigger(t: Tampering) -> int | None:
    table = guarded(t)
    name = t.random.choice([*t.triggers(table)])
    t.run(f'DROP TRIGGER "{name}"' + (f' ON "{table.name}"' if t.dialect == "postgresql" else ""))
    return None


def weaken_trigger(t: Tampering) -> int | None:
    table = guarded(t)
    name, sql = t.random.choice([*t.triggers(table).items()])
    if t.dialect == "postgresql":
        old, new = t.random.choice(
            (("NOT (", "NOT (false AND "), ("RAISE EXCEPTION", "RETURN NEW; RAISE EXCEPTION"))
        )
        t.run(sql.split("; CREATE TRIGGER")[0].replace(old, new))
        return None
    t.run(f'DROP TRIGGER "{name}"')
    t.run(
        re.sub(r"RAISE\((ABORT|FAIL),", "RAISE(IGNORE,", sql)
        if t.random.random() < 0.5
        else sql.replace("SELECT RAISE", "SELECT 1; SELECT RAISE")
    )
    return None


def add_trigger(t: Tampering) -> int | None:
    """On any table: what swallows messages or grants does as much harm as what lets an archive change."""
    function = f"{guarded(t).name}_guard"
    table = t.random.choice([*metadata.sorted_tables, *(form.table for form in t.forms)])
    does = (
        f'FOR EACH ROW EXECUTE FUNCTION "{function}"()'
        if t.dialect == "postgresql"
        else "BEGIN SELECT RAISE(IGNORE); END"
    )
    t.run(f'CREATE TRIGGER more BEFORE INSERT ON "{table.name}" {does}')
    return None


def edit_link(t: Tampering) -> int | None:
    form = next(form for form in t.archives if form.links)
    link = t.random.choice([*form.links.values()])
    row, what = t.row(link), t.random.randrange(3)
    other = row["value"] + (1000 if isinstance(row["value"], int) else "x")
    if what == 0:
        t.delete(link, record=row["record"], value=row["value"])
    elif what == 1:
        t.insert(link, {**row, "value": other})
    else:
        t.delete(link, record=row["record"], value=row["value"])
        t.insert(link, {**row, "value": other})
    return int(row["record"])


def add_link(t: Tampering) -> int | None:
    """Of a record there is not."""
    form = next(form for form in t.archives if form.links)
    link = t.random.choice([*form.links.values()])
    record = t.random.choice((0, t.fresh_id()))
    t.insert(link, {**t.row(link), "record": record})
    return record


# How often each is tried, beside how many others.
EDITS: Mapping[Edit, int] = {
    edit_column: 120, swap_columns: 30, swap_rows: 10, delete_row: 15, delete_every_trace: 5, add_row: 20,
    restore_older: 10, edit_key: 30, swap_keys: 20, delete_key: 8, add_key: 5, edit_leaf: 50,
    edit_leaf_with_hash: 25, swap_leaves: 10, delete_leaf: 10, add_leaf: 8, repeat_leaf: 8, edit_checkpoint: 20,
    delete_checkpoint: 10, add_checkpoint: 5, turn_back: 5, edit_tile: 10, delete_tile: 4, add_tile: 3,
    edit_audit: 20, delete_audit: 6, add_audit: 6, edit_version: 10, delete_version: 4, add_version: 3,
    edit_catalog: 15, swap_fields: 6, edit_inbox: 8, swap_inbox: 3, drop_trigger: 10, weaken_trigger: 12,
    add_trigger: 5, plant_leaf: 5, edit_link: 15, add_link: 5,
    edit_file: 10, delete_file: 3, add_file: 3, edit_tombstone: 10, delete_tombstone: 3, hide_row: 5,
    **{edit: weight for name in GUARDED for edit, weight in on_state(metadata.tables[name])},
}  # fmt: skip
