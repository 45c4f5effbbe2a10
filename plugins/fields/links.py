"""Links to several records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    LIST_OPERATORS,
    Display,
    Problem,
    Registry,
    Storage,
    Type,
    labelled,
    list_of,
    options_of,
    show_list,
    split_list,
    too_many,
)
from plugins.fields.link import Link, LinkOptions, read_record

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class LinksOptions(LinkOptions, frozen=True):
    maximum: Annotated[int, labelled("最多几条", "At most", ge=1)] | None = None


class Links(Link):
    name = "links"
    label = {"zh": "关联多条记录", "en": "Links"}
    doc = {"zh": "指向另一表单的几条记录", "en": "Points at several records of a form"}
    storage = Storage.JSON
    many = True
    operators = LIST_OPERATORS
    input = "records"
    examples = (("12,13", ["12", "13"]), ([12, "12"], ["12"]))
    Options = LinksOptions

    def expression_type(self, field: FieldDefinition) -> Type:
        return list_of(super().expression_type(field))

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(read_record(item) for item in split_list(raw)))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        return too_many(value, options_of(field, LinksOptions).maximum)

    def to_storage(self, value: list[str], field: FieldDefinition) -> list[str]:
        return value

    def from_storage(self, raw: list[str], field: FieldDefinition) -> list[str]:
        return raw

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        return show_list((display.name("record", item) for item in value), display.language)


def register(registry: Registry) -> None:
    registry.add(Links())
