"""How many statements a widget needs: one an ask, and what stands around it. None may grow unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from tests.engine.reports.counting import statements
from tests.engine.reports.shop import APP, BOARD, open_shop, save, some_customers, some_orders, widget

ROWS_READ = r"\b(r_\d+|record_words)\b"  # the tables of forms, and the words of their texts
N = [{"id": "n"}]
SUM = [{"id": "sum", "aggregate": "sum", "field": "amount"}]
MEDIAN = [{"id": "middle", "aggregate": "median", "field": "wait"}]
SELLER, CHANNEL, DAY, CUSTOMER = (
    {"field": "seller"},
    {"field": "channel"},
    {"bucket": "day"},
    {"field": "customer"},
)
NOTES = {"form": "order", "field": "note"}
GROUPS = {"by": "seller", "high": {"form": "order", "person": "seller", "field": "at", "measure": SUM[0]}}
# widget -> its statements over the forms of the app. Titles of linked records are one more a dimension, the rows
# behind marks one more a line of them; a list has its page, its total and one for each form it links to.
WIDGETS: list[tuple[str, dict[str, Any], int]] = [
    ("kpi", {"measures": N}, 1),
    ("kpi", {"measures": MEDIAN, "compare": "previous_period"}, 1),
    ("kpi_trend", {"measures": SUM, "compare": "previous_period"}, 1),
    ("bar", {"measures": N, "dimensions": [SELLER]}, 1),
    ("bar", {"measures": N, "dimensions": [{**CUSTOMER, "top": 2}], "compare": "previous_period"}, 2),  # titles
    ("line", {"measures": [*N, *SUM, *MEDIAN], "dimensions": [DAY, CHANNEL], "compare": "previous_period"}, 1),
    ("line", {"measures": N, "dimensions": [DAY], "marks": [{"rows": {"form": "order", "day": "day", "name": "name"}}]},
     2),
    ("combo", {"measures": [*N, *SUM], "dimensions": [SELLER]}, 1),
    ("pie", {"measures": N, "dimensions": [CHANNEL]}, 1),
    ("funnel", {"measures": N, "dimensions": [CHANNEL]}, 1),
    ("heat_map", {"measures": N, "dimensions": [{"bucket": "weekday"}, {"bucket": "hour"}]}, 1),
    ("pivot", {"measures": N, "dimensions": [SELLER, CHANNEL], "totals": False}, 1),
    ("pivot", {"measures": [*N, *MEDIAN], "dimensions": [SELLER, CHANNEL]}, 1),
    ("pivot", {"measures": N, "dimensions": [SELLER]}, 1),
    ("list", {"columns": ["name", "amount"], "sort": "-amount", "limit": 2}, 2),  # its page, its total
    ("list", {"columns": ["name", "customer", "customer_level"], "limit": 2}, 4),  # titles and what is looked up
    ("absent", {"person": "seller", "roles": ["seller", "boss"]}, 2),  # who was there; the last day of the others
    ("word_cloud", {"dataset": None, "words": NOTES, "minimum": 1}, 1),
    ("keyness", {"dataset": None, "words": NOTES, "groups": GROUPS, "minimum": 1}, 3),
    # without a number, one more: the last days that have some
    ("word_cloud", {"dataset": None, "words": {**NOTES, "filter": "channel == 'shop'"}}, 2),
    ("keyness", {"dataset": None, "words": {**NOTES, "filter": "channel == 'shop'"}, "groups": GROUPS}, 4),
]  # fmt: skip


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[Runtime]:
    runtime = make_runtime()
    made = []
    for number, (kind, options, _) in enumerate(WIDGETS):
        one = widget(f"w{number}", kind, **options)
        one["options"] = {name: value for name, value in one["options"].items() if value is not None}
        made.append(one)
    open_shop(runtime, made)
    customer = runtime.records.create(SYSTEM, APP, "customer", [{"name": "恒锐", "level": "a"}])[0]
    orders = save(runtime, "order", [
        {"name": name, "seller": seller, "channel": channel, "amount": "10", "customer": customer, "day": "2026-11-04",
         "at": "2026-11-02T10:00:00+08:00", "wait": "PT1H"}
        for name, seller, channel in (("A", "zhou", "web"), ("B", "wang", "web"), ("C", "zhou", "phone"))])  # fmt: skip
    words = {int(order): {word: 40} for order, word in zip(orders, ("样例", "发票", "样例"), strict=True)}
    runtime.database.write(lambda unit: runtime.analysis.store(unit, words))
    yield runtime
    runtime.close()


def test_no_widget_needs_more_statements_than_its_allowance(shop: Runtime) -> None:
    """Counted for a person with rows of everything, in the month that has them."""
    lu, filters, needed = shop.require_viewer("lu"), {"period": "this_month"}, []
    for number, (kind, _, _) in enumerate(WIDGETS):
        with statements(ROWS_READ) as seen:
            view = shop.reports.widget(lu, APP, BOARD, f"w{number}", filters)
        assert not view.problems, (kind, view.problems)
        needed.append((kind, number, len(seen)))
    assert needed == [(kind, number, allowed) for number, (kind, _, allowed) in enumerate(WIDGETS)]


TOLD = [
    [SELLER, CHANNEL], [{**CUSTOMER, "top": 1}, {"field": "tags"}], [{"field": "tags", "top": 1}, {**SELLER, "top": 1}],
    [DAY, {**CHANNEL, "top": 1, "others": False}, {"field": "pieces", "bins": [1, 3]}], [{"field": "rush"}],
]  # fmt: skip
MEASURED = [*N, *SUM, *MEDIAN, {"id": "often", "aggregate": "expression", "expression": "sum / n"}]


@pytest.mark.parametrize(
    "more", [{}, {"limit": 1}, {"compare": "previous_period"}, {"sort": "often"}], ids=str
)
def test_together_they_answer_what_each_does_alone(
    make_runtime: Callable[[], Runtime],
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, Any],
) -> None:
    runtime = make_runtime()
    pivots = [
        widget(f"p{n}", "pivot", dimensions=told, measures=MEASURED, **more) for n, told in enumerate(TOLD)
    ]
    course = widget("course", "kpi_trend", measures=MEASURED[:3], compare="previous_period")
    open_shop(runtime, [*pivots, course])
    customers = runtime.records.create(SYSTEM, APP, "customer", some_customers(5))
    save(runtime, "order", some_orders(60, customers, clock.now()))
    for one in [*pivots, course]:
        asked = (SYSTEM, APP, BOARD, one["id"], {"period": "last_30_days"})
        together = runtime.reports.answers(*asked)
        with monkeypatch.context() as patched:
            patched.setattr("engine.reports.reports.may_stand_together", lambda _: False)
            assert together == runtime.reports.answers(*asked), one["id"]
    runtime.close()
