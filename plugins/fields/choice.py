"""Choosing from a list: one (select, radio), several (multi_select, checkbox_group), several of an open list (tags).

Radio and checkbox group are the same values with another input.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    LIST_OPERATORS,
    TEXT,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    fold,
    labelled,
    list_of,
    options_of,
    problem,
    split_list,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LONGEST = 200


class ChoiceOptions(Options, frozen=True, dict=True):
    choices: Annotated[tuple[Choice, ...], labelled("选项", "Choices", max_length=2000)] = ()

    @cached_property
    def by_value(self) -> Mapping[str, Choice]:
        return {choice.value: choice for choice in self.choices}

    @cached_property
    def merged(self) -> Mapping[str, str]:
        """Values that went into others, and into which."""
        return {choice.value: choice.into for choice in self.choices if choice.into}

    @cached_property
    def offered(self) -> tuple[Choice, ...]:
        """Without those that went into others."""
        return tuple(choice for choice in self.choices if not choice.into) if self.merged else self.choices

    @cached_property
    def by_text(self) -> Mapping[str, str]:
        """What people may write for a choice: its label in any language, whatever the width and case."""
        texts: dict[str, str] = {}
        for choice in (*self.offered, *(choice for choice in self.choices if choice.into)):
            labels = [choice.label] if isinstance(choice.label, str) else list(choice.label.values())
            for text in (*labels, choice.value):
                texts.setdefault(_key(text), choice.value)
        return texts

    def find(self, text: str) -> str | None:
        found = text if text in self.by_value else self.by_text.get(_key(text))
        return found if found is None else self.merged.get(found, found)

    def text(self, value: str, language: str) -> str:
        choice = self.by_value.get(self.merged.get(value, value))
        return choice.text(language) if choice else value


class SelectOptions(ChoiceOptions, frozen=True, dict=True):
    pass


class MultiSelectOptions(ChoiceOptions, frozen=True, dict=True):
    maximum: Annotated[int, labelled("最多选几项", "At most", ge=1)] | None = None


class TagsOptions(MultiSelectOptions, frozen=True, dict=True):
    open: Annotated[bool, labelled("允许新标签", "New tags may be added")] = True


def _key(text: str) -> str:
    return fold(text).casefold()


class Select(Field):
    name = "select"
    often = 1
    label = {"zh": "单选", "en": "Choice"}
    icon = "chevron-down"
    keywords: tuple[str, ...] = ("下拉框", "选项", "dropdown")
    doc = {"zh": "从列表中选一项", "en": "One of a list"}
    texts = {
        "field.no_choices": Texts("还没有选项", "There are no choices yet", severity="warning"),
        "field.choice_twice": Texts("选项“{value}”出现两次", "The choice “{value}” is there twice"),
        "field.choice_into": Texts(
            "选项“{value}”要合并到的“{into}”不是另一个可选的选项",
            "The choice “{value}” cannot go into “{into}”: that is no other choice that is offered",
        ),
        "value.not_a_choice": Texts("“{text}”不在选项中", "“{text}” is not one of the choices"),
        "value.not_one": Texts("这里只能选一项", "Only one can be chosen here"),
    }
    group = "choice"
    operators: tuple[str, ...] = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "select"
    example_options: ClassVar[Mapping[str, Any]] = {
        "choices": [
            {"value": "wecom", "label": {"zh": "企业微信", "en": "WeCom"}},
            {"value": "phone", "label": "电话", "color": "blue"},
            {"value": "重要商机"},
        ]
    }
    examples: Examples = (
        ("wecom", "wecom"),
        ("企业微信", "wecom"),
        (" ＷeCom", "wecom"),
        (["phone"], "phone"),
    )
    Options: ClassVar[OptionsType] = SelectOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options, seen = options_of(field, ChoiceOptions), set[str]()
        found = (
            [] if options.choices or self.open(options) else [problem("field.no_choices", "/options/choices")]
        )
        for place, choice in enumerate(options.choices):
            if choice.value in seen:
                found.append(problem("field.choice_twice", f"/options/choices/{place}", value=choice.value))
            seen.add(choice.value)
            into = options.by_value.get(choice.into)
            if choice.into and (into is None or into.into):
                names = {"value": choice.value, "into": choice.into}
                found.append(problem("field.choice_into", f"/options/choices/{place}/into", **names))
        return found

    def open(self, options: ChoiceOptions) -> bool:
        """May a value stand that is not in the list?"""
        return False

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        if type(raw) is str and raw in field.options.by_value:  # type: ignore[union-attr]
            return field.options.merged.get(raw, raw)  # type: ignore[union-attr]
        if isinstance(raw, (list, tuple)) and len(raw) == 1:
            raw = raw[0]
        if isinstance(raw, (list, tuple, dict)):
            raise BadValue("value.not_one")
        return self.one(raw, options_of(field, ChoiceOptions))

    def one(self, raw: Any, options: ChoiceOptions) -> str:
        text = clean_text(raw, limit=4 * LONGEST)
        value = options.find(text)
        if value is not None:
            return value
        if self.open(options) and text.strip():
            return " ".join(text.split())
        raise BadValue("value.not_a_choice", text=excerpt(text))

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        return options_of(field, ChoiceOptions).text(value, display.language)

    def search_text(self, value: Any, field: FieldDefinition) -> str:
        options = options_of(field, ChoiceOptions)
        values = value if self.many else [value]
        return " ".join(word for item in values for word in _words(item, options))

    def choices(self, field: FieldDefinition) -> tuple[Choice, ...]:
        return options_of(field, ChoiceOptions).offered

    def conditions(self, field: FieldDefinition) -> list[tuple[str, str, str]]:
        return [
            (f"/options/choices/{place}/if", choice.value, choice.condition)
            for place, choice in enumerate(options_of(field, ChoiceOptions).choices)
            if choice.condition and not choice.into
        ]

    def merged(self, field: FieldDefinition) -> Mapping[str, str]:
        return options_of(field, ChoiceOptions).merged


def _words(value: str, options: ChoiceOptions) -> list[str]:
    choice = options.by_value.get(options.merged.get(value, value))
    if choice is None or not choice.label:
        return [value]
    return [choice.label] if isinstance(choice.label, str) else list(choice.label.values())


class Radio(Select):
    name = "radio"
    often = 3
    label = {"zh": "单选按钮", "en": "Radio buttons"}
    icon = "check"
    keywords: tuple[str, ...] = ("单选", "下拉框")
    twin = "select"
    doc = {"zh": "从并排的几项中选一项", "en": "One of a few that stand side by side"}
    input = "radio"


class MultiSelect(Select):
    name = "multi_select"
    often = 2
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
        most = options_of(field, MultiSelectOptions).maximum
        return [problem("value.too_many", limit=most)] if most and len(value) > most else []

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        options = options_of(field, ChoiceOptions)
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(dict.fromkeys(options.text(item, display.language) for item in value))


class CheckboxGroup(MultiSelect):
    name = "checkbox_group"
    often = 4
    label = {"zh": "复选框组", "en": "Checkboxes"}
    icon = "check"
    keywords: tuple[str, ...] = ("复选框", "多选")
    twin = "multi_select"
    doc = {"zh": "勾选几项", "en": "Several, ticked"}
    input = "checks"


class Tags(MultiSelect):
    name = "tags"
    often = 5
    label = {"zh": "标签", "en": "Tags"}
    icon = "tag"
    keywords: tuple[str, ...] = ("标记", "label")
    doc = {"zh": "标签，可随手新增", "en": "Tags; new ones as one goes"}
    input = "tags"
    examples = (("企业微信, 新的 标签", ["wecom", "新的 标签"]), (["重要商机"], ["重要商机"]))
    Options = TagsOptions

    def open(self, options: ChoiceOptions) -> bool:
        return isinstance(options, TagsOptions) and options.open


def register(registry: Registry) -> None:
    registry.add(Select(), Radio(), MultiSelect(), CheckboxGroup(), Tags())
