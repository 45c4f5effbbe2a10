"""Boards as people meet them: filters, definitions in words, empty widgets, marks, the JSON door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import TestClient

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from metamodel.plugin_api import drill_key
from metamodel.problems import Rejected
from tests.engine.reports.shop import APP, BOARD, CHANNELS, open_shop, save, widget
from tests.serving import app_over

BY_DAY = [{"bucket": "day"}]
WIDGETS = [
    widget("by_day", "line", dimensions=BY_DAY, measures=[{"id": "n"}], compare="previous_period",
           marks=[{"at": "TODAY() - 2", "label": "升级"},
                  {"rows": {"form": "order", "day": "day", "name": "name", "filter": "amount < 100"}}]),
    widget("by_seller", "bar", dimensions=[{"field": "seller", "top": 2}], compare="previous_period",
           measures=[{"id": "n", "label": "单数"},
                     {"id": "web", "where": "channel == 'web' and (amount > 100 or rush)", "hidden": True},
                     {"id": "share", "aggregate": "expression", "expression": "web / n", "format": "percent",
                      "label": "网络占比"}],
           dataset={"form": "order", "filter": "seller != '' and channel in ['web', 'phone']"}),
    widget("wait", "kpi", measures=[{"id": "m", "aggregate": "median", "field": "wait"}], goal=2, better="down"),
    widget("own_days", "kpi", measures=[{"id": "n"}], dataset={"form": "order", "period": "today"}),
    widget("working", "kpi", measures=[
        {"id": "n", "hidden": True},
        {"id": "days", "aggregate": "distinct", "field": "at", "bucket": "working_day", "hidden": True},
        {"id": "per_day", "aggregate": "expression", "expression": "n / days"}]),
    widget("absent", "absent", person="seller", roles=["seller", "boss"],
           dataset={"form": "order", "filter": "channel == 'web'"}),
    widget("rows", "list", columns=["name", "amount"], sort="-amount", limit=2),
]  # fmt: skip
ROWS = [
    {"name": name, "seller": seller, "channel": channel, "amount": amount, "at": f"2026-{at}:00+08:00", **more}
    for name, seller, channel, amount, at, more in (
        ("A", "zhou", "web", "200", "11-02T10:00", {"wait": "PT1H"}),
        ("B", "zhou", "phone", "50", "11-02T23:30", {"wait": "PT3H", "day": "2026-11-04"}),
        ("C", "wang", "web", "10", "11-18T00:10", {"rush": True, "day": "2026-11-04"}),
        ("D", "lu", "shop", "70", "11-14T12:00", {}),
        ("E", "zhou", "web", "5", "10-05T12:00", {}),
        ("F", "zhou", "web", "5", "10-28T12:00", {}),
    )
]  # fmt: skip
MONTH = {"period": "this_month"}


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[Runtime]:
    runtime = make_runtime()
    open_shop(runtime, WIDGETS)
    save(runtime, "order", ROWS)
    yield runtime
    runtime.close()


def test_a_time_axis_is_dense_up_to_today(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_day", MONTH)
    assert view.drawing is not None
    axis, (now, before) = view.drawing.model["xAxis"], view.drawing.model["series"][:2]
    assert (axis["data"][0], axis["data"][-1], len(axis["data"])) == ("11-01", "11-20", 20)
    assert [point["value"] for point in now["data"]][:3] == [0, 2, 0]
    assert [point["value"] for point in before["data"]][4:6] == [1, 0]  # the 5th of October
    assert now["markLine"]["data"][0]["xAxis"] == 17
    assert "上月同期" in before["name"]


def test_days_of_records_are_marked_as_far_as_they_may_be_read(shop: Runtime) -> None:
    def marks(person: str, **filters: str) -> list[tuple[int, str]]:
        viewer = shop.require_viewer(person)
        view = shop.reports.widget(viewer, APP, BOARD, "by_day", {**MONTH, **filters})
        assert view.drawing is not None
        lines = view.drawing.model["series"][0]["markLine"]["data"]
        return [(line["xAxis"], line["name"]) for line in lines]

    assert marks("lu") == [(17, "升级"), (3, "B"), (3, "C")]
    assert marks("zhou") == [(17, "升级"), (3, "B")]
    assert marks("lu", channel="web") == [(17, "升级"), (3, "C")]  # the board's filters hold for them, too


def test_a_filter_that_says_nothing_about_a_widget_is_said_on_it(shop: Runtime) -> None:
    def aside(name: str, **filters: str) -> tuple[str, ...]:
        return shop.reports.widget(SYSTEM, APP, BOARD, name, filters).aside

    assert aside("own_days", period="last_week", channel="web") == ("时间",)
    assert aside("wait", period="last_week", channel="web") == ()
    assert aside("wait", period="", channel="") == ()


def test_a_calculated_measure_and_its_hidden_parts(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_seller", MONTH)
    answer: Any = view.answers[0]
    assert [measure.id for measure in answer.measures] == ["n", "share"]
    assert {cell: n["share"] for cell, n in answer.values.items()} == {
        ("zhou",): Decimal("0.5"),
        ("wang",): 1,
    }


def test_working_days_present(shop: Runtime) -> None:
    """Four orders of November on two working days: the 14th is a Saturday."""
    (answer,) = shop.reports.answers(SYSTEM, APP, BOARD, "working", MONTH)
    assert answer.values[()]["per_day"] == 2  # type: ignore[union-attr]


def test_the_definition_says_what_is_counted(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_seller", MONTH)
    assert view.definition == (
        "单数＝记录数；网络占比＝（记录数，只计渠道是WEB、且（金额大于100，或加急）） ÷ （记录数）；"
        "按销售（前 2 名）；对比：2026-10-01 至 2026-10-20；取自“订单”；"
        "只含销售不为空、且渠道是WEB、PHONE之一；下单时间在本月（2026-11-01 至 2026-11-30）；只统计您可查看的记录。"
    )


def test_the_definition_says_what_the_filters_mean(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "wait", {**MONTH, "channel": "web,shop"})
    assert "；筛选：渠道是WEB、SHOP；" in view.definition


def test_the_definition_in_english(shop: Runtime) -> None:
    from dataclasses import replace

    view = shop.reports.widget(replace(SYSTEM, language="en"), APP, BOARD, "wait", MONTH)
    assert view.definition == (
        "median 等待: the median of 等待 (blanks left out); Taken from 订单; "
        "下单时间: this month (2026-11-01 – 2026-11-30); Over the records you may see."
    )


def test_a_number_with_its_goal(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "wait", MONTH)
    assert view.drawing is not None
    assert view.drawing.model["text"] == "2 小时"
    assert view.drawing.model["goal"] == {"text": "2 小时", "reached": True}


def test_an_empty_widget_names_the_last_period_that_has_something(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_day", {"period": "this_week", "channel": "shop"})
    assert view.state == "empty"
    assert view.empty is not None
    assert view.empty.text == "2026-11-09 至 2026-11-15"
    assert view.empty.filters == {"period": "2026-11-09..2026-11-15"}
    there = shop.reports.widget(SYSTEM, APP, BOARD, "by_day", {"channel": "shop", **view.empty.filters})
    assert there.state == "ready"


def test_an_empty_widget_with_days_of_its_own_says_when_but_leads_nowhere(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "own_days")
    assert view.empty is not None
    assert (view.empty.text, dict(view.empty.filters)) == ("2026-11-18", {})


def test_where_there_never_was_anything(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_day", {**MONTH, "tag": "gift"})
    assert (view.state, view.empty) == ("empty", None)


def test_filters_with_what_may_be_chosen(shop: Runtime) -> None:
    board = shop.reports.board(SYSTEM, APP, BOARD, {"period": "last_7_days", "channel": "web,phone"})
    period, channel, department, tag = board.filters
    assert (period.text, period.days) == ("近 7 天", ("2026-11-14", "2026-11-20"))
    assert ("this_month", "本月") in period.choices
    assert (channel.text, channel.choices) == ("WEB、PHONE", tuple((c, c.upper()) for c in CHANNELS))
    assert ("east", "华东") in department.choices
    assert tag.kind == "choice"


def test_a_department_stands_for_those_below_it(shop: Runtime) -> None:
    save(shop, "order", [{**ROWS[0], "department": "east"}, {**ROWS[0], "department": "sales"}])
    for chosen, many in (("sales", 2), ("east", 1), ("north", 0)):
        (answer,) = shop.reports.answers(SYSTEM, APP, BOARD, "by_seller", {"department": chosen})
        assert sum(n["n"] or 0 for n in answer.values.values()) == many  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "filters",
    [{"period": "soon"}, {"period": "2026-13-01..2026-13-02"}, {"period": "2026-11-02..2026-11-01"}],
)
def test_a_period_nobody_understands(shop: Runtime, filters: dict[str, str]) -> None:
    with pytest.raises(Rejected) as refused:
        shop.reports.board(SYSTEM, APP, BOARD, filters)
    assert refused.value.problems[0].code == "board.bad_filter"
    view = shop.reports.widget(SYSTEM, APP, BOARD, "by_day", filters)
    assert (view.state, view.problems[0].code) == ("broken", "board.bad_filter")


def test_a_list_is_sorted_cut_and_counted(shop: Runtime) -> None:
    view = shop.reports.widget(SYSTEM, APP, BOARD, "rows", MONTH)
    assert view.drawing is not None
    model = view.drawing.model
    assert [row["cells"] for row in model["rows"]] == [["A", "¥200.00"], ["D", "¥70.00"]]
    assert model["total"] == 4


def test_people_whom_no_record_names(shop: Runtime) -> None:
    def people(person: str, **filters: str) -> list[tuple[str, str, int | None]]:
        (answer,) = shop.reports.answers(shop.require_viewer(person), APP, BOARD, "absent", filters)
        assert answer.of == 3  # type: ignore[union-attr]
        return [(one.name, one.department, one.days) for one in answer.people]  # type: ignore[union-attr]

    assert people("lu", **MONTH) == [("Lu", "销售", None)]
    assert people("lu", period="2026-10-01..2026-10-31") == [("Lu", "销售", None), ("Wang", "销售", 2)]
    assert people("zhou", **MONTH) == [("Lu", "销售", None), ("Wang", "销售", None)]  # of the rows he may see
    view = shop.reports.widget(SYSTEM, APP, BOARD, "absent", {"period": "2026-10-01..2026-10-31"})
    assert view.people == "3 人中的 2 人"
    assert view.definition.startswith("销售、经理中，没有一条记录的销售是他的人；取自“订单”；只含渠道是WEB；")
    target = shop.reports.drill(SYSTEM, APP, BOARD, "absent", {"period": "today"}, drill_key("last", "wang"))
    assert [(one.path, one.operator) for one in target.conditions] == [("seller", "is")]
    assert target.filter == "channel == 'web'"


def test_the_json_door(shop: Runtime) -> None:
    token = shop.tokens.create("lu", "test", ("read",))
    headers = {"authorization": f"Bearer {token}"}
    base = f"/api/v1/apps/{APP}/reports"
    with TestClient(app_over(shop, pages=False)) as client:
        assert client.get(base, headers=headers).json() == [{"id": BOARD, "label": "看板"}]
        board = client.get(f"{base}/{BOARD}?period=this_month", headers=headers).json()
        assert [one["id"] for one in board["widgets"]] == [one["id"] for one in WIDGETS]
        found = client.get(f"{base}/{BOARD}/widgets/by_seller?period=this_month", headers=headers).json()
        rows = {row["keys"][0]: row["values"] for row in found["answers"][0]["rows"]}
        assert rows["zhou"] == {"n": 2, "share": "0.5"}
        way = {"period": "this_month", "key": drill_key("n", "zhou")}
        target = client.get(f"{base}/{BOARD}/widgets/by_seller/records", params=way, headers=headers).json()
        assert target["form"] == "order"
        assert client.get(f"{base}/nothing", headers=headers).status_code == 404
        assert client.get(f"{base}/{BOARD}/widgets/nothing", headers=headers).status_code == 404
        assert client.get(f"{base}/{BOARD}?period=soon", headers=headers).status_code == 400
        assert client.get(f"{base}/{BOARD}").status_code == 401


def test_the_command_line(shop: Runtime) -> None:
    from engine.commands.board import board_numbers, board_text

    found = board_numbers(shop, APP, BOARD, "zhou", ["period=this_month"], "by_seller", "zh")
    (view,) = found["widgets"]
    assert [row["keys"] for row in view["answers"][0]["rows"]] == [["zhou"]]
    assert "Zhou\t2\t0.5" in board_text(found)
