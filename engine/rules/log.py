"""The rule log: what rules did and why, for those who design or audit the app.

A trace is sealed. Of the records it names, and of the sample effect, a reader sees only what concerns
records he may read himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.evidence.seals import Box
from engine.records.services import Services
from engine.system_tables import rule_runs
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import TEXTS, Rejected, problem

READERS = frozenset({"design", "audit"})
MOST = 200
LOOKED_THROUGH = 5_000  # newest traces, for those of one record


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One rule over one batch. `records` are ids this reader may read; `hidden`: how many he may not."""

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
            return [self._run(connection, viewer, published, *row) for row in rows]

    def _readable(self, viewer: Viewer, app: str) -> App:
        published = self._services.apps().get(app)
        if published is None:
            raise Rejected([problem("app.unknown", app=app)])
        roles = [published.role(name) for name in viewer.roles_in(app)]
        if not viewer.system and not any(role is not None and role.manages & READERS for role in roles):
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
        self, connection: sa.Connection, viewer: Viewer, app: App, row: Any, trace: dict[str, Any]
    ) -> RuleRun:
        rule = next((one for one in app.rules if one.id == row.rule), None)
        form = trace.get("form", "")
        seen = self._seen(connection, viewer, app, form, trace["records"])
        return RuleRun(
            str(row.id), from_microseconds(row.at), row.rule,
            label_text(rule.label, viewer.language, row.rule) if rule else row.rule,
            form, row.outcome, trace["tried"], trace["matched"], tuple(seen),
            len(trace["records"]) - len(seen), trace["effects"],
            tuple(_text(found, viewer.language, len(seen) == len(trace["records"])) for found in trace["problems"]),
            trace["sample"] if self._in_full(connection, viewer, app, form, trace["records"][:1]) else None,
        )  # fmt: skip

    def _in_full(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: str, records: Sequence[str]
    ) -> bool:
        """A sample may hold any value of the record: it is for those who read it without a mask."""
        definition = app.form(form)
        kept = [field.id for field in definition.fields if field.sealed or field.mask] if definition else []
        return bool(self._seen(connection, viewer, app, form, records, kept))

    def _seen(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: str, records: Sequence[str],
        fields: Sequence[str] = (),
    ) -> list[str]:  # fmt: skip
        """Those of the records this reader may read, in these fields."""
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


def _conditions(rule: str, outcome: str, after: str) -> Iterable[sa.ColumnElement[bool]]:
    if rule:
        yield rule_runs.c.rule == rule
    if outcome:
        yield rule_runs.c.outcome == outcome
    if after.isdecimal():
        yield rule_runs.c.id < int(after)


def _text(found: Mapping[str, Any], language: str, whole: bool) -> str:
    """A problem may quote a value: whoever may not read the records is told its kind alone."""
    if not whole and found["code"] in TEXTS:
        return problem(found["code"]).text(language)
    return str(found["zh" if language.startswith("zh") else "en"])
