"""The small office of `tests/engine`, with somebody who manages its people."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from engine.access.people import Department, Membership, Person
from engine.access.viewer import Viewer
from engine.runtime import Runtime
from tests.engine.conftest import OFFICE


def with_keeper(document: dict[str, Any]) -> dict[str, Any]:
    """A role that manages people, and customers that change hands while they are not of level b."""
    made = deepcopy(document)
    made["roles"].append({"id": "keeper", "label": "人事", "manages": ["people"]})
    owner = next(field for field in made["forms"][0]["fields"] if field["id"] == "owner")
    owner["hand_over"] = "level != 'b'"
    made["forms"][0]["fields"].append({"id": "team", "type": "members", "label": "团队"})
    return made


@pytest.fixture
def firm(office: Runtime) -> Runtime:
    """lu above zhou and wang, he himself below fang, who heads the company and keeps its people."""
    office.applications.publish(None, with_keeper(OFFICE), "system")

    def save(unit: Any) -> None:
        office.people.save_departments(
            unit,
            [
                Department("company", "远汀", head="fang"),
                Department("sales", "销售", "company", "lu", 1),
                Department("east", "华东", "sales", None, 2),
            ],
        )
        office.people.save_people(
            unit,
            [
                Person("fang", "方圆", "系统管理员", "company", email="fang@example.com"),
                Person("lu", "陆志恒", "经理", "sales", superior="fang"),
            ],
        )
        office.people.save_memberships(unit, [Membership("office", "keeper", "person", "fang")])

    office.database.write(save)
    return office


@pytest.fixture
def fang(firm: Runtime) -> Viewer:
    return firm.require_viewer("fang")


@pytest.fixture
def zhou(firm: Runtime) -> Viewer:
    """Sells, and manages nobody."""
    return firm.require_viewer("zhou")
