"""Rows nobody would think of: blanks, midnights, old and far days, large and negative amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as some

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.asks import GroupAnswer
from tests.engine.reports.by_hand import ByHand, same_numbers
from tests.engine.reports.random_widgets import CONDITIONS, PERIODS, WIDGETS, behind_links
from tests.engine.reports.shop import (
    APP,
    BOARD,
    CHANNELS,
    DEPARTMENTS,
    SELLERS,
    TAGS,
    Row,
    open_shop,
    save,
    some_customers,
)

CUSTOMERS = some_customers(4)


def maybe(values: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    return some.one_of(some.none(), values)


MICROSECOND = timedelta(microseconds=1)
SHANGHAI_MIDNIGHTS = [datetime(2026, 11, day, 16, 0, tzinfo=UTC) for day in (1, 15, 19)]


def moments(first: datetime, last: datetime) -> some.SearchStrategy[datetime]:
    span = some.integers(0, (last - first) // MICROSECOND)
    return span.map(lambda gone: first + gone * MICROSECOND)


MOMENTS = some.one_of(
    moments(datetime(1986, 1, 1, tzinfo=UTC), datetime(2039, 12, 31, tzinfo=UTC)),
    moments(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
    some.sampled_from([each - early for each in SHANGHAI_MIDNIGHTS for early in (timedelta(0), MICROSECOND)]),
)
ROW = some.fixed_dictionaries(
    {
        "name": some.just("x"),
        "customer": maybe(some.integers(0, len(CUSTOMERS) - 1)),
        "seller": maybe(some.sampled_from(SELLERS)),
        "department": maybe(some.sampled_from(DEPARTMENTS)),
        "channel": maybe(some.sampled_from(CHANNELS)),
        "tags": some.lists(some.sampled_from(TAGS), unique=True, max_size=3),
        "amount": maybe(some.decimals(Decimal(-(10**11)), Decimal(10**11), places=2)),
        "weight": maybe(some.decimals(0, 10**6, places=3)),
        "pieces": maybe(some.integers(-5, 5)),
        "wait": maybe(
            some.timedeltas(timedelta(0), timedelta(days=40)).map(lambda t: timedelta(seconds=t.seconds))
        ),
        "at": maybe(MOMENTS),
        "day": maybe(some.dates(date(2026, 9, 1), date(2026, 12, 31))),
        "rush": maybe(some.booleans()),
        "note": some.just("密"),
    }
)
SOME = WIDGETS[:60]


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime]) -> Iterator[tuple[Runtime, list[str]]]:
    runtime = make_runtime()
    open_shop(runtime, SOME)
    yield runtime, save(runtime, "customer", CUSTOMERS)
    runtime.close()


def replace_orders(runtime: Runtime, rows: list[Row]) -> None:
    table = runtime.catalog.form(APP, "order")

    def empty(unit: Any) -> None:
        for one in (*table.links.values(), table.table):
            unit.connection.execute(sa.delete(one))

    runtime.database.write(empty)
    save(runtime, "order", rows)


def test_generated_rows_agree_with_python(shop: tuple[Runtime, list[str]]) -> None:
    runtime, customers = shop
    known: Mapping[str, Row] = dict(zip(customers, CUSTOMERS, strict=True))

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(some.lists(ROW, max_size=8), some.lists(some.integers(0, len(SOME) - 1), min_size=12, max_size=12))
    def check(rows: list[Row], chosen: list[int]) -> None:
        orders = [
            {**row, "customer": None if row["customer"] is None else customers[row["customer"]]}
            for row in rows
        ]
        replace_orders(runtime, orders)
        for number in set(chosen):
            one_widget(runtime, behind_links(orders, known), f"w{number}")

    check()


def one_widget(runtime: Runtime, rows: list[Row], name: str) -> None:
    definition = runtime.applications.get(APP).report(BOARD).widget(name)  # type: ignore[union-attr]
    assert definition is not None
    assert definition.type is not None
    ask: Any = definition.type.asks(definition.options)[0]
    (answer,) = runtime.reports.answers(SYSTEM, APP, BOARD, name)
    assert isinstance(answer, GroupAnswer)
    days = PERIODS[ask.dataset.period]
    hand = ByHand(rows, CONDITIONS, ask.dataset.on or "at", days and days[0], days and days[1])
    expected, before = hand.answer(ask)
    if () in answer.values:
        expected.setdefault((), hand.nothing(ask))
    same_numbers(answer.values, expected, f"{ask} over {rows}")
    same_numbers(answer.before, before, f"{ask} before, over {rows}")
