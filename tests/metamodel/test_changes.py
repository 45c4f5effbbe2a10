"""Changes said in words, merges of two people's work, and who mentions what."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from metamodel.application import App, load
from metamodel.changes import Change, changes
from metamodel.mentions import affected, mentions_of_field, mentions_of_form
from metamodel.merge import merge
from tests.metamodel.sales_app import BASE


def edited(edit: Any) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    edit(document)
    return document


def customer(document: dict[str, Any]) -> dict[str, Any]:
    return document["forms"][0]


def add_field(document: dict[str, Any]) -> None:
    customer(document)["fields"].insert(
        1, {"id": "phone", "type": "mobile", "label": {"zh": "电话", "en": "Phone"}}
    )


# (edit, [(kind, what, id, path, zh, en)])
SAID = [
    (add_field, [("added", "field", "phone", "/forms/0/fields/1", "“客户”：新增字段“电话”",
                  "Added field “Phone” in “Customer”")]),
    (lambda d: customer(d)["fields"].pop(), [("removed", "field", "note", "/forms/0/fields/2",
        "“客户”：删除字段“备注”", "Removed field “Note” in “Customer”")]),
    (lambda d: customer(d)["fields"][0].update(label="客户名"), [("relabelled", "field", "name",
        "/forms/0/fields/0/label", "“客户”：字段“名称”改名为“客户名”",
        "Renamed field “Name” to “客户名” in “Customer”")]),
    (lambda d: customer(d)["fields"][2].update(type="text"), [("type_changed", "field", "note",
        "/forms/0/fields/2/type", "“客户”：字段“备注”的类型由 long_text 改为 text",
        "Changed the type of field “Note” from long_text to text in “Customer”")]),
    (lambda d: customer(d)["fields"].reverse(), [
        ("moved", "field", "level", "/forms/0/fields/1", "“客户”：移动字段“级别”", "Moved field “Level” in “Customer”"),
        ("moved", "field", "name", "/forms/0/fields/2", "“客户”：移动字段“名称”", "Moved field “Name” in “Customer”")]),
    (lambda d: customer(d)["fields"][0].pop("required"), [("changed", "field", "name",
        "/forms/0/fields/0/required", "“客户”：字段“名称”的必填由“是”改为“空”",
        "Changed required of field “Name” from “yes” to “nothing” in “Customer”")]),
    (lambda d: customer(d)["fields"][1]["options"]["choices"].append({"value": "c", "label": "C"}), [
        ("added", "choice", "c", "/forms/0/fields/1/options/choices/2", "“级别”：新增选项“C”",
         "Added choice “C” in “Level”")]),
    (lambda d: d["rules"][0].update({"if": "true"}), [("changed", "rule", "greet", "/rules/0/if",
        "规则“greet”的条件由“customer.level == 'a'”改为“true”",
        "Changed condition of rule “greet” from “customer.level == 'a'” to “true”")]),
    (lambda d: d["roles"][0]["forms"].update(visit={}), [("added", "permission", "visit", "/roles/0/forms/visit",
        "“销售”：新增权限“拜访”", "Added permission “Visit” in “Seller”")]),
    (lambda d: d["roles"][0]["forms"]["customer"]["actions"].append("update"), [("changed", "permission", "customer",
        "/roles/0/forms/customer/actions", "“销售”：权限“客户”的操作由“查看”改为“查看、修改”",
        "Changed actions of permission “Customer” from “read” to “read, change” in “Seller”")]),
    (lambda d: d["roles"][0]["forms"]["customer"]["fields"].update(note="mask"), [("changed", "permission", "customer",
        "/roles/0/forms/customer/fields/note", "“销售”：权限“客户”的备注由“隐藏”改为“脱敏”",
        "Changed Note of permission “Customer” from “hidden” to “masked” in “Seller”")]),
    (lambda d: d["roles"][0].update(emergency={"forms": ["visit"], "alarm": ["role:seller", "manager:me"]}), [
        ("changed", "role", "seller", "/roles/0/emergency/forms", "角色“销售”的可紧急查阅的表单由“空”改为“拜访”",
         "Changed forms whose glass may be broken of role “Seller” from “nothing” to “Visit”"),
        ("changed", "role", "seller", "/roles/0/emergency/alarm",
         "角色“销售”的紧急查阅时通知谁由“空”改为“销售、直接上级”",
         "Changed who is told when the glass is broken of role “Seller” from “nothing” to “Seller, their superior”")]),
    (lambda d: d["app"].update(label={"zh": "卖", "en": "Sell"}), [("relabelled", "app", "sales", "/app/label",
        "应用“销售”改名为“卖”", "Renamed app “Sales” to “Sell”")]),
    (lambda d: d["forms"].append({"id": "x", "label": "X", "fields": []}), [("added", "form", "x", "/forms/2",
        "新增表单“X”", "Added form “X”")]),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), SAID)
def test_changes_in_words(edit: Any, expected: list[tuple[str, ...]]) -> None:
    found = changes(BASE, edited(edit))
    assert [(c.kind, c.what, c.id, c.path) for c in found] == [row[:4] for row in expected]
    for change, (*_, zh, en) in zip(found, expected, strict=True):
        assert (change.text("zh"), change.text("en")) == (zh, en)


def test_nothing_changed() -> None:
    assert changes(BASE, copy.deepcopy(BASE)) == []


def test_everything_is_new() -> None:
    assert {c.what for c in changes({}, BASE)} >= {"form", "rule", "role"}


# -- merging ---------------------------------------------------------------------------------------


def test_both_sides_are_kept() -> None:
    ours = edited(lambda d: customer(d)["fields"][0].update(label="客户名", unique=True))
    theirs = edited(add_field)
    theirs["forms"][1]["fields"].reverse()
    merged, conflicts = merge(BASE, ours, theirs)
    assert conflicts == []
    assert [f["id"] for f in merged["forms"][0]["fields"]] == ["name", "phone", "level", "note"]
    assert merged["forms"][0]["fields"][0]["label"] == "客户名"
    assert [f["id"] for f in merged["forms"][1]["fields"]] == ["level", "customer"]


def test_languages_of_a_label_merge() -> None:
    ours = edited(lambda d: d["app"]["label"].update(zh="卖"))
    theirs = edited(lambda d: d["app"]["label"].update(en="Sell"))
    merged, conflicts = merge(BASE, ours, theirs)
    assert (merged["app"]["label"], conflicts) == ({"zh": "卖", "en": "Sell"}, [])


def test_columns_merge_as_a_set() -> None:
    def columns(names: list[str]) -> Any:
        return lambda d: customer(d)["views"][0].update(columns=names)

    ours, theirs = edited(columns(["name", "level", "note"])), edited(columns(["level"]))
    merged, conflicts = merge(BASE, ours, theirs)
    assert (customer(merged)["views"][0]["columns"], conflicts) == (["level", "note"], [])


CONFLICTS = [
    (lambda d: d["rules"][0].update({"if": "true"}), lambda d: d["rules"][0].update({"if": "false"}),
     "merge.conflict", "/rules/0/if", "greet: both changed condition; “true” is kept, the other has “false”"),
    (lambda d: customer(d)["fields"].pop(0), lambda d: customer(d)["fields"][0].update(unique=True),
     "merge.removed", "/forms/0/fields/0", "客户: one side removed “Name”, the other changed it; it is kept"),
    (lambda d: customer(d)["fields"][0].update(unique=True), lambda d: customer(d)["fields"].pop(0),
     "merge.removed", "/forms/0/fields/0", "客户: one side removed “Name”, the other changed it; it is kept"),
    (lambda d: customer(d)["fields"][1].update(type="text", options={}),
     lambda d: customer(d)["fields"][1]["options"]["choices"].pop(),
     "merge.conflict", "/forms/0/fields/1", None),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs", "code", "path", "text"), CONFLICTS)
def test_conflicts(ours: Any, theirs: Any, code: str, path: str, text: str | None) -> None:
    merged, found = merge(BASE, edited(ours), edited(theirs))
    assert [(p.code, p.path, p.severity) for p in found] == [(code, path, "warning")]
    assert text is None or found[0].text("en") == text
    assert found[0].text("zh")
    if code == "merge.conflict":
        assert merged == edited(ours)


LABELS = st.sampled_from(["客户", "Customer", "x", ""])
FIELD_IDS = st.sampled_from(["name", "level", "note", "phone", "city", "owner"])
FIELDS = st.builds(
    lambda name, kind, label, flags: {"id": name, "type": kind, "label": label, **flags},
    FIELD_IDS, st.sampled_from(["text", "date"]), LABELS,
    st.dictionaries(st.sampled_from(["required", "unique"]), st.booleans()),
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda label, fields, columns, rule: {
        "muniment": 1, "app": {"id": "a", "label": label},
        "forms": [{"id": "f", "fields": fields, "views": [{"id": "v", "columns": columns}]}],
        **({"rules": [{"id": "r", "if": rule}]} if rule else {}),
    },
    LABELS, st.lists(FIELDS, max_size=5, unique_by=lambda f: f["id"]), st.lists(FIELD_IDS, max_size=4, unique=True),
    st.sampled_from(["", "true", "false"]),
)  # fmt: skip


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_one_side_alone_wins(base: Any, other: Any) -> None:
    assert merge(base, other, base) == (other, [])
    assert merge(base, base, other) == (other, [])
    assert merge(base, other, other) == (other, [])


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
@settings(max_examples=100, deadline=None)
def test_a_merge_is_made_of_both_sides(base: Any, ours: Any, theirs: Any) -> None:
    merged, conflicts = merge(base, ours, theirs)
    back, other_conflicts = merge(base, theirs, ours)
    assert len(conflicts) == len(other_conflicts)
    assert conflicts or _unordered(merged) == _unordered(back)
    for side in (ours, theirs):
        new = _names(side) - _names(base)
        assert new <= _names(merged)
    assert _names(merged) <= _names(ours) | _names(theirs)


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_changes_are_seen_exactly_when_there_are_any(old: Any, new: Any) -> None:
    assert bool(changes(old, new)) == (old != new)
    assert all(change.text("zh") and change.text("en") for change in changes(old, new))


def _names(document: Any) -> set[str]:
    return {field["id"] for field in document["forms"][0]["fields"]}


def _unordered(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=repr)
    return (
        sorted((key, _unordered(item)) for key, item in value.items()) if isinstance(value, dict) else value
    )


# -- who mentions what -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(registry: Any) -> App:
    loaded, _ = load(MENTIONING, registry)
    assert loaded is not None
    return loaded


def test_who_mentions_a_field(app: App) -> None:
    found = mentions_of_field(app, "customer", "level")
    assert [(m.what, m.id, m.path) for m in found] == [
        ("form", "customer", "/forms/0/title"),
        ("field", "note", "/forms/0/fields/2/visible"),
        ("view", "all", "/forms/0/views/0/columns/1"),
        ("field", "grade", "/forms/1/fields/1/options/field"),
        ("rule", "greet", "/rules/0/if"),
        ("role", "seller", "/roles/0/forms/customer/rows"),
    ]
    links = mentions_of_field(app, "visit", "customer")
    assert [(m.what, m.id) for m in links] == [("field", "grade"), ("rule", "greet")]
    assert mentions_of_field(app, "visit", "grade") == []


def test_who_mentions_a_form(app: App) -> None:
    found = mentions_of_form(app, "customer")
    assert [(m.what, m.id) for m in found] == [("field", "customer"), ("role", "seller"), ("menu", "0")]


def test_affected_by_a_removal(app: App) -> None:
    removed = Change("removed", (("app", "sales"), ("form", "customer"), ("field", "level")), "Level")
    assert affected(app, removed) == mentions_of_field(app, "customer", "level")
    assert affected(app, Change("removed", (("app", "sales"), ("rule", "greet")), "")) == []


MENTIONING = edited(
    lambda d: (
        d["forms"][1]["fields"][1].update(id="grade"),
        customer(d).update(title="{name} {level}"),
        d["roles"][0]["forms"]["customer"].update(rows="level != 'b'"),
    )
)
