"""Rules: hears of messages and of records on their way in, and lets the app's rules act on them.

Rule by rule over the whole batch: each sees what those before it did. Planning is pure; effects
are performed in bulk. A rule that fails leaves a trace and stops nobody: what was captured
stays captured.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import SYSTEM
from engine.database import Unit
from engine.evidence.seals import Box
from engine.records.drafts import Batch, Stages
from engine.records.records import Records
from engine.records.services import Services
from engine.rules.expressions import Broken
from engine.rules.fitting import Fitters
from engine.rules.performers import CORE
from engine.rules.ruleset import CompiledRule, RuleSet
from engine.rules.run import Performer, Performers, Planned, Run
from engine.rules.subjects import Subject
from engine.rules.trace import Trace, keep
from metamodel.plugin_api import Action, Effect
from metamodel.problems import BadValue, Problem, Rejected, problem

DEPTH = 6  # records that create records that create records …
log = logging.getLogger("muniment.rules")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: (app, form, record) it was made into, and what went wrong."""

    records: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]


class Rules:
    def __init__(self, services: Services, records: Records, box: Box) -> None:
        self._services, self._records, self._box = services, records, box
        self._performers: Performers = dict(CORE)
        self._sets: dict[str, RuleSet] = {}
        self._fitters = Fitters()

    def join(self, stages: Stages) -> None:
        """Become part of the write path."""
        stages.created.append(self.created)

    def register(self, effect: type[Effect], performer: Performer) -> None:
        """Who performs an effect; one performer each."""
        self._performers[effect] = performer

    # -- events ------------------------------------------------------------------------------------

    def created(self, batch: Batch) -> None:
        """New records with their ids, not written yet: what rules set on them is part of revision 1."""
        rules = self._listening(batch.app, {"name": "record_created", "form": batch.form})
        if not rules or not batch.drafts:
            return
        context = self._services.context(batch.unit.connection, SYSTEM, batch.unit.moment)
        program = self._services.programs.get(batch.app, batch.form)
        subjects = [
            Subject(batch.app, batch.form, str(draft.id), draft.values, context, program)
            for draft in batch.drafts
        ]
        self._act(batch.unit, batch.app, rules, subjects)

    def on_messages(
        self, unit: Unit, app: str, channel: str, messages: Sequence[dict[str, Any]]
    ) -> list[Outcome]:
        """Messages as `messages.message_values` makes them; an outcome each, in order."""
        rules = self._listening(app, {"name": "message_received", "channel": channel})
        context = self._services.context(unit.connection, SYSTEM, unit.moment)
        subjects = [Subject(app, "", "", values, context) for values in messages]
        self._act(unit, app, rules, subjects)
        return [Outcome(tuple(subject.made), tuple(subject.problems)) for subject in subjects]

    def _listening(self, app: str, event: Mapping[str, Any]) -> list[CompiledRule]:
        published = self._services.apps()[app]
        known = self._sets.get(app)
        if known is None or known.app is not published:
            known = self._sets[app] = RuleSet(published, self._services.programs)
        return known.listening(event)

    # -- acting ------------------------------------------------------------------------------------

    def _act(self, unit: Unit, app: str, rules: Sequence[CompiledRule], subjects: Sequence[Subject]) -> None:
        run = Run(unit, self._services, self._records, self._fitters)
        traces = [Trace(app, rule.rule.id, len(subjects)) for rule in rules]
        with _deeper(unit) as allowed:
            for rule, trace in zip(rules, traces, strict=True):
                run.trace = trace
                if rule.broken is not None or not allowed:
                    trace.outcome = "stopped"
                    trace.problems.append(rule.broken or problem("rule.too_deep", depth=DEPTH))
                else:
                    self._apply(run, rule, subjects)
            run.flush()
        keep(unit, self._services.database, self._box, traces)

    def _apply(self, run: Run, rule: CompiledRule, subjects: Sequence[Subject]) -> None:
        assert run.trace is not None
        for subject in subjects:
            subject.expressions = rule.expressions
        run.trace.matched = matched = _matching(run, rule, subjects)
        for action, options in rule.actions:
            planned = _plan(run, rule, action, options, matched)
            run.trace.saw([one.effect for one in planned])
            self._perform(run, planned)

    def _perform(self, run: Run, planned: Sequence[Planned]) -> None:
        by_kind: dict[type[Any], list[Planned]] = {}
        for one in planned:
            by_kind.setdefault(type(one.effect), []).append(one)
        for kind, same in by_kind.items():
            performer = self._performers.get(kind)
            if performer is not None:
                performer(run, same)
                continue
            for one in same:
                run.fail(one.subject, [problem("rule.no_performer", effect=kind.__name__)])


def _matching(run: Run, rule: CompiledRule, subjects: Sequence[Subject]) -> list[Subject]:
    condition = rule.condition
    if condition is None:
        return list(subjects)
    matching = []
    for subject in subjects:
        try:
            if condition(subject.values, subject.context):
                matching.append(subject)
        except Exception as error:
            run.fail(subject, _told(rule, error))
    return matching


def _plan(
    run: Run, rule: CompiledRule, action: Action, options: Any, subjects: Sequence[Subject]
) -> list[Planned]:
    planned = []
    for subject in subjects:
        try:
            planned += [Planned(subject, effect) for effect in action.plan(options, subject)]
        except Exception as error:
            run.fail(subject, _told(rule, error))
    return planned


def _told(rule: CompiledRule, error: Exception) -> Sequence[Problem]:
    """What a plugin or an expression raised, pure as they are, is the problem of one subject alone."""
    if isinstance(error, Rejected):
        return error.problems
    if isinstance(error, BadValue):
        return [problem(error.code, **error.params)]
    if isinstance(error, Broken):
        return [error.problem]
    log.error("rule %s", rule.rule.id, exc_info=error)
    return [problem("rule.failed", rule=rule.rule.id)]


@contextmanager
def _deeper(unit: Unit) -> Iterator[bool]:
    """One storey down in records that set off records; False when that is deep enough."""
    depth = unit.notes.get("rules", 0)
    unit.notes["rules"] = depth + 1
    try:
        yield depth < DEPTH
    finally:
        unit.notes["rules"] = depth
