"""Web hooks out: signed as the standard says, tried again, dead in the end, and forgotten with the record."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.jobs.queue import MOST_ATTEMPTS
from engine.outgoing import Allowed
from engine.records.query import Change
from engine.rules.web_hooks import signature
from engine.runtime import Runtime
from engine.system_tables import web_hook_calls
from metamodel.application import load
from metamodel.problems import Rejected


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))  # type: ignore[attr-defined]
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)  # type: ignore[attr-defined]
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def other() -> Iterator[Any]:
    """The other system; `answers` are the statuses it gives, then 204."""
    server: Any = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/in"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def document(url: str, **options: Any) -> dict[str, Any]:
    return {
        "muniment": 1,
        "app": {"id": "shop", "label": "店"},
        "forms": [{"id": "order", "label": "订单", "title": "{what}", "fields": [
            {"id": "what", "type": "text", "label": "何物"}, {"id": "price", "type": "money", "label": "价"},
            {"id": "phone", "type": "text", "label": "手机", "sealed": True}]}],
        "rules": [{"id": "tell", "label": "外发", "when": {"trigger": "record_created", "form": "order"},
                   "then": [{"action": "web_hook", "with": {
                       "url": url, "data": {"what": "what", "price": "price"}, **options}}]}],
    }  # fmt: skip


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], other: Any) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.outgoing.allowed = Allowed.read(["127.0.0.1"])
    runtime.applications.publish(None, document(other.url), "system")
    yield runtime
    runtime.close()


def order(runtime: Runtime, **values: Any) -> str:
    (made,) = runtime.records.create(SYSTEM, "shop", "order", [{"what": "灯", "price": "12.50", **values}])
    return made


def states(runtime: Runtime) -> list[tuple[str, int, str]]:
    return [(one.state, one.attempts, one.error) for one in runtime.web_hooks.latest(["shop"])]


def wait_and_work(runtime: Runtime) -> None:
    runtime.movable_clock.advance(hours=2)
    runtime.jobs.run_due()


def test_it_is_sent_signed_when_the_record_is_committed(shop: Runtime, other: Any) -> None:
    record = order(shop)
    assert not other.asked
    shop.jobs.run_due()
    ((headers, body),) = other.asked
    sent = json.loads(body)
    assert sent["data"] == {"what": "灯", "price": "12.50"}
    assert (sent["app"], sent["form"], sent["record"], sent["rule"]) == ("shop", "order", record, "tell")
    key = base64.b64decode(shop.web_hooks.key("shop", other.url).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert states(shop) == [("sent", 1, "")]


def test_every_event_of_a_record_can_be_told(shop: Runtime, other: Any) -> None:
    made = document(other.url)
    (tell,) = made["rules"]
    triggers = ("record_created", "record_updated", "record_deleted")
    made["rules"] = [{**tell, "id": one, "when": {"trigger": one, "form": "order"}} for one in triggers]
    shop.applications.publish(None, made, "system")
    record = order(shop)
    assert shop.records.update(SYSTEM, "shop", "order", [Change(record, {"price": "13"})])[0].ok
    shop.recycle_bin.delete(SYSTEM, "shop", "order", [record])
    shop.jobs.run_due()
    sent = [json.loads(body) for _, body in other.asked]
    assert [(one["event"], one["record"], one["data"]["price"]) for one in sent] == [
        ("record_created", record, "12.50"), ("record_updated", record, "13.00"), ("record_deleted", record, "13.00"),
    ]  # fmt: skip


def test_nothing_leaves_when_the_record_is_not_saved(shop: Runtime, other: Any) -> None:
    def work(unit: Any) -> None:
        shop.records.create(SYSTEM, "shop", "order", [{"what": "灯"}], unit)
        raise Rejected([])

    with pytest.raises(Rejected):
        shop.database.write(work)
    shop.jobs.run_due()
    assert not other.asked
    assert not states(shop)


def test_it_is_tried_again_under_the_same_id(shop: Runtime, other: Any) -> None:
    other.answers = [503, 302]
    order(shop)
    shop.jobs.run_due()
    assert states(shop) == [("failed", 1, "503")]
    wait_and_work(shop)
    assert states(shop) == [("failed", 2, "302")], "a redirect is not followed"
    wait_and_work(shop)
    assert states(shop) == [("sent", 3, "")]
    assert len({headers["webhook-id"] for headers, _ in other.asked}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in other.asked}) == 3


def test_what_nobody_takes_is_dead_and_may_be_sent_again(shop: Runtime, other: Any) -> None:
    other.answers = [500] * MOST_ATTEMPTS
    order(shop)
    for _ in range(MOST_ATTEMPTS + 2):
        wait_and_work(shop)
    ((dead),) = shop.web_hooks.latest(["shop"])
    assert (dead.state, dead.attempts, dead.error) == ("dead", MOST_ATTEMPTS, "500")
    shop.web_hooks.retry(SYSTEM, "shop", dead.id)
    shop.jobs.run_due()
    assert states(shop) == [("sent", 1, "")]
    for act in (shop.web_hooks.retry, shop.web_hooks.discard):
        with pytest.raises(Rejected):
            act(SYSTEM, "shop", dead.id)


def test_whoever_is_gone_is_not_asked_again(shop: Runtime, other: Any) -> None:
    other.answers = [410]
    order(shop)
    for _ in range(3):
        wait_and_work(shop)
    assert states(shop) == [("dead", 1, "410")]
    assert len(other.asked) == 1


def test_an_address_of_the_house_is_refused_when_it_is_asked(shop: Runtime, other: Any) -> None:
    shop.outgoing.allowed = Allowed()
    order(shop)
    shop.jobs.run_due()
    assert states(shop) == [("failed", 1, "outgoing.refused_address")]
    assert not other.asked


def test_what_waits_is_sealed_and_forgotten_with_its_record(shop: Runtime, other: Any) -> None:
    record = order(shop, what="不可外传的话")
    with shop.database.read() as connection:
        sealed = connection.execute(web_hook_calls.select()).one().body_sealed
    assert "不可外传的话".encode() not in sealed
    shop.database.write(lambda unit: shop.web_hooks.forget(unit, [int(record)]))
    shop.jobs.run_due()
    assert not other.asked
    assert states(shop) == [("given_up", 0, "")]


BAD = [
    ("ftp://example.com", {}, "rule.bad_web_address"), ("https://user:x@example.com/", {}, "rule.bad_web_address"),
    ("example.com", {}, "rule.bad_web_address"), ("https://example.com/", {"data": {"a": "nothing"}}, "unknown"),
    ("https://example.com/", {"data": {"phone": "phone"}}, "sealed"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "options", "code"), BAD)
def test_a_definition_is_checked(registry: Any, url: str, options: dict[str, Any], code: str) -> None:
    _, problems = load(document(url, **options), registry)
    assert any(code in found.code for found in problems), problems


def test_a_sealed_value_leaves_when_the_rule_says_so(registry: Any) -> None:
    assert not load(document("https://example.com", data={"phone": "phone"}, sealed=True), registry)[1]


def test_each_address_has_a_key_of_its_own(shop: Runtime) -> None:
    keys = {
        shop.web_hooks.key(app, url) for app in ("a", "b") for url in ("https://x.com/1", "https://x.com/2")
    }
    assert len(keys) == 4


def test_the_signature_is_the_published_one() -> None:
    """The example by which the libraries of Standard Webhooks are tested."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
