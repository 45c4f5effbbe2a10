"""Some hundred widgets by chance, and in plain Python what their conditions and periods mean."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.engine.reports.by_hand import Days, Row, Where
from tests.engine.reports.shop import widget

CONDITIONS: Mapping[str, Where] = {
    "channel == 'web'": lambda row: row["channel"] == "web",
    "amount > 100": lambda row: row["amount"] is not None and row["amount"] > 100,
    "rush": lambda row: row["rush"] is True,
    "customer.level == 'a'": lambda row: row["customer.level"] == "a",
    "pieces >= 2 and channel != 'shop'": lambda row: (row["pieces"] or 0) >= 2 and row["channel"] != "shop",
    "wait <= HOURS(2)": lambda row: row["wait"] is not None and row["wait"] <= timedelta(hours=2),
    "'gift' in tags": lambda row: "gift" in row["tags"],
    "seller == 'zhou'": lambda row: row["seller"] == "zhou",
}
PERIODS: Mapping[str, tuple[Days, Days] | None] = {
    "": None,
    "this_month": (Days(date(2026, 11, 1), date(2026, 12, 1)), Days(date(2026, 10, 1), date(2026, 10, 21))),
    "last_month": (Days(date(2026, 10, 1), date(2026, 11, 1)), Days(date(2026, 9, 1), date(2026, 10, 1))),
    "this_week": (Days(date(2026, 11, 16), date(2026, 11, 23)), Days(date(2026, 11, 9), date(2026, 11, 14))),
    "last_30_days": (Days(date(2026, 10, 22), date(2026, 11, 21)), Days(date(2026, 9, 22), date(2026, 10, 22))),
    "2026-09-20..2026-10-10": (Days(date(2026, 9, 20), date(2026, 10, 11)), Days(date(2026, 8, 30), date(2026, 9, 20))),
}  # fmt: skip
NAMES = (
    "seller",
    "department",
    "channel",
    "tags",
    "customer",
    "customer_level",
    "customer.level",
    "rush",
    "pieces",
    "customer.labels",
)
BUCKETS = ("hour", "weekday", "day", "working_day", "week", "month", "quarter", "year")
NUMBER_FIELDS = ("amount", "weight", "pieces", "wait")
AGGREGATES = ("count", "distinct", "sum", "avg", "min", "max", "median", "p90", "ratio")


def random_dimension(some: random.Random) -> dict[str, Any]:
    kind = some.choice(("name", "name", "time", "class"))
    if kind == "time":
        field = some.choice(("", "at", "day"))
        return {"field": field, "bucket": some.choice(BUCKETS)}
    if kind == "class":
        field = some.choice(NUMBER_FIELDS)
        bounds = {"amount": [0, 100.5, 4000], "weight": [10.125, 50], "pieces": [2, 4], "wait": [0.5, 2, 8]}
        return {"field": field, "bins": bounds[field]}
    made: dict[str, Any] = {"field": some.choice(NAMES)}
    if some.random() < 0.3:
        made |= {"top": some.randint(1, 3), "others": some.random() < 0.7}
    return made


def random_measure(some: random.Random, name: str) -> dict[str, Any]:
    aggregate = some.choice(AGGREGATES)
    made: dict[str, Any] = {"id": name, "aggregate": aggregate}
    if aggregate == "ratio":
        made["where"] = some.choice(list(CONDITIONS))
        return made | ({"field": some.choice(NUMBER_FIELDS)} if some.random() < 0.3 else {})
    if aggregate == "distinct":
        made["field"] = some.choice(("seller", "channel", "customer", "pieces", "at", "customer.level"))
        if made["field"] == "at":
            made["bucket"] = some.choice(BUCKETS)
    elif aggregate != "count" or some.random() < 0.3:
        made["field"] = some.choice(NUMBER_FIELDS)
    if some.random() < 0.25:
        made["where"] = some.choice(list(CONDITIONS))
    return made


def random_widget(number: int) -> dict[str, Any]:
    some = random.Random(f"widget {number}")
    dimensions = [random_dimension(some) for _ in range(some.choice((0, 1, 1, 1, 2, 2)))]
    measures = [random_measure(some, name) for name in "ab"[: some.choice((1, 2, 2))]]
    if len(measures) == 2 and some.random() < 0.4:
        text = some.choice(("a / b", "a * 100 / b", "a - b"))
        measures.append({"id": "c", "aggregate": "expression", "expression": text})
    dataset: dict[str, Any] = {"form": "order", "period": some.choice(list(PERIODS))}
    if some.random() < 0.4:
        dataset["filter"] = some.choice(list(CONDITIONS))
    if some.random() < 0.2:
        dataset["on"] = "day"
    options: dict[str, Any] = {"dataset": dataset, "dimensions": dimensions, "measures": measures}
    if dataset["period"] and some.random() < 0.5:
        options["compare"] = "previous_period"
    if dimensions and some.random() < 0.4:
        named = [m["id"] for m in measures] + [d["field"] for d in dimensions if d["field"]]
        options["sort"] = some.choice(("", "-")) + some.choice(named)
    if dimensions and some.random() < 0.2:
        options["limit"] = some.randint(1, 4)
    if not dimensions:
        del options["dimensions"]
    return widget(f"w{number}", "bar" if dimensions else "kpi", **options)


WIDGETS = [random_widget(number) for number in range(300)]


def behind_links(orders: list[Row], customers: Mapping[str, Row]) -> list[Row]:
    """The rows with what lies behind their link, by the names the widgets use."""
    made = []
    for order in orders:
        customer = customers.get(order["customer"]) or {}
        level, labels = customer.get("level"), customer.get("labels") or []
        made.append({**order, "customer.level": level, "customer_level": level, "customer.labels": labels})
    return made
