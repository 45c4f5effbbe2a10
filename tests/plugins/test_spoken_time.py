"""SAID_TIME against what people mean; said on Friday 2026-11-20 at 15:00 in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.expressions import EvaluationContext
from plugins.functions.spoken_time import said_time

ZONE = ZoneInfo("Asia/Shanghai")
SAID = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天下班前把报价单发您", "2026-11-20 18:00"),
        ("下班前回复您", "2026-11-20 18:00"),
        ("今晚给您回电", "2026-11-20 21:00"),
        ("明天上午给您演示账号", "2026-11-21 12:00"),
        ("明早发您", "2026-11-21 10:00"),
        ("明天回复", "2026-11-21 18:00"),
        ("后天下午上门", "2026-11-22 18:00"),
        ("大后天安排", "2026-11-23 18:00"),
        ("下周三安排工程师上门", "2026-11-25 18:00"),
        ("下周一上午给方案", "2026-11-23 12:00"),
        ("周四发您", "2026-11-26 18:00"),
        ("本周五退", "2026-11-20 18:00"),
        ("２５号发合同", "2026-11-25 18:00"),
        ("3号给您", "2026-12-03 18:00"),
        ("31号给您", "2026-12-31 18:00"),
        ("12月1日安排", "2026-12-01 18:00"),
        ("1月5号退", "2027-01-05 18:00"),
        ("两小时内回复", "2026-11-20 17:00"),
        ("24小时内处理", "2026-11-21 15:00"),
        ("半个小时内发您", "2026-11-20 15:30"),
        ("尽快给您", None),
        ("2月30号", None),
        ("99号楼", None),
        ("", None),
    ],
)
def test_said_time(text: str, expected: str | None) -> None:
    found = said_time(EvaluationContext(SAID, ZONE), text, SAID)
    assert (found.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if found else None) == expected


def test_blank_where_nobody_said_when() -> None:
    assert said_time(EvaluationContext(SAID, ZONE), "明天", None) is None
    assert said_time(EvaluationContext(SAID, ZONE), "一小时内", SAID) == SAID + timedelta(hours=1)
