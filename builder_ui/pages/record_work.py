"""What is going on with a record: its flow as a tab, buttons of rules, to-dos about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_ui import flow_drawing
from builder_ui.cells import record_url
from builder_ui.flow_picture import drawn
from builder_ui.models.parts import Button
from builder_ui.models.tasks import FlowAction, FlowPart, TaskLine
from builder_ui.task_drawing import about_lines
from metamodel.flows import Flow

if TYPE_CHECKING:
    from builder_ui.pages.record import Opened

FLOW = "flow"


def flows_of(opened: Opened) -> list[Flow]:
    return [flow for flow in opened.app.flows if flow.form == opened.form.id]


def flow_tab(opened: Opened) -> FlowPart | None:
    """Where the record stands in its flow; of one that begins by hand, the way to begin."""
    visit, view = opened.visit, opened.view
    action = record_url(opened.app.id, opened.form.id, view.id) + "/flow"
    running = visit.runtime.flows.view(visit.viewer, opened.app.id, opened.form.id, view.id)
    if running is not None:
        return flow_drawing.part(visit, running, action)
    offered = visit.runtime.flows.startable(visit.viewer, opened.app.id, opened.form.id, view.id)
    starts = tuple(
        FlowAction(f"start:{flow}", visit.text("Begin: %(flow)s", flow=label), "play", "", "primary")
        for flow, label in offered
    )
    if not starts:
        return None
    return FlowPart(
        visit.text("Flow"), "", visit.text("Not begun"), "grey", "", drawn([], []), (), action, starts
    )


def buttons(opened: Opened) -> tuple[Button, ...]:
    """What rules offer on this record to this person."""
    visit, view = opened.visit, opened.view
    offered = visit.runtime.rules.buttons(visit.viewer, opened.app.id, opened.form.id, view)
    base = record_url(opened.app.id, opened.form.id, view.id)
    return tuple(Button(label, f"{base}/press/{rule}", "spark") for rule, label in offered)


def about(opened: Opened) -> tuple[TaskLine, ...]:
    """To-dos about it, open ones first, for whoever may read it."""
    visit = opened.visit
    found = visit.runtime.tasks.about(visit.viewer, opened.app.id, opened.form.id, opened.view.id)
    return about_lines(visit, found)
