"""Expressions in people's words: labels where ids stand, and conditions as sentences.

The document holds ids; nobody should have to read them. `chips` says which stretches of a text stand for
what; `sentence` says a condition the way it would be said aloud ("渠道 是 电话 且 金额 大于 100000").
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from metamodel.condition_values import said_value
from metamodel.conditions import NO_VALUE, WORDS, Part, Test, Value, Written
from metamodel.expressions.checker import Scope, path_of
from metamodel.expressions.parser import parse
from metamodel.expressions.pieces import Named, named, pieces
from metamodel.expressions.types import type_label
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Registry
from metamodel.problems import Problem
from metamodel.scope_fields import field_at, path_label, type_at

_JOINTS: Mapping[str, Label] = {"and": {"zh": "且", "en": "and"}, "or": {"zh": "或", "en": "or"}}
_NOT: Label = {"zh": "并非", "en": "not"}
_YES: Mapping[str, Label] = {"true": {"zh": "是", "en": "yes"}, "false": {"zh": "否", "en": "no"}}
_SAID: Mapping[str, Label] = {  # in a sentence, where it is shorter than on a list's filter
    "is": {"zh": "是", "en": "is"}, "is_not": {"zh": "不是", "en": "is not"},
    "any_of": {"zh": "是", "en": "is"}, "none_of": {"zh": "不是", "en": "is not"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """A stretch of the text and what it stands for. `title`: more about it, for a tooltip."""

    at: int
    length: int
    kind: Literal["field", "function", "choice", "me"]
    label: str
    title: str = ""

    def to_json(self) -> dict[str, object]:
        return {
            "at": self.at,
            "length": self.length,
            "kind": self.kind,
            "label": self.label,
            "title": self.title,
        }


def chips(text: str, scope: Scope, registry: Registry, language: str) -> list[Chip]:
    """The known names of a text, whole or half written, in order; choices only where all of it can be read."""
    found = [
        chip for one in named(pieces(text)) if (chip := _named(one, scope, registry, language)) is not None
    ]
    return sorted([*found, *_choices(text, scope, language)], key=lambda chip: chip.at)


def _named(found: Named, scope: Scope, registry: Registry, language: str) -> Chip | None:
    if found.called:
        function = registry.get("function", found.path[0])
        if function is None:
            return None
        label = label_text(function.label, language, function.name)
        return Chip(found.at, found.end - found.at, "function", function.name, label)
    label = path_label(scope, found.path, language)
    known = type_at(scope, found.path) if label else None
    if known is None:
        return None
    kind: Literal["field", "me"] = "me" if found.path[0] == "me" else "field"
    title = f"{'.'.join(found.path)} · {label_text(type_label(known), language)}"
    return Chip(found.at, found.end - found.at, kind, label, title)


def _choices(text: str, scope: Scope, language: str) -> Iterator[Chip]:
    """Texts that are a choice of the field they are compared with."""
    parsed = parse(text) if text.strip() else None
    if parsed is None or isinstance(parsed, Problem):
        return
    tree, source = parsed
    for path, node in _beside_fields(tree):
        field = field_at(scope, path)
        if field is None or field.type is None or field.options is None:
            continue
        labels = {choice.value: choice.text(language) for choice in field.type.choices(field)}
        value = str(node.value)
        if value in labels:
            at = source.place(node.col_offset)
            length = source.place(node.end_col_offset or node.col_offset) - at
            yield Chip(at, length, "choice", labels[value], value)


def _beside_fields(tree: ast.expr) -> Iterator[tuple[tuple[str, ...], ast.Constant]]:
    """Texts and the path each is compared with, or is an argument beside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            sides = list(node.args)
        else:
            continue
        path = next((found for side in sides if (found := path_of(side))), ())
        for side in sides if path else ():
            for one in side.elts if isinstance(side, ast.List) else [side]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield path, one


# -- sentences ---------------------------------------------------------------------------------------------


def sentence(part: Part, scope: Scope, registry: Registry, language: str) -> str:
    """A condition in words; what only an expression can say with labels for its names. '' for nothing."""
    return _Sentences(scope, registry, language).of(part, True)


@dataclass(frozen=True)
class _Sentences:
    scope: Scope
    registry: Registry
    language: str

    def of(self, part: Part, outer: bool = False) -> str:
        if isinstance(part, Test):
            return self.test(part)
        if isinstance(part, Written):
            return in_labels(part.text, self.scope, self.registry, self.language)
        said = [text for inner in part.parts if (text := self.of(inner))]
        joined = f" {label_text(_JOINTS[part.join], self.language)} ".join(said)
        if part.negated and said:
            return f"{label_text(_NOT, self.language)} ({joined})"
        return joined if outer or len(said) < 2 else f"({joined})"

    def test(self, test: Test) -> str:
        name = path_label(self.scope, test.path, self.language) or ".".join(test.path)
        field = field_at(self.scope, test.path)
        words = _SAID if field is not None and field.type is not None and field.type.choices(field) else {}
        known = type_at(self.scope, test.path)
        if known is not None and known.kind in ("boolean", "person", "department", "record"):
            words = _SAID
        operator = label_text(words.get(test.operator) or WORDS[test.operator], self.language)
        if test.operator in NO_VALUE:
            return f"{name} {operator}"
        if known is not None and known.kind == "boolean" and self.language == "zh":
            operator = "为"
        shown = [self.value(test, value) for value in test.values]
        between = test.operator == "between"
        joint = " – " if between else {"zh": " 或 ", "en": " or "}[self._tongue] if words else "、"
        return f"{name} {operator} {joint.join(shown)}".strip()

    @property
    def _tongue(self) -> str:
        return "zh" if self.language == "zh" else "en"

    def value(self, test: Test, value: Value) -> str:
        if value.written:
            return in_labels(value.text, self.scope, self.registry, self.language)
        field = field_at(self.scope, test.path)
        if field is not None and field.type is not None and field.options is not None:
            for choice in field.type.choices(field):
                if choice.value == value.text:
                    return choice.text(self.language)
        known = type_at(self.scope, test.path)
        if known is not None and known.kind == "boolean" and value.text in _YES:
            return label_text(_YES[value.text], self.language)
        return said_value(value.text, known.kind if known else "", field, self.language)


def in_labels(text: str, scope: Scope, registry: Registry, language: str) -> str:
    """An expression with the labels of its fields and choices in it; functions stay as they are."""
    made, at = "", 0
    for chip in chips(text, scope, registry, language):
        if chip.kind == "function":
            continue
        shown = f"“{chip.label}”" if chip.kind == "choice" and language == "zh" else chip.label
        made, at = made + text[at : chip.at] + shown, chip.at + chip.length
    return made + text[at:]
