"""The world of an instance, as the machine asks about it: its record, the organisation, the calendar."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from engine.access.people import Organisation
from engine.access.recipients import MANAGING, people_of
from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.failures import failure
from engine.flows.pinned import Pinned
from engine.flows.store import Instance
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.records.services import Services
from engine.rules import Rules
from engine.rules.expressions import Broken
from engine.rules.run import Run
from engine.rules.subjects import Subject
from metamodel.application import App
from metamodel.flows import Flow, FlowEdge, FlowNode
from metamodel.plugin_api import AskPeople, BadValue, Do, Effect, NodeStep, Pause
from metamodel.problems import Rejected, has_errors, problem
from metamodel.rules import RuleAction

log = logging.getLogger("muniment.flows")


class Calendar(Protocol):
    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment when so much working time has passed."""
        ...


class Visited(Subject):
    """The record a flow is about, as its nodes see it (plugin_api.Visit)."""

    __slots__ = ("actions", "applicant")

    def __init__(
        self, run: Run, app: str, form: str, record: str, values: dict[str, Any], program: FormProgram,
        *, applicant: str = "", actions: Sequence[RuleAction] = (),
    ) -> None:  # fmt: skip
        super().__init__(run, app, form, record, values, program)
        self.applicant, self.actions = applicant, actions

    def planned(self) -> tuple[Effect, ...]:
        planned: list[Effect] = []
        for one in self.actions:
            if one.action is None or one.options is None:
                raise Rejected([problem("rule.broken_action", action=one.action_name)])
            planned += one.action.plan(one.options, self)
        return tuple(planned)


@dataclass(frozen=True)
class House:
    """What worlds are made of; gathered once by `Flows`."""

    services: Services
    rules: Rules
    calendar: Callable[[], Calendar]


class People:
    """The organisation, as far as flows ask about it."""

    def __init__(self, organisation: Organisation, app: App) -> None:
        self._organisation, self._app = organisation, app

    def people(self, recipients: Iterable[str]) -> list[str]:
        return people_of(self._organisation, recipients)

    def superior(self, person: str) -> str | None:
        return self._organisation.manager_of(person)

    def active(self, person: str) -> bool:
        return self._organisation.active(person)

    def owners(self) -> list[str]:
        """Everybody who manages the app's people, and after them whoever manages its definition."""
        managing = (role.id for what in MANAGING for role in self._app.roles if what in role.manages)
        found = [one for role in managing for one in self._organisation.members(self._app.id, role)]
        return list(dict.fromkeys(found))


class LiveWorld(People):
    """The world of one instance inside one unit of work. `asked` keeps what was asked at which node."""

    def __init__(self, house: House, unit: Unit, pinned: Pinned, flow: Flow, instance: Instance) -> None:
        super().__init__(house.services.people.organisation(), pinned.app)
        self._house, self._unit, self._pinned, self.flow, self.instance = house, unit, pinned, flow, instance
        self.now = unit.moment
        self.asked: dict[str, AskPeople] = {}
        self._values: dict[str, Any] | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """The record as it is now, for the app."""
        if self._values is None:
            rows = Rows(self._house.services).by_ids(
                self._unit.connection, SYSTEM, self.program, [self.instance.record]
            )
            if self.instance.record not in rows:
                raise Rejected([problem("record.unknown", record=self.instance.record)])
            self._values = {"id": str(self.instance.record), **rows[self.instance.record].values}
        return self._values

    @property
    def program(self) -> FormProgram:
        return self._house.services.programs.get(self.instance.app, self.instance.form)

    # -- whose request it is -----------------------------------------------------------------------

    def applicants(self) -> list[str]:
        named = self.values.get(self.flow.applicant) if self.flow.applicant else None
        starter = "" if self.instance.started_by == SYSTEM.person else self.instance.started_by
        return list(dict.fromkeys(one for one in (starter, str(named or "")) if one))

    def _me(self, person: str = "") -> Viewer:
        """`me` in a node's expressions: who answered, else whose request it is."""
        wanted = person or next(iter(self.applicants()), "")
        return self._organisation.viewer(wanted) or SYSTEM

    # -- the definition ----------------------------------------------------------------------------

    def holds(self, edge: FlowEdge) -> bool:
        return self.means(edge.condition)

    def means(self, condition: str) -> bool:
        """Does this hold of the record as it is now?"""
        with _told(self.flow):
            return bool(self._visit(None).evaluate(condition))

    def enter(self, node: FlowNode) -> Sequence[NodeStep]:
        assert node.kind is not None
        with _told(self.flow):
            steps = node.kind.enter(node.options, self._visit(node))
        for step in steps:
            if isinstance(step, AskPeople):
                self.asked[node.id] = step
        return steps

    def asks(self, node: FlowNode) -> AskPeople:
        """What the node asks whoever it asks, also of one who joins later."""
        if node.id not in self.asked:
            self.enter(node)
        return self.asked[node.id]

    def leave(self, node: FlowNode, outcome: str, person: str) -> Sequence[Do]:
        assert node.kind is not None
        with _told(self.flow):
            return node.kind.leave(node.options, self._visit(node, person), outcome)

    def perform(self, node: FlowNode, effects: Sequence[Effect]) -> None:
        source = f"{self.flow.id}/{node.id}"
        run = self._run()
        problems = self._house.rules.perform_for(run, self._visit(node, run=run), effects, source)
        self._values = None
        if has_errors(problems):
            raise Rejected(problems)

    def _run(self, person: str = "") -> Run:
        return self._house.rules.run(self._unit, self.instance.app, self._me(person))

    def _visit(self, node: FlowNode | None, person: str = "", run: Run | None = None) -> Visited:
        visit = Visited(
            run or self._run(person), self.instance.app, self.instance.form, str(self.instance.record),
            dict(self.values), self.program,
            applicant=next(iter(self.applicants()), ""), actions=node.actions if node else (),
        )  # fmt: skip
        visit.expressions = self._pinned.expressions(self.instance.form)
        return visit

    # -- time --------------------------------------------------------------------------------------

    def until(self, pause: Pause) -> datetime:
        if pause.until is not None:
            return pause.until
        span = pause.span or timedelta()
        return self.working(span) if pause.working_time else self.now + span

    def working(self, span: timedelta) -> datetime:
        """When so much working time will have passed."""
        return self._house.calendar().after(self.now, span)


@contextmanager
def _told(flow: Flow) -> Iterator[None]:
    """What a plugin or an expression raised is the Problem of whoever set it off."""
    try:
        yield
    except Rejected:
        raise
    except BadValue as error:
        raise Rejected([problem(error.code, **error.params)]) from error
    except Broken as error:
        raise Rejected([error.problem]) from error
    except Exception as error:
        log.error("flow %s\n%s", flow.id, failure())
        raise Rejected([problem("flow.failed", flow=flow.text())]) from error
