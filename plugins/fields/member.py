"""People and departments of the organisation, by id; one or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    DEPARTMENT,
    LIST_OPERATORS,
    PERSON,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    Problem,
    Reference,
    Registry,
    Storage,
    Texts,
    clean_text,
    labelled,
    list_of,
    options_of,
    problem,
    split_list,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

LONGEST = 100


class MembersOptions(Options, frozen=True):
    maximum: Annotated[int, labelled("最多几个", "At most", ge=1)] | None = None


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
    often = 1
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


class Members(Field):
    name = "members"
    often = 2
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
    input = "people"
    examples: Examples = (("sales04、sales02", ["sales04", "sales02"]), ([{"id": "sales04"}], ["sales04"]))
    Options = MembersOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(read_id(item) for item in split_list(raw)))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        most = options_of(field, MembersOptions).maximum
        return [problem("value.too_many", limit=most)] if most and len(value) > most else []

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(display.name("person", item) for item in value)

    def search_text(self, value: list[str], field: FieldDefinition) -> str:
        return " ".join(value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("person", many=True)


class Department(Field):
    name = "department"
    often = 3
    label = {"zh": "部门", "en": "Department"}
    icon = "building"
    keywords: tuple[str, ...] = ("组织", "团队", "team")
    doc = {"zh": "一个部门", "en": "One department"}
    texts = Member.texts
    group = "people"
    type = DEPARTMENT
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = "department"
    examples = (("华东销售部", "华东销售部"),)

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_id(raw)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("department", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("department")


class Departments(Members):
    name = "departments"
    often = 4
    label = {"zh": "多个部门", "en": "Departments"}
    icon = "building"
    keywords: tuple[str, ...] = ("组织", "团队", "teams")
    doc = {"zh": "几个部门", "en": "Several departments"}
    type = list_of(DEPARTMENT)
    input = "departments"
    examples = (("华东销售部、法务合规部", ["华东销售部", "法务合规部"]),)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(display.name("department", item) for item in value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("department", many=True)


def register(registry: Registry) -> None:
    registry.add(Member(), Members(), Department(), Departments())
