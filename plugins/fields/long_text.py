"""Several lines of text, kept letter for letter: what every text is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    PythonClass,
    Registry,
    Texts,
    clean_text,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

TEXTS = {
    "field.bad_pattern": Texts("格式（正则表达式）不正确：{reason}", "The pattern is not valid: {reason}"),
    "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
    "value.too_short": Texts("至少 {limit} 个字", "At least {limit} characters"),
    "value.too_many_letters": Texts("最多 {limit} 个字", "At most {limit} characters"),
    "value.wrong_pattern": Texts("格式不正确", "It does not have the right form"),
    "value.wrong_preset": Texts("“{text}”不是正确的{kind}", "This is not right: “{text}” ({kind})"),
}


class TextOptions(Options, frozen=True):
    min_length: Annotated[int, labelled("最少字数", "Minimum length", ge=1)] | None = None
    max_length: Annotated[int, labelled("最多字数", "Maximum length", ge=1)] | None = None
    placeholder: Annotated[str | dict[str, str], labelled("占位提示", "Placeholder")] = ""


class LongText(Field):
    name = "long_text"
    label = {"zh": "多行文本", "en": "Long text"}
    icon = "align-left"
    keywords: tuple[str, ...] = ("备注", "说明", "段落", "textarea", "notes")
    doc = {"zh": "一段或几段文字，原样保存", "en": "Paragraphs, kept letter for letter"}
    texts = TEXTS
    group = "text"
    exact: PythonClass | None = str
    searchable = True
    sortable = False
    personal = True
    operators: tuple[str, ...] = TEXT_OPERATORS
    input = "textarea"
    examples: Examples = (
        ("第一行\r\n  second line", "第一行\n  second line"),
        (" kept ", " kept "),
    )
    Options: ClassVar[OptionsType] = TextOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, TextOptions)
        if options.min_length and options.max_length and options.min_length > options.max_length:
            return [problem("field.limits_crossed", "/options/min_length")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return clean_text(raw).replace("\r\n", "\n")

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        options = options_of(field, TextOptions)
        if options.min_length and len(value) < options.min_length:
            return [problem("value.too_short", limit=options.min_length)]
        if options.max_length and len(value) > options.max_length:
            return [problem("value.too_many_letters", limit=options.max_length)]
        return []


def register(registry: Registry) -> None:
    registry.add(LongText())
