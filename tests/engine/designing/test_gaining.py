"""Who designs an app writes his own roles: what a version gives him to read needs a reason, a second person where the
house asks for two, and is told to those who look after access and audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.runtime import Runtime
from metamodel.problems import Rejected

REASON = "经理会要求设计者核对导入结果"
OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [
        {"id": "deal", "label": "商机", "title": "{name}",
         "fields": [{"id": "name", "type": "text", "label": "名称"},
                    {"id": "owner", "type": "member", "label": "负责人"},
                    {"id": "price", "type": "text", "label": "底价", "mask": True}]},
        {"id": "empty", "label": "空表", "fields": [{"id": "a", "type": "text"}]},
    ],
    "roles": [
        {"id": "maker", "label": "设计", "manages": ["design"],
         "forms": {"deal": {"rows": "owner == me", "actions": ["read"], "fields": {"price": "mask"}}}},
        {"id": "clerk", "label": "文员", "forms": {"deal": {"actions": ["read", "export"]}}},
        {"id": "watch", "label": "审计", "manages": ["audit", "access"]},
    ],
}  # fmt: skip
ROLES = {"wei": "maker", "xu": "maker", "kang": "clerk", "shen": "watch"}
DEAL = "/roles/0/forms/deal"


@pytest.fixture
def office(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, deepcopy(OFFICE), "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in ROLES])
        members = [Membership("office", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)
    runtime.records.create(SYSTEM, "office", "deal", [{"name": "甲"}])
    yield runtime
    runtime.close()


def drafted(office: Runtime, *patch: dict[str, Any], by: str = "wei") -> tuple[Viewer, int]:
    viewer = office.require_viewer(by)
    on = office.designing.open(viewer, "office").revision
    edited = office.designing.edit(viewer, "office", on, list(patch))
    return viewer, edited.draft.revision


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


GIVING: dict[str, tuple[dict[str, Any], str]] = {
    "all rows": (put(f"{DEAL}/rows", "true"), "rows:deal"),
    "other rows": (put(f"{DEAL}/rows", "name != ''"), "rows:deal"),
    "export": (put(f"{DEAL}/actions", ["read", "export"]), "action:deal:export"),
    "a masked field": (put(f"{DEAL}/fields", {"price": "read"}), "field:deal:price"),
    "unmasking": (put("/roles/0/unmask", {"minutes": 30}), "unmask"),
    "the glass": (put("/roles/0/emergency", {"forms": ["deal"], "hours": 4, "alarm": ["role:watch"]}),
                  "emergency:deal"),
    "a duty": (put("/roles/0/manages", ["design", "audit"]), "duty:audit"),
    "a grant": (put("/rules", [{"id": "give", "when": {"trigger": "record_created", "form": "deal"},
                                "then": [{"action": "grant", "with": {
                                    "to": ["person:wei"], "form": "deal", "filter": "true", "purpose": "'x'",
                                    "days": 1}}]}]), "grants"),
}  # fmt: skip


@pytest.mark.parametrize("what", GIVING)
def test_what_gives_its_designers_more_to_read_asks_why(office: Runtime, what: str) -> None:
    patch, gained = GIVING[what]
    viewer, revision = drafted(office, patch)
    assert gained in [one.what for one in office.designing.gains(viewer, "office", revision)]
    with pytest.raises(Rejected) as refused:
        office.designing.publish(viewer, "office", revision, "kurz")
    assert [one.code for one in refused.value.problems] == ["publish.gains"]
    assert office.applications.version("office") == 1


HARMLESS = {
    "others gain": put("/roles/1/forms/empty", {"actions": ["read", "create"]}),
    "a form without records": put("/roles/0/forms/empty", {"actions": ["read", "export"]}),
    "less": put(f"{DEAL}/fields", {"price": "hide"}),
    "a new field": put("/forms/0/fields/-", {"id": "more", "type": "text", "label": "更多"}),
    "writing": put(f"{DEAL}/actions", ["read", "update"]),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_everything_else_is_published_as_ever(office: Runtime, what: str) -> None:
    viewer, revision = drafted(office, HARMLESS[what])
    assert office.designing.gains(viewer, "office", revision) == ()
    assert office.designing.publish(viewer, "office", revision) == 2


def test_the_trail_names_the_gains_and_those_who_watch_are_told(office: Runtime) -> None:
    viewer, revision = drafted(office, put(f"{DEAL}/rows", "true"))
    assert office.designing.publish(viewer, "office", revision, REASON) == 2
    with office.database.read() as connection:
        entry = next(one for one in office.audit.latest(connection) if one.action == "app.publish")
    assert entry.detail == {
        "version": 2, "reason": REASON, "gains": [{"what": "rows:deal", "people": ["wei", "xu"]}],
    }  # fmt: skip
    (alarm,) = office.notifications.of(office.require_viewer("shen")).items
    assert "wei" in alarm.title
    assert "商机" in alarm.body
    assert REASON in alarm.body
    for other in ("kang", "wei"):
        assert not office.notifications.of(office.require_viewer(other)).items


def test_where_the_house_asks_for_two_a_second_designer_publishes_the_same_draft(office: Runtime) -> None:
    office.database.write(lambda unit: office.retention.activations.set_two_people(unit, SYSTEM, True))
    wei, revision = drafted(office, put(f"{DEAL}/rows", "true"))
    xu = office.require_viewer("xu")
    for _ in range(2):  # nobody agrees to his own request
        with pytest.raises(Rejected, match=r"publish\.needs_second"):
            office.designing.publish(wei, "office", revision, REASON)
    _, other = drafted(office, put("/app/description", "另一稿"), by="xu")
    with pytest.raises(Rejected, match=r"publish\.needs_second"):
        office.designing.publish(xu, "office", other, REASON)  # not what was asked for
    assert office.designing.publish(wei, "office", other, REASON) == 2
    with office.database.read() as connection:
        entry = next(one for one in office.audit.latest(connection) if one.action == "app.publish")
        left = connection.scalar(sa.text("select count(*) from settings where name like 'publish_ask%'"))
    assert (entry.person, entry.detail["asked_by"], left) == ("wei", "xu", 0)


def test_an_app_that_is_new_gives_nothing_yet(office: Runtime) -> None:
    new = deepcopy(OFFICE)
    new["app"] = {"id": "fresh", "label": "新"}
    li = office.require_viewer("wei")
    draft = office.designing.begin(li, new)
    assert office.designing.publish(li, "fresh", draft.revision) == 1


def test_nobody_is_bound_to_a_role_while_the_records_are_out_of_sight(office: Runtime) -> None:
    """A form that was taken away comes back with its records, and would then have been read by that role before."""
    without = deepcopy(OFFICE)
    del without["forms"][0]
    for role in without["roles"]:
        role.get("forms", {}).pop("deal", None)
    office.applications.publish(None, without, "system")
    wei, clerk = office.require_viewer("wei"), Membership("office", "clerk", "person", "wei")
    with pytest.raises(Rejected, match=r"binding\.not_yours"):
        office.life.bindings.bind(wei, "office", [clerk])
