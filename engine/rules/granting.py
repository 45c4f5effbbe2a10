"""Performer of grants: dated, read-only permissions that a rule or a flow gives."""

from __future__ import annotations

from collections.abc import Sequence

from engine.access.audit import Occurrence
from engine.access.grants import Grants
from engine.access.recipients import people_of
from engine.clock import microseconds
from engine.rules.run import Performers, Planned, Run
from engine.whole_numbers import is_whole_number
from metamodel.plugin_api import Grant
from metamodel.problems import problem


class Granting:
    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    @property
    def performers(self) -> Performers:
        return {Grant: self.give}

    def give(self, run: Run, planned: Sequence[Planned]) -> None:
        for one in planned:
            effect: Grant = one.effect
            meant = people_of(run.services.people.organisation(), effect.to)
            people = self._grants.there(run.unit, meant) if meant else []
            if not people:
                run.fail(one.subject, [problem("rule.grant_to_nobody")])
            for person in people:
                self._give(run, effect, person)

    def _give(self, run: Run, effect: Grant, person: str) -> None:
        given = self._grants.give(
            run.unit, person, effect.app, effect.form, filter=effect.where, newest=_newest(run, effect),
            purpose=effect.purpose, by=run.source, expires_at=microseconds(effect.until),
            reference=effect.reference, unmask=effect.unmask,
        )  # fmt: skip
        detail = {"person": person, "until": effect.until.isoformat(), "purpose": effect.purpose}
        occurrence = Occurrence("grant", effect.app, effect.form, grant=given.id, detail=detail)
        run.services.audit.add(run.unit, run.actor, [occurrence])


def _newest(run: Run, effect: Grant) -> int:
    """The highest record id the grant reaches. All ids come from one counter, so what existed when it was
    asked for is what has a lower id than the record that asked."""
    if effect.newest == "asked" and is_whole_number(effect.record):
        return int(effect.record)
    return run.services.database.take_ids(run.unit.connection, 1)[0]
