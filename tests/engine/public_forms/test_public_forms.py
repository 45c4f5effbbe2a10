"""Entries by a public link on both databases: counted in their own transaction, made by nobody."""

from __future__ import annotations

import pytest

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.public_forms import Wanted
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE


def test_a_day_s_number_holds_and_nobody_is_no_person(office: Runtime) -> None:
    document = {
        **OFFICE,
        "roles": [*OFFICE["roles"], {"id": "maker", "label": "设计", "manages": ["design"]}],
    }
    office.applications.publish(None, document, "system")
    maker = [Membership("office", "maker", "person", "fang")]
    office.database.write(lambda unit: office.people.save_memberships(unit, maker))
    fang = office.require_viewer("fang")
    link, token = office.public_forms.make(
        fang, "office", "client", Wanted("门口", ("name", "mobile"), per_day=1)
    )
    record = office.public_forms.enter(
        office.public_forms.open(token), {"name": "来客", "mobile": "1"}, "10.0.0.1"
    )
    view = office.records.get(SYSTEM, "office", "client", record)
    assert (view.values["name"], view.values["mobile"], view.values["owner"]) == ("来客", "1", None)
    with pytest.raises(Rejected) as full:
        office.public_forms.enter(link, {"name": "又来"}, "10.0.0.2")
    assert full.value.problems[0].code == "public.full"
    with pytest.raises(Rejected) as shut:
        office.public_forms.open(token)
    assert shut.value.problems[0].code == "public.full"
    (listed,) = office.public_forms.of(fang, "office", "client")
    assert (listed.today, listed.total) == (1, 1)


def test_the_view_somebody_chose_is_kept(office: Runtime) -> None:
    zhou = office.require_viewer("zhou")
    for view in ("board", "table"):
        office.chosen_views.choose(zhou, "office", "client", view)
    assert office.chosen_views.of(zhou, "office", "client") == "table"
    assert office.chosen_views.of(office.require_viewer("lu"), "office", "client") == ""
