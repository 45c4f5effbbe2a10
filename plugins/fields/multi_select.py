"""Several choices of a list, and the same as boxes to tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    LIST_OPERATORS,
    TEXT,
    Display,
    Problem,
    Registry,
    Storage,
    labelled,
    list_of,
    options_of,
    show_list,
    split_list,
    too_many,
)
from plugins.fields.choice import ChoiceOptions
from plugins.fields.select import Select

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class MultiSelectOptions(ChoiceOptions, frozen=True, dict=True):
    maximum: Annotated[int, labelled("最多选几项", "At most", ge=1)] | None = None


class MultiSelect(Select):
    name = "multi_select"
    label = {"zh": "多选", "en": "Several choices"}
    icon = "list-checks"
    keywords: tuple[str, ...] = ("下拉复选", "多选框", "dropdown")
    doc = {"zh": "从列表中选几项", "en": "Several of a list"}
    storage = Storage.JSON
    type = list_of(TEXT)
    many = True
    sortable = False
    operators = LIST_OPERATORS
    input = "several"
    examples = (("企业微信、电话", ["wecom", "phone"]), (["phone", "phone"], ["phone"]))
    Options = MultiSelectOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        options = options_of(field, ChoiceOptions)
        if isinstance(raw, str) and (whole := options.find(raw)) is not None:
            return [whole]
        return list(dict.fromkeys(self.one(item, options) for item in split_list(raw)))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        return too_many(value, options_of(field, MultiSelectOptions).maximum)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        options = options_of(field, ChoiceOptions)
        return show_list(
            dict.fromkeys(options.text(item, display.language) for item in value), display.language
        )


class CheckboxGroup(MultiSelect):
    name = "checkbox_group"
    label = {"zh": "复选框组", "en": "Checkboxes"}
    icon = "check"
    keywords: tuple[str, ...] = ("复选框", "多选")
    twin = "multi_select"
    doc = {"zh": "勾选几项", "en": "Several, ticked"}
    input = "checks"


def register(registry: Registry) -> None:
    registry.add(MultiSelect(), CheckboxGroup())
