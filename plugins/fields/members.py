"""Several colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    LIST_OPERATORS,
    PERSON,
    Display,
    Examples,
    Field,
    Options,
    Problem,
    Reference,
    Registry,
    Storage,
    labelled,
    list_of,
    options_of,
    show_list,
    split_list,
    too_many,
)
from plugins.fields.member import Member, read_id

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class MembersOptions(Options, frozen=True):
    maximum: Annotated[int, labelled("最多几个", "At most", ge=1)] | None = None


class Members(Field):
    name = "members"
    label = {"zh": "多名成员", "en": "People"}
    icon = "users"
    keywords: tuple[str, ...] = ("人员", "用户", "协作人", "users")
    doc = {"zh": "几位同事", "en": "Several colleagues"}
    texts = Member.texts
    group = "people"
    storage = Storage.JSON
    type = list_of(PERSON)
    many = True
    sortable = False
    operators = LIST_OPERATORS
    aggregates = CHOICE_AGGREGATES
    target: Literal["person", "department", "role"] = "person"  # what its ids are of
    input = "people"
    examples: Examples = (("sales04、sales02", ["sales04", "sales02"]), ([{"id": "sales04"}], ["sales04"]))
    Options = MembersOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(read_id(item) for item in split_list(raw)))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        return too_many(value, options_of(field, MembersOptions).maximum)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        return show_list((display.name(self.target, item) for item in value), display.language)

    def search_text(self, value: list[str], field: FieldDefinition) -> str:
        return " ".join(value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference(self.target, many=True)


def register(registry: Registry) -> None:
    registry.add(Members())
