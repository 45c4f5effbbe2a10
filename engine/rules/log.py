"""The rule log: what rules did and why, for those who design or audit the app.

A trace is sealed. Of the records it names, of what stood in them, of what was done and of the sample effect, a
reader sees only what concerns records, and fields of them, that he may read himself without a mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.evidence.seals import Box
from engine.records.services import Services
from engine.system_tables import rule_runs
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import TEXTS, Rejected, problem

LOG_READERS = frozenset({"design", "audit"})  # duties
MOST = 200
LOOKED_THROUGH = 5_000  # newest traces, for those of one record
FIELDS_SET = frozenset({"SetFields", "UpdateRecords", "AddTags", "RemoveTags"})  # their details are fields
DETAILED = 20  # records of a run told in detail


@dataclass(frozen=True, slots=True)
class Reason:
    """What made IF hold, or fail: in `path` the words of `value` were found (`kind` "has"), or none ("lacks"), or
    `value` stood there ("is"), or only that it was looked at ("by"). Not `shown`: this reader may not read it."""

    kind: str
    path: str
    value: Any = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """One effect: on the record itself, or on `record` of `form`. `values`: what was set, or whom it told; None of
    a field whose value is not kept or that this reader may not read."""

    effect: str
    app: str
    form: str
    record: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detail:
    """Why a rule applied to one record, and what it did about it."""

    record: str
    why: tuple[Reason, ...] = ()
    did: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One rule over one batch. `records` are ids this reader may read, `details` tells of the first of them (or of
    the one asked for); `hidden`: how many he may not."""

    id: str
    at: datetime
    rule: str
    label: str
    form: str
    outcome: str  # done failed stopped
    tried: int
    matched: int
    records: tuple[str, ...]
    hidden: int
    effects: Mapping[str, int]
    problems: tuple[str, ...]
    sample: Mapping[str, Any] | None = None
    details: tuple[Detail, ...] = ()


class RuleLog:
    def __init__(self, services: Services, box: Box) -> None:
        self._services, self._box = services, box

    def page(
        self, viewer: Viewer, app: str, rule: str = "", record: str = "", outcome: str = "", limit: int = 50,
        after: str = "",
    ) -> list[RuleRun]:  # fmt: skip
        """Rejected (access.denied) for whoever neither designs nor audits this app."""
        published = self._readable(viewer, app)
        limit = max(1, min(limit, MOST))
        wanted = sa.select(rule_runs).where(rule_runs.c.app == app, *_conditions(rule, outcome, after))
        with self._services.database.read() as connection:
            rows = self._rows(connection, wanted.order_by(rule_runs.c.id.desc()), record, limit)
            return [self._run(connection, viewer, published, *row, record) for row in rows]

    def details(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: str, trace: Mapping[str, Any],
        records: Sequence[str],
    ) -> tuple[Detail, ...]:  # fmt: skip
        """What a trace says of some of its records, as far as this viewer may read it."""
        return _Details(self, connection, viewer, app, form, trace).of(records)

    def published(self, app: str) -> App | None:
        return self._services.apps().get(app)

    def _readable(self, viewer: Viewer, app: str) -> App:
        published = self._services.apps().get(app)
        if published is None:
            raise Rejected([problem("app.unknown", app=app)])
        roles = [published.role(name) for name in viewer.roles_in(app)]
        if not viewer.system and not any(role is not None and role.manages & LOG_READERS for role in roles):
            raise Rejected([problem("access.denied")])
        return published

    def _rows(
        self, connection: sa.Connection, statement: sa.Select[Any], record: str, limit: int
    ) -> list[tuple[Any, dict[str, Any]]]:
        """Rows with their opened traces; of one record only, a trace at a time, since they are sealed."""
        found = []
        for row in connection.execute(statement.limit(LOOKED_THROUGH if record else limit)):
            trace = self._box.open_json(row.trace_sealed)
            if not record or record in trace["records"]:
                found.append((row, trace))
            if len(found) == limit:
                break
        return found

    def _run(
        self,
        connection: sa.Connection,
        viewer: Viewer,
        app: App,
        row: Any,
        trace: dict[str, Any],
        record: str,
    ) -> RuleRun:
        rule = next((one for one in app.rules if one.id == row.rule), None)
        form = trace.get("form", "")
        seen = self.seen(connection, viewer, app, form, trace["records"])
        told = [record] if record in seen else [] if record else seen[:DETAILED]
        return RuleRun(
            str(row.id), from_microseconds(row.at), row.rule,
            label_text(rule.label, viewer.language, row.rule) if rule else row.rule,
            form, row.outcome, trace["tried"], trace["matched"], tuple(seen),
            len(trace["records"]) - len(seen), trace["effects"],
            tuple(_text(found, viewer.language, len(seen) == len(trace["records"])) for found in trace["problems"]),
            trace["sample"] if self._in_full(connection, viewer, app, form, trace["records"][:1]) else None,
            self.details(connection, viewer, app, form, trace, told),
        )  # fmt: skip

    def _in_full(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: str, records: Sequence[str]
    ) -> bool:
        """A sample may hold any value of the record: it is for those who read it without a mask."""
        definition = app.form(form)
        kept = [field.id for field in definition.fields if field.sealed or field.mask] if definition else []
        return bool(self.seen(connection, viewer, app, form, records, kept))

    def seen(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: str, records: Sequence[str],
        fields: Sequence[str] = (),
    ) -> list[str]:  # fmt: skip
        """Those of the records this reader may read, in these fields (and not only in part of them)."""
        definition = app.form(form)
        if definition is None or not records:
            return []
        visible = self._services.authority.visible_rows(connection, viewer, app, definition).reading(fields)
        if not visible.ways:
            return []
        ids: sa.Select[Any] = visible.ids()
        (identifier,) = ids.selected_columns
        asked = ids.where(identifier.in_([int(record) for record in records]))
        there = {str(one) for one in connection.scalars(asked)}
        return [record for record in records if record in there]


