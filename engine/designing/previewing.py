"""A form of a draft as it would be, while it is designed: the same state a real form has, with nothing stored.

Shown as any of the draft's roles; filled in with samples, or with what the person may read of a real record. Beside
every field that a condition hides, closes or makes required stands why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.ways import ALL, Way, ways
from engine.designing.drafted import Drafted
from engine.designing.drafting import Designing
from engine.designing.trying import Trying
from engine.expressions import EvaluationContext
from engine.records.figures import Figures
from engine.records.forms_state import FormState, form_state
from engine.records.program import FieldProgram, FormProgram
from engine.records.records import Records
from engine.records.state import apply_defaults, apply_formulas, parse_values
from metamodel import layouts
from metamodel.application import App
from metamodel.condition_reading import read_condition
from metamodel.conditions import Group, Part, Test, condition_text
from metamodel.expression_words import sentence
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import BadValue, Registry
from metamodel.problems import Problem, Rejected, problem
from metamodel.scope import FormScope
from metamodel.scope_fields import path_label

EVERYTHING = ""  # as nobody in particular: every field may be written
Why = Literal["hidden", "shown", "required", "closed", "broken", "role"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field stands as it does. `condition`: the parts of its condition that made it so, in words."""

    why: Why
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Previewed:
    app: App
    form: Form
    state: FormState
    reasons: Mapping[str, tuple[Reason, ...]]
    problems: tuple[Problem, ...] = ()
    may_create: bool = True


