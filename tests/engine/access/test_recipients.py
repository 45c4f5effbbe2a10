"""Who a recipient is: people who are there, the next one up where somebody left, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.access.installation import administrator
from engine.access.people import Department, Membership, Organisation, Person
from engine.access.recipients import keeper_of, only_keeps, owner_of, people_of
from engine.access.viewer import SYSTEM
from metamodel.application import App
from metamodel.roles import Role

PEOPLE = [
    Person("gm", "顾", department="top"),
    Person("dir", "沈", department="sales", superior="gm"),
    Person("gone", "孟", department="sales", superior="dir", active=False),
    Person("zhou", "周", department="east", superior="gone"),
    Person("wang", "王", department="east", superior="dir"),
    Person("one,two", "双", department="east", superior="gm"),
    Person("loop_a", "甲", superior="loop_b", active=False),
    Person("loop_b", "乙", superior="loop_a", active=False),
    Person("lost", "丙", superior="loop_a"),
]
ORGANISATION = Organisation(
    {person.id: person for person in PEOPLE},
    {
        "top": Department("top", "总部", head="gm"),
        "sales": Department("sales", "销售", "top", head="gone"),
        "east": Department("east", "华东", "sales"),
        "island": Department("island", "孤岛"),
    },
    [
        Membership("desk", "agent", "person", "wang"),
        Membership("desk", "agent", "department", "sales"),
        Membership("desk", "admin", "person", "gm"),
    ],
)


@pytest.mark.parametrize(
    ("concrete", "people"),
    [
        (["role:desk/agent"], ["dir", "wang"]),
        (["role:desk/nobody", "role:other/agent"], []),
        (["person:zhou"], ["zhou"]),
        (["person:zhou,wang"], ["zhou", "wang"]),
        (["person:one,two"], ["one,two"]),
        (["person:gone", "person:unknown"], []),
        (["manager:wang:1"], ["dir"]),
        (["manager:wang:2"], ["gm"]),
        (["manager:wang:3"], []),
        (["manager:zhou:1"], ["dir"]),  # his own has left
        (["manager:zhou,wang:1"], ["dir"]),
        (["manager:lost:1"], []),  # a circle of people who left
        (["head:top"], ["gm"]),
        (["head:east"], ["gm"]),  # none of its own, and that of the next above has left
        (["head:island", "head:unknown"], []),
        (["person:wang", "role:desk/agent", "manager:wang:1"], ["wang", "dir"]),
        (["nonsense"], []),
    ],
)
def test_people_of(concrete: list[str], people: list[str]) -> None:
    assert people_of(ORGANISATION, concrete) == people


DESIGNER = Role("agent", "客服", manages=frozenset({"design"}))
ADMIN = Role("admin", "管", manages=frozenset({"people"}))


def app(*roles: Role) -> App:
    return App("desk", "台", roles=roles)


@pytest.mark.parametrize(
    ("roles", "owner"),
    [([DESIGNER, ADMIN], "gm"), ([DESIGNER], "dir"), ([ADMIN], "gm"), ([Role("agent", "客服")], None)],
)
def test_the_owner_gets_what_would_reach_nobody(roles: list[Role], owner: str | None) -> None:
    assert owner_of(ORGANISATION, app(*roles)) == owner


@pytest.mark.parametrize(
    ("publisher", "administrators", "keeper"),
    [
        ("zhou", ["lost"], "zhou"),
        ("gone", ["lost", "dir"], "dir"),  # in the organisation's order
        ("system", ["gone", "lost"], "lost"),
        ("", [], None),
    ],
)
def test_somebody_keeps_what_would_reach_nobody(
    publisher: str, administrators: list[str], keeper: str | None
) -> None:
    held = [administrator(person) for person in administrators]
    house = replace(ORGANISATION, memberships=[*ORGANISATION.memberships, *held])
    assert keeper_of(house, publisher) == keeper


def test_who_only_keeps_is_who_has_no_role_in_the_app() -> None:
    wang, zhou = (ORGANISATION.viewer(person) for person in ("wang", "zhou"))
    assert wang is not None
    assert zhou is not None
    nobody = ("role:desk/clerk",)
    assert [only_keeps(one, "desk", nobody) for one in (wang, zhou, SYSTEM)] == [False, True, False]
    assert not only_keeps(zhou, "desk", ())
