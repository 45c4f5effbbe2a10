"""Days."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    DATE,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    Display,
    Field,
    Options,
    Problem,
    Registry,
    Storage,
    Texts,
    day_of,
    labelled,
    options_of,
    problem,
    read_date,
    show_date,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

TEXTS = {"field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum")}


class DateOptions(Options, frozen=True):
    earliest: Annotated[date | None, labelled("最早", "Earliest")] = None
    latest: Annotated[date | None, labelled("最晚", "Latest")] = None


class Zoned(Field):
    """`zone` is asked anew each time: an installation may change it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @property
    def zone(self) -> tzinfo:
        return self._registry.zone


class Date(Zoned):
    name = "date"
    label = {"zh": "日期", "en": "Date"}
    icon = "calendar"
    keywords: tuple[str, ...] = ("日子", "年月日", "day")
    doc = {"zh": "某一天", "en": "A day"}
    texts = TEXTS
    group = "time"
    storage = Storage.DATE
    type = DATE
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    input = "date"
    examples = (
        ("2026-11-20", "2026-11-20"),
        ("2026/1/5", "2026-01-05"),
        ("２０２６年１１月２０日", "2026-11-20"),
        ("20240229", "2024-02-29"),
    )
    Options = DateOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, DateOptions)
        if options.earliest and options.latest and options.earliest > options.latest:
            return [problem("field.limits_crossed", "/options/earliest")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> date:
        if isinstance(raw, datetime):  # computed: the day it is here
            return day_of(raw, self.zone)
        return read_date(raw)

    def check(self, value: date, field: FieldDefinition) -> list[Problem]:
        options = options_of(field, DateOptions)
        if options.earliest and value < options.earliest:
            return [problem("value.too_small", limit=show_date(options.earliest))]
        if options.latest and value > options.latest:
            return [problem("value.too_large", limit=show_date(options.latest))]
        return []

    def to_json(self, value: date, field: FieldDefinition) -> str:
        return value.isoformat()

    def display(self, value: date, field: FieldDefinition, display: Display) -> str:
        return show_date(value, display.language)


def register(registry: Registry) -> None:
    registry.add(Date(registry))
