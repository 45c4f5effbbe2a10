"""Flows over the JSON API: begin, act, view, one's own requests, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.flows.conftest import Office, office  # noqa: F401
from tests.engine.flows.other_ways import ADD, BIG, manual
from tests.engine.web.client import Api

APP = "/api/v1/apps/requests"


@pytest.fixture
def api(office: Office) -> Iterator[Api]:  # noqa: F811
    made = Api(office.runtime)
    with made.client:
        yield made


def test_a_request_from_hand_to_hand(api: Api, office: Office) -> None:  # noqa: F811
    office.publish(ADD)
    made = api("POST", f"{APP}/forms/request/records", "ann", json=BIG).json()["id"]
    seen = api("GET", f"{APP}/forms/request/records/{made}/flow", "ben").json()["flow"]
    assert (seen["state"], seen["waiting_for"], "approve" in seen["may"]) == ("running", ["本"], True)
    act = f"/api/v1/flows/{seen['instance']}"
    assert api("POST", f"{act}/approve", "ben").json() == {"state": "running"}
    assert api("POST", f"{act}/add_before", "cat", json={"to": ["eve", "ben"]}).json() == {"state": "running"}
    assert office.waiting(int(seen["instance"])) == {"legal": ["ben", "eve"]}
    assert api("POST", f"{act}/approve", "eve").json() == {"state": "running"}
    (task,) = api("GET", "/api/v1/tasks", "ben").json()["items"]
    assert [one["id"] for one in task["outcomes"] if one["people"]] == ["add_before", "add_after"]
    added = api(
        "POST", f"/api/v1/tasks/{task['id']}/close", "ben", json={"outcome": "add_after", "to": "zoe"}
    )
    assert added.json()["outcome_label"] == "同意并加签"
    assert api("POST", f"{act}/approve", "zoe").json() == {"state": "running"}
    assert api("POST", f"{act}/return", "cat", json={"comment": "why?"}).json() == {"state": "returned"}
    assert api("POST", f"{act}/resubmit", "ann", json={}).json() == {"state": "running"}
    assert api("POST", f"{act}/transfer", "ben", json={"to": "eve"}).json() == {"state": "running"}
    assert api("POST", f"{act}/reject", "eve", json={"comment": "no"}).json() == {"state": "rejected"}
    (mine,) = api("GET", "/api/v1/requests", "ann").json()
    assert (mine["record"], mine["title"], mine["state"]) == (made, "SQ0001", "rejected")
    assert api("GET", "/api/v1/requests?state=open", "ann").json() == []
    office.is_whole()


def test_begun_by_hand_after_a_look_at_who_would_be_asked(api: Api, office: Office) -> None:  # noqa: F811
    office.publish(manual)
    made = api("POST", f"{APP}/forms/request/records", "ann", json={}).json()["id"]
    seen = api("GET", f"{APP}/forms/request/records/{made}/flow", "ann").json()
    assert seen == {"flow": None, "startable": [{"flow": "review", "label": "审批"}]}
    asked = api("POST", f"{APP}/flows/review/preview", "ann", json={"values": BIG}).json()
    assert asked == [{"node": "主管", "people": ["本"]}, {"node": "法务", "people": ["凯", "克莱"]}]
    answer = api("POST", f"{APP}/flows/review", "ann", json={"record": made})
    assert answer.status_code == 201
    assert office.waiting(int(answer.json()["instance"])) == {"manager": ["ben"]}


HUGE = "9" * 30
REFUSED: list[tuple[str, str, str, Any, int, str]] = [
    ("POST", "/api/v1/flows/{}/approve", "", {}, 401, "access.signed_out"),
    ("POST", "/api/v1/flows/{}/approve", "ann", {}, 403, "flow.own_request"),
    ("POST", "/api/v1/flows/{}/approve", "eve", {}, 404, "flow.unknown"),
    ("POST", "/api/v1/flows/{}/reject", "ben", {}, 422, "task.needs_reason"),
    ("POST", "/api/v1/flows/{}/bless", "ben", {}, 422, "task.unknown_outcome"),
    ("POST", "/api/v1/flows/{}/transfer", "ben", {"to": "ann"}, 403, "flow.own_request"),
    ("POST", "/api/v1/flows/{}/transfer", "ben", {"to": 7}, 422, "task.unknown_person"),
    ("POST", "/api/v1/flows/{}/comment", "ben", {"comment": " "}, 422, "flow.needs_reason"),
    ("POST", "/api/v1/flows/{}/withdraw", "ben", {}, 403, "flow.denied"),
    ("POST", "/api/v1/flows/{}/resubmit", "ann", {}, 409, "flow.unknown_action"),
    ("POST", f"/api/v1/flows/{HUGE}/approve", "ben", {}, 404, "flow.unknown"),
    ("POST", "/api/v1/flows/٣/approve", "ben", {}, 404, "flow.unknown"),
    ("POST", f"{APP}/flows/nothing", "ann", {"record": "1"}, 404, "flow.unknown"),
    ("POST", f"{APP}/flows/review", "ann", {"record": HUGE}, 404, "record.unknown"),
    ("POST", f"{APP}/flows/review", "ann", {}, 404, "record.unknown"),
    ("POST", "/api/v1/apps/nothing/flows/review", "ann", {"record": "1"}, 404, "app.unknown"),
    ("POST", f"{APP}/flows/nothing/preview", "ann", {}, 404, "flow.unknown"),
]


def test_refused_with_a_problem_and_nothing_changed(api: Api, office: Office) -> None:  # noqa: F811
    request = office.file("ann")
    before = office.history(request)
    for method, path, person, body, status, code in REFUSED:
        answer = api(method, path.format(request), person, json=body)
        assert answer.status_code == status, (path, answer.text)
        assert [found["code"] for found in answer.json()["problems"]] == [code], path
        assert office.history(request) == before, path


def test_nothing_there_shows_nothing(api: Api) -> None:
    for record in ("nothing", HUGE, "1"):
        answer = api("GET", f"{APP}/forms/request/records/{record}/flow", "ann")
        assert answer.json() == {"flow": None, "startable": []}
