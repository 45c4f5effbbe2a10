"""Interpreter: what every event comes down to. Rules over subjects: IF, then effects planned and performed.

Rule by rule over the whole batch: each sees what those before it did. Planning is pure; effects
are performed in bulk. A rule that fails leaves a trace and stops nobody: what was captured
stays captured.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.evidence.seals import Box
from engine.failures import failure
from engine.records.attached import SUBJECTS
from engine.records.keyword_lists import KeywordLists, Lists
from engine.records.records import Records
from engine.records.rows import Rows
from engine.records.services import Services
from engine.rules.deeds import Deeds
from engine.rules.expressions import Broken
from engine.rules.feedback import FEEDBACK
from engine.rules.fitting import Fitters
from engine.rules.opening import OPENING
from engine.rules.performers import CORE, LIGHT
from engine.rules.roles import viewer_of
from engine.rules.ruleset import CompiledRule, RuleSet
from engine.rules.run import Performer, Performers, Planned, Run
from engine.rules.subjects import Subject
from engine.rules.trace import Trace, forget, keep
from metamodel.plugin_api import Action, Effect
from metamodel.problems import BadValue, Problem, Rejected, problem

DEPTH = 6  # records that create records that create records …
log = logging.getLogger("muniment.rules")


class Interpreter:
    """`events.py`, clocks and buttons tell it of what happened."""

    def __init__(self, services: Services, records: Records, box: Box, keywords: KeywordLists) -> None:
        self.services, self.records, self.box, self.keywords = services, records, box, keywords
        self._performers: Performers = {**CORE, **FEEDBACK, **OPENING}
        self._sets: dict[str, tuple[RuleSet, Lists]] = {}
        self._fitters = Fitters()

    def register(self, effect: type[Effect], performer: Performer) -> None:
        """Who performs an effect; one performer each."""
        self._performers[effect] = performer

    def register_all(self, performers: Performers) -> None:
        self._performers.update(performers)

    @property
    def performed(self) -> frozenset[type[Any]]:
        """The effects somebody performs."""
        return frozenset(self._performers)

    def rules(self, app: str) -> RuleSet:
        """The rules of the published version, with the keyword lists as they are now."""
        published = self.services.apps()[app]
        lists, known = self.keywords.of(app), self._sets.get(app)
        if known is None or known[0].app is not published or known[1] is not lists:
            known = self._sets[app] = RuleSet(published, self.services.programs, lists.get), lists
        return known[0]

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: no trace shows their values any more."""
        forget(unit, self.box, records)

    def run(self, unit: Unit, app: str, actor: Viewer = SYSTEM) -> Run:
        return Run(unit, self.services, self.records, self._fitters, actor, app=app)

    # -- records that are stored -------------------------------------------------------------------

    def stored(self, run: Run, form: str, ids: Sequence[int]) -> list[Subject]:
        """Records as they stand, in the order asked for; those that are gone are left out."""
        program = self.services.programs.get(run.app, form)
        rows = Rows(self.services).by_ids(run.unit.connection, SYSTEM, program, ids)
        return [
            Subject(run, run.app, form, str(i), {"id": str(i), **rows[i].values}, program)
            for i in ids
            if i in rows
        ]

    def perform_for(
        self, run: Run, subject: Subject, effects: Sequence[Effect], source: str
    ) -> list[Problem]:
        """Effects that somebody else planned (a flow's node), performed and written; what went wrong."""
        unit, run.source = run.unit, source
        before = len(subject.problems)
        trace = run.trace = Trace(run.app, source, 1, matched=[subject], deeds=Deeds(run))
        with _deeper(unit) as allowed:
            if not allowed:
                return [problem("rule.too_deep", depth=DEPTH)]
            trace.saw(effects, subject)
            self.perform(run, [Planned(subject, effect) for effect in effects])
            run.flush()
        keep(unit, self.services.database, self.box, [trace])
        return [*subject.problems[before:], *(p for p in trace.problems if p not in subject.problems)]

    # -- acting ------------------------------------------------------------------------------------

    def act(self, run: Run, rules: Sequence[CompiledRule], subjects: Sequence[Subject]) -> list[Trace]:
        """Every rule in turn over all subjects; what they did and why is kept."""
        unit = run.unit
        traces = [Trace(run.app, rule.rule.id, len(subjects), deeds=Deeds(run)) for rule in rules]
        with _deeper(unit) as allowed:
            for rule, trace in zip(rules, traces, strict=True):
                run.trace, run.source = trace, rule.rule.id
                if rule.broken is not None or not allowed:
                    trace.outcome = "stopped"
                    trace.problems.append(rule.broken or problem("rule.too_deep", depth=DEPTH))
                else:
                    run.act_as(viewer_of(run.app, rule.rule.run_as))
                    self._apply(run, rule, subjects)
            run.flush()
        keep(unit, self.services.database, self.box, traces)
        return traces

    def _apply(self, run: Run, rule: CompiledRule, subjects: Sequence[Subject]) -> None:
        assert run.trace is not None
        concerned = _concerned(rule, subjects)
        for subject in concerned:
            subject.expressions = rule.expressions
        run.trace.tried, run.subjects = len(concerned), concerned
        run.trace.matched = run.subjects = matched = matching(run, rule, concerned)
        run.unit.notes.setdefault(SUBJECTS, set()).update(subject.record for subject in matched)
        if rule.reasons:
            context, why = run.context, rule.reasons.of
            run.trace.reasons = [why(subject, subject.program, context, run) for subject in matched]
        for action, options in rule.actions if matched else ():
            self._act_on(run, rule, action, options, matched)

    def _act_on(
        self, run: Run, rule: CompiledRule, action: Action, options: Any, subjects: Sequence[Subject]
    ) -> None:
        """What only notes what is to be written is done subject by subject, so that the next one's plan sees
        it; the rest for all of them at once."""
        assert run.trace is not None
        waiting: list[Planned] = []
        for subject in subjects:
            planned = plan(run, rule, action, options, subject)
            run.trace.saw([one.effect for one in planned], subject)
            light = [one for one in planned if type(one.effect) in LIGHT]
            if light:
                self.perform(run, light)
            waiting += [one for one in planned if type(one.effect) not in LIGHT]
        self.perform(run, waiting)

    def perform(self, run: Run, planned: Sequence[Planned]) -> None:
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


