"""Trying a rule finds what running it would have matched, and nothing the viewer may not read."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.rules.desk import client, create, desk, publish, rows, update

LETTER = {"trigger": "record_created", "form": "letter"}
BODIES = [
    "你们报价能不能低一点", "報價单发我", "报 价", "报\n价", "合同怎么寄", "竞品Ａ便宜", "競 品a也在谈",
    "竞品", "再考虑\u3000一下", "再考虑", "考虑一下再说", "VPN连不上", "我的vpn", "打12315投诉", "电话112315",
    "hello world", "报价\u200b单", "您好", "",
    "退款100.00", "ABC合同XYZ",
]  # fmt: skip
CONDITIONS = [
    "CONTAINS_ANY(body, '报价', '合同')",
    "CONTAINS(body, '竞品A')",
    "CONTAINS_ANY(body, '再考虑一下', '退款')",
    "CONTAINS_ALL(body, '合同', 'abc')",
    "CONTAINS_ANY(body, 'VPN')",
    "CONTAINS_ANY(body, '投诉', '12315')",
    "CONTAINS_ANY(body, 'low')",
    "'报价' in body",
    "CONTAINS_ANY(body, '报价') and client.level == 'a'",
    "CONTAINS_ANY(body, '报价') or client.level == 'b'",
    "not CONTAINS_ANY(body, '报价')",
    "COUNT_WORDS(body, '报价', '价') > 0 and subject != '信3'",
    "CONTAINS_ANY(body, KEYWORDS('risk'))",
    "CONTAINS_ANY(body, KEYWORDS('none', '报价'))",
    "MATCHES(body, '[0-9]{5}')",
    "LEN(body) > 5",
    "level == 'a'",
    "",
]


def rule(condition: str, **more: Any) -> dict[str, Any]:
    set_state = {"action": "set_fields", "with": {"values": {"state": "'hit'"}}}
    return {"id": "mark", "when": LETTER, "if": condition, "then": [set_state], **more}


def letters(runtime: Runtime, *bodies: str, **values: Any) -> list[str]:
    rows = ({"subject": f"信{n}", "body": body, **values} for n, body in enumerate(bodies))
    return create(runtime, "letter", *rows)


def fill(runtime: Runtime) -> None:
    risk = [{"word": "竞品A", "used": True}, {"word": "考虑", "also": ["您好"], "used": True}]
    create(runtime, "words", {"code": "risk", "rows": risk})
    shuffled = BODIES * 2
    random.Random(7).shuffle(shuffled)
    for level in ("a", "b"):
        letters(runtime, *shuffled, client=client(runtime, level=level, reason="因"))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_trying_equals_running(office: Runtime, condition: str) -> None:
    runtime = publish(office, rule(condition))
    fill(runtime)
    ran = [row["id"] for row in rows(runtime, "letter") if row.get("state") == "hit"]
    trial = runtime.rules.try_out(SYSTEM, "office", rule(condition), last=10_000, samples=10_000)
    assert [example.record for example in trial.examples] == ran[::-1]
    assert (trial.tried, trial.matched, trial.compared) == (len(BODIES) * 4, len(ran), (0, 0))


def test_it_says_what_would_have_happened_with_examples(office: Runtime) -> None:
    runtime = publish(office)
    letters(runtime, "第一封报价", "您好", "请把報 价发来")
    trial = runtime.rules.try_out(SYSTEM, "office", rule("CONTAINS_ANY(body, '报价')"), samples=1)
    assert (trial.tried, trial.matched, trial.effects, trial.planned) == (3, 2, {"SetFields": 2}, 2)
    (example,) = trial.examples
    assert example.title == "信2"
    assert example.texts == (("body", [("请把", False), ("報 价", True), ("发来", False)]),)


OBJECTIONS = [
    ("CONTAINS_ANY(body, '报价')", "您好", [("lacks", "body", None)]),
    ("not CONTAINS_ANY(body, '您好')", "您好", [("has", "body", ["您好"])]),
    ("CONTAINS_ANY(body, '您好') and subject == 'x'", "您好", [("is", "subject", "信0")]),
    (
        "CONTAINS_ANY(body, '报价') or subject == 'x'",
        "您好",
        [("is", "subject", "信0"), ("lacks", "body", None)],
    ),
    ("client.level == 'a' and CONTAINS_ANY(body, '报价')", "报价", [("is", "client.level", "b")]),
]


@pytest.mark.parametrize(("condition", "body", "why"), OBJECTIONS)
def test_it_says_why_not(office: Runtime, condition: str, body: str, why: list[Any]) -> None:
    runtime = publish(office)
    letters(runtime, body, client=client(runtime, level="b", reason="因"))
    (miss,) = runtime.rules.try_out(SYSTEM, "office", rule(condition)).misses
    assert [(one.kind, one.path, one.value) for one in miss.why] == why


def test_it_says_why_and_what_would_be_done_as_far_as_the_log_would(office: Runtime) -> None:
    runtime = publish(office)
    letters(runtime, "报价", client=client(runtime, owner="zhou"))
    asked = rule("CONTAINS_ANY(body, '报价') and LEN(subject) > 0")
    (hit,) = runtime.rules.try_out(runtime.require_viewer("zhou"), "office", asked).examples
    assert [(one.kind, one.path, one.value) for one in hit.why] == [
        ("has", "body", ["报价"]),
        ("is", "subject", "信0"),
    ]
    assert [(one.effect, one.values) for one in hit.did] == [("SetFields", {"state": "hit"})]
    assert not rows(runtime, "letter")[0].get("state")


def test_a_change_is_compared_with_what_is_published(office: Runtime) -> None:
    runtime = publish(office, rule("CONTAINS_ANY(body, '报价', '您好')"))
    letters(runtime, "报价", "您好", "您好", "合同", "合同", "合同")
    trial = runtime.rules.try_out(SYSTEM, "office", rule("CONTAINS_ANY(body, '报价', '合同')"))
    assert (trial.matched, trial.compared) == (4, (3, 2))
    assert runtime.rules.try_out(SYSTEM, "office", "mark").compared is None


def test_only_the_newest_are_tried(office: Runtime) -> None:
    runtime = publish(office)
    letters(runtime, "报价", "报价", "您好")
    trial = runtime.rules.try_out(SYSTEM, "office", rule("CONTAINS_ANY(body, '报价')"), last=2)
    assert (trial.tried, trial.matched) == (2, 1)


def test_nobody_tries_what_they_may_not_read(office: Runtime) -> None:
    runtime = publish(office)
    mine, other = client(runtime, owner="zhou"), client(runtime, owner="wang")
    letters(runtime, "报价", client=mine)
    letters(runtime, "报价", "报价", client=other)
    asked = rule("CONTAINS_ANY(body, '报价')")
    seller = runtime.rules.try_out(runtime.require_viewer("zhou"), "office", asked)
    assert (seller.tried, seller.matched, len(seller.examples)) == (1, 1, 1)
    clerk = runtime.rules.try_out(runtime.require_viewer("ye"), "office", asked)
    assert (clerk.tried, clerk.matched, clerk.examples) == (0, 0, ())
    with pytest.raises(Rejected, match=r"access\.denied"):
        runtime.rules.try_out(runtime.require_viewer("fang"), "office", asked)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("other", "rule.unknown"),
        (rule("bodi == 'x'"), "expression.unknown_name"),
        ({**rule(""), "when": {"trigger": "record_created", "form": "none"}}, "reference.unknown_form"),
        ({**rule(""), "when": {"trigger": "message_received"}}, "rule.needs_record"),
        ({"id": "x", "when": {"trigger": "schedule", "at": "09:00"}, "then": []}, "rule.not_to_try"),
    ],
)
def test_what_cannot_be_tried_is_told(office: Runtime, asked: Any, code: str) -> None:
    runtime = publish(office)
    with pytest.raises(Rejected) as refused:
        runtime.rules.try_out(SYSTEM, "office", asked)
    assert code in [found.code for found in refused.value.problems]


def test_a_clock_is_tried_on_the_records_it_picks(office: Runtime) -> None:
    runtime = publish(office)
    client(runtime, level="a"), client(runtime, level="a", state="x"), client(runtime)
    when = {"trigger": "schedule", "every": "PT10M", "form": "client", "where": "level == 'a'"}
    trial = runtime.rules.try_out(SYSTEM, "office", {**rule("state == 'x'"), "when": when})
    assert (trial.tried, trial.matched) == (3, 1)


def test_what_is_looked_up_is_tried_too(office: Runtime) -> None:
    runtime = publish(office)
    about = client(runtime, level="a")
    letters(runtime, "报价", client=about)
    letters(runtime, "报价")
    update(runtime, "client", about, name="顺和")
    assert runtime.rules.try_out(SYSTEM, "office", rule("level == 'a'")).matched == 1
    assert runtime.rules.try_out(SYSTEM, "office", rule("client.letters > 0")).matched == 1


@pytest.mark.parametrize(
    ("person", "condition", "matched"),
    [
        ("ye", "client.level == 'a'", 0),  # no way to clients at all
        ("ye", "client.level != 'a'", 2),
        ("ye", "ISBLANK(client.level)", 2),
        ("lu", "client.level == 'a'", 1),
        ("lu", "client.mobile == '19900001111'", 0),  # masked for the boss
        ("lu", "CONTAINS_ANY(client.mobile, '1111')", 0),
        ("ye", "level == 'a'", 0),  # looked up there
        ("ye", "client.letters > 0", 0),
    ],
)
def test_what_lies_behind_a_link_is_blank_where_it_may_not_be_read(
    office: Runtime, person: str, condition: str, matched: int
) -> None:
    runtime = publish(office)
    for level, mobile in (("a", "19900001111"), ("b", "19900002222")):
        letters(runtime, "信", client=client(runtime, level=level, reason="因", mobile=mobile))
    trial = runtime.rules.try_out(runtime.require_viewer(person), "office", rule(condition))
    assert (trial.tried, trial.matched) == (2, matched)


def test_a_plan_that_fails_quotes_nothing_that_may_not_be_read(office: Runtime) -> None:
    runtime = publish(office)
    letters(runtime, "密语", client=client(runtime, mobile="19900001111"))
    for value in ("body", "client.mobile"):
        failing = {"found": f"[TEXT(VALUE({value}), '0')]"}
        asked = rule("", then=[{"action": "set_fields", "with": {"values": failing}}])
        trial = runtime.rules.try_out(runtime.require_viewer("ye"), "office", asked)
        assert trial.matched == 1
        assert all(
            word not in found.text("zh") for found in trial.problems for word in ("密语", "19900001111")
        )


def test_a_known_false_alarm_shows_beside_its_hit(office: Runtime) -> None:
    """The choice that the rule sets, on the record and behind its link, and of what it makes, as it stands by now."""
    judged = {"action": "set_fields", "with": {"of": "client", "values": {"level": "'a'", "state": "'new'"}}}
    runtime = publish(office, rule("CONTAINS_ANY(body, '报价')", then=[judged]))
    wrong, right = client(runtime, "恒锐"), client(runtime, "顺和")
    letters(runtime, "报价", "请再报价", client=wrong)
    letters(runtime, "报价", client=right)
    update(runtime, "client", wrong, level="b", reason="误报")  # somebody judged it
    trial = runtime.rules.try_out(SYSTEM, "office", "mark")
    first, second, third = trial.examples
    (stands,) = second.standing
    assert (stands.form, stands.record, stands.field, stands.label) == ("client", wrong, "level", "级别")
    assert [[one.text for one in each.standing] for each in (first, second, third)] == [
        ["甲"],
        ["乙"],
        ["乙"],
    ]
    assert dict(trial.standing) == {("级别", "甲"): 1, ("级别", "乙"): 2}
    asked = rule("subject != ''", id="other", then=[judged])  # the clerk reads no texts and no clients
    clerk = runtime.rules.try_out(runtime.require_viewer("ye"), "office", asked)
    assert (clerk.matched, [one.standing for one in clerk.examples], dict(clerk.standing)) == (
        3,
        [()] * 3,
        {},
    )


def test_how_what_a_rule_made_stands(office: Runtime) -> None:
    """A letter that a rule made another record for: the choices such a record begins with."""
    document = desk()
    kinds = [{"value": "open", "label": "未处理"}, {"value": "wrong", "label": "误报"}]
    document["forms"].append(
        {
            "id": "alarm",
            "label": "预警",
            "fields": [
                {"id": "letter", "type": "link", "label": "信件", "options": {"form": "letter"}},
                {
                    "id": "kind",
                    "type": "select",
                    "label": "处理",
                    "default": "'open'",
                    "options": {"choices": kinds},
                },
            ],
        }
    )
    makes = {"action": "create_record", "with": {"form": "alarm", "values": {"letter": "record.id"}}}
    document["rules"] = [{"label": "预警", **rule("CONTAINS_ANY(body, '报价')", then=[makes])}]
    office.applications.publish(None, document, "system")
    letters(office, "报价", "再报价")
    update(office, "alarm", rows(office, "alarm")[0]["id"], kind="wrong")
    trial = office.rules.try_out(SYSTEM, "office", "mark")
    assert [[one.text for one in each.standing] for each in trial.examples] == [["未处理"], ["误报"]]
    assert dict(trial.standing) == {("处理", "未处理"): 1, ("处理", "误报"): 1}
