"""Witnesses: outsiders who are shown a signed checkpoint, so that nobody, we included, can ever give
another past for the true one. A time-stamping authority (RFC 3161), a mail box, a folder that can only be
added to.

`give` shows the newest checkpoints to every witness that is due (a job calls it), `check_witnesses` looks
at everything they hold. Made and held by the runtime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database, Unit
from engine.evidence.check_leaves import Signer
from engine.evidence.check_trees import check_copy
from engine.evidence.findings import Report
from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger
from engine.evidence.witnesses.kinds import KINDS, Means, NotGiven, Shown
from engine.evidence.witnesses.settings import LedgerSettings, Witness, read_settings, write_settings
from engine.system_tables import checkpoints, witnesses
from metamodel.problems import Rejected, problem

HOUR = 3_600_000_000


class Witnesses:
    """`means`: how the outside is reached."""

    def __init__(self, database: Database, ledger: Ledger, means: Means) -> None:
        self._database, self._ledger, self._means = database, ledger, means

    # -- who they are ----------------------------------------------------------------------------------
    def settings(self) -> LedgerSettings:
        with self._database.read() as connection:
            return read_settings(connection)

    def save(self, unit: Unit, settings: LedgerSettings) -> None:
        """Rejected: witness.unknown_kind, .bad_target, .bad_roots, .bad_hours; all at once."""
        found = [p for number, witness in enumerate(settings.witnesses) for p in _problems(number, witness)]
        if found:
            raise Rejected(found)
        write_settings(unit, settings)

    # -- showing ---------------------------------------------------------------------------------------
    def give(self, only: str = "") -> int:
        """Show the newest checkpoints to those who are due, or at once to this one; how many were given."""
        given = 0
        for witness in self.settings().witnesses:
            if only and witness.id != only:
                continue
            for log in LOGS:
                shown = self._due(witness, log, at_once=bool(only))
                if shown is not None:
                    given += self._show(witness, shown)
        return given

    def _due(self, witness: Witness, log: str, at_once: bool) -> Shown | None:
        """The newest checkpoint, when this witness has not seen it and the time has come."""
        newest = sa.select(checkpoints.c.size, checkpoints.c.note).where(checkpoints.c.log == log)
        mine = sa.select(witnesses.c.size, witnesses.c.at).where(
            witnesses.c.witness == witness.id, witnesses.c.log == log, witnesses.c.state == "done"
        )
        with self._database.read() as connection:
            point = connection.execute(newest.order_by(checkpoints.c.size.desc()).limit(1)).first()
            last = connection.execute(mine.order_by(witnesses.c.id.desc()).limit(1)).first()
        if point is None or (last is not None and last.size >= point.size):
            return None
        early = last is not None and self._now() - last.at < witness.hours * HOUR
        return None if early and not at_once else Shown(log, point.size, point.note)

    def _show(self, witness: Witness, shown: Shown) -> bool:
        """What it gave, or why not, is kept."""
        row: dict[str, Any] = {
            "log": shown.log, "size": shown.size, "witness": witness.id, "kind": witness.kind,
            "target": witness.target, "at": self._now(), "state": "done",
        }  # fmt: skip
        try:
            row["receipt"] = KINDS[witness.kind].give(witness, shown, self._means)
        except NotGiven as error:
            row |= {"state": "failed", "error": str(error)[:300]}
        self._database.write(lambda unit: self._keep(unit, row))
        return bool(row["state"] == "done")

    def _keep(self, unit: Unit, row: Mapping[str, Any]) -> None:
        (identifier,) = self._database.take_ids(unit.connection, 1)
        failed = sa.delete(witnesses).where(
            witnesses.c.witness == row["witness"], witnesses.c.log == row["log"]
        )
        unit.connection.execute(failed.where(witnesses.c.state == "failed"))
        unit.connection.execute(sa.insert(witnesses).values(id=identifier, **row))

    def _now(self) -> int:
        return microseconds(self._database.clock.now())

    # -- asking ----------------------------------------------------------------------------------------
    def newest(self, connection: sa.Connection) -> Sequence[sa.Row[Any]]:
        """Of each witness and log, what was done last."""
        last = sa.select(sa.func.max(witnesses.c.id)).group_by(witnesses.c.witness, witnesses.c.log)
        query = sa.select(witnesses).where(witnesses.c.id.in_(last)).order_by(witnesses.c.id.desc())
        return connection.execute(query).all()


def _problems(number: int, witness: Witness) -> list[Any]:
    path = f"/witnesses/{number}"
    kind = KINDS.get(witness.kind)
    if kind is None:
        return [problem("witness.unknown_kind", f"{path}/kind", kind=witness.kind)]
    found = [problem(code, f"{path}/{name}") for name, code in kind.problems(witness)]
    if not 1 <= witness.hours <= 24 * 31:
        found.append(problem("witness.bad_hours", f"{path}/hours"))
    return found


# -- verifying -------------------------------------------------------------------------------------------
def check_witnesses(connection: sa.Connection, signers: Mapping[str, Signer], report: Report) -> None:
    """Every receipt fits the checkpoint it was given for; every checkpoint a witness holds is ours still."""
    settings = read_settings(connection)
    known = {witness.id: witness for witness in settings.witnesses}
    query = sa.select(witnesses).where(witnesses.c.state == "done").order_by(witnesses.c.id)
    for row in connection.execute(query).all():
        report.counts["witnesses"] += 1
        note = connection.scalar(
            sa.select(checkpoints.c.note).where(checkpoints.c.log == row.log, checkpoints.c.size == row.size)
        )
        if note is None:
            report.add("checkpoint_missing", log=row.log, size=row.size)
        elif not _holds(known.get(row.witness), row, note):
            report.add("receipt_broken", witness=row.target, log=row.log, size=row.size)
    for witness in settings.witnesses:
        for log, note in KINDS[witness.kind].kept(witness) if witness.kind in KINDS else ():
            check_copy(connection, log, signers[log], note, report)


def _holds(witness: Witness | None, row: sa.Row[Any], note: str) -> bool:
    """Of one that was taken off the list there is nothing left to hold it against."""
    if witness is None or witness.kind != row.kind:
        return True
    return KINDS[row.kind].holds(witness, Shown(row.log, row.size, note), row.receipt)