def _concerned(rule: CompiledRule, subjects: Sequence[Subject]) -> Sequence[Subject]:
    """A rule on certain fields hears of records only in which one of them changed."""
    fields = rule.fields
    return [s for s in subjects if s.changed(fields)] if fields else subjects


def matching(run: Run, rule: CompiledRule, subjects: Sequence[Subject]) -> list[Subject]:
    """Those for which IF holds."""
    condition = rule.condition
    if condition is None:
        return list(subjects)
    found = []
    for subject in subjects:
        try:
            if condition(subject.values, run.context):
                found.append(subject)
        except Exception as error:
            run.fail(subject, told(rule, error))
    return found


def plan(run: Run, rule: CompiledRule, action: Action, options: Any, subject: Subject) -> list[Planned]:
    try:
        return [Planned(subject, effect) for effect in action.plan(options, subject)]
    except Exception as error:
        run.fail(subject, told(rule, error))
        return []


def told(rule: CompiledRule, error: Exception) -> Sequence[Problem]:
    """What a plugin or an expression raised, pure as they are, is the problem of one subject alone."""
    if isinstance(error, Rejected):
        return error.problems
    if isinstance(error, BadValue):
        return [problem(error.code, **error.params)]
    if isinstance(error, Broken):
        return [error.problem]
    log.error("rule %s\n%s", rule.rule.id, failure(error))
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
