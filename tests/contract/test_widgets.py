"""Every registered widget, ours and anybody's: its words, its asks, its drawing of much and of nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.plugin_loader import load_registry
from engine.reports.drill import read_key
from engine.reports.json_form import widget_json
from engine.runtime import Runtime
from metamodel.labels import label_text
from metamodel.plugin_api import Widget

WIDGETS: list[Widget] = list(load_registry().all("widget").values())
NAMES = [widget.name for widget in WIDGETS]
SAMPLE = {
    "id": "sample", "label": "样本", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "名称"},
        {"id": "person", "type": "member", "label": "人员"},
        {"id": "stage", "type": "select", "label": "阶段",
         "options": {"choices": [{"value": v, "label": {"zh": v, "en": v.upper()}} for v in ("a", "b", "c")]}},
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "at", "type": "datetime", "label": "时间"},
        {"id": "note", "type": "long_text", "label": "备注"},
    ],
}  # fmt: skip
PERIOD = {
    "id": "period",
    "kind": "period",
    "label": "时间",
    "default": "this_month",
    "fields": {"sample": "at"},
}
DOCUMENT = {
    "muniment": 1, "app": {"id": "probe", "label": "试"}, "forms": [SAMPLE],
    "reports": [{"id": "board", "label": "看板", "filters": [PERIOD], "widgets": [
        {"id": f"w{number}", "type": widget.name, "label": widget.name, "options": dict(widget.example_options)}
        for number, widget in enumerate(WIDGETS)
    ]}],
}  # fmt: skip
ROWS = [
    {"name": f"第 {n} 单", "person": f"p{n % 5}", "stage": "abc"[n % 3] if n % 7 else None, "amount": str(n * 37),
     "at": f"2026-11-{n % 19 + 1:02d}T{n % 24:02d}:10:00+08:00"}
    for n in range(60)
]  # fmt: skip
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(")


@pytest.fixture
def probe(tmp_path: Any, sqlite_data: Any, clock: FrozenClock) -> Iterator[Callable[[bool], Runtime]]:
    from engine.config import Config

    opened: list[Runtime] = []

    def open_it(filled: bool) -> Runtime:
        runtime = Runtime.open(Config(data=sqlite_data), clock)
        opened.append(runtime)
        runtime.applications.publish(None, DOCUMENT, "system")
        if filled:
            ids = [int(one) for one in runtime.records.create(SYSTEM, "probe", "sample", ROWS)]
            words = {one: {"样例": 1 + place % 3, f"词{place % 9}": 2} for place, one in enumerate(ids)}
            runtime.database.write(lambda unit: runtime.analysis.store(unit, words))
        return runtime

    yield open_it
    for runtime in opened:
        runtime.close()


@pytest.mark.parametrize("widget", WIDGETS, ids=NAMES)
def test_words(widget: Widget) -> None:
    for words in (widget.label, widget.doc):
        assert label_text(words, "zh")
        assert label_text(words, "en")
        assert label_text(words, "zh") != label_text(words, "en")
    assert widget.example_options, "a widget shows what its options are by an example"


def test_every_widget_draws_what_it_was_given(probe: Callable[[bool], Runtime]) -> None:
    runtime = probe(True)
    for number, widget in enumerate(WIDGETS):
        for language in ("zh", "en"):
            viewer = replace(SYSTEM, language=language)
            view = runtime.reports.widget(viewer, "probe", "board", f"w{number}")
            if widget.name not in ("keyness", "house"):  # nobody's words differ here, nothing is archived
                assert view.state == "ready", (widget.name, [p.text() for p in view.problems])
            assert view.definition
            text = json.dumps(widget_json(view, language), ensure_ascii=False)
            assert not COLOUR.search(text), widget.name
            assert "function" not in text.replace("functions", "")
            for key in keys_in(view.drawing):
                read_key(key)


def test_what_a_datum_leads_to_can_be_opened(probe: Callable[[bool], Runtime]) -> None:
    runtime = probe(True)
    for number in range(len(WIDGETS)):
        view = runtime.reports.widget(SYSTEM, "probe", "board", f"w{number}")
        for key in keys_in(view.drawing)[:20]:
            target = runtime.reports.drill(SYSTEM, "probe", "board", f"w{number}", {}, key)
            assert (target.app, target.form or target.page) in (("probe", "sample"), ("probe", "evidence")), (
                key
            )


def test_every_widget_bears_that_there_is_nothing(probe: Callable[[bool], Runtime]) -> None:
    runtime = probe(False)
    for number, widget in enumerate(WIDGETS):
        view = runtime.reports.widget(SYSTEM, "probe", "board", f"w{number}")
        shows_nought = view.drawing is not None and view.drawing.kind == "number"  # none is a number too
        assert view.state == ("ready" if shows_nought else "empty"), widget.name
        assert view.empty is None
        json.dumps(widget_json(view, "zh"))


def keys_in(drawing: Any) -> list[str]:
    """Every `key` anywhere in a model."""
    found: list[str] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("key"), str):
                found.append(value["key"])
            for inner in value.values():
                look(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                look(inner)

    look(drawing.model if drawing else {})
    return found
