"""Tasks and notifications over HTTP: scenario rows of who asks for what, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.notifications import NewNotification
from engine.runtime import Runtime
from engine.tasks import NewTask, Outcome
from tests.engine.web.client import Api

TASKS, NOTICES = "/api/v1/tasks", "/api/v1/notifications"
CHOICES = (
    Outcome("confirm", {"zh": "确认", "en": "Confirm"}),
    Outcome("drop", "不是", "danger", reason=True),
)
ASKED = NewTask(
    "office",
    "client",
    None,
    "rule",
    "watch",
    ("person:zhou",),
    {"zh": "跟进恒锐", "en": "Follow up"},
    outcomes=CHOICES,
)


@pytest.fixture
def api(office: Runtime) -> Iterator[Api]:
    api = Api(office)
    with api.client:
        yield api


@pytest.fixture
def task(api: Api) -> str:
    (made,) = api.runtime.database.write(lambda unit: api.runtime.tasks.open(unit, [ASKED]))
    return str(made)


def codes(answer: Any) -> list[str]:
    return [problem["code"] for problem in answer.json()["problems"]]


def test_ones_own_list_and_counts(api: Api, task: str) -> None:
    found = api("GET", TASKS, "zhou").json()
    assert (found["total"], found["next"]) == (1, "")
    (seen,) = found["items"]
    assert (seen["id"], seen["title"], seen["state"], seen["mine"]) == (task, "跟进恒锐", "open", True)
    assert seen["outcomes"] == [
        {"id": "confirm", "label": "确认", "style": "", "reason": False, "people": False},
        {"id": "drop", "label": "不是", "style": "danger", "reason": True, "people": False},
    ]
    assert api("GET", f"{TASKS}/counts", "zhou").json() == {"open": 1, "overdue": 0, "today": 0}
    assert api("GET", TASKS, "lu").json() == {"total": 0, "next": "", "items": []}
    assert api("GET", f"{TASKS}?q=恒锐&kind=rule&app=office&sort=new", "zhou").json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path", "person", "body", "status", "code"),
    [
        ("GET", TASKS, "", None, 401, "access.signed_out"),
        ("GET", f"{TASKS}?state=lost", "zhou", None, 400, "request.unreadable"),
        ("GET", f"{TASKS}?limit=many", "zhou", None, 400, "request.unreadable"),
        ("GET", TASKS + "/{task}", "lu", None, 404, "task.unknown"),
        ("GET", f"{TASKS}/nothing", "zhou", None, 404, "task.unknown"),
        ("POST", TASKS + "/{task}/close", "lu", {"outcome": "confirm"}, 404, "task.unknown"),
        ("POST", TASKS + "/{task}/close", "zhou", {}, 422, "task.unknown_outcome"),
        ("POST", TASKS + "/{task}/close", "zhou", {"outcome": "drop"}, 422, "task.needs_reason"),
        ("POST", TASKS + "/{task}/close", "zhou", [], 400, "request.unreadable"),
        ("POST", TASKS + "/{task}/transfer", "zhou", {"to": "ghost"}, 422, "task.unknown_person"),
        ("POST", TASKS + "/{task}/transfer", "lu", {"to": "wang"}, 404, "task.unknown"),
        ("POST", f"{NOTICES}/read", "zhou", {}, 400, "request.unreadable"),
        ("GET", f"{NOTICES}?limit=-1", "zhou", None, 400, "request.unreadable"),
    ],
)
def test_what_is_refused(
    api: Api, task: str, method: str, path: str, person: str, body: Any, status: int, code: str
) -> None:
    more = {} if body is None else {"json": body}
    answer = api(method, path.replace("{task}", task), person, **more)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert api("GET", f"{TASKS}/{task}", "zhou").json()["state"] == "open"


def test_closing_once(api: Api, task: str) -> None:
    closed = api(
        "POST", f"{TASKS}/{task}/close", "zhou", json={"outcome": "drop", "comment": "只是问问"}
    ).json()
    assert (closed["state"], closed["outcome_label"], closed["closed_by"], closed["comment"]) == (
        "done", "不是", "周婧", "只是问问",
    )  # fmt: skip
    again = api("POST", f"{TASKS}/{task}/close", "zhou", json={"outcome": "confirm"})
    assert (again.status_code, codes(again)) == (409, ["task.closed"])
    assert api("GET", f"{TASKS}?state=done", "zhou").json()["total"] == 1


def test_transferring(api: Api, task: str) -> None:
    left = api("POST", f"{TASKS}/{task}/transfer", "zhou", json={"to": "wang", "comment": "休假"}).json()
    assert left == {"open": 0, "overdue": 0, "today": 0}
    assert api("GET", f"{TASKS}/{task}", "wang").json()["moves"][0]["taker"] == "王磊"


def test_tasks_about_a_record(api: Api) -> None:
    zhou = api.runtime.require_viewer("zhou")
    (client,) = api.runtime.records.create(zhou, "office", "client", [{"name": "恒锐"}])
    about = replace(ASKED, record=int(client))
    api.runtime.database.write(lambda unit: api.runtime.tasks.open(unit, [about]))
    path = f"/api/v1/apps/office/forms/client/records/{client}/tasks"
    assert [one["record"] for one in api("GET", path, "lu").json()] == [client]
    assert api("GET", path, "wang").json() == []


def test_notifications_are_listed_and_read(api: Api) -> None:
    told = NewNotification("zhou", "office", "client", None, "风险预警", "客户犹豫")
    send = [told, replace(told, title="第二条"), replace(told, person="lu")]
    api.runtime.database.write(lambda unit: api.runtime.notifications.send(unit, send))
    found = api("GET", f"{NOTICES}?limit=1", "zhou").json()
    assert (found["unread"], [one["title"] for one in found["items"]]) == (2, ["第二条"])
    assert [
        one["title"] for one in api("GET", f"{NOTICES}?after={found['next']}", "zhou").json()["items"]
    ] == ["风险预警"]
    mine = [one["id"] for one in found["items"]]
    assert api("POST", f"{NOTICES}/read", "zhou", json={"ids": mine}).json() == {"read": 1}
    assert api("GET", f"{NOTICES}?unread=yes", "zhou").json()["unread"] == 1
    assert api("POST", f"{NOTICES}/read", "zhou", json={"all": True}).json() == {"read": 1}
    assert api("GET", NOTICES, "lu").json()["unread"] == 1


def test_a_token_that_only_reads_changes_nothing(api: Api, task: str) -> None:
    answer = api("POST", f"{TASKS}/{task}/close", "zhou", scopes=("read",), json={"outcome": "confirm"})
    assert (answer.status_code, codes(answer)) == (403, ["access.scope"])


def test_being_away(api: Api, task: str) -> None:
    day = api.runtime.clock.now().date().isoformat()
    made = api("POST", "/api/v1/absences", "lu", json={"delegate": "wang", "first": day, "last": day})
    assert made.status_code == 201
    (mine,) = api("GET", "/api/v1/absences", "lu").json()["mine"]
    assert mine == {
        "id": made.json()["id"],
        "person": "lu",
        "delegate": "wang",
        "first": day,
        "last": day,
    }
    assert api("GET", "/api/v1/absences", "wang").json() == {"mine": [], "standing_in": [mine]}
    bad = api("POST", "/api/v1/absences", "lu", json={"delegate": "wang", "first": "soon", "last": day})
    assert (bad.status_code, bad.json()["problems"][0]["path"]) == (400, "/first")
    assert api("DELETE", f"/api/v1/absences/{mine['id']}", "wang").status_code == 404
    assert api("DELETE", f"/api/v1/absences/{mine['id']}", "lu").status_code == 204
    assert api("GET", "/api/v1/absences", "lu").json()["mine"] == []
