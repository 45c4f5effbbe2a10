"""Checks what stands around the records: app versions, triggers, the catalog, inbox, files.

Called by `verify`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from engine.evidence.audit_log import version_entry
from engine.evidence.check_audit import entries_of
from engine.evidence.columns import STREAM
from engine.evidence.file_log import ERASED, file_entry
from engine.evidence.findings import Report
from engine.evidence.keyed import FormOf, Only
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.evidence.seals import Box, BrokenSeal
from engine.evidence.strangers import strange_rules, strange_triggers, veiled_tables
from engine.evidence.triggers import APPEND_ONLY, append_only_triggers, archive_triggers, compare_triggers
from engine.system_tables import app_versions, deleted, files, inbox, leaves
from engine.tables import Entry, FormTable, has_column, physical_name, shape_of
from metamodel.forms import Form

Place = tuple[str, str]  # app and form


class OpensFiles(Protocol):
    """`engine.files.Files`."""

    def open(self, identifier: str) -> Iterator[bytes]: ...
    def describe(
        self, connection: sa.Connection, identifiers: Sequence[str]
    ) -> Sequence[Mapping[str, Any]]: ...


# -- published versions ----------------------------------------------------------------------------------
def check_versions(connection: sa.Connection, keys: MasterKeys, report: Report) -> None:
    query = entries_of(AUDIT).where(leaves.c.record == 0, leaves.c.kind == "version")
    logged = {(row.app, row.version): LeafEntry(*row) for row in connection.execute(query)}
    for row in connection.execute(sa.select(app_versions)).mappings().all():
        report.counts["versions"] += 1
        entry = logged.pop((row["app"], row["version"]), None)
        place = {"app": row["app"], "version": row["version"]}
        if entry is None:
            report.add("version_unlogged", **place)
        elif not _version_fits(keys, row, entry):
            report.add("version_changed", **place)
    for app, version in logged:
        report.add("version_missing", app, version=version)


def _version_fits(keys: MasterKeys, row: Any, entry: LeafEntry) -> bool:
    try:
        digest = hashlib.sha256(row["document"].encode()).digest()
        return bool(digest == row["hash"]) and version_entry(keys.audit_at(row["at"]), row) == entry
    except (TypeError, ValueError, AttributeError):
        return False


# -- pages, triggers and the catalog ------------------------------------------------------------------------------
def check_pages(connection: sa.Connection, report: Report, thorough: bool) -> None:
    """SQLite's own look at its pages and indexes; PostgreSQL has checksums of its own."""
    if connection.dialect.name != "sqlite" or not thorough:
        return
    for text in connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
        if text != "ok":
            report.add("database_unreadable", reason=text)


def check_triggers(
    connection: sa.Connection, tables: Sequence[FormTable], unjudged: Container[str], report: Report
) -> None:
    """Ours are all there, and on no table of the database there is another, nor a rule: it could swallow what is
    captured. No row security hides rows from us. `unjudged`: names of tables of which nobody can say what they are."""
    dialect = connection.dialect.name
    expected = [trigger for name in APPEND_ONLY for trigger in append_only_triggers(dialect, name)]
    for table in tables:
        if table.is_archive:
            expected += archive_triggers(dialect, table.table, table.frozen)
    report.counts["triggers"] += len(expected)
    damages = [*compare_triggers(connection, expected), *strange_triggers(connection, expected)]
    for damage in damages:
        if damage.table not in unjudged:
            report.add(f"trigger_{damage.kind}", trigger=damage.trigger, table=damage.table)
    for name, rule in strange_rules(connection):
        report.add("rule_unknown", table=name, rule=rule)
    for name in veiled_tables(connection):
        report.add("rows_veiled", table=name)


def check_catalog(
    connection: sa.Connection, entries: Sequence[Entry], form_of: FormOf, report: Report
) -> set[Place]:
    """Columns stand where the published forms say: nobody can show one field's values as another's.
    The forms of which this is not so; their rows cannot be judged."""
    by_form: dict[Place, list[Entry]] = {}
    for entry in entries:
        by_form.setdefault((entry.app, entry.form), []).append(entry)
    damaged: set[Place] = set()
    for place, own in by_form.items():
        for field in dict.fromkeys(_misplaced(own, form_of(*place), sa.inspect(connection))):
            report.add("catalog_differs", *place, field=field)
            damaged.add(place)
    return damaged