class _Details:
    """What one trace says of its records, as far as one reader may read it."""

    def __init__(
        self,
        log: RuleLog,
        connection: sa.Connection,
        viewer: Viewer,
        app: App,
        form: str,
        trace: Mapping[str, Any],
    ) -> None:
        self._log, self._connection, self._viewer, self._app, self._form = log, connection, viewer, app, form
        self._trace = trace
        self._readable: dict[tuple[str, str, str], set[str]] = {}  # app, form, field -> records

    def of(self, records: Sequence[str]) -> tuple[Detail, ...]:
        trace = self._trace
        if not records or "why" not in trace:  # a trace from before
            return ()
        places = {record: place for place, record in enumerate(trace["records"])}
        told = [(record, self._reasons(places[record]), self._deeds(places[record])) for record in records]
        self._look(told)
        return tuple(
            Detail(
                record,
                tuple(self._reason(record, *one) for one in reasons),
                tuple(self._done(record, *one) for one in deeds),
            )
            for record, reasons, deeds in told
        )

    def _reasons(self, place: int) -> list[Any]:
        why = self._trace["why"]
        number = why[place] if place < len(why) else -1
        return list(self._trace["reasons"][number]) if number >= 0 else []

    def _deeds(self, place: int) -> list[tuple[int, str]]:
        did = self._trace["did"]
        deeds = did[place] if place < len(did) else []
        return [(one[0], one[1]) if isinstance(one, list) else (one, "") for one in deeds]

    def _look(self, told: Sequence[tuple[str, list[Any], list[tuple[int, str]]]]) -> None:
        """One question for each field: of which records may this reader read it, unmasked?"""
        asked: dict[tuple[str, str, str], set[str]] = {}
        for record, reasons, deeds in told:
            for kind, path, *rest in reasons:
                if kind != "by":
                    app, form, there, name = self._stands(record, path, *rest[1:])
                    asked.setdefault((app, form, name), set()).add(there)
            for number, other in deeds:
                effect, app, form, detail = self._trace["deeds"][number]
                for name in detail if effect in FIELDS_SET else ():
                    asked.setdefault((app, form, name), set()).add(other or record)
        for (app, form, name), wanted in asked.items():
            published = self._app if app == self._app.id else self._log.published(app)
            ids = sorted(record for record in wanted if is_whole_number(record))
            seen = (
                self._log.seen(self._connection, self._viewer, published, form, ids, [name])
                if published
                else []
            )
            self._readable[app, form, name] = set(seen)

    def _stands(self, record: str, path: str, place: Sequence[str] = ()) -> tuple[str, str, str, str]:
        """(app, form, record, field) a reason was read from."""
        first, _, last = path.partition(".")
        return (place[0], place[1], place[2], last) if place else (self._app.id, self._form, record, first)

    def _reads(self, app: str, form: str, record: str, name: str) -> bool:
        return record in self._readable.get((app, form, name), ())

    def _reason(
        self, record: str, kind: str, path: str, value: Any = None, place: Sequence[str] = ()
    ) -> Reason:
        if kind == "by":
            return Reason(kind, path)
        shown = self._reads(*self._stands(record, path, place))
        return Reason(kind, path, value if shown else None, shown)

    def _done(self, record: str, number: int, other: str) -> Done:
        """Of records that an effect found and did not name, no value is shown."""
        effect, app, form, detail = self._trace["deeds"][number]
        there = (app, form, other or record)
        fields = effect in FIELDS_SET
        values = {name: v if not fields or self._reads(*there, name) else None for name, v in detail.items()}
        return Done(effect, app, form, other, values)


def _conditions(rule: str, outcome: str, after: str) -> Iterable[sa.ColumnElement[bool]]:
    if rule:
        yield rule_runs.c.rule == rule
    if outcome:
        yield rule_runs.c.outcome == outcome
    if is_whole_number(after):
        yield rule_runs.c.id < int(after)


def _text(found: Mapping[str, Any], language: str, whole: bool) -> str:
    """A problem may quote a value: whoever may not read the records is told its kind alone."""
    if not whole and found["code"] in TEXTS:
        return problem(found["code"]).text(language)
    return str(found["zh" if language.startswith("zh") else "en"])
