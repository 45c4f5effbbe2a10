"""Making a backup: ledger copies, then the database, then the sealed files, into a folder of their own.

In this order nothing is missing: a checkpoint beside the database is never newer than the database, and a
file is on the disk before any row names it. Called by `muniment backup`.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM, Viewer
from engine.backup.aging import note_shredded
from engine.backup.databases import kind_of, taker_of
from engine.backup.manifest import NAME, Manifest, Progress, digest_of, read_manifest
from engine.clock import microseconds
from engine.evidence.key_sources import KeyFile, write_private
from engine.evidence.ledger import LOGS
from engine.runtime import Runtime
from engine.system_tables import backups
from engine.upgrade import current
from metamodel.problems import Rejected, problem

BEFORE, AFTER = ("ledger",), ("files", "plugins", "search", "rotated")  # folders of the data directory
PREFIX = "muniment-"
UNFINISHED = ".part"


@dataclass(frozen=True, slots=True)
class Backup:
    """`keys`: where a copy of the keys was put; None where that was not asked for."""

    folder: Path
    manifest: Manifest
    keys: Path | None = None


def make_backup(
    runtime: Runtime,
    destination: Path,
    keys_to: Path | None = None,
    by: Viewer = SYSTEM,
    progress: Progress | None = None,
) -> Backup:
    """A new backup in `destination`, which keeps all of them. Rejected: backup.inside_data,
    backup.beside_keys, backup.no_program, backup.program_failed."""
    destination = destination.resolve()
    _refuse_together(runtime, destination, keys_to and keys_to.resolve())
    now = runtime.clock.now()
    destination.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = destination / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}"
    made = _Making(runtime, folder.with_name(folder.name + UNFINISHED), _newest(destination), progress)
    try:
        manifest = made.take(now)
        made.folder.rename(folder)
    finally:
        shutil.rmtree(made.folder, ignore_errors=True)
    note_shredded(runtime.database, destination)
    keys = _copy_keys(runtime, keys_to) if keys_to else None
    _remember(runtime, Backup(folder, manifest, keys), by)
    return Backup(folder, manifest, keys)


def backups_in(destination: Path) -> list[Path]:
    """Finished ones, oldest first."""
    return sorted(path.parent for path in destination.glob(f"{PREFIX}*/{NAME}"))


def _newest(destination: Path) -> Path | None:
    return next(reversed(backups_in(destination)), None)


@dataclass
class _Making:
    """`last`: the backup before this one, whose copies of unchanged files are shared."""

    runtime: Runtime
    folder: Path
    last: Path | None
    progress: Progress | None
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, now: datetime) -> Manifest:
        runtime = self.runtime
        self.folder.mkdir(mode=0o700)
        with runtime.ledger.unpublished():
            for name in BEFORE:
                self._copy_folder(name, {})
        taken = taker_of(kind_of(runtime.config)).take(runtime.database, self.folder, self.progress)
        self.files[taken] = digest_of(self.folder / taken)
        known = read_manifest(self.last).files if self.last else {}
        for name in AFTER:
            self._copy_folder(name, known)
        manifest = self._manifest(now)
        manifest.write(self.folder, runtime.keys.signer)
        _to_disk(self.folder)
        return manifest

    def _copy_folder(self, name: str, known: Mapping[str, tuple[int, str]]) -> None:
        data = self.runtime.config.data
        for path in _files_in(data / name):
            relative = path.relative_to(data).as_posix()
            copy = self.folder / relative
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = self._share(relative, copy, known) if name == "files" else None
            if found is None:
                try:
                    shutil.copyfile(path, copy)
                except FileNotFoundError:  # shredded meanwhile
                    continue
                found = digest_of(copy)
            self.files[relative] = found

    def _share(
        self, relative: str, copy: Path, known: Mapping[str, tuple[int, str]]
    ) -> tuple[int, str] | None:
        """Sealed bytes never change under their name: the copy of the backup before serves this one too."""
        if self.last is None or relative not in known:
            return None
        try:
            os.link(self.last / relative, copy)
        except OSError:
            return None
        return known[relative]

    def _manifest(self, now: datetime) -> Manifest:
        runtime = self.runtime
        keys = runtime.present_keys.look()
        with runtime.database.read() as connection:
            revision = current(connection) or ""
        return Manifest(
            runtime.ledger.origin, base64.b64encode(keys.public_key).decode(),
            keys.check_code, microseconds(now), kind_of(runtime.config), revision,
            {log: runtime.ledger.covered(log) for log in sorted(LOGS)}, self.files, sorted(keys.needed),
        )  # fmt: skip


def _files_in(folder: Path) -> Iterator[Path]:
    """Without what is only being written."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("new-") and path.suffix not in (".new", ".part"):
            yield path


def _refuse_together(runtime: Runtime, destination: Path, keys_to: Path | None) -> None:
    """Whoever takes a folder must not take the data and the keys at once."""
    data, source = runtime.config.data.resolve(), runtime.keys.source
    if destination.is_relative_to(data):
        raise Rejected([problem("backup.inside_data", folder=destination)])
    places = [source.path.resolve().parent] if isinstance(source, KeyFile) else []
    for keys in [*places, *([keys_to] if keys_to else [])]:
        if keys.is_relative_to(destination) or destination.is_relative_to(keys):
            raise Rejected([problem("backup.beside_keys", folder=destination, keys=keys)])


def _copy_keys(runtime: Runtime, folder: Path) -> Path:
    """The present keys, under their check code; one copy is enough however often it is asked for."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"muniment-keys-{runtime.key_copies.code}.json"
    if not path.exists():
        write_private(path, runtime.keys.latest().text())
    return path


def _remember(runtime: Runtime, made: Backup, by: Viewer) -> None:
    def work(unit: Any) -> None:
        (identifier,) = runtime.database.take_ids(unit.connection, 1)
        row = {
            "id": identifier, "at": made.manifest.at, "by": by.person, "folder": str(made.folder.parent),
            "name": made.folder.name, "size": made.manifest.size,
            "keys_folder": str(made.keys.parent) if made.keys else "",
        }  # fmt: skip
        unit.connection.execute(sa.insert(backups), row)
        detail = {"folder": str(made.folder), "keys": row["keys_folder"]}
        runtime.audit.add(unit, by, [Occurrence("backup.make", detail=detail)])

    runtime.database.write(work)


def _to_disk(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
