"""What docs/tasks.md says is so: its recipients read, its settings exist, its examples load, its routes answer."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.config import Config
from engine.web.api import tasks
from engine.working_time import WorkingCalendar
from metamodel import recipients
from tests.house.source import ROOT

PAGE = (ROOT / "docs/tasks.md").read_text("utf-8")


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", part, re.M)


def example(name: str) -> Any:
    return json.loads(PAGE.split(f"```json {name}\n")[1].split("```")[0])


@pytest.mark.parametrize("text", rows("Whom: recipients"))
def test_every_recipient_reads(text: str) -> None:
    assert recipients.read(text) is not None


def test_every_kind_of_recipient_is_told() -> None:
    told = {found.kind for text in rows("Whom: recipients") if (found := recipients.read(text))}
    assert told == set(recipients.KINDS)


def test_every_setting_is_one() -> None:
    source = inspect.getsource(Config.from_environment)
    settings = rows("Notifications and mail")
    assert len(settings) == 3
    assert all(f'"{name}"' in source for name in settings)


def test_the_calendar_can_be_kept() -> None:
    raw = example("calendar")
    assert WorkingCalendar.from_json(raw, ZoneInfo("Asia/Shanghai")).to_json() == raw


def test_the_figure_checks(app_from: Callable[[Mapping[str, Any]], Any]) -> None:
    client = {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}}
    app = app_from(
        {
            "forms": [
                {
                    "id": "client",
                    "label": "客户",
                    "fields": [{"id": "name", "type": "text", "label": "名称"}],
                },
                {
                    "id": "talk",
                    "label": "会话",
                    "fields": [client, {"id": "on", "type": "date", "label": "日期"}],
                },
                {
                    "id": "request",
                    "label": "申请",
                    "fields": [client, {"id": "since", "type": "date", "label": "自"}, example("field")],
                },
            ]
        }
    )
    assert app.form("request").field("hits").derived is not None


def test_every_route_is_told() -> None:
    served = {
        (method, f"/api/v1{path}")
        for handler in tasks.router.routes
        for method in handler.methods  # type: ignore[union-attr]
        for path in [re.sub(r":\w+}", "}", handler.path)]
        if method in ("GET", "POST")
    }
    short = {"{app_id}": "{app}", "{form_id}": "{form}", "{task}": "{id}"}
    named = set()
    for method, path in served:
        for long, other in short.items():
            path = path.replace(long, other)
        named.add(f"{method} {path}")
    assert set(rows("Over HTTP")) == named
