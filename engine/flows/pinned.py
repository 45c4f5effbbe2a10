"""Pinned: a flow as it was in the version an instance began with, its graph and expressions made once."""

from __future__ import annotations

from engine.applications import Applications
from engine.records.program import Programs
from engine.rules.expressions import Expressions
from metamodel.application import App
from metamodel.flow_graph import FlowGraph
from metamodel.flows import Flow
from metamodel.problems import Rejected, problem
from metamodel.scope import FormScope


class Pinned:
    """One version of one app. Records are read as they are today; a field that is gone is blank."""

    def __init__(self, app: App, version: int, programs: Programs) -> None:
        self.app, self.version, self._programs = app, version, programs
        self._graphs: dict[str, FlowGraph] = {}
        self._expressions: dict[str, Expressions] = {}

    def flow(self, identifier: str) -> Flow:
        """To work with. Rejected: flow.unknown, and flow.broken when a plugin it needs is missing."""
        found = self.shown(identifier)
        broken = next((node for node in found.nodes if node.kind is None or node.options is None), None)
        if broken is not None:
            raise Rejected([problem("flow.broken", node=broken.text(), kind=broken.kind_name)])
        return found

    def shown(self, identifier: str) -> Flow:
        """To look at, broken or not. Rejected: flow.unknown."""
        found = next((flow for flow in self.app.flows if flow.id == identifier), None)
        if found is None:
            raise Rejected([problem("flow.unknown", flow=identifier)])
        return found

    def graph(self, flow: Flow) -> FlowGraph:
        if flow.id not in self._graphs:
            self._graphs[flow.id] = FlowGraph(flow)
        return self._graphs[flow.id]

    def expressions(self, form: str) -> Expressions:
        """Over the fields of a form as they were then."""
        if form not in self._expressions:
            there = self.app.form(form)
            if there is None:
                raise Rejected([problem("form.unknown", form=form)])
            scope = FormScope(self.app, there, self._programs.apps())
            self._expressions[form] = Expressions(self._programs, scope)
        return self._expressions[form]


class Versions:
    """The versions instances are pinned to, loaded when first asked for."""

    def __init__(self, applications: Applications, programs: Programs) -> None:
        self._applications, self._programs = applications, programs
        self._known: dict[tuple[str, int], Pinned] = {}

    def newest(self, app: str) -> Pinned:
        """Rejected (app.unknown)."""
        published, version = self._applications.get(app), self._applications.version(app)
        known = self._known.get((app, version))
        if known is None or known.app is not published:
            known = self._known[app, version] = Pinned(published, version, self._programs)
        return known

    def of(self, app: str, version: int) -> Pinned:
        if version == self._applications.version(app):
            return self.newest(app)
        known = self._known.get((app, version))
        if known is None:
            loaded = self._applications.at_version(app, version)
            known = self._known[app, version] = Pinned(loaded, version, self._programs)
        return known
