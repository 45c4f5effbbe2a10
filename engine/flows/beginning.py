"""How flows begin: with a new record, by a person's hand, or by a rule."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.flows.operating import Operating
from engine.flows.preview import supposed
from engine.flows.store import as_id
from engine.flows.whom import refused
from engine.flows.world import LiveWorld
from engine.records.drafts import Batch
from engine.rules.run import Planned, Run
from metamodel.flows import Flow
from metamodel.plugin_api import StartFlow
from metamodel.problems import Rejected, problem

log = logging.getLogger("muniment.flows")


class Beginning:
    def __init__(self, operating: Operating) -> None:
        self._operating, self._services, self._versions = operating, operating.services, operating.versions

    def start(self, unit: Unit, viewer: Viewer, app: str, flow: str, record: int | str) -> int:
        """Begin a flow on a record this viewer may read; the instance's id."""
        pinned = self._versions.newest(app)
        found = pinned.flow(flow)
        identifier = as_id(record)
        if not self._operating.may_read(unit.connection, viewer, app, found.form, identifier):
            raise Rejected([problem("record.unknown", record=record)])
        if not may_begin(found, viewer, app):
            raise refused("flow.denied")
        if not self._timely(unit, viewer.person, app, found, identifier):
            raise refused("flow.not_now", flow=found.label or found.id)
        return self._operating.begin(unit, viewer.person, app, found, identifier, by="hand")

    def startable(self, viewer: Viewer, app: str, form: str, record: int | str) -> list[tuple[str, str]]:
        """(flow, label) of what this viewer may begin on this record now."""
        identifier = as_id(record)
        with self._services.database.read() as connection:
            if self._operating.store.open_on(connection, [identifier]):
                return []
            if not self._operating.may_read(connection, viewer, app, form, identifier):
                return []
            unit = Unit(connection, self._services.database.clock.now())
            return [
                (flow.id, flow.text(viewer.language))
                for flow in self._versions.newest(app).app.flows
                if flow.form == form and may_begin(flow, viewer, app)
                if self._timely(unit, viewer.person, app, flow, identifier)
            ]

    def _timely(self, unit: Unit, person: str, app: str, flow: Flow, record: int) -> bool:
        """Does what the flow's beginning wants of the record hold now?"""
        condition = begins_while(flow)
        if not condition:
            return True
        pinned = self._versions.newest(app)
        instance = supposed(flow, pinned, unit, person, record)
        return LiveWorld(self._operating.house, unit, pinned, flow, instance).means(condition)

    def start_effects(self, run: Run, planned: Sequence[Planned]) -> None:
        """Flows that rules start: on a record that is still a draft, when it is written. What cannot begin
        is a problem of the rule and stops nobody."""
        for one in planned:
            begin = partial(self._start_effect, run, one)
            if one.subject.draft:
                run.unit.before_commit(f"start {one.effect.flow} {one.effect.record}", begin)
            else:
                begin(run.unit)

    def _start_effect(self, run: Run, planned: Planned, unit: Unit) -> None:
        effect: StartFlow = planned.effect
        try:
            flow = self._versions.newest(effect.app).flow(effect.flow)
            person = _starter(flow, run.actor, planned.subject.values)
            if not self._timely(unit, person, effect.app, flow, int(effect.record or 0)):
                raise refused("flow.not_now", flow=flow.label or flow.id)
            with unit.connection.begin_nested():
                self._operating.begin(unit, person, effect.app, flow, int(effect.record or 0))
        except Rejected as error:
            log.warning("flow %s not begun: %s", effect.flow, [found.code for found in error.problems])
            run.fail(planned.subject, error.problems)

    def remember_new(self, batch: Batch) -> None:
        if any(self._begins(flow, batch) for flow in self._flows_on(batch.app, batch.form)):
            new: set[int] = batch.unit.notes.setdefault("flows", set())
            new.update(draft.id for draft in batch.drafts)

    def begin_new(self, batch: Batch) -> None:
        """Records that were just created begin the flows of their form."""
        new: set[int] = batch.unit.notes.get("flows", set())
        for draft in batch.drafts if new else ():
            if draft.id in new:
                new.discard(draft.id)
                for flow in self._flows_on(batch.app, batch.form):
                    person = _starter(flow, batch.viewer, draft.values)
                    if self._begins(flow, batch) and self._timely(
                        batch.unit, person, batch.app, flow, draft.id
                    ):
                        self._operating.begin(batch.unit, person, batch.app, flow, draft.id)

    def _begins(self, flow: Flow, batch: Batch) -> bool:
        return flow.start == "created" and may_begin(flow, batch.viewer, batch.app)

    def _flows_on(self, app: str, form: str) -> list[Flow]:
        known = self._services.apps().get(app)
        return [flow for flow in known.flows if flow.form == form] if known else []


def may_begin(flow: Flow, viewer: Viewer, app: str) -> bool:
    """Is it this viewer's to begin?"""
    first = flow.first
    if first is None or first.kind is None:
        return False
    return viewer.system or first.kind.begins_for(first.options, viewer.roles_in(app))


def begins_while(flow: Flow) -> str:
    """The condition under which it may be begun; blank: always."""
    first = flow.first
    return first.kind.begins_while(first.options) if first is not None and first.kind is not None else ""


def _starter(flow: Flow, viewer: Viewer, values: Mapping[str, Any]) -> str:
    """Who created it; of what the engine created, whom the record names."""
    named = values.get(flow.applicant) if flow.applicant and viewer.system else None
    return str(named or viewer.person)
