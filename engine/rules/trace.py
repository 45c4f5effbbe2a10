"""Traces: why a rule did what it did, one compact sealed row a batch and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import rule_runs
from metamodel.problems import Problem

SHOWN_RECORDS = 20
SHOWN_PROBLEMS = 10


class About(Protocol):
    """`engine.rules.subjects.Subject`, as far as it is needed here."""

    @property
    def form(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def made(self) -> Sequence[tuple[str, str, str]]: ...


@dataclass
class Trace:
    """One rule over one batch."""

    app: str
    rule: str
    tried: int
    outcome: str = "done"  # done failed stopped
    matched: Sequence[About] = ()
    effects: Counter[str] = field(default_factory=Counter)
    sample: Any = None  # the first effect
    sampled: About | None = None  # whose it is
    problems: list[Problem] = field(default_factory=list)

    def saw(self, effects: Sequence[Any], subject: About) -> None:
        if effects and self.sample is None:
            self.sample, self.sampled = effects[0], subject
        self.effects.update(type(effect).__name__ for effect in effects)

    @property
    def worth_keeping(self) -> bool:
        return bool(self.matched or self.problems)

    def to_json(self) -> dict[str, Any]:
        places = [_place(subject) for subject in self.matched]
        records = [record for _, record in places]
        return {
            "form": next((form for form, _ in places if form), ""),
            "tried": self.tried,
            "matched": len(self.matched),
            "records": records[:SHOWN_RECORDS],
            "effects": dict(self.effects),
            "sample": _plain(self.sample),
            "problems": [_problem(found) for found in self.problems[:SHOWN_PROBLEMS]],
        }


def _place(subject: About) -> tuple[str, str]:
    """(form, record) it was about; of a message, what it was made into."""
    made = next(((form, record) for _, form, record in subject.made), ("", ""))
    return (subject.form, subject.record) if subject.record else made


def _problem(found: Problem) -> dict[str, Any]:
    return {"code": found.code, "zh": found.text("zh"), "en": found.text("en")}


def _plain(effect: Any) -> Any:
    if effect is None:
        return None
    return {"effect": type(effect).__name__, **msgspec.to_builtins(effect, enc_hook=str)}


def keep(unit: Unit, database: Database, box: Box, traces: Sequence[Trace]) -> None:
    """Rows of `rule_runs` for the traces worth it."""
    kept = [trace for trace in traces if trace.worth_keeping]
    ids = database.take_ids(unit.connection, len(kept)) if kept else ()
    rows = [
        (
            identifier,
            unit.now,
            trace.app,
            trace.rule,
            _only_record(trace),
            trace.outcome if not trace.problems or trace.outcome != "done" else "failed",
            box.seal_json(trace.to_json()),
            _sampled_record(trace),
        )
        for identifier, trace in zip(ids, kept, strict=True)
    ]
    columns = ("id", "at", "app", "rule", "record", "outcome", "trace_sealed", "quoted")
    database.insert_many(unit.connection, rule_runs, rows, columns)


def forget(unit: Unit, box: Box, records: Sequence[int]) -> None:
    """Records that are shredded: what rules did with them stays, which values they saw or set does not."""
    about = sa.or_(rule_runs.c.record.in_(records), rule_runs.c.quoted.in_(records))
    query = sa.select(rule_runs.c.id, rule_runs.c.trace_sealed).where(about)
    for row in unit.connection.execute(query).all():
        trace = box.open_json(row.trace_sealed) | {"sample": None, "problems": []}
        cleared = {"trace_sealed": box.seal_json(trace), "quoted": None}
        unit.connection.execute(sa.update(rule_runs).where(rule_runs.c.id == row.id).values(cleared))


def _sampled_record(trace: Trace) -> int | None:
    """Whose values the sample shows: the record's, or the one a message became."""
    _, record = _place(trace.sampled) if trace.sampled is not None else ("", "")
    return int(record) if record else None


def _only_record(trace: Trace) -> int | None:
    """The record a trace is about when it is about one."""
    if len(trace.matched) != 1 or not trace.matched[0].record:
        return None
    return int(trace.matched[0].record)