@dataclass(frozen=True)
class _Ways:
    """What a role of the draft may do, where the real authority would look into the database."""

    role: str

    def ways(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> list[Way]:
        if self.role == EVERYTHING:
            return [ALL]
        return [replace(way, actions=way.actions | {"create"}) for way in ways(viewer, app, form)]


class Previewing:
    def __init__(self, designing: Designing, trying: Trying, records: Records, registry: Registry) -> None:
        self._designing, self._trying, self._records, self._registry = designing, trying, records, registry

    def state(
        self, viewer: Viewer, app: str, form: str, role: str, values: Mapping[str, Any],
        changed: Sequence[str] = (), check: bool = False,
    ) -> Previewed:  # fmt: skip
        """The newest draft's form with these values. `check`: everything wrong is told, as saving would.
        Rejected: access.denied, form.unknown; access.denied for a role that has nothing to do with the form."""
        draft, definition = self._form(viewer, app, form)
        drafted = self._trying.drafted(viewer, draft)
        services = replace(drafted.services, authority=_Ways(role))  # type: ignore[arg-type]
        shown_as = replace(viewer, roles={**viewer.roles, app: frozenset({role} - {""})})
        wanted = tuple(drafted.program(form).fields) if check else tuple(changed)
        figures = Figures(services)
        known = form_state(services, self._records.reader, figures, shown_as, app, form, None, values, wanted)
        program = drafted.program(form)
        with services.database.read() as connection:
            context = services.context(connection, shown_as, services.database.clock.now(), app)
            complete = parse_values(program, values)[0]
            apply_defaults(program, complete, context)
            apply_formulas(program, complete, context)
            reasons = _Reasons(drafted, program, self._registry, viewer.language, complete, context)
            why = {name: tuple(reasons.of(program.fields[name], known)) for name in program.fields}
        problems = tuple(_problems(known)) if check else ()
        creates = role == EVERYTHING or any(
            "create" in way.actions for way in ways(shown_as, draft, definition)
        )
        return Previewed(draft, definition, known, {k: v for k, v in why.items() if v}, problems, creates)

    def roles(self, viewer: Viewer, app: str) -> App:
        """The draft's App, for what can be chosen. Rejected: access.denied, app.unreadable."""
        return self._form(viewer, app, "")[0]

    def sample(self, viewer: Viewer, app: str, form: str) -> dict[str, Any]:
        """Something for every field, as the types give examples of themselves; JSON values by field."""
        _, definition = self._form(viewer, app, form)
        found = {field.id: _example(field, viewer) for field in definition.fields if field.derived is None}
        return {name: value for name, value in found.items() if value is not None}

    def record(self, viewer: Viewer, app: str, form: str, record: str) -> dict[str, Any]:
        """What the person may read in full of a real record, for the fields the draft still has as they were."""
        _, definition = self._form(viewer, app, form)
        view = self._records.get(viewer, app, form, record)
        fields = {field.id for field in definition.fields if field.derived is None}
        return {
            name: value for name, value in view.values.items()
            if name in fields and view.access.get(name) in ("read", "write") and value is not None
        }  # fmt: skip

    def _form(self, viewer: Viewer, app: str, form: str) -> tuple[App, Form]:
        looked = self._designing.look(viewer, app)
        if looked.app is None:
            raise Rejected(list(looked.problems) or [problem("app.unreadable", reason="app")])
        found = looked.app.form(form) if form else (looked.app.forms[0] if looked.app.forms else None)
        if found is None:
            raise Rejected([problem("form.unknown", form=form)])
        return looked.app, found


ROWS = 2  # of a sub-form that is shown with examples


def _problems(known: FormState) -> Iterator[Problem]:
    for state in known.fields.values():
        for told in state.get("problems", ()):
            yield Problem(told["code"], told["path"], told.get("params", {}), told["severity"])


def _example(field: FieldDefinition, viewer: Viewer) -> Any:
    """A value this very field would take; None where its type gives none."""
    type_ = field.type
    if type_ is None or field.options is None:
        return None
    if type_.container:
        cells = {cell.id: _example(cell, viewer) for cell in field.fields if cell.derived is None}
        row = {name: value for name, value in cells.items() if value is not None}
        return [row] * ROWS if row else None
    reference = type_.reference(field)
    if reference is not None:
        known = {"person": viewer.person, "department": next(iter(viewer.departments), None)}.get(
            reference.target
        )
        return None if known is None else [known] if type_.many else known
    choices = [choice.value for choice in type_.choices(field) if not choice.hidden]
    offered = [choices[:1] if type_.many else choices[0]] if choices else [sent for sent, _ in type_.examples]
    for sent in offered:
        try:
            value = type_.parse(sent, field)
            if value not in (None, "", []) and not type_.check(value, field):
                return type_.to_json(value, field)
        except (BadValue, Rejected):
            continue
    return None


@dataclass(frozen=True)
class _Reasons:
    drafted: Drafted
    program: FormProgram
    registry: Registry
    language: str
    values: Mapping[str, Any]
    context: EvaluationContext

    def of(self, field: FieldProgram, known: FormState) -> Iterator[Reason]:
        state, definition = known.fields.get(field.id), field.field
        if state is None:
            if definition.derived is None:
                yield Reason("role")
            return
        if any(text and not self._checks(text) for text in self._own(definition)):
            yield Reason("broken")
            return
        shown_when = " and ".join(
            f"({text})" for text in (*self.around.get(field.id, ()), definition.visible) if text
        )
        if state["visible"] and definition.required_if and state["required"] and not definition.required:
            yield Reason("required", self.deciding(definition.required_if, True))
        elif shown_when:
            shown = bool(state["visible"])
            yield Reason("shown" if shown else "hidden", self.deciding(shown_when, shown))
        if state["visible"] and definition.writable and not state["writable"]:
            yield Reason("closed", self.deciding(definition.writable, False))

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """The conditions of the blocks a field stands in."""
        return layouts.around(self.program.form.layout)

    def _own(self, field: FieldDefinition) -> tuple[str, ...]:
        return (*self.around.get(field.id, ()), field.visible, field.required_if, field.writable)

    def _checks(self, text: str) -> bool:
        return self.drafted.programs.compiled(text, self.scope) is not None

    @cached_property
    def scope(self) -> FormScope:
        return FormScope(self.program.app, self.program.form, self.drafted.programs.apps(), self.registry)

    def deciding(self, text: str, truth: bool) -> str:
        """What of a condition made it come out so, in words; what stands there now behind what does not hold."""
        scope = self.scope
        group = read_condition(text, scope)
        if group is None:
            return text
        part = deciding(group, lambda one: self._holds(one, scope))
        said = sentence(part, scope, self.registry, self.language)
        return said if truth else said + self._now(part, scope)

    def _holds(self, part: Part, scope: FormScope) -> bool:
        run = self.drafted.programs.compiled(condition_text(Group("and", (part,)), scope), scope)
        try:
            return bool(run(self.values, self.context)) if run is not None else False
        except Rejected:
            return False

    def _now(self, part: Part, scope: FormScope) -> str:
        """Of a single test about our own field: what stands there instead."""
        while isinstance(part, Group) and len(part.parts) == 1:
            part = part.parts[0]
        if not isinstance(part, Test) or len(part.path) != 1:
            return ""
        field = self.program.fields.get(part.path[0])
        value = self.values.get(part.path[0])
        if field is None or field.field.type is None:
            return ""
        if value is None:
            return "（现在为空）" if self.language == "zh" else " (now blank)"
        label = path_label(scope, part.path, self.language)
        shown = next(
            (c.text(self.language) for c in field.field.type.choices(field.field) if c.value == value), ""
        )
        return (
            (f"（现在是{shown}）" if self.language == "zh" else f" (now {shown})") if shown and label else ""
        )


def deciding(part: Part, holds: Callable[[Part], bool]) -> Part:
    """The parts of a condition that made it come out as it did: of "all of" that fails, those that fail."""
    if not isinstance(part, Group) or part.negated or not part.parts:
        return part
    truth = holds(part)
    narrow = (part.join == "and") is not truth
    kept = [one for one in part.parts if not narrow or holds(one) is truth] or list(part.parts)
    return Group(part.join, tuple(deciding(one, holds) for one in kept))
