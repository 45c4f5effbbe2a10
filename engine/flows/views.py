"""Flows as people see them: where a request stands, what this viewer may do, who would be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import networkx as nx
import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.flows.following import Following, OpenTask, flow_title
from engine.flows.pinned import Pinned, Versions
from engine.flows.state import OPEN, RETURNED, State, replay
from engine.flows.store import FlowStore, Instance, Told
from engine.flows.wording import said
from engine.records.rows import Rows
from engine.records.services import Services
from metamodel.expressions.pieces import named, pieces
from metamodel.flows import Flow, FlowEdge, FlowNode
from metamodel.forms import Form
from metamodel.labels import label_text

REASONS = 3  # of one's own last ones, offered again


@dataclass(frozen=True, slots=True)
class NodeView:
    """`state`: done waiting ahead skipped. `people`: who is asked, or who answered; `later`: who is asked
    after these; names."""

    id: str
    type: str
    label: str
    state: str
    people: tuple[str, ...] = ()
    at: datetime | None = None
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EdgeView:
    source: str
    target: str
    label: str
    taken: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """`people`: whom it was about, by name; `why`: why somebody else was asked; `standing_in_for`: the name of
    whoever it was to be, where somebody stood in for him."""

    at: datetime
    person: str
    person_name: str
    node: str
    node_label: str
    action: str
    action_label: str
    comment: str
    people: tuple[str, ...] = ()
    why: str = ""
    standing_in_for: str = ""


@dataclass(frozen=True, slots=True)
class FlowView:
    """`may`: what this viewer may do now; `task`: his own open to-do; `reasons`: his last ones."""

    instance: str
    flow: str
    label: str
    state: str
    state_label: str
    started_by: str
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    version: int
    nodes: tuple[NodeView, ...]
    edges: tuple[EdgeView, ...]
    steps: tuple[StepView, ...]
    waiting_for: tuple[str, ...]
    may: tuple[str, ...]
    task: str | None
    facts: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestView:
    instance: str
    app: str
    form: str
    record: str
    title: str
    flow: str
    label: str
    state: str
    state_label: str
    waiting_for: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None


class Views:
    def __init__(
        self, services: Services, store: FlowStore, versions: Versions, following: Following
    ) -> None:
        self._services, self._store = services, store
        self._versions, self._following = versions, following

    # -- one ---------------------------------------------------------------------------------------

    def view(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> FlowView:
        pinned = self._versions.of(instance.app, instance.version)
        flow, language = pinned.shown(instance.flow), viewer.language
        history = self._store.history(connection, instance.id)
        state = replay(told.step for told in history)
        own = self._following.own_task(connection, viewer, instance)
        names = self._names()
        return FlowView(
            instance=str(instance.id), flow=flow.id, label=flow.text(language),
            state=state.status, state_label=said(state.status, language),
            started_by=instance.started_by,
            started_by_name=names.get(instance.started_by, instance.started_by),
            started_at=instance.started_at, ended_at=instance.ended_at, version=instance.version,
            nodes=tuple(_nodes(pinned, flow, state, history, names, language)),
            edges=tuple(_edge(pinned, flow, edge, state, language) for edge in flow.edges),
            steps=tuple(_step(flow, told, names, language) for told in history if _worth_a_line(flow, told)),
            waiting_for=tuple(names.get(p, p) for p in waited(state)),
            may=tuple(self._may(connection, viewer, instance, state, own)),
            task=str(own.id) if own else None,
            facts=_facts(flow, own),
            reasons=tuple(self._store.comments(connection, viewer.person, "reject", REASONS)) if own else (),
        )  # fmt: skip

    def _asks(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> bool:
        """Is it this viewer's request?"""
        field = self._versions.of(instance.app, instance.version).shown(instance.flow).applicant
        if viewer.person == instance.started_by or not field:
            return viewer.person == instance.started_by
        program = self._services.programs.get(instance.app, instance.form)
        rows = Rows(self._services).by_ids(connection, SYSTEM, program, [instance.record], [field])
        return any(row.values.get(field) == viewer.person for row in rows.values())

    def _may(
        self, connection: sa.Connection, viewer: Viewer, instance: Instance, state: State, own: OpenTask | None
    ) -> Iterable[str]:  # fmt: skip
        """His answers, where he is asked; an applicant's, where it is his request; words, while it is open."""
        if not state.is_open:
            return
        there = state.waiting.get(own.node) if own else None
        if there is not None:
            yield from there.answers
            if there.transfer:
                yield "transfer"
        if there is None and self._asks(connection, viewer, instance):
            yield from ("resubmit",) if state.status == RETURNED else ("remind",) if waited(state) else ()
            yield "withdraw"
        yield "comment"

    def _names(self) -> Mapping[str, str]:
        named = self._services.people.organisation().names()
        return {key: name for (kind, key), name in named.items() if kind == "person"}

    # -- mine --------------------------------------------------------------------------------------

    def requests(
        self, connection: sa.Connection, viewer: Viewer, instances: Sequence[Instance]
    ) -> list[RequestView]:
        names, titles = self._names(), self._following.record_titles(connection, instances)
        tasks = self._following.open_tasks_of(connection, [one.id for one in instances if one.state in OPEN])
        waiting = {one: [person for task in there for person in task.people] for one, there in tasks.items()}
        return [
            self._request(viewer, one, titles.get(one.record, ""), waiting.get(one.id, []), names)
            for one in instances
        ]

    def _request(
        self, viewer: Viewer, instance: Instance, title: str, waiting: Sequence[str], names: Mapping[str, str]
    ) -> RequestView:
        flow = self._versions.of(instance.app, instance.version).shown(instance.flow)
        return RequestView(
            instance=str(instance.id), app=instance.app, form=instance.form, record=str(instance.record),
            title=title or label_text(flow_title(flow, ""), viewer.language),
            flow=flow.id, label=flow.text(viewer.language),
            state=instance.state, state_label=said(instance.state, viewer.language),
            waiting_for=tuple(names.get(p, p) for p in dict.fromkeys(waiting)),
            started_at=instance.started_at, ended_at=instance.ended_at,
        )  # fmt: skip


