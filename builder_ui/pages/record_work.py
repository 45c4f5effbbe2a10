"""What is going on with a record: its flow as a tab, buttons of rules, to-dos about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from builder_ui import flow_drawing
from builder_ui.cells import record_url
from builder_ui.flow_picture import drawn
from builder_ui.models.parts import Button
from builder_ui.models.tasks import FlowAction, FlowPart, TaskLine
from builder_ui.opened import Opened
from builder_ui.site import Visit
from builder_ui.task_drawing import about_lines
from metamodel.application import App
from metamodel.flows import Flow
from metamodel.forms import Form
from metamodel.human_text import show_list
from metamodel.problems import Rejected

FLOW = "flow"


def flows_of(opened: Opened) -> list[Flow]:
    return [flow for flow in opened.app.flows if flow.form == opened.form.id]


def flow_tab(opened: Opened) -> FlowPart | None:
    """Where the record stands in its flow; of what begins by hand, the way to begin, also after another has ended."""
    visit, view = opened.visit, opened.view
    action = record_url(opened.app.id, opened.form.id, view.id) + "/flow"
    running = visit.runtime.flows.view(visit.viewer, opened.app.id, opened.form.id, view.id)
    starts = _starts(opened, again=running is not None)
    if running is not None:
        part = flow_drawing.part(visit, running, action)
        return replace(part, actions=(*part.actions, *starts))
    if not starts:
        return None
    return FlowPart(
        visit.text("Flow"), "", visit.text("Not begun"), "grey", "", drawn([], []), (), action, starts
    )


def _starts(opened: Opened, again: bool) -> tuple[FlowAction, ...]:
    """The flows this viewer may begin on the record now; none while one runs. `again`: one has run here before,
    and what begins with every new record has had its turn."""
    visit = opened.visit
    offered = visit.runtime.flows.startable(visit.viewer, opened.app.id, opened.form.id, opened.view.id)
    by_hand = {flow.id for flow in flows_of(opened) if flow.start == "manual" or not again}
    return tuple(
        FlowAction(f"start:{flow}", visit.text("Begin: %(flow)s", flow=label), "play", "", "primary")
        for flow, label in offered
        if flow in by_hand
    )


def way(visit: Visit, app: App, form: Form, values: Mapping[str, Any]) -> str | None:
    """Who would be asked if this were handed in; None where handing it in begins no flow."""
    flow = next((each for each in app.flows if each.form == form.id and each.start == "created"), None)
    if flow is None:
        return None
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    try:
        asked = visit.runtime.flows.preview(visit.viewer, app.id, flow.id, given)
    except Rejected:
        return None
    people = [
        show_list(people, visit.language) or visit.text("nobody (%(node)s)", node=node)
        for node, people in asked
    ]
    return visit.text("Goes to %(people)s", people=" → ".join(people)) if people else ""


def is_returned(visit: Visit, app: App, form: Form, record: str) -> bool:
    """Was it sent back, to be changed and submitted again?"""
    if not any(flow.form == form.id for flow in app.flows):
        return False
    running = visit.runtime.flows.view(visit.viewer, app.id, form.id, record)
    return running is not None and running.state == "returned"


def buttons(opened: Opened) -> dict[str, Button]:
    """What rules offer on this record to this person, by rule, in order."""
    visit, view = opened.visit, opened.view
    offered = visit.runtime.rules.buttons(visit.viewer, opened.app.id, opened.form.id, view)
    base = record_url(opened.app.id, opened.form.id, view.id)
    return {rule: Button(label, f"{base}/press/{rule}", "spark") for rule, label in offered}


def about(opened: Opened) -> tuple[TaskLine, ...]:
    """To-dos about it, open ones first, for whoever may read it."""
    visit = opened.visit
    found = visit.runtime.tasks.about(visit.viewer, opened.app.id, opened.form.id, opened.view.id)
    return about_lines(visit, found)
