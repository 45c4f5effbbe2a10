"""docs/reports.md: its example loads, and it explains every key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from metamodel.application import load
from metamodel.asks import Dataset, Dimension, Measure
from metamodel.plugin_api import Registry

PAGE = (Path(__file__).parents[3] / "docs/reports.md").read_text("utf-8")
ORDER = {
    "id": "order", "label": "订单", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "单号"},
        {"id": "seller", "type": "member", "label": "销售"},
        {"id": "channel", "type": "select", "label": "渠道", "options": {"choices": [{"value": "web"}]}},
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "wait", "type": "duration", "label": "等待"},
        {"id": "placed_at", "type": "datetime", "label": "下单时间"},
    ],
}  # fmt: skip


def test_the_example_loads(registry: Registry) -> None:
    report: Any = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    document = {"muniment": 1, "app": {"id": "shop", "label": "店"}, "forms": [ORDER], "reports": [report]}
    _, problems = load(document, registry)
    assert problems == []


def test_every_key_is_explained() -> None:
    for what, shape in (("dataset", Dataset), ("dimension", Dimension), ("measure", Measure)):
        rows = PAGE[PAGE.index(f"| key of a {what} |") :].split("\n\n")[0]
        explained = {
            key for row in rows.splitlines() for key in re.findall(r"`([a-z_]+)`", row.split("|")[1])
        }
        wanted = {one.name for one in msgspec.structs.fields(shape)}
        assert explained >= wanted - {"label"}, what
