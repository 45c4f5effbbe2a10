"""Figures over records: counted over all rows, kept, audited, and not to be had too often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.access.audit import AuditEntry
from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected

IN_SCOPE = (
    "(record.client == none or client == record.client) and (record.kinds == none or kind in record.kinds)"
)
CHOICES = {"choices": [{"value": "call"}, {"value": "mail"}]}
DOCUMENT: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "desk", "label": "台"},
    "forms": [
        {"id": "client", "label": "客户", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "parent", "type": "link", "label": "上级客户", "options": {"form": "client"}},
            {"id": "branches", "type": "rollup", "label": "下级数", "options": {"form": "client", "via": "parent"}},
            {"id": "largest", "type": "rollup", "label": "最大合同", "options": {
                "form": "deal", "via": "client", "aggregate": "max", "field": "amount", "where": "amount < 500000"}}]},
        {"id": "talk", "label": "会话", "title": "{kind}", "fields": [
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            {"id": "kind", "type": "select", "label": "方式", "options": CHOICES},
            {"id": "amount", "type": "money", "label": "金额"},
            {"id": "on", "type": "date", "label": "日期"}]},
        {"id": "deal", "label": "合同", "title": "{amount}", "fields": [
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            {"id": "amount", "type": "decimal", "label": "金额", "options": {"places": 4}}]},
        {"id": "request", "label": "申请", "title": "{reason}", "fields": [
            {"id": "reason", "type": "text", "label": "事由", "required": True},
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            {"id": "kinds", "type": "multi_select", "label": "方式", "options": CHOICES},
            {"id": "since", "type": "date", "label": "自"},
            {"id": "hits", "type": "related_query", "label": "命中数",
             "options": {"queries": [{"form": "talk", "where": IN_SCOPE}], "result": "integer"}},
            {"id": "involved", "type": "related_query", "label": "涉及金额", "options": {
                "queries": [{"form": "talk", "aggregate": "max", "field": "amount", "where": IN_SCOPE},
                            {"form": "deal", "aggregate": "max", "field": "amount",
                             "where": "client == record.client or client == record.client.parent"}],
                "combine": "max", "result": "money"}},
            {"id": "large", "type": "formula", "label": "大额",
             "options": {"expression": "involved > 100000", "result": "boolean"}},
            {"id": "note", "type": "text", "label": "备注", "visible": "involved > 100000"}]},
    ],
    "roles": [{"id": "asker", "label": "申请人", "forms": {
        "client": {"actions": ["read"]},
        "request": {"actions": ["read", "create", "update"]}}}],
}  # fmt: skip


@pytest.fixture
def desk(make_runtime: Any) -> Iterator[Runtime]:
    runtime: Runtime = make_runtime()
    runtime.applications.publish(None, DOCUMENT, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("zhou", "周婧")])
        runtime.people.save_memberships(unit, [Membership("desk", "asker", "person", "zhou")])

    runtime.database.write(people)
    yield runtime
    runtime.close()


@pytest.fixture
def clients(desk: Runtime) -> tuple[str, str]:
    (group,) = create(desk, "client", {"name": "恒锐集团"})
    (hengrui,) = create(desk, "client", {"name": "恒锐", "parent": group})
    create(
        desk, "talk", {"client": hengrui, "kind": "call", "amount": "99999.99", "on": "2026-11-01"},
        {"client": hengrui, "kind": "mail", "on": "2026-11-02"}, {"client": group, "kind": "call", "amount": "5"},
    )  # fmt: skip
    create(desk, "deal", {"client": group, "amount": "100000.0001"})
    return group, hengrui


def create(runtime: Runtime, form: str, *rows: dict[str, Any]) -> list[str]:
    return runtime.records.create(SYSTEM, "desk", form, rows)


def asked(runtime: Runtime, **values: Any) -> dict[str, Any]:
    """What a request by zhou holds."""
    zhou = runtime.require_viewer("zhou")
    (made,) = runtime.records.create(zhou, "desk", "request", [{"reason": "投诉", **values}])
    return dict(runtime.records.get(zhou, "desk", "request", made).values)


def counts(runtime: Runtime) -> list[AuditEntry]:
    with runtime.database.read() as connection:
        return [entry for entry in runtime.audit.latest(connection) if entry.action == "count"]


def state(runtime: Runtime, record: str | None = None, **values: Any) -> dict[str, Any]:
    return runtime.records.state(
        runtime.require_viewer("zhou"), "desk", "request", record, values, list(values)
    )


def test_all_rows_are_counted_though_nobody_may_read_them(desk: Runtime, clients: tuple[str, str]) -> None:
    group, hengrui = clients
    with pytest.raises(Rejected):
        desk.records.page(desk.require_viewer("zhou"), "desk", "talk", Query())
    assert asked(desk, client=hengrui)["hits"] == 2
    assert asked(desk, client=hengrui, kinds=["mail"])["hits"] == 1
    assert asked(desk, kinds=["call", "mail"])["hits"] == 3
    assert asked(desk, client=group, kinds=["mail"])["hits"] == 0


@pytest.mark.parametrize(
    ("place", "kinds", "involved", "large"),
    [
        (0, [], "100000.00", False),  # the parent's own deal, rounded half to even
        (1, [], "100000.00", False),  # reached through the link of ours
        (None, ["mail"], None, False),  # no amount is no amount, not 0
    ],
)
def test_several_queries_come_to_one_figure(
    desk: Runtime,
    clients: tuple[str, str],
    place: int | None,
    kinds: list[str],
    involved: str | None,
    large: bool,
) -> None:
    values = asked(desk, client=clients[place] if place is not None else None, kinds=kinds)
    assert (values["involved"], values["large"]) == (involved, large)


def test_formulas_follow_their_figures(desk: Runtime, clients: tuple[str, str]) -> None:
    create(desk, "deal", {"client": clients[1], "amount": "100000.01"})
    assert asked(desk, client=clients[1])["large"] is True


def test_it_is_kept_until_what_it_asks_by_changes(desk: Runtime, clients: tuple[str, str]) -> None:
    zhou = desk.require_viewer("zhou")
    (made,) = desk.records.create(zhou, "desk", "request", [{"reason": "投诉", "client": clients[1]}])

    def change(**values: Any) -> int:
        (outcome,) = desk.records.update(zhou, "desk", "request", [Change(made, values)])
        assert outcome.ok
        return int(desk.records.get(zhou, "desk", "request", made).values["hits"])

    create(desk, "talk", {"client": clients[1], "kind": "call"})
    assert change(reason="另一事由") == 2
    assert len(counts(desk)) == 1
    assert change(kinds=["call"]) == 2
    assert change(kinds=[]) == 3


def test_nobody_writes_it(desk: Runtime, clients: tuple[str, str]) -> None:
    with pytest.raises(Rejected) as refused:
        asked(desk, hits=1)
    assert refused.value.problems[0].code == "value.not_writable"


def test_what_was_asked_is_audited(desk: Runtime, clients: tuple[str, str]) -> None:
    asked(desk, client=clients[1], kinds=["mail"])
    (entry,) = counts(desk)
    assert (entry.person, entry.app, entry.form) == ("zhou", "desk", "request")
    hits = entry.detail["fields"]["hits"]
    assert hits["found"] == 1
    assert hits["asked"] == [
        f"('{clients[1]}' == none or client == '{clients[1]}') and (['mail'] == none or kind in ['mail'])"
    ]


def test_the_house_asks_without_being_audited(desk: Runtime, clients: tuple[str, str]) -> None:
    create(desk, "request", {"reason": "系统"})
    assert counts(desk) == []


# -- while somebody types --------------------------------------------------------------------------


def test_it_shows_while_somebody_types(desk: Runtime, clients: tuple[str, str]) -> None:
    shown = state(desk, client=clients[1], kinds=["call"])
    assert (shown["hits"]["value"], shown["involved"]["value"]) == (1, "100000.00")
    assert shown["note"]["visible"] is False
    create(desk, "deal", {"client": clients[1], "amount": "200000"})
    assert state(desk, client=clients[1])["note"]["visible"] is True
    assert len(counts(desk)) == 2


def test_the_same_question_a_moment_later_is_no_other(
    desk: Runtime, clients: tuple[str, str], clock: FrozenClock
) -> None:
    for reason in ("投", "投诉", "投诉处理"):
        assert state(desk, client=clients[1], reason=reason)["hits"]["value"] == 2
    assert len(counts(desk)) == 1
    clock.advance(seconds=61)
    state(desk, client=clients[1])
    assert len(counts(desk)) == 2


def test_a_kept_one_is_shown_until_what_it_asks_by_changes(desk: Runtime, clients: tuple[str, str]) -> None:
    (made,) = create(desk, "request", {"reason": "投诉", "client": clients[1]})
    create(desk, "talk", {"client": clients[1], "kind": "call"})
    assert state(desk, made, reason="换")["hits"]["value"] == 2
    assert counts(desk) == []
    assert state(desk, made, kinds=["call"])["hits"]["value"] == 2
    assert [entry.record for entry in counts(desk)] == [int(made)]


def test_sixty_a_minute_and_no_more(desk: Runtime, clients: tuple[str, str], clock: FrozenClock) -> None:
    for day in range(1, 31):
        for kind in ("call", "mail"):
            clock.advance(milliseconds=500)
            shown = state(
                desk, client=clients[1] if day % 2 else clients[0], kinds=[kind], since="2026-11-01"
            )
            assert "problems" not in shown["hits"]
            desk.records.figures._known.clear()  # as if it were another question
    shown = state(desk, client=clients[1], kinds=["call", "mail"])
    assert [problem["code"] for problem in shown["hits"]["problems"]] == ["query.too_often"]
    assert shown["hits"]["value"] is None
    with pytest.raises(Rejected) as refused:
        asked(desk, client=clients[1])
    assert refused.value.problems[0].code == "query.too_often"
    clock.advance(minutes=1)
    assert state(desk, client=clients[1], kinds=["call", "mail"])["hits"]["value"] == 2


def test_what_is_refused_for_something_else_counts_too(desk: Runtime, clients: tuple[str, str]) -> None:
    for _ in range(60):
        with pytest.raises(Rejected, match="reason"):
            asked(desk, reason="", client=clients[1])
    with pytest.raises(Rejected) as refused:
        asked(desk, client=clients[1])
    assert refused.value.problems[0].code == "query.too_often"


# -- aggregates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aggregate", "field", "result", "found"),
    [
        ("count", "", "integer", 3),
        ("count", "amount", "integer", 2),
        ("sum", "amount", "money", "100004.99"),
        ("avg", "amount", "number", "50002.50"),  # half to even
        ("median", "amount", "number", "50002.50"),
        ("min", "amount", "money", "5.00"),
        ("max", "on", "date", "2026-11-02"),
    ],
)
def test_aggregates(
    desk: Runtime, clients: tuple[str, str], aggregate: str, field: str, result: str, found: Any
) -> None:
    query = {"form": "talk", "aggregate": aggregate, "field": field}
    figure = {
        "id": "hits",
        "type": "related_query",
        "label": "数",
        "options": {"queries": [query], "result": result},
    }
    own = {"id": "probe", "label": "试", "title": "", "fields": [figure]}
    document = {**DOCUMENT, "forms": [*DOCUMENT["forms"], own]}
    desk.applications.publish(None, document, "system")
    (made,) = create(desk, "probe", {})
    assert desk.records.get(SYSTEM, "desk", "probe", made).values["hits"] == found


ROLLED_UP = {  # (form, aggregate, field, result) -> what comes out
    "direct": ("client", "max", "largest", "number", "100000.0001"),
    "behind": ("talk", "max", "client.largest", "number", "100000.0001"),
    "further": ("talk", "min", "client.parent.largest", "number", "100000.0001"),
    "counted": ("talk", "sum", "client.branches", "integer", 1),
    "itself": ("client", "max", "parent.branches", "integer", 1),
}


def test_a_rollup_has_no_column_and_is_asked_for_all_the_same(
    desk: Runtime, clients: tuple[str, str]
) -> None:
    create(desk, "deal", {"client": clients[0], "amount": "600000"}, {"client": clients[0], "amount": "7"})
    (binned,) = create(desk, "deal", {"client": clients[0], "amount": "400000"})
    desk.recycle_bin.delete(SYSTEM, "desk", "deal", [binned])
    fields = [
        {"id": name, "type": "related_query", "label": name, "options": {
            "queries": [{"form": form, "aggregate": aggregate, "field": field}], "result": result, "places": 4}}
        for name, (form, aggregate, field, result, _) in ROLLED_UP.items()
    ]  # fmt: skip
    own = {"id": "probe", "label": "试", "title": "", "fields": fields}
    desk.applications.publish(None, {**DOCUMENT, "forms": [*DOCUMENT["forms"], own]}, "system")
    (made,) = create(desk, "probe", {})
    values = desk.records.get(SYSTEM, "desk", "probe", made).values
    assert {name: values[name] for name in ROLLED_UP} == {
        name: found for name, (*_, found) in ROLLED_UP.items()
    }
