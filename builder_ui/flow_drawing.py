"""A running flow as people see it: its picture, who it waits for, what may be done, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_ui.flow_picture import Arrow, Box, Picture, drawn
from builder_ui.models.tasks import FlowAction, FlowPart, FlowStep
from builder_ui.task_drawing import names_of

if TYPE_CHECKING:
    from builder_ui.site import Visit
    from engine.flows import FlowView, NodeView, StepView

HUES = {"running": "amber", "returned": "blue", "approved": "green", "rejected": "red", "withdrawn": "grey"}
TONES = {"approve": "ok", "reject": "bad", "return": "bad", "withdraw": "bad"}


def part(visit: Visit, view: FlowView, action: str, *, deciding: bool = False) -> FlowPart:
    """`action`: where the forms of what may be done are sent; `deciding`: the page itself has the answers."""
    actions = () if deciding else tuple(a for name in view.may if (a := _action(visit, name)))
    task = f"/tasks/{view.task}" if view.task and not deciding else ""
    return FlowPart(
        view.label, view.state, view.state_label, HUES.get(view.state, "grey"), waiting(visit, view),
        picture(visit, view), tuple(_step(visit, step) for step in view.steps), action, actions, task,
        "/people/options",
    )  # fmt: skip


def waiting(visit: Visit, view: FlowView) -> str:
    """For whom it waits, since when."""
    if view.state == "returned":
        return visit.text("Waits for %(names)s to change it", names=_name(visit, view.started_by))
    people = [name for node in view.nodes if node.state == "waiting" for name in node.people]
    if view.state != "running" or not people:
        return ""
    last = view.steps[-1].at if view.steps else view.started_at
    names = names_of(visit, list(dict.fromkeys(people)))
    return visit.text("Waits for %(names)s, for %(span)s now", names=names, span=visit.moments.span(last))


def _name(visit: Visit, person: str) -> str:
    return visit.names.get(("person", person), person)


# -- the picture ---------------------------------------------------------------------------------------


def picture(visit: Visit, view: FlowView) -> Picture:
    boxes = [_box(visit, node) for node in view.nodes]
    arrows = [Arrow(edge.source, edge.target, edge.label, edge.taken) for edge in view.edges]
    return drawn(boxes, arrows, "; ".join(box.title for box in boxes if box.state != "skipped"))


def _box(visit: Visit, node: NodeView) -> Box:
    people = names_of(visit, node.people)
    when = visit.moments.short(node.at) if node.at else ""
    sub = " · ".join(each for each in (people, when) if each)
    states = {
        "done": visit.text("done"), "waiting": visit.text("waiting"), "ahead": visit.text("still ahead"),
        "skipped": visit.text("not taken"),
    }  # fmt: skip
    said = ", ".join(each for each in (states.get(node.state, ""), people, when) if each)
    kind = visit.runtime.registry.get("node", node.type)
    icon = kind.icon if kind else "dot"
    return Box(node.id, node.label, node.state, icon, sub, f"{node.label}: {said}")


# -- what happened, what may be done ---------------------------------------------------------------------


def _step(visit: Visit, step: StepView) -> FlowStep:
    who = step.person_name if step.person != "system" else visit.text("The system")
    return FlowStep(
        who, step.person, visit.moments.short(step.at), step.action_label, step.node_label, step.comment,
        TONES.get(step.action, ""),
    )  # fmt: skip


def _action(visit: Visit, name: str) -> FlowAction | None:
    """What may be done here besides deciding; None for what the answers of the to-do are."""
    known = {
        "withdraw": FlowAction(
            "withdraw", visit.text("Withdraw"), "recall", "words",
            hint=visit.text("Nobody has to decide it any more."),
        ),
        "remind": FlowAction("remind", visit.text("Remind"), "bell", hint=visit.text("Tells them it waits.")),
        "resubmit": FlowAction("resubmit", visit.text("Submit again"), "forward", "", "primary"),
        "comment": FlowAction("comment", visit.text("Comment"), "chat", "words"),
    }  # fmt: skip
    return known.get(name)
