"""What our field types read, refuse and show: rows of (type, options, sent, JSON or problem code)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Display, Registry

ROWS: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("text", {}, "\u200ba\tb", "\u200ba\tb"),
    ("text", {}, "\u202eabc", "\u202eabc"),
    ("long_text", {}, "a" * (10 * 1024 * 1024), "a" * (10 * 1024 * 1024)),
    ("long_text", {}, "a" * (10 * 1024 * 1024 + 1), "value.too_long"),
    ("integer", {}, "1.5", "value.not_whole"),
    ("integer", {}, 2**53, "value.out_of_range"),
    ("integer", {}, True, "value.not_a_number"),
    ("integer", {}, "1,23", "value.not_a_number"),
    ("decimal", {"places": 2}, "1.005", "value.too_precise"),
    ("decimal", {"places": 2}, Decimal("1.005"), "1.00"),
    ("decimal", {"places": 2}, Decimal("1.015"), "1.02"),
    ("decimal", {"places": 10}, "99999999.9999999999", "99999999.9999999999"),
    ("decimal", {"places": 10}, "100000000", "value.out_of_range"),
    ("decimal", {"places": 0}, "-0", "0"),
    ("money", {}, "¥ 1，234．5", "1234.50"),
    ("money", {}, "1.2亿", "120000000.00"),
    ("money", {"currency": "JPY"}, "1200", "1200"),
    ("money", {"currency": "JPY"}, "1200.5", "value.too_precise"),
    ("money", {}, "九块", "value.not_a_number"),
    ("percent", {}, "12.345%", "value.too_precise"),
    ("percent", {}, "100％", "1.0000"),
    ("boolean", {"yes": "同意", "no": "拒绝"}, "同意", True),
    ("boolean", {"yes": "同意", "no": "拒绝"}, "拒绝", False),
    ("boolean", {}, "也许", "value.not_yes_or_no"),
    ("select", {"choices": [{"value": "a", "label": "甲"}]}, "乙", "value.not_a_choice"),
    ("select", {"choices": [{"value": "a"}, {"value": "b"}]}, ["a", "b"], "value.not_one"),
    ("multi_select", {"choices": [{"value": "a,b"}, {"value": "c"}]}, "a,b", ["a,b"]),
    ("tags", {"open": False}, "新", "value.not_a_choice"),
    ("tags", {}, " 重要 ;; 商机 ", ["重要", "商机"]),
    ("date", {}, "2023-02-29", "value.not_a_date"),
    ("date", {}, "2024年2月29日", "2024-02-29"),
    ("date", {}, "2026-11-20 09:05", "value.not_a_date"),
    ("date", {}, datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "2026-11-21"),
    ("datetime", {}, "2026/11/20 9:05", "2026-11-20T01:05:00Z"),
    ("datetime", {}, "2026年11月20日 9点05分", "2026-11-20T01:05:00Z"),
    ("datetime", {}, "2026-11-20", "2026-11-19T16:00:00Z"),
    ("datetime", {}, date(2026, 11, 20), "2026-11-19T16:00:00Z"),
    ("datetime", {}, "2026-11-20T24:00", "value.not_a_time"),
    ("datetime", {}, "0001-01-01 00:00", "value.out_of_range"),
    ("datetime", {}, 1_788_227_313_397, "value.not_a_time"),
    ("duration", {}, "3天 2小时", "P3DT2H"),
    ("duration", {}, "1:05:30", "PT1H5M30S"),
    ("duration", {}, "半天", "value.not_a_duration"),
    ("duration", {}, "0.0000001", "value.too_precise"),
    ("link", {"form": "note"}, "abc", "value.not_a_record"),
    ("link", {"form": "note"}, 0, "value.not_a_record"),
    ("link", {"form": "note"}, 2**63, "value.not_a_record"),
    ("attachment", {}, ["x"], "value.not_a_file"),
    ("message_participants", {}, [{"id": "a", "kind": "robot"}], "value.not_a_participant"),
    ("message_participants", {}, [{"kind": "staff"}], "value.not_a_participant"),
    ("email", {}, "张三@公司", "value.wrong_preset"),
    ("mobile", {}, "12345678901", "value.wrong_preset"),
    ("url", {}, "javascript:alert(1)", "value.wrong_preset"),
    ("formula", {"expression": "x", "result": "duration"}, timedelta(minutes=5), "PT5M"),
    ("formula", {"expression": "x", "result": "boolean"}, True, True),
    ("formula", {"expression": "x", "places": 4}, Decimal(1) / 3, "0.3333"),
]

SHOWN: list[tuple[str, dict[str, Any], Any, str, str]] = [
    ("money", {}, "1234.5", "¥1,234.50", "¥1,234.50"),
    ("money", {"currency": "USD"}, "-5", "-US$5.00", "-US$5.00"),
    ("percent", {"places": 1}, "0.125", "12.5%", "12.5%"),
    ("decimal", {"unit": {"zh": "吨", "en": "t"}}, "1200", "1,200.00 吨", "1,200.00 t"),
    ("duration", {}, "2:05", "2 小时 5 分", "2 h 5 min"),
    ("duration", {}, 0, "0 秒", "0 s"),
    ("date", {}, "2026-11-02", "2026-11-02", "2 Nov 2026"),
    ("datetime", {}, "2026-11-20T01:05:07Z", "2026-11-20 09:05", "20 Nov 2026, 09:05"),
    ("datetime", {"seconds": True}, "2026-11-20T01:05:07Z", "2026-11-20 09:05:07", "20 Nov 2026, 09:05:07"),
    ("boolean", {}, True, "是", "Yes"),
    ("rating", {}, 4, "4 / 5", "4 / 5"),
    ("multi_select", {"choices": [{"value": "a", "label": {"zh": "甲", "en": "A"}}, {"value": "b"}]},
     ["a", "b"], "甲、b", "A, b"),
    ("member", {}, "sales04", "周婧", "周婧"),
    ("formula", {"expression": "x", "result": "money"}, "-3", "-¥3.00", "-¥3.00"),
]  # fmt: skip


def define(registry: Registry, name: str, options: dict[str, Any]) -> FieldDefinition:
    type_ = registry.get("field", name)
    return FieldDefinition("it", name, type_, "It", msgspec.convert(options, type_.Options))


@pytest.mark.parametrize(("name", "options", "sent", "expected"), ROWS, ids=lambda item: repr(item)[:30])
def test_reading(registry: Registry, name: str, options: dict[str, Any], sent: Any, expected: Any) -> None:
    field = define(registry, name, options)
    assert field.type is not None
    try:
        result = field.type.to_json(field.type.parse(sent, field), field)
    except BadValue as error:
        result = error.code
    assert result == expected


@pytest.mark.parametrize(("name", "options", "sent", "zh", "en"), SHOWN)
def test_showing(registry: Registry, name: str, options: dict[str, Any], sent: Any, zh: str, en: str) -> None:
    field = define(registry, name, options)
    assert field.type is not None
    value = field.type.parse(sent, field)
    names = {("person", "sales04"): "周婧"}
    shown = [
        field.type.display(value, field, Display(language, ZoneInfo("Asia/Shanghai"), names))
        for language in ("zh", "en")
    ]
    assert shown == [zh, en]


@pytest.mark.parametrize(
    ("name", "options", "sent"),
    [
        (
            "multi_select",
            {"choices": [{"value": "甲"}, {"value": "乙"}, {"value": "丙"}]},
            ["甲", "乙", "丙"],
        ),
        ("members", {}, ["sales02", "sales04", "sales05"]),
        ("roles", {}, ["legal", "sales", "board"]),
        ("links", {"form": "note"}, ["1", "2", "3"]),
        ("attachment", {}, ["1", "2", "3"]),
        ("image", {}, ["1", "2", "3"]),
        ("text_list", {}, ["甲", "乙", "丙"]),
        ("checklist", {}, ["甲", "乙", "丙"]),
    ],
)
def test_a_list_may_have_a_longest_length(
    registry: Registry, name: str, options: dict[str, Any], sent: Any
) -> None:
    for most, told in ((2, [("value.too_many", {"limit": 2})]), (3, []), (None, [])):
        field = define(registry, name, {**options, "maximum": most})
        assert field.type is not None
        problems = field.type.check(field.type.parse(sent, field), field)
        assert [(problem.code, dict(problem.params)) for problem in problems] == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-08 01:59", "2026-03-08T06:59:00Z"),
        ("2026-03-08 02:30", "value.no_such_time"),
        ("2026-03-08 03:00", "2026-03-08T07:00:00Z"),
        ("2026-11-01 01:30", "2026-11-01T05:30:00Z"),  # comes twice: the first
        ("2026-11-01T01:30-05:00", "2026-11-01T06:30:00Z"),
    ],
)
def test_daylight_saving(text: str, expected: str) -> None:
    from plugins.fields.datetime import register

    registry = Registry()
    registry.zone = ZoneInfo("America/New_York")
    register(registry)
    assert read_moment_of(registry, text) == expected


def read_moment_of(registry: Registry, text: str) -> Any:
    field = define(registry, "datetime", {})
    assert field.type is not None
    try:
        return field.type.to_json(field.type.parse(text, field), field)
    except BadValue as error:
        return error.code


def test_a_sub_form_reads_checks_and_keeps_its_cells(registry: Registry) -> None:
    quantity = FieldDefinition(
        "quantity", "integer", registry.get("field", "integer"), "数量",
        msgspec.convert({"maximum": 10}, registry.get("field", "integer").Options), required=True,
    )  # fmt: skip
    due = FieldDefinition(
        "due", "date", registry.get("field", "date"), "到期",
        msgspec.convert({}, registry.get("field", "date").Options),
    )  # fmt: skip
    type_ = registry.get("field", "sub_form")
    field = FieldDefinition("items", "sub_form", type_, "明细", type_.Options(), fields=(quantity, due))
    rows = type_.parse([{"quantity": "１２", "due": "2026/1/5"}, {"due": ""}], field)
    assert rows == [{"quantity": 12, "due": date(2026, 1, 5)}, {}]
    assert [(found.code, found.path) for found in type_.check(rows, field)] == [
        ("value.too_large", "/0/quantity"),
        ("value.required", "/1/quantity"),
    ]
    assert type_.from_storage(type_.to_storage(rows, field), field) == rows
    with pytest.raises(BadValue) as refused:
        type_.parse([{"quantity": 1}, {"quantity": "many"}], field)
    assert (refused.value.code, refused.value.params["row"]) == ("value.bad_cell", 2)


@pytest.mark.parametrize(
    ("name", "options", "problems"),
    [
        ("auto_number", {"pattern": "A{yyyy}"}, ["field.number_counter"]),
        ("auto_number", {"pattern": "A{000}{0}"}, ["field.number_counter"]),
        ("auto_number", {"pattern": "A{week}{000}"}, ["field.number_part"]),
        ("auto_number", {"pattern": "A{yyyy}{000}", "starts_again": "day"}, ["field.number_repeats"]),
        ("auto_number", {"pattern": "A{yyyyMM}{000}", "starts_again": "year"}, []),
        ("text", {"pattern": "("}, ["field.bad_pattern"]),
        ("text", {"min_length": 5, "max_length": 2}, ["field.limits_crossed"]),
        ("select", {"choices": [{"value": "a"}, {"value": "a"}]}, ["field.choice_twice"]),
        ("select", {}, ["field.no_choices"]),
        ("money", {"currency": "XXX"}, ["field.unknown_currency"]),
        ("formula", {"expression": " "}, ["field.no_expression"]),
    ],
)
def test_definitions(registry: Registry, name: str, options: dict[str, Any], problems: list[str]) -> None:
    from metamodel.application import App

    field = define(registry, name, options)
    assert field.type is not None
    assert [found.code for found in field.type.check_options(field, App("a", "A"))] == problems


@pytest.mark.parametrize(("dated_by", "codes"), [("on", []), ("name", ["field.number_undated"])])
def test_a_number_is_dated_by_a_date_of_its_form(registry: Registry, dated_by: str, codes: list[str]) -> None:
    from metamodel.application import load

    number = {"id": "number", "type": "auto_number", "label": "编号"}
    fields = [
        {**number, "options": {"pattern": "A{yyyy}-{000}", "dated_by": dated_by}},
        {"id": "name", "type": "text", "label": "名称"},
        {"id": "on", "type": "date", "label": "日期"},
    ]
    document = {
        "muniment": 1,
        "app": {"id": "a", "label": "A"},
        "forms": [{"id": "f", "label": "F", "fields": fields}],
    }
    _, problems = load(document, registry)
    assert [found.code for found in problems if found.severity == "error"] == codes
