"""A form with 200 fields and 50 rules, and the page's question about its state: what the bench measures of forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.access.viewer import SYSTEM
from engine.config import Config
from engine.runtime import Runtime

FIELDS, RULES = 200, 50
TYPES = ("text", "integer", "money", "date", "select")
TYPED = ("文字", "3", "4.5", "2026-11-23", "a")
CHOICES = {"choices": [{"value": "a"}, {"value": "b"}]}


def _field(number: int) -> dict[str, Any]:
    """Every fourth is shown or required by a choice beside it."""
    kind = TYPES[number % 5]
    made: dict[str, Any] = {"id": f"f{number}", "type": kind, "label": f"字段 {number}"}
    if kind == "select":
        return {**made, "options": CHOICES}
    if number % 4 == 0:
        made["visible" if number % 8 else "required_if"] = f"f{number - number % 5 + 4} == 'a'"
    return made


def _rule(number: int) -> dict[str, Any]:
    then = {"action": "set_fields", "with": {"values": {f"f{number % 40 * 5}": "'x'"}}}
    when = {"trigger": "before_save", "form": "big"}
    return {"id": f"r{number}", "label": f"规则 {number}", "when": when, "if": "f4 == 'b'", "then": [then]}


def big_form(folder: Path) -> tuple[Runtime, Callable[[], Any]]:
    """A runtime with that form, and one question about it with everything filled in."""
    runtime = Runtime.open(Config(data=folder / "forms"))
    form = {"id": "big", "label": "大表", "fields": [_field(number) for number in range(FIELDS)]}
    rules = [_rule(number) for number in range(RULES)]
    runtime.applications.publish(
        None, {"muniment": 1, "app": {"id": "big"}, "forms": [form], "rules": rules}, "system"
    )
    values = {f"f{number}": TYPED[number % 5] for number in range(FIELDS)}
    return runtime, lambda: runtime.records.form_state(SYSTEM, "big", "big", None, values, ("f0",))
