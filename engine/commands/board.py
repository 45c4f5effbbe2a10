"""`muniment report`: a board's numbers in a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.access.viewer import SYSTEM
from engine.reports.json_form import board_json, rows_of, widget_json
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.runtime import Runtime


def board_numbers(
    runtime: Runtime, app: str, report: str, person: str, filters: Sequence[str], widget: str, language: str
) -> dict[str, Any]:
    """The board and its widgets, each with drawing and numbers. Rejected: report.*, access.no_such_person."""
    viewer = runtime.require_viewer(person) if person else SYSTEM
    chosen = dict(_pair(text) for text in filters)
    board = runtime.reports.board(viewer, app, report, chosen)
    wanted = [place.id for place in board.widgets if not widget or place.id == widget] or [widget]
    widgets = [runtime.reports.widget(viewer, app, report, name, chosen) for name in wanted]
    return {**board_json(board), "widgets": [widget_json(view, language) for view in widgets]}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Rejected([problem("board.bad_filter", name=name, value="")])
    return name, value


def board_text(board: Mapping[str, Any]) -> str:
    """One block a widget: its label and state, then a line a group."""
    lines = [
        f"{board['label']}  " + "  ".join(f"{f['label']}: {f['text']}" for f in board["filters"] if f["text"])
    ]
    for widget in board["widgets"]:
        state = "" if widget["state"] == "ready" else f"  [{widget['state']}]"
        lines += ["", f"{widget['label']}{state}"]
        lines += [f"  {one['text']}" for one in widget["problems"]]
        for answer in widget["answers"]:
            lines += ["  " + "\t".join(cells) for cells in rows_of(answer)]
    return "\n".join(lines)
