"""Backups age out, and what was shredded since stays shredded: the list of tombstones beside them.

A shredded record still lies in the backups made before; it is gone for good when the last of them is
removed. Until then `restore` reads the list and shreds again whatever a restored database still holds.
"""

from __future__ import annotations

import base64
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine.backup.manifest import NAME, read_manifest
from engine.clock import microseconds
from engine.database import Database
from engine.evidence.key_sources import write_private
from engine.retention.pausing import paused
from engine.system_tables import backups, holds, tombstones
from metamodel.problems import Rejected, problem

LIST = "shredded.jsonl"


def shredded_file(destination: Path) -> Path:
    """Signed statements of shredded records, one a line."""
    return destination / LIST


def note_shredded(database: Database, destination: Path) -> int:
    """Add the tombstones that are not in the list yet; how many."""
    path = shredded_file(destination)
    known = _known(path)
    query = sa.select(tombstones).order_by(tombstones.c.at, tombstones.c.record)
    with database.read() as connection:
        lines = [
            json.dumps(
                {
                    "record": str(row.record), "app": row.app, "form": row.form, "at": row.at,
                    "statement": row.statement, "signature": base64.b64encode(row.signature).decode(),
                },
                ensure_ascii=False,
            )
            for row in connection.execute(query)
            if (str(row.record), _mark(row.statement)) not in known
        ]  # fmt: skip
    if not path.exists():
        write_private(path, "")
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return len(lines)


def _known(path: Path) -> set[tuple[str, str]]:
    """Records the list names, by number and mark: a number may have been given away again after a restore.
    Rejected (restore.bad_list): nothing is added to what cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return {(line["record"], _mark(line["statement"])) for line in map(json.loads, lines)}
    except (ValueError, KeyError, TypeError):
        raise Rejected([problem("restore.bad_list", file=path)]) from None


def _mark(statement: str) -> str:
    """Blank in statements of older versions, and in those somebody damaged: `verify` names these."""
    try:
        return str(json.loads(statement).get("mark", ""))
    except (ValueError, AttributeError):
        return ""


def list_everywhere(database: Database) -> None:
    """Into the list of every folder a backup was made in and that can be reached."""
    with database.read() as connection:
        folders = connection.scalars(sa.select(backups.c.folder).distinct()).all()
    for folder in map(Path, folders):
        if shredded_file(folder).exists():
            note_shredded(database, folder)


def age_out(database: Database, destination: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Remove backups older than `keep`, never the newest; which. While a hold is in force, or nobody can
    tell since a restore, none."""
    with database.read() as connection:
        unsure = paused(connection)
    if unsure or holds_in_force(database):
        return []
    finished = sorted(path.parent for path in destination.glob(f"muniment-*/{NAME}"))
    oldest = microseconds(now - keep)
    gone = [folder for folder in finished[:-1] if _made_at(folder) < oldest]
    for folder in gone:
        (folder / NAME).unlink()  # first of all: half a backup is none
        shutil.rmtree(folder)
    return gone


def holds_in_force(database: Database) -> int:
    query = sa.select(sa.func.count()).select_from(holds).where(holds.c.released_at.is_(None))
    with database.read() as connection:
        return int(connection.scalar(query) or 0)


def _made_at(folder: Path) -> int:
    """When; for ever young where the manifest cannot be read: a person must look."""
    try:
        return read_manifest(folder).at
    except Rejected:
        return 2**63
