"""Numbers of reports against plain Python over the same rows: some hundred random widgets, both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from metamodel.asks import GroupAnswer
from tests.engine.reports.by_hand import ByHand, Row, same_numbers
from tests.engine.reports.random_widgets import CONDITIONS, PERIODS, WIDGETS, behind_links
from tests.engine.reports.shop import APP, BOARD, open_shop, save, some_customers, some_orders

TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[tuple[Runtime, list[Row]]]:
    runtime = make_runtime()
    open_shop(runtime, WIDGETS)
    people = some_customers(7)
    ids = save(runtime, "customer", people)
    orders = some_orders(400, ids, clock.now())
    save(runtime, "order", orders)
    yield runtime, behind_links(orders, dict(zip(ids, people, strict=True)))
    runtime.close()


def test_random_widgets_agree_with_python(shop: tuple[Runtime, list[Row]]) -> None:
    runtime, rows = shop
    report = runtime.applications.get(APP).report(BOARD)
    assert report is not None
    for definition in report.widgets:
        kind, options = definition.type, definition.options
        assert kind is not None
        assert options is not None, definition.id
        ask = kind.asks(options)[0]
        (answer,) = runtime.reports.answers(SYSTEM, APP, BOARD, definition.id)
        assert isinstance(answer, GroupAnswer)
        days = PERIODS[ask.dataset.period]
        hand = ByHand(rows, CONDITIONS, ask.dataset.on or "at", days and days[0], days and days[1])
        expected, before = hand.answer(ask)
        said = f"{definition.id}: {options}"
        if () in answer.values:  # a single number is there without rows too
            expected.setdefault((), hand.nothing(ask))
        same_numbers(answer.values, expected, said)
        same_numbers(answer.before, before, said + " (before)")
