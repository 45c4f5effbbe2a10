"""The number the system gives every record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import CHOICE_AGGREGATES, CHOICE_OPERATORS, Examples, Registry
from plugins.fields.link import read_record
from plugins.fields.record_head import Head

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class RecordId(Head):
    name, part = "record_id", "id"
    label = {"zh": "记录编号", "en": "Record id"}
    icon = "hash"
    doc = {"zh": "系统给每条记录的唯一编号", "en": "The number the system gives every record"}
    keywords: tuple[str, ...] = ("主键", "uuid", "key")
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    examples: Examples = ((12, "12"), ("9007199254740993", "9007199254740993"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_record(raw)


def register(registry: Registry) -> None:
    registry.add(RecordId())
