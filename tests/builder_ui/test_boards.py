"""Boards over a real runtime: frames, filters, widgets for each person, and lists of what was counted."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from builder_ui.assets import STATIC
from builder_ui.boards import LIBRARY
from engine.runtime import Runtime
from metamodel.plugin_api import drill_key
from tests.builder_ui.desk import Tab
from tests.builder_ui.store import APP, BOARD, WIDGETS

KINDS = {one["id"]: one["type"] for one in WIDGETS}
SALES = f"/apps/{APP}/forms/sale"


def part(tab: Tab, widget: str, query: str = "") -> str:
    return tab.page(f"{BOARD}/widgets/{widget}{query}")


def option(page: str) -> Any:
    """The chart's option as the page carries it."""
    found = re.search(r'data-chart-option-value="([^"]+)"', page)
    assert found, page
    return json.loads(html.unescape(found[1]))


def drilled(tab: Tab, widget: str, key: str, query: str = "") -> str:
    """Where a datum leads."""
    answer = tab.get(f"{BOARD}/widgets/{widget}/drill?key={quote(key)}{query}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def totals(page: str) -> int:
    found = re.search(r'<span class="total">([\d,]+)', page)
    assert found
    return int(found[1].replace(",", ""))


@pytest.fixture
def lu(store: Runtime) -> Tab:
    return Tab(store, "lu")


# -- the page ------------------------------------------------------------------------------------------


def test_the_page_is_frames_and_computes_nothing(lu: Tab) -> None:
    page = lu.page(BOARD)
    assert re.findall(r'id="widget-([a-z_]+)" data-controller', page) == list(KINDS)
    assert page.count("skeleton") >= len(KINDS)
    assert "data-chart-option-value" not in page
    assert "w-8 h-4" in page
    assert "11月1日 – 11月30日" in page
    assert 'aria-current="page"' in page


def test_the_menu_names_the_boards_one_may_open(store: Runtime, lu: Tab) -> None:
    assert f'href="/apps/{APP}/reports/other"' in lu.page(BOARD)
    zhou = Tab(store, "zhou").page(BOARD)
    assert f'href="{BOARD}"' in zhou
    assert "reports/other" not in zhou


def test_nobody_elses_board_is_there(store: Runtime) -> None:
    assert Tab(store, "zhou").get(f"/apps/{APP}/reports/other").status_code == 404
    assert Tab(store, "zhou").get(f"/apps/{APP}/reports/nothing").status_code == 404
    assert Tab(store, "zhou").get(f"{BOARD}/widgets/nothing").status_code == 404
    assert Tab(store).get(BOARD).status_code == 303


def test_filters_stand_in_the_url_and_are_found_by_pinyin(lu: Tab) -> None:
    page = lu.page(f"{BOARD}?owner=zhou,ou")
    assert "周婧、欧阳思远" in page
    assert 'data-find="欧阳思远 ouyangsiyuan oysy"' in page
    assert re.search(r'value="zhou" checked', page)
    assert f'href="{BOARD}?owner=zhou%2Cou&amp;period=last_month"' in page
    assert f'class="remove" href="{BOARD}"' in page
    own = lu.page(f"{BOARD}?period=2026-10-05..2026-10-09")
    assert 'name="since" value="2026-10-05"' in own
    assert "10月5日 – 10月9日" in own
    assert f'href="{BOARD}?period="' in own  # all time


def test_a_period_nobody_understands_is_a_problem(lu: Tab) -> None:
    answer = lu.get(f"{BOARD}?period=someday")
    assert answer.status_code == 400
    assert "someday" in answer.text


def test_english(lu: Tab) -> None:
    lu.post("/me/preferences", {"language": "en", "here": "/"})
    page = lu.page(BOARD)
    assert "Contacts by person" in page
    assert "this month" in page
    assert "As a table" in part(lu, "by_owner")
    assert "Definition" in part(lu, "by_owner")


# -- widgets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widget", [name for name in KINDS if name != "old"])
def test_every_kind_is_drawn(lu: Tab, widget: str) -> None:
    page = part(lu, widget)
    assert "口径" in page
    assert "widget-state" not in page
    if KINDS[widget] in ("kpi", "kpi_trend"):
        assert 'class="figure"' in page
    elif KINDS[widget] in ("pivot", "list"):
        assert "<table" in page
        assert "data-chart-option-value" not in page
    else:
        assert option(page)["series"]
        assert "以表格查看" in page


def test_numbers_are_told_exactly(lu: Tab) -> None:
    assert re.search(r'class="value"><a href="[^"]+">30</a>', part(lu, "contacts"))
    assert "+42.9%" in part(lu, "contacts")
    assert 'class="change good"' in part(lu, "contacts")
    assert "未达目标" in part(lu, "contacts")
    series = option(part(lu, "by_owner"))["series"]
    assert [(point["value"], point["share"]) for point in series[0]["data"]] == [
        (15, "50.0%"), (10, "33.3%"), (5, "16.7%"),
    ]  # fmt: skip
    assert option(part(lu, "amounts"))["series"][0]["data"][0]["text"] == "¥59,000.00"


def test_a_chart_has_its_numbers_as_a_table(lu: Tab) -> None:
    table = part(lu, "by_owner").partition("<table")[2]
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="number"><a href="([^"]+)">(\d+)</a>', table)
    assert [(name, number) for name, _, number in rows] == [("周婧", "15"), ("欧阳思远", "10"), ("王磊", "5")]
    where = html.unescape(rows[0][1])
    assert totals(lu.page(lu.get(where).headers["location"])) == 15
    assert part(lu, "hours").count('<th scope="row">') == 7
    assert "100%" in part(lu, "stages").partition("<table")[2]


