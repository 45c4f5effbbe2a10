"""What one person should not do all alone: told when a role says so, and when roles meet in a person."""

from __future__ import annotations

from typing import Any

import pytest

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.plugin_loader import load_registry
from engine.runtime import Runtime
from metamodel.application import load
from metamodel.problems import Rejected
from tests.engine.access.masked import CLINIC, clinic

__all__ = ["clinic"]
READS = {"note": {"actions": ["read"]}}


def codes(role: dict[str, Any]) -> list[tuple[str, str]]:
    app = {**CLINIC, "roles": [{"id": "one", "label": "一", **role}], "rules": [], "reports": []}
    _, problems = load(app, load_registry())
    return [(one.code, one.severity) for one in problems]


@pytest.mark.parametrize(
    ("role", "warned"),
    [
        ({"manages": ["people", "channels", "keys"]}, False),
        ({"manages": ["audit", "verify", "access"]}, False),
        ({"manages": ["design", "people"]}, True),
        ({"manages": ["audit", "keys"]}, True),
        ({"manages": ["people"], "forms": READS}, True),
        ({"manages": ["retention"], "forms": READS}, False),
        ({"manages": ["audit"], "forms": {"note": {"actions": ["read"], "fields": {"*": "hide"}}}}, False),
        ({"manages": ["audit"], "forms": {"patient": {"actions": ["read"]}}}, False),
        ({"manages": ["design", "people"], "combines": "三个人的公司"}, False),
    ],
)
def test_a_role_that_unites_duties_is_warned_of(role: dict[str, Any], warned: bool) -> None:
    assert codes(role) == ([("role.conflicting_duties", "warning")] if warned else [])


DUTIES = [
    {"id": "keeper", "label": "管理", "manages": ["people", "keys"]},
    {"id": "watcher", "label": "审计", "manages": ["audit"]},
]


def give(runtime: Runtime, role: str, person: str, reason: str = "") -> None:
    member = Membership("clinic", role, "person", person)
    runtime.database.write(lambda unit: runtime.personnel.give_roles(unit, SYSTEM, [member], reason))


def test_roles_that_meet_in_a_person_are_asked_about(clinic: Runtime) -> None:
    clinic.applications.publish(None, {**CLINIC, "roles": [*CLINIC["roles"], *DUTIES]}, "system")
    give(clinic, "keeper", "gu")
    with pytest.raises(Rejected) as caught:
        give(clinic, "watcher", "gu")
    (found,) = caught.value.problems
    assert (found.code, found.path) == ("organisation.conflicting_duties", "/reason")
    assert found.text("zh") == "顾明会兼有不相容的职责：系统管理、审计"
    give(clinic, "watcher", "gu", "休假期间代管")
    with clinic.database.read() as connection:
        kept = next(one for one in clinic.audit.latest(connection) if one.action == "role.give")
    assert (kept.detail["against"], kept.detail["reason"]) == (
        ["organisation.conflicting_duties"],
        "休假期间代管",
    )
