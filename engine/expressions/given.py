"""Expressions over JSON: what `muniment eval`, app tests and the case table give, and get back.

JSON has no days and no exact numbers, so a text that looks like a day or a moment may be meant
as one: it is read as text first, and as a day where the expression makes sense only then.
Tags say it outright: `{"$date": "2026-11-20"}`, `{"$number": "1.50"}`, `{"$blank": "number"}`,
`{"$sealed": "text"}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.expressions import EvaluationContext, compile_expression
from engine.expressions.operators import type_of_value
from metamodel.expressions.arithmetic import number_text
from metamodel.expressions.checker import Expression, check
from metamodel.expressions.types import ANY, BLANK, PERSON, TEXT, Type, list_of, record_of, unify
from metamodel.human_text import iso_duration, iso_moment, read_date, read_duration, read_moment, read_number
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, Rejected

EXACT = 2**53
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_DURATION = re.compile(r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


@dataclass(frozen=True, slots=True)
class Given:
    """Python values by name and what type each is."""

    values: Mapping[str, Any]
    types: Mapping[str, Type]

    # -- the Scope of metamodel.expressions --------------------------------------------------------

    def name(self, name: str) -> Type | None:
        return self.types.get(name) or {"me": PERSON, "record": record_of("", "")}.get(name)

    def names(self) -> Iterable[str]:
        return [*self.types, "me"]

    def attribute(self, of: Type, name: str) -> Type | None:
        """Rows of objects have what any of them has; of people and unknown things anything may be."""
        if of.kind == "list":
            found = self.attribute(of.item, name)
            return found and list_of(found)
        if of.kind == "record" and of.form:
            owner = self.types.get(f"{of.form}.{name}")
            return owner and owner.seal(of.sealed)
        return ANY if of.kind in ("any", "person", "department", "record") else None

    def attributes(self, of: Type) -> Iterable[str]:
        head = f"{of.item.form if of.kind == 'list' else of.form}."
        return [name.removeprefix(head) for name in self.types if name.startswith(head)]


def read_given(given: Mapping[str, Any], context: EvaluationContext, days: bool = False) -> Given:
    """`days`: texts that look like days, moments or durations are."""
    reader = _Reader(context, days)
    values = {name: reader.value(name, raw) for name, raw in given.items()}
    return Given(values, reader.types)


def check_given(
    text: str, given: Mapping[str, Any], registry: Registry, context: EvaluationContext
) -> tuple[Expression | None, Mapping[str, Any], list[Problem]]:
    """The expression with the values as it needs them read."""
    plain = read_given(given, context)
    expression, problems = check(text, plain, registry)
    if expression is None:
        days = read_given(given, context, days=True)
        other, _ = check(text, days, registry)
        if other is not None:
            return other, days.values, []
    return expression, plain.values, problems


def evaluate_given(
    text: str, given: Mapping[str, Any], registry: Registry, context: EvaluationContext
) -> tuple[Any, list[Problem]]:
    """The value as JSON, or why there is none."""
    expression, values, problems = check_given(text, given, registry, context)
    if expression is None:
        return None, problems
    try:
        return to_json(compile_expression(expression, registry)(values, context)), []
    except Rejected as refused:
        return None, list(refused.problems)


def to_json(value: Any) -> Any:
    """A value as JSON: whole numbers as numbers while they are exact, other numbers as strings,
    days and moments in ISO form."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal):
        whole = value == int(value) and -EXACT < value < EXACT
        return int(value) if whole else number_text(value)
    if isinstance(value, datetime):
        return iso_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return iso_duration(value)
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    return [to_json(item) for item in value]


class _Reader:
    def __init__(self, context: EvaluationContext, days: bool) -> None:
        self.zone, self.days = context.zone, days
        self.types: dict[str, Type] = {}

    def value(self, path: str, raw: Any) -> Any:
        """Reads a value and notes its type under its path."""
        value, self.types[path] = self._read(path, raw)
        return value

    def _read(self, path: str, raw: Any) -> tuple[Any, Type]:
        if isinstance(raw, Mapping):
            return self._object(path, raw)
        if isinstance(raw, list):
            return self._list(path, raw)
        if raw is None:
            return None, BLANK
        if isinstance(raw, float):
            raw = Decimal(repr(raw))
        value = self._day_or_text(raw) if isinstance(raw, str) and self.days else raw
        return value, type_of_value(value)

    def _day_or_text(self, text: str) -> Any:
        if _DAY.fullmatch(text):
            return read_date(text)
        if _MOMENT.fullmatch(text):
            return read_moment(text, self.zone)
        return read_duration(text) if _DURATION.fullmatch(text) else text

    def _object(self, path: str, raw: Mapping[str, Any]) -> tuple[Any, Type]:
        tag = next(iter(raw), "")
        if tag.startswith("$"):
            return self._tagged(path, tag, raw[tag])
        return {name: self.value(f"{path}.{name}", item) for name, item in raw.items()}, record_of("", path)

    def _tagged(self, path: str, tag: str, raw: Any) -> tuple[Any, Type]:
        if tag == "$blank":
            return None, list_of(TEXT) if raw == "list" else Type(raw)
        if tag == "$sealed":
            value, type_ = self._read(path, raw)
            return value, type_.seal()
        read = _TAGS[tag]
        return read(raw, self), Type(tag[1:])  # type: ignore[arg-type]

    def _list(self, path: str, raw: list[Any]) -> tuple[Any, Type]:
        pairs: list[tuple[Any, Type]] = []
        for item in raw:
            before = dict(self.types)
            pairs.append(self._read(path, item))
            for name, known in before.items():  # another row may leave a cell blank
                if self.types[name].kind == "blank":
                    self.types[name] = known
        items = unify(type_ for _, type_ in pairs) if pairs else ANY
        return [value for value, _ in pairs], list_of(items or ANY)


_TAGS: Mapping[str, Callable[[Any, _Reader], Any]] = {
    "$number": lambda raw, _: read_number(raw),
    "$text": lambda raw, _: str(raw),
    "$date": lambda raw, _: read_date(raw),
    "$datetime": lambda raw, reader: read_moment(raw, reader.zone),
    "$duration": lambda raw, _: read_duration(raw),
    "$person": lambda raw, _: str(raw),
    "$department": lambda raw, _: str(raw),
    "$record": lambda raw, _: str(raw),
}
