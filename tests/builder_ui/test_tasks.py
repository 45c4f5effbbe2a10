"""The to-do centre over a real runtime: what waits for whom, in which order, and what deciding does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from engine.tasks import NewTask, Outcome
from tests.builder_ui.desk import Tab
from tests.builder_ui.office import open_office

CONFIRM = (
    Outcome("confirm", {"zh": "确认", "en": "Confirm"}, "primary"),
    Outcome("no", {"zh": "不是线索", "en": "No lead"}, reason=True),
)
HOUR = timedelta(hours=1)
Give = Callable[..., str]


@pytest.fixture
def office(runtime: Runtime) -> Runtime:
    open_office(runtime)
    return runtime


@pytest.fixture
def wang(office: Runtime) -> Tab:
    return Tab(office, "wang")


@pytest.fixture
def give(office: Runtime) -> Give:
    """`give("跟进", to="wang", due=HOUR)`: a to-do about a lead; its id."""

    def open_task(title: str, to: str = "wang", due: timedelta | None = None, **more: Any) -> str:
        record = more.pop("record", "")
        due_at = office.clock.now() + due if due is not None else None
        task = NewTask(
            "office", "deal", int(record) if record else None, "rule", "follow",
            tuple(f"person:{one}" for one in to.split(",")), title, due_at=due_at,
            **{"outcomes": CONFIRM, **more},
        )  # fmt: skip
        return str(office.database.write(lambda unit: office.tasks.open(unit, [task]))[0])

    return open_task


def titles(page: str) -> list[str]:
    return re.findall(r'class="task-line".*?<span class="name">([^<]+)', page, re.DOTALL)


def headings(page: str) -> list[str]:
    return re.findall(r'<section class="task-group"[^>]*><h2 class="[^"]*">([^<]+)', page)


def test_open_ones_stand_in_groups_by_due_date(wang: Tab, give: Give) -> None:
    give("以后", due=timedelta(days=20))
    give("随便")
    give("逾期", due=-HOUR)
    give("今天", due=HOUR)
    give("明天", due=timedelta(days=1))
    page = wang.page("/tasks")
    assert titles(page) == ["逾期", "今天", "明天", "以后", "随便"]
    assert headings(page) == ["已逾期", "今天", "明天", "以后", "没有期限"]
    assert titles(wang.page("/tasks?state=overdue")) == ["逾期"]


def test_each_sees_his_own_and_their_number(wang: Tab, zhou: Tab, give: Give) -> None:
    give("跟进一", due=-HOUR)
    give("跟进二")
    page = wang.page("/")
    assert 'aria-label="待办：2 条待处理"' in page
    assert 'class="count late"' in page
    assert titles(zhou.page("/tasks")) == []
    assert "都办完了" in zhou.page("/tasks")
    assert 'aria-label="待办：2 条待处理"' in wang.page("/live")


def test_the_start_page_shows_the_most_urgent(wang: Tab, give: Give) -> None:
    assert "等您处理" not in wang.page("/")
    for hour in range(7):
        give(f"跟进{hour}", due=hour * HOUR)
    page = wang.page("/")
    assert titles(page) == [f"跟进{hour}" for hour in range(5)]
    assert "全部 7 条待办" in page


def test_the_list_finds_by_words_and_by_app(wang: Tab, give: Give) -> None:
    give("跟进恒锐")
    give("跟进远港")
    assert titles(wang.page("/tasks?q=远港")) == ["跟进远港"]
    assert "没有符合的待办" in wang.page("/tasks?q=无此")
    assert titles(wang.page("/apps/office/tasks")) == ["跟进恒锐", "跟进远港"]
    assert titles(wang.page("/apps/desk/tasks")) == []


def test_an_answer_closes_it_and_leads_to_the_next(wang: Tab, give: Give) -> None:
    first, second = give("一", due=HOUR), give("二", due=2 * HOUR)
    answer = wang.post(f"/tasks/{first}/close", {"outcome": "confirm"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tasks/{second}")
    assert "王磊 今天 09:00：确认" in wang.page(f"/tasks/{first}")
    assert titles(wang.page("/tasks?state=done")) == ["一"]
    assert wang.post(f"/tasks/{second}/close", {"outcome": "confirm"}).headers["location"] == "/tasks"


def test_a_reason_is_asked_for_where_it_is_needed(wang: Tab, give: Give) -> None:
    task = give("一")
    page = wang.page(f"/tasks/{task}")
    assert len(re.findall(r'<textarea[^>]*name="comment"[^>]*required', page)) == 1
    refused = wang.post(f"/tasks/{task}/close", {"outcome": "no"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    wang.post(f"/tasks/{task}/close", {"outcome": "no", "comment": "问错了公司"})
    assert "问错了公司" in wang.page(f"/tasks/{task}")


def test_a_script_is_answered_in_json(wang: Tab, give: Give) -> None:
    task = give("一")
    give("二")
    json = {"accept": "application/json"}
    answer = wang.post(f"/tasks/{task}/close", {"outcome": "confirm"}, headers=json)
    assert answer.json() == {"closed": task, "open": 1}
    again = wang.post(f"/tasks/{task}/close", {"outcome": "confirm"}, headers=json)
    assert again.status_code in (409, 422)
    assert again.json()["problems"][0]["code"] == "task.closed"


def test_what_is_not_theirs_is_not_there(zhou: Tab, give: Give) -> None:
    task = give("一")
    for answer in (
        zhou.get(f"/tasks/{task}"),
        zhou.post(f"/tasks/{task}/close", {"outcome": "confirm"}),
        zhou.post(f"/tasks/{task}/transfer", {"to": "wei"}),
        zhou.get("/tasks/x"),
    ):
        assert answer.status_code == 404, answer.text


def test_it_is_handed_on_to_a_colleague_found_by_pinyin(wang: Tab, zhou: Tab, give: Give) -> None:
    task = give("一")
    found = wang.page("/people/options?q=zj")
    assert re.findall(r'data-value="(\w+)"', found) == ["zhou"]
    assert "wang" not in wang.page("/people/options?q=")
    answer = wang.post(f"/tasks/{task}/transfer", {"to": "zhou", "comment": "这家归你"})
    assert answer.headers["location"] == "/tasks"
    page = zhou.page(f"/tasks/{task}")
    assert "王磊 于 今天 09:00 转交给 周婧。 这家归你" in page
    assert wang.get(f"/tasks/{task}").status_code == 404


def test_nobody_is_a_person_it_can_go_to(wang: Tab, give: Give) -> None:
    task = give("一")
    for nobody in ("", "ghost"):
        refused = wang.post(f"/tasks/{task}/transfer", {"to": nobody})
        assert refused.status_code in (404, 422)
        assert "decide-bar" in refused.text


def test_the_card_shows_the_record_to_who_may_read_it(office: Runtime, wang: Tab, give: Give) -> None:
    (record,) = office.records.create(SYSTEM, "office", "deal", [{"name": "恒锐<b>", "words": "早"}])
    task = give("一", record=record)
    page = wang.page(f"/tasks/{task}")
    assert f'href="/apps/office/forms/deal/records/{record}"' in page
    assert "恒锐&lt;b&gt;" in page
    stranger = Tab(office, "cheng")
    theirs = give("二", to="cheng", record=record)
    assert "恒锐" not in stranger.page(f"/tasks/{theirs}")


def test_to_dos_about_a_record_stand_on_its_page(office: Runtime, wang: Tab, zhou: Tab, give: Give) -> None:
    (record,) = office.records.create(SYSTEM, "office", "deal", [{"name": "恒锐"}])
    task = give("跟进恒锐", record=record)
    address = f"/apps/office/forms/deal/records/{record}"
    assert f'href="/tasks/{task}"' in wang.page(address)
    page = zhou.page(address)
    assert "跟进恒锐" in page
    assert f'href="/tasks/{task}"' not in page


def test_english_says_it_in_english(wang: Tab, give: Give) -> None:
    give("一", due=-HOUR)
    wang.post("/me/preferences", {"language": "en", "here": "/"})
    page = wang.page("/tasks")
    assert "Overdue" in page
    assert "1 hour overdue" in page
    assert "Confirm" in wang.page(f"/tasks/{give('二')}")
