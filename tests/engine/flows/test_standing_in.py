"""Somebody is away: who stands in does his to-dos under his own name, and never over his own request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from engine.records.query import Query
from engine.system_tables import audit
from metamodel.problems import Rejected
from tests.engine.flows.conftest import Office
from tests.engine.flows.other_ways import ADD, BIG, asking, both

DAY = timedelta(days=1)


def away(office: Office, person: str, delegate: str, first: int = 0, days: int = 3) -> int:
    begin = office.clock.now().date() + first * DAY
    return office.runtime.absences.set(office.who(person), delegate, begin, begin + (days - 1) * DAY)


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Rejected) as refused:
        act()
    return [one.code for one in refused.value.problems]


def test_who_stands_in_decides_under_his_own_name(office: Office) -> None:
    before = office.file("ann", **BIG)
    away(office, "ben", "eve")
    after = office.file("abe")
    for_whom = [one.standing_in_for for one in office.tasks("eve")]
    assert for_whom == ["本", "本"]  # what was there, and what comes
    assert (office.runtime.tasks.counts(office.who("eve")).open, len(office.tasks("ben"))) == (2, 2)
    assert len(office.told("eve")) == 1  # of what came since
    seen = office.runtime.records.page(office.who("eve"), "requests", "request", Query()).items
    assert len(seen) == 2
    view = office.flows.view(office.who("eve"), "requests", "request", seen[0].id)
    assert view is not None
    assert {"approve", "reject"} <= {*view.may}
    office.act("eve", before, "approve")
    (task,) = office.tasks("eve")
    office.close("eve", task.id, "reject", "not now")
    assert (office.state(before), office.state(after)) == ("running", "rejected")
    view = office.flows.view(office.who("ann"), "requests", "request", str(office.instance(before).record))
    assert view is not None
    (step,) = [one for one in view.steps if one.action == "approve"]
    assert (step.person, step.person_name, step.standing_in_for) == ("eve", "伊芙", "本")
    wanted = sa.select(audit).where(audit.c.action.in_(("flow.approve", "task.close")))
    with office.runtime.database.read() as connection:
        acts = office.runtime.audit.entries(connection, wanted)
    assert {(one.person, one.detail.get("for")) for one in acts} == {("eve", "ben")}
    assert {one.outcome for one in office.tasks("eve", "done")} == {"reject", "approve"}
    office.is_whole()


def test_only_while_he_is_away(office: Office) -> None:
    request = office.file("ann")
    away(office, "ben", "eve", first=1, days=1)
    assert codes(lambda: office.act("eve", request, "approve")) == ["flow.unknown"]
    office.wait(days=1)
    assert len(office.tasks("eve")) == 1
    office.wait(days=1)
    assert (len(office.tasks("eve")), len(office.tasks("ben"))) == (0, 1)
    assert codes(lambda: office.act("eve", request, "approve")) == ["flow.unknown"]
    number = away(office, "ben", "eve")
    assert len(office.tasks("eve")) == 1
    office.runtime.absences.end(office.who("ben"), number)
    assert office.tasks("eve") == ()
    assert codes(lambda: office.runtime.absences.end(office.who("eve"), number)) == ["absence.unknown"]
    office.act("ben", request, "approve")


def test_never_over_his_own_request(office: Office) -> None:
    away(office, "ben", "ann")
    mine, named, other = office.file("ann"), office.file("zoe", applicant="ann"), office.file("abe")
    assert [one.instance for one in office.tasks("ann") if one.kind == "approval"] == [str(named), str(other)]
    for request in (mine, named):
        assert codes(partial(office.act, "ann", request, "approve")) == ["flow.own_request"]
        assert codes(partial(office.act, "ann", request, "transfer", "", "eve")) == ["flow.own_request"]
    for task in office.tasks("ben"):
        if task.instance != str(other):
            assert codes(partial(office.close, "ann", task.id, "approve")) == ["flow.own_request"]
    office.act("ann", other, "approve")
    assert [office.state(one) for one in (mine, named, other)] == ["running", "running", "approved"]
    office.is_whole()


def test_one_has_one_say_at_one_step(office: Office) -> None:
    """All have to answer: nobody answers for two of them."""
    office.publish(both(ADD, asking("legal", mode="all")))
    request = office.file("ann", **BIG)
    office.act("ben", request, "approve")
    away(office, "cat", "cleo")
    office.act("cleo", request, "approve")
    assert codes(lambda: office.act("cleo", request, "approve")) == ["flow.asked_already"]
    assert office.waiting(request) == {"legal": ["cat"]}
    office.act("cat", request, "add_after", "", "eve")  # away is not gone
    away(office, "eve", "zoe")
    office.act("zoe", request, "transfer", "", "dan")
    assert office.waiting(request) == {"legal": ["dan"]}
    assert office.history(request)[-1] == ("zoe", "legal", "transfer")
    office.act("dan", request, "approve")
    assert office.state(request) == "approved"
    office.is_whole()


def test_what_only_the_applicant_can_answer_is_not_done_for_him(office: Office) -> None:
    request = office.file("ann")
    office.act("ben", request, "return", "?")
    away(office, "ann", "eve")
    assert office.tasks("eve") == ()
    assert codes(lambda: office.act("eve", request, "resubmit")) == ["flow.unknown"]


CANNOT = [
    ("ann", 0, 1, "absence.yourself"),
    ("nemo", 0, 1, "task.unknown_person"),
    ("eve", 0, 0, "absence.backwards"),
    ("eve", -9, 5, "absence.backwards"),  # over already
    ("eve", 0, 400, "absence.too_long"),
    ("eve", 9, 3, "absence.twice"),
    ("dan", 20, 3, "absence.delegate_away"),
]


def test_what_cannot_be_set(office: Office) -> None:
    away(office, "ann", "eve", first=10, days=2)
    away(office, "dan", "eve", first=22, days=2)
    for delegate, first, days, code in CANNOT:
        assert codes(partial(away, office, "ann", delegate, first, days)) == [code]
    assert len(office.runtime.absences.of("ann")) == 1
