"""Restoring a backup into an empty place: checked, put back, and shredded again where it must be.

Nothing is overwritten. Everybody is signed out. Called by `muniment restore`.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from engine.clock import SystemClock
from engine.config import Config
from engine.database import Unit
from engine.evidence.key_sources import KeySource, KeyVariable, source_of
from engine.evidence.keys import MasterKeys
from engine.evidence.tombstones import Cause, signature_fits
from engine.migrate import parked_forms
from engine.records.shredding import BATCH, Mark
from engine.retention.pausing import pause
from engine.runtime import Runtime
from engine.system_tables import backups, invitations, sessions
from metamodel.problems import Rejected, problem

COPIED = ("ledger/", "rotated/", "files/", "plugins/", "search/")
Line = dict[str, Any]  # of the list of what was shredded


@dataclass(frozen=True, slots=True)
class Restored:
    """`shredded`: how many records were shredded again; `listed`: a list of them lay beside the backup. `left`: how
    many could not be, since their form was taken away in that version."""

    manifest: Manifest
    shredded: int
    listed: bool = True
    left: int = 0


def restore_backup(
    source: Path, config: Config, keys: MasterKeys | None = None, progress: Progress | None = None
) -> Restored:
    """Put a backup back where nothing is yet; `keys` are put where the configuration keeps them. Rejected:
    backup.* with everything that is wrong with it, restore.not_empty, restore.no_keys,
    restore.other_keys, restore.other_database, restore.bad_list. What fails later than that leaves a mark: nobody
    opens the half of it (restore.unfinished)."""
    source = source.resolve()
    manifest = read_manifest(source)
    there = _kept_in(config, source)
    kept = MasterKeys.load(there) if there.read() is not None else None
    _refuse(manifest, config, kept or keys, there.where)
    wrong = check_files(source, manifest, progress)
    if wrong:
        raise Rejected(wrong)
    listed = list(_listed(source.parent, base64.b64decode(manifest.public_key)))
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    config.unfinished_restore.touch(mode=0o600)
    try:
        if kept is None and keys is not None:
            there.make(keys.text())
        taker_of(manifest.database).put_back(config, source)
        _put_files_back(source, manifest, config.data)
        shredded, left = _settle(config, manifest, listed)
    except Rejected as refused:
        raise Rejected([*refused.problems, problem("restore.unfinished", place=config.data)]) from refused
    config.unfinished_restore.unlink()
    return Restored(manifest, shredded, shredded_file(source.parent).exists(), left)


def _settle(config: Config, manifest: Manifest, listed: Sequence[Line]) -> tuple[int, int]:
    """What was there once becomes what may be there now; how many records were shredded, and left."""
    runtime = Runtime(config, SystemClock())
    try:
        runtime.database.write(partial(_part, runtime, manifest, listed))
        shredded, left = _shred_again(runtime, listed)
        runtime.retention.disposal.purge()
        detail = {"made_at": manifest.at, "ledger": dict(manifest.ledger), "shredded": shredded}
        runtime.audit.note(SYSTEM, Occurrence("backup.restore", detail=detail))
    finally:
        runtime.close()
    return shredded, left


def _kept_in(config: Config, source: Path) -> KeySource:
    """Where the keys will be read from: those that took the place of the environment's come back with the data."""
    there = source_of(config)
    return (
        replace(there, beside=source / "rotated" / "keys.json") if isinstance(there, KeyVariable) else there
    )


def _refuse(manifest: Manifest, config: Config, keys: MasterKeys | None, place: str) -> None:
    """Before anything is written."""
    wrong = []
    if keys is None:
        wrong.append(problem("restore.no_keys", check=manifest.check_code, place=place))
    elif base64.b64encode(keys.public_key).decode() != manifest.public_key or set(manifest.keys) - keys.names:
        wrong.append(problem("restore.other_keys", check=manifest.check_code))
    if kind_of(config) != manifest.database:
        wrong.append(problem("restore.other_database", made=manifest.database, here=kind_of(config)))
    elif not taker_of(manifest.database).is_empty(config) or _has_data(config.data):
        code = "restore.unfinished" if config.unfinished_restore.exists() else "restore.not_empty"
        wrong.append(problem(code, place=config.data))
    if wrong:
        raise Rejected(wrong)


def _has_data(data: Path) -> bool:
    return any((data / name).exists() for name in ("ledger", "files"))


def _put_files_back(source: Path, manifest: Manifest, data: Path) -> None:
    for path in manifest.files:
        if path.startswith(COPIED):
            (data / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source / path, data / path)


def _part(runtime: Runtime, manifest: Manifest, listed: Sequence[Line], unit: Unit) -> None:
    """This installation goes its own way from now on: a session or an invitation that ended after the backup does not
    come back to life, numbers of records that were shredded are given to nobody else, and what is shredded
    here is not written beside backups that another may go on with. Holds set after the backup are gone, so nothing
    goes by itself until somebody has looked."""
    pause(unit, manifest.at)
    for table in (sessions, invitations, backups):
        unit.connection.execute(sa.delete(table))
    if listed:
        runtime.database.pass_ids(unit, max(int(line["record"]) for line in listed))


# -- shredding again -----------------------------------------------------------------------------------
def _shred_again(runtime: Runtime, listed: Sequence[Line]) -> tuple[int, int]:
    """What the list beside the backups says was shredded and this database still holds: how many went, and how
    many may lie in forms that were taken away. What was never here is passed over."""
    done = left = 0
    apps = {app.id: app for app in runtime.applications.all()}
    for (app, form, _), lines in groupby(sorted(listed, key=_kind), key=_kind):
        some = list(lines)
        if app not in apps or apps[app].form(form) is None:
            with runtime.database.read() as connection:
                parked = dict(parked_forms(connection, app))
            left += len(some) if form in parked else 0
            continue
        for start in range(0, len(some), BATCH):
            done += runtime.database.write(partial(_shred, runtime, app, form, some[start : start + BATCH]))
    return done, left


def _shred(runtime: Runtime, app: str, form: str, lines: Sequence[Line], unit: Unit) -> int:
    """Lines of one cause; how many went."""
    shredder = runtime.records.shredder
    marks = shredder.marks(unit.connection, app, form, [int(line["record"]) for line in lines])
    meant = [
        record for line in lines if (record := int(line["record"])) in marks and _means(line, marks[record])
    ]
    if not meant:
        return 0
    runtime.retention.disposal.remember_purge(unit, (app, form))
    cause = Cause.from_json(json.loads(lines[0]["statement"]))
    return len(shredder.shred(unit, app, form, meant, cause))


def _means(line: Line, here: Mark) -> bool:
    """Is the record that stands here the one that was shredded, and none that was given its number since? A
    statement of an older version tells by its time alone."""
    told = json.loads(line["statement"])
    return bool(told["mark"] == here.text) if "mark" in told else here.made <= int(told["time"])


def _kind(line: Line) -> tuple[str, str, str]:
    """Records that went together for the same cause."""
    cause = Cause.from_json(json.loads(line["statement"])).to_json()
    return line["app"], line["form"], json.dumps(cause, sort_keys=True)


def _listed(folder: Path, public_key: bytes) -> Iterator[Line]:
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
