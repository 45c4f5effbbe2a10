"""Views that are no table: cards, kanban, calendar, bars; and a record put elsewhere in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab
from tests.builder_ui.workshop import APP, JOBS, open_workshop

# name, state, first and last day; the clock of the tests stands at 2026-11-23
WORK: list[tuple[str, str | None, str, str | None]] = [
    ("磨床", "new", "2026-11-23", "2026-11-25"),
    ("铣床", "doing", "2026-11-02", None),
    ("旧账", "doing", "2026-10-20", "2026-11-04"),
    ("明年", None, "2027-03-01", "2027-03-02"),
]


@pytest.fixture
def jobs(runtime: Runtime) -> dict[str, str]:
    open_workshop(runtime)
    rows = [
        {"name": n, "state": s, "begins": b, "ends": e, "price": "100", "result": "好"} for n, s, b, e in WORK
    ]
    ids = runtime.records.create(SYSTEM, APP, "job", rows)
    return dict(zip((name for name, *_ in WORK), ids, strict=True))


def lanes(html: str) -> dict[str, list[str]]:
    """Column -> the titles of its cards."""
    parts = re.split(r'<section class="lane"', html)[1:]
    named = (re.search(r'data-label="([^"]*)"', part) for part in parts)
    return {
        name[1]: re.findall(r'class="title"[^>]*>([^<]+)<', part)
        for name, part in zip(named, parts, strict=True)
        if name
    }


def test_every_view_is_a_tab(jobs: Any, zhou: Tab) -> None:
    html = zhou.page(JOBS)
    assert [t for t in ("表格", "卡片", "看板", "日历", "甘特图", "画廊") if t not in html] == []
    assert zhou.page(f"{JOBS}?view=photos").count('class="record-card"') == 4
    assert zhou.page(f"{JOBS}?view=cards&q=").count('class="record-card"') == 4


def test_a_kanban_has_a_column_for_every_choice(jobs: Any, zhou: Tab, sign_in: Callable[[str], Tab]) -> None:
    html = zhou.page(f"{JOBS}?view=board")
    found = lanes(html)
    assert [*found.values()] == [["磨床"], ["旧账", "铣床"], [], ["明年"]]
    assert [*found][:3] == ["新建", "进行中", "完成"]
    assert "¥200.00" in html
    assert html.count('draggable="true"') == 4
    looking = sign_in("wei").page(f"{JOBS}?view=board")
    assert "¥" not in looking
    assert 'draggable="true"' not in looking
    assert "<select" not in looking.split("lane", 1)[1]


def test_filters_hold_in_every_view(jobs: Any, zhou: Tab) -> None:
    assert lanes(zhou.page(f"{JOBS}?view=board&where=name:is:磨床"))["进行中"] == []
    html = zhou.page(f"{JOBS}?view=month&where=name:is:磨床")
    assert "铣床" not in html
    assert html.count("磨床") > 1


def test_a_calendar_shows_every_day_a_record_covers(jobs: dict[str, str], zhou: Tab) -> None:
    html = zhou.page(f"{JOBS}?view=month")
    days = re.findall(r'data-date="([^"]+)".*?<ul>(.*?)</ul>', html, re.DOTALL)
    assert (days[0][0], days[-1][0]) == ("2026-10-26", "2026-12-06")
    covered = [day for day, inside in days if f'data-record="{jobs["磨床"]}"' in inside]
    assert covered == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [day for day, inside in days if f'data-record="{jobs["旧账"]}"' in inside][-1] == "2026-11-04"
    assert "明年" in zhou.page(f"{JOBS}?view=month&at=2027-03")
    for hostile in ("0000-00", "9999-12", "x", "2026-11-99", "0001-01-01"):
        zhou.page(f"{JOBS}?view=month&at={hostile}")
        zhou.page(f"{JOBS}?view=bars&at={hostile}&scale=week")


def test_bars_stand_where_their_days_are(jobs: dict[str, str], zhou: Tab) -> None:
    html = zhou.page(f"{JOBS}?view=bars&scale=week&at=2026-11-23")
    bar = re.search(rf'data-record="{jobs["磨床"]}".*?x="([\d.]+)" y="7" width="([\d.]+)"', html, re.DOTALL)
    assert bar is not None
    assert [float(bar[1]), round(float(bar[2]))] == [250.0, 107]
    assert (
        f'data-record="{jobs["铣床"]}"' not in html
    )  # without an end that can be moved, and out of these weeks


MOVES = [
    ("board", {"to": "done"}, {"state": "done"}),
    ("board", {"to": ""}, {"state": None}),
    ("month", {"start": "7", "end": "7"}, {"begins": "2026-11-30", "ends": "2026-12-02"}),
    ("bars", {"start": "0", "end": "-1"}, {"begins": "2026-11-23", "ends": "2026-11-24"}),
]


@pytest.mark.parametrize(("view", "sent", "found"), MOVES)
def test_a_record_is_put_elsewhere(
    runtime: Runtime, jobs: dict[str, str], zhou: Tab, view: str, sent: dict[str, str], found: dict[str, Any]
) -> None:
    answer = zhou.post(f"{JOBS}/place", {"view": view, "record": jobs["磨床"], **sent})
    assert answer.status_code == 200, answer.text
    stood = runtime.records.get(SYSTEM, APP, "job", jobs["磨床"])
    assert {name: stood.values[name] for name in found} == found
    assert answer.json() == {"revision": "2"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"view": "board", "to": "nowhere"}, 422),
        ({"view": "none", "to": "done"}, 422),
        ({"view": "month", "start": "x"}, 400),
        ({"view": "board", "to": "done", "revision": "9"}, 409),
    ],
)
def test_what_cannot_be_is_refused(jobs: dict[str, str], zhou: Tab, sent: dict[str, str], code: int) -> None:
    headers = {"accept": "application/json"}
    answer = zhou.post(f"{JOBS}/place", {"record": jobs["磨床"], **sent}, headers=headers)
    assert answer.status_code == code, answer.text


def test_who_may_only_look_moves_nothing(jobs: dict[str, str], sign_in: Callable[[str], Tab]) -> None:
    answer = sign_in("wei").post(f"{JOBS}/place", {"view": "board", "record": jobs["磨床"], "to": "done"})
    assert answer.status_code in (403, 422), answer.text


def test_filters_are_kept_under_a_name(runtime: Runtime, jobs: Any, sign_in: Callable[[str], Tab]) -> None:
    zhou, wei = sign_in("zhou"), sign_in("wei")
    asked = {"name": "急件<b>", "query": "view=board&where=name:is:磨床&evil=1", "shared": "yes"}
    answer = zhou.post(f"{JOBS}/saved", asked)
    assert answer.status_code == 303
    (kept,) = runtime.saved_views.all(runtime.require_viewer("zhou"), APP, "job")
    assert (kept.name, kept.shared) == ("急件<b>", False)  # to share is the designers'
    assert "evil" not in kept.query
    html = zhou.page(f"{JOBS}?{kept.query}")
    assert "急件&lt;b&gt;" in html
    assert lanes(html)["新建"] == ["磨床"]
    assert "急件" not in wei.page(JOBS)
    wei.post(f"{JOBS}/saved/{kept.id}/remove")
    assert len(runtime.saved_views.all(runtime.require_viewer("zhou"), APP, "job")) == 1
    zhou.post(f"{JOBS}/saved", {**asked, "query": "view=table"})  # the same name again: in its place
    (again,) = runtime.saved_views.all(runtime.require_viewer("zhou"), APP, "job")
    zhou.post(f"{JOBS}/saved/{again.id}/remove")
    assert runtime.saved_views.all(runtime.require_viewer("zhou"), APP, "job") == []
    assert zhou.post(f"{JOBS}/saved", {"name": " "}).status_code == 422
