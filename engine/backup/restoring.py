"""Restoring a backup into an empty place: checked, put back, and shredded again where it must be.

Nothing is overwritten. Everybody is signed out. Called by `muniment restore`.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM
from engine.backup.aging import shredded_file
from engine.backup.databases import kind_of, taker_of
from engine.backup.manifest import Manifest, Progress, check_files, read_manifest
from engine.config import Config
from engine.database import Database, Unit
from engine.evidence.key_sources import source_of
from engine.evidence.keys import MasterKeys
from engine.evidence.tombstones import Cause, signature_fits, tombstones_of
from engine.records.shredding import BATCH
from engine.runtime import Runtime
from engine.system_tables import invitations, sessions
from metamodel.problems import Rejected, problem

COPIED = ("ledger/", "rotated/", "files/", "plugins/", "search/")


@dataclass(frozen=True, slots=True)
class Restored:
    """`shredded`: how many records were shredded again."""

    manifest: Manifest
    shredded: int


def restore_backup(
    source: Path, config: Config, keys: MasterKeys | None = None, progress: Progress | None = None
) -> Restored:
    """Put a backup back where nothing is yet; `keys` are put where the configuration keeps them. Rejected:
    backup.* with everything that is wrong with it, restore.not_empty, restore.no_keys,
    restore.other_keys, restore.other_database."""
    source = source.resolve()
    manifest = read_manifest(source)
    there = source_of(config)
    kept = MasterKeys.load(there) if there.read() is not None else None
    _refuse(manifest, config, kept or keys, there.where)
    wrong = check_files(source, manifest, progress)
    if wrong:
        raise Rejected(wrong)
    if kept is None and keys is not None:
        there.make(keys.text())
    taker_of(manifest.database).put_back(config, source)
    _put_files_back(source, manifest, config.data)
    runtime = Runtime.open(config)
    try:
        _sign_everybody_out(runtime.database)
        again = _shred_again(runtime, source.parent)
        detail = {"made_at": manifest.at, "ledger": dict(manifest.ledger), "shredded": again}
        runtime.audit.note(SYSTEM, Occurrence("backup.restore", detail=detail))
    finally:
        runtime.close()
    return Restored(manifest, again)


def _refuse(manifest: Manifest, config: Config, keys: MasterKeys | None, place: str) -> None:
    """Before anything is written."""
    wrong = []
    if keys is None:
        wrong.append(problem("restore.no_keys", check=manifest.check_code, place=place))
    elif base64.b64encode(keys.public_key).decode() != manifest.public_key:
        wrong.append(problem("restore.other_keys", check=manifest.check_code))
    if kind_of(config) != manifest.database:
        wrong.append(problem("restore.other_database", made=manifest.database, here=kind_of(config)))
    elif not taker_of(manifest.database).is_empty(config) or _has_data(config.data):
        wrong.append(problem("restore.not_empty", place=config.data))
    if wrong:
        raise Rejected(wrong)


def _has_data(data: Path) -> bool:
    return any((data / name).exists() for name in ("ledger", "files"))


def _put_files_back(source: Path, manifest: Manifest, data: Path) -> None:
    for path in manifest.files:
        if path.startswith(COPIED):
            (data / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source / path, data / path)


def _sign_everybody_out(database: Database) -> None:
    """A session or an invitation that ended after the backup must not come back to life."""

    def work(unit: Any) -> None:
        for table in (sessions, invitations):
            unit.connection.execute(sa.delete(table))

    database.write(work)


# -- shredding again -----------------------------------------------------------------------------------
def _shred_again(runtime: Runtime, beside: Path) -> int:
    """What the list beside the backups says was shredded and this database still holds; how many."""
    listed = list(_listed(beside, runtime.keys.public_key))
    with runtime.database.read() as connection:
        known = tombstones_of(connection, [int(line["record"]) for line in listed])
    waiting = [line for line in listed if int(line["record"]) not in known]
    done = 0
    for (app, form, _), lines in groupby(sorted(waiting, key=_kind), key=_kind):
        some = list(lines)
        cause = Cause.from_json(json.loads(some[0]["statement"]))
        ids = [int(line["record"]) for line in some]
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            gone = runtime.database.write(partial(_shred, runtime, app, form, batch, cause))
            done += len(gone)
    return done


def _shred(runtime: Runtime, app: str, form: str, ids: list[int], cause: Cause, unit: Unit) -> list[int]:
    return runtime.records.shredder.shred(unit, app, form, ids, cause)


def _kind(line: dict[str, Any]) -> tuple[str, str, str]:
    """Records that went together for the same cause."""
    cause = Cause.from_json(json.loads(line["statement"])).to_json()
    return line["app"], line["form"], json.dumps(cause, sort_keys=True)


def _listed(folder: Path, public_key: bytes) -> Iterator[dict[str, Any]]:
    """Statements this installation signed. Rejected (restore.bad_list): a list somebody wrote into would
    shred what nobody decided about."""
    path = shredded_file(folder)
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found = json.loads(line)
            told = json.loads(found["statement"])
            fits = signature_fits(found["statement"], base64.b64decode(found["signature"]), public_key)
            same = all(str(told[name]) == str(found[name]) for name in ("record", "app", "form"))
        except (ValueError, KeyError, TypeError):
            fits = same = False
        if not fits or not same:
            raise Rejected([problem("restore.bad_list", file=path)])
        yield found
