"""What refuses a person or a department: every mistake, each at its field. Pure."""

from __future__ import annotations

import pytest

from engine.access.people import Department, Organisation, Person
from engine.organisation.checks import check_department, check_person

PEOPLE = (
    Person("fang", "方圆", email="fang@example.com"), Person("lu", "陆志恒"), Person("gone", "孟浩", active=False),
)  # fmt: skip
DEPARTMENTS = (
    Department("sales", "销售"), Department("east", "华东", "sales"), Department("old", "旧部", closed_on=739_000),
)  # fmt: skip
FIRM = Organisation({one.id: one for one in PEOPLE}, {one.id: one for one in DEPARTMENTS}, [])

BAD_PEOPLE = {
    "id": (Person("a b", "甲"), {("bad_id", "/id")}),
    "name": (Person("new", " "), {("name_missing", "/name")}),
    "long": (Person("new", "甲", "长" * 201), {("too_long", "/post")}),
    "line": (Person("new", "甲\r\n乙"), {("control_character", "/name")}),
    "turn": (Person("new", "甲", "销售\u202e"), {("control_character", "/post")}),
    "email": (Person("new", "甲", email="nobody"), {("bad_email", "/email")}),
    "taken": (Person("new", "甲", email="Fang@Example.com"), {("email_taken", "/email")}),
    "department": (Person("new", "甲", department="west"), {("unknown_department", "/department")}),
    "closed": (
        Person("new", "甲", other_departments=("old",)),
        {("closed_department", "/other_departments")},
    ),
    "self": (Person("new", "甲", superior="new"), {("own_superior", "/superior")}),
    "nobody": (Person("new", "甲", superior="nobody"), {("unknown_person", "/superior")}),
    "gone": (Person("new", "甲", superior="gone"), {("person_left", "/superior")}),
    "days": (Person("new", "甲", joined_on=9, left_on=8), {("left_before_joined", "/left_on")}),
    "several": (
        Person("new", "", email="x", department="west"),
        {("name_missing", "/name"), ("bad_email", "/email"), ("unknown_department", "/department")},
    ),
    "none": (Person("new", "甲", "销售", "east", ("sales",), "lu", "new@example.com"), set()),
}


@pytest.mark.parametrize("case", BAD_PEOPLE)
def test_people(case: str) -> None:
    person, wrong = BAD_PEOPLE[case]
    found = check_person(FIRM.with_people([person]), person, None)
    assert {(one.code.removeprefix("organisation."), one.path) for one in found} == wrong


def test_what_stood_before_may_go_on_standing() -> None:
    """A superior who left, a department that closed: warned of, and no reason not to save something else."""
    person = Person("lu", "陆志恒", "经理", "old", superior="gone")
    assert check_person(FIRM.with_people([person]), person, person) == []


BAD_DEPARTMENTS = {
    "none": (Department("west", "华西", "sales"), set()),
    "twin": (Department("west", "华东", "sales"), {("name_taken", "/name")}),
    "slash": (Department("west", "华东/西", "sales"), {("slash_in_name", "/name")}),
    "line": (Department("west", "华\x1b西", "sales"), {("control_character", "/name")}),
    "two": (
        Department("west", "", "nowhere"),
        {("name_missing", "/name"), ("unknown_department", "/parent")},
    ),
    "closed": (Department("west", "华西", "old"), {("closed_department", "/parent")}),
    "head": (Department("west", "华西", head="nobody"), {("unknown_person", "/head")}),
    "gone": (Department("west", "华西", head="gone"), {("person_left", "/head")}),
    "self": (Department("west", "华西", "west"), {("below_itself", "/parent")}),
    "circle": (Department("sales", "销售", "east"), {("below_itself", "/parent")}),
}


@pytest.mark.parametrize("case", BAD_DEPARTMENTS)
def test_departments(case: str) -> None:
    department, wrong = BAD_DEPARTMENTS[case]
    before = FIRM.departments.get(department.id)
    found = check_department(FIRM.with_departments([department]), department, before)
    assert {(one.code.removeprefix("organisation."), one.path) for one in found} == wrong
