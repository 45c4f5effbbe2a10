"""What is wrong with app tests and with the analyzers rules run, told before anything runs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from metamodel.application import load

APP: Mapping[str, Any] = {
    "muniment": 1,
    "app": {"id": "desk", "label": "服务台"},
    "requires": [{"app": "crm", "forms": {"customer": {"name": "text"}}}],
    "forms": [
        {"id": "talk", "label": "会话", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "first", "type": "duration", "label": "首次响应"},
            {"id": "since", "type": "datetime", "label": "等待"},
            {"id": "twice", "type": "formula", "label": "两倍",
             "options": {"expression": "LEN(name) * 2", "result": "number"}},
        ]},
        {"id": "line", "label": "消息", "title": "{said}", "fields": [
            {"id": "said", "type": "text", "label": "内容"},
            {"id": "at", "type": "datetime", "label": "时间"},
            {"id": "way", "type": "text", "label": "方向"},
            {"id": "talk", "type": "link", "label": "会话", "options": {"form": "talk"}},
            {"id": "bad", "type": "integer", "label": "负面"},
            {"id": "customer", "type": "link", "label": "客户", "options": {"app": "crm", "form": "customer"}},
        ], "views": [{"id": "of_talk", "label": "往来", "kind": "timeline", "options": {"by": "talk", "time": "at"}}]},
    ],
    "reports": [{"id": "board", "label": "看板", "widgets": []}],
    "rules": [{"id": "count", "label": "数", "when": {"trigger": "record_created", "form": "line"}, "then": [
        {"action": "run_analyzer", "with": {
            "analyzer": "negative_words", "options": {"field": "said", "into": "bad"}}}]}],
    "channels": [{"id": "wecom", "label": "企业微信", "connector": "wecom_archive"}],
}  # fmt: skip
TIMES = {
    "form": "line",
    "via": "talk",
    "moment": "at",
    "direction": "way",
    "first": "first",
    "waiting": "since",
}


def told(registry: Any, **more: Any) -> list[tuple[str, str]]:
    document = {**copy.deepcopy(dict(APP)), **more}
    _, problems = load(document, registry)
    assert all("?" not in found.text(language) for found in problems for language in ("zh", "en"))
    return [(found.path, found.code) for found in problems]


def rule(analyzer: str, options: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    made = copy.deepcopy(APP["rules"])
    made[0]["then"][0]["with"] = {"analyzer": analyzer, "options": dict(options), **more}
    return list(made)


def test_the_app_is_in_order(registry: Any) -> None:
    assert told(registry) == []
    assert told(registry, rules=rule("response_time", TIMES, of="talk")) == []
    assert told(registry, rules=rule("words", {"field": "said"})) == []


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        (rule("nothing", {}), ["analyzer.unknown_type"]),
        (rule("words", {}), ["shape.missing"]),
        (rule("words", {"field": "nothing"}), ["reference.unknown_field"]),
        (rule("words", {"field": "at"}), ["analyzer.wrong_type"]),
        (rule("negative_words", {"field": "said", "into": "way"}), ["analyzer.wrong_type"]),
        (rule("negative_words", {"field": "name", "into": "twice"}, of="talk"), ["analyzer.computed_field"]),
        (
            rule("response_time", TIMES),
            ["analyzer.no_link", "reference.unknown_field", "reference.unknown_field"],
        ),
        (rule("response_time", {**TIMES, "via": "customer"}, of="talk"), ["analyzer.no_link"]),
        (rule("response_time", {**TIMES, "form": "nothing"}, of="talk"), ["reference.unknown_form"]),
        (rule("response_time", {**TIMES, "waiting": "name"}, of="talk"), ["analyzer.wrong_type"]),
        (rule("words", {"field": "whatever"}, of="customer"), []),  # another app's form is not seen
    ],
)
def test_an_analyzer_has_to_suit_the_form(
    registry: Any, rules: list[dict[str, Any]], codes: list[str]
) -> None:
    found = told(registry, rules=rules)
    assert [code for _, code in found] == codes
    assert all(path.startswith("/rules/0/then/0/with") for path, _ in found)


def steps(*some: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"id": "t", "steps": list(some), **more}]


BOARD: Mapping[str, Any] = {"report": "board", "widget": "y", "rows": 1}
TIMELINE: Mapping[str, Any] = {"timeline": "of_talk", "form": "line", "of": "talk/a"}
FILED: Mapping[str, Any] = {"create": "line", "values": {"said": "x"}, "name": "x"}


def test_a_test_may_do_all_of_this(registry: Any) -> None:
    tests = steps(
        {"message": {"channel": "wecom", "from": "wm1", "to": ["a"], "name": "m"}},
        {"message": {"channel": "wecom", "from": "a", "refers_to": "m", "times": 2, "every": "PT1M"}},
        FILED,
        {"create": "crm.customer", "values": {"name": "y"}},
        {"update": "x.talk", "values": {"name": {"$record": "m"}}},
        {"wait": "P3DT2H"},
        {"wait": "2026-03-03T09:00:00+08:00", "note": "第二天"},
        {"press": "count", "on": "x"},
        {"as": "a", "task": {"rule": "count", "about": "crm.customer/key"}, "do": "done"},
        {"expect": {"form": "line", "where": "bad > 0", "name": "z", "count": 0}},
        {"expect": {"tasks_of": "a", "rule": "count", "about": "z", "count": 0}},
        {"expect": {"search": "报价", "form": "line", "least": 1}},
        {"expect": {**TIMELINE, "as": "a", "lines": [{"values": {"said": "x"}, "says": "x"}], "hidden": 0}},
        at="2026-03-02T10:00:00+08:00",
        data=["people", "crm", "talk"],
    )
    assert told(registry, tests=tests) == []


@pytest.mark.parametrize(
    ("tests", "path", "code"),
    [
        (steps(FILED, at="tomorrow"), "/at", "app_test.bad_moment"),
        (steps(FILED, data="nothing"), "/data", "app_test.unknown_data"),
        (steps({"note": "x"}), "/steps/0", "app_test.not_one_step"),
        (steps({"wait": "PT1H", "press": "count"}), "/steps/0", "app_test.not_one_step"),
        (steps({"wait": "an hour"}), "/steps/0/wait", "app_test.bad_wait"),
        (steps({"wait": "PT"}), "/steps/0/wait", "app_test.bad_wait"),
        (steps({"message": {"channel": "x", "from": "a"}}), "/steps/0/message/channel", "app_test.unknown_channel"),
        (steps({"create": "x", "values": {}}), "/steps/0/create", "reference.unknown_form"),
        (steps({"create": "hr.person", "values": {}}), "/steps/0/create", "requires.missing"),
        (steps({"create": "line", "values": {"x": 1}}), "/steps/0/values/x", "reference.unknown_field"),
        (steps({"update": "x", "values": {}}), "/steps/0/update", "app_test.unknown_name"),
        (steps(FILED, FILED), "/steps/1/name", "app_test.name_taken"),
        (steps({"press": "x", "on": "line/a"}), "/steps/0/press", "app_test.unknown_rule"),
        (steps({"begin": "x", "on": "line/a"}), "/steps/0/begin", "app_test.unknown_flow"),
        (steps({"task": {"flow": "x"}, "do": "y"}), "/steps/0/task/flow", "app_test.unknown_flow"),
        (steps({"flow": "x", "do": "approve"}), "/steps/0/flow", "app_test.unknown_name"),
        (steps({"expect": {"tasks_of": "a"}}), "/steps/0/expect", "app_test.wants_nothing"),
        (steps({"expect": {"tasks_of": "a", "count": 1, "where": "x"}}), "/steps/0/expect/where",
         "app_test.idle_key"),
        (steps({"expect": {"tasks_of": "a", "due": "soon"}}), "/steps/0/expect/due", "app_test.bad_moment"),
        (steps({"expect": {"notifications_of": "a", "count": 1, "due": "2026-03-02T10:00"}}), "/steps/0/expect/due",
         "app_test.idle_key"),
        (steps({"expect": {"form": "line", "state": "open"}}), "/steps/0/expect/state", "app_test.idle_key"),
        (steps({"expect": {"form": "line", "export": False, "count": 0}}), "/steps/0/expect/export",
         "app_test.idle_key"),
        (steps({"expect": {"form": "line", "export": True, "count": 1, "hides": ["number"]}}), "/steps/0/expect/hides",
         "app_test.idle_key"),
        (steps({"expect": {"form": "line", "export": True}}), "/steps/0/expect", "app_test.wants_nothing"),
        (steps({"expect": {}}), "/steps/0/expect", "app_test.not_one_expectation"),
        (steps({"expect": {"form": "line", "where": "x == 1"}}), "/steps/0/expect/where", "expression.unknown_name"),
        (steps({"expect": {"form": "line", "has": {"x": 1}}}), "/steps/0/expect/has/x", "reference.unknown_field"),
        (steps({"expect": {**BOARD, "report": "x"}}), "/steps/0/expect/report", "reference.unknown_report"),
        (steps({"expect": BOARD}), "/steps/0/expect/widget", "app_test.unknown_widget"),
        (steps({"expect": {**TIMELINE, "timeline": "x", "count": 1}}), "/steps/0/expect/timeline",
         "app_test.unknown_timeline"),
        (steps({"expect": {**TIMELINE, "lines": [{"values": {"x": 1}}]}}), "/steps/0/expect/lines/0/values/x",
         "reference.unknown_field"),
        (steps({"expect": {**TIMELINE, "of": "x", "hidden": 1}}), "/steps/0/expect/of", "app_test.unknown_name"),
        (steps({"expect": TIMELINE}), "/steps/0/expect", "app_test.wants_nothing"),
        (steps({"expect": {**TIMELINE, "hidden": 1, "where": "x"}}), "/steps/0/expect/where", "app_test.idle_key"),
        (steps({"expect": {"form": "line", "values": {"talk": {"$record": "x"}}}}),
         "/steps/0/expect/values/talk", "app_test.unknown_name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_test_is_told_at_its_place(
    registry: Any, tests: list[dict[str, Any]], path: str, code: str
) -> None:
    assert told(registry, tests=tests) == [("/tests/0" + path, code)]
