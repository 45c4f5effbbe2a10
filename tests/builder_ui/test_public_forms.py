"""A form for people without an account: who may open one, what comes in, and what never goes out."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.public_forms import PublicLink, Wanted
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.builder_ui.counter import APP, COUNTER, open_counter
from tests.builder_ui.desk import Tab
from tests.conftest import NOW
from tests.serving import app_over

FIELDS = ("name", "channel", "mobile", "reason", "goods", "note")
PAGE = f"/design/{APP}/forms/order/public"


@pytest.fixture
def counter(runtime: Runtime) -> Runtime:
    open_counter(runtime)
    return runtime


def opened(counter: Runtime, **more: Any) -> tuple[PublicLink, str]:
    wanted = Wanted(**{"name": "门店海报", "fields": FIELDS, **more})
    return counter.public_forms.make(counter.require_viewer("cheng"), APP, "order", wanted)


@pytest.fixture
def stranger(counter: Runtime) -> Iterator[TestClient[Any]]:
    with TestClient(app_over(counter)) as client:
        client.follow_redirects = False
        yield client


def stamp_of(html: str) -> str:
    found = re.search(r'name="_opened" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def fill_in(stranger: TestClient[Any], token: str, clock: FrozenClock | None, **values: Any) -> Any:
    page = stranger.get(f"/f/{token}")
    assert page.status_code == 200, page.text
    if clock is not None:
        clock.advance(seconds=20)
    return stranger.post(f"/f/{token}", data={"_opened": stamp_of(page.text), "_website": "", **values})


def orders(counter: Runtime) -> list[Any]:
    return counter.records.page(SYSTEM, APP, "order", Query()).items


# -- filling in ------------------------------------------------------------------------------------


def test_somebody_without_an_account_fills_it_in(
    counter: Runtime, stranger: TestClient[Any], clock: FrozenClock, zhou: Tab
) -> None:
    link, token = opened(counter, thanks="我们明天联系您。")
    html = stranger.get(f"/f/{token}").text
    assert "姓名" in html
    assert "客户" not in html
    assert "noindex" in html
    answer = fill_in(
        stranger, token, clock, name="王女士", channel="phone", mobile="13800138000", note="想要报价"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{token}?done=yes")
    thanks = stranger.get(answer.headers["location"]).text
    assert "我们明天联系您。" in thanks
    assert "再填一份" in thanks
    (made,) = orders(counter)
    assert (made.values["name"], made.values["note"], made.values["clerk"]) == ("王女士", "想要报价", None)
    with counter.database.read() as connection:
        (noted,) = counter.audit.of_record(connection, int(made.id), actions=("create",))
    assert (noted.person, noted.address) == (f"public:{link.id}", "testclient")
    assert "公开填写" in zhou.page(f"/apps/{APP}/forms/order/records/{made.id}?tab=history")
    assert "1 份" in Tab(counter, "cheng").page(PAGE)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"channel": "wecom"}, "姓名"),
        ({"name": "x", "channel": "phone"}, "手机"),
        ({"name": "x", "channel": "phone", "mobile": "1"}, "手机"),
        ({"name": "x", "channel": "wecom", "reason": "time"}, "现在不能选"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    counter: Runtime, stranger: TestClient[Any], clock: FrozenClock, values: dict[str, str], said: str
) -> None:
    answer = fill_in(stranger, opened(counter)[1], clock, note="写了很久", **values)
    assert answer.status_code == 422
    assert "写了很久" in answer.text
    assert said in answer.text
    assert orders(counter) == []


def test_what_is_not_offered_is_not_taken(
    counter: Runtime, stranger: TestClient[Any], clock: FrozenClock
) -> None:
    _, token = opened(counter)
    answer = fill_in(stranger, token, clock, name="x", clerk="zhou", customer="1", papers="1")
    assert answer.status_code == 303
    (made,) = orders(counter)
    assert (made.values["clerk"], made.values["customer"], made.values["papers"]) == (None, None, None)


def test_the_state_answers_for_what_is_offered_alone(counter: Runtime, stranger: TestClient[Any]) -> None:
    _, token = opened(counter)
    asked = {"seq": 3, "values": {"channel": ["phone"], "clerk": ["zhou"]}, "changed": ["channel"]}
    answer = stranger.post(f"/f/{token}/state", json=asked).json()
    assert sorted(answer["fields"]) == sorted(FIELDS)
    assert answer["fields"]["mobile"]["required"] is True
    assert answer["fields"]["reason"]["withheld"] == ["price"]
    assert "way" not in answer
    assert "same" not in answer


@pytest.mark.parametrize(
    ("field", "status"),
    [("goods", 200), ("clerk", 404), ("customer", 404), ("nothing", 404), ("lines.by", 404)],
)
def test_only_choices_may_be_looked_up(
    counter: Runtime, stranger: TestClient[Any], field: str, status: int
) -> None:
    _, token = opened(counter)
    answer = stranger.get(f"/f/{token}/options/{field}?q=")
    assert (answer.status_code == 200) is (status == 200)
    assert "周婧" not in answer.text


# -- keeping machines out --------------------------------------------------------------------------


def test_machines_are_told_apart(counter: Runtime, stranger: TestClient[Any], clock: FrozenClock) -> None:
    _, token = opened(counter)
    assert fill_in(stranger, token, None, name="x").status_code == 429  # faster than anybody reads
    assert fill_in(stranger, token, clock, name="x", _website="x").status_code == 303  # thanked, not kept
    made_up = stranger.post(f"/f/{token}", data={"_opened": "x", "name": "x"})
    assert made_up.status_code == 422
    _, other = opened(counter)
    page = stranger.get(f"/f/{other}").text
    clock.advance(seconds=20)
    borrowed = stranger.post(f"/f/{token}", data={"_opened": stamp_of(page), "name": "x"})
    assert borrowed.status_code == 422
    clock.advance(hours=25)
    assert orders(counter) == []


def test_a_field_may_be_called_as_the_trap_is(
    counter: Runtime, stranger: TestClient[Any], clock: FrozenClock
) -> None:
    document = copy.deepcopy(COUNTER)
    document["forms"][0]["fields"].append({"id": "website", "type": "url", "label": "网址"})
    counter.applications.publish(None, document, "system")
    _, token = opened(counter, fields=("name", "website"))
    fill_in(stranger, token, clock, name="陈", website="https://example.com")
    assert [order.values["website"] for order in orders(counter)] == ["https://example.com"]


def test_a_day_is_full_and_begins_anew(
    counter: Runtime, stranger: TestClient[Any], clock: FrozenClock
) -> None:
    _, token = opened(counter, per_day=2)
    assert [fill_in(stranger, token, clock, name=n).status_code for n in "ab"] == [303, 303]
    full = stranger.get(f"/f/{token}")
    assert (full.status_code, "收满" in full.text) == (429, True)
    assert stranger.post(f"/f/{token}", data={"name": "c"}).status_code == 429
    clock.advance(days=1)
    assert fill_in(stranger, token, clock, name="c").status_code == 303
    assert len(orders(counter)) == 3


def test_one_place_may_not_go_on_for_ever(counter: Runtime) -> None:
    link, _ = opened(counter)
    enter = counter.public_forms.enter
    for number in range(60):
        enter(link, {"name": str(number)}, "10.0.0.1")
    with pytest.raises(Rejected) as refused:
        enter(link, {"name": "x"}, "10.0.0.1")
    assert refused.value.problems[0].code == "public.too_many"
    enter(link, {"name": "y"}, "10.0.0.2")


def test_it_opens_and_closes(counter: Runtime, stranger: TestClient[Any], clock: FrozenClock) -> None:
    _, token = opened(counter, opens_at=NOW + timedelta(hours=1), closes_at=NOW + timedelta(hours=2))
    early = stranger.get(f"/f/{token}")
    assert (early.status_code, "还没有开始填写。" in early.text) == (403, True)
    clock.advance(minutes=90)
    assert stranger.get(f"/f/{token}").status_code == 200
    clock.advance(hours=1)
    assert stranger.get(f"/f/{token}").status_code == 410
    assert stranger.post(f"/f/{token}", data={"name": "x"}).status_code == 410
    assert stranger.get("/f/guessed").status_code == 404


# -- who opens one ---------------------------------------------------------------------------------


def test_who_designs_makes_renews_and_takes_back(counter: Runtime, stranger: TestClient[Any]) -> None:
    cheng = Tab(counter, "cheng")
    assert cheng.get(PAGE).status_code == 200
    sent = {"do": "make", "name": "官网", "field": ["name", "channel"], "per_day": "20", "thanks": "好"}
    made = cheng.post(PAGE, sent)
    (token,) = re.findall(r"/f/([\w-]{43})", made.text)
    assert stranger.get(f"/f/{token}").status_code == 200
    assert token not in cheng.page(PAGE)  # shown once
    overview = cheng.page(f"/design/{APP}")
    assert f'href="{PAGE}"' in overview
    assert "1 个公开链接" in overview
    (link,) = counter.public_forms.of(counter.require_viewer("cheng"), APP, "order")
    changed = {**sent, "do": "change", "link": str(link.id), "closes_at": "2020-01-01T00:00"}
    assert cheng.post(PAGE, changed).status_code == 303
    assert stranger.get(f"/f/{token}").status_code == 410
    cheng.post(PAGE, {**sent, "do": "change", "link": str(link.id)})
    renewed = cheng.post(PAGE, {"do": "renew", "link": str(link.id)})
    (again,) = re.findall(r"/f/([\w-]{43})", renewed.text)
    assert (stranger.get(f"/f/{token}").status_code, stranger.get(f"/f/{again}").status_code) == (404, 200)
    assert cheng.post(PAGE, {"do": "revoke", "link": str(link.id)}).status_code == 303
    assert stranger.get(f"/f/{again}").status_code == 404
    assert "公开链接" not in cheng.page(f"/design/{APP}")
    with counter.database.read() as connection:
        noted = [e.action for e in counter.audit.latest(connection) if e.action.startswith("public_form.")]
        rows = connection.exec_driver_sql("SELECT * FROM public_forms").all()
    assert noted == [
        "public_form.close",
        "public_form.renew",
        *["public_form.change"] * 2,
        "public_form.open",
    ]
    assert again not in repr(rows)
    assert "官网".encode() not in b"".join(each for row in rows for each in row if isinstance(each, bytes))


def test_nobody_else_does(counter: Runtime, zhou: Tab) -> None:
    assert zhou.get(PAGE).status_code == 403
    assert zhou.post(PAGE, {"do": "make", "name": "x", "field": "name"}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("name", "customer"), "public.reads"),
        (("name", "clerk"), "public.reads"),
        (("name", "papers"), "public.files"),
        (("name", "lines"), "public.reads"),  # a column of it picks people
        (("channel",), "public.required"),
        ((), "public.no_fields"),
    ],
)
def test_fields_that_cannot_be_offered(counter: Runtime, fields: tuple[str, ...], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        opened(counter, fields=fields)
    assert code in {found.code for found in refused.value.problems}


def test_a_page_says_what_is_wrong_and_keeps_what_was_chosen(counter: Runtime) -> None:
    cheng = Tab(counter, "cheng")
    answer = cheng.post(
        PAGE, {"do": "make", "name": "", "field": ["channel"], "per_day": "0", "thanks": "再见"}
    )
    assert answer.status_code == 422
    assert "再见" in answer.text
    assert answer.text.count('name="field" value="channel" checked') == 1


def test_rules_and_flows_run_for_what_nobody_filled_in(counter: Runtime) -> None:
    """Who asks is nobody: approvers found through him are none, so what the node says for nobody holds."""
    document = copy.deepcopy(COUNTER)
    document["flows"] = [{
        "id": "look", "label": "查看", "form": "order",
        "nodes": [
            {"id": "begin", "type": "start", "label": "开始"},
            {"id": "boss", "type": "approval", "label": "主管",
             "options": {"approvers": ["manager:clerk:1"], "if_nobody": ["role:worker"]}},
            {"id": "done", "type": "end", "label": "结束"},
        ],
        "edges": [{"from": "begin", "to": "boss"}, {"from": "boss", "to": "done", "on": "approve"},
                  {"from": "boss", "to": "done", "on": "reject"}],
    }]  # fmt: skip
    document["rules"] = [{
        "id": "greet", "label": "记下", "when": {"trigger": "record_created", "form": "order"},
        "then": [{"action": "set_fields", "with": {"values": {"channel": "'phone'"}}}],
    }]  # fmt: skip
    counter.applications.publish(None, document, "system")
    link, _ = opened(counter)
    record = counter.public_forms.enter(link, {"name": "王女士"}, "10.0.0.3")
    assert counter.records.get(SYSTEM, APP, "order", record).values["channel"] == "phone"
    (task,) = counter.tasks.of(counter.require_viewer("zhou")).items
    assert task.record == record


def test_links_by_the_api(counter: Runtime, stranger: TestClient[Any]) -> None:
    token = counter.accounts.make_token(counter.require_viewer("cheng"), "t", ["read", "write"], None)
    head = {"authorization": f"Bearer {token}"}
    path = f"/api/v1/design/{APP}/forms/order/public-links"
    sent = {"name": "接口", "fields": ["name"], "per_day": 5}
    made = stranger.post(path, json=sent, headers=head).json()
    assert stranger.get(f"/f/{made['token']}").status_code == 200
    (listed,) = stranger.get(path, headers=head).json()
    assert (listed["id"], listed["open"], "token" in listed) == (made["id"], True, False)
    closes = {**sent, "closes_at": "2020-01-01T00:00:00Z"}
    assert (
        stranger.put(f"{path}/{made['id']}", json=closes, headers=head).json()["why_not"] == "public.closed"
    )
    renewed = stranger.post(f"{path}/{made['id']}/renew", headers=head).json()
    assert stranger.get(f"/f/{made['token']}").status_code == 404
    assert stranger.get(f"/f/{renewed['token']}").status_code == 410
    assert stranger.delete(f"{path}/{made['id']}", headers=head).status_code == 204
    assert stranger.get(path, headers=head).json() == []
    refused = stranger.post(path, json={**sent, "fields": ["customer"]}, headers=head)
    assert {found["code"] for found in refused.json()["problems"]} == {"public.reads", "public.required"}
    assert stranger.post(path, json={**sent, "opens_at": "soon"}, headers=head).status_code == 400
