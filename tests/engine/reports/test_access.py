"""Who sees which numbers: over exactly his rows, over none, or over all of them without a way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.clock import FrozenClock, microseconds
from engine.records.query import Condition, Query
from engine.runtime import Runtime
from metamodel.asks import GroupAnswer
from metamodel.plugin_api import drill_key
from metamodel.problems import Rejected
from tests.engine.reports.shop import APP, BOARD, Row, open_shop, save, some_customers, some_orders, widget

BY_SELLER = {"dimensions": [{"field": "seller"}], "measures": [{"id": "n"}]}
WIDGETS = [
    widget("by_seller", "bar", **BY_SELLER),
    widget("by_channel", "bar", dimensions=[{"field": "channel"}], measures=[{"id": "n"}]),
    widget("amount", "kpi", measures=[{"id": "n", "aggregate": "sum", "field": "amount"}]),
    widget("weight", "kpi", measures=[{"id": "n", "aggregate": "sum", "field": "weight"}]),
    widget("web", "kpi", measures=[{"id": "n", "where": "channel == 'web'"}]),
    widget("dear", "kpi", measures=[{"id": "n"}], dataset={"form": "order", "filter": "amount > 100"}),
    widget("by_level", "bar", dimensions=[{"field": "customer.level"}], measures=[{"id": "n"}]),
    widget("level_a", "kpi", measures=[{"id": "n", "where": "customer.level == 'a'"}]),
    widget("by_labels", "bar", dimensions=[{"field": "customer.labels"}], measures=[{"id": "n"}]),
    widget("by_customer", "bar", dimensions=[{"field": "customer"}], measures=[{"id": "n"}]),
    widget("list", "list", columns=["name", "seller", "amount"]),
    widget("cloud", "word_cloud", dataset=None, words={"form": "order", "field": "note"}),
]
for one in WIDGETS:
    if one["options"].get("dataset", 0) is None:
        del one["options"]["dataset"]


@pytest.fixture
def shop(
    make_runtime: Callable[[], Runtime], clock: FrozenClock
) -> Iterator[tuple[Runtime, list[Row], list[Row]]]:
    runtime = make_runtime()
    open_shop(runtime, WIDGETS)
    customers = some_customers(8)
    ids = save(runtime, "customer", customers)
    orders = some_orders(200, ids, clock.now())
    save(runtime, "order", orders)
    known = dict(zip(ids, customers, strict=True))
    yield runtime, [{**order, "its": known.get(order["customer"], {})} for order in orders], customers
    runtime.close()


def values(runtime: Runtime, person: str, name: str, filters: Any = None) -> dict[Any, Any]:
    viewer = runtime.require_viewer(person)
    (answer,) = runtime.reports.answers(viewer, APP, BOARD, name, filters)
    assert isinstance(answer, GroupAnswer)
    return {cell: numbers["n"] for cell, numbers in answer.values.items()}


def state(runtime: Runtime, person: str, name: str) -> tuple[str, tuple[str, ...]]:
    view = runtime.reports.widget(runtime.require_viewer(person), APP, BOARD, name)
    return view.state, tuple(one.code for one in view.problems)


def counted(rows: list[Row], key: Callable[[Row], Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        found[(key(row),)] = found.get((key(row),), 0) + 1
    return found


def test_a_seller_counts_his_own_rows(shop: Any) -> None:
    runtime, orders, _ = shop
    own = [order for order in orders if order["seller"] == "zhou"]
    assert values(runtime, "zhou", "by_seller") == {("zhou",): len(own)}
    assert values(runtime, "zhou", "by_channel") == counted(own, lambda row: row["channel"])
    total = sum((order["amount"] for order in own if order["amount"] is not None), Decimal(0))
    assert values(runtime, "zhou", "amount") == {(): total}


def test_a_boss_counts_everything(shop: Any) -> None:
    runtime, orders, _ = shop
    assert values(runtime, "lu", "by_seller") == counted(orders, lambda row: row["seller"])
    assert values(runtime, "lu", "by_level") == counted(orders, lambda row: row["its"].get("level"))


def test_behind_a_link_only_what_may_be_read_counts(shop: Any) -> None:
    """A seller reads his own customers: what others' customers are stays blank."""
    runtime, orders, _ = shop
    own = [order for order in orders if order["seller"] == "zhou"]

    def level(order: Row) -> Any:
        return order["its"].get("level") if order["its"].get("owner") == "zhou" else None

    assert values(runtime, "zhou", "by_level") == counted(own, level)
    assert values(runtime, "zhou", "level_a") == {(): sum(level(order) == "a" for order in own)}
    labels = [
        label for order in own if order["its"].get("owner") == "zhou" for label in order["its"]["labels"]
    ]
    by_labels = values(runtime, "zhou", "by_labels")
    by_labels.pop((None,))
    assert by_labels == {(label,): labels.count(label) for label in set(labels)}


def test_titles_of_records_that_may_not_be_seen_are_not_told(shop: Any) -> None:
    runtime, _, customers = shop
    view = runtime.reports.widget(runtime.require_viewer("zhou"), APP, BOARD, "by_customer")
    shown = set(view.drawing.model["xAxis"]["data"])
    own = {customer["name"] for customer in customers if customer["owner"] == "zhou"}
    assert shown & {customer["name"] for customer in customers} <= own
    assert "（无权查看）" in shown


@pytest.mark.parametrize("name", ["amount", "dear", "by_channel", "web", "by_level"])
def test_a_hidden_or_masked_field_gives_no_number(shop: Any, name: str) -> None:
    runtime, _, _ = shop
    assert state(runtime, "ye", name) == ("denied", ("board.denied_field",))


