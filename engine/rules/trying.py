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
from engine.access.viewer import SYSTEM, Viewer
from engine.access.visible import Visible
from engine.database import Unit
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.rules.interpreter import Interpreter, plan
from engine.rules.narrowing import Narrowed, Narrowing
from engine.rules.ruleset import CompiledRule
from engine.rules.run import Run
from engine.rules.subjects import Subject
from engine.search.highlight import snippet
from engine.search.index import is_indexed
from engine.system_tables import record_keys
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
AT_ONCE = 2_000
Pieces = list[tuple[str, bool]]  # text, and whether it is a hit


@dataclass(frozen=True, slots=True)
class Example:
    """A record that matched, with a piece of each text that IF looked at."""

    record: str
    title: str
    texts: tuple[tuple[str, Pieces], ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """`tried` newest records, `matched` of them. `effects`: what the newest `planned` of those would have led
    to. `compared`: how many more, and how many fewer, than the rule as it is published."""

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


class Trying:
    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter, self._services = interpreter, interpreter.services

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
            trial = _Trial(self._services, run, viewer, compiled, published, max(1, min(last, MOST)))
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
        self, services: Any, run: Run, viewer: Viewer, compiled: CompiledRule,
        published: CompiledRule | None, last: int,
    ) -> None:  # fmt: skip
        self._services, self._run, self._viewer, self._last = services, run, viewer, last
        self._rule, self._published = compiled, published
        self._program: FormProgram = services.programs.get(run.app, compiled.rule.form)
        self._rows = Rows(services)
        self._names = self._named()
        self._visible = self._readable()

    @property
    def _connection(self) -> sa.Connection:
        return self._run.unit.connection

    def _named(self) -> list[str]:
        """The fields that the conditions read."""
        expressions = [_expression(rule) for rule in (self._rule, self._published) if rule is not None]
        names = {path[0] for expression in expressions if expression for path in expression.names}
        return [name for name in self._program.fields if name in names]

    def _readable(self) -> Visible:
        visible = self._rows.visible(self._connection, self._viewer, self._program)
        if not visible.ways:
            raise Rejected([problem("access.denied")])
        return visible.reading(self._names)

    def done(self, samples: int) -> Trial:
        tried, floor = self._stretch()
        ids: list[int] = []
        compared = [0, 0]
        for record, values in self._candidates(floor) if tried else ():
            now = self._holds(self._rule, values)
            if self._published is not None:
                before = self._holds(self._published, values)
                compared[0] += now and not before
                compared[1] += before and not now
            if now:
                ids.append(record)
        effects, problems = self._planned(ids[:PLANNED])
        return Trial(
            self._rule.rule.id, self._program.form.id, tried, len(ids), tuple(self._examples(ids[:samples])),
            effects, min(len(ids), PLANNED), (compared[0], compared[1]) if self._published else None,
            tuple(problems),
        )  # fmt: skip

    def _stretch(self) -> tuple[int, int]:
        """How many rows there are to try, and the lowest id among them."""
        newest = (
            self._visible.ids().order_by(self._program.table.table.c.id.desc()).limit(self._last).subquery()
        )
        counted = sa.select(sa.func.count(), sa.func.min(newest.c.id)).select_from(newest)
        row = self._connection.execute(counted).one()
        return int(row[0]), int(row[1] or 0)

    def _candidates(self, floor: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows that may match, newest first, with what the conditions read."""
        where = self._narrowed()
        table = self._program.table.table
        statement = self._visible.ids().where(table.c.id >= floor, *where).order_by(table.c.id.desc())
        if any(self._program.fields[name].field.derived is not None for name in self._names):
            return self._whole([int(one) for one in self._connection.scalars(statement)])
        return self._lean(statement)

    def _narrowed(self) -> list[sa.ColumnElement[bool]]:
        narrowing = Narrowing(self._services, self._program, self._run.context)
        rules = [rule for rule in (self._rule, self._published) if rule is not None]
        each = [self._conditions(narrowing.of(_expression(rule))) for rule in rules]
        picked = self._due()
        if all(each):
            picked.append(sa.or_(*(sa.and_(*conditions) for conditions in each)))
        return picked

    def _conditions(self, narrowed: Narrowed) -> list[sa.ColumnElement[bool]]:
        conditions = list(narrowed.where)
        if narrowed.words is not None:
            texts = [field.id for field in self._program.searchable]
            found = self._services.search.matching(self._program.table, narrowed.words, texts)
            conditions.append(self._program.table.table.c.id.in_(found))
        return conditions

    def _due(self) -> list[sa.ColumnElement[bool]]:
        """Of a clock: the records it would be about now."""
        trigger, options = self._rule.rule.trigger, self._rule.rule.trigger_options
        now = self._run.unit.moment
        due: RowsDue | None = trigger.picks(options, now, now) if trigger is not None else None
        if due is None or not due.where:
            return []
        authority = self._services.authority
        program = self._program
        return [authority.condition(self._connection, SYSTEM, program.app, program.form, due.where)[0]]

    def _lean(self, statement: sa.Select[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Straight from the columns: nothing is masked here, since only ways that read these fields are left."""
        seals, program = self._services.seals, self._program
        stored = [(program.fields[name], program.fields[name].field.sealed) for name in self._names]
        columns = [program.table.column(one.id) for one, _ in stored]
        wanted = statement.add_columns(*columns)
        if any(sealed for _, sealed in stored):
            wanted = wanted.add_columns(record_keys.c.master, record_keys.c.wrapped).outerjoin(
                record_keys, record_keys.c.record == program.table.table.c.id
            )
        places = list(enumerate(stored, 1))
        for row in self._connection.execute(wanted.execution_options(yield_per=AT_ONCE)):
            record: int = row[0]
            key: bytes | None = None
            values: dict[str, Any] = {"id": str(record)}
            for place, (one, sealed) in places:
                raw = row[place]
                if raw is not None and sealed:
                    if key is None and row[-1] is not None:
                        key = seals.unwrap(row[-2], row[-1], record)
                    raw = None if key is None else one.unseal(seals.open(key, one.id, record, raw))
                    values[one.id] = raw
                else:
                    values[one.id] = None if raw is None else one.decode(raw)
            yield record, values

    def _whole(self, ids: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
        """With what is looked up and rolled up, by the ordinary way of reading."""
        for start in range(0, len(ids), AT_ONCE):
            chunk = ids[start : start + AT_ONCE]
            rows = self._rows.by_ids(self._connection, SYSTEM, self._program, chunk, self._names)
            for record in chunk:
                yield record, {"id": str(record), **rows[record].values}

    def _holds(self, rule: CompiledRule, values: dict[str, Any]) -> bool:
        if rule.condition is None:
            return True
        try:
            return bool(rule.condition(values, self._run.context))
        except Rejected:
            return False

    # -- what it would have done -------------------------------------------------------------------

    def _planned(self, ids: Sequence[int]) -> tuple[dict[str, int], list[Problem]]:
        if not ids or self._rule.broken is not None:
            return {}, [self._rule.broken] if self._rule.broken else []
        rows = self._rows.by_ids(self._connection, SYSTEM, self._program, ids)
        counted: Counter[str] = Counter()
        problems: list[Problem] = []
        for record in ids:
            values = {"id": str(record), **rows[record].values}
            subject = Subject(
                self._run, self._run.app, self._program.form.id, str(record), values, self._program
            )
            subject.expressions = self._rule.expressions
            for action, options in self._rule.actions:
                planned = plan(self._run, self._rule, action, options, subject)
                counted.update(type(one.effect).__name__ for one in planned)
            problems += subject.problems
        return dict(counted), list(dict.fromkeys(problems))[:10]

    def _examples(self, ids: Sequence[int]) -> Iterator[Example]:
        texts = [name for name in self._names if is_indexed(self._program.fields[name].field)]
        rows = self._rows.by_ids(self._connection, self._viewer, self._program, ids)
        references = self._run.records.reader.references
        titles = references.titles(self._connection, self._viewer, self._program, list(rows.values()))
        words = self._words()
        for record in ids:
            row = rows[record]
            shown = self._program.texts.texts(row.values)
            yield Example(
                str(record), titles[record],
                tuple((name, snippet(shown[name], words)) for name in texts if name in shown),
            )  # fmt: skip

    def _words(self) -> list[str]:
        """What to mark in examples: the words that IF looks for."""
        expression = _expression(self._rule)
        if expression is None:
            return []
        narrowing = Narrowing(self._services, self._program, self._run.context)
        return narrowing.marked(expression)


def _expression(rule: CompiledRule) -> Expression | None:
    return rule.condition.expression if rule.condition is not None else None


def _fit_to_try(compiled: CompiledRule) -> CompiledRule:
    """About records, with a condition that makes sense."""
    if not compiled.rule.form:
        raise Rejected([problem("rule.not_to_try")])
    if compiled.broken is not None and compiled.condition is None and compiled.rule.condition.strip():
        raise Rejected([compiled.broken])
    return compiled
