"""Every registered trigger and action, ours and others': their words, their options, what they listen to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from engine.plugin_loader import load_registry
from engine.working_time import WorkingCalendar
from metamodel.labels import label_text
from metamodel.plugin_api import Action, Trigger

REGISTRY = load_registry()
TRIGGERS: list[Trigger] = list(REGISTRY.all("trigger").values())
ACTIONS: list[Action] = list(REGISTRY.all("action").values())
PARTS: list[Any] = [*TRIGGERS, *ACTIONS]
EVENTS = {
    "message_received", "record_created", "record_updated", "record_deleted", "before_save", "clock", "button",
    "task_closed",
}  # fmt: skip
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("part", PARTS, ids=lambda one: one.name)
def test_it_has_words_in_both_languages(part: Any) -> None:
    for language in ("zh", "en"):
        assert label_text(part.label, language, "").strip()
        assert label_text(part.doc, language, "").strip()
    assert part.icon


@pytest.mark.parametrize("part", PARTS, ids=lambda one: one.name)
def test_every_option_has_words(part: Any) -> None:
    schema = msgspec.json.schema(part.Options)
    (own,) = [made for name, made in schema["$defs"].items() if name == part.Options.__name__]
    for name, option in own["properties"].items():
        assert "title" in str(option), name


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda one: one.name)
def test_a_trigger_listens_to_something_that_happens(trigger: Trigger) -> None:
    assert trigger.event in EVENTS
    if trigger.event == "clock":
        options = {"form": "f", "field": "d", "at": "09:00"}
        known = {name: value for name, value in options.items() if name in trigger.Options.__struct_fields__}
        calendar = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
        struck = trigger.last_strike(trigger.Options(**known), NOW - timedelta(days=2), NOW, calendar)
        assert struck is not None
        assert NOW - timedelta(days=2) < struck <= NOW
