"""Conditions of a list: in the URL (`where=field:operator:value|value`), as words on a chip, as controls.

What can be compared how comes from the field type's `operators`; the engine's conditions
know fewer words, `ENGINE` says which one stands for which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder_ui.inputs import CONTROLS, Inputs, control_of
from builder_ui.models.inputs import Input
from builder_ui.models.listing import FilterRow
from builder_ui.models.parts import Option
from engine.records.query import Condition
from metamodel.forms import FieldDefinition, Form
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.plugin_api import OPERATORS, Lookup, Storage

if TYPE_CHECKING:
    from builder_ui.site import Visit

ENGINE = {
    "is": "is", "is_not": "is_not", "contains": "contains", "lt": "before", "le": "le", "gt": "after", "ge": "ge",
    "between": "between", "any_of": "any_of", "none_of": "is_not", "has_any": "any_of", "has_none": "is_not",
    "blank": "blank", "not_blank": "not_blank",
}  # fmt: skip
SEVERAL = frozenset({"any_of", "none_of", "has_any", "has_all", "has_none"})
NO_VALUE = frozenset({"blank", "not_blank"})
APART = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition as a person set it."""

    field: str
    operator: str
    values: tuple[str, ...] = ()

    def for_engine(self) -> Condition:
        return Condition(self.field, ENGINE[self.operator], self.values)

    def in_url(self) -> str:
        values = "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in self.values)
        return f"{self.field}:{self.operator}:{values}"


def read_conditions(texts: Iterable[str], form: Form) -> list[Asked]:
    """The conditions of a URL that make sense for this form; others are left out."""
    found = []
    for text in texts:
        field_id, _, rest = text.partition(":")
        operator, _, values = rest.partition(":")
        field = form.field(field_id)
        if field is None or operator not in operators_of(field):
            continue
        given = tuple(re.sub(r"\\([\\|])", r"\1", value) for value in APART.split(values)) if values else ()
        if operator == "between":
            given = (*given, "", "")[:2] if any(given) else ()
        if given or operator in NO_VALUE:
            found.append(Asked(field_id, operator, given))
    return found


def operators_of(field: FieldDefinition) -> list[str]:
    """How this field may be compared in a list; [] when it may not."""
    if field.type is None or field.options is None or field.sealed or field.type.container:
        return []
    if (
        field.derived is not None
        and not isinstance(field.derived, Lookup)
        and field.type.storage == Storage.JSON
    ):
        return []
    return [name for name in field.type.operators if name in ENGINE]


def comparable(form: Form) -> list[FieldDefinition]:
    return [field for field in form.fields if operators_of(field)]


class ConditionRows:
    """Draws conditions for one visit of one form."""

    def __init__(self, visit: Visit, form: Form, inputs: Inputs, readable: Sequence[str]) -> None:
        self._visit, self._form, self._inputs = visit, form, inputs
        self._fields = [field for field in comparable(form) if field.id in readable]

    def options(self, chosen: str = "") -> tuple[Option, ...]:
        language = self._visit.language
        return tuple(Option(f.id, f.text(language), f.id == chosen) for f in self._fields)

    def row(self, asked: Asked, without_href: str = "") -> FilterRow | None:
        field = self._form.field(asked.field)
        if field is None:
            return None
        names = operators_of(field)
        operator = asked.operator if asked.operator in names else names[0]
        operators = tuple(
            Option(n, label_text(OPERATORS[n], self._visit.language), n == operator) for n in names
        )
        return FilterRow(
            self.words(field, replace(asked, operator=operator)), without_href, field.id, operator,
            "|".join(asked.values), self.options(field.id), operators,
            self._control(field, operator, asked.values), self._second(field, operator, asked.values),
        )  # fmt: skip

    def words(self, field: FieldDefinition, asked: Asked) -> str:
        """The condition as a sentence: 渠道 等于 企业微信."""
        operator = label_text(OPERATORS[asked.operator], self._visit.language)
        shown = [self._value_text(field, value) for value in asked.values]
        values = " – ".join(shown) if asked.operator == "between" else show_list(shown, self._visit.language)
        return f"{field.text(self._visit.language)} {operator} {values}".strip()

    def _value_text(self, field: FieldDefinition, value: str) -> str:
        if value == "me":
            return self._visit.text("Me")
        choices = {c.value: c.label for c in field.type.choices(field)} if field.type else {}
        if value in choices:
            return label_text(choices[value], self._visit.language, value)
        reference = field.type.reference(field) if field.type else None
        return self._visit.names.get((reference.target, value), value) if reference else value

    def _control(self, field: FieldDefinition, operator: str, values: Sequence[str]) -> Input | None:
        return value_control(self._inputs, field, operator, values)

    def _second(self, field: FieldDefinition, operator: str, values: Sequence[str]) -> Input | None:
        if operator != "between":
            return None
        first = self._control(field, "is", values[1:])
        return replace(first, name="v", id=f"{field.id}_to") if first else None


def value_control(
    inputs: Inputs, field: FieldDefinition, operator: str, values: Sequence[str], name: str = "v"
) -> Input | None:
    """What a field is compared with, as a control; None where the comparison needs nothing."""
    if operator in NO_VALUE:
        return None
    control = control_of(field)
    chosen = list(values) if operator in SEVERAL else (values[0] if values else "")
    made = replace(inputs.input(field, chosen, "", {"required": False}, name=name), form="filter", phone="")
    if operator not in SEVERAL and field.type is not None and field.type.filter:
        wanted = CONTROLS.get(field.type.filter, field.type.filter)
        return replace(made, macro=wanted, value=str(chosen), writable=True)
    if control in ("radio", "select", "checks", "switch"):
        return replace(made, macro="checks" if operator in SEVERAL else "select", picked=(), writable=True)
    if control == "picker":
        many = operator in SEVERAL
        return replace(
            made, macro="picker", many=many, free=field.type is not None and made.free, writable=True
        )
    plain = {"datetime": "date", "date": "date", "number": "number"}.get(control, "text")
    return replace(made, macro=plain, value=values[0] if values else "", writable=True, attributes={})