def test_a_mark_stands_in_words_beside_its_day(lu: Tab) -> None:
    table = part(lu, "by_day").partition("<table")[2]
    assert '<th scope="col">标记</th>' in table
    marked = re.findall(r'<th scope="row">([^<]+)</th>(?:(?!</tr>).)*发布', table)
    assert marked == ["11-09"]
    assert "标记" not in part(lu, "by_owner")


def test_a_filter_that_says_nothing_about_a_widget_is_named_on_it(lu: Tab) -> None:
    assert "不受筛选“渠道”影响" in part(lu, "old", "?channel=phone&period=2025-06-01..2025-06-30")
    assert "不受筛选" not in part(lu, "by_owner", "?channel=phone")


def test_a_button_stands_on_the_rows_it_is_for_and_leads_back_to_the_board(store: Runtime, lu: Tab) -> None:
    page = part(lu, "big", "?owner=ou")
    ways = [html.unescape(way) for way in re.findall(r'<form method="post" action="([^"]+)"', page)]
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">', page)
    assert 0 < len(ways) < len(rows), "not on what is won"
    opened = urlsplit(lu.post(ways[0]).headers["location"])
    assert opened.path == f"/apps/{APP}/forms/past/new"
    asked = parse_qs(opened.query)
    assert asked["back-to"] == [f"{BOARD}?owner=ou"]
    assert asked["what"][0].startswith("S")
    assert "聊一聊" not in part(Tab(store, "zhou"), "big")


def test_a_widget_says_what_it_counts(lu: Tab) -> None:
    page = part(lu, "gold")
    lines = re.findall(r"<p>([^<]+)</p>", page.partition("definition")[2])
    assert "只含客户的级别是重点" in lines
    assert any("2026-11-01" in line for line in lines)
    assert "一次会话计一次" in part(lu, "by_owner")


def test_an_empty_widget_leads_to_where_something_is(lu: Tab) -> None:
    page = part(lu, "old", "?owner=zhou")
    way = re.search(r'href="([^"]+)" data-action="click->board#choose">查看 2025 年 6 月', page)
    assert way
    asked = parse_qs(urlsplit(html.unescape(way[1])).query)
    assert asked == {"owner": ["zhou"], "period": ["2025-06-01..2025-06-30"]}
    assert option(part(lu, "old", "?period=2025-06-01..2025-06-30"))["series"]


def test_what_may_not_be_read_is_said_and_not_counted(store: Runtime) -> None:
    zhou = Tab(store, "zhou")
    page = part(zhou, "amounts")
    assert "您无权查看" in page
    assert "金额" in page
    assert "option" not in page
    assert re.search(r">15</a>", part(zhou, "contacts"))


def test_totals_lead_nowhere(store: Runtime) -> None:
    gu = Tab(store, "gu")
    assert "汇总数字" in gu.page(BOARD)
    page = part(gu, "by_owner")
    assert 'data-chart-drill-value=""' in page
    assert "/drill" not in page.replace("data-chart-drill-value", "")
    assert "您无权查看" in part(gu, "big")
    refused = gu.get(f"{BOARD}/widgets/by_owner/drill?key={quote(drill_key('n', 'zhou'))}")
    assert refused.status_code in (403, 422)


