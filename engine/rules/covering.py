"""FindOrCreate over a batch: which record takes in which subject, when a new one begins.

Subjects are taken in the order of their moments. One statement finds what is there, one bulk
creates what is missing, and each record found is changed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.records.matching import Key, Within, find_ids
from engine.records.program import FormProgram
from engine.rules.keys import Keys
from engine.rules.run import Planned, Run
from metamodel.plugin_api import FindOrCreate, Span
from metamodel.problems import Problem, Rejected

Shape = tuple[str, str, tuple[str, ...], tuple[str, str] | None]  # app, form, match fields, span fields


@dataclass
class Case:
    """A record that is there (`id`) or about to be; `changed` is what differs from what is stored."""

    values: dict[str, Any]
    id: int | None = None
    changed: dict[str, Any] = field(default_factory=dict)
    subjects: list[Planned] = field(default_factory=list)

    def set(self, name: str, value: Any) -> None:
        if self.values.get(name) != value:
            self.values[name] = self.changed[name] = value

    def covers(self, span: Span) -> bool:
        start, end = self.values.get(span.start), self.values.get(span.end)
        if not isinstance(start, datetime) or not isinstance(end, datetime):
            return False
        return start - span.silence <= span.moment <= end + span.silence

    def awaits(self, span: Span) -> bool:
        """Is this what it waits for, though silence would have ended it?"""
        end = self.values.get(span.end)
        if span.patience is None or not isinstance(end, datetime) or self.values.get(span.waiting) is None:
            return False
        return end <= span.moment <= end + span.patience

    def _remember(self, span: Span) -> None:
        """Since when it waits, for what comes in the same batch; it is written by whoever keeps the field."""
        if span.patience is not None:
            self.values[span.waiting] = None
        elif span.asks and self.values.get(span.waiting) is None:
            self.values[span.waiting] = span.moment

    def take(self, one: Planned, update: dict[str, Any], add: dict[str, Any]) -> None:
        self.subjects.append(one)
        span: Span | None = one.effect.span
        if span is not None:
            self.set(span.start, min(self.values.get(span.start) or span.moment, span.moment))
            self.set(span.end, max(self.values.get(span.end) or span.moment, span.moment))
            self._remember(span)
        for name, value in update.items():
            self.set(name, value)
        for name, items in add.items():
            there = self.values.get(name) or []
            missing = [item for item in items or () if item not in there]
            if missing:
                self.set(name, [*there, *missing])


def find_or_create(run: Run, planned: Sequence[Planned]) -> None:
    groups: dict[Shape, list[Planned]] = {}
    for one in planned:
        effect: FindOrCreate = one.effect
        span = (effect.span.start, effect.span.end) if effect.span else None
        groups.setdefault((effect.app, effect.form, tuple(effect.match), span), []).append(one)
    for (app, form, fields, span), group in groups.items():
        if run.changes.waiting_for(app, form):
            run.flush()
        try:
            _Group(run, run.program(app, form), fields, span).work(group)
        except Rejected as error:
            for one in group:
                run.fail(one.subject, error.problems)


class _Group:
    """Effects on one form with the same match fields."""

    def __init__(
        self, run: Run, program: FormProgram, fields: tuple[str, ...], span: tuple[str, str] | None
    ) -> None:
        self._run, self._program, self._fields, self._span = run, program, fields, span

    def work(self, group: Sequence[Planned]) -> None:
        keyed = self._keyed(group)
        cases = self._existing(keyed)
        for one, key, match in sorted(keyed, key=_moment):
            self._assign(one, match, cases.setdefault(key, []))
        # The newest stand first and are to get the highest ids.
        every = [case for known in cases.values() for case in reversed(known) if case.subjects]
        self._create([case for case in every if case.id is None])
        for case in every:
            self._settle(case)

    def _keyed(self, group: Sequence[Planned]) -> list[tuple[Planned, Key, dict[str, Any]]]:
        keyed, keys = [], Keys(self._run, self._program)
        for one in group:
            made = keys.of(one.effect.match)
            if made.key is None:
                self._run.fail(one.subject, made.problems)
            else:
                keyed.append((one, made.key, made.values))
        return keyed

    def _existing(self, keyed: Sequence[tuple[Planned, Key, Any]]) -> dict[Key, list[Case]]:
        """What is there, with the fields that may grow, newest first."""
        found = find_ids(
            self._run.unit.connection, self._program, self._fields, {key for _, key, _ in keyed},
            self._within([one.effect.span for one, _, _ in keyed if one.effect.span]),
        )  # fmt: skip
        if self._span is None:
            found = {key: ids[:1] for key, ids in found.items()}
        growing = {name for one, _, _ in keyed for name in (*one.effect.add, *one.effect.update)}
        growing |= {one.effect.span.waiting for one, _, _ in keyed if one.effect.span}
        wanted = sorted((growing | set(self._span or ())) & self._program.fields.keys())
        rows = self._run.load(self._program, {i for ids in found.values() for i in ids}, wanted)
        return {key: [Case(rows[i].values, i) for i in ids if i in rows] for key, ids in found.items()}

    def _within(self, spans: Sequence[Span]) -> Within | None:
        if self._span is None or not spans:
            return None
        earliest = min(span.moment - span.reach for span in spans)
        return Within(*self._span, earliest, max(span.moment + span.silence for span in spans))

    def _assign(self, one: Planned, match: dict[str, Any], known: list[Case]) -> None:
        effect: FindOrCreate = one.effect
        update = self._fitted(one, effect.update)
        add = self._fitted(one, effect.add)
        span = effect.span
        case = next((c for c in known if span is None or c.covers(span)), None)
        if case is None and span is not None and known and known[0].awaits(span):
            case = known[0]
        if case is None:
            case = Case({**match, **self._fitted(one, effect.create)})
            known.insert(0, case)
        case.take(one, update, add)

    def _fitted(self, one: Planned, values: Mapping[str, Any]) -> dict[str, Any]:
        if not values:
            return {}
        fitted, wrong = self._run.fit(self._program, values)
        if wrong:
            self._run.fail(one.subject, wrong)
        return fitted

    def _create(self, cases: Sequence[Case]) -> None:
        def refused(place: int, problems: list[Problem]) -> None:
            for one in cases[place].subjects:
                self._run.fail(one.subject, problems)

        made = self._run.create(self._program, [case.values for case in cases], refused)
        for case, identifier in zip(cases, made, strict=True):
            case.id, case.changed = identifier, {}

    def _settle(self, case: Case) -> None:
        """Link the subjects, and remember what the record found is to become."""
        if case.id is None:
            return
        if case.changed:
            place = self._program.app.id, self._program.form.id
            self._run.changes.set(*place, case.id, case.changed, self._run.trace)
        for one in case.subjects:
            _link(one, str(case.id))


def _link(one: Planned, record: str) -> None:
    if one.effect.link and one.subject.program is not None:
        one.subject.write({one.effect.link: record})


def _moment(keyed: tuple[Planned, Key, Any]) -> datetime:
    span: Span | None = keyed[0].effect.span
    return span.moment if span else datetime.min.replace(tzinfo=UTC)
