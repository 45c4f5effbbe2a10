"""What somebody who writes an expression is told: places, fixes, completions, values he may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.access.viewer import SYSTEM, Viewer
from engine.designing.places import MESSAGE, Place
from engine.runtime import Runtime
from metamodel.conditions import Group, Test as Question, Value
from metamodel.problems import Rejected
from tests.engine.designing.one_desk import boss, desk
from tests.engine.rules.desk import publish

__all__ = ["boss", "desk"]
CLIENT = Place("client")


@pytest.fixture
def design(office: Runtime) -> Runtime:
    return publish(office)


@pytest.fixture
def lu(design: Runtime) -> Viewer:
    return design.require_viewer("lu")


def looked(design: Runtime, viewer: Viewer, text: str, place: Place = CLIENT, record: str = "") -> Any:
    return design.expressions.look(viewer, "office", 0, place, text, record)


MISTAKES = [  # text, code, what is underlined, what mends it
    ("prise * 2", "expression.unknown_name", "prise", "price"),
    ("单价 * 2", "expression.unknown_name", "单价", "price"),
    ("danjia * 2", "expression.unknown_name", "danjia", "price"),
    ("level = 'a'", "expression.single_equals", "=", "=="),
    ("price > 1 && amount > 1", "expression.habit", "&", "and"),
    ("SUMM(price)", "expression.unknown_function", "SUMM", "SUM"),
    ("TODAY > due", "expression.not_called", "TODAY", "TODAY()"),
    ("parent.nam == 'x'", "expression.unknown_attribute", "parent.nam", "name"),
    ("ROUND(price", "expression.unclosed", "(", ")"),
]


def test_a_mistake_has_a_place_and_a_remedy(desk: Runtime, boss: Viewer) -> None:
    for text, code, stretch, mended in MISTAKES:
        found = looked(desk, boss, text).problems[0]
        assert (found.problem.code, text[found.at : found.at + found.length]) == (code, stretch), text
        assert found.fix is not None, text
        assert found.fix.text.strip() == mended, text
        again = text[: found.fix.at] + found.fix.text + text[found.fix.at + found.fix.length :]
        assert code not in [one.problem.code for one in looked(desk, boss, again).problems], again


def test_type_labels_conditions_and_a_sentence(desk: Runtime, boss: Viewer) -> None:
    answer = looked(desk, boss, "level == 'a' and price > 100", Place("client", expects="boolean"))
    assert answer.problems == ()
    assert answer.type.kind == "boolean"
    assert [chip.label for chip in answer.chips] == ["级别", "甲", "单价"]
    assert answer.builder.join == "and"
    assert answer.sentence == "级别 是 甲 且 单价 大于 ¥100"


def test_what_is_wanted_and_what_the_database_can_do(desk: Runtime, boss: Viewer) -> None:
    wrong = looked(desk, boss, "price * 2", Place("client", expects="boolean"))
    assert [one.problem.code for one in wrong.problems] == ["expression.wrong_type"]
    refused = looked(
        desk, boss, "CONTAINS(mobile, '1')", Place("client", expects="boolean", in_database=True)
    )
    assert [one.problem.code for one in refused.problems] == ["expression.sealed_in_sql"]
    assert looked(desk, boss, "  ").problems == ()


COMPLETED = [
    ("pri|", "price"),
    ("单|", "price"),
    ("danj|", "price"),
    ("dj|", "price"),
    ("parent.|", "name"),
    ("parent.mc|", "name"),
    ("没有的.名|", ""),
    ("dengji|", ""),
    ("sum|", "SUM()"),
    ("ROUND(amo|", "amount"),
    ("level == '|", "'a'"),
    ("level == '乙|'", "'b'"),
    ("level in ['a', 'yi|", "'b'"),
    ("price > 1 且|", "and"),
]


def test_completed_by_label_id_and_pinyin(desk: Runtime, boss: Viewer) -> None:
    for text, first in COMPLETED:
        found = desk.expressions.complete(boss, "office", 0, CLIENT, text.replace("|", ""), text.index("|"))
        inserts = [item.insert for item in found.items]
        assert (first in inserts[:3]) if first else not inserts, text


def test_through_a_link_by_the_label_behind_it(desk: Runtime, boss: Viewer) -> None:
    found = desk.expressions.complete(boss, "office", 0, Place("letter"), "级别", 2)
    assert ("client.level", "客户 · 级别") in [(item.insert, item.label) for item in found.items]
    said = desk.expressions.complete(boss, "office", 0, Place("letter"), "subject == 客户。 级", 16)
    assert (said.start, said.end, said.items[0].insert) == (
        11,
        16,
        "client.level",
    )  # the whole path by its ids


def test_the_argument_that_is_being_written(desk: Runtime, boss: Viewer) -> None:
    hint = desk.expressions.complete(boss, "office", 0, CLIENT, "ROUND(price, ", 13).hint
    assert hint is not None
    assert (hint.name, hint.current, hint.arguments[1][0]) == ("ROUND", 1, "[digits]")
    assert hint.example


def test_what_the_builder_shows_becomes_text(desk: Runtime, boss: Viewer) -> None:
    group = Group(
        "or", (Question(("level",), "is", (Value("a"),)), Question(("price",), "gt", (Value("5"),)))
    )
    assert desk.expressions.build(boss, "office", 0, CLIENT, group) == "level == 'a' or price > 5"


def test_a_draft_is_meant_and_its_new_fields(design: Runtime, lu: Viewer) -> None:
    field = {"id": "discount", "type": "percent", "label": "折扣"}
    design.designing.edit(lu, "office", 0, [{"op": "add", "path": "/forms/0/fields/-", "value": field}])
    assert [chip.label for chip in looked(design, lu, "discount * price").chips] == ["折扣", "单价"]


@pytest.mark.parametrize(("form", "known"), [(MESSAGE, "sender_name"), ("client/rows", ""), ("", "")])
def test_other_places(desk: Runtime, boss: Viewer, form: str, known: str) -> None:
    if form == "client/rows":
        with pytest.raises(Rejected, match="unknown_field"):
            looked(desk, boss, "a", Place(form))
        return
    found = desk.expressions.complete(boss, "office", 0, Place(form), known[:6], len(known[:6]))
    assert (known in [item.insert for item in found.items]) is bool(known)


def test_rows_of_another_form(desk: Runtime, boss: Viewer) -> None:
    answer = looked(desk, boss, "subject == record.name", Place("client", about="letter", expects="boolean"))
    assert answer.problems == ()
    assert [chip.label for chip in answer.chips] == ["主题", "本记录 · 名称"]


def test_only_who_designs_is_told(desk: Runtime) -> None:
    with pytest.raises(Rejected, match=r"access\.denied"):
        looked(desk, desk.require_viewer("zhou"), "price")


# -- on a record -------------------------------------------------------------------------------------------


@pytest.fixture
def record(design: Runtime) -> str:
    row = {
        "name": "恒锐精密",
        "price": "99.50",
        "amount": "3",
        "level": "a",
        "mobile": "13900001234",
        "owner": "zhou",
    }
    (made,) = design.records.create(SYSTEM, "office", "client", [row])
    return made


VALUES = [
    ("price * 2", "199.00"),
    ("total + 1", "299.50"),
    ("level == 'a'", "是"),
    ("owner", "周婧"),
    ("MANAGER_OF(owner)", "陆志恒"),
    ("ISBLANK(tags)", "是"),
    ("DATE(2026, 11, 20)", "2026-11-20"),
    ("none", ""),
]


def test_the_value_on_a_record(design: Runtime, lu: Viewer, record: str) -> None:
    for text, shown in VALUES:
        tried = looked(design, lu, text, record=record).tried
        assert tried.problem is None, text
        assert tried.text.rstrip("0").rstrip(".") == shown.rstrip("0").rstrip("."), text


REFUSED = [
    ("CONTAINS(mobile, '139')", "expression.not_yours"),  # the boss sees it masked
    ("1 / (price - price)", "expression.division_by_zero"),
]


def test_what_is_not_told(design: Runtime, lu: Viewer, record: str) -> None:
    for text, code in REFUSED:
        tried = looked(design, lu, text, record=record).tried
        assert (tried.text, tried.problem.code) == ("", code)


def test_not_through_a_computed_field_either(design: Runtime, lu: Viewer, record: str) -> None:
    spy = {
        "id": "spy",
        "type": "formula",
        "label": "窥",
        "options": {"expression": "LEN(mobile)", "result": "number"},
    }
    design.designing.edit(lu, "office", 0, [{"op": "add", "path": "/forms/0/fields/-", "value": spy}])
    assert looked(design, lu, "spy + 1", record=record).tried.problem.code == "expression.not_yours"


def test_nor_behind_a_link(design: Runtime, lu: Viewer, record: str) -> None:
    letter = {"subject": "来信", "client": record}
    (made,) = design.records.create(SYSTEM, "office", "letter", [letter])
    place = Place("letter")
    assert looked(design, lu, "client.name", place, made).tried.text == "恒锐精密"
    assert looked(design, lu, "client.mobile", place, made).tried.text == ""


def test_a_record_nobody_may_see_is_not_there(design: Runtime, lu: Viewer) -> None:
    assert looked(design, lu, "price", record="999").tried.problem.code == "record.unknown"
    assert looked(design, lu, "price", record="x").tried.problem.code == "record.unknown"


def test_the_look_is_in_the_audit_trail_once(design: Runtime, lu: Viewer, record: str) -> None:
    for text in ("price", "price * 2", "price * 3"):
        looked(design, lu, text, record=record)
    with design.database.read() as connection:
        entries = design.audit.of_record(connection, int(record), actions=["view"])
    assert [entry.person for entry in entries] == ["lu"]


def test_records_are_offered_by_title(design: Runtime, lu: Viewer, record: str) -> None:
    offered: Callable[..., Any] = design.expressions.records
    assert [one.label for one in offered(lu, "office", "client", "hrjm")] == ["恒锐精密"]
    assert offered(lu, "office", "client", "无") == []
    assert offered(lu, "office", "nothing") == []
