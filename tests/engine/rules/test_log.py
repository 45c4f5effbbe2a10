"""The rule log: what it says, to whom, and how little of records a reader may not see."""

from __future__ import annotations

from typing import Any, cast

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.rules.deeds import Deeds
from engine.runtime import Runtime
from engine.system_tables import rule_runs
from metamodel.plugin_api import Notify
from metamodel.problems import Rejected
from tests.engine.rules.desk import client, create, publish

LETTER = {"trigger": "record_created", "form": "letter"}
QUOTE = {
    "id": "quote", "when": LETTER, "if": "CONTAINS_ANY(body, '报价')",
    "then": [{"action": "set_fields", "with": {"of": "", "values": {"found": "[body]"}}}],
}  # fmt: skip
WRONG = {
    "id": "wrong", "when": LETTER,
    "then": [{"action": "set_fields", "with": {"of": "client", "values": {"level": "subject"}}}],
}  # fmt: skip


def log(runtime: Runtime, person: str = "", **asked: object) -> list[tuple[str, str, int]]:
    viewer = runtime.require_viewer(person) if person else SYSTEM
    runs = runtime.rules.log(viewer, "office", **asked)  # type: ignore[arg-type]
    return [(run.rule, run.outcome, run.matched) for run in runs]


def test_it_tells_newest_first_what_rules_did(office: Runtime) -> None:
    runtime = publish(office, QUOTE, WRONG)
    create(runtime, "letter", {"subject": "一", "body": "报价"}, {"subject": "二", "body": "您好"})
    create(runtime, "letter", {"subject": "三", "body": "您好", "client": client(runtime)})
    assert log(runtime) == [("wrong", "failed", 1), ("wrong", "done", 2), ("quote", "done", 1)]
    assert log(runtime, rule="quote") == [("quote", "done", 1)]
    assert log(runtime, outcome="failed") == [("wrong", "failed", 1)]
    first, *_ = runtime.rules.log(SYSTEM, "office", limit=1)
    assert log(runtime, after=first.id) == [("wrong", "done", 2), ("quote", "done", 1)]
    assert first.effects == {"SetFields": 1}
    assert first.problems == ("“客户级别”中没有选项“三”",) or "三" in first.problems[0]


def test_the_runs_about_one_record_are_found(office: Runtime) -> None:
    runtime = publish(office, QUOTE)
    ids = create(runtime, "letter", *({"subject": str(n), "body": "报价"} for n in range(3)))
    create(runtime, "letter", {"subject": "另", "body": "报价"})
    assert log(runtime, record=ids[1]) == [("quote", "done", 3)]
    assert log(runtime, record="999") == []


def test_a_reader_sees_of_records_what_he_may_read(office: Runtime) -> None:
    """The boss designs; he reads letters, so he sees the sample too. A clerk may not see the log at all."""
    runtime = publish(office, QUOTE)
    create(runtime, "letter", {"subject": "一", "body": "报价单"})
    (run,) = runtime.rules.log(runtime.require_viewer("lu"), "office")
    assert (len(run.records), run.hidden) == (1, 0)
    assert run.sample is not None
    for person in ("zhou", "ye", "fang"):
        with pytest.raises(Rejected, match=r"access\.denied"):
            log(runtime, person)


def test_a_designer_without_rows_sees_no_record_and_no_words(office: Runtime) -> None:
    document = [
        {"id": "designer", "label": "设计", "forms": {}, "manages": ["design"]},
        *({"id": role, "label": role, "forms": {}} for role in ("seller", "boss", "clerk")),
    ]
    document[2]["manages"] = ["audit"]
    runtime = publish(office, QUOTE, {**WRONG, "when": {"trigger": "record_created", "form": "client"},
        "then": [{"action": "set_fields", "with": {"values": {"level": "name"}}}]}, roles=document)  # fmt: skip
    create(runtime, "letter", {"subject": "一", "body": "报价单"})
    client(runtime, "密语")
    wrong, quote = runtime.rules.log(runtime.require_viewer("lu"), "office")
    assert (quote.records, quote.hidden, quote.sample, quote.matched) == ((), 1, None, 1)
    assert "密语" not in wrong.problems[0]


