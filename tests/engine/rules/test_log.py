"""The rule log: what it says, to whom, and how little of records a reader may not see."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from engine.system_tables import rule_runs
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


def test_traces_lie_sealed(office: Runtime) -> None:
    runtime = publish(office, QUOTE)
    create(runtime, "letter", {"subject": "一", "body": "报价密语"})
    with runtime.database.read() as connection:
        sealed = connection.scalars(sa.select(rule_runs.c.trace_sealed)).all()
    assert sealed
    assert all("报价".encode() not in bytes(one) and b"quote" not in bytes(one) for one in sealed)
