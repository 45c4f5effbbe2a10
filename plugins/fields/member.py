"""A person of the organisation, by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    PERSON,
    BadValue,
    Display,
    Examples,
    Field,
    Reference,
    Registry,
    Texts,
    clean_text,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

LONGEST = 100


def read_id(raw: Any) -> str:
    """An id, bare or as `{"id": …}`; whether somebody has it is the write path's question."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    identifier = clean_text(raw, limit=4 * LONGEST).strip()
    if not identifier or len(identifier) > LONGEST:
        raise BadValue("value.not_an_id")
    return identifier


class Member(Field):
    name = "member"
    label = {"zh": "成员", "en": "Person"}
    icon = "user"
    keywords: tuple[str, ...] = ("人员", "用户", "负责人", "user", "owner")
    doc = {"zh": "一位同事", "en": "One colleague"}
    texts = {"value.not_an_id": Texts("这里应填一个编号", "This should be one id")}
    group = "people"
    type = PERSON
    exact = str
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = "person"
    examples: Examples = (("sales04", "sales04"), ({"id": "sales04"}, "sales04"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_id(raw)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("person", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("person")


def register(registry: Registry) -> None:
    registry.add(Member())
