"""The policy simulator: what a rule would do on a given day, counted, with examples, and what keeps the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.records.records import Records
from engine.records.services import Services
from engine.retention.activations import RuleState
from engine.retention.verdicts import Verdicts

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one rule: `due` by its own clock; of these kept by a minimum (of which rules), held, and `going`.
    `examples` are ids of what would go, with titles where this viewer may read them."""

    state: RuleState
    on: date
    due: int
    going: int
    protected: int
    held: int
    keepers: tuple[tuple[str, int], ...] = ()
    examples: tuple[tuple[str, str], ...] = ()


def forecast(
    services: Services, records: Records, connection: sa.Connection, viewer: Viewer, state: RuleState,
    verdicts: Verdicts,
) -> Forecast:  # fmt: skip
    rule = state.rule
    keeping = [other for other in verdicts.rules if other.minimum is not None and other.id != rule.id]
    held, protected = verdicts.held, verdicts.protected()
    among = [protected, sa.and_(held, ~protected), verdicts.going(rule), *map(verdicts.kept, keeping)]
    due, kept, stopped, going, *by_rule = verdicts.lifetimes.counts(verdicts.due(rule), among)
    keepers = tuple((other.id, count) for other, count in zip(keeping, by_rule, strict=True) if count)
    ids = verdicts.lifetimes.ids(verdicts.going(rule), EXAMPLES) if going else []
    titles = records.reader.titles(connection, viewer, state.app, state.form, ids)
    examples = tuple((str(one), titles.get(one, "")) for one in ids)
    return Forecast(state, verdicts.day, due, going, kept, stopped, keepers, examples)
