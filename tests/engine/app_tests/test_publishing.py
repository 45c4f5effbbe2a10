"""Testing and publishing from the designer: its progress, what stops it, what it leaves behind."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import Viewer
from engine.app_tests.publishing import Publishing
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from metamodel.problems import Rejected

TESTED: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "小店"},
    "forms": [{"id": "order", "label": "订单", "title": "{name}", "fields": [
        {"id": "name", "type": "text", "label": "品名"},
        {"id": "owner", "type": "member", "label": "谁的", "default": "me"}]}],
    "rules": [
        {"id": "mark", "label": "记号", "when": {"trigger": "record_created", "form": "order"}, "if": "name == '锅炉'",
         "then": [{"action": "set_fields", "with": {"values": {"name": "'大锅炉'"}}}]},
        {"id": "idle", "label": "闲着", "when": {"trigger": "record_created", "form": "order"}, "if": "name == '无'",
         "then": [{"action": "set_fields", "with": {"values": {"name": "''"}}}]}],
    "roles": [{"id": "designer", "label": "设计", "manages": ["design"]},
              {"id": "member", "label": "成员", "forms": {"order": {"actions": ["read", "create"]}}}],
    "tests": [{"id": "marked", "label": "锅炉有记号", "data": "people", "steps": [
        {"create": "order", "as": "wu", "name": "o", "values": {"name": "锅炉"}},
        {"expect": {"form": "order", "record": "o", "as": "wu", "values": {"name": "大锅炉", "owner": "wu"}}}]}],
}  # fmt: skip


@pytest.fixture
def runtime(sqlite_data: Any, tmp_path: Any, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data), clock)

    def furnish(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("wu", "吴")])
        held = [Membership("shop", role, "person", "wu") for role in ("designer", "member")]
        runtime.people.save_memberships(unit, held)

    runtime.database.write(furnish)
    yield runtime
    runtime.close()


@pytest.fixture
def wu(runtime: Runtime) -> Viewer:
    return runtime.require_viewer("wu")


@pytest.fixture
def run(runtime: Runtime, wu: Viewer) -> Callable[..., Any]:
    publishing = Publishing(runtime)

    def work(revision: int, **how: Any) -> Any:
        publishing.start(wu, "shop", revision, **{"publish": True, **how})
        publishing.wait("shop")
        return publishing.state("shop")

    return work


def test_a_draft_is_tested_beside_the_house_and_published(runtime: Runtime, run: Callable[..., Any]) -> None:
    runtime.applications.publish(None, {**TESTED, "tests": [], "rules": []}, "system")
    wu = runtime.require_viewer("wu")
    patch = [{"op": "replace", "path": "", "value": TESTED}]
    revision = runtime.designing.edit(wu, "shop", 0, patch).draft.revision
    state = run(revision)
    assert (state.phase, state.version, state.done, state.total) == ("published", 2, 1, 1), state.problems
    (tried,) = state.tests
    assert (tried.id, tried.passed) == ("marked", True), tried
    seen = state.coverage(runtime.applications.get("shop"))
    assert (seen.percent, [rule.id for rule in seen.missed_rules]) == (50, ["idle"])
    assert list((runtime.config.data / "trials").iterdir()) == [], "nothing of the houses is left"


def test_a_test_that_fails_keeps_a_draft_from_being_published_unless_somebody_says_so(
    runtime: Runtime, wu: Viewer, run: Callable[..., Any]
) -> None:
    runtime.applications.publish(None, TESTED, "system")
    broken = [{"op": "replace", "path": "/rules/0/if", "value": "name == '茶壶'"}]
    revision = runtime.designing.edit(wu, "shop", 0, broken).draft.revision
    state = run(revision)
    assert (state.phase, [one.code for one in state.problems]) == ("failed", ["publish.tests_failed"])
    (tried,) = state.tests
    assert (tried.step, [one.code for one in tried.problems]) == (2, ["app_test.value"])
    assert "大锅炉" in tried.problems[0].text("zh")
    assert runtime.applications.version("shop") == 1
    assert run(revision, publish=False).phase == "tested"
    state = run(revision, anyway=True)
    assert (state.phase, state.version, state.tests) == ("published", 2, ())
    with runtime.database.read() as connection:
        actions = [entry.action for entry in runtime.audit.latest(connection)]
    assert "app.publish_untested" in actions


def test_who_may_not_and_what_is_not_the_newest(runtime: Runtime, wu: Viewer) -> None:
    runtime.applications.publish(None, TESTED, "system")
    publishing = Publishing(runtime)
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [Person("li", "李")]))
    for viewer, revision, code in ((wu, 7, "draft.not_newest"), (Viewer("li"), 0, "access.denied")):
        with pytest.raises(Rejected) as refused:
            publishing.start(viewer, "shop", revision, publish=True)
        assert [found.code for found in refused.value.problems] == [code]
    assert publishing.state("shop") is None


def test_a_run_whose_process_is_gone_was_interrupted(
    runtime: Runtime, wu: Viewer, run: Callable[..., Any]
) -> None:
    runtime.applications.publish(None, TESTED, "system")
    state = run(0, publish=False)
    state.phase = "testing"
    publishing = Publishing(runtime)
    publishing._save(state)
    found = publishing.state("shop")
    assert found is not None
    assert (found.phase, [one.code for one in found.problems]) == ("failed", ["publish.interrupted"])


def test_nothing_leaves_the_house_of_a_test(runtime: Runtime, run: Callable[..., Any]) -> None:
    hook = {"action": "web_hook", "with": {"url": "https://203.0.113.9/deals", "data": {"what": "name"}}}
    telling = {**TESTED, "rules": [{**TESTED["rules"][0], "then": [*TESTED["rules"][0]["then"], hook]}]}
    runtime.applications.publish(None, telling, "system")
    asked: list[str] = []
    socket_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        asked.append(str(address))
        socket_connect(self, address)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", connect)
        state = run(0, publish=False)
    assert [one.passed for one in state.tests] == [True], state.tests
    assert not [one for one in asked if "203.0.113.9" in one]
