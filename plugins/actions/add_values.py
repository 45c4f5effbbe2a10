"""Add values to many-valued fields of the record that set off the rule, or of one it links to.

Like `add_tags`, with expressions: what stands there stays, and each value stands there once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from metamodel.plugin_api import Action, AddTags, Effect, Options, Registry, Writing, labelled
from plugins.actions.assignments import TEXTS, Assignments, items_of
from plugins.actions.linked import OfOption, check_target, linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class AddValuesOptions(Options, frozen=True):
    values: Annotated[Assignments, labelled("各字段要加的值", "Values to add, by field")]
    of: OfOption = ""


class AddValues(Action):
    name = "add_values"
    label = {"zh": "追加到多值字段", "en": "Add values"}
    icon = "plus"
    doc = {
        "zh": "给本记录或其关联记录的多值字段追加值",
        "en": "Adds values to many-valued fields of this record or of one it links to",
    }
    texts = TEXTS
    Options = AddValuesOptions

    def check_options(self, options: AddValuesOptions, scope: ActionScope) -> list[Problem]:
        return check_target(scope, options.of, lambda target: target.check_items(options.values, "/values"))

    def plan(self, options: AddValuesOptions, subject: Subject) -> list[Effect]:
        found = linked_record(subject, options.of)
        if found is None:
            return []
        values = {field: items_of(value) for field, value in subject.evaluate_all(options.values).items()}
        return [AddTags(*found, field, items) for field, items in values.items() if items]

    def writes(self, options: AddValuesOptions) -> Sequence[Writing]:
        to: Literal["own", "linked"] = "linked" if options.of else "own"
        return [Writing(to, options.values, link=options.of, joins=True)]


def register(registry: Registry) -> None:
    registry.add(AddValues())
