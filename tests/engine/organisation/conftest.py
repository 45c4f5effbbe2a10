"""A firm whose people are kept by one of them: with roles only, or with the small office's records too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from engine.access.people import Department, Membership, Person
from engine.access.viewer import Viewer
from engine.runtime import Runtime
from tests.engine.conftest import OFFICE

KEEPER = {"id": "keeper", "label": "人事", "manages": ["people"]}
ROLES = [{"id": one, "label": one} for one in ("seller", "boss", "clerk")]
BARE: dict[str, Any] = {**OFFICE, "forms": [], "roles": [*ROLES, KEEPER]}
DEPARTMENTS = [
    Department("company", "远汀", head="fang"),
    Department("sales", "销售", "company", "lu", 1),
    Department("east", "华东", "sales", None, 2),
]
PEOPLE = [
    Person("fang", "方圆", "系统管理员", "company", email="fang@example.com"),
    Person("lu", "陆志恒", "经理", "sales", superior="fang"),
    Person("zhou", "周婧", "", "east", superior="lu"),
    Person("wang", "王磊", "", "east", superior="lu"),
    Person("ye", "叶知秋", "", "sales"),
]
HELD = {"fang": "keeper", "zhou": "seller", "wang": "seller", "lu": "boss", "ye": "clerk"}


def with_records() -> dict[str, Any]:
    """Customers of the office change hands while they are not of level b."""
    made = deepcopy(OFFICE)
    made["roles"].append(KEEPER)
    client = made["forms"][0]
    next(field for field in client["fields"] if field["id"] == "owner")["hand_over"] = "level != 'b'"
    client["fields"].append({"id": "team", "type": "members", "label": "团队"})
    return made


def furnish(runtime: Runtime, document: dict[str, Any]) -> Runtime:
    runtime.applications.publish(None, document, "system")

    def save(unit: Any) -> None:
        runtime.people.save_departments(unit, DEPARTMENTS)
        runtime.people.save_people(unit, PEOPLE)
        memberships = [Membership("office", role, "person", person) for person, role in HELD.items()]
        runtime.people.save_memberships(unit, memberships)

    runtime.database.write(save)
    return runtime


@pytest.fixture
def firm(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    """lu above zhou and wang, he himself below fang, who heads the company and keeps its people."""
    runtime = make_runtime()
    yield furnish(runtime, BARE)
    runtime.close()


@pytest.fixture
def trading(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    """The same people, with customers."""
    runtime = make_runtime()
    yield furnish(runtime, with_records())
    runtime.close()


@pytest.fixture
def fang(request: pytest.FixtureRequest) -> Viewer:
    """Keeps the people of whichever firm the test has."""
    name = "trading" if "trading" in request.fixturenames else "firm"
    runtime: Runtime = request.getfixturevalue(name)
    return runtime.require_viewer("fang")


@pytest.fixture
def zhou(firm: Runtime) -> Viewer:
    """Sells, and manages nobody."""
    return firm.require_viewer("zhou")
