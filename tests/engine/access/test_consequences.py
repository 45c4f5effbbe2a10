"""The numbers beside a change of permissions: how many people, how many records, counted by the database."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import sqlalchemy as sa

from engine.access.consequences import Amount, Consequence
from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import restricted
from metamodel.application import load
from tests.engine.conftest import OFFICE


def after(office: Runtime, change: Callable[[dict[str, Any]], object]) -> dict[tuple[str, str], Consequence]:
    """By kind of turn and name, what this change of the document would mean."""
    document = deepcopy(OFFICE)
    change(document)
    app, _ = load(document, office.registry)
    assert app is not None
    return {(one.turn.kind, one.turn.name): one for one in office.consequences.of(app)}


def clients(office: Runtime) -> None:
    """Three of Zhou's, one of Wang's, of level a, a, b, a."""
    rows = [("甲", "zhou", "a"), ("乙", "zhou", "a"), ("丙", "zhou", "b"), ("丁", "wang", "a")]
    for name, owner, level in rows:
        values = {"name": name, "owner": owner, "level": level, "reason": "x" if level == "b" else None}
        office.records.create(SYSTEM, "office", "client", [values])


def test_records_more_and_fewer_by_person(office: Runtime) -> None:
    clients(office)
    wider = after(office, lambda d: d["roles"][0]["forms"]["client"].update(rows="true"))["rows", ""]
    assert wider.turn.gains
    assert wider.people == ("zhou", "wang")
    assert wider.each == {"zhou": Amount(1, 0), "wang": Amount(3, 0)}
    assert wider.amount is None
    other = after(office, lambda d: d["roles"][0]["forms"]["client"].update(rows="level == 'a'"))["rows", ""]
    assert other.each == {"zhou": Amount(1, 1), "wang": Amount(2, 0)}


def test_the_same_for_everybody_is_counted_once(office: Runtime) -> None:
    clients(office)
    narrowed = after(office, lambda d: d["roles"][1]["forms"]["client"].update(rows="level == 'b'"))
    assert narrowed["rows", ""] == Consequence(narrowed["rows", ""].turn, ("lu",), Amount(0, 3))
    hidden = after(office, lambda d: d["roles"][1]["forms"]["client"].update(fields={"mobile": "hide"}))
    assert hidden["field", "mobile"].amount == Amount(4, 0), "the records on which it is so"
    opened = after(office, lambda d: d["roles"][2]["forms"].update(client={"rows": "level == 'a'"}))
    assert opened["form", ""].amount == Amount(3, 0)
    assert opened["form", ""].people == ("ye",)
    closed = after(office, lambda d: d["roles"].pop(1))
    assert closed["form", ""].people == ("lu",)
    assert not closed["form", ""].turn.gains


def test_what_nobody_is_shown_is_not_counted(office: Runtime) -> None:
    """The recycle bin, and records that are only kept: those count for whom they are shown to."""
    clients(office)
    page = office.records.page(SYSTEM, "office", "client", Query())
    gone, kept = (next(one for one in page.items if one.values["name"] == name).id for name in "甲乙")
    office.recycle_bin.delete(SYSTEM, "office", "client", [gone])

    def restrict(unit: Any) -> None:
        row = {"record": int(kept), "app": "office", "form": "client", "at": 1, "cause": "{}"}
        unit.connection.execute(sa.insert(restricted), row)

    def change(document: dict[str, Any]) -> None:
        document["roles"][1]["forms"]["client"]["rows"] = "level == 'b'"

    assert after(office, change)["rows", ""].amount == Amount(0, 2)
    office.database.write(restrict)
    assert after(office, change)["rows", ""].amount == Amount(0, 1)

    keeps = deepcopy(OFFICE)
    keeps["roles"].append(
        {"id": "keeper", "label": "保管", "manages": ["retention"], "forms": {"client": {}}}
    )
    office.applications.publish(None, keeps, "system")
    held = [Membership("office", "keeper", "person", "ye")]
    office.database.write(lambda unit: office.people.save_memberships(unit, held))
    closed = deepcopy(keeps)
    for place in (1, 3):
        closed["roles"][place]["forms"].pop("client")
    app, _ = load(closed, office.registry)
    assert app is not None
    (lost,) = [one for one in office.consequences.of(app) if one.turn.kind == "form"]
    assert lost.each == {"lu": Amount(0, 2), "ye": Amount(0, 3)}


def test_what_has_no_column_yet_is_not_counted(office: Runtime) -> None:
    clients(office)

    def change(document: dict[str, Any]) -> None:
        document["forms"][0]["fields"].append({"id": "grade", "type": "text", "label": "等级"})
        document["roles"][1]["forms"]["client"]["rows"] = "grade == 'x'"

    one = after(office, change)["rows", ""]
    assert one.amount is None
    assert not one.each

    def retyped(document: dict[str, Any]) -> None:
        document["forms"][0]["fields"][7]["type"] = "text"
        document["roles"][1]["forms"]["client"]["rows"] = "amount == 'x'"

    one = after(office, retyped)["rows", ""]
    assert one.amount is None
    assert not one.each