def test_without_the_library_charts_are_tables(store: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    lu = Tab(store, "lu")
    monkeypatch.setattr("builder_ui.boards.LIBRARY", ("vendor/nothing.js",))
    assert "图表库未安装" in lu.page(BOARD)
    page = part(lu, "by_owner")
    assert "data-chart-option-value" not in page
    assert "<table" in page
    assert " hidden" not in page.partition('data-widget-target="table"')[2].partition(">")[0]


def test_the_library_lies_where_setup_puts_it() -> None:
    setup = (STATIC.parent.parent / "scripts/setup.sh").read_text("utf-8")
    assert all(name.removeprefix("vendor/") in setup for name in LIBRARY)


# -- records behind a number ---------------------------------------------------------------------------


def test_what_the_list_can_say_is_a_condition_in_its_url(lu: Tab) -> None:
    where = drilled(lu, "by_owner", drill_key("n", "zhou"), "&channel=wecom")
    assert urlsplit(where).path == SALES
    assert parse_qs(urlsplit(where).query)["where"] == [
        "at:between:2026-11-01|2026-11-30", "owner:is:zhou", "channel:any_of:wecom",
    ]  # fmt: skip
    page = lu.page(where)
    assert "责任人 等于 周婧" in page
    assert totals(page) == option(part(lu, "by_owner", "?channel=wecom"))["series"][0]["data"][0]["value"]
    assert f'href="{BOARD}?channel=wecom">沟通看板' in page
    assert 'class="fixed"' not in page


def test_the_rest_travels_as_the_name_of_the_number(lu: Tab) -> None:
    where = drilled(lu, "gold", drill_key("w", "phone"))
    page = lu.page(where)
    assert totals(page) == next(
        point["value"] for point in option(part(lu, "gold"))["series"][0]["data"]
        if point["key"] == drill_key("w", "phone")
    )  # fmt: skip
    chip = re.search(r'class="fixed">([^<]+)<', page)
    assert chip
    assert "微信以外" in chip[1]
    kept = lu.page(f"{where}&sort=number&columns=number")
    assert totals(kept) == totals(page)
    without = re.search(r'class="fixed">[^<]+</span><a class="remove" href="([^"]+)"', page)
    assert without
    assert totals(lu.page(html.unescape(without[1]))) > totals(page)


def test_a_list_behind_a_number_shows_all_of_it(lu: Tab) -> None:
    """The form's first view would leave all but one's own away."""
    assert totals(lu.page(SALES)) == 0
    assert totals(lu.page(drilled(lu, "contacts", drill_key("n")))) == 30


def test_a_list_leads_to_all_its_records(lu: Tab) -> None:
    page = part(lu, "big")
    more = re.search(r'<a href="([^"]+)">全部 (\d+) 条', page)
    assert more
    location = lu.get(html.unescape(more[1])).headers["location"]
    assert totals(lu.page(location)) == int(more[2]) == 6
    record = re.search(r'<th scope="row"><a href="([^"]+/records/\d+)">', page)
    assert record
    assert lu.get(record[1]).status_code == 200


def test_a_word_leads_to_its_search(lu: Tab) -> None:
    where = drilled(lu, "words", drill_key("word", "网关"))
    assert urlsplit(where).path == f"/apps/{APP}/search"
    assert parse_qs(urlsplit(where).query) == {"form": ["line"], "q": ["网关 date:2026-11-01..2026-11-30"]}
    assert lu.page(where).count('class="card hit"') == 2


def test_nothing_is_learned_from_a_number_one_may_not_see(store: Runtime, lu: Tab) -> None:
    """The list works its conditions out again for whoever opens it."""
    where = drilled(lu, "amounts", drill_key("a", "ou"))
    zhou = Tab(store, "zhou").page(where)
    assert totals(zhou) == 0
    gu = Tab(store, "gu")
    assert [gu.get(path).status_code for path in (where, where.partition("&drill=")[0])] == [403, 403]


@pytest.mark.parametrize(
    "drill", ["x", "a/b/c", "store/work/gold?key=[", "store/work/none?key=x", "a/b/c?key=%00"]
)
def test_an_invented_number_is_no_error(lu: Tab, drill: str) -> None:
    answer = lu.get(f"{SALES}?drill={quote(drill)}")
    assert answer.status_code == 200
