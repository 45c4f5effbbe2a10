"""The JSON API: scenario rows of method, path, person, body and what must and must not come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.accounts.sessions import Origin
from engine.runtime import Runtime
from tests.engine.web.client import BASE, Api


@pytest.fixture
def api(office: Runtime) -> Iterator[Api]:
    made = Api(office)
    with made.client:
        yield made


CLIENT = {"name": "苏州恒锐", "price": "12.50"}
REFUSED = [
    # method, path, person, body, status, problem code
    ("GET", f"{BASE}/client/records", "", None, 401, "access.signed_out"),
    ("GET", f"{BASE}/client/records", "fang", None, 403, "access.denied"),
    ("GET", f"{BASE}/nothing/records", "lu", None, 404, "form.unknown"),
    ("GET", "/api/v1/apps/nothing/forms/x/records", "lu", None, 404, "app.unknown"),
    ("GET", f"{BASE}/client/records/99999999999999999999", "lu", None, 404, "record.unknown"),
    ("GET", f"{BASE}/client/records/abc", "lu", None, 404, "record.unknown"),
    ("GET", f"{BASE}/client/records?nothing=1", "lu", None, 400, "query.unknown_field"),
    ("GET", f"{BASE}/client/records?mobile=1", "zhou", None, 400, "query.sealed"),
    ("GET", f"{BASE}/client/records?limit=many", "lu", None, 400, "request.unreadable"),
    ("POST", f"{BASE}/client/records", "ye", CLIENT, 403, "access.denied"),
    ("POST", f"{BASE}/client/records", "lu", {"name": ""}, 422, "value.required"),
    ("POST", f"{BASE}/client/records", "lu", {**CLIENT, "id": "7"}, 422, "value.unknown_field"),
    ("POST", f"{BASE}/client/records", "zhou", {**CLIENT, "level": "a"}, 403, "value.not_writable"),
    ("POST", f"{BASE}/client/records", "lu", "not an object", 400, "request.unreadable"),
    ("POST", f"{BASE}/client/records:batch", "lu", {"create": "x"}, 400, "request.unreadable"),
    ("POST", f"{BASE}/client/records:batch", "lu", {"update": [{"id": 1}]}, 400, "request.unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "person", "body", "status", "code"), REFUSED)
def test_refused_with_a_problem_and_nothing_written(
    api: Api, method: str, path: str, person: str, body: Any, status: int, code: str
) -> None:
    answer = api(method, path, person, **({} if body is None else {"json": body}))
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    details = answer.json()
    assert code in [p["code"] for p in details["problems"]]
    assert details["status"] == status
    assert api.total() == 0


def test_a_record_lives(api: Api) -> None:
    made = api("POST", f"{BASE}/client/records", "lu", json=CLIENT)
    assert made.status_code == 201
    path = f"{BASE}/client/records/{made.json()['id']}"
    assert api("GET", path, "lu").json()["values"]["price"] == "12.50"
    changed = api("PATCH", path, "lu", json={"values": {"price": "13"}, "revision": 1})
    assert changed.json()["values"]["price"] == "13.00"
    stale = api("PATCH", path, "lu", json={"values": {"price": "14"}, "revision": 1})
    assert stale.status_code == 409
    history = api("GET", path + "/history", "lu").json()
    assert [event["action"] for event in history] == ["update", "create"]


def test_a_batch_creates_all_or_nothing_and_updates_one_by_one(api: Api) -> None:
    answer = api("POST", f"{BASE}/client/records:batch", "lu", json={"create": [CLIENT, {"name": ""}]})
    assert [p["path"] for p in answer.json()["problems"]] == ["/1/name"]
    assert api.total() == 0
    made = api("POST", f"{BASE}/client/records:batch", "lu", json={"create": [CLIENT, CLIENT]}).json()[
        "created"
    ]
    updates = [{"id": made[0], "values": {"name": "好"}}, {"id": made[1], "values": {"name": ""}}]
    answer = api("POST", f"{BASE}/client/records:batch", "lu", json={"update": updates})
    assert [(u["ok"], [p["path"] for p in u["problems"]]) for u in answer.json()["updated"]] == [
        (True, []),
        (False, ["/name"]),
    ]


def test_an_idempotency_key_does_its_work_once(api: Api) -> None:
    first, again = (
        api("POST", f"{BASE}/client/records", "lu", json=CLIENT, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    )
    assert first.json() == again.json()
    assert api.total() == 1
    other = api("POST", f"{BASE}/client/records", "lu", json={"name": "x"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 409


def test_a_token_does_what_its_scopes_say(api: Api) -> None:
    refused = api("POST", f"{BASE}/client/records", "lu", ("read",), json=CLIENT)
    assert refused.status_code == 403
    assert api.total() == 0


def test_search_gives_snippets_with_hits(api: Api) -> None:
    client = api("POST", f"{BASE}/client/records", "zhou", json=CLIENT).json()["id"]
    letter = {"subject": "来信", "body": "折扣再低点，85 折我就能往上报", "client": client}
    api("POST", f"{BASE}/letter/records", "zhou", json=letter)
    found = api("GET", f"{BASE}/letter/search?q=折扣", "zhou").json()
    assert found["total"] == 1
    assert ["折扣", True] in found["items"][0]["snippets"][0]["pieces"]
    assert api("GET", f"{BASE}/letter/search?q=折扣", "ye").json()["total"] == 0


def test_an_archived_record_comes_with_its_proof(api: Api) -> None:
    letter = api("POST", f"{BASE}/letter/records", "zhou", json={"subject": "x", "body": "y"})
    assert letter.status_code == 201, letter.text
    api.runtime.ledger.integrate()
    proof = api("GET", f"{BASE}/letter/records/{letter.json()['id']}/proof", "lu").json()
    assert proof["checkpoint"].startswith(api.runtime.ledger.origin)
    assert api("GET", "/api/v1/ledger/records/checkpoint", "lu").text == proof["checkpoint"]


def test_form_state_echoes_its_seq(api: Api) -> None:
    sent = {"values": {"level": "b"}, "changed": ["reason"], "seq": 7}
    answer = api("POST", f"{BASE}/client/state", "lu", json=sent).json()
    assert answer["seq"] == 7
    assert answer["fields"]["reason"]["required"]


def test_files_are_opened_by_those_who_may(api: Api) -> None:
    stored = api("POST", "/api/v1/files", "lu", files={"file": ("报价单.txt", b"hello", "text/plain")}).json()
    mine = api("GET", f"/api/v1/files/{stored['id']}", "lu")
    assert mine.content == b"hello"
    assert "UTF-8''%E6%8A%A5" in mine.headers["content-disposition"]
    assert api("GET", f"/api/v1/files/{stored['id']}", "zhou").status_code == 404


def test_openapi_describes_the_forms(api: Api) -> None:
    document = api("GET", "/api/v1/apps/office/openapi.json", "lu").json()
    assert document["openapi"] == "3.1.0"
    assert document["components"]["schemas"]["client"]["required"] == ["name"]
    assert "post" not in document["paths"][f"{BASE}/letter/records"]


def test_health(api: Api) -> None:
    assert api("GET", "/healthz").json() == {"status": "ok"}
    assert api("GET", "/readyz").json()["apps"] == ["office"]


def test_a_session_needs_its_csrf_token(api: Api) -> None:
    token, session = api.runtime.database.write(lambda unit: api.runtime.sessions.start(unit, "lu", Origin()))
    api.client.cookies.set("muniment_session", token)
    without = api("POST", f"{BASE}/client/records", json=CLIENT)
    assert without.status_code == 403
    with_token = api("POST", f"{BASE}/client/records", json=CLIENT, headers={"x-csrf-token": session.csrf})
    assert with_token.status_code == 201
    foreign = {"x-csrf-token": session.csrf, "sec-fetch-site": "cross-site"}
    assert api("POST", f"{BASE}/client/records", json=CLIENT, headers=foreign).status_code == 403


def test_security_headers_are_everywhere(api: Api) -> None:
    for path in ("/healthz", f"{BASE}/client/records"):
        policy = api("GET", path).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_a_record_is_put_by_the_key_of_another_system(api: Api) -> None:
    path = f"{BASE}/client/records/by/name/%E6%81%92%E9%94%90"  # 恒锐
    made = api("PUT", path, "lu", json={"price": "1"})
    again = api("PUT", path, "lu", json={"price": "2", "name": "恒锐"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == made.json()["id"]
    assert again.json()["values"]["price"] == "2.00"
    assert api.total() == 1
    refused = [
        (path, "lu", {"name": "别的"}, "request.unreadable"),
        (path, "ye", {"price": "2"}, "access.denied"),
        (f"{BASE}/client/records/by/mobile/1", "lu", {}, "record.not_a_key"),  # sealed
        (f"{BASE}/client/records/by/tags/1", "lu", {}, "record.not_a_key"),
        (f"{BASE}/client/records/by/nothing/1", "lu", {}, "record.not_a_key"),
        (f"{BASE}/client/records/by/name/x", "lu", {"price": "y"}, "value.not_a_number"),
    ]
    for where, person, body, code in refused:
        answer = api("PUT", where, person, json=body)
        assert [p["code"] for p in answer.json()["problems"]] == [code], where
    api("POST", f"{BASE}/client/records", "lu", json={"name": "恒锐"})
    assert api("PUT", path, "lu", json={"price": "3"}).status_code == 409  # two of them


def test_a_batch_creates_and_changes_by_a_key_all_or_nothing(api: Api) -> None:
    def put(*rows: dict[str, Any], **more: Any) -> Any:
        return api("POST", f"{BASE}/client/records:batch", "lu", json={"upsert": rows, "by": "name"}, **more)

    first = put({"name": "甲", "price": "1"}, {"name": "乙"}, headers={"Idempotency-Key": "u1"}).json()[
        "upserted"
    ]
    assert [one["created"] for one in first] == [True, True]
    again = put({"name": "甲", "price": "1"}, {"name": "乙"}, headers={"Idempotency-Key": "u1"}).json()[
        "upserted"
    ]
    assert again == first
    mixed = put({"name": "丙"}, {"name": "乙", "price": "9"}).json()["upserted"]
    assert [one["created"] for one in mixed] == [True, False]
    assert mixed[1]["id"] == first[1]["id"]
    wrong = put({"name": "丁"}, {"name": "乙", "price": "x"}, {"name": "丁"}, {"price": "1"}).json()[
        "problems"
    ]
    assert [(p["code"], p["path"]) for p in wrong] == [
        ("value.not_a_number", "/1/price"), ("record.key_twice", "/2/name"), ("value.required", "/3/name"),
    ]  # fmt: skip
    assert api.total() == 3


def test_who_may_not_see_a_record_does_not_find_it_by_its_key(api: Api) -> None:
    """zhou sees own clients only; a key of somebody else's makes a new record, or is refused where it must be
    the only one."""
    api("POST", f"{BASE}/client/records", "lu", json={"name": "恒锐", "owner": "wang"})
    made = api("PUT", f"{BASE}/client/records/by/name/%E6%81%92%E9%94%90", "zhou", json={})
    assert made.status_code == 201
    assert api.total() == 2
