"""Deeds: what a rule did about one record, said so shortly that it can be kept of every record.

A deed is `[effect, app, form, detail]`; the many that are alike stand once in a trace. The detail is what was
set, or who was told; of a record that was made nothing, since that stands in it. Sealed values of another record
than the one the trace is about are left out: its shredding would not reach them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.rules.reasons import Kinds, short
from metamodel.plugin_api import (
    AddTags,
    CloseTasks,
    CreateTask,
    Effect,
    Grant,
    Notify,
    RemoveTags,
    RunAnalyzer,
    SetFields,
    StartFlow,
    UpdateRecords,
)

Detail = Mapping[str, Any]
Deed = tuple[str, str, str, Detail]
_SET: dict[type[Any], Callable[[Any], Detail]] = {
    SetFields: lambda effect: effect.values,
    UpdateRecords: lambda effect: effect.values,
    AddTags: lambda effect: {effect.field: effect.tags},
    RemoveTags: lambda effect: {effect.field: effect.tags},
}
_SAID: dict[type[Any], Callable[[Any], Detail]] = {
    CreateTask: lambda effect: {"to": effect.to},
    Notify: lambda effect: {"to": effect.to},
    Grant: lambda effect: {"to": effect.to},
    CloseTasks: lambda effect: {"outcome": effect.outcome},
    RunAnalyzer: lambda effect: {"analyzer": effect.analyzer},
    StartFlow: lambda effect: {"flow": effect.flow},
}


class Deeds:
    """Those of one rule over one batch, each kind once."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._known: dict[Any, int] = {}
        self._sealed: dict[tuple[str, str], frozenset[str]] = {}
        self.alike: list[Deed] = []

    def number(self, effect: Effect, record: str) -> tuple[int, str]:
        """Which of those kept it is, and the other record it is about ('' for the subject's own)."""
        kind = type(effect)
        about = str(getattr(effect, "record", "") or "")
        other = about if about != record else ""
        raw = _SET[kind](effect) if kind in _SET else _SAID[kind](effect) if kind in _SAID else {}
        key = kind, getattr(effect, "app", ""), getattr(effect, "form", ""), bool(other), repr(raw)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.alike)
            self.alike.append(self._deed(effect, raw, bool(other) or not about))
        return number, other

    def _deed(self, effect: Any, raw: Detail, elsewhere: bool) -> Deed:
        app, form = getattr(effect, "app", ""), getattr(effect, "form", "")
        sealed = self._sealed_in(app, form) if elsewhere and type(effect) in _SET else frozenset()
        detail = {name: None if name in sealed else short(value) for name, value in raw.items()}
        return type(effect).__name__, app, form, detail

    def _sealed_in(self, app: str, form: str) -> frozenset[str]:
        known = self._sealed.get((app, form))
        if known is None:
            fields = self._kinds.program(app, form).fields
            known = frozenset(name for name, field in fields.items() if field.field.sealed)
            self._sealed[app, form] = known
        return known
