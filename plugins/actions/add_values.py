"""Add values to many-valued fields of the record that set off the rule, or of one it links to.

Like `add_tags`, with expressions: what stands there stays, and each value stands there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Action, AddTags, Effect, Options, Registry, labelled, problem
from plugins.actions.assignments import TEXTS, Assignments, own_record
from plugins.actions.linked import linked_record, linked_target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class AddValuesOptions(Options, frozen=True):
    values: Annotated[Assignments, labelled("各字段要加的值", "Values to add, by field")]
    of: Annotated[str, labelled("关联字段（空为本记录）", "Link to the record (blank: this one)")] = ""


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
        if not scope.form:
            return [problem("rule.needs_record")]
        if not options.of:
            return own_record(scope).check_items(options.values, "/values")
        target = linked_target(scope, options.of)
        return [
            *own_record(scope).check_link(options.of, "/of"),
            *(target.check_items(options.values, "/values") if target else ()),
        ]

    def plan(self, options: AddValuesOptions, subject: Subject) -> list[Effect]:
        found = linked_record(subject, options.of)
        if found is None:
            return []
        values = {field: _items(value) for field, value in subject.evaluate_all(options.values).items()}
        return [AddTags(*found, field, items) for field, items in values.items() if items]


def _items(value: Any) -> tuple[Any, ...]:
    if value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def register(registry: Registry) -> None:
    registry.add(AddValues())
