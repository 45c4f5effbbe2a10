"""/api/v1/apps/…/reports: boards, the numbers of their widgets, and the records behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Router, get

from engine.reports.json_form import board_json, drill_json, widget_json
from engine.runtime import Runtime
from engine.web.language import language_of
from engine.web.security import signed_in, viewer_of

APP = "/apps/{app_id:str}/reports"
Ask = Request[Any, Any, Any]


@get(APP, sync_to_thread=True)
def list_reports(request: Ask, runtime: Runtime, app_id: str) -> list[dict[str, str]]:
    """The reports this viewer may open."""
    viewer = viewer_of(request)
    runtime.app_for(viewer, app_id)
    return [{"id": name, "label": label} for name, label in runtime.reports.list(viewer, app_id)]


@get(f"{APP}/{{report:str}}", sync_to_thread=True)
def get_board(request: Ask, runtime: Runtime, app_id: str, report: str) -> dict[str, Any]:
    """The board: its filters with what may be chosen, its widgets without numbers. `filter=value` sets one."""
    return board_json(
        runtime.reports.board(viewer_of(request), app_id, report, filters_of(request.query_params))
    )


@get(f"{APP}/{{report:str}}/widgets/{{widget:str}}", sync_to_thread=True)
def get_widget(request: Ask, runtime: Runtime, app_id: str, report: str, widget: str) -> dict[str, Any]:
    """One widget: its state, drawing, numbers, and what they mean in words."""
    filters = filters_of(request.query_params)
    view = runtime.reports.widget(viewer_of(request), app_id, report, widget, filters)
    return widget_json(view, language_of(request))


@get(f"{APP}/{{report:str}}/widgets/{{widget:str}}/records", sync_to_thread=True)
def drill(request: Ask, runtime: Runtime, app_id: str, report: str, widget: str) -> dict[str, Any]:
    """Where a number leads: the form, and the conditions that pick its records. `key` is the datum's."""
    filters = filters_of(request.query_params)
    key = str(request.query_params.get("key", ""))
    return drill_json(runtime.reports.drill(viewer_of(request), app_id, report, widget, filters, key))


router = Router("/", route_handlers=[list_reports, get_board, get_widget, drill], guards=[signed_in])


def filters_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Every parameter but `key` is a filter of the board."""
    return {name: str(parameters[name]) for name in parameters if name != "key"}
