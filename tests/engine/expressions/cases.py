"""The case table, and given values as columns of a real table: what the expression tests share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.expressions import EvaluationContext
from engine.sql_expressions import SqlValue
from engine.values import encode, parse_json
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Field, Options, Storage

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a Friday
CONTEXT = EvaluationContext(
    now=NOW,
    me={"id": "sales04", "name": "周敏", "department": "east", "departments_below": ["east", "east_1"]},
    keywords=lambda code: {"risk": ["不满意", "竞品A"]}.get(code, []),
)
CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "expressions.json").read_text(), parse_float=Decimal
)

_STORAGE = {
    "text": Storage.TEXT, "person": Storage.TEXT, "department": Storage.TEXT, "record": Storage.INTEGER,
    "number": Storage.DECIMAL, "boolean": Storage.BOOLEAN, "date": Storage.DATE, "datetime": Storage.TIMESTAMP,
    "duration": Storage.INTEGER, "list": Storage.JSON,
}  # fmt: skip

given_values = sa.Table(
    "given_values", sa.MetaData(),
    sa.Column("row", sa.Integer), sa.Column("path", sa.Text),
    sa.Column("text", sa.Text), sa.Column("whole", sa.BigInteger),
)  # fmt: skip


class Stored(Field):
    """A field type of any kind, so that a given value lies in a column as a field's would."""

    name = "stored"
    label = "Stored"

    def __init__(self, type_: Type, scale: int) -> None:
        self.type, self._scale = type_, scale
        self.storage, self.many = _STORAGE[type_.kind], type_.kind == "list"

    def scale(self, field: FieldDefinition) -> int:
        return self._scale


def stored_field(name: str, type_: Type, value: Any) -> FieldDefinition:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    field_type = Stored(type_.plain(), max(0, -int(exponent)))
    return FieldDefinition(name, "stored", field_type, name, options=Options(), sealed=type_.sealed)


def _has_column(value: Any, type_: Type) -> bool:
    rows = isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
    return type_.kind in _STORAGE and not isinstance(value, Mapping) and not rows


def rows_of(row: int, values: Mapping[str, Any], types: Mapping[str, Type]) -> Iterable[dict[str, Any]]:
    """The given values of a case as rows of `given_values`, encoded as the write path encodes them."""
    for name, value in values.items():
        if not _has_column(value, types[name]):
            continue
        raw = encode(value, stored_field(name, types[name], value))
        is_text = isinstance(raw, str)
        yield {
            "row": row, "path": name, "text": raw if is_text else None, "whole": None if is_text else raw,
        }  # fmt: skip


class GivenColumns:
    """Resolves names to the columns of one case."""

    def __init__(self, row: int, values: Mapping[str, Any], types: Mapping[str, Type]) -> None:
        self.row, self.values, self.types = row, values, types

    def column(self, path: tuple[str, ...]) -> tuple[sa.ColumnElement[Any], FieldDefinition]:
        name = ".".join(path)
        if name not in self.values or not _has_column(self.values[name], self.types[name]):
            raise KeyError(name)
        field = stored_field(name, self.types[name], self.values[name])
        is_text = field.type is not None and field.type.storage in (Storage.TEXT, Storage.JSON)
        source = given_values.alias()
        column = source.c.text if is_text else source.c.whole
        found = sa.select(column).where(source.c.row == self.row, source.c.path == name)
        return found.scalar_subquery(), field


def python_value(raw: Any, made: SqlValue) -> Any:
    """What a database answered for a SqlValue, as the Python evaluators would have it."""
    if raw is None:
        return None
    match made.type.kind:
        case "number":
            return Decimal(str(raw)).scaleb(-made.scale)
        case "boolean":
            return bool(raw)
        case "date":
            return date.fromordinal(int(raw))
        case "datetime":
            return from_microseconds(int(raw))
        case "duration":
            return timedelta(microseconds=int(raw))
        case "list":
            return parse_json(raw)
    return str(raw)
