"""Words on boards: a cloud and two groups of people, over exactly the rows their reader may read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from metamodel.asks import WordAnswer
from metamodel.plugin_api import drill_key
from plugins.widgets.keyness import effect, log_likelihood
from tests.engine.reports.shop import APP, BOARD, Row, open_shop, save, some_orders, widget

WORDS = ("发票", "样例", "试点", "优惠", "赶紧", "交付计划", "打印", "网关")
OF_NOTES = {"form": "order", "field": "note"}
HIGH = {
    "form": "order", "person": "seller", "field": "at", "period": "last_90_days", "share": 0.6,
    "measure": {"id": "sum", "aggregate": "sum", "field": "amount", "label": "成交额"},
}  # fmt: skip
WIDGETS = [
    {"id": "cloud", "type": "word_cloud", "label": "词云", "options": {"words": OF_NOTES, "minimum": 3}},
    {"id": "web", "type": "word_cloud", "label": "网络",
     "options": {"words": {**OF_NOTES, "filter": "channel == 'web'"}, "minimum": 1, "limit": 4}},
    {"id": "keyness", "type": "keyness", "label": "用词对比",
     "options": {"words": OF_NOTES, "groups": {"by": "seller", "high": HIGH}, "minimum": 3}},
    {"id": "common", "type": "keyness", "label": "两人都用的词",
     "options": {"words": OF_NOTES, "groups": {"by": "seller", "high": HIGH}, "minimum": 3, "people": 2}},
    widget("orders", "kpi", measures=[{"id": "n"}]),
]  # fmt: skip
Kept = list[tuple[Row, Counter[str]]]


@pytest.fixture
def shop(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[tuple[Runtime, Kept]]:
    runtime = make_runtime()
    open_shop(runtime, WIDGETS)
    orders = some_orders(120, (), clock.now())
    ids = save(runtime, "order", orders)
    some = random.Random(5)
    words = [Counter(some.choices(WORDS, k=some.randint(0, 6))) for _ in orders]
    kept = {int(i): dict(found) for i, found in zip(ids, words, strict=True)}
    runtime.database.write(lambda unit: runtime.analysis.store(unit, kept))
    yield runtime, list(zip(orders, words, strict=True))
    runtime.close()


def answer(runtime: Runtime, name: str, person: str = "", filters: Any = None) -> WordAnswer:
    viewer = runtime.require_viewer(person) if person else SYSTEM
    (found,) = runtime.reports.answers(viewer, APP, BOARD, name, filters)
    assert isinstance(found, WordAnswer)
    return found


def counts(kept: Kept, which: Callable[[Row], bool] = lambda row: True) -> Counter[str]:
    return sum((words for order, words in kept if which(order)), Counter())


def test_a_cloud_counts_uses(shop: tuple[Runtime, Kept]) -> None:
    runtime, kept = shop
    found, expected = answer(runtime, "cloud"), counts(kept)
    assert {one.word: one.uses for one in found.words} == {w: n for w, n in expected.items() if n >= 3}
    assert found.total == sum(expected.values())
    assert [one.uses for one in found.words] == sorted((one.uses for one in found.words), reverse=True)


def test_a_cloud_of_some_rows_cut_to_the_first(shop: tuple[Runtime, Kept]) -> None:
    runtime, kept = shop
    expected = counts(kept, lambda row: row["channel"] == "web")
    found = answer(runtime, "web")
    assert len(found.words) == 4
    assert all(expected[one.word] == one.uses for one in found.words)
    assert found.total == sum(expected.values())


def test_everybody_has_the_words_of_his_own_rows(shop: tuple[Runtime, Kept]) -> None:
    runtime, kept = shop
    found = answer(runtime, "web", "zhou")
    expected = counts(kept, lambda row: row["seller"] == "zhou" and row["channel"] == "web")
    assert found.total == sum(expected.values())
    assert all(expected[one.word] == one.uses for one in found.words)


def test_two_groups(shop: tuple[Runtime, Kept], clock: FrozenClock) -> None:
    runtime, kept = shop
    won: Counter[str] = Counter()
    for order, _ in kept:
        inside = order["at"] is not None and order["at"] <= clock.now()
        if inside and order["seller"] and order["amount"] is not None:
            won[order["seller"]] += order["amount"]
    leaders = {seller for seller, _ in won.most_common(2)}  # at most 0.6 of four people
    found = answer(runtime, "keyness")
    assert set(found.people) == {leader.title() for leader in leaders}
    assert found.threshold == min(won[leader] for leader in leaders)
    high = counts(kept, lambda row: row["seller"] in leaders)
    low = counts(kept, lambda row: row["seller"] is not None and row["seller"] not in leaders)
    assert {one.word: (one.uses, one.other) for one in found.words} == {
        word: (high[word], low[word]) for word in WORDS if high[word] + low[word] >= 3
    }
    users = {
        word: {order["seller"] for order, words in kept if words[word] and order["seller"]} for word in WORDS
    }
    assert {one.word: (one.people, one.other_people) for one in found.words} == {
        one.word: (len(users[one.word] & leaders), len(users[one.word] - leaders)) for one in found.words
    }
    assert (found.total, found.other_total, found.others) == (sum(high.values()), sum(low.values()), 2)


def test_planted_words_are_found_and_said(shop: tuple[Runtime, Kept]) -> None:
    runtime, _ = shop
    names = {person.name: person.id for person in runtime.people.organisation().people.values()}
    (leader, *_) = (names[name] for name in answer(runtime, "keyness").people)
    ids = save(runtime, "order", [{"seller": leader, "at": "2026-11-02T10:00:00+08:00"}] * 3)
    runtime.database.write(lambda unit: runtime.analysis.store(unit, {int(i): {"回访": 20} for i in ids}))
    view = runtime.reports.widget(SYSTEM, APP, BOARD, "keyness")
    assert view.drawing is not None
    first = view.drawing.model["keyness"]["high"][0]
    assert (first["text"], first["uses"], first["other"], first["bar"]) == ("回访", 60, 0, 1.0)
    common = runtime.reports.widget(SYSTEM, APP, BOARD, "common").drawing
    assert common is not None
    assert "回访" not in [row["text"] for row in common.model["keyness"]["high"]]  # one person's word
    assert view.people.startswith("高绩效＝近 90 天“成交额”前 60%：Lu、Ye，共 2 人")
    assert "，不低于 ¥" in view.people
    assert "对数似然" in view.definition


def test_a_word_leads_to_its_search(shop: tuple[Runtime, Kept]) -> None:
    runtime, _ = shop
    filters = {"period": "this_month"}
    target = runtime.reports.drill(SYSTEM, APP, BOARD, "web", filters, drill_key("word", "发票"))
    assert (target.form, target.text, target.filter) == ("order", "发票", "channel == 'web'")
    assert [condition.path for condition in target.conditions] == ["at"]


def test_no_words_in_the_period_say_when_there_were_some(shop: tuple[Runtime, Kept]) -> None:
    runtime, _ = shop
    view = runtime.reports.widget(SYSTEM, APP, BOARD, "web", {"period": "2027-03-01..2027-03-31"})
    assert view.state == "empty"
    assert view.empty is not None
    assert view.empty.text == "2026 年 11 月"


@pytest.mark.parametrize(
    ("uses", "other", "here", "there", "likelihood", "ratio"),
    [
        (10, 10, 1_000, 1_000, 0.0, 0.0),
        (20, 5, 1_000, 1_000, 9.64, 2.0),
        (30, 0, 10_000, 10_000, 41.59, 5.91),
        (0, 12, 4_000, 6_000, 12.26, -4.0),
    ],
)
def test_how_sure_and_how_much(
    uses: int, other: int, here: int, there: int, likelihood: float, ratio: float
) -> None:
    assert log_likelihood(uses, other, here, there) == pytest.approx(likelihood, abs=0.01)
    assert effect(uses, other, here, there) == pytest.approx(ratio, abs=0.01)