def _misplaced(own: Sequence[Entry], form: Form | None, database: sa.Inspector) -> Iterator[str]:
    """Fields ('' for the table itself) whose entries are not what they should be."""
    active = [entry.field for entry in own if entry.active]
    if form is not None:
        wanted = ["", *(field.id for field in form.fields if has_column(field))]
        yield from (field for field in wanted if active.count(field) != 1)
    for entry in own:
        if entry.physical != physical_name(entry.id, entry.field) or not _fits(entry, form):
            yield entry.field
    table = next((entry.physical for entry in own if not entry.field), "")
    there = {column["name"] for column in database.get_columns(table)} if database.has_table(table) else set()
    yield from (entry.field for entry in own if entry.field and entry.physical not in there)


def _fits(entry: Entry, form: Form | None) -> bool:
    """Parked entries of a form that is there always do; a form that is gone is parked itself."""
    if not entry.field:
        return entry.active == (form is not None) and (form is None or entry.shape.kind == form.kind)
    if form is None or not entry.active:
        return True
    field = form.field(entry.field)
    if field is None or not has_column(field):
        return field is not None and not field.usable
    shape = shape_of(field)
    seen = (entry.shape.column(), entry.shape.evidence, entry.shape.link)
    return seen == (shape.column(), shape.evidence, shape.link)


# -- what arrived and what was attached ----------------------------------------------------------------------
def check_inbox(connection: sa.Connection, box: Box, only: Only, report: Report, opening: bool) -> None:
    if not opening:
        return
    query = sa.select(inbox.c.id, inbox.c.digest, inbox.c.raw_sealed).where(only(inbox.c.id))
    for row in connection.execute(query.order_by(inbox.c.id), execution_options=STREAM):
        report.counts["inbox"] += 1
        try:
            box.open(row.raw_sealed, row.digest)
        except (BrokenSeal, TypeError):
            report.add("inbox_broken", record=row.id)


def check_files(
    connection: sa.Connection, keys: MasterKeys, kept: OpensFiles, only: Only, report: Report, opening: bool
) -> None:
    """Every attachment's row has its entry and opens with its own key; `opening`: and its bytes have the
    digest and the size the row says. One that was erased has an entry that says so."""
    logged = connection.execute(entries_of(AUDIT).where(leaves.c.kind == "file", only(leaves.c.record)))
    entries = {columns.record: LeafEntry(*columns) for columns in logged}
    missing = set(entries)
    query = sa.select(files).where(only(files.c.id)).order_by(files.c.id)
    for row in connection.execute(query).mappings():
        report.counts["files"] += 1
        missing.discard(row["id"])
        try:
            (described,) = kept.describe(connection, [str(row["id"])])
            fits = not opening or sum(map(len, kept.open(str(row["id"])))) == described["size"]
            said = file_entry(keys.audit_at(row["created_at"]), row)
        except Exception:  # whatever is wrong with it, it is the finding
            fits, said = False, None
        if not fits or (row["id"] in entries and entries[row["id"]] != said):
            report.add("file_broken", record=row["id"])
        elif row["id"] not in entries:
            report.add("file_unlogged", record=row["id"])
    erased = sa.select(leaves.c.record).where(ERASED, only(leaves.c.record))
    for record in sorted(missing - set(connection.scalars(erased)) if missing else (), key=str):
        report.add("file_missing", record=record)


def check_hidden(connection: sa.Connection, tables: Sequence[FormTable], report: Report) -> None:
    """Nothing of an archive lies in the recycle bin, where nobody would see it."""
    for table in tables:
        if table.is_archive:
            own = table.table.c.id
            for record in connection.scalars(sa.select(own).join(deleted, deleted.c.record == own)):
                report.add("row_hidden", table.app, table.form, record)
