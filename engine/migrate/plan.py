"""Migration plans: from what the catalog has to what an application needs, and doing it.

`plan` is pure and says what would happen (the publish dialog shows it); `apply` does it inside
the publishing unit with Alembic's operations. Only CREATE TABLE, ADD COLUMN, CREATE INDEX and
triggers: no change of a definition loses data. A deleted field is parked, a changed type is a
new column that a job fills (`copies.py`) while the old one is parked. What follows in the records that are
there (computed fields, merged choices) is a job's, too (`settling.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import msgspec

from engine.migrate.anew import computed_anew, merged_anew
from engine.tables import Entry, Shape, has_column, shape_of
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form, FormKind
from metamodel.plugin_api import Formula, RelatedQuery
from metamodel.problems import Problem, has_errors, problem


@dataclass(frozen=True, slots=True)
class Step:
    """One change; `form` and `field` are the definition's ids."""

    name: ClassVar[str]
    form: str

    def to_json(self) -> dict[str, Any]:
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        shown = {name: value for name, value in parts.items() if not isinstance(value, (Shape, Entry))}
        return {"step": self.name, **shown}


@dataclass(frozen=True, slots=True)
class CreateForm(Step):
    name = "create_form"
    kind: FormKind


@dataclass(frozen=True, slots=True)
class ParkForm(Step):
    name = "park_form"
    entry: Entry


@dataclass(frozen=True, slots=True)
class RestoreForm(Step):
    name = "restore_form"
    entry: Entry


@dataclass(frozen=True, slots=True)
class ChangeKind(Step):
    """Only while there are no rows."""

    name = "change_kind"
    kind: FormKind
    entry: Entry


@dataclass(frozen=True, slots=True)
class AddField(Step):
    name = "add_field"
    field: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class ParkField(Step):
    name = "park_field"
    field: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class RestoreField(Step):
    name = "restore_field"
    field: str
    entry: Entry
    shape: Shape


@dataclass(frozen=True, slots=True)
class ReplaceField(Step):
    """A new column for another type; `copies`: a job brings the old one's values over."""

    name = "replace_field"
    field: str
    entry: Entry
    shape: Shape
    copies: bool


@dataclass(frozen=True, slots=True)
class ReshapeField(Step):
    """The same column with another index or, while there are no rows, another evidence mark."""

    name = "reshape_field"
    field: str
    entry: Entry
    shape: Shape


@dataclass(frozen=True, slots=True)
class ComputeField(Step):
    """A computed field (`lines.sum` of a column) comes out otherwise, or is new: a job computes it for the
    records that are there."""

    name = "compute_field"
    field: str


@dataclass(frozen=True, slots=True)
class MergeChoice(Step):
    """Records that hold `choice` hold `into` afterwards; a job rewrites them."""

    name = "merge_choice"
    field: str
    choice: str
    into: str


@dataclass(frozen=True)
class Plan:
    app: str
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def possible(self) -> bool:
        return not has_errors(self.problems)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "app": self.app,
            "steps": [step.to_json() for step in self.steps],
            "problems": [found.to_json(language) for found in self.problems],
        }


def plan(app: App, entries: Sequence[Entry], rows: Mapping[str, int], before: App | None = None) -> Plan:
    """What it takes to make the catalog's `entries` of this app fit it; `rows` per form id (only
    whether there are any matters); `before` is what is published now."""
    tables = {entry.form: entry for entry in entries if not entry.field}
    steps: list[Step] = []
    problems: list[Problem] = []
    for form in app.forms:
        own = [entry for entry in entries if entry.form == form.id and entry.field]
        has_rows = rows.get(form.id, 0) > 0
        steps += _form_steps(form, tables.get(form.id), has_rows, problems)
        for field in form.fields:
            if has_column(field):
                steps += _field_steps(
                    form, field, [e for e in own if e.field == field.id], has_rows, problems
                )
        wanted = {field.id for field in form.fields if has_column(field) or not field.usable}
        steps += [ParkField(form.id, e.field, e) for e in own if e.active and e.field not in wanted]
        steps += _following(before.form(form.id) if before else None, form) if has_rows else ()
    known = {form.id for form in app.forms}
    steps += [ParkForm(e.form, e) for e in tables.values() if e.active and e.form not in known]
    return Plan(app.id, tuple(steps), tuple(problems))


def _following(before: Form | None, form: Form) -> Iterator[Step]:
    """What follows in the records that are there."""
    for one in merged_anew(before, form):
        yield MergeChoice(form.id, *one)
    for field in computed_anew(before, form):
        yield ComputeField(form.id, field)


def _form_steps(form: Form, entry: Entry | None, has_rows: bool, problems: list[Problem]) -> list[Step]:
    if entry is None:
        return [CreateForm(form.id, form.kind)]
    steps: list[Step] = [] if entry.active else [RestoreForm(form.id, entry)]
    if entry.shape.kind != form.kind:
        if has_rows:
            problems.append(problem("form.kind_fixed", f"{form.path}/kind", form=form.text()))
        else:
            steps.append(ChangeKind(form.id, form.kind, entry))
    return steps


def _field_steps(
    form: Form, field: FieldDefinition, own: list[Entry], has_rows: bool, problems: list[Problem]
) -> list[Step]:
    shape = shape_of(field)
    active = next((entry for entry in own if entry.active), None)
    if active is None:
        parked = _restorable(own, shape, has_rows)
        return [
            RestoreField(form.id, field.id, parked, shape) if parked else AddField(form.id, field.id, shape)
        ]
    if active.shape.index == "plain" and not shape.index:
        shape = msgspec.structs.replace(shape, index="plain")  # an index for look-ups stays
    if active.shape == shape:
        return []
    refusal = _fixed(form, field, active.shape, shape) if has_rows else None
    if refusal is not None:
        problems.append(refusal)
        return []
    if active.shape.column() == shape.column():
        return [ReshapeField(form.id, field.id, active, shape)]
    parked = _restorable(own, shape, has_rows)
    if parked is not None and not has_rows:
        return [ParkField(form.id, field.id, active), RestoreField(form.id, field.id, parked, shape)]
    computed = isinstance(field.derived, Formula | RelatedQuery)  # it is computed anew instead
    copies = has_rows and active.shape.target == shape.target and not computed
    return [ReplaceField(form.id, field.id, active, shape, copies)]


def _restorable(own: list[Entry], shape: Shape, has_rows: bool) -> Entry | None:
    """The newest parked column this field can have back."""
    for entry in reversed(own):
        same_evidence = not has_rows or entry.shape.evidence == shape.evidence
        if not entry.active and entry.shape.column() == shape.column() and same_evidence:
            return entry
    return None


def _fixed(form: Form, field: FieldDefinition, old: Shape, new: Shape) -> Problem | None:
    """What may no longer change once there are rows."""
    names = {"form": form.text(), "field": field.text()}
    if old.sealed != new.sealed:
        return problem("field.sealed_fixed", f"{field.path}/sealed", **names)
    if old.evidence != new.evidence and form.is_archive:
        return problem("field.evidence_fixed", f"{field.path}/evidence", **names)
    if old.column() != new.column() and (old.sealed or (old.evidence and form.is_archive)):
        return problem("field.type_fixed", f"{field.path}/type", **names)
    return None
