"""Conditions as people build them: text and tree are one, and what the tree cannot say is never lost."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from metamodel.application import App, load
from metamodel.condition_reading import read_condition
from metamodel.condition_values import typed_value
from metamodel.conditions import (
    Group,
    Test as Question,
    Value,
    Written,
    condition_from_json,
    condition_text,
    operators_for,
)
from metamodel.expression_words import chips, in_labels, sentence
from metamodel.expressions.parser import parse
from metamodel.problems import Problem, Rejected
from metamodel.scope import FormScope, RowScope
from metamodel.scope_fields import field_at, path_label, type_at

CHOICES = {"choices": [{"value": "wecom", "label": "企业微信"}, {"value": "phone", "label": "电话"}]}
LEVELS = {"choices": [{"value": "a", "label": "重点"}]}
APP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "Shop"},
    "forms": [
        {"id": "customer", "label": "客户", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "level", "type": "select", "label": "等级", "options": LEVELS},
        ]},
        {"id": "order", "label": "订单", "fields": [
            {"id": "channel", "type": "select", "label": "渠道", "options": CHOICES},
            {"id": "amount", "type": "money", "label": "金额"},
            {"id": "title", "type": "text", "label": "主题"},
            {"id": "due", "type": "date", "label": "到期"},
            {"id": "at", "type": "datetime", "label": "时间"},
            {"id": "done", "type": "switch", "label": "完成"},
            {"id": "tags", "type": "tags", "label": "标签"},
            {"id": "owner", "type": "member", "label": "负责人"},
            {"id": "took", "type": "duration", "label": "用时"},
            {"id": "off", "type": "percent", "label": "折扣"},
            {"id": "count", "type": "integer", "label": "数量", "options": {"unit": {"zh": "件", "en": "pieces"}}},
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "customer"}},
            {"id": "items", "type": "sub_form", "label": "明细", "fields": [
                {"id": "price", "type": "money", "label": "单价"},
            ]},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(registry: Any) -> App:
    app, _ = load(APP, registry)
    assert app is not None
    return app


@pytest.fixture(scope="module")
def scope(shop: App) -> FormScope:
    form = shop.form("order")
    assert form is not None
    return FormScope(shop, form)


BUILT = [  # text -> tests as (path, operator, values)
    ("channel == 'phone'", ("channel", "is", "phone")),
    ("channel != 'phone'", ("channel", "is_not", "phone")),
    ("channel in ['phone', 'wecom']", ("channel", "any_of", "phone wecom")),
    ("channel not in ['phone']", ("channel", "none_of", "phone")),
    ("IN(channel, 'phone')", ("channel", "any_of", "phone")),
    ("not IN(channel, 'phone')", ("channel", "none_of", "phone")),
    ("amount > 100000", ("amount", "gt", "100000")),
    ("amount <= -0.50", ("amount", "le", "-0.50")),
    ("BETWEEN(amount, 1, 10)", ("amount", "between", "1 10")),
    ("due >= DATE(2026, 11, 20)", ("due", "ge", "2026-11-20")),
    ("at < DATETIME(DATE(2026, 1, 2), 9, 30)", ("at", "lt", "2026-01-02T09:30")),
    ("at < DATETIME(DATE(2026, 1, 2), 9)", ("at", "lt", "2026-01-02T09:00")),
    ("due < TODAY() + 7", ("due", "lt", "=TODAY() + 7")),
    ("amount > items.price", ("amount", "gt", "=items.price")),
    ("owner == me", ("owner", "is", "=me")),
    ("done", ("done", "is", "true")),
    ("not done", ("done", "is", "false")),
    ("done == true", ("done", "is", "true")),
    ("ISBLANK(title)", ("title", "blank", "")),
    ("not ISBLANK(title)", ("title", "not_blank", "")),
    ("title == none", ("title", "blank", "")),
    ("title != none", ("title", "not_blank", "")),
    ("CONTAINS(title, '合同')", ("title", "contains", "合同")),
    ("not CONTAINS(title, '合同')", ("title", "not_contains", "合同")),
    ("CONTAINS_ANY(title, '报价', '合同')", ("title", "contains_any", "报价 合同")),
    ("STARTS_WITH(title, 'SJ')", ("title", "starts_with", "SJ")),
    ("HAS_ANY(tags, '投诉')", ("tags", "has_any", "投诉")),
    ("not HAS_ANY(tags, '投诉')", ("tags", "has_none", "投诉")),
    ("'投诉' in tags", ("tags", "has_any", "投诉")),
    ("'投诉' not in tags", ("tags", "has_none", "投诉")),
    ("client.level == 'a'", ("client.level", "is", "a")),
    ("client == '17'", ("client", "is", "17")),
    ("took > HOURS(2)", ("took", "gt", "2 h")),
    ("took <= MINUTES(90)", ("took", "le", "90 min")),
    ("BETWEEN(took, SECONDS(30), HOURS(1.5))", ("took", "between", "30 s 1.5 h")),
    ("took > HOURS(amount)", ("took", "gt", "=HOURS(amount)")),
    ("off > 0.125", ("off", "gt", "0.125")),
]


@pytest.mark.parametrize(("text", "test"), BUILT, ids=[row[0] for row in BUILT])
def test_a_test_is_read_and_written_back(text: str, test: tuple[str, str, str], scope: FormScope) -> None:
    found = read_condition(text, scope)
    assert found is not None
    (part,) = found.parts
    assert isinstance(part, Question)
    values = " ".join(f"={value.text}" if value.written else value.text for value in part.values)
    assert (".".join(part.path), part.operator, values) == test
    assert same(condition_text(found, scope), text)
    assert condition_from_json(found.to_json()) == found


WHOLE = [
    "amount > 1 and (channel == 'phone' or done) and not (title == none and due < TODAY())",
    "not (done or amount > 1)",
    "LEN(title) > 5 and done",  # only in part
    "1 < amount < 5",
    "IF(done, true, false)",
    "amount > 1 if done else false",
    "channel == ''",
    "title == 5",
    "amount",
    "me.department == owner",
    "channel == '引“号”' or title == 'a\\'b\\n'",
    "due == '2026-11-20'",
    "DATE(2026, 1, 1) <= due",
    "done in [true, false]",
    "(amount > 1)",
    "(done or done) and (done or done)",
    "“重点” in tags",
    "amount　＞　1　and　done",
]


@pytest.mark.parametrize("text", WHOLE)
def test_nothing_is_lost_on_the_way(text: str, scope: FormScope) -> None:
    found = read_condition(text, scope)
    assert found is not None
    assert same(condition_text(found, scope), text)


@pytest.mark.parametrize("text", ["amount >", "a = 1", "(", "'x"])
def test_what_cannot_be_read_has_no_tree(text: str, scope: FormScope) -> None:
    assert read_condition(text, scope) is None


def test_no_text_is_an_empty_group(scope: FormScope) -> None:
    assert read_condition("  ", scope) == Group("and")
    assert condition_text(Group("and"), scope) == ""


def test_what_is_not_complete_says_nothing(scope: FormScope) -> None:
    half = Group(
        "and",
        (Question(("amount",), "gt"), Question(("done",), "is", (Value("true"),)), Written(" "), Group("or")),
    )
    assert condition_text(half, scope) == "done"


def test_numbers_are_taken_as_people_type_them_full_width_too(scope: FormScope) -> None:
    for typed in ("１２００。５", "1,200.5", " 1200.5 "):
        assert (
            condition_text(Group("and", (Question(("amount",), "gt", (Value(typed),)),)), scope)
            == "amount > 1200.5"
        )


TYPED = [  # field, what is typed -> the expression, how it reads in its input, in a sentence
    ("took", "2小时", "HOURS(2)", "2 小时", "2 小时"),
    ("took", "２小时 5 分", "MINUTES(125)", "125 分", "2 小时 5 分"),
    ("took", "90min", "MINUTES(90)", "90 分", "1 小时 30 分"),
    ("took", "1天", "HOURS(24)", "24 小时", "1 天"),
    ("took", "PT0.5S", "SECONDS(0.5)", "0.5 秒", "0.5 秒"),
    ("took", "3", "HOURS(3)", "3 小时", "3 小时"),
    ("off", "12.5%", "0.125", "12.5%", "12.5%"),
    ("off", "８％", "0.08", "8%", "8%"),
    ("amount", "10万", "100000", "100000", "¥100,000"),
    ("amount", "¥1,200.5", "1200.5", "1200.5", "¥1,200.5"),
    ("count", "30件", "30", "30", "30 件"),
]


@pytest.mark.parametrize(("field", "typed", "text", "again", "said"), TYPED)
def test_values_are_typed_and_shown_with_their_units(
    field: str, typed: str, text: str, again: str, said: str, scope: FormScope, registry: Any
) -> None:
    written = condition_text(Group("and", (Question((field,), "gt", (Value(typed),)),)), scope)
    assert written == f"{field} > {text}"
    found = read_condition(written, scope)
    assert found is not None
    (test,) = found.parts
    assert isinstance(test, Question)
    known, kind = field_at(scope, (field,)), type_at(scope, (field,))
    assert kind is not None
    assert typed_value(test.values[0].text, kind.kind, known, "zh") == again
    assert sentence(found, scope, registry, "zh").endswith(f"大于 {said}")


@pytest.mark.parametrize(("field", "typed"), [("took", "很久"), ("amount", "许多"), ("off", "x%")])
def test_what_is_no_value_stays_a_text(field: str, typed: str, scope: FormScope) -> None:
    group = Group("and", (Question((field,), "gt", (Value(typed),)),))
    assert condition_text(group, scope) == f"{field} > '{typed}'"


VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
TESTS = st.one_of(
    st.builds(lambda v: Question(("channel",), "is", (Value(v),)), VALUES),
    st.builds(
        lambda v: Question(("title",), "contains_any", tuple(map(Value, v))),
        st.lists(VALUES, min_size=1, max_size=3),
    ),
    st.builds(lambda n: Question(("amount",), "gt", (Value(str(n)),)), st.integers(-(10**9), 10**9)),
    st.builds(lambda d: Question(("due",), "le", (Value(d.isoformat()),)), st.dates()),
    st.builds(lambda yes: Question(("done",), "is", (Value("true" if yes else "false"),)), st.booleans()),
    st.just(Written("LEN(title) > 2")),
)
TREES = st.recursive(
    TESTS,
    lambda inner: st.builds(
        Group,
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=8,
)


@given(tree=TREES)
@settings(max_examples=150, deadline=None)
def test_any_tree_comes_back_as_the_same_text(tree: Any, scope: FormScope) -> None:
    text = condition_text(Group("and", (tree,)), scope)
    found = read_condition(text, scope)
    assert found is not None
    again = condition_text(found, scope)
    assert again == text or same(again, text)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        3,
        {},
        {"path": "a b", "operator": "is"},
        {"path": "a", "operator": "drop"},
        {"path": "1", "operator": "is"},
    ],
)
def test_what_the_builder_never_sends_is_refused(raw: Any) -> None:
    with pytest.raises(Rejected):
        condition_from_json(raw)


def test_a_tree_without_end_is_refused() -> None:
    deep: dict[str, Any] = {"written": "a"}
    for _ in range(40):
        deep = {"join": "and", "parts": [deep]}
    with pytest.raises(Rejected):
        condition_from_json(deep)
    with pytest.raises(Rejected):
        condition_from_json({"parts": [{"written": "a"}] * 1000})


def test_operators_come_from_the_field(scope: FormScope) -> None:
    assert "any_of" in operators_for(scope, ("channel",))
    assert "contains_any" in operators_for(scope, ("title",))
    assert operators_for(scope, ("done",)) == ("is", "blank", "not_blank")
    assert operators_for(scope, ("tags",))[0] == "has_any"
    assert operators_for(scope, ("nobody",)) == ()


SENTENCES = [
    ("channel == 'phone'", "渠道 是 电话", "渠道 is 电话"),
    ("channel in ['phone', 'wecom'] and amount > 100", "渠道 是 电话 或 企业微信 且 金额 大于 ¥100", None),
    ("done or owner == me", "完成 为 是 或 负责人 是 当前用户", None),
    ("not (ISBLANK(title) or done)", "并非 (主题 为空 或 完成 为 是)", None),
    ("LEN(title) > 5 and client.level == 'a'", "LEN(主题) > 5 且 客户 · 等级 是 重点", None),
    ("(done or amount > 1) and amount < 9", "(完成 为 是 或 金额 大于 ¥1) 且 金额 小于 ¥9", None),
]


@pytest.mark.parametrize(("text", "zh", "en"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_a_condition_reads_as_a_sentence(
    text: str, zh: str, en: str | None, scope: FormScope, registry: Any
) -> None:
    found = read_condition(text, scope)
    assert found is not None
    assert sentence(found, scope, registry, "zh") == zh
    assert en is None or sentence(found, scope, registry, "en") == en


def test_names_stand_as_labels(scope: FormScope, registry: Any) -> None:
    text = "channel == 'phone' and SUM(items.price) > client.level"
    found = [(text[c.at : c.at + c.length], c.kind, c.label) for c in chips(text, scope, registry, "zh")]
    assert found == [
        ("channel", "field", "渠道"), ("'phone'", "choice", "电话"), ("SUM", "function", "SUM"),
        ("items.price", "field", "明细 · 单价"), ("client.level", "field", "客户 · 等级"),
    ]  # fmt: skip
    assert in_labels("amount + 1", scope, registry, "zh") == "金额 + 1"


def test_half_a_text_has_its_labels_too(scope: FormScope, registry: Any) -> None:
    assert [chip.label for chip in chips("amount > client.", scope, registry, "zh")] == ["金额", "客户"]


def test_rows_have_names_of_their_own(shop: App, scope: FormScope) -> None:
    rows = scope.form.field("items")
    assert rows is not None
    inside = RowScope(shop, scope.form, rows)
    assert path_label(inside, ("price",), "zh") == "单价"
    assert path_label(inside, ("record", "amount"), "zh") == "本记录 · 金额"
    assert path_label(inside, ("amount",), "zh") == ""


def same(left: str, right: str) -> bool:
    """Do two texts say the same expression?"""
    one, other = parse(left), parse(right)
    assert not isinstance(one, Problem), left
    assert not isinstance(other, Problem), right
    return ast.dump(one[0]) == ast.dump(other[0])
