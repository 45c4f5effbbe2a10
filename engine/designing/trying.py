"""An expression of a draft tried on a real record: its value, as far as the person may read what it looks at.

Whoever designs an app does not read its records for that. Only values he may read are looked at, behind links
too; an expression that needs another says so instead of answering.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.clock import microseconds
from engine.designing.drafted import Drafted
from engine.designing.places import Place
from engine.expressions import EvaluationContext, compile_expression
from engine.records.contexts import Contexts
from engine.records.program import FormProgram
from engine.records.query import Option
from engine.records.records import Records
from engine.records.rows import Row
from engine.records.services import Services
from engine.records.state import apply_formulas
from engine.records.uses import merging_refused, value_counts
from metamodel.application import App
from metamodel.expressions import Expression
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.plugin_api import Display, Formula
from metamodel.problems import Problem, Rejected, problem

OFFERED = 20
NOTED = 500  # (person, record) whose look is in the audit trail already
AGAIN = 600_000_000  # microseconds after which it is noted once more
YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Tried:
    """The value as it is shown; `problem` where there is none, and why. `plain`: yes, no or blank of a condition."""

    text: str = ""
    problem: Problem | None = None
    plain: bool | None = None

    def to_json(self, language: str) -> dict[str, Any]:
        wrong = self.problem.text(language) if self.problem else ""
        return {"text": self.text, "problem": wrong, "plain": self.plain}


class Trying:
    def __init__(
        self, services: Services, records: Records, contexts: Contexts, applications: Applications
    ) -> None:
        self._services, self._records, self._contexts = services, records, contexts
        self._applications = applications
        self._noted: OrderedDict[tuple[str, int], int] = OrderedDict()

    def drafted(self, viewer: Viewer, draft: App) -> Drafted:
        """What evaluates this draft for this person."""
        return Drafted(draft, viewer, self._applications, self._services, self._records, self._contexts)

    def offered(self, viewer: Viewer, app: str, form: str, text: str = "") -> list[Option]:
        """Records of the published form this person may read, newest first; none of a form that is not there
        yet. `text` finds them by title, as a link's picker does."""
        try:
            return self._records.pickable(viewer, app, form, text, OFFERED)
        except Rejected:
            return []

    def options(self, viewer: Viewer, app: str, field: FieldDefinition, text: str) -> list[Option]:
        """What may be picked for a field: its choices, people, or records the person may read."""
        try:
            return self._records.pick(viewer, app, field, text, OFFERED)
        except Rejected:  # the form it points at is not published yet
            return []

    def uses(self, app: str, form: str, field: str) -> dict[str, int]:
        return value_counts(self._services, app, form, field)

    def merging_refused(self, app: str, form: str, field: str) -> Problem | None:
        return merging_refused(self._services, app, form, field)

    def value(self, viewer: Viewer, draft: App, place: Place, checked: Expression, record: str) -> Tried:
        """The value for one record, newest answers noted in the audit trail. What is wrong is told, never raised."""
        form = place.form.partition("/")[0]
        try:
            return self._value(viewer, draft, form, place, checked, record)
        except Rejected as refused:
            return Tried(problem=refused.problems[0])

    def _value(
        self, viewer: Viewer, draft: App, form: str, place: Place, checked: Expression, record: str
    ) -> Tried:
        if place.about:
            return Tried(problem=problem("expression.not_tried"))
        drafted = self.drafted(viewer, draft)
        program = drafted.program(form)
        with self._services.database.read() as connection:
            row = self._row(connection, viewer, draft.id, form, record)
            context = drafted.services.context(
                connection, viewer, self._services.database.clock.now(), draft.id
            )
            values = self._values(program, draft.id, form, row, context)
            self._refuse_unreadable(checked, program, row)
            found = self._evaluate(checked, place, values, context, drafted)
            names = self._records.reader.references.display(
                connection, viewer, self._published(draft.id, form), [row]
            )
        self._note(viewer, draft.id, form, row)
        plain = bool(found) if checked.type.kind == "boolean" else None
        return Tried(shown(found, checked.type, names), plain=plain)

    def _row(self, connection: Any, viewer: Viewer, app: str, form: str, record: str) -> Row:
        return self._records.reader.row(connection, viewer, self._published(app, form), record)

    def _published(self, app: str, form: str) -> FormProgram:
        return self._services.programs.get(app, form)

    def _values(
        self, program: FormProgram, app: str, form: str, row: Row, context: EvaluationContext
    ) -> dict[str, Any]:
        """What stands in the record and may be read, computed fields of the draft worked out anew."""
        before = self._published(app, form).fields
        readable = {
            name: row.values.get(name) for name in row.values if row.access.get(name) in ("read", "write")
        }
        values = {
            name: readable.get(name)
            for name, field in program.fields.items()
            if name in before and before[name].field.type_name == field.field.type_name
        }
        kept = {
            name: values.get(name)
            for name in values
            if _formula(before[name]) == _formula(program.fields[name])
        }
        apply_formulas(program, values, context)
        return {**values, **{name: kept[name] for name in kept if _formula(before[name])}}

    def _refuse_unreadable(self, checked: Expression, program: FormProgram, row: Row) -> None:
        for name in sorted(_looked_at(checked, program)):
            if name in row.access and row.access[name] not in ("read", "write"):
                raise Rejected([problem("expression.not_yours", field=program.fields[name].field.text())])

    def _evaluate(
        self, checked: Expression, place: Place, values: Mapping[str, Any], context: EvaluationContext,
        drafted: Drafted,
    ) -> Any:  # fmt: skip
        rows = place.form.partition("/")[2]
        if rows:
            standing = values.get(rows) or ()
            if not standing:
                raise Rejected([problem("expression.no_row")])
            values = {**standing[0], "record": values}
        return compile_expression(checked, drafted.services.registry)(values, context)

    def _note(self, viewer: Viewer, app: str, form: str, row: Row) -> None:
        """Once in a while and record: it is one look, however often somebody types."""
        key, now = (viewer.person, row.id), microseconds(self._services.database.clock.now())
        if now - self._noted.get(key, -AGAIN) < AGAIN:
            return
        grant = next((way.grant.id for way in row.ways if way.grant), None)
        self._services.audit.note(viewer, Occurrence("view", app, form, row.id, grant))
        self._noted[key] = now
        while len(self._noted) > NOTED:
            self._noted.popitem(last=False)


def _formula(program: Any) -> str:
    derived = program.field.derived
    return derived.expression if isinstance(derived, Formula) else ""


def _looked_at(checked: Expression, program: FormProgram) -> set[str]:
    """The record's own fields an expression needs, those its computed fields need included."""
    waiting, found = {path[0] for path in checked.names} & program.fields.keys(), set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        formula = program.fields[name].formula
        if formula is not None:
            waiting |= ({path[0] for path in formula.expression.names} & program.fields.keys()) - found
    return found


def shown(value: Any, type_: Type, display: Display) -> str:
    """A value of the expression language for people: numbers exact, names for ids."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        return show_list((shown(item, type_.item, display) for item in value[:20]), display.language)
    if type_.kind in ("person", "department", "record"):
        return display.name(type_.kind, str(value))
    return _scalar(value, display.language, display.zone)


def _scalar(value: Any, language: str, zone: tzinfo | None) -> str:
    if isinstance(value, bool):
        return label_text({tongue: words[0 if value else 1] for tongue, words in YES_NO.items()}, language)
    if isinstance(value, int | Decimal):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        hours, seconds = divmod(int(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return str(value)
