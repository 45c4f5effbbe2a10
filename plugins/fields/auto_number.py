"""A number the write path gives by itself: `HH{yyyyMMdd}-{0000}` → HH20261120-0001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    AutoNumber as AutoNumberSource,
    Field,
    Options,
    Problem,
    Registry,
    Texts,
    clean_text,
    form_of,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

_PART = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"0{1,12}")
_PERIODS: dict[str, Literal["year", "month", "day"]] = {"yyyy": "year", "yyyyMM": "month", "yyyyMMdd": "day"}


class AutoNumberOptions(Options, frozen=True):
    pattern: Annotated[
        str, labelled("格式，如 HH{yyyyMMdd}-{0000}", "Pattern, like HH{yyyyMMdd}-{0000}", max_length=100)
    ] = "{000000}"
    starts_again: Annotated[
        Literal["", "never", "year", "month", "day"],
        labelled("重新计数（空：随日期）", "Starts again (blank: with its date)"),
    ] = ""
    dated_by: Annotated[
        str,
        labelled(
            "日期取自字段（空：当天）", "Dated by our field (blank: the day it is given)", picks="field"
        ),
    ] = ""
    gap_free: Annotated[
        bool, labelled("号码连续（保存会排队）", "Without gaps (records are saved one after the other)")
    ] = False


class AutoNumber(Field):
    name = "auto_number"
    label = {"zh": "自动编号", "en": "Automatic number"}
    icon = "hash"
    keywords: tuple[str, ...] = ("流水号", "编号", "单号", "serial")
    doc = {"zh": "保存时自动给出，不重复", "en": "Given when saved, never twice"}
    texts = {
        "field.number_part": Texts(
            "编号格式不认识 {part}",
            "The pattern does not know {part}",
            "可用 {{yyyy}} {{yyyyMM}} {{yyyyMMdd}} 和 {{0000}}",
            "There are {{yyyy}} {{yyyyMM}} {{yyyyMMdd}} and {{0000}}",
        ),
        "field.number_counter": Texts(
            "编号格式要有且只有一个计数部分，如 {{0000}}",
            "The pattern needs exactly one counter, like {{0000}}",
        ),
        "field.number_undated": Texts(
            "“{field}”不是本表单的日期字段", "“{field}” is not a date or a date and time of this form"
        ),
        "field.number_repeats": Texts(
            "编号会重复：重新计数的周期比格式中的日期短",
            "Numbers would repeat: counting starts again more often than the date in the pattern changes",
        ),
    }
    operators = TEXT_OPERATORS
    searchable = True
    input = "none"
    example_options = {"pattern": "HH{yyyyMMdd}-{0000}"}
    examples = (("HH20261120-0001", "HH20261120-0001"),)
    Options = AutoNumberOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, AutoNumberOptions)
        parts = _PART.findall(options.pattern)
        unknown = [part for part in parts if part not in _PERIODS and not _COUNTER.fullmatch(part)]
        found = [problem("field.number_part", "/options/pattern", part="{" + part + "}") for part in unknown]
        if sum(bool(_COUNTER.fullmatch(part)) for part in parts) != 1:
            found.append(problem("field.number_counter", "/options/pattern"))
        form = form_of(app, field)
        if options.dated_by and form and _type_name(form.field(options.dated_by)) not in ("date", "datetime"):
            found.append(problem("field.number_undated", "/options/dated_by", field=options.dated_by))
        order = ("never", "year", "month", "day")
        if order.index(options.starts_again or "never") > order.index(_finest(options.pattern)):
            found.append(problem("field.number_repeats", "/options/starts_again"))
        return found

    def derived(self, field: FieldDefinition) -> AutoNumberSource:
        options = options_of(field, AutoNumberOptions)
        again = options.starts_again or _finest(options.pattern)
        return AutoNumberSource(options.pattern, again, options.dated_by, options.gap_free)

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return clean_text(raw, limit=400).strip()


def _type_name(field: FieldDefinition | None) -> str:
    return field.type_name if field else ""


def _finest(pattern: str) -> Literal["never", "year", "month", "day"]:
    found = sorted((part for part in _PART.findall(pattern) if part in _PERIODS), key=len)
    return _PERIODS[found[-1]] if found else "never"


def register(registry: Registry) -> None:
    registry.add(AutoNumber())
