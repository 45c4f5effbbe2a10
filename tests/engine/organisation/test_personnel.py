"""People, departments and role members are changed through one door: asked, checked, audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from engine.access.people import Department, Membership, Person
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.organisation.conftest import BARE
from tests.engine.organisation.outcomes import codes, noted


def give(firm: Runtime, viewer: Viewer, given: Membership, reason: str = "") -> None:
    firm.database.write(lambda unit: firm.personnel.give_roles(unit, viewer, [given], reason))


def take(firm: Runtime, viewer: Viewer, taken: Membership) -> None:
    firm.database.write(lambda unit: firm.personnel.take_roles(unit, viewer, [taken]))


def test_a_person_is_added_and_the_trail_says_so(firm: Runtime, fang: Viewer) -> None:
    new = Person("chen", "陈思雨", "销售", "east", superior="lu", email="chen@example.com")
    firm.database.write(lambda unit: firm.personnel.add_person(unit, fang, new))
    assert firm.people.organisation().people["chen"] == new
    (detail,) = noted(firm, "person.create")
    assert detail["person"] == "chen"
    assert detail["values"]["department"] == "east"


def test_a_refused_person_is_not_there(firm: Runtime, fang: Viewer) -> None:
    twin, wrong = Person("zhou", "甲"), Person("new", "", email="x")
    assert codes(lambda: firm.database.write(lambda u: firm.personnel.add_person(u, fang, twin))) == {
        ("id_taken", "/id")
    }
    assert codes(lambda: firm.database.write(lambda u: firm.personnel.add_person(u, fang, wrong))) == {
        ("name_missing", "/name"), ("bad_email", "/email"),
    }  # fmt: skip
    assert set(firm.people.organisation().people) == {"zhou", "wang", "lu", "ye", "fang"}


def test_superiors_in_a_circle_are_refused(firm: Runtime, fang: Viewer) -> None:
    lu = firm.people.organisation().people["lu"]
    change = replace(lu, superior="zhou")
    with pytest.raises(Rejected) as refused:
        firm.database.write(lambda unit: firm.personnel.change_people(unit, fang, [change]))
    (found,) = refused.value.problems
    assert (found.code, found.path) == ("organisation.circle", "/lu/superior")
    assert found.params["chain"] == "陆志恒 → 周婧 → 陆志恒"


def test_a_change_is_kept_with_what_stood_there(firm: Runtime, fang: Viewer) -> None:
    zhou = replace(firm.people.organisation().people["zhou"], post="组长", superior="fang")
    same = firm.people.organisation().people["wang"]
    changed = firm.database.write(lambda unit: firm.personnel.change_people(unit, fang, [zhou, same]))
    assert changed == ["zhou"]
    (detail,) = noted(firm, "person.change")
    assert detail == {"person": "zhou", "changes": {"post": ["", "组长"], "superior": ["lu", "fang"]}}


def test_people_are_moved_together(firm: Runtime, fang: Viewer) -> None:
    firm.database.write(lambda unit: firm.personnel.move(unit, fang, ["zhou", "wang", "nobody"], "sales"))
    organisation = firm.people.organisation()
    assert {organisation.people[one].department for one in ("zhou", "wang")} == {"sales"}


def test_a_viewer_who_manages_nobody_changes_nothing(firm: Runtime, zhou: Viewer) -> None:
    personnel, given = firm.personnel, [Membership("office", "boss", "person", "zhou")]
    works: tuple[Callable[[Unit], Any], ...] = (
        lambda unit: personnel.add_person(unit, zhou, Person("new", "甲")),
        lambda unit: personnel.move(unit, zhou, ["wang"], "sales"),
        lambda unit: personnel.leave(unit, zhou, "wang", 739_000),
        lambda unit: personnel.come_back(unit, zhou, "wang"),
        lambda unit: personnel.rename_post(unit, zhou, "经理", "总监"),
        lambda unit: personnel.add_department(unit, zhou, Department("west", "华西")),
        lambda unit: personnel.close_department(unit, zhou, "east", 739_000),
        lambda unit: personnel.give_roles(unit, zhou, given, "我要"),
        lambda unit: personnel.take_roles(unit, zhou, given),
    )
    for work in works:
        assert codes(partial(firm.database.write, work)) == {("access.denied", "")}


# -- leaving -------------------------------------------------------------------------------------------


def test_a_leaver_keeps_his_name_and_can_do_nothing(firm: Runtime, fang: Viewer) -> None:
    firm.database.write(lambda unit: firm.personnel.leave(unit, fang, "zhou", 739_000))
    organisation = firm.people.organisation()
    assert organisation.names()["person", "zhou"] == "周婧"
    assert firm.viewer("zhou") is None
    assert organisation.people["zhou"].left_on == 739_000


def test_who_comes_back_has_no_role_of_his_own(firm: Runtime, fang: Viewer) -> None:
    firm.database.write(lambda unit: firm.personnel.leave(unit, fang, "zhou", 739_000))
    firm.database.write(lambda unit: firm.personnel.come_back(unit, fang, "zhou"))
    assert firm.require_viewer("zhou").roles == {}
    assert noted(firm, "person.return") == [{"person": "zhou", "roles_taken": ["office/seller"]}]


def test_nobody_signs_himself_off(firm: Runtime, fang: Viewer) -> None:
    work = lambda unit: firm.personnel.leave(unit, fang, "fang", 739_000)  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("leaving_oneself", "")}


# -- departments ---------------------------------------------------------------------------------------


def test_a_department_is_added(firm: Runtime, fang: Viewer) -> None:
    west = Department("west", "华西", "sales")
    firm.database.write(lambda unit: firm.personnel.add_department(unit, fang, west))
    assert firm.people.organisation().departments["west"] == west
    assert codes(lambda: firm.database.write(lambda u: firm.personnel.add_department(u, fang, west))) == {
        ("id_taken", "/id")
    }


def test_a_department_does_not_move_below_itself(firm: Runtime, fang: Viewer) -> None:
    sales = firm.people.organisation().departments["sales"]
    work = lambda unit: firm.personnel.change_department(unit, fang, replace(sales, parent="east"))  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("below_itself", "/parent")}


def test_a_department_closes_when_it_is_empty_and_is_still_named(firm: Runtime, fang: Viewer) -> None:
    close = lambda unit: firm.personnel.close_department(unit, fang, "east", 739_000)  # noqa: E731
    given = [Membership("office", "clerk", "branch", "east")]
    firm.database.write(lambda unit: firm.personnel.give_roles(unit, fang, given))
    assert codes(lambda: firm.database.write(close)) == {("department_in_use", "")}
    firm.database.write(lambda unit: firm.personnel.move(unit, fang, ["zhou", "wang"], "sales"))
    firm.database.write(close)
    organisation = firm.people.organisation()
    assert organisation.departments["east"].closed_on == 739_000
    assert organisation.names()["department", "east"] == "华东"
    assert ("branch", "east") not in organisation.memberships_of
    work = lambda unit: firm.personnel.move(unit, fang, ["zhou"], "east")  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("closed_department", "/zhou/department")}


# -- roles ---------------------------------------------------------------------------------------------


GIVEN = {
    ("person", "ye"): {"lu", "ye"},
    ("department", "sales"): {"lu", "ye"},
    ("branch", "sales"): {"lu", "ye", "zhou", "wang"},
    ("post", "系统管理员"): {"lu", "fang"},
}


def test_a_role_is_given_to_people_departments_branches_and_posts(firm: Runtime, fang: Viewer) -> None:
    for (kind, member), who in GIVEN.items():
        given = Membership("office", "boss", kind, member)
        give(firm, fang, given, "值班")
        assert set(firm.people.organisation().members("office", "boss")) == who
        assert {one for one in who if "boss" in firm.require_viewer(one).roles_in("office")} == who
        take(firm, fang, given)
        assert firm.people.organisation().members("office", "boss") == ["lu"]
    wanted = [member for _, member in reversed(GIVEN)]
    assert [one["member"] for one in noted(firm, "role.give")] == wanted
    assert [one["member"] for one in noted(firm, "role.take")] == wanted


def test_a_role_for_oneself_needs_a_reason_which_is_kept(firm: Runtime, fang: Viewer) -> None:
    given = [Membership("office", "boss", "person", "fang")]
    work = lambda unit: firm.personnel.give_roles(unit, fang, given)  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("role_for_oneself", "/reason")}
    firm.database.write(lambda unit: firm.personnel.give_roles(unit, fang, given, "代理经理一周"))
    (detail,) = noted(firm, "role.give")
    assert detail["reason"] == "代理经理一周"
    assert detail["against"] == ["organisation.role_for_oneself"]


def test_duties_that_should_be_apart_need_a_reason(firm: Runtime, fang: Viewer) -> None:
    """ye would run the house and watch it; one who does so already is asked about no more."""
    watching = {"id": "watcher", "label": "审计", "manages": ["audit"]}
    both = {"id": "both", "label": "全权", "manages": ["design", "people"], "combines": "一人公司"}
    document = {**BARE, "roles": [*BARE["roles"], watching, both]}
    firm.applications.publish(None, document, "system")

    def granted(role: str, kind: str, member: str, reason: str = "") -> None:
        give(firm, fang, Membership("office", role, kind, member), reason)

    granted("keeper", "person", "ye")
    assert codes(lambda: granted("watcher", "person", "ye")) == {("conflicting_duties", "/reason")}
    assert codes(lambda: granted("watcher", "department", "sales")) == {("conflicting_duties", "/reason")}
    granted("watcher", "person", "ye", "人手不足")
    granted("watcher", "department", "sales")
    assert noted(firm, "role.give")[1]["against"] == ["organisation.conflicting_duties"]
    granted("both", "person", "zhou")  # the role itself says why


MEANINGLESS = (
    ("nothing", "boss", "person", "ye"), ("office", "nobody", "person", "ye"), ("office", "boss", "person", "nobody"),
    ("office", "boss", "branch", "nowhere"), ("office", "boss", "planet", "mars"),
)  # fmt: skip


def test_a_role_that_means_nothing_is_refused(firm: Runtime, fang: Viewer) -> None:
    for given in MEANINGLESS:
        with pytest.raises(Rejected):
            give(firm, fang, Membership(*given), "试试")
    assert firm.people.organisation().members("office", "boss") == ["lu"]


def test_somebody_always_manages_people(firm: Runtime, fang: Viewer) -> None:
    last = [Membership("office", "keeper", "person", "fang")]
    work = lambda unit: firm.personnel.take_roles(unit, fang, last)  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("last_administrator", "")}


def test_a_post_is_renamed_with_the_roles_it_gives(firm: Runtime, fang: Viewer) -> None:
    firm.database.write(
        lambda unit: firm.personnel.give_roles(unit, fang, [Membership("office", "clerk", "post", "经理")])
    )
    count = firm.database.write(lambda unit: firm.personnel.rename_post(unit, fang, "经理", "总监"))
    assert (count, firm.people.organisation().people["lu"].post) == (1, "总监")
    assert firm.require_viewer("lu").roles_in("office") == {"boss", "clerk"}
