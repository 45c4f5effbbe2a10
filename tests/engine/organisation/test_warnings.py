"""What is not wrong enough to be refused is said on a page of its own."""

from __future__ import annotations

import pytest

from engine.access.people import Department, Membership, Organisation, Person
from engine.organisation import warnings_of
from metamodel.application import App, load
from metamodel.plugin_api import Registry

COMPANY = Department("company", "远汀", head="gm")
GM = Person("gm", "顾明远", department="company")

CASES = {
    "all_well": ([GM], [COMPANY], set()),
    "no_superior": ([GM, Person("a", "甲", department="company")], [COMPANY], {("no_superior", "a")}),
    "no_department": ([GM, Person("a", "甲", superior="gm")], [COMPANY], {("no_department", "a")}),
    "superior_left": (
        [GM, Person("b", "乙", active=False), Person("a", "甲", department="company", superior="b")],
        [COMPANY],
        {("superior_left", "a")},
    ),
    "circle": (
        [GM, Person("a", "甲", department="company", superior="b"),
         Person("b", "乙", department="company", superior="a")],
        [COMPANY],
        {("superiors_circle", "a"), ("superiors_circle", "b")},
    ),
    "no_head": ([GM], [COMPANY, Department("it", "信息", "company")], {("no_head", "it")}),
    "head_left": (
        [GM, Person("b", "乙", active=False)], [COMPANY, Department("it", "信息", "company", "b")],
        {("head_left", "it")},
    ),
    "a_closed_department_is_at_rest": ([GM], [COMPANY, Department("it", "信息", closed_on=739_000)], set()),
    "who_left_is_at_rest": ([GM, Person("b", "乙", active=False)], [COMPANY], set()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_warnings(case: str) -> None:
    people, departments, wanted = CASES[case]
    organisation = Organisation({p.id: p for p in people}, {d.id: d for d in departments}, [])
    found = warnings_of(organisation, {})
    assert {(one.problem.code.removeprefix("organisation."), one.subject) for one in found} == wanted
    assert all(one.problem.severity == "warning" for one in found)


def test_roles_nobody_holds(app: App) -> None:
    held = [Membership("office", "boss", "person", "gm"), Membership("office", "seller", "person", "gone")]
    gone = Person("gone", "丙", active=False)
    organisation = Organisation({"gm": GM, "gone": gone}, {"company": COMPANY}, held)
    assert [one.subject for one in warnings_of(organisation, {"office": app})] == ["office/seller"]


@pytest.fixture
def app() -> App:
    roles = [{"id": "boss", "label": "经理"}, {"id": "seller", "label": "销售"}]
    document = {"muniment": 1, "app": {"id": "office", "label": "办公"}, "roles": roles}
    made, _ = load(document, Registry())
    assert made is not None
    return made
