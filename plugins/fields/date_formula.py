"""A date so long after, or before, another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    DATE,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    Display,
    Field,
    Formula,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    labelled,
    options_of,
    read_date,
    show_date,
)
from plugins.fields.composed import TEXTS, unknown_fields

if TYPE_CHECKING:
    from datetime import date

    from metamodel.plugin_api import App, Derived, FieldDefinition


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
        found = unknown_fields(app, field, [options.start], "/options/start")
        return [*found, *unknown_fields(app, field, names, "/options/plus")]

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
    registry.add(DateFormula())
