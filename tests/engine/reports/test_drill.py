"""From a number back to its records: as many as were counted, whatever they were told by."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.records.query import Condition, Query
from engine.runtime import Runtime
from metamodel.asks import OTHERS, GroupAnswer
from metamodel.plugin_api import drill_key
from metamodel.problems import Rejected
from tests.engine.reports.shop import APP, BOARD, open_shop, save, some_customers, some_orders, widget

COUNT = [{"id": "n"}]
DIMENSIONS: dict[str, dict[str, Any]] = {
    "seller": {"field": "seller"},
    "channel": {"field": "channel"},
    "department": {"field": "department"},
    "tags": {"field": "tags"},
    "customer": {"field": "customer", "top": 3},
    "level": {"field": "customer.level"},
    "looked_up": {"field": "customer_level"},
    "rush": {"field": "rush"},
    "pieces": {"field": "pieces"},
    "amount": {"field": "amount", "bins": [0, 1000.5]},
    "wait": {"field": "wait", "bins": [0.5, 2]},
    "hour": {"bucket": "hour"},
    "weekday": {"bucket": "weekday"},
    "day": {"bucket": "day"},
    "working_day": {"bucket": "working_day"},
    "week": {"bucket": "week"},
    "month": {"bucket": "month"},
    "due": {"field": "day", "bucket": "month"},
}
WIDGETS = [
    *(
        widget(name, "bar", dimensions=[dimension], measures=COUNT)
        for name, dimension in DIMENSIONS.items()
    ),
    widget("both", "heat_map", dimensions=[{"bucket": "weekday"}, {"field": "channel"}], measures=COUNT),
    widget("all", "kpi", measures=COUNT, dataset={"form": "order", "filter": "pieces >= 2"}),
    widget("some", "kpi", measures=[{"id": "n", "where": "channel == 'web'"}]),
]  # fmt: skip
FILTERS = ({}, {"period": "last_30_days"}, {"period": "this_month", "channel": "web,phone", "tag": "gift"},
           {"department": "sales"})  # fmt: skip


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[Runtime]:
    runtime = make_runtime()
    open_shop(runtime, WIDGETS)
    customers = save(runtime, "customer", some_customers(6))
    save(runtime, "order", some_orders(150, customers, clock.now()))
    yield runtime
    runtime.close()


def test_as_many_records_as_were_counted(shop: Runtime) -> None:
    for name in (*DIMENSIONS, "both", "all", "some"):
        for filters in FILTERS:
            (answer,) = shop.reports.answers(SYSTEM, APP, BOARD, name, filters)
            assert isinstance(answer, GroupAnswer)
            cells = [cell for cell in answer.values if OTHERS not in cell]
            for cell in random.Random(name).sample(cells, min(4, len(cells))):
                target = shop.reports.drill(SYSTEM, APP, BOARD, name, filters, drill_key("n", *cell))
                query = Query(conditions=target.conditions, filter=target.filter, limit=1)
                page = shop.records.page(SYSTEM, target.app, target.form, query)
                assert page.total == answer.values[cell]["n"], (name, filters, cell, target)
                assert all(text for _, text, _ in target.chips)


NOWHERE = (
    ("seller", ""),
    ("seller", "["),
    ("seller", "{}"),
    ("seller", "[]"),
    ("seller", "[1]"),
    ("seller", '["n", {"a": 1}]'),
    ("seller", '["x", "zhou"]'),
    ("seller", drill_key("n", OTHERS)),
    ("seller", drill_key("n")),
    ("seller", drill_key("n", "zhou", "web")),
    ("day", drill_key("n", 10**30)),
    ("month", drill_key("n", -5)),
    ("amount", drill_key("n", 7)),
    *(("tags", drill_key("n", key)) for key in (999, True)),
    *(
        (name, drill_key("n", key))
        for name in ("day", "month", "hour", "weekday", "amount")
        for key in ("²", "7", True)
    ),
    *(("customer", drill_key("n", key)) for key in ("²", "9" * 23, "x", 7)),
    ("pieces", drill_key("n", "²")),
    ("rush", drill_key("n", "yes")),
)


def test_what_leads_nowhere(shop: Runtime) -> None:
    for name, key in NOWHERE:
        with pytest.raises(Rejected) as refused:
            shop.reports.drill(SYSTEM, APP, BOARD, name, {}, key)
        assert refused.value.problems[0].code == "board.not_drillable", key


def test_chips_say_what_the_conditions_do(shop: Runtime) -> None:
    filters = {"period": "this_month", "channel": "web,phone"}
    target = shop.reports.drill(SYSTEM, APP, BOARD, "seller", filters, drill_key("n", "zhou"))
    assert target.chips == (
        ("下单时间", "本月", "at"), ("销售", "Zhou", "seller"), ("渠道", "WEB、PHONE", "channel"),
    )  # fmt: skip
    assert target.conditions == (
        Condition("at", "between", ("2026-11-01", "2026-11-30")),
        Condition("seller", "is", ("zhou",)),
        Condition("channel", "any_of", ("web", "phone")),
    )
