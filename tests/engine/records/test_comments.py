"""Comments on a record: for whoever may read it, sealed, with people named who are told; and who did what."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.evidence.tombstones import Cause
from engine.records.query import Change
from engine.runtime import Runtime
from engine.system_tables import comments
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE

PLACE = ("office", "client")


@pytest.fixture
def client(office: Runtime) -> str:
    row = {"name": "苏州恒锐", "mobile": "19900001234", "owner": "zhou"}
    return office.records.create(SYSTEM, *PLACE, [row])[0]


def say(office: Runtime, client: str, text: str, person: str = "zhou", **rest: Any) -> Any:
    return office.comments.add(office.require_viewer(person), *PLACE, client, text, **rest)


def heard(office: Runtime, client: str, person: str = "zhou") -> list[tuple[str, str]]:
    found = office.comments.of(office.require_viewer(person), *PLACE, client)
    return [(one.name, one.text) for one in found]


def news(office: Runtime, person: str) -> list[tuple[str, str]]:
    items = office.notifications.of(office.require_viewer(person)).items
    return [(one.title, one.body) for one in items]


def test_what_is_said_is_read_by_whoever_reads_the_record(office: Runtime, client: str) -> None:
    say(office, client, " 报价已发 ")
    said = say(office, client, "@周婧 我看过了，@王磊 也看看", "lu")
    assert heard(office, client) == heard(office, client, "lu")
    assert heard(office, client)[1] == ("周婧", "报价已发")
    newest = office.comments.of(office.require_viewer("zhou"), *PLACE, client)[0]
    assert newest.pieces == (("@周婧", "zhou"), (" 我看过了，", ""), ("@王磊", "wang"), (" 也看看", ""))
    assert said.untold == ("王磊",)  # another's client: nothing is told to who may not read it
    assert news(office, "zhou") == [("陆志恒在“客户”的评论中提到了你", "@周婧 我看过了，@王磊 也看看")]
    assert news(office, "wang") == []
    with pytest.raises(Rejected, match=r"record\.unknown"):
        heard(office, client, "wang")
    with pytest.raises(Rejected, match=r"record\.unknown"):
        say(office, client, "我也说", "wang")


def test_one_about_a_field_is_for_those_who_read_it_in_full(office: Runtime, client: str) -> None:
    said = say(office, client, "@陆志恒 号码换了", field="mobile")  # he reads it masked
    assert said.untold == ("陆志恒",)
    assert heard(office, client) == [("周婧", "@陆志恒 号码换了")]
    assert heard(office, client, "lu") == []
    assert news(office, "lu") == []
    with pytest.raises(Rejected, match=r"access\.denied"):
        say(office, client, "什么号码", "lu", field="mobile")


def test_the_words_lie_sealed_and_go_with_the_record(office: Runtime, client: str) -> None:
    say(office, client, "斑马")
    with office.database.read() as connection:
        (sealed,) = connection.scalars(sa.select(comments.c.words_sealed))
    assert "斑马".encode() not in sealed
    bare = office.records.create(SYSTEM, *PLACE, [{"name": "乙"}])[0]
    office.database.write(
        lambda unit: office.records.shredder.shred(unit, *PLACE, [int(client)], Cause("person", "lu"))
    )
    with office.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(comments)) == 0
    assert bare


def test_one_takes_back_ones_own(office: Runtime, client: str) -> None:
    said = say(office, client, "错了")
    for person, comment in (("lu", said.comment), ("zhou", "x"), ("zhou", "99999")):
        with pytest.raises(Rejected, match=r"comment\.unknown"):
            office.comments.remove(office.require_viewer(person), *PLACE, client, comment)
    office.comments.remove(office.require_viewer("zhou"), *PLACE, client, said.comment)
    assert heard(office, client) == []


@pytest.mark.parametrize(("text", "code"), [(" \n", "value.required"), ("长" * 5_001, "value.too_long")])
def test_what_cannot_be_said(office: Runtime, client: str, text: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        say(office, client, text)
    assert [one.code for one in refused.value.problems] == [code]


def test_who_may_be_named_is_who_may_read_it(office: Runtime, client: str) -> None:
    zhou = office.require_viewer("zhou")
    found = office.comments.people(zhou, *PLACE, client, "")
    assert [one.label for one in found] == ["陆志恒"]
    assert [one.id for one in office.comments.people(zhou, *PLACE, client, "lzh")] == ["lu"]
    assert office.comments.people(zhou, *PLACE, client, "", field="mobile") == []


def test_history_names_the_rule(office: Runtime, client: str) -> None:
    document = copy.deepcopy(OFFICE)
    document["rules"] = [
        {
            "id": "grade", "label": "大客户升级", "when": {"trigger": "record_updated", "form": "client"},
            "if": "amount > 10", "then": [{"action": "set_fields", "with": {"values": {"level": "'a'"}}}],
        }
    ]  # fmt: skip
    office.applications.publish(None, document, "system")
    office.records.update(office.require_viewer("zhou"), *PLACE, [Change(client, {"amount": "20"})])
    newest = office.records.history(office.require_viewer("lu"), *PLACE, client)[0]
    told = dict(zip([one[0] for one in newest.changes], newest.rules, strict=True))
    assert (newest.person_name, told) == ("周婧", {"数量": "", "级别": "大客户升级"})