WHY = {"trigger": "record_created", "form": "letter"}
BECAUSE: list[tuple[str, dict[str, Any], list[tuple[str, str, Any]]]] = [
    ("CONTAINS_ANY(body, '报价', '合同', '退款')", {"body": "合同與報 价"}, [("has", "body", ["报价", "合同"])]),
    ("CONTAINS(body, '报价') and subject == '一'", {"body": "报价"},
     [("has", "body", ["报价"]), ("is", "subject", "一")]),
    ("CONTAINS(body, '退款') or subject in ['一', '二']", {"body": "报价"}, [("is", "subject", "一")]),
    ("subject == '九' or CONTAINS(body, '退款')", {"body": "要退款"}, [("has", "body", ["退款"])]),
    ("not (CONTAINS(body, '退款') or subject == '二')", {"body": "您好"}, [("is", "subject", "一")]),
    ("COUNT_WORDS(body, '报价', '合同') > 1", {"body": "报价 合同"}, [("has", "body", ["报价", "合同"])]),
    ("MATCHES(body, '[0-9]+(号|日)前')", {"body": "我们3号前发给您"}, [("has", "body", ["3号前"])]),
    ("LEN(body) > 3", {"body": "长" * 99}, [("is", "body", "长" * 60 + "…")]),
    ("client.level == 'a'", {}, [("is", "client.level", "a")]),
    ("client.mobile != ''", {}, [("by", "client.mobile", None)]),  # sealed over there
    ("client.letters >= 0", {}, [("by", "client.letters", None)]),  # worked out over there
    ("level == 'a'", {}, [("by", "level", None)]),
    ("hits > 0.5", {"hits": 2}, [("is", "hits", 2)]),
    ("", {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "letter", "expected"), BECAUSE, ids=[row[0] for row in BECAUSE])
def test_it_tells_of_each_record_what_made_the_condition_hold(
    office: Runtime, condition: str, letter: dict[str, Any], expected: list[Any]
) -> None:
    runtime = publish(office, {**QUOTE, "if": condition})
    about = client(runtime, level="a", mobile="13900001111")
    create(runtime, "letter", {"subject": "一", "client": about, **letter})
    (run,) = runtime.rules.log(SYSTEM, "office", rule="quote")
    (detail,) = run.details
    assert [(one.kind, one.path, one.value) for one in detail.why] == expected


def test_it_tells_of_each_record_what_was_done(office: Runtime) -> None:
    """Thirty records, each with what was done about it; what is alike is kept once."""
    tell = {"action": "notify", "with": {"to": "role:boss", "title": "一封"}}
    mark = {"action": "set_fields", "with": {"of": "client", "values": {"state": "subject", "note": "body"}}}
    runtime = publish(office, {**QUOTE, "then": [*QUOTE["then"], mark, tell]})
    about = client(runtime)
    ids = create(
        runtime, "letter", *({"subject": f"信{n}", "body": "报价", "client": about} for n in range(30))
    )
    (run,) = runtime.rules.log(SYSTEM, "office", record=ids[25])
    assert len(run.records) == 30
    (detail,) = run.details
    assert detail.record == ids[25]
    assert [(one.effect, one.form, one.record, dict(one.values)) for one in detail.did] == [
        ("SetFields", "letter", "", {"found": ["报价"]}),
        (
            "SetFields",
            "client",
            about,
            {"state": "信25", "note": None},
        ),  # sealed in the other record: not kept
        ("Notify", "letter", "", {"to": ["role:office/boss"]}),
    ]
    (whole,) = runtime.rules.log(SYSTEM, "office", rule="quote")
    assert [one.record for one in whole.details] == ids[:20]


def test_forms_of_one_name_in_two_apps_are_told_apart() -> None:
    deeds = Deeds(cast(Any, None))
    told = [Notify(app, "client", str(record), ("role:office/boss",), {"zh": "一封"})
            for record, app in enumerate(("office", "shop", "office"), 1)]  # fmt: skip
    assert [deeds.number(one, "9") for one in told] == [(0, "1"), (1, "2"), (0, "3")]
    assert [deed[1] for deed in deeds.alike] == ["office", "shop"]


def test_a_value_is_for_those_who_may_read_it(office: Runtime) -> None:
    """The boss reads clients, but their numbers only in part."""
    rule = {
        "id": "call", "when": {"trigger": "record_created", "form": "client"}, "if": "mobile != '' and name != ''",
        "then": [{"action": "set_fields", "with": {"values": {"note": "mobile", "state": "name"}}}],
    }  # fmt: skip
    runtime = publish(office, rule)
    client(runtime, "恒锐", mobile="13900001111")
    (run,) = runtime.rules.log(runtime.require_viewer("lu"), "office")
    (detail,) = run.details
    assert [(one.path, one.value, one.shown) for one in detail.why] == [
        ("mobile", None, False),
        ("name", "恒锐", True),
    ]
    (run,) = runtime.rules.log(SYSTEM, "office")
    assert [one.value for one in run.details[0].why] == ["13900001111", "恒锐"]


def test_what_it_said_of_a_record_goes_with_it(office: Runtime) -> None:
    runtime = publish(office, QUOTE)
    gone, *kept = create(runtime, "letter", *({"subject": t, "body": f"报价{t}密语"} for t in "甲乙丙"))
    runtime.database.write(lambda unit: runtime.rules.forget(unit, [int(kept[0])]))
    (run,) = runtime.rules.log(SYSTEM, "office")
    assert [(one.record, bool(one.why), [dict(d.values) for d in one.did]) for one in run.details] == [
        (gone, True, [{"found": ["报价甲密语"]}]), (kept[0], False, []), (kept[1], True, [{"found": ["报价丙密语"]}]),
    ]  # fmt: skip
    with runtime.database.read() as connection:
        sealed = connection.scalars(sa.select(rule_runs.c.trace_sealed)).all()
    assert "乙密语" not in repr([runtime.box.open_json(one) for one in sealed])


def test_traces_lie_sealed(office: Runtime) -> None:
    runtime = publish(office, QUOTE)
    create(runtime, "letter", {"subject": "一", "body": "报价密语"})
    with runtime.database.read() as connection:
        sealed = connection.scalars(sa.select(rule_runs.c.trace_sealed)).all()
    assert sealed
    assert all("报价".encode() not in bytes(one) and b"quote" not in bytes(one) for one in sealed)
