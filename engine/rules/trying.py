"""Trying a rule before it runs: what would it have matched among the newest records, with examples.

Only over rows the viewer may read, in every field that IF names. The index and the database leave out
what cannot match; the rest is decided by the very condition that would run.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.program import FormProgram
from engine.rules.candidates import Candidates
from engine.rules.deeds import Deeds
from engine.rules.interpreter import Interpreter, plan
from engine.rules.log import Done, Reason, RuleLog
from engine.rules.reasons import Objections, Reasons
from engine.rules.ruleset import CompiledRule, RuleSet
from engine.rules.run import Run
from engine.rules.standing import Standing, standings
from engine.rules.subjects import Subject
from engine.rules.trace import Trace
from engine.search.highlight import snippet
from engine.search.index import is_indexed
from metamodel.application import App
from metamodel.binding import Binder
from metamodel.checking import Checking
from metamodel.expressions import Expression
from metamodel.parts import Part
from metamodel.plugin_api import RowsDue
from metamodel.problems import Problem, Rejected, has_errors, problem
from metamodel.rules import Rule, check_rules, rule_from_json

MOST = 1_000_000  # records looked through
PLANNED = 200  # of what matched, how many are planned for
SHOWN_PROBLEMS = 10
Pieces = list[tuple[str, bool]]  # text, and whether it is a hit


@dataclass(frozen=True, slots=True)
class Example:
    """A record that matched, with a piece of each text that IF looked at, why it matched, what would have been done
    about it, and how what the rule marks or makes for it stands by now: so a known false alarm shows. Or one that did
    not match, and `why` not; nothing there where WHEN does not pick it."""

    record: str
    title: str
    texts: tuple[tuple[str, Pieces], ...] = ()
    standing: tuple[Standing, ...] = ()
    why: tuple[Reason, ...] = ()
    did: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """`tried` newest records, `matched` of them; `misses` are examples of the others. `effects`: what the newest
    `planned` of those that matched would have led to, and `standing` how many of them stand how by now: (the field in
    words, the choice in words) -> records. `compared`: how many more, and how many fewer, than the rule as it is
    published."""

    rule: str
    form: str
    tried: int
    matched: int
    examples: tuple[Example, ...] = ()
    effects: Mapping[str, int] = field(default_factory=dict)
    planned: int = 0
    compared: tuple[int, int] | None = None
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    exact: bool = True
    standing: Mapping[tuple[str, str], int] = field(default_factory=dict)
    misses: tuple[Example, ...] = ()


class Trying:
    """`log`: it knows what of a trace a viewer may read."""

    def __init__(self, interpreter: Interpreter, log: RuleLog) -> None:
        self._interpreter, self._services, self._log = interpreter, interpreter.services, log

    def try_out(
        self, viewer: Viewer, app: str, rule: str | Mapping[str, Any], last: int = 1_000, samples: int = 5
    ) -> Trial:
        """`rule` is a published one's id, or a rule as JSON. Rejected: rule.unknown, rule.not_to_try (it is
        about no record), access.denied, and what is wrong with the rule."""
        began = time.perf_counter()
        compiled, published = self._compiled(app, rule)
        with self._services.database.read() as connection:
            unit = Unit(connection, self._services.database.clock.now())
            run = self._interpreter.run(unit, app)
            rules = self._interpreter.rules(app)
            trial = _Trial(run, viewer, rules, compiled, published, max(1, min(last, MOST)), self._log)
            found = trial.done(samples)
        self._note(viewer, app, found)
        return replace(found, seconds=time.perf_counter() - began)

    def _compiled(self, app: str, rule: str | Mapping[str, Any]) -> tuple[CompiledRule, CompiledRule | None]:
        rules = self._interpreter.rules(app)
        if isinstance(rule, str):
            found = next((one for one in rules.app.rules if one.id == rule), None)
            if found is None:
                raise Rejected([problem("rule.unknown", rule=rule)])
            return _fit_to_try(rules.compile(found)), None
        wanted = self._read(rules.app, rule)
        return _fit_to_try(rules.compile(wanted)), rules.get(wanted.id)

    def _read(self, app: App, raw: Mapping[str, Any]) -> Rule:
        """A rule as it would be were it in the app; Rejected with what is wrong with it."""
        registry = self._services.registry
        binder = Binder(registry)
        rule = rule_from_json(Part(raw, "/rule"), binder)
        others = tuple(one for one in app.rules if one.id != rule.id)
        checking = Checking(replace(app, rules=(*others, rule)), registry, self._services.apps())
        found = [*binder.problems, *check_rules(checking)]
        wrong = [one for one in found if one.path.startswith("/rule/")]
        if has_errors(wrong):
            raise Rejected(wrong)
        return rule

    def _note(self, viewer: Viewer, app: str, found: Trial) -> None:
        detail = {"rule": found.rule, "tried": found.tried, "matched": found.matched}
        self._services.audit.note(viewer, Occurrence("rule.try", app, found.form, detail=detail))


class _Trial:
    """One rule over the newest rows of its form that one viewer may read."""

    def __init__(
        self, run: Run, viewer: Viewer, ruleset: RuleSet, compiled: CompiledRule, published: CompiledRule | None,
        last: int, log: RuleLog,
    ) -> None:  # fmt: skip
        self._ruleset, self._log = ruleset, log
        self._run, self._viewer, self._rule, self._published = run, viewer, compiled, published
        self._program: FormProgram = run.services.programs.get(run.app, compiled.rule.form)
        rules = [rule for rule in (compiled, published) if rule is not None]
        self._candidates = Candidates(
            run, viewer, self._program, [_expression(rule) for rule in rules], _meant(compiled, run), last
        )
        run.use(self._candidates.context)

    @property
    def _connection(self) -> sa.Connection:
        return self._run.unit.connection

    def done(self, samples: int) -> Trial:
        ids: list[int] = []
        compared = [0, 0]
        for record, values in self._candidates if self._candidates.tried else ():
            now = self._holds(self._rule, values)
            if self._published is not None:
                before = self._holds(self._published, values)
                compared[0] += now and not before
                compared[1] += before and not now
            if now:
                ids.append(record)
        trace = self._planned(ids[:PLANNED])
        standing = self._standing(ids[: max(PLANNED, samples)])
        counted = Counter((one.label, one.text) for record in ids[:PLANNED] for one in standing[record])
        return Trial(
            self._rule.rule.id, self._program.form.id, self._candidates.tried, len(ids),
            tuple(self._examples(ids[:samples], standing, trace)), dict(trace.effects), min(len(ids), PLANNED),
            (compared[0], compared[1]) if self._published else None,
            tuple(_once(trace.problems)[:SHOWN_PROBLEMS]), standing=dict(counted),
            misses=tuple(self._misses(self._candidates.others(set(ids), samples))),
        )  # fmt: skip

    def _standing(self, ids: Sequence[int]) -> dict[int, list[Standing]]:
        rows = self._candidates.rows.by_ids(self._connection, self._viewer, self._program, ids)
        return standings(self._run, self._viewer, self._rule.rule, self._program, rows)

    def _holds(self, rule: CompiledRule, values: dict[str, Any]) -> bool:
        if rule.condition is None:
            return True
        try:
            return bool(rule.condition(values, self._run.context))
        except Rejected:
            return False

    # -- what it would have done -------------------------------------------------------------------

    def _planned(self, ids: Sequence[int]) -> Trace:
        """Planned on what the viewer may read: a plan that fails may quote what it failed on."""
        run, rule = self._run, self._rule
        trace = Trace(run.app, rule.rule.id, self._candidates.tried, deeds=Deeds(run))
        if rule.broken is not None:
            trace.problems.append(rule.broken)
            return trace
        trace.matched = subjects = self._subjects(ids)
        for subject in subjects:
            for action, options in rule.actions:
                trace.saw([one.effect for one in plan(run, rule, action, options, subject)], subject)
            trace.problems += subject.problems
        return trace

    def _subjects(self, ids: Sequence[int]) -> list[Subject]:
        """As the viewer reads them."""
        rows = self._candidates.rows.by_ids(self._connection, self._viewer, self._program, ids)
        made = []
        for record in ids:
            values = {"id": str(record), **rows[record].values}
            subject = Subject(
                self._run, self._run.app, self._program.form.id, str(record), values, self._program
            )
            subject.expressions = self._rule.expressions
            made.append(subject)
        return made

    def _why(self, reasons: Reasons | Objections | None, subject: Subject) -> tuple[Reason, ...]:
        """All of it shown: what a trial looks at is what the viewer reads."""
        run = self._run
        told = reasons.of(subject, subject.program, run.context, run) if reasons is not None else []
        return tuple(Reason(kind, path, *rest[:1]) for kind, path, *rest in told)

    def _did(self, trace: Trace, ids: Sequence[int]) -> dict[str, tuple[Done, ...]]:
        """What would be set, in fields that the log would show this viewer."""
        known = {one.record for one in trace.matched}
        told = [str(record) for record in ids if str(record) in known]
        form, app = self._program.form.id, self._ruleset.app
        found = self._log.details(self._connection, self._viewer, app, form, trace.to_json(), told)
        return {one.record: one.did for one in found}

    def _misses(self, ids: Sequence[int]) -> Iterator[Example]:
        titles, objections = self._titles(ids), self._ruleset.objections(self._rule)
        for record, subject in zip(ids, self._subjects(ids), strict=True):
            yield Example(str(record), titles[record], why=self._why(objections, subject))

    def _titles(self, ids: Sequence[int]) -> dict[int, str]:
        rows = self._candidates.rows.by_ids(self._connection, self._viewer, self._program, ids)
        references = self._run.records.reader.references
        return references.titles(self._connection, self._viewer, self._program, list(rows.values()))

    def _examples(
        self, ids: Sequence[int], standing: Mapping[int, Sequence[Standing]], trace: Trace
    ) -> Iterator[Example]:
        names = self._candidates.names
        texts = [name for name in names if is_indexed(self._program.fields[name].field)]
        rows = self._candidates.rows.by_ids(self._connection, self._viewer, self._program, ids)
        titles, did = self._titles(ids), self._did(trace, ids)
        expression = _expression(self._rule)
        words = self._candidates.narrowing.marked(expression) if expression else []
        for record, subject in zip(ids, self._subjects(ids), strict=True):
            shown = self._program.texts.texts(rows[record].values)
            found = tuple((name, snippet(shown[name], words)) for name in texts if name in shown)
            why, done = self._why(self._rule.reasons, subject), did.get(str(record), ())
            yield Example(str(record), titles[record], found, tuple(standing[record]), why, done)


def _meant(compiled: CompiledRule, run: Run) -> str:
    """Of a clock: which records it would be about now."""
    trigger, options = compiled.rule.trigger, compiled.rule.trigger_options
    now = run.unit.moment
    due: RowsDue | None = trigger.picks(options, now, now) if trigger is not None else None
    return due.where if due is not None else ""


def _once(problems: Sequence[Problem]) -> list[Problem]:
    found: list[Problem] = []
    for one in problems:
        if one not in found:
            found.append(one)
    return found


def _expression(rule: CompiledRule) -> Expression | None:
    return rule.condition.expression if rule.condition is not None else None


def _fit_to_try(compiled: CompiledRule) -> CompiledRule:
    """About records, with a condition that makes sense."""
    if not compiled.rule.form:
        raise Rejected([problem("rule.not_to_try")])
    if compiled.broken is not None and compiled.condition is None and compiled.rule.condition.strip():
        raise Rejected([compiled.broken])
    return compiled
