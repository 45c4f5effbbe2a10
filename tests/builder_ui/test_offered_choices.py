"""Choices that are offered while a condition holds, cells that close, and the view a list opens with."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Change
from engine.runtime import Runtime
from metamodel.application import load
from metamodel.problems import Rejected
from tests.builder_ui.counter import APP, COUNTER, ORDERS, open_counter
from tests.builder_ui.desk import Tab


@pytest.fixture
def counter(runtime: Runtime) -> Runtime:
    open_counter(runtime)
    return runtime


def refused(counter: Runtime, *rows: dict[str, Any], person: str = "zhou") -> set[tuple[str, str]]:
    """(path, code) of what is wrong with these new records."""
    try:
        counter.records.create(counter.require_viewer(person), APP, "order", rows)
    except Rejected as found:
        return {(one.path, one.code) for one in found.problems}
    return set()


def changed(counter: Runtime, record: str, **values: Any) -> list[tuple[str, str]]:
    viewer = counter.require_viewer("zhou")
    (outcome,) = counter.records.update(viewer, APP, "order", [Change(record, values, None)])
    return [(one.path, one.code) for one in outcome.problems]


def make(counter: Runtime, **values: Any) -> str:
    return counter.records.create(counter.require_viewer("zhou"), APP, "order", [{"name": "x", **values}])[0]


def lines_of(counter: Runtime, record: str) -> Any:
    return counter.records.get(counter.require_viewer("zhou"), APP, "order", record).values["lines"]


# -- choices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"channel": "wecom", "reason": "price", "goods": ["a"], "place": "east/suzhou"}, []),
        ({"channel": "wecom", "reason": "time"}, ["/0/reason"]),
        ({"channel": "wecom", "goods": ["a", "b"]}, ["/0/goods"]),
        ({"place": "east/wuxi"}, ["/0/place"]),
        ({"place": "west", "reason": "other"}, []),
        (
            {"lines": [{"kind": "part", "what": "bolt"}, {"kind": "hours", "what": "bolt"}]},
            ["/0/lines/1/what"],
        ),
        ({"channel": "wecom", "lines": [{"kind": "hours", "what": "repair"}]}, ["/0/lines/0/what"]),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(
    counter: Runtime, values: dict[str, Any], wrong: list[str]
) -> None:
    assert refused(counter, {"name": "x", **values}) == {(path, "value.not_offered") for path in wrong}


def test_what_stood_there_before_may_stay(counter: Runtime) -> None:
    """It was offered when it was chosen, or before the definition was changed; what somebody makes wrong is not."""
    record = make(
        counter, channel="wecom", reason="price", lines=[{"kind": "part", "what": "bolt", "count": 2}]
    )
    assert changed(counter, record, channel="phone", mobile="13800138000") == [
        ("/reason", "value.not_offered")
    ]
    document = copy.deepcopy(COUNTER)
    document["forms"][0]["fields"][3]["options"]["choices"][0]["if"] = "channel == 'fax'"
    document["forms"][0]["fields"][-1]["fields"][1]["options"]["choices"][0]["if"] = "kind == 'hours'"
    counter.applications.publish(None, document, "system")
    assert changed(counter, record, name="y") == []
    assert changed(counter, record, lines=[{"kind": "part", "what": "bolt", "count": 3}]) == []
    assert changed(counter, record, reason="time") == [("/reason", "value.not_offered")]
    view = counter.records.get(counter.require_viewer("zhou"), APP, "order", record)
    assert view.display["reason"] == "价格"


def ask(tab: Tab, changed: str, **values: str | list[str]) -> Any:
    headers = {"x-csrf-token": tab.csrf, "accept": "application/json"}
    sent = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    body = {"values": sent, "changed": [changed]}
    return tab.client.post(f"{ORDERS}/state", json=body, headers=headers).json()["fields"]


def test_the_page_is_told_what_is_offered(counter: Runtime, zhou: Tab) -> None:
    cells = {"lines": "[]", "lines.2.kind": "hours", "lines.2.what": "bolt"}
    found = ask(zhou, "lines", name="x", channel="phone", **cells)
    assert found["reason"]["withheld"] == ["price"]
    assert found["goods"]["withheld"] == []
    assert found["place"]["withheld"] == ["east/suzhou", "east/wuxi"]
    assert found["lines"]["rows"]["2"]["what"]["withheld"] == ["bolt"]
    (wrong,) = found["lines"]["problems"]
    assert (wrong["cell"], wrong["code"]) == ([2, "what"], "value.not_offered")
    html = zhou.page(f"{ORDERS}/new?channel=phone&reason=price")
    assert 'data-away="chosen"' in html  # stays to be read
    assert html.count("data-away hidden") == 2  # the branches of a tree


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("reason == 'x'", "field.decides_itself"),
        ("nothing == 1", "expression.unknown_name"),
        ("name", "expression.wrong_type"),
    ],
)
def test_conditions_of_choices_are_checked(counter: Runtime, text: str, code: str) -> None:
    document = copy.deepcopy(COUNTER)
    document["forms"][0]["fields"][3]["options"]["choices"][1]["if"] = text
    _, problems = load(document, counter.registry)
    found = [(p.path, p.code) for p in problems if p.path.startswith("/forms/0/fields/3")]
    assert found == [("/forms/0/fields/3/options/choices/1/if", code)]


# -- rows ------------------------------------------------------------------------------------------


def test_a_closed_cell_keeps_what_stands_there(counter: Runtime, zhou: Tab) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "part", "what": "bolt", "count": 2, "each": "3", "paid": True},
        {"what": "other", "each": "7"},
    ]
    (record,) = counter.records.create(SYSTEM, APP, "order", [{"name": "x", "lines": rows}])
    moved = [{"what": "other", "each": "8"}, {**rows[0], "count": 5, "each": None}]
    assert changed(counter, record, lines=moved) == []  # another order; what is closed need not be sent
    assert [row["each"] for row in lines_of(counter, record)] == ["8.00", "3.00"]
    dearer = [{"what": "other", "each": "8"}, {**rows[0], "count": 5, "each": "4"}]
    assert changed(counter, record, lines=dearer) == [("/lines/1/each", "value.not_writable")]
    opened = [{**rows[0], "count": 5, "paid": False, "each": "4"}]
    assert changed(counter, record, lines=opened) == [("/lines/0/each", "value.not_writable")]
    html = zhou.page(f"{ORDERS}/records/{record}/edit")
    assert re.search(r'data-cell="each" class=" closed" inert>.*?value="3.00" name="lines.1.each"', html)


def test_a_new_row_has_defaults_and_closed_cells(counter: Runtime) -> None:
    record = make(counter, lines=[{"what": "other"}])
    assert lines_of(counter, record)[0]["count"] == 1
    paid: dict[str, Any] = {"name": "x", "lines": [{"what": "other", "paid": True, "each": "9"}]}
    assert refused(counter, paid) == {("/0/lines/0/each", "value.not_writable")}
    assert refused(counter, {"name": "x", "lines": [{"what": "other", "count": 0}]}) == {
        ("/0/lines/0/count", "value.too_small")
    }


def test_the_page_offers_the_defaults_of_a_row(counter: Runtime, zhou: Tab) -> None:
    html = zhou.page(f"{ORDERS}/new")
    assert 'value="1" name="lines..count"' in html


# -- what was kept while the form was changed ------------------------------------------------------


def test_a_kept_draft_is_read_by_the_form_as_it_is_now(counter: Runtime, zhou: Tab) -> None:
    headers = {"x-csrf-token": zhou.csrf, "accept": "application/json"}
    typed = {"name": ["半张"], "channel": ["phone"], "mobile": ["还没写完"], "clerk": ["zhou"], "lines": ["[]"],
             "lines.0.what": ["bolt"], "lines.0.count": ["3"]}  # fmt: skip
    zhou.client.post(f"{ORDERS}/draft", json={"values": typed}, headers=headers)
    assert 'value="还没写完"' in zhou.page(f"{ORDERS}/new?draft=yes")  # the form is the same
    document = copy.deepcopy(COUNTER)
    fields = document["forms"][0]["fields"]
    fields[1]["options"]["choices"][1]["hidden"] = True
    fields[-1]["fields"][1]["options"]["choices"].pop(0)
    document["forms"][0]["fields"] = [field for field in fields if field["id"] != "clerk"]
    counter.applications.publish(None, document, "system")
    html = zhou.page(f"{ORDERS}/new?draft=yes")
    assert 'value="半张"' in html
    assert "未带回：渠道、手机、明细 · 品名、clerk" in html
    assert 'name="lines.0.count"' in html


# -- the view a list opens with --------------------------------------------------------------------


def test_a_list_opens_with_the_role_s_view_then_with_one_s_own(counter: Runtime, zhou: Tab) -> None:
    wei = Tab(counter, "wei")
    assert 'data-kanban-target="column"' in wei.page(ORDERS)
    assert 'data-kanban-target="column"' not in zhou.page(ORDERS)
    zhou.page(f"{ORDERS}?view=board")  # by a menu: no habit
    assert 'data-kanban-target="column"' not in zhou.page(ORDERS)
    zhou.client.get(f"{ORDERS}?view=board", headers={"referer": f"http://testserver.local{ORDERS}"})
    assert 'data-kanban-target="column"' in zhou.page(ORDERS)
    assert counter.chosen_views.of(counter.require_viewer("wei"), APP, "order") == ""


@pytest.mark.parametrize(
    ("place", "value", "path", "code"),
    [
        (1, ["nobody"], "/forms/0/views/1/default_for/0", "reference.unknown_role"),
        (0, ["worker"], "/forms/0/views/2/default_for/0", "view.default_twice"),
    ],
)
def test_default_views_are_checked(
    counter: Runtime, place: int, value: list[str], path: str, code: str
) -> None:
    document = copy.deepcopy(COUNTER)
    document["forms"][0]["views"][place]["default_for"] = value
    with pytest.raises(Rejected) as found:
        counter.applications.publish(None, document, "system")
    assert [(p.path, p.code) for p in found.value.problems] == [(path, code)]


def test_sharing_a_filter_is_in_the_trail(counter: Runtime, zhou: Tab) -> None:
    viewer = counter.require_viewer("cheng")
    counter.saved_views.save(viewer, APP, "order", "要紧的", "q=1", True)
    (kept,) = counter.saved_views.all(viewer, APP, "order")
    counter.saved_views.save(viewer, APP, "order", "我的", "q=2")
    counter.saved_views.remove(viewer, APP, "order", kept.id)
    with counter.database.read() as connection:
        noted = [e for e in counter.audit.latest(connection) if e.action.startswith("filter.")]
    assert [(e.action, e.person, e.detail["name"]) for e in noted] == [
        ("filter.unshare", "cheng", "要紧的"), ("filter.share", "cheng", "要紧的"),
    ]  # fmt: skip
