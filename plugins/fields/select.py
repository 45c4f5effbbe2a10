"""One choice of a list, and the same as buttons side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    OptionsType,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    options_of,
    problem,
)
from plugins.fields.choice import LONGEST, ChoiceOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition


class SelectOptions(ChoiceOptions, frozen=True, dict=True):
    pass


class Select(Field):
    name = "select"
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
        return " ".join(word for item in values for word in options.words(item))

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


class Radio(Select):
    name = "radio"
    label = {"zh": "单选按钮", "en": "Radio buttons"}
    icon = "check"
    keywords: tuple[str, ...] = ("单选", "下拉框")
    twin = "select"
    doc = {"zh": "从并排的几项中选一项", "en": "One of a few that stand side by side"}
    input = "radio"


def register(registry: Registry) -> None:
    registry.add(Select(), Radio())
