"""Values made of the record's other fields without writing a formula: a text put together, an amount in capitals,
a date so long after another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    DATE,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    TEXT_OPERATORS,
    Display,
    Field,
    Formula,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    Texts,
    clean_text,
    form_of,
    labelled,
    options_of,
    problem,
    read_date,
    show_date,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from metamodel.plugin_api import App, Derived, FieldDefinition

_PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
TEXTS = {
    "field.no_source": Texts("没有字段“{field}”", "There is no field “{field}”"),
    "field.nothing_composed": Texts("请填写由哪些字段组成", "Say what it is made of"),
}


def _unknown(app: App, field: FieldDefinition, names: list[str], path: str) -> Iterator[Problem]:
    form = form_of(app, field)
    known = {one.id for one in form.fields} if form else set()
    for name in names:
        if form is not None and name.split(".")[0] not in known:
            yield problem("field.no_source", path, field=name)


class CombinationOptions(Options, frozen=True):
    template: Annotated[
        str, labelled("组成，如 {name}-{number}", "Made of, like {name}-{number}", max_length=1000)
    ]


class TextCombination(Field):
    name = "text_combination"
    label = {"zh": "文本组合", "en": "Text combination"}
    icon = "text"
    keywords: tuple[str, ...] = ("拼接", "组合", "concatenate")
    doc = {"zh": "由本记录几个字段拼成的文字", "en": "A text put together from fields of the record"}
    texts = TEXTS
    group = "relation"
    searchable = True
    operators = TEXT_OPERATORS
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"template": "{title}!"}
    examples = ((" 甲-001 ", "甲-001"),)
    Options: ClassVar[OptionsType] = CombinationOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        names = _PLACE.findall(options_of(field, CombinationOptions).template)
        if not names:
            return [problem("field.nothing_composed", "/options/template")]
        return list(_unknown(app, field, names, "/options/template"))

    def derived(self, field: FieldDefinition) -> Derived:
        parts = _PLACE.split(options_of(field, CombinationOptions).template)
        made = [part if number % 2 else _quoted(part) for number, part in enumerate(parts) if part]
        return Formula(f"CONCAT({', '.join(made)})" if made else "''")

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return " ".join(clean_text(raw).split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ").replace("\r", " ")
    return f"'{escaped}'"


class CapitalsOptions(Options, frozen=True):
    amount: Annotated[str, labelled("金额字段", "Field of the amount", picks="field")]


class Capitals(Field):
    name = "capitals"
    label = {"zh": "大写金额", "en": "Amount in capitals"}
    icon = "coin"
    keywords: tuple[str, ...] = ("人民币大写", "大写数字", "rmb")
    doc = {"zh": "把一个金额写成中文大写", "en": "An amount written out in Chinese"}
    texts = TEXTS
    group = "number"
    operators = TEXT_OPERATORS
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"amount": "title"}
    examples = (("壹佰元整", "壹佰元整"),)
    Options: ClassVar[OptionsType] = CapitalsOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        return list(_unknown(app, field, [options_of(field, CapitalsOptions).amount], "/options/amount"))

    def derived(self, field: FieldDefinition) -> Derived:
        return Formula(f"CNY_CAPITALS({options_of(field, CapitalsOptions).amount})")

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return clean_text(raw).strip()


class DateFormulaOptions(Options, frozen=True):
    start: Annotated[str, labelled("从哪个日期", "From which date", picks="field")]
    plus: Annotated[str, labelled("加多少（数或字段）", "Plus how many (a number or a field)")] = "0"
    unit: Annotated[Literal["days", "workdays", "months", "years"], labelled("单位", "Of")] = "days"


class DateFormula(Field):
    name = "date_formula"
    label = {"zh": "日期公式", "en": "Date formula"}
    icon = "calendar"
    keywords: tuple[str, ...] = ("到期日", "日期计算", "deadline")
    doc = {
        "zh": "某个日期之后（或之前）若干天、工作日、月或年",
        "en": "So long after (or before) a date",
    }
    texts = TEXTS
    group = "time"
    storage = Storage.DATE
    type = DATE
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"start": "title", "plus": "30"}
    examples = (("2026-12-01", "2026-12-01"),)
    Options: ClassVar[OptionsType] = DateFormulaOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, DateFormulaOptions)
        names = [] if _is_number(options.plus) else [options.plus]
        found = _unknown(app, field, [options.start], "/options/start")
        return [*found, *_unknown(app, field, names, "/options/plus")]

    def derived(self, field: FieldDefinition) -> Derived:
        options = options_of(field, DateFormulaOptions)
        start, plus = options.start, options.plus or "0"
        return Formula({
            "days": f"{start} + DAYS_DURATION({plus})",
            "workdays": f"WORKDAY({start}, {plus})",
            "months": f"EDATE({start}, {plus})",
            "years": f"EDATE({start}, 12 * ({plus}))",
        }[options.unit])  # fmt: skip

    def parse(self, raw: Any, field: FieldDefinition) -> date:
        return read_date(raw)

    def to_json(self, value: date, field: FieldDefinition) -> str:
        return value.isoformat()

    def display(self, value: date, field: FieldDefinition, display: Display) -> str:
        return show_date(value, display.language)


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").isdigit() or not text.strip()


def register(registry: Registry) -> None:
    registry.add(TextCombination(), Capitals(), DateFormula())
