"""Verifications under way and done: what each found, how far it got, how far everything was in order.

What the next one builds on is sealed: nobody without the keys can pretend that something was looked at.
Called by `verify`; the evidence page and `doctor` read the newest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.findings import Report
from engine.evidence.seals import Box, BrokenSeal
from engine.evidence.steps import Outcome, Plan, Reached
from engine.system_tables import verification_steps, verifications


@dataclass(frozen=True, slots=True)
class Verification:
    """One that was finished: `result` as `Report.to_json` gives it; `at` in microseconds."""

    id: int
    at: int
    by: str
    mode: str
    result: Mapping[str, Any]

    @property
    def clean(self) -> bool:
        return bool(self.result.get("clean"))


class Verifications:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    # -- under way -----------------------------------------------------------------------------------
    def begin(self, plan: Plan) -> int:
        """The number of this run; what was left of earlier ones is forgotten."""

        def work(unit: Unit) -> int:
            (run,) = self._database.take_ids(unit.connection, 1)
            unit.connection.execute(sa.delete(verification_steps))
            self._write(unit, run, 0, msgspec.json.encode(plan))
            return run

        return self._database.write(work)

    def step_done(self, run: int, number: int, outcome: Outcome) -> None:
        packed = outcome.packed()
        self._database.write(lambda unit: self._write(unit, run, number + 1, packed))

    def _write(self, unit: Unit, run: int, number: int, content: bytes) -> None:
        row = {"run": run, "number": number, "outcome_sealed": self._box.seal(content, _place(run, number))}
        unit.connection.execute(sa.insert(verification_steps).values(row))

    def unfinished(self) -> tuple[int, Plan, dict[int, Outcome]] | None:
        """The run that was stopped, if there is one: its number, its plan, what its steps came to."""
        query = sa.select(verification_steps).order_by(verification_steps.c.run, verification_steps.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        try:
            opened = [self._box.open(row.outcome_sealed, _place(row.run, row.number)) for row in rows]
            if not rows or rows[0].number != 0:
                return None
            plan = msgspec.json.decode(opened[0], type=Plan)
            done = {
                row.number - 1: Outcome.unpacked(content)
                for row, content in zip(rows[1:], opened[1:], strict=True)
            }
            return rows[0].run, plan, done
        except (BrokenSeal, TypeError, KeyError, msgspec.MsgspecError):
            return None

    # -- done ------------------------------------------------------------------------------------------
    def keep(self, report: Report, by: str, mode: str, reached: Reached | None) -> int:
        """Remember the result; its id."""

        def work(unit: Unit) -> int:
            (identifier,) = self._database.take_ids(unit.connection, 1)
            unit.connection.execute(sa.delete(verification_steps))
            row = {
                "id": identifier, "at": unit.now, "by": by, "mode": mode,
                "result": json.dumps(report.to_json(), ensure_ascii=False),
            }  # fmt: skip
            if reached is not None:
                row["state_sealed"] = self._box.seal(msgspec.json.encode(reached), _state_place(identifier))
            unit.connection.execute(sa.insert(verifications).values(row))
            return identifier

        return self._database.write(work)

    def newest(self, connection: sa.Connection, modes: tuple[str, ...] = ()) -> Verification | None:
        """Of these modes; of any when none is named."""
        query = sa.select(verifications).order_by(verifications.c.id.desc()).limit(1)
        if modes:
            query = query.where(verifications.c.mode.in_(modes))
        row = connection.execute(query).first()
        return Verification(row.id, row.at, row.by, row.mode, json.loads(row.result)) if row else None

    def reached(self) -> Reached | None:
        """How far everything was in order when it was last looked at."""
        query = sa.select(verifications.c.id, verifications.c.state_sealed).order_by(
            verifications.c.id.desc()
        )
        with self._database.read() as connection:
            row = connection.execute(query.where(verifications.c.state_sealed.is_not(None)).limit(1)).first()
        try:
            opened = self._box.open(row.state_sealed, _state_place(row.id)) if row else b""
            return msgspec.json.decode(opened, type=Reached) if opened else None
        except (BrokenSeal, TypeError, msgspec.MsgspecError):
            return None


def _place(run: int, number: int) -> bytes:
    return b"verification %d step %d" % (run, number)


def _state_place(identifier: int) -> bytes:
    return b"verification %d" % identifier