def test_other_fields_of_the_same_form_still_do(shop: Any) -> None:
    runtime, orders, _ = shop
    total = sum((order["weight"] for order in orders if order["weight"] is not None), Decimal(0))
    assert values(runtime, "ye", "weight") == {(): total}


def test_a_filter_on_a_hidden_field_gives_no_number_either(shop: Any) -> None:
    runtime, _, _ = shop
    viewer = runtime.require_viewer("ye")
    view = runtime.reports.widget(viewer, APP, BOARD, "weight", {"channel": "web"})
    assert (view.state, view.drawing) == ("denied", None)
    board = runtime.reports.board(viewer, APP, BOARD)
    assert next(one for one in board.filters if one.id == "channel").choices == ()


def test_totals_are_over_all_rows_and_lead_nowhere(shop: Any) -> None:
    runtime, orders, _ = shop
    assert values(runtime, "gu", "by_seller") == counted(orders, lambda row: row["seller"])
    viewer = runtime.require_viewer("gu")
    view = runtime.reports.widget(viewer, APP, BOARD, "by_seller")
    assert (view.state, view.drillable) == ("ready", False)
    assert runtime.reports.board(viewer, APP, BOARD).totals
    with pytest.raises(Rejected) as refused:
        runtime.reports.drill(viewer, APP, BOARD, "by_seller", {}, drill_key("n", "zhou"))
    assert refused.value.problems[0].code == "board.totals_only"


@pytest.mark.parametrize("name", ["list", "cloud"])
def test_totals_have_no_rows_and_no_words(shop: Any, name: str) -> None:
    runtime, _, _ = shop
    assert state(runtime, "gu", name) == ("denied", ("board.totals_only",))


def test_totals_tell_no_titles(shop: Any) -> None:
    runtime, _, customers = shop
    view = runtime.reports.widget(runtime.require_viewer("gu"), APP, BOARD, "by_customer")
    assert not set(view.drawing.model["xAxis"]["data"]) & {customer["name"] for customer in customers}


@pytest.mark.parametrize("person", ["fang"])
def test_without_the_permission_there_is_no_report(shop: Any, person: str) -> None:
    runtime, _, _ = shop
    viewer = runtime.require_viewer(person)
    assert runtime.reports.list(viewer, APP) == ()
    for ask in (
        lambda: runtime.reports.board(viewer, APP, BOARD),
        lambda: runtime.reports.widget(viewer, APP, BOARD, "by_seller"),
        lambda: runtime.reports.drill(viewer, APP, BOARD, "by_seller", {}, drill_key("n", "zhou")),
    ):
        with pytest.raises(Rejected) as refused:
            ask()
        assert refused.value.problems[0].code == "board.unknown"


def test_a_list_shows_each_reader_his_rows_and_fields(shop: Any) -> None:
    runtime, orders, _ = shop
    view = runtime.reports.widget(runtime.require_viewer("zhou"), APP, BOARD, "list")
    assert view.drawing.model["total"] == sum(order["seller"] == "zhou" for order in orders)
    hidden = runtime.reports.widget(runtime.require_viewer("ye"), APP, BOARD, "list")
    assert {row["cells"][2] for row in hidden.drawing.model["rows"]} == {""}


def test_a_grant_counts_while_it_runs(shop: Any, clock: FrozenClock) -> None:
    runtime, orders, _ = shop
    other = sum(order["seller"] == "wang" for order in orders)
    runtime.database.write(
        lambda unit: runtime.grants.give(
            unit,
            "zhou",
            APP,
            "order",
            filter="seller == 'wang'",
            newest=2**60,
            purpose="复盘",
            by="lu",
            expires_at=microseconds(clock.now() + timedelta(days=1)),
        )
    )
    assert values(runtime, "zhou", "by_seller")[("wang",)] == other
    clock.advance(days=2)
    assert ("wang",) not in values(runtime, "zhou", "by_seller")


def test_opening_and_drilling_are_in_the_audit_trail(shop: Any) -> None:
    runtime, _, _ = shop
    viewer = runtime.require_viewer("zhou")
    runtime.reports.board(viewer, APP, BOARD, {"period": "this_month"})
    runtime.reports.drill(viewer, APP, BOARD, "by_seller", {}, drill_key("n", "zhou"))
    with runtime.database.read() as connection:
        entries = runtime.audit.latest(connection, limit=2)
    assert [(entry.action, entry.person, entry.detail["report"]) for entry in entries] == [
        ("drill", "zhou", BOARD),
        ("report", "zhou", BOARD),
    ]


@pytest.mark.parametrize("person", ["zhou", "lu"])
def test_a_filter_through_a_link_finds_no_more_than_was_counted(shop: Any, person: str) -> None:
    """Neither a condition nor a search tells what a record that may not be read says."""
    runtime, _, _ = shop
    viewer = runtime.require_viewer(person)
    counted_a = values(runtime, person, "by_level").get(("a",), 0)
    for query in (
        Query(conditions=(Condition("customer.level", "is", ("a",)),)),
        Query(conditions=(Condition("customer_level", "is", ("a",)),)),
        Query(text="customer.level:a"),
    ):
        assert runtime.records.page(viewer, APP, "order", query).total == counted_a
    for name, key in (("by_level", drill_key("n", "a")), ("level_a", drill_key("n"))):
        target = runtime.reports.drill(viewer, APP, BOARD, name, {}, key)
        query = Query(conditions=target.conditions, filter=target.filter)
        assert runtime.records.page(viewer, APP, "order", query).total == counted_a, name
