"""Reports: boards of widgets over records, and the filters above them. `report_checks.py` says whether they
make sense, a widget's plugin what it asks and draws, `engine/reports` answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any, Literal

from metamodel.binding import Binder
from metamodel.labels import Label, label_text
from metamodel.parts import Part
from metamodel.plugin_api import Options, Widget

FilterKind = Literal["period", "choice"]

# Stretches of days by name; also last_N_days, and 2026-10-01..2026-10-31.
PERIODS: Mapping[str, Mapping[str, str]] = {
    "today": {"zh": "今天", "en": "today"},
    "yesterday": {"zh": "昨天", "en": "yesterday"},
    "this_week": {"zh": "本周", "en": "this week"},
    "last_week": {"zh": "上周", "en": "last week"},
    "this_month": {"zh": "本月", "en": "this month"},
    "last_month": {"zh": "上月", "en": "last month"},
    "this_quarter": {"zh": "本季度", "en": "this quarter"},
    "last_quarter": {"zh": "上季度", "en": "last quarter"},
    "this_year": {"zh": "今年", "en": "this year"},
    "last_year": {"zh": "去年", "en": "last year"},
    "last_7_days": {"zh": "近 7 天", "en": "last 7 days"},
    "last_30_days": {"zh": "近 30 天", "en": "last 30 days"},
    "last_90_days": {"zh": "近 90 天", "en": "last 90 days"},
}
LAST_DAYS = re.compile(r"last_([1-9][0-9]{0,3})_days")
SPAN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")


def is_period(text: str) -> bool:
    """May this stand for a period? (Whether the days of a span exist is seen when it is read.)"""
    return text in PERIODS or bool(LAST_DAYS.fullmatch(text) or SPAN.fullmatch(text))


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """One filter above the widgets: which field it means in each form ("form", or "app.form")."""

    id: str
    kind: FilterKind
    label: Label
    default: str = ""
    fields: Mapping[str, str] = dataclass_field(default_factory=dict)
    path: str = ""

    def field_of(self, own: str, app: str, form: str) -> str:
        """Its field in this form; '' where it says nothing about it. `own` is the report's app."""
        here = self.fields.get(form, "") if app in ("", own) else ""
        return here or self.fields.get(f"{app or own}.{form}", "")


@dataclass(frozen=True, slots=True)
class WidgetDefinition:
    id: str
    type_name: str
    label: Label
    options: Options | None = None  # None where they could not be read
    path: str = ""
    type: Widget | None = None  # None for a type nobody registered

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    label: Label
    description: Label = ""
    filters: tuple[ReportFilter, ...] = ()
    widgets: tuple[WidgetDefinition, ...] = ()
    path: str = ""

    def widget(self, identifier: str) -> WidgetDefinition | None:
        return next((widget for widget in self.widgets if widget.id == identifier), None)

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)

    @property
    def period(self) -> ReportFilter | None:
        """The filter that says which time the numbers are about."""
        return next((one for one in self.filters if one.kind == "period"), None)


def report_from_json(part: Part, binder: Binder) -> Report:
    return Report(
        part.id,
        part.label(),
        part.label("description"),
        tuple(_filter(one) for one in part.parts("filters")),
        tuple(_widget(widget, binder) for widget in part.parts("widgets")),
        part.path,
    )


def _filter(part: Part) -> ReportFilter:
    kind: FilterKind = "period" if part.text("kind") == "period" else "choice"
    fields: Mapping[str, Any] = part.text_mapping("fields")
    return ReportFilter(part.id, kind, part.label(), part.text("default"), fields, part.path)


def _widget(part: Part, binder: Binder) -> WidgetDefinition:
    kind, options = binder.bind("widget", part, "type", "options")
    return WidgetDefinition(part.id, part.text("type"), part.label(), options, part.path, kind)
