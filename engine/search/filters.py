"""What stands after the colon, read as the field's type reads it, becomes a condition.

`tag:商务洽谈,退款`, `amount:>10万`, `date:2026-11-01..2026-11-30`, `owner:王磊`. Only what a type
declares decides: its choices, what it refers to, its expression type. Used by `query.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.search.folding import fold
from engine.search.periods import read_days
from engine.search.targets import Scope, Target
from engine.search.tree import And, Filter, Node, Word
from metamodel.human_text import read_moment
from metamodel.labels import label_text
from metamodel.plugin_api import LinkedFrom, Live, Rollup
from metamodel.problems import BadValue

_COMPARED = re.compile(r"(>=|<=|[<>=≥≤])?(.*)", re.DOTALL)
_COMPARISONS = {">=": "ge", "≥": "ge", "<=": "le", "≤": "le", ">": "gt", "<": "lt", "=": "is", None: "is"}
_RANGE = re.compile(r"(.*?)(?:\.\.|~)(.*)", re.DOTALL)
_CLOCK = re.compile(r"[0-9][tT ][0-9]{1,2}:")
_SEVERAL = re.compile(r"[,，、]")


def read_filter(target: Target, text: str, scope: Scope) -> Node:
    """BadValue with a code of the search section when the text means nothing for this field."""
    field = target.field
    assert field.type is not None
    reference, choices = field.type.reference(field), field.type.choices(field)
    if field.searchable and not choices and (reference is None or reference.target == "file"):
        return text_filter(target, text)
    if isinstance(field.derived, Rollup | LinkedFrom | Live):
        raise BadValue("search.not_stored", field=_label(target, scope))
    if field.sealed or (reference and reference.target == "file"):
        raise BadValue("search.sealed", field=_label(target, scope))
    if reference is not None:
        reference = replace(reference, app=reference.app or target.app.id)
        found = [value for part in _several(text) for value in scope.names(reference, part)]
        if not found:
            raise BadValue("search.nobody", field=_label(target, scope), text=text)
        return _among(target, tuple(dict.fromkeys(found)))
    if choices or "any_of" in field.type.operators or "has_any" in field.type.operators:
        return _among(target, tuple(_choice(target, part, scope) for part in _several(text)))
    return _typed(target, text, scope)


def text_filter(target: Target, text: str) -> Node:
    """The words in that field only: here, or of the record a link points at."""
    word = Word(text, (target.field.id,))
    return _filter(target, "search", word) if target.path else word


def choice_filter(target: Target, text: str) -> Node | None:
    """The records with the choice of just that name, if there is one."""
    assert target.field.type is not None
    if target.field.sealed:
        return None
    wanted = fold(text)
    for choice in target.field.type.choices(target.field):
        labels = [choice.label] if isinstance(choice.label, str) else choice.label.values()
        if wanted in {fold(word) for word in (choice.value, *labels)}:
            return _among(target, (choice.value,))
    return None


def _filter(target: Target, operator: str, *values: Any) -> Filter:
    path = (*target.path, target.field.id)
    return Filter(path, target.field, target.app.id, target.form.id, operator, values)


def _among(target: Target, values: tuple[Any, ...]) -> Filter:
    assert target.field.type is not None
    operator = "has_any" if target.field.type.many else "is" if len(values) == 1 else "any_of"
    return _filter(target, operator, *values)


def _several(text: str) -> list[str]:
    return [part.strip() for part in _SEVERAL.split(text) if part.strip()] or [text]


def _choice(target: Target, text: str, scope: Scope) -> Any:
    """One value, as the type reads it."""
    value = _parsed(target, text, scope)
    if value == []:
        raise _unread(target, text, scope)
    return value[0] if isinstance(value, list) else value


def _parsed(target: Target, text: str, scope: Scope) -> Any:
    assert target.field.type is not None
    try:
        return target.field.type.parse(text, target.field)
    except BadValue:
        raise _unread(target, text, scope) from None


def _unread(target: Target, text: str, scope: Scope) -> BadValue:
    return BadValue("search.no_value", field=_label(target, scope), text=text)


def _label(target: Target, scope: Scope) -> str:
    return label_text(target.field.label, scope.language, target.field.id)


# -- types with an order ---------------------------------------------------------------------------
def _typed(target: Target, text: str, scope: Scope) -> Node:
    kind = target.field.expression_type().kind
    if kind == "boolean":
        return _filter(target, "is", _parsed(target, text, scope))
    if kind in ("number", "duration"):
        return _between(target, text, lambda part: _point(_parsed(target, part, scope)))
    if kind in ("date", "datetime"):
        return _between(target, text, lambda part: _stretch(target, part, scope, kind == "datetime"))
    assert target.field.type is not None
    if "contains" in target.field.type.operators:
        return _filter(target, "contains", text)
    raise _unread(target, text, scope)


Stretch = tuple[Any, Any, str]  # first, end, and the operator that bounds the end: le or lt


def _point(value: Any) -> Stretch:
    return value, value, "le"


def _between(target: Target, text: str, read: Callable[[str], Stretch]) -> Node:
    """A value, a comparison or a range; each end may be a whole stretch of time."""
    if found := _RANGE.fullmatch(text):
        low, high = found[1].strip(), found[2].strip()
        bounds = [_filter(target, "ge", read(low)[0])] if low else []
        if high:
            _, end, operator = read(high)
            bounds.append(_filter(target, operator, end))
        return And(tuple(bounds)) if len(bounds) != 1 else bounds[0]
    found = _COMPARED.fullmatch(text)
    assert found is not None
    first, end, operator = read(found[2].strip())
    match _COMPARISONS[found[1]]:
        case "ge":
            return _filter(target, "ge", first)
        case "lt":
            return _filter(target, "lt", first)
        case "le":
            return _filter(target, operator, end)
        case "gt":
            return _filter(target, "gt" if operator == "le" else "ge", end)
    if first == end:
        return _filter(target, "is", first)
    return And((_filter(target, "ge", first), _filter(target, operator, end)))


def _stretch(target: Target, text: str, scope: Scope, moments: bool) -> Stretch:
    """A day, a period or (for moments) a minute, up to but not including its end."""
    try:
        if moments and _CLOCK.search(text):
            moment = read_moment(text, scope.zone)
            return moment, moment + timedelta(minutes=1), "lt"
        first, end = read_days(text, scope.today)
    except (BadValue, OverflowError):
        raise _unread(target, text, scope) from None
    if not moments:
        return first, end, "lt"
    return _midnight(first, scope), _midnight(end, scope), "lt"


def _midnight(day: date, scope: Scope) -> datetime:
    return datetime.combine(day, time(), scope.zone).astimezone(UTC)
