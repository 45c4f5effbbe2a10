"""Conditions as people build them: groups of "all of" and "any of", tests of one field, and what neither can show.

`condition_text` makes the text from a tree, `read_condition` (condition_reading.py) the tree from an expression's
text. What the tree cannot say stays text in it (`Written`), so nothing is ever lost. The builder edits the tree, the
document holds the text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from metamodel.condition_values import NUMBER, duration_text, number_text
from metamodel.expressions.checker import Scope
from metamodel.expressions.parser import parse
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition
from metamodel.labels import Label
from metamodel.plugin_api import (
    CHOICE_OPERATORS,
    LIST_OPERATORS,
    OPERATORS,
    ORDERED_OPERATORS,
    TEXT_OPERATORS,
)
from metamodel.problems import Problem, Rejected, problem
from metamodel.scope_fields import field_at, type_at

MOST_PARTS = 200
DEEPEST = 20

# What the builder offers beyond the questions of a list.
MORE_OPERATORS: Mapping[str, Label] = {
    "contains_any": {"zh": "含有任一词", "en": "has any of the words"},
    "contains_all": {"zh": "含有全部词", "en": "has all of the words"},
    "ends_with": {"zh": "结尾是", "en": "ends with"},
}
WORDS: Mapping[str, Label] = {**OPERATORS, **MORE_OPERATORS}
SEVERAL = frozenset({"any_of", "none_of", "has_any", "has_all", "has_none", "contains_any", "contains_all"})
NO_VALUE = frozenset({"blank", "not_blank"})
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "text": (*TEXT_OPERATORS[:5], "ends_with", "contains_any", "contains_all", *TEXT_OPERATORS[5:]),
    "number": ORDERED_OPERATORS, "date": ORDERED_OPERATORS, "datetime": ORDERED_OPERATORS,
    "duration": ORDERED_OPERATORS, "boolean": ("is", "blank", "not_blank"), "list": LIST_OPERATORS,
    "person": CHOICE_OPERATORS, "department": CHOICE_OPERATORS, "record": CHOICE_OPERATORS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """What a field is compared with: a plain value as text ("2026-11-20", "true", "12.5", of a duration "90 min"),
    or an expression."""

    text: str
    written: bool = False

    def to_json(self) -> Any:
        return {"written": self.text} if self.written else self.text


@dataclass(frozen=True, slots=True)
class Test:
    """`path operator values`; `way` is how it was written, where there is another way than the usual one."""

    path: tuple[str, ...]
    operator: str
    values: tuple[Value, ...] = ()
    way: str = ""

    def to_json(self) -> dict[str, Any]:
        made = {
            "path": ".".join(self.path),
            "operator": self.operator,
            "values": [v.to_json() for v in self.values],
        }
        return {**made, "way": self.way} if self.way else made


@dataclass(frozen=True, slots=True)
class Written:
    """A part only an expression can say."""

    text: str

    def to_json(self) -> dict[str, Any]:
        return {"written": self.text}


@dataclass(frozen=True, slots=True)
class Group:
    join: Literal["and", "or"]
    parts: tuple[Part, ...] = ()
    negated: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"join": self.join, "negated": self.negated, "parts": [part.to_json() for part in self.parts]}


Part = Group | Test | Written


def operators_for(scope: Scope, path: Sequence[str]) -> tuple[str, ...]:
    """How the field at the end of a path may be compared; () where the path means nothing."""
    known = type_at(scope, path)
    if known is None:
        return ()
    field = field_at(scope, path)
    usual = _BY_KIND.get(known.kind, ("is", "is_not", "blank", "not_blank"))
    if field is None or field.type is None or known.kind == "boolean":
        return usual
    if known.kind == "text" and not field.type.choices(field):
        return usual
    return tuple(name for name in field.type.operators if name in WORDS) or usual


def condition_from_json(raw: Any) -> Group:
    """What the builder sent. Rejected: condition.unreadable."""
    counted = [0]
    found = _from_json(raw, counted, 0)
    return found if isinstance(found, Group) else Group("and", (found,))


def _from_json(raw: Any, counted: list[int], depth: int) -> Part:
    counted[0] += 1
    if not isinstance(raw, Mapping) or counted[0] > MOST_PARTS or depth > DEEPEST:
        raise Rejected([problem("condition.unreadable")])
    if isinstance(raw.get("written"), str):
        return Written(raw["written"])
    if isinstance(raw.get("parts"), list):
        parts = tuple(_from_json(part, counted, depth + 1) for part in raw["parts"])
        return Group("or" if raw.get("join") == "or" else "and", parts, raw.get("negated") is True)
    path, values = str(raw.get("path") or ""), raw.get("values")
    if (
        not all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in path.split("."))
        or raw.get("operator") not in WORDS
    ):
        raise Rejected([problem("condition.unreadable")])
    given = tuple(_value_from_json(value) for value in values) if isinstance(values, list) else ()
    return Test(tuple(path.split(".")), raw["operator"], given[:MOST_PARTS], str(raw.get("way") or ""))


def _value_from_json(raw: Any) -> Value:
    if isinstance(raw, Mapping):
        return Value(str(raw.get("written") or ""), written=True)
    return Value(("true" if raw else "false") if isinstance(raw, bool) else str(raw))


# -- tree -> text ------------------------------------------------------------------------------------------


_SYMBOLS = {"is": "==", "is_not": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
CALLS: Mapping[str, tuple[str, str]] = {  # function -> the operator it says, and by which way
    "CONTAINS": ("contains", ""), "STARTS_WITH": ("starts_with", ""), "ENDS_WITH": ("ends_with", ""),
    "CONTAINS_ANY": ("contains_any", ""), "CONTAINS_ALL": ("contains_all", ""), "BETWEEN": ("between", ""),
    "HAS_ANY": ("has_any", ""), "HAS_ALL": ("has_all", ""), "ISBLANK": ("blank", ""), "IN": ("any_of", "IN"),
}  # fmt: skip
_FUNCTIONS = {operator: name for name, (operator, way) in CALLS.items() if not way}


def condition_text(group: Group, scope: Scope) -> str:
    """The expression a tree says; '' for one that says nothing."""
    text = _group_text(group, scope)
    return text[1:-1] if text.startswith("(") and not group.negated and _outer(text) else text


def _outer(text: str) -> bool:
    """Do the first and the last bracket belong together?"""
    return not isinstance(parse(text[1:-1]), Problem)


def _group_text(group: Group, scope: Scope) -> str:
    said = [text for part in group.parts if (text := _part_text(part, scope))]
    if not said:
        return ""
    if len(said) == 1 and not group.negated:
        return said[0]
    joined = f" {group.join} ".join(said)
    return f"not ({joined})" if group.negated else f"({joined})"


def _part_text(part: Part, scope: Scope) -> str:
    if isinstance(part, Group):
        return _group_text(part, scope)
    if isinstance(part, Test):
        return test_text(part, scope) if is_complete(part) else ""
    text = part.text.strip()
    return f"({text})" if text and not _stands_alone(text) else text


def _stands_alone(text: str) -> bool:
    """Does a part keep its meaning beside `and` and `or` without brackets?"""
    parsed = parse(text)
    return not isinstance(parsed, Problem) and not isinstance(parsed[0], ast.BoolOp | ast.IfExp)


def is_complete(test: Test) -> bool:
    """Has it everything it needs to say something?"""
    given = [value for value in test.values if value.text.strip()]
    if test.operator in NO_VALUE:
        return True
    return len(given) >= (2 if test.operator == "between" else 1)


def test_text(test: Test, scope: Scope) -> str:
    """One test as an expression."""
    kind, field = type_at(scope, test.path), field_at(scope, test.path)
    path = ".".join(test.path)
    values = [_value_text(value, kind, field) for value in test.values if value.text.strip()]
    several = ", ".join(values)
    match test.operator, test.way:
        case ("is", way) if kind is not None and kind.kind == "boolean" and values in (["true"], ["false"]):
            yes = values == ["true"]
            return f"{path} == {values[0]}" if way else path if yes else f"not {path}"
        case ("blank", "compared"):
            return f"{path} == none"
        case ("not_blank", "compared"):
            return f"{path} != none"
        case ("not_blank", _):
            return f"not ISBLANK({path})"
        case ("any_of" | "none_of", "IN"):
            return f"{'not ' if test.operator == 'none_of' else ''}IN({path}, {several})"
        case ("any_of" | "none_of", _):
            return f"{path} {'in' if test.operator == 'any_of' else 'not in'} [{several}]"
        case ("has_any" | "has_none", "in") if len(values) == 1:
            return f"{values[0]} {'in' if test.operator == 'has_any' else 'not in'} {path}"
        case ("has_none" | "not_contains", _):
            name = "HAS_ANY" if test.operator == "has_none" else "CONTAINS"
            return f"not {name}({path}, {several})"
        case (operator, _) if operator in _SYMBOLS:
            return f"{path} {_SYMBOLS[operator]} {several}"
    return f"{_FUNCTIONS[test.operator]}({', '.join([path, *values])})"


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}).*)?")


def _value_text(value: Value, kind: Type | None, field: FieldDefinition | None) -> str:
    text = value.text.strip()
    if value.written:
        return text
    of = kind.of if kind is not None and kind.kind == "list" and kind.of is not None else kind
    wanted = of.kind if of is not None else "any"
    if wanted == "boolean" and text in ("true", "false"):
        return text
    if wanted == "duration":
        return duration_text(text) or quoted(value.text)
    if wanted == "number" and (number := number_text(text, field)):
        return number
    if wanted == "any" and NUMBER.fullmatch(text):
        return text
    day = _DAY.fullmatch(text) if wanted in ("date", "datetime") else None
    if day is None:
        return quoted(value.text)
    date = f"DATE({int(day[1])}, {int(day[2])}, {int(day[3])})"
    if wanted == "date" or day[4] is None:
        return date
    return f"DATETIME({date}, {int(day[4])}" + (f", {int(day[5])})" if int(day[5]) else ")")


def quoted(text: str) -> str:
    """A text as the language writes it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def tests_in(part: Part) -> Iterator[Test]:
    """Every test of a tree, in order."""
    if isinstance(part, Test):
        yield part
    elif isinstance(part, Group):
        for inner in part.parts:
            yield from tests_in(inner)
