"""The pages of accounts, as requests: steps of signing in, one-time links, the own account."""

from __future__ import annotations

import html
import re
from typing import Any

import pyotp
import pytest

from engine.accounts.policy import Policy
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD, Tab

NEW = "copper gate 12 violin"


def secret_of(page: str) -> pyotp.TOTP:
    found = re.search(r'<code data-copy-target="text">([A-Z2-7]+)</code>', page)
    assert found
    return pyotp.TOTP(found[1])


def codes_of(page: str) -> list[str]:
    found = re.search(r'<pre data-copy-target="text">([^<]+)</pre>', page)
    return found[1].split() if found else []


def csrf_of(page: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', page)
    return found[1] if found else ""


def send(tab: Tab, path: str, page: str, **fields: Any) -> Any:
    """Post a form of a page that is not in the frame of the application."""
    return tab.client.post(path, data={"_csrf": csrf_of(page), **fields})


def test_a_one_time_link_leads_in_and_is_used_up(runtime: Runtime) -> None:
    lu = runtime.require_viewer("zhou")
    token = runtime.database.write(lambda unit: runtime.accounts.invite(unit, "wang", lu))
    tab, path = Tab(runtime), f"/invitation/{token}"
    page = tab.page(path)
    assert "wang" in page
    assert tab.get(path).headers["cache-control"] == "no-store"
    differs = send(tab, path, page, password=NEW, again="another thing")
    assert (differs.status_code, "两次输入的密码不一致" in differs.text) == (422, True)
    weak = send(tab, path, page, password="password123", again="password123")
    assert "太容易猜到" in weak.text
    done = send(tab, path, page, password=NEW, again=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "我的账号" in tab.page("/me")
    assert tab.get(path).status_code == 404


def test_a_code_is_asked_for_and_nothing_opens_before(runtime: Runtime, zhou: Tab) -> None:
    assert zhou.post("/me/second-factor", {"old": "wrong"}).status_code == 422
    assert zhou.post("/me/second-factor", {"old": PASSWORD}).headers["location"] == "/me/second-factor"
    totp = secret_of(zhou.page("/me/second-factor"))
    assert zhou.post("/me/second-factor/confirm", {"code": "000000"}).status_code == 422
    shown = zhou.post("/me/second-factor/confirm", {"code": totp.at(runtime.clock.now())}).text
    codes = codes_of(shown)
    assert len(codes) == 10
    assert codes[0] not in zhou.page("/me")

    tab = Tab(runtime)
    begun = tab.post("/sign-in", {"person": "zhou", "password": PASSWORD, "next": "/tasks"})
    assert begun.headers["location"] == "/sign-in?next=%2Ftasks"
    assert tab.get("/me").status_code == 303, "half a sign-in opens nothing"
    assert tab.client.get("/api/v1/apps", headers={"accept": "application/json"}).status_code == 401
    assert tab.client.get("/session", headers={"accept": "application/json"}).status_code == 401
    page = tab.page("/sign-in?next=/tasks")
    assert 'autocomplete="one-time-code"' in page
    forged = tab.client.post("/sign-in/code", data={"code": codes[0]})
    assert forged.status_code == 403
    assert send(tab, "/sign-in/code", page, code="000000", next="/tasks").status_code == 422
    done = send(tab, "/sign-in/code", page, code=codes[0], next="//evil.example")
    assert done.headers["location"] == "/"
    assert tab.get("/me").status_code == 200
    assert (
        zhou.post("/me/second-factor/off", {"old": PASSWORD}).headers["location"]
        == "/me?done=factor_off#factor"
    )


def test_who_must_have_a_second_factor_sets_it_up_at_the_door(runtime: Runtime) -> None:
    zhou = runtime.require_viewer("zhou")
    runtime.accounts.save_policy(zhou, Policy(factor_roles=frozenset({"desk.seller"})))
    tab = Tab(runtime, "zhou")
    page = tab.page("/sign-in")
    totp = secret_of(page)
    wrong = send(tab, "/sign-in/factor", page, code="000000", next="/")
    assert (wrong.status_code, secret_of(wrong.text).secret) == (422, totp.secret)
    done = send(tab, "/sign-in/factor", page, code=totp.at(runtime.clock.now()), next="/")
    assert len(codes_of(done.text)) == 10
    assert "不能关闭" in tab.page("/me")
    assert tab.post("/me/second-factor/off", {"old": PASSWORD}).status_code == 409


def test_signing_in_in_place(runtime: Runtime, zhou: Tab) -> None:
    runtime.accounts.end_sessions(runtime.require_viewer("zhou"), "zhou")
    assert zhou.client.get("/session", headers={"accept": "application/json"}).status_code == 401
    assert 'value="zhou"' in zhou.page("/sign-in/again?person=zhou&language=zh-CN")
    headers = {"accept": "application/json"}
    wrong = zhou.client.post("/sign-in/again", json={"person": "zhou", "password": "x"}, headers=headers)
    assert wrong.status_code == 401
    done = zhou.client.post("/sign-in/again", json={"person": "zhou", "password": PASSWORD})
    assert (done.json()["step"], done.json()["person"]) == ("in", "zhou")
    assert zhou.client.get("/session").json() == {"person": "zhou", "csrf": done.json()["csrf"]}


def test_a_token_is_shown_once_and_works_within_its_scopes(runtime: Runtime, zhou: Tab) -> None:
    fields = {"name": "夜间导入", "scopes": "read", "expires": "30", "old": PASSWORD}
    made = zhou.post("/me/tokens", fields)
    found = re.search(r"mun_[A-Za-z0-9_-]{40,}", made.text)
    assert found
    assert made.headers["cache-control"] == "no-store"
    assert found[0] not in zhou.page("/me")
    headers = {"authorization": f"Bearer {found[0]}", "accept": "application/json"}
    bare = Tab(runtime).client
    assert bare.get("/api/v1/apps", headers=headers).status_code == 200
    records = "/api/v1/apps/desk/forms/customer/records"
    assert bare.post(records, json={"name": "x"}, headers=headers).status_code == 403
    assert bare.post("/me/tokens", data=fields, headers=headers).status_code == 403, "not by a program"
    revoke = re.search(r'name="token" value="(\d+)"', zhou.page("/me"))
    assert revoke
    zhou.post("/me/tokens/revoke", {"token": revoke[1]})
    assert bare.get("/api/v1/apps", headers=headers).status_code == 401
    assert zhou.post("/me/tokens", {**fields, "name": " "}).status_code == 422


def test_sessions_are_listed_and_ended(runtime: Runtime, zhou: Tab) -> None:
    other = Tab(runtime, "zhou")
    names = re.findall(r'name="session" value="([0-9a-f]{64})"', zhou.page("/me"))
    assert len(names) == 1
    zhou.post("/me/sessions", {"session": names[0]})
    assert other.get("/me").status_code == 303
    third = Tab(runtime, "zhou")
    third.post("/me/sessions", {"session": "others"})
    assert zhou.get("/me").status_code == 303
    assert third.get("/me").status_code == 200


@pytest.mark.parametrize("query", ["", "?state=abc&code=x", "?state=é&code=x"])
def test_coming_back_from_a_provider_one_was_not_sent_to(runtime: Runtime, query: str) -> None:
    answer = Tab(runtime).get(f"/sign-in/with/1/back{query}")
    assert answer.status_code == 401
    assert "不是从这个浏览器开始的" in html.unescape(answer.text)


def test_who_forgot_his_password_is_answered_alike_whoever_he_is(runtime: Runtime) -> None:
    tab = Tab(runtime)
    assert "忘记密码" not in tab.page("/sign-in")
    assert tab.get("/forgot").status_code == 404, "no mail, no link"
    runtime.accounts.mails = True
    assert "/forgot" in tab.page("/sign-in")
    page = tab.page("/forgot?person=zhou")
    assert 'value="zhou"' in page
    answers = [send(tab, "/forgot", page, person=name) for name in ("zhou", "nobody")]
    told = {answer.text.replace("nobody", "zhou") for answer in answers}
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(told) == 1
    assert send(tab, "/forgot", page, person=" ").status_code == 422
    for _ in range(2):
        send(tab, "/forgot", page, person="nobody")
    assert "分钟" in send(tab, "/forgot", page, person="nobody").text
