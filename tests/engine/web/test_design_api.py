"""Designing over the API: edits on any revision, what the checks say, and publishing what was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.runtime import Runtime
from tests.engine.rules.desk import publish
from tests.engine.web.client import Api

PLACE = "/api/v1/design/office"
RANK = {"id": "rank", "type": "integer", "label": "等级数"}
FIELDS = "/forms/0/fields"


@pytest.fixture
def api(office: Runtime) -> Iterator[Api]:
    made = Api(publish(office))
    with made.client:
        yield made


def edit(api: Api, on: int, *patch: Any, note: str = "", person: str = "lu") -> Any:
    return api("PATCH", f"{PLACE}/draft", person, json={"on": on, "patch": list(patch), "note": note})


def add(value: Any, at: str = "-") -> dict[str, Any]:
    return {"op": "add", "path": f"{FIELDS}/{at}", "value": value}


def fields(api: Api) -> list[str]:
    document = api("GET", f"{PLACE}/draft", "lu").json()["document"]
    return [field["id"] for field in document["forms"][0]["fields"]]


def test_from_the_first_edit_to_the_published_version(api: Api, office: Runtime) -> None:
    first = api("GET", f"{PLACE}/draft", "lu").json()
    assert (first["revision"], first["document"]["app"]["id"]) == (0, "office")
    answer = edit(api, 0, add(RANK), note="新增 等级数").json()
    assert answer == {"revision": 2, "others": [], "conflicts": []}
    found = api("GET", f"{PLACE}/preview", "lu").json()
    assert [(one["kind"], one["id"]) for one in found["changes"]] == [("added", "rank")]
    assert [(step["step"], step["field"]) for step in found["plan"]] == [("add_field", "rank")]
    assert [one for one in found["problems"] if one["severity"] == "error"] == []
    before = office.applications.version("office")
    assert api("POST", f"{PLACE}/publish", "lu", json={"revision": 2}).json() == {"version": before + 1}
    form = office.applications.get("office").forms[0]
    assert form.field("rank") is not None
    history = api("GET", f"{PLACE}/history", "lu").json()
    assert [(one["revision"], one["by"], one["note"]) for one in history] == [
        (2, "lu", "新增 等级数"),
        (1, "lu", ""),
    ]
    assert all("document" not in one for one in history)


def test_two_people_lose_nothing_and_the_other_is_named(api: Api) -> None:
    edit(api, 0, add(RANK, "0"))
    answer = edit(api, 0, {"op": "replace", "path": f"{FIELDS}/0/label", "value": "名字"}).json()
    assert [(one["by"], "等级数" in one["text"]) for one in answer["others"]] == [("lu", True)]
    assert answer["document"]["forms"][0]["fields"][1]["label"] == "名字"
    assert fields(api)[0] == "rank"


def test_what_others_changed_is_heard_without_editing(api: Api) -> None:
    edit(api, 0, add(RANK))
    assert api("GET", f"{PLACE}/draft/newer?since=2", "lu").json() == {"revision": 2, "others": []}
    edit(api, 2, {"op": "replace", "path": f"{FIELDS}/0/label", "value": "甲方"}, person="lu")
    found = api("GET", f"{PLACE}/draft/newer?since=2", "lu").json()
    assert (found["revision"], found["document"]["forms"][0]["fields"][0]["label"]) == (3, "甲方")
    assert [(one["by"], one["path"]) for one in found["others"]] == [("lu", f"{FIELDS}/0/label")]
    assert api("GET", f"{PLACE}/draft/newer?since=1", "lu").json()["revision"] == 3


def test_a_draft_may_be_wrong_and_is_not_published(api: Api, office: Runtime) -> None:
    assert edit(api, 0, add({"id": "odd", "type": "nothing_like_it", "label": "怪"})).status_code == 200
    found = api("GET", f"{PLACE}/problems", "lu").json()
    assert "field.unknown_type" in [one["code"] for one in found["problems"]]
    before = office.applications.version("office")
    refused = api("POST", f"{PLACE}/publish", "lu", json={"revision": 2})
    assert (refused.status_code, office.applications.version("office")) == (422, before)


def test_what_is_removed_says_who_uses_it(api: Api) -> None:
    number = fields(api).index("name")
    edit(api, 0, {"op": "remove", "path": f"{FIELDS}/{number}"})
    (removed,) = [
        one for one in api("GET", f"{PLACE}/preview", "lu").json()["changes"] if one["kind"] == "removed"
    ]
    assert removed["mentions"]


def test_a_new_app_begins_as_a_draft(api: Api) -> None:
    document = {"muniment": 1, "app": {"id": "fresh", "label": "新应用"}, "forms": []}
    made = api("POST", "/api/v1/design", "lu", json={"document": document})
    assert (made.status_code, made.json()["revision"]) == (201, 1)
    assert api("GET", "/api/v1/design/fresh/preview", "lu").json()["version"] == 0
    assert api("POST", "/api/v1/design", "lu", json={"document": document}).status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "person", "status", "code"),
    [
        ("GET", f"{PLACE}/draft", None, "zhou", 403, "access.denied"),
        ("GET", f"{PLACE}/draft", None, "", 401, "access.signed_out"),
        ("GET", f"{PLACE}/draft?revision=9", None, "lu", 404, "draft.no_revision"),
        ("GET", "/api/v1/design/nothing/draft", None, "lu", 404, "app.unknown"),
        ("PATCH", f"{PLACE}/draft", {"on": 0, "patch": []}, "lu", 400, "draft.bad_patch"),
        ("PATCH", f"{PLACE}/draft", {"on": "0", "patch": [add(RANK)]}, "lu", 400, "request.unreadable"),
        ("PATCH", f"{PLACE}/draft", {"on": True, "patch": [add(RANK)]}, "lu", 400, "request.unreadable"),
        ("PATCH", f"{PLACE}/draft", {"on": 5, "patch": [add(RANK)]}, "lu", 404, "draft.no_revision"),
        ("POST", f"{PLACE}/publish", {"revision": 7}, "lu", 409, "draft.not_newest"),
        ("POST", f"{PLACE}/publish", {}, "lu", 400, "request.unreadable"),
        ("POST", f"{PLACE}/publish", {"revision": 0}, "zhou", 403, "access.denied"),
        ("POST", "/api/v1/design", {"document": {}}, "lu", 422, "app.unreadable"),
        ("POST", "/api/v1/design", {"document": []}, "lu", 400, "request.unreadable"),
        ("POST", "/api/v1/design", {"document": {"app": {"id": "x"}}}, "zhou", 403, "access.denied"),
    ],
)
def test_what_is_refused(
    api: Api, method: str, path: str, body: Any, person: str, status: int, code: str
) -> None:
    answer = api(method, path, person, **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (status, code)


def test_the_api_speaks_the_language_of_the_request(api: Api) -> None:
    asked = {"revision": 0, "form": "client", "expression": "not ISBLANK(name)", "expects": "boolean"}
    for language, said in (("zh", "名称 不为空"), ("en", "is not blank")):
        api.client.cookies.set("muniment_language", language)
        answer = api("POST", f"{PLACE}/expressions", "lu", json=asked).json()
        assert said in str(answer), answer
    api.client.cookies.delete("muniment_language")
