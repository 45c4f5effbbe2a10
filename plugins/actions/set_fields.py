"""Set fields of the record that set off the rule, or of one it links to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Registry,
    SetFields as SetFieldsEffect,
    Writing,
    labelled,
)
from plugins.actions.assignments import TEXTS, Assignments
from plugins.actions.linked import OfOption, check_target, linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class SetFieldsOptions(Options, frozen=True):
    values: Annotated[Assignments, labelled("各字段的值", "Values of its fields")]
    of: OfOption = ""


class SetFields(Action):
    name = "set_fields"
    label = {"zh": "修改字段", "en": "Set fields"}
    icon = "edit"
    doc = {"zh": "修改本记录或其关联记录的字段", "en": "Sets fields of this record or of one it links to"}
    texts = TEXTS
    Options = SetFieldsOptions

    def check_options(self, options: SetFieldsOptions, scope: ActionScope) -> list[Problem]:
        return check_target(scope, options.of, lambda target: target.check_values(options.values, "/values"))

    def allowed_before(self, options: SetFieldsOptions) -> bool:
        return not options.of

    def plan(self, options: SetFieldsOptions, subject: Subject) -> list[Effect]:
        found = linked_record(subject, options.of)
        if found is None:
            return []
        app, form, record = found
        return [SetFieldsEffect(app, form, record, subject.evaluate_all(options.values))]

    def writes(self, options: SetFieldsOptions) -> Sequence[Writing]:
        return [Writing("linked" if options.of else "own", options.values, link=options.of)]


def register(registry: Registry) -> None:
    registry.add(SetFields())
