"""Create a record of a form; each field's value is an expression over what set off the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    CreateRecord as CreateRecordEffect,
    Effect,
    Filling,
    Options,
    Registry,
    Writing,
    labelled,
)
from plugins.actions.assignments import TEXTS, Assignments, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from metamodel.plugin_api import ActionScope, Problem, Subject


class CreateRecordOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    values: Annotated[Assignments, labelled("各字段的值", "Values of its fields")] = {}


class CreateRecord(Action):
    name = "create_record"
    label = {"zh": "新建记录", "en": "Create a record"}
    icon = "plus"
    doc = {"zh": "在某个表单新建一条记录", "en": "Creates a record of a form"}
    texts = TEXTS
    Options = CreateRecordOptions

    def check_options(self, options: CreateRecordOptions, scope: ActionScope) -> list[Problem]:
        target = Target(scope, options.app, options.form)
        return [*target.check_form(options.form, "/form"), *target.check_values(options.values, "/values")]

    def plan(self, options: CreateRecordOptions, subject: Subject) -> list[Effect]:
        values = subject.evaluate_all(options.values)
        return [CreateRecordEffect(options.app or subject.app, options.form, values)]

    def fills(self, options: CreateRecordOptions) -> Filling:
        return Filling(options.app, options.form, "values", options.values)

    def writes(self, options: CreateRecordOptions) -> Sequence[Writing]:
        return [Writing("new", options.values, options.app, options.form)]

    def begins(self, form: str) -> Mapping[str, object]:
        return {"form": form, "values": {}}


def register(registry: Registry) -> None:
    registry.add(CreateRecord())
