"""What widgets draw of given answers, against files that people have looked at.

After a change that is meant: `MUNIMENT_DRAW=1 pytest tests/plugins/test_drawings.py`, then read the diff.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from metamodel.plugin_api import (
    OTHERS,
    Axis,
    Display,
    GroupAnswer,
    Measured,
    Registry,
    RowAnswer,
    WordAnswer,
    WordCount,
)
from plugins.widgets.amounts import text_of
from plugins.widgets.charts import moving_mean, running

DRAWINGS = Path(__file__).parent / "drawings"
PEOPLE = Axis(
    "责任人", ("p1", "p2", None, OTHERS), {"p1": "王磊", "p2": "陈思雨", None: "空", OTHERS: "其他"}
)
CHANNEL = Axis("渠道", ("wecom", "phone"), {"wecom": "企业微信", "phone": "电话"})
DAYS = Axis(
    "时间", (739_000, 739_001, 739_002), {739_000: "04-20", 739_001: "04-21", 739_002: "04-22"}, ordered=True,
    time=True, before={739_000: 738_970, 739_001: 738_971},
)  # fmt: skip
STAGES = Axis("阶段", ("new", "handling", "resolved", None), {"new": "新预警", "handling": "处理中",
              "resolved": "已处理", None: "空"}, ordered=True)  # fmt: skip
COUNT = Measured("n", "会话数", nothing=0, additive=True)
MONEY = Measured("sum", "金额", "money", unit="¥", nothing=0, additive=True)
WAIT = Measured("wait", "中位响应", "duration")
SHARE = Measured("share", "达标率", "percent")
HOUR = 3_600_000_000


def table(measure: Measured, *cells: tuple[Any, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(keys): {measure.id: value} for *keys, value in cells}


BY_PERSON = GroupAnswer(
    (PEOPLE,), (COUNT,), table(COUNT, ("p1", 12), ("p2", 7), (None, 2), (OTHERS, 4)),
    table(COUNT, ("p1", 10), (OTHERS, 5)), "上月同期",
)  # fmt: skip
BY_DAY = GroupAnswer(
    (DAYS,), (MONEY,), table(MONEY, (739_000, Decimal("120000.50")), (739_002, Decimal(90_000))),
    table(MONEY, (738_970, Decimal(60_000))), "上月同期", marks=((739_001, "5.2 升级"),),
)  # fmt: skip
TWO = GroupAnswer((PEOPLE, CHANNEL), (COUNT,), table(COUNT, ("p1", "wecom", 3), ("p2", "phone", 4)))
BOTH = GroupAnswer(
    (PEOPLE,), (COUNT, WAIT),
    {("p1",): {"n": 12, "wait": Decimal(HOUR // 2)}, ("p2",): {"n": 7, "wait": None},
     (OTHERS,): {"n": 4, "wait": 3 * HOUR}},
)  # fmt: skip
RATE = GroupAnswer((), (SHARE,), {(): {"share": Decimal("0.857")}}, {(): {"share": Decimal("0.9")}}, "上周")
COURSE = GroupAnswer((DAYS,), (SHARE,), table(SHARE, (739_000, Decimal("0.5")), (739_002, Decimal(1))))
STAGE = GroupAnswer(
    (STAGES,), (COUNT,), table(COUNT, ("new", 10), ("handling", 5), ("resolved", 25), (None, 99))
)  # fmt: skip
ROWS = RowAnswer("archive", "conversation", (("customer", "客户"), ("amount", "金额")),
                 (("7", "HH20261102-0001", ("苏州恒锐", "¥186,000.00")),), 23)  # fmt: skip
WORDS = WordAnswer((WordCount("发票", 30), WordCount("网关", 12)), 400)
KEYNESS = WordAnswer(
    (WordCount("样例", 60, 10), WordCount("优惠", 5, 55), WordCount("您好", 40, 41)), 2_000, 2_000,
    ("陈思雨", "刘子轩"), MONEY, Decimal("860000"), 9,
)  # fmt: skip

# file -> (widget, options beside what is counted, answers, language)
CASES: dict[str, tuple[str, dict[str, Any], list[Any], str]] = {
    "bar": ("bar", {"compare": "previous_period"}, [BY_PERSON], "zh"),
    "bar_lying_stacked": ("bar", {"horizontal": True, "stacked": True}, [TWO], "zh"),
    "bar_goal": ("bar", {"goal": 10}, [BY_PERSON], "en"),
    "line": ("line", {"area": True, "average_over": 2}, [BY_DAY], "zh"),
    "line_running": ("line", {"running": True}, [BY_DAY], "en"),
    "combo": ("combo", {}, [BOTH], "zh"),
    "pie": ("pie", {}, [BY_PERSON], "zh"),
    "funnel": ("funnel", {}, [STAGE], "zh"),
    "funnel_reached": ("funnel", {"reached": True}, [STAGE], "zh"),
    "heat_map": ("heat_map", {}, [TWO], "zh"),
    "kpi": ("kpi", {"compare": "previous_period", "goal": 0.9, "better": "up"}, [RATE], "zh"),
    "kpi_trend": ("kpi_trend", {}, [RATE, COURSE], "en"),
    "pivot": ("pivot", {}, [TWO, GroupAnswer((PEOPLE,), (COUNT,), table(COUNT, ("p1", 3), ("p2", 4))),
                            GroupAnswer((CHANNEL,), (COUNT,), table(COUNT, ("wecom", 3), ("phone", 4))),
                            GroupAnswer((), (COUNT,), {(): {"n": 7}})], "zh"),
    "pivot_down": ("pivot", {"across": False, "totals": False}, [BOTH], "zh"),
    "list": ("list", {"columns": ["customer", "amount"]}, [ROWS], "zh"),
    "word_cloud": ("word_cloud", {}, [WORDS], "zh"),
    "keyness": ("keyness", {}, [KEYNESS], "zh"),
    "keyness_en": ("keyness", {}, [KEYNESS], "en"),
}  # fmt: skip


def test_words_are_told_to_tests_with_what_the_comparison_makes_of_them(registry: Registry) -> None:
    """Those shown, the sides apart; the cloud's as they are."""
    keyness, cloud = (registry.get("widget", name) for name in ("keyness", "word_cloud"))
    assert keyness is not None
    assert cloud is not None
    told = list(keyness.words(options_for(keyness, {}, [KEYNESS]), KEYNESS))
    assert [(row["word"], row["side"]) for row in told] == [("样例", "high"), ("优惠", "low")]
    assert [row["times"] for row in told] == pytest.approx([6, 11])
    assert all(row["likelihood"] > 6.63 for row in told)
    assert list(cloud.words(None, WORDS))[1] == {"word": "网关", "uses": 12, "other": 0}


