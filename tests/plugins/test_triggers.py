"""Wrong triggers are told where: rows of (when, [(path, code)])."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from metamodel.application import load
from metamodel.plugin_api import Registry
from tests.engine.rules.desk import desk

CLIENT = {"form": "client"}
ROWS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"trigger": "record_updated", **CLIENT}, []),
    ({"trigger": "record_updated", **CLIENT, "fields": ["level", "no"]}, [("/fields/1", "rule.unknown_field")]),
    ({"trigger": "record_updated", "form": "no"}, [("/form", "reference.unknown_form")]),
    ({"trigger": "before_save", **CLIENT}, []),
    ({"trigger": "schedule", "at": "09:00", "days": ["mon"]}, []),
    ({"trigger": "schedule"}, [("", "rule.no_schedule")]),
    ({"trigger": "schedule", "every": "PT10M", "at": "09:00"}, [("/every", "rule.two_schedules")]),
    ({"trigger": "schedule", "every": "PT10S"}, [("/every", "rule.bad_every")]),
    ({"trigger": "schedule", "every": "often"}, [("/every", "rule.bad_every")]),
    ({"trigger": "schedule", "at": "25:00"}, [("/at", "rule.bad_time")]),
    ({"trigger": "schedule", "at": "09:00", "where": "level == 'a'"}, [("/where", "rule.needs_form")]),
    ({"trigger": "schedule", "at": "09:00", **CLIENT, "where": "level == 'a' and due < NOW()"}, []),
    ({"trigger": "schedule", "at": "09:00", **CLIENT, "where": "levl == 'a'"}, [("/where", "expression.unknown_name")]),
    ({"trigger": "schedule", "at": "09:00", **CLIENT, "where": "note == 'a'"},
     [("/where", "expression.sealed_in_sql")]),
    ({"trigger": "date_reached", **CLIENT, "field": "due", "offset": "-P1D"}, []),
    ({"trigger": "date_reached", **CLIENT, "field": "no"}, [("/field", "rule.unknown_field")]),
    ({"trigger": "date_reached", **CLIENT, "field": "name"}, [("/field", "rule.not_a_date")]),
    ({"trigger": "date_reached", **CLIENT, "field": "due", "offset": "soon"}, [("/offset", "rule.bad_duration")]),
    ({"trigger": "button", **CLIENT, "label": "结案", "where": "level == 'a'", "roles": ["boss"]}, []),
    ({"trigger": "button", **CLIENT, "label": "结案", "where": "level"}, [("/where", "expression.wrong_type")]),
    ({"trigger": "button", **CLIENT, "label": "结案", "roles": ["no"]}, [("/roles/0", "rule.unknown_role")]),
    ({"trigger": "task_closed", **CLIENT, "rule": "tried"}, []),
    ({"trigger": "task_closed", **CLIENT, "rule": "no"}, [("/rule", "rule.unknown_rule")]),
    ({"trigger": "task_closed", **CLIENT, "flow": "no"}, [("/flow", "rule.unknown_flow")]),
]  # fmt: skip


def problems(registry: Registry, rule: dict[str, Any]) -> list[tuple[str, str]]:
    found = load(copy.deepcopy(desk(rule)), registry)[1]
    return [(p.path.removeprefix("/rules/0"), p.code) for p in found if p.path.startswith("/rules/0")]


@pytest.mark.parametrize(("when", "expected"), ROWS)
def test_checks(registry: Registry, when: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    then = [{"action": "notify", "with": {"to": "role:boss", "title": "x"}}]
    if when["trigger"] == "before_save":
        then = [{"action": "refuse", "with": {"message": "x"}}]
    found = problems(registry, {"id": "tried", "when": when, "then": then})
    assert found == [("/when" + path, code) for path, code in expected]


@pytest.mark.parametrize(
    ("action", "options", "code"),
    [
        ("set_fields", {"values": {"state": "'x'"}}, ""),
        ("set_fields", {"of": "parent", "values": {"state": "'x'"}}, "rule.too_early"),
        ("refuse", {"message": "{name}"}, ""),
        ("notify", {"to": "role:boss", "title": "x"}, "rule.too_early"),
        ("create_record", {"form": "client"}, "rule.too_early"),
    ],
)
def test_before_saving_little_is_allowed(
    registry: Registry, action: str, options: dict[str, Any], code: str
) -> None:
    when = {"trigger": "before_save", **CLIENT}
    found = problems(registry, {"id": "tried", "when": when, "then": [{"action": action, "with": options}]})
    assert found == ([("/then/0", code)] if code else [])


def test_a_clock_about_nothing_names_no_field(registry: Registry) -> None:
    rule = {"id": "tried", "when": {"trigger": "schedule", "at": "09:00"}, "if": "name == 'x'",
            "then": [{"action": "set_fields", "with": {"values": {"name": "'x'"}}}]}  # fmt: skip
    assert problems(registry, rule) == [
        ("/if", "expression.unknown_name"),
        ("/then/0/with", "rule.needs_record"),
    ]
