"""A two-way link written from its other side: by the rights over there, and told by the history over there."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE


@pytest.fixture
def house(office: Runtime) -> Runtime:
    """Visits of clients: each of one client, and with any number of helpers; and letters, which are archived."""
    document: dict[str, Any] = deepcopy(OFFICE)
    client = document["forms"][0]
    client["fields"] += [
        {
            "id": "visits",
            "type": "linked_from",
            "label": "拜访",
            "options": {"form": "visit", "via": "client"},
        },
        {
            "id": "helped",
            "type": "linked_from",
            "label": "协助",
            "options": {"form": "visit", "via": "helpers"},
        },
        {
            "id": "mail",
            "type": "linked_from",
            "label": "来信",
            "options": {"form": "letter", "via": "client"},
        },
    ]
    document["forms"].append({"id": "visit", "label": "拜访", "title": "{what}", "fields": [
        {"id": "what", "type": "text", "label": "事由"},
        {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
        {"id": "helpers", "type": "links", "label": "相关客户", "options": {"form": "client"}}]})  # fmt: skip
    document["roles"][0]["forms"]["visit"] = {"actions": ["read", "create", "update"]}
    document["roles"][1]["forms"]["visit"] = {"actions": ["read"]}
    office.applications.publish(None, document, "system")
    return office


def values(house: Runtime, form: str, record: str) -> dict[str, Any]:
    return house.records.get(SYSTEM, "office", form, record).values


def refused(house: Runtime, person: str, record: str, field: str, *add: str) -> list[str]:
    with pytest.raises(Rejected) as error:
        house.linking.link(house.require_viewer(person), "office", "client", record, field, add)
    return [found.code for found in error.value.problems]


def test_records_are_linked_and_parted_from_the_other_side(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    one, two = house.records.create(zhou, "office", "client", [{"name": "甲"}, {"name": "乙"}])
    first, second = house.records.create(zhou, "office", "visit", [{"what": "初访"}, {"what": "回访"}])
    assert house.linking.link(zhou, "office", "client", one, "visits", [first, second]) == [second, first]
    assert values(house, "visit", first)["client"] == one
    assert house.linking.link(zhou, "office", "client", two, "visits", [first]) == [first], "it goes over"
    assert values(house, "client", one)["visits"] == [second]
    for record in (one, two):
        house.linking.link(zhou, "office", "client", record, "helped", [first])
    assert values(house, "visit", first)["helpers"] == [one, two]
    assert house.linking.link(zhou, "office", "client", one, "helped", [], [first]) == []
    assert values(house, "visit", first)["helpers"] == [two]
    (told, *_) = house.records.history(zhou, "office", "visit", first)
    assert (told.person, told.action) == ("zhou", "update")


def test_the_rights_over_there_decide(house: Runtime) -> None:
    """Of the form, of its rows, of what is evidence; and whoever does not see this record does nothing here."""
    zhou, lu = house.require_viewer("zhou"), house.require_viewer("lu")
    (mine,) = house.records.create(zhou, "office", "client", [{"name": "甲"}])
    (theirs,) = house.records.create(SYSTEM, "office", "client", [{"name": "乙", "owner": "wang"}])
    (visit,) = house.records.create(zhou, "office", "visit", [{"what": "初访"}])
    assert refused(house, "lu", mine, "visits", visit) == ["access.denied"]
    assert refused(house, "zhou", theirs, "visits", visit) == ["record.unknown"]
    assert refused(house, "zhou", mine, "visits", visit, "999999") == ["record.unknown"]
    assert values(house, "client", mine)["visits"] in (None, []), "all or nothing"
    assert refused(house, "zhou", mine, "name", visit) == ["value.unknown_field"]
    offers = [
        house.linking.offer(who, "office", "client", name)
        for who in (zhou, lu)
        for name in ("visits", "mail")
    ]
    assert [(one.create, one.link) for one in offers] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
    ]
