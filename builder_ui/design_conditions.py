"""Draws the condition builder: the tree of a condition as rows of field, comparison and value.

Which fields, comparisons and controls there are comes from the draft's fields; nothing here knows a type. What
the browser changed comes back as the same tree (`condition_from_json`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from builder_ui.conditions import value_control
from builder_ui.inputs import Inputs
from builder_ui.models.design_conditions import (
    BuiltGroup,
    BuiltTest,
    BuiltText,
    BuiltValue,
    Conditions,
    FieldGroup,
)
from builder_ui.models.inputs import Input, Picked
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing.places import Place
from metamodel.condition_values import typed_value
from metamodel.conditions import NO_VALUE, SEVERAL, WORDS, Group, Part, Test, Value, Written, operators_for
from metamodel.expression_words import in_labels
from metamodel.expressions.checker import Scope
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Reference
from metamodel.scope_fields import field_at, own_fields, path_label, type_at

PLAIN, OWN = "", "="  # sources of a value: what is chosen here, an expression of the person's own
JOINS = {("and", False): "all", ("or", False): "any", ("or", True): "none", ("and", True): "not_all"}
SHORTCUTS = {
    "person": ("me",), "date": ("TODAY()",), "datetime": ("NOW()", "TODAY()"), "department": ("me.department",),
}  # fmt: skip


@dataclass(frozen=True)
class ConditionDrawer:
    """For one place of a draft and one person."""

    visit: Visit
    app: str
    place: Place
    scope: Scope

    def conditions(self, group: Group) -> Conditions:
        words = {"test": self.visit.text("Add a condition"), "group": self.visit.text("Add a group")}
        return Conditions(replace(self._group(group, "0"), outer=True), words)

    def _part(self, part: Part, at: str) -> BuiltTest | BuiltText | BuiltGroup:
        if isinstance(part, Group):
            return self._group(part, at)
        if isinstance(part, Written):
            registry, language = self.visit.runtime.registry, self.visit.language
            return BuiltText(at, part.text, in_labels(part.text, self.scope, registry, language))
        return self._test(part, at)

    def _group(self, group: Group, at: str) -> BuiltGroup:
        text = self.visit.text
        words = {
            "all": text("All of these hold"), "any": text("Any of these holds"), "none": text("None of these holds"),
            "not_all": text("Not all of these hold"),
        }  # fmt: skip
        join = JOINS[group.join, group.negated]
        shown = words if group.negated else {name: words[name] for name in ("all", "any", "none")}
        joins = tuple(Option(name, word, name == join) for name, word in shown.items())
        parts = tuple(self._part(part, f"{at}.{place}") for place, part in enumerate(group.parts))
        return BuiltGroup(at, join, joins, parts)

    def _test(self, test: Test, at: str) -> BuiltTest:
        names = operators_for(self.scope, test.path)
        names = names if test.operator in names else (*names, test.operator)
        language = self.visit.language
        operators = tuple(Option(n, label_text(WORDS[n], language), n == test.operator) for n in names)
        return BuiltTest(
            at, ".".join(test.path), self._fields(test.path), operators, test.way, self._values(test, at)
        )

    # -- fields ------------------------------------------------------------------------------------

    def _fields(self, chosen: Sequence[str]) -> tuple[FieldGroup, ...]:
        """Our own fields, then those one step behind each link."""
        own = tuple(self._options([(field.id,) for field in self._own()], chosen))
        behind = (
            FieldGroup(link.text(self.visit.language), made) for link, made in self._behind(chosen) if made
        )
        groups = [FieldGroup("", own), *behind]
        if not any(option.chosen for group in groups for option in group.options):
            label = path_label(self.scope, chosen, self.visit.language) or ".".join(chosen)
            groups.insert(0, FieldGroup("", (Option(".".join(chosen), label, True),)))
        return tuple(groups)

    def _own(self) -> Iterator[FieldDefinition]:
        fields = own_fields(self.scope)
        return (field for field in fields if field.usable and not (field.type and field.type.container))

    def _behind(self, chosen: Sequence[str]) -> Iterator[tuple[FieldDefinition, tuple[Option, ...]]]:
        for link in self._own():
            known = self.scope.name(link.id)
            if known is not None and known.kind == "record" and known.form:
                paths = [(link.id, name) for name in self.scope.attributes(known)]
                yield link, tuple(self._options(paths, chosen, last=True))

    def _options(
        self, paths: Sequence[Sequence[str]], chosen: Sequence[str], last: bool = False
    ) -> Iterator[Option]:
        for path in paths:
            label = path_label(self.scope, path, self.visit.language)
            shown = label.rpartition(" · ")[2] if last else label
            if label and operators_for(self.scope, path):
                yield Option(".".join(path), shown, tuple(path) == tuple(chosen))

    # -- values ------------------------------------------------------------------------------------

    def _values(self, test: Test, at: str) -> tuple[BuiltValue, ...]:
        if test.operator in NO_VALUE:
            return ()
        if test.operator in SEVERAL and not any(value.written for value in test.values):
            return (self._value(test, test.values, f"{at}.v0"),)
        wanted = max(2 if test.operator == "between" else 1, len(test.values))
        given = [*test.values, *([Value("")] * (wanted - len(test.values)))]
        return tuple(self._value(test, (value,), f"{at}.v{place}") for place, value in enumerate(given))

    def _value(self, test: Test, values: Sequence[Value], at: str) -> BuiltValue:
        written = values[0].text if values and values[0].written else ""
        sources = self._sources(test, written, bool(values) and values[0].written)
        plain = next(source.chosen for source in sources if source.value == PLAIN)
        known, field = type_at(self.scope, test.path), field_at(self.scope, test.path)
        shown = [
            typed_value(value.text, known.kind if known else "", field, self.visit.language)
            for value in values
            if value.text
        ]
        control = self._control(test, shown, at) if plain else None
        return BuiltValue(at, control, written, sources)

    def _sources(self, test: Test, written: str, is_written: bool) -> tuple[Option, ...]:
        """A plain value, what is at hand for such a field, another field, or an expression."""
        known, language = type_at(self.scope, test.path), self.visit.language
        names = {"me": self.visit.text("Me"), "TODAY()": self.visit.text("Today"), "NOW()": self.visit.text("Now"),
                 "me.department": self.visit.text("My department")}  # fmt: skip
        at_hand = [(code, names[code]) for code in SHORTCUTS.get(known.kind if known else "", ())]
        others = [
            (field.id, field.text(language)) for field in self._own()
            if known is not None and (field.id,) != test.path and self.scope.name(field.id) == known.plain()
            and known.kind not in ("list", "boolean")
        ]  # fmt: skip
        found = [(code, label) for code, label in (*at_hand, *others)]
        chosen = written if is_written and written in dict(found) else OWN if is_written else PLAIN
        every = [(PLAIN, self.visit.text("Value")), *found, (OWN, self.visit.text("Formula …"))]
        return tuple(Option(code, label, code == chosen) for code, label in every)

    def _control(self, test: Test, values: Sequence[str], at: str) -> Input:
        name = f"v.{at}"
        field = field_at(self.scope, test.path)
        inputs = Inputs(self._base, self.visit.presenter(self.app, pointed=self._pointed(field, values)))
        made = value_control(inputs, field, test.operator, values, name) if field is not None else None
        if made is None:
            made = Input(name, name, "", "text", value=values[0] if values else "")
        if test.operator in SEVERAL and made.macro not in ("checks", "picker"):
            picked = tuple(Picked(value, value) for value in values)
            made = replace(made, macro="picker", many=True, free=True, picked=picked)
        known = type_at(self.scope, test.path)
        if known is not None and known.kind == "datetime" and test.operator not in SEVERAL:
            made = replace(made, macro="datetime", value=values[0] if values else "")
        if known is not None and known.kind == "number" and made.macro in ("number", "text"):
            made = replace(
                made, macro="text" if "%" in made.value else made.macro, attributes=self._unit(field)
            )
        if known is not None and known.kind == "duration":
            made = replace(made, macro="duration", attributes={})
        address = f"{self._base}/options/{'.'.join(test.path)}"
        label = path_label(self.scope, test.path, self.visit.language)
        named = {"label" if made.macro == "picker" else "aria-label": label}
        return replace(made, picker=address, label=label, attributes={**made.attributes, **named})

    def _unit(self, field: FieldDefinition | None) -> dict[str, str]:
        """What stands behind a number."""
        if field is None or field.type is None or field.options is None:
            return {}
        unit = label_text(field.type.measured_as(field)[1], self.visit.language)
        return {"unit": unit} if unit else {}

    @property
    def _base(self) -> str:
        form = self.place.form.partition("/")[0]
        return f"/design/{self.app}/forms/{form}" if form.isidentifier() else f"/design/{self.app}"

    def _pointed(self, field: FieldDefinition | None, values: Sequence[str]) -> list[tuple[Reference, str]]:
        reference = field.type.reference(field) if field is not None and field.type is not None else None
        return [(reference, value) for value in values] if reference and reference.target == "record" else []


def first_test(scope: Scope) -> Part:
    """What a new row begins with: the first field that can be compared."""
    for field in own_fields(scope):
        operators = operators_for(scope, (field.id,)) if field.usable and not field.fields else ()
        if operators:
            return Test((field.id,), operators[0])
    return Written("")
