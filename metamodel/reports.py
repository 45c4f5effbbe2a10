"""Reports: boards of widgets. The interpreter comes with its own issue; the shape is fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.binding import Binder
from metamodel.checking import Checking, check_ids, check_labels
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Widget
from metamodel.problems import Problem


@dataclass(frozen=True, slots=True)
class WidgetDefinition:
    id: str
    type_name: str
    label: Label
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)
    path: str = ""
    type: Widget | None = None  # None for a type nobody registered


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    label: Label
    widgets: tuple[WidgetDefinition, ...] = ()
    path: str = ""


def report_from_json(part: Part, binder: Binder) -> Report:
    widgets = tuple(_widget(widget, binder) for widget in part.parts("widgets"))
    return Report(part.id, part.label(), widgets, part.path)


def _widget(part: Part, binder: Binder) -> WidgetDefinition:
    kind, _ = binder.bind("widget", part, "type", "options")
    return WidgetDefinition(
        part.id, part.text("type"), part.label(), part.mapping("options"), part.path, kind
    )


def check_reports(checking: Checking) -> list[Problem]:
    reports = checking.app.reports
    found = check_ids(reports, {"zh": "报表", "en": "report"}) + check_labels(reports, needed=False)
    for report in reports:
        found += check_ids(report.widgets, {"zh": "组件", "en": "widget"})
    return found
