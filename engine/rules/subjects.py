"""Subjects: what set off a rule, as actions see it (plugin_api.Subject)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.expressions import EvaluationContext
from engine.records.program import FormProgram
from engine.rules.expressions import Expressions
from metamodel.problems import Problem


class Subject:
    """A record on its way in (`values` are its draft's own, changed in place), or a message.

    `expressions` are those of the rule at work; `made` gathers the records that rules created,
    `problems` what went wrong for this subject alone.
    """

    expressions: Expressions
    __slots__ = ("app", "context", "expressions", "form", "made", "problems", "program", "record", "values")

    def __init__(
        self, app: str, form: str, record: str, values: dict[str, Any], context: EvaluationContext,
        program: FormProgram | None = None,
    ) -> None:  # fmt: skip
        self.app, self.form, self.record, self.values = app, form, record, values
        self.context, self.program = context, program
        self.made: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []

    def evaluate(self, text: str) -> Any:
        return self.expressions[text](self.values, self.context)

    def evaluate_all(self, texts: Mapping[str, str]) -> dict[str, Any]:
        values, context = self.values, self.context
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

    def is_own(self, app: str, form: str, record: str) -> bool:
        """Is this the record itself, still a draft?"""
        return record == self.record and form == self.form and app == self.app and bool(record)
