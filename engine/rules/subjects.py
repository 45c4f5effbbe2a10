"""Subjects: what set off a rule, as actions see it (plugin_api.Subject)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Protocol

from engine.access.quoting import Quoted
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.expressions import EvaluationContext
from engine.records.program import FormProgram
from engine.records.services import Services
from engine.rules.changes import Changes
from engine.rules.expressions import Expressions
from engine.rules.roles import writable
from engine.rules.showing import Showing
from engine.rules.trace import Trace
from engine.whole_numbers import is_whole_number
from metamodel import recipients
from metamodel.expressions.inline import inlined, outer_paths
from metamodel.labels import Label
from metamodel.problems import Problem
from metamodel.templates import filled, places

LEFT_OUT = "…"


class Pass(Protocol):
    """`engine.rules.run.Run`, as far as it is needed here."""

    @property
    def unit(self) -> Unit: ...
    @property
    def services(self) -> Services: ...
    @property
    def viewer(self) -> Viewer: ...
    @property
    def source(self) -> str: ...
    @property
    def context(self) -> EvaluationContext: ...
    @property
    def showing(self) -> Showing: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def trace(self) -> Trace | None: ...
    def fail(self, subject: Subject, problems: Iterable[Problem]) -> None: ...


class Subject:
    """A record on its way in (`draft`: `values` are its own, changed in place), one that is stored, a
    message, or nothing at all.

    `expressions` are those of the rule at work; `made` gathers the records that rules created,
    `problems` what went wrong for this subject alone; `before` is what stood there.
    """

    expressions: Expressions
    __slots__ = (
        "app", "before", "causes", "draft", "expressions", "form", "made", "moved", "problems", "program", "record",
        "row", "run", "values",
    )  # fmt: skip

    def __init__(
        self, run: Pass, app: str, form: str, record: str, values: dict[str, Any],
        program: FormProgram | None = None, *, draft: bool = False,
        before: Mapping[str, Any] | None = None, row: int = 0, causes: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.run, self.app, self.form, self.record, self.values = run, app, form, record, values
        self.program, self.draft, self.before, self.row = program, draft, before, row
        self.moved = False
        self.causes = causes  # of a draft: which rule set what
        self.made: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []

    @property
    def context(self) -> EvaluationContext:
        return self.run.context

    @property
    def zone(self) -> tzinfo:
        return self.run.services.zone

    def evaluate(self, text: str) -> Any:
        return self.expressions[text](self.values, self.run.context)

    def evaluate_all(self, texts: Mapping[str, str]) -> dict[str, Any]:
        values, context = self.values, self.run.context
        return {
            name: run(values, context) if field is None else values.get(field)
            for name, field, run in self.expressions.several(texts)
        }

    def target(self, link: str) -> tuple[str, str] | None:
        field = self.program.fields.get(link) if self.program else None
        reference = field.field.type.reference(field.field) if field and field.field.type else None
        if reference is None or reference.target != "record":
            return None
        return reference.app or self.app, reference.form

    # -- what people read --------------------------------------------------------------------------

    def written(self, template: Label) -> Label:
        quoted = self.quoted(template)
        showing = self.run.showing

        def show(path: str, language: str) -> str:
            sealed = showing.sealed(self, path)
            if sealed is not None and quoted is not None and sealed[2] != str(quoted.record):
                return LEFT_OUT
            return showing.show(self, path, language)

        return filled(template, show)

    def quoted(self, template: Label) -> Quoted | None:
        """Sealed fields a template names: all of one record, what another has is left out."""
        texts = [template] if isinstance(template, str) else template.values()
        paths = dict.fromkeys(path for text in texts for path in places(text))
        sealed = [found for path in paths if (found := self.run.showing.sealed(self, path)) is not None]
        if not sealed:
            return None
        app, form, record, _ = sealed[0]
        fields = tuple(found[3] for found in sealed if found[2] == record)
        return Quoted(app, form, int(record), fields) if is_whole_number(record) else None

    def people(self, to: str | Sequence[str]) -> tuple[str, ...]:
        return recipients.planned_all(to, self)

    def inlined(self, text: str) -> str:
        values = {path: self.record if path == "id" else self.evaluate(path) for path in outer_paths(text)}
        return inlined(text, values, self.zone)

    # -- for the engine ----------------------------------------------------------------------------

    def is_own(self, app: str, form: str, record: str) -> bool:
        """Is this the record itself, still a draft?"""
        return self.draft and record == self.record and form == self.form and app == self.app

    def write(self, values: Mapping[str, Any]) -> None:
        """Values that fit, into the draft; of a stored record, into what is to be written."""
        if self.draft and self.program is not None:
            run = self.run
            may, refused = writable(run.services, run.unit.connection, run.viewer, self.program, values)
            self.values.update(may)
            self.moved = True
            self.note(may, run.source)
            run.fail(self, refused)
        elif self.record:
            self.values.update(values)
            self.run.changes.set(self.app, self.form, int(self.record), values, self.run.trace)

    def note(self, names: Iterable[str], rule: str) -> None:
        """That a rule set these fields."""
        if self.causes is not None and rule:
            self.causes.update(dict.fromkeys(names, rule))

    def changed(self, fields: Sequence[str]) -> bool:
        """Does one of these fields differ from what stood there (none named: any of them)?"""
        before = self.before or {}
        names = fields or [name for name in self.values if name != "id"]
        return any(self.values.get(name) != before.get(name) for name in names)