def options_for(widget: Any, more: dict[str, Any], answers: list[Any]) -> Any:
    """Options that would have asked for such an answer."""
    given = dict(widget.example_options)
    given.update(more)
    if isinstance(answers[0], GroupAnswer) and "dimensions" in given:
        given["dimensions"] = [{"field": "person"} for _ in answers[0].axes]
    return msgspec.convert(given, widget.Options)


@pytest.mark.parametrize("name", CASES)
def test_drawings(name: str, registry: Registry) -> None:
    kind, more, answers, language = CASES[name]
    widget = registry.get("widget", kind)
    assert widget is not None
    made = widget.draw(options_for(widget, more, answers), answers, Display(language))
    shown = json.dumps(
        {"kind": made.kind, "empty": made.empty, "model": made.model},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
    file = DRAWINGS / f"{name}.json"
    if os.environ.get("MUNIMENT_DRAW"):
        file.write_text(shown + "\n", "utf-8")
    assert shown + "\n" == file.read_text("utf-8")


TEXTS = [
    (COUNT, 1_234, "zh", "1,234"),
    (COUNT, None, "zh", "–"),
    (Measured("a", "A"), Decimal("3.14159"), "zh", "3.14"),
    (Measured("a", "A", places=0), Decimal("2.5"), "zh", "2"),
    (Measured("a", "A", unit="次"), 3, "zh", "3 次"),
    (MONEY, Decimal("-1234.5"), "zh", "-¥1,234.50"),
    (SHARE, Decimal("0.8567"), "en", "85.7%"),
    (WAIT, 2 * HOUR + 61_000_000, "zh", "2 小时 1 分"),
    (WAIT, 42_400_000, "en", "42 s"),
    (WAIT, 80 * HOUR + HOUR // 4, "zh", "3 天 8 小时"),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "value", "language", "expected"), TEXTS)
def test_numbers_as_people_read_them(measure: Measured, value: Any, language: str, expected: str) -> None:
    assert text_of(measure, value, language) == expected


def test_sums_so_far_and_moving_means() -> None:
    assert running([1, None, 2]) == [1, 1, 3]
    assert moving_mean([1, None, 3, 5], 2) == [1, 1, 3, 4]
    assert moving_mean([None], 3) == [None]
    assert moving_mean([100, 0, None, 10], 2, [1, 9, None, 10]) == [100, 10, 0, 10]
    assert moving_mean([5], 2, [0]) == [None]