def waited(state: State) -> list[str]:
    """Everybody who is waited for, each once."""
    return list(dict.fromkeys(person for there in state.waiting.values() for person in there.asked))


def _nodes(
    pinned: Pinned, flow: Flow, state: State, history: Sequence[Told], names: Mapping[str, str], language: str
) -> Iterable[NodeView]:
    left = _left(history)
    ahead = _ahead(pinned, flow, state)
    for node in flow.nodes:
        there = state.waiting.get(node.id)
        if there is not None:
            people, later = ([names.get(one, one) for one in those] for those in (there.asked, there.later))
            yield replace(_node(node, language, "waiting", people), later=tuple(later))
        elif node.id in left and state.status != RETURNED:
            people = [names[one] for one in _answered(left[node.id]) if one in names]
            yield _node(node, language, "done", people, left[node.id][-1].at)
        else:
            yield _node(node, language, "ahead" if node.id in ahead else "skipped")


def _node(
    node: FlowNode, language: str, state: str, people: Sequence[str] = (), at: datetime | None = None
) -> NodeView:
    return NodeView(node.id, node.kind_name, node.text(language), state, tuple(people), at)


def _left(history: Sequence[Told]) -> dict[str, list[Told]]:
    """The steps of this round by which tokens left nodes, or the flow ended there."""
    found: dict[str, list[Told]] = {}
    for told in history:
        if told.step.action in ("start", "resubmit"):
            found = {}
        if "gives" in told.step.detail or told.step.action in ("end", "approve"):
            found.setdefault(told.step.node, []).append(told)
    return found


def _answered(steps: Sequence[Told]) -> list[str]:
    return list(
        dict.fromkeys(
            person for told in steps for person in (told.step.person, *told.step.detail.get("people", ()))
        )
    )


def _ahead(pinned: Pinned, flow: Flow, state: State) -> set[str]:
    """Nodes that tokens may still come to."""
    if not state.is_open:
        return set()
    graph: nx.DiGraph[str] = nx.DiGraph([(edge.source, edge.target) for edge in flow.edges])
    first = flow.first
    begin = {place.rpartition(">")[2] for place in state.places}
    begin |= {first.id} if state.status == RETURNED and first is not None else set()
    return begin.union(*(nx.descendants(graph, node) for node in begin if node in graph))


def _edge(pinned: Pinned, flow: Flow, edge: FlowEdge, state: State, language: str) -> EdgeView:
    taken = (edge.source, edge.target) in state.taken and state.status != RETURNED
    return EdgeView(edge.source, edge.target, _edge_label(pinned, flow, edge, language), taken)


def _edge_label(pinned: Pinned, flow: Flow, edge: FlowEdge, language: str) -> str:
    source = flow.node(edge.source)
    if edge.label:
        return label_text(edge.label, language)
    if source is not None and source.kind is not None and source.kind.way == "condition":
        return _spoken(pinned.app.form(flow.form), edge.condition, language) or said("otherwise", language)
    return label_text(source.outcomes.get(edge.on, ""), language) if source is not None else ""


def _spoken(form: Form | None, condition: str, language: str) -> str:
    """The condition with the labels of fields where their ids stand."""
    found, at = "", 0
    for name in named(pieces(condition)):
        field = form.field(name.path[0]) if form is not None and not name.called else None
        if field is not None and len(name.path) == 1:
            found, at = (
                found + condition[at : name.at] + label_text(field.label, language, field.id),
                name.end,
            )
    return found + condition[at:]


def _worth_a_line(flow: Flow, told: Told) -> bool:
    """Where a token only went on, by a condition or a join, there is nothing to tell."""
    node = flow.node(told.step.node)
    plain = node is None or node.kind is None or node.kind.way != "outcome" or node.kind.joins
    return not (told.step.action == "pass" and plain)


def _step(flow: Flow, told: Told, names: Mapping[str, str], language: str) -> StepView:
    step, detail = told.step, told.step.detail
    node = flow.node(step.node)
    people = [detail["to"]] if "to" in detail else detail.get("added") or detail.get("people", ())
    action = said(str(detail.get("state") or step.action) if step.action == "end" else step.action, language)
    outcome = node.outcomes.get(step.action) if node is not None else None
    return StepView(
        at=told.at, person=step.person, person_name=names.get(step.person, ""), node=step.node,
        node_label=node.text(language) if node is not None else step.node, action=step.action,
        action_label=label_text(outcome, language) if outcome else action,
        comment=str(detail.get("comment", "")), people=tuple(names.get(one, one) for one in people),
        why=said(str(detail["why"]), language) if "why" in detail else "",
        standing_in_for=names.get(step.seat, step.seat) if "for" in detail else "",
    )  # fmt: skip


def _facts(flow: Flow, own: OpenTask | None) -> tuple[str, ...]:
    """The fields that matter to who decides: of his node, or of the first that names some."""
    nodes = [*([flow.node(own.node)] if own else []), *flow.nodes]
    named = (tuple(getattr(node.options, "facts", ())) for node in nodes if node is not None)
    return next((facts for facts in named if facts), ())
