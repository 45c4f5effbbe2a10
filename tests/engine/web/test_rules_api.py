"""Rules over the JSON API: trying, buttons, the log, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.runtime import Runtime
from tests.engine.rules.desk import client, create, publish, values
from tests.engine.web.client import Api

APP = "/api/v1/apps/office"
SET = {"action": "set_fields", "with": {"values": {"state": "'done'"}}}
MARK: dict[str, Any] = {
    "id": "mark", "when": {"trigger": "record_created", "form": "letter"},
    "if": "CONTAINS_ANY(body, '报价')", "then": [SET],
}  # fmt: skip
CLOSE: dict[str, Any] = {
    "id": "close", "when": {"trigger": "button", "form": "client", "label": {"zh": "结案", "en": "Close"}},
    "if": "name != '空'", "then": [SET],
}  # fmt: skip


@pytest.fixture
def api(office: Runtime) -> Iterator[Api]:
    made = Api(publish(office, MARK, CLOSE))
    with made.client:
        yield made


def test_a_rule_is_tried(api: Api, office: Runtime) -> None:
    create(office, "letter", {"subject": "一", "body": "请发报 價"}, {"subject": "二", "body": "您好"})
    answer = api("POST", f"{APP}/rules:try", "lu", json={"rule": "mark", "last": 10}).json()
    assert (answer["tried"], answer["matched"], answer["effects"]) == (2, 1, {"SetFields": 1})
    (example,) = answer["examples"]
    assert (example["title"], example["texts"]) == ("一", {"body": [["请发", False], ["报 價", True]]})
    changed = {**MARK, "if": "CONTAINS_ANY(body, '您好')"}
    answer = api("POST", f"{APP}/rules:try", "lu", json={"rule": changed}).json()
    assert answer["compared"] == {"more": 1, "fewer": 1}
    answer = api("POST", f"{APP}/rules:try", "zhou", json={"rule": "mark"}).json()
    assert (answer["tried"], answer["matched"], answer["examples"]) == (0, 0, [])


def test_a_button_is_pressed(api: Api, office: Runtime) -> None:
    place = f"{APP}/forms/client/records/{client(office, owner='zhou')}"
    assert api("GET", f"{place}/buttons", "zhou").json() == [{"rule": "close", "label": "结案"}]
    assert api("POST", f"{place}/press/close", "zhou").json() == {"pressed": "close", "opens": None}
    assert values(office, "client", place.rpartition("/")[2])["state"] == "done"


def test_the_log_is_for_those_who_design_or_audit(api: Api, office: Runtime) -> None:
    create(office, "letter", {"subject": "一", "body": "报价"})
    (run,) = api("GET", f"{APP}/rules/runs", "lu").json()["items"]
    assert (run["rule"], run["outcome"], run["tried"], run["matched"]) == ("mark", "done", 1, 1)
    assert api("GET", f"{APP}/rules/runs?rule=close", "lu").json() == {"items": [], "next": ""}
    assert api("GET", f"{APP}/rules/runs", "zhou").status_code == 403


HUGE = "9" * 30
REFUSED: list[tuple[str, str, str, Any, int, str]] = [
    ("POST", "rules:try", "", {"rule": "mark"}, 401, "access.signed_out"),
    ("POST", "rules:try", "fang", {"rule": "mark"}, 404, "app.unknown"),
    ("POST", "rules:try", "lu", {"rule": "none"}, 404, "rule.unknown"),
    ("POST", "rules:try", "lu", {"rule": 7}, 404, "rule.unknown"),
    ("POST", "rules:try", "lu", {}, 404, "rule.unknown"),
    ("POST", "rules:try", "lu", {"rule": {}}, 422, "rule.not_to_try"),
    ("POST", "rules:try", "lu", {"rule": {**MARK, "if": "bod =="}}, 422, "expression.syntax"),
    ("POST", "rules:try", "lu", {"rule": {**MARK, "then": [{"action": "fly"}]}}, 422, "action.unknown_type"),
    ("POST", "rules:try", "lu", {"rule": {**MARK, "then": 3, "when": []}}, 422, "rule.not_to_try"),
    ("POST", f"forms/client/records/{HUGE}/press/close", "zhou", None, 404, "record.unknown"),
    ("POST", "forms/client/records/1/press/close", "zhou", None, 404, "record.unknown"),
    ("POST", "forms/client/records/1/press/mark", "zhou", None, 404, "rule.unknown"),
    ("POST", "forms/letter/records/1/press/close", "zhou", None, 404, "rule.unknown"),
    ("GET", f"forms/client/records/{HUGE}/buttons", "zhou", None, 404, "record.unknown"),
    ("GET", "rules/runs", "fang", None, 404, "app.unknown"),
]


@pytest.mark.parametrize(("method", "path", "person", "body", "status", "code"), REFUSED)
def test_what_is_refused(
    api: Api, method: str, path: str, person: str, body: Any, status: int, code: str
) -> None:
    answer = api(method, f"{APP}/{path}", person, **({"json": body} if body is not None else {}))
    assert answer.status_code == status, answer.text
    assert code in [found["code"] for found in answer.json().get("problems", [])]
