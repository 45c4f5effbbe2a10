"""Traces: why a rule did what it did, one compact sealed row a batch and rule.

Of every record that matched it says what made IF hold (`reasons.py`) and what was done (`deeds.py`). What is alike
stands once: `reasons` and `deeds` are tables, `why` and `did` the places in them, record by record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.rules.deeds import Deeds
from engine.system_tables import rule_runs
from metamodel.problems import Problem

MOST_RECORDS = 5_000  # more than a batch has
SHOWN_PROBLEMS = 10
NONE = -1


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
    reasons: Sequence[Any] = ()  # of the matched, in order
    deeds: Deeds | None = None
    did: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # id() of a subject -> its deeds

    def saw(self, effects: Sequence[Any], subject: About) -> None:
        if not effects:
            return
        if self.sample is None:
            self.sample, self.sampled = effects[0], subject
        self.effects.update(type(effect).__name__ for effect in effects)
        if self.deeds is not None:
            known = self.did.setdefault(id(subject), [])
            known += [self.deeds.number(effect, subject.record) for effect in effects]

    @property
    def worth_keeping(self) -> bool:
        return bool(self.matched or self.problems)

    def to_json(self) -> dict[str, Any]:
        places = [_place(subject) for subject in self.matched]
        records = [record for _, record in places]
        reasons, why = _told_once(self.reasons[:MOST_RECORDS])
        did = [self.did.get(id(subject), ()) for subject in self.matched[:MOST_RECORDS]]
        return {
            "form": next((form for form, _ in places if form), ""),
            "tried": self.tried,
            "matched": len(self.matched),
            "records": records[:MOST_RECORDS],
            "reasons": reasons,
            "why": why,
            "deeds": self.deeds.alike if self.deeds is not None else [],
            "did": [[[number, other] if other else number for number, other in each] for each in did],
            "effects": dict(self.effects),
            "sample": _plain(self.sample),
            "problems": [_problem(found) for found in self.problems[:SHOWN_PROBLEMS]],
        }


def _told_once(reasons: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The different ones, and which of them each record has."""
    table: list[Any] = []
    known: dict[str, int] = {}
    places = []
    for one in reasons:
        place = known.setdefault(repr(one), len(table)) if one else NONE
        if place == len(table):
            table.append(one)
        places.append(place)
    return table, places


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
            lowest,
            trace.outcome if not trace.problems or trace.outcome != "done" else "failed",
            box.seal_json(made),
            highest,
        )
        for identifier, trace in zip(ids, kept, strict=True)
        for made in (trace.to_json(),)
        for lowest, highest in (_range(made["records"]),)
    ]
    columns = ("id", "at", "app", "rule", "record", "outcome", "trace_sealed", "quoted")
    database.insert_many(unit.connection, rule_runs, rows, columns)


def forget(unit: Unit, box: Box, records: Sequence[int]) -> None:
    """Records that are shredded: what rules did with them stays, which values they saw or set does not."""
    if not records:
        return
    gone = {str(record) for record in records}
    about = sa.or_(
        rule_runs.c.record.in_(records),
        rule_runs.c.quoted.in_(records),
        sa.and_(rule_runs.c.record < max(records), rule_runs.c.quoted > min(records)),
    )
    query = sa.select(rule_runs.c.id, rule_runs.c.record, rule_runs.c.quoted, rule_runs.c.trace_sealed)
    for row in unit.connection.execute(query.where(about)).all():
        trace = box.open_json(row.trace_sealed)
        if gone & {*trace["records"], str(row.record), str(row.quoted)}:
            cleared = {"trace_sealed": box.seal_json(_without(trace, gone))}
            unit.connection.execute(sa.update(rule_runs).where(rule_runs.c.id == row.id).values(cleared))


def _without(trace: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """What it says of other records stays; the sample and the problems may be of any."""
    records = trace["records"]
    why = [
        NONE if record in gone else place
        for record, place in zip(records, trace.get("why", ()), strict=False)
    ]
    did = [
        [] if record in gone else each for record, each in zip(records, trace.get("did", ()), strict=False)
    ]
    deeds = {number if isinstance(number, int) else number[0] for each in did for number in each}
    return {
        **trace, "sample": None, "problems": [], "why": why, "did": did,
        "reasons": [one if place in why else [] for place, one in enumerate(trace.get("reasons", ()))],
        "deeds": [
            one if place in deeds else [*one[:3], {}] for place, one in enumerate(trace.get("deeds", ()))
        ],
    }  # fmt: skip


def _range(records: Sequence[str]) -> tuple[int | None, int | None]:
    """The lowest and the highest record a trace speaks of: by them it is found when one is shredded."""
    ids = [int(record) for record in records if record]
    return (min(ids), max(ids)) if ids else (None, None)
