"""A running flow as people see it: its picture, who it waits for, what may be done, what happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from builder_ui.flow_picture import Arrow, Box, Picture, drawn
from builder_ui.models.tasks import FlowAction, FlowPart, FlowStep

if TYPE_CHECKING:
    from builder_ui.site import Visit
    from engine.flows import FlowView, NodeView, StepView

HUES = {
    "running": "amber", "returned": "blue", "approved": "green", "finished": "green", "rejected": "red",
    "withdrawn": "grey",
}  # fmt: skip
TONES = {
    "approve": "ok",
    "approved": "ok",
    "reject": "bad",
    "rejected": "bad",
    "return": "bad",
    "withdraw": "bad",
}
BESIDE = ("comment", "remind")  # these move nothing
MINUTE = timedelta(minutes=1)


def part(visit: Visit, view: FlowView, action: str, *, back: str = "") -> FlowPart:
    """`action`: where what may be done is sent; `back`: the to-do's page, which has the answers itself."""
    offered = ("comment",) if back else view.may
    actions = tuple(made for name in offered if name in view.may and (made := _action(visit, name)))
    task = f"/tasks/{view.task}" if view.task and "approve" in view.may and not back else ""
    return FlowPart(
        view.label, view.state, view.state_label, HUES.get(view.state, "grey"), waiting(visit, view),
        picture(visit, view), tuple(_step(visit, step) for step in view.steps), action, actions, task, back,
    )  # fmt: skip


def waiting(visit: Visit, view: FlowView) -> str:
    """For whom it waits, since when."""
    if not view.waiting_for or view.state not in ("running", "returned"):
        return ""
    names, span = visit.joined(view.waiting_for), waited(visit, view)
    if not span:
        return visit.text("Waits for %(names)s", names=names)
    if view.state == "returned":
        return visit.text("Waits for %(names)s to change it, for %(span)s now", names=names, span=span)
    return visit.text("Waits for %(names)s, for %(span)s now", names=names, span=span)


def waited(visit: Visit, view: FlowView) -> str:
    """How long it has stood where it stands; '' of what has only just come there."""
    since = waiting_since(view)
    return visit.moments.span(since) if visit.moments.now - since >= MINUTE else ""


def waiting_since(view: FlowView) -> datetime:
    """Since when it stands where it stands."""
    moved = [step.at for step in view.steps if step.action not in BESIDE]
    return moved[-1] if moved else view.started_at


# -- the picture ---------------------------------------------------------------------------------------


def picture(visit: Visit, view: FlowView) -> Picture:
    boxes = [_box(visit, node) for node in view.nodes]
    arrows = [Arrow(edge.source, edge.target, edge.label, edge.taken) for edge in view.edges]
    return drawn(boxes, arrows, "; ".join(box.title for box in boxes if box.state != "skipped"))


def _box(visit: Visit, node: NodeView) -> Box:
    people = " → ".join(visit.joined(those) for those in (node.people, node.later) if those)
    when = visit.moments.short(node.at) if node.at else ""
    sub = " · ".join(each for each in (people, when) if each)
    states = {
        "done": visit.text("done"), "waiting": visit.text("waiting"), "ahead": visit.text("still ahead"),
        "skipped": visit.text("not taken"),
    }  # fmt: skip
    said = visit.joined(each for each in (states.get(node.state, ""), people, when) if each)
    kind = visit.runtime.registry.get("node", node.type)
    icon = kind.icon if kind else "dot"
    return Box(node.id, node.label, node.state, icon, sub, f"{node.label}: {said}")


# -- what happened, what may be done ---------------------------------------------------------------------


def _step(visit: Visit, step: StepView) -> FlowStep:
    who = step.person_name or visit.text("The system")
    if step.standing_in_for:
        who = visit.text("%(who)s (for %(name)s)", who=who, name=step.standing_in_for)
    what, people = step.action_label, visit.joined(step.people)
    if people:
        what = visit.text("%(action)s: %(names)s", action=what, names=people)
    note = "\n".join(each for each in (step.why, step.comment) if each)
    tone = TONES.get(step.action, "")
    return FlowStep(who, step.person, visit.moments.short(step.at), what, step.node_label, note, tone)


def _action(visit: Visit, name: str) -> FlowAction | None:
    """What may be done here besides deciding; None for what the answers of the to-do are."""
    known = {
        "withdraw": FlowAction(
            "withdraw", visit.text("Withdraw"), "recall", "reason",
            hint=visit.text("Nobody has to decide it any more."),
        ),
        "remind": FlowAction("remind", visit.text("Remind"), "bell", hint=visit.text("Tells them it waits.")),
        "resubmit": FlowAction("resubmit", visit.text("Submit again"), "forward", "", "primary"),
        "comment": FlowAction("comment", visit.text("Comment"), "chat", "words"),
    }  # fmt: skip
    return known.get(name)
