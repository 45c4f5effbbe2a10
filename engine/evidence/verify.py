"""`verify`: recompute everything and compare, from rows and keys up to the signed checkpoints.

It reads one snapshot of the database in streams. What it cannot know by itself, namely what was cut
off the end of a log, it learns from the newest checkpoint's copy beside the database. The runtime,
the command line and the evidence page call it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
import sqlalchemy as sa

from engine.database import Database
from engine.evidence.check_logs import LogCheck, unknown_logs
from engine.evidence.check_rows import FormOf, RowCheck
from engine.evidence.check_surroundings import (
    OpensFiles,
    check_audit,
    check_catalog,
    check_files,
    check_inbox,
    check_triggers,
    check_versions,
)
from engine.evidence.findings import Finding as Finding, Report, keep
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger, checkpoint_file
from engine.evidence.seals import Box, Seals
from engine.system_tables import audit, files, inbox, leaves
from engine.tables import Entry, FormTable, form_table, read_entries
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

EVERY = 500  # steps between two reports of progress
Progress = Callable[[int, int], object]


class Publications(Protocol):
    def get(self, app: str) -> App: ...


class Installation(Protocol):
    """`engine.runtime.Runtime`, as far as it is needed here."""

    @property
    def database(self) -> Database: ...
    @property
    def keys(self) -> MasterKeys: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def applications(self) -> Publications: ...
    @property
    def files(self) -> OpensFiles: ...


def verify(installation: Installation, progress: Progress | None = None, by: str = "") -> Report:
    """The report; kept in `verifications` when somebody asked for it (`by`)."""
    installation.ledger.log_audit()
    # First the copies, then the database: what is copied was committed before, never the other way round.
    witnesses = _witnesses(installation)
    with installation.database.read() as connection:
        report = inspect(installation, connection, progress, witnesses)
    if by:
        keep(installation.database, report, by)
    return report


def inspect(
    installation: Installation, connection: sa.Connection, progress: Progress | None = None,
    witnesses: Mapping[str, str] | None = None,
) -> Report:  # fmt: skip
    """What can be seen on this connection, which writes nothing. `witnesses`: the copies of the newest
    checkpoints, by log."""
    copies = _witnesses(installation) if witnesses is None else witnesses
    return _Verification(installation, connection, copies, progress or (lambda done, total: None)).run()


def _witnesses(installation: Installation) -> dict[str, str]:
    return {log: _witness(installation.database.config.data, log) for log in LOGS}


class Everything:
    """A container that has it all."""

    def __contains__(self, item: object) -> bool:
        return True


class _Verification:
    def __init__(
        self, installation: Installation, connection: sa.Connection, witnesses: Mapping[str, str],
        progress: Progress,
    ) -> None:  # fmt: skip
        self._here, self._connection, self._progress = installation, connection, progress
        self._witnesses = witnesses
        self._report, self._done, self._total = Report(), 0, 0
        self._entries = self._read_catalog()
        skipped = check_catalog(connection, self._entries, self._form_of, self._report)
        self._skipped: Container[tuple[str, str]] = skipped if self._entries else Everything()
        self._tables = [t for t in _all_tables(self._entries) if (t.app, t.form) not in skipped]
        self._total = self._count()

    def _read_catalog(self) -> list[Entry]:
        try:
            return read_entries(self._connection)
        except (msgspec.DecodeError, TypeError, AttributeError):
            self._report.add("catalog_unreadable")
            return []

    def run(self) -> Report:
        keys, report, connection = self._here.keys, self._report, self._connection
        for log in LOGS:
            origin = self._here.ledger.origin_of(log)
            LogCheck(connection, log, origin, keys.public_key, self._witnesses[log], report, self._step).run()
        unknown_logs(connection, report)
        RowCheck(
            connection, self._tables, self._skipped, Seals(keys), self._form_of, report, self._step
        ).run()
        check_audit(connection, keys, report, self._step)
        check_versions(connection, keys, report)
        check_triggers(connection, self._tables, report)
        check_inbox(connection, Box(keys), report, self._step)
        check_files(connection, self._here.files, report, self._step)
        self._progress(self._total, self._total)
        return report

    @property
    def _form_of(self) -> FormOf:
        def form_of(app: str, form: str) -> Form | None:
            with suppress(Rejected):
                return self._here.applications.get(app).form(form)
            return None

        return form_of

    def _step(self) -> None:
        self._done += 1
        if self._done % EVERY == 0:
            self._progress(min(self._done, self._total), self._total)

    def _count(self) -> int:
        tables = [leaves, audit, inbox, files, *(table.table for table in self._tables)]
        return sum(
            self._connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables
        )


def _all_tables(entries: list[Entry]) -> list[FormTable]:
    """Of every form there ever was, parked ones too: their rows are evidence still."""
    return [
        form_table(
            entry, [own for own in entries if own.field and (own.app, own.form) == (entry.app, entry.form)]
        )
        for entry in entries
        if not entry.field
    ]


def _witness(data: Path, log: str) -> str:
    path = checkpoint_file(data, log)
    return path.read_text("utf-8") if path.exists() else ""
