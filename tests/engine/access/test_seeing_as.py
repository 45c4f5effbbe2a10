"""Seeing as somebody: the lesser of both rights where it matters, read-only, told, audited, over by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.accounts.sessions import Origin, Session
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE

SECRET = "13911112222"
WATCHER = {"id": "watcher", "label": "监督", "manages": ["access"], "forms": {
    "client": {"rows": "level == 'a'", "actions": ["read"], "fields": {"name": "hide"}}}}  # fmt: skip
DESIGNER = {"id": "designer", "label": "设计", "manages": ["design"]}


@pytest.fixture
def house(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    """Zhou sells; Ding designs and reads nothing; Guan watches over access and reads clients of level a."""
    runtime = make_runtime()
    runtime.applications.publish(None, {**OFFICE, "roles": [*OFFICE["roles"], WATCHER, DESIGNER]}, "system")
    held = {"zhou": "seller", "ding": "designer", "guan": "watcher"}

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(name, name.title()) for name in (*held, "fang")])
        rows = [Membership("office", role, "person", person) for person, role in held.items()]
        runtime.people.save_memberships(unit, rows)

    runtime.database.write(people)
    for name, level in (("甲", "a"), ("乙", "b")):
        values = {
            "name": name,
            "owner": "zhou",
            "mobile": SECRET,
            "level": level,
            "reason": "x" if level == "b" else None,
        }
        runtime.records.create(SYSTEM, "office", "client", [values])
    yield runtime
    runtime.close()


def session(house: Runtime, person: str) -> tuple[str, Session]:
    token, _ = house.database.write(lambda unit: house.sessions.start(unit, person, Origin()))
    return token, found(house, token)


def found(house: Runtime, token: str) -> Session:
    """As the next request finds it."""
    session = house.sessions.find(token)
    assert session is not None
    return session


def look(house: Runtime, looker: str) -> tuple[Viewer, str]:
    """Zhou as the looker sees through her eyes, and the token of his session."""
    (token, held), viewer = session(house, looker), house.require_viewer(looker)
    house.seeing_as.start(viewer, held, "office", "zhou", "核对权限")
    return house.seeing_as.viewer(found(house, token), viewer), token


def clients(house: Runtime, viewer: Viewer, text: str = "") -> dict[str, dict[str, Any]]:
    page = house.records.page(viewer, "office", "client", Query(text=text))
    return {str(one.values.get("level")): dict(one.values) for one in page.items}


def test_rows_and_plain_fields_as_the_person_sees_them_sealed_ones_as_both_may(house: Runtime) -> None:
    by_designer, _ = look(house, "ding")
    seen = clients(house, by_designer)
    assert {one["name"] for one in seen.values()} == {"甲", "乙"}
    assert all("mobile" not in one for one in seen.values()), "sealed, and the designer reads nothing himself"
    assert not clients(house, by_designer, SECRET), "nor is it found by"
    by_watcher, _ = look(house, "guan")
    seen = clients(house, by_watcher)
    assert seen["a"]["mobile"] == SECRET, "he may read that one himself"
    assert "mobile" not in seen["b"]
    assert set(clients(house, by_watcher, SECRET)) == {"a"}
    assert seen["a"]["name"] == "甲", "plain fields as the person sees them"


def test_nothing_leaves_and_no_duty_is_held(house: Runtime) -> None:
    viewer, _ = look(house, "guan")
    app = house.applications.get("office")
    client = app.form("client")
    assert client is not None
    with house.database.read() as connection:
        ways = house.authority.ways(connection, viewer, app, client)
    assert ways
    assert not any("export" in way.actions for way in ways)
    assert viewer.scopes == frozenset({"read"})
    assert not any(house.manages(viewer, "office", duty) for duty in ("access", "design"))
    assert not house.manages_anywhere(viewer, "access")
    assert not house.seeing_as.may(viewer, "office"), "nor does he see as a third"


def test_what_is_hers_alone_stays_hers(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    record = house.records.page(zhou, "office", "client", Query()).items[0].id
    house.comments.add(zhou, "office", "client", record, "只说给同事")
    house.kept_drafts.keep(zhou, "office", "client", None, {"name": ["没写完"]})
    house.saved_views.save(zhou, "office", "client", "急着要的", "q=x")
    by_designer, _ = look(house, "ding")
    assert len(house.saved_views.all(zhou, "office", "client")) == 1
    assert not house.saved_views.all(by_designer, "office", "client")
    assert house.comments.of(zhou, "office", "client", record)
    assert not house.comments.of(by_designer, "office", "client", record)
    assert house.kept_drafts.find(zhou, "office", "client", None) is not None
    assert house.kept_drafts.find(by_designer, "office", "client", None) is None


def test_told_and_audited_under_the_name_of_who_looks(house: Runtime) -> None:
    viewer, token = look(house, "ding")
    clients(house, viewer)
    house.seeing_as.end(viewer, found(house, token))
    with house.database.read() as connection:
        trail = {one.action: one for one in house.audit.latest(connection, limit=10)}
    assert {one.person for name, one in trail.items() if name in ("list", "see_as.start", "see_as.end")} == {
        "ding"
    }
    assert trail["see_as.start"].detail["reason"] == "核对权限"
    assert trail["list"].detail["seen_as"] == "zhou"
    notices = house.notifications.of(house.require_viewer("zhou")).items
    assert len(notices) == 1
    assert "Ding" in notices[0].title
    assert house.seeing_as.viewer(found(house, token), house.require_viewer("ding")).looker is None


def test_it_is_over_by_itself_and_with_the_duty(house: Runtime, clock: Any) -> None:
    _, token = look(house, "ding")
    ding, held = house.require_viewer("ding"), found(house, token)
    lost = replace(ding, roles={})
    assert house.seeing_as.viewer(held, lost) == lost
    clock.advance(minutes=31)
    assert house.seeing_as.viewer(held, ding) == ding


@pytest.mark.parametrize(
    ("looker", "person", "reason", "code"),
    [
        ("zhou", "guan", "核对权限", "access.denied"),
        ("ding", "fang", "核对权限", "see_as.nobody"),
        ("ding", "ding", "核对权限", "see_as.nobody"),
        ("ding", "nobody", "核对权限", "see_as.nobody"),
        ("ding", "zhou", " 试 ", "see_as.reason"),
    ],
)
def test_refused(house: Runtime, looker: str, person: str, reason: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        house.seeing_as.start(
            house.require_viewer(looker), session(house, looker)[1], "office", person, reason
        )
    assert [one.code for one in refused.value.problems] == [code]
