"""Durations as options write them (ISO 8601: PT30M, P7D), for triggers and actions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from metamodel.plugin_api import BadValue, Texts, problem, read_duration

if TYPE_CHECKING:
    from metamodel.plugin_api import Problem

SPAN_TEXTS = {"rule.bad_duration": Texts("“{text}”不是时长", "“{text}” is not a duration")}


def check_span(text: str, path: str, *, needed: bool = False) -> list[Problem]:
    """A blank is none, which is fine unless one is needed."""
    wrong = (text or needed) and span(text) is None
    return [problem("rule.bad_duration", path, text=text)] if wrong else []


def span(text: str) -> timedelta | None:
    """None for a blank, and for what is no duration."""
    try:
        return read_duration(text) if text else None
    except BadValue:
        return None
