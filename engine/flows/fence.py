"""The fence around a record a flow runs on: who may change it meanwhile, and who may read it for being asked."""

from __future__ import annotations

import sqlalchemy as sa

from engine.access.absences import Absences
from engine.access.viewer import Viewer
from engine.access.ways import Way, masks, partly
from engine.flows.pinned import Versions
from engine.flows.state import RETURNED
from engine.flows.store import FlowStore, Instance
from engine.records.drafts import Batch, Draft
from engine.records.services import Services
from engine.system_tables import task_people, tasks
from engine.tasks.listing import instead_of
from metamodel.application import App
from metamodel.flows import Flow
from metamodel.forms import Form
from metamodel.problems import Problem, Rejected, problem


class Fence:
    def __init__(self, services: Services, store: FlowStore, versions: Versions, absences: Absences) -> None:
        self._services, self._store, self._versions, self._absences = services, store, versions, absences
        self._forms: set[tuple[str, str]] | None = None

    def runs_on(self, app: str, form: str) -> None:
        """A flow begins on a record of this form."""
        self._known().add((app, form))

    def guard(self, batch: Batch) -> None:
        """While a flow runs its record is the engine's to change; when it was sent back, who has to hand it
        in again may."""
        if batch.viewer.system or not self._concerns(self._services.apps().get(batch.app), batch.form):
            return
        drafts = {draft.id: draft for draft in batch.drafts if draft.id}
        running = self._store.open_on(batch.unit.connection, drafts) if drafts else {}
        found = [
            problem("flow.locked", f"/{record}", flow=self._flow(instance).text())
            for record, instance in running.items()
            if not self._may_change(batch, instance, drafts[record])
        ]
        if found:
            raise Rejected(found)

    def keeps(self, batch: Batch) -> list[Problem]:
        """Records that cannot be deleted, since a flow still runs on them."""
        drafts = [draft.id for draft in batch.drafts]
        running = self._store.open_on(batch.unit.connection, drafts) if drafts else {}
        return [
            problem("record.in_flow", f"/{record}", flow=self._flow(instance).text())
            for record, instance in running.items()
        ]

    def _may_change(self, batch: Batch, instance: Instance, draft: Draft) -> bool:
        """Who began it, whom the record names, and who stands in for them."""
        if instance.state != RETURNED:
            return False
        state = self._store.state(batch.unit.connection, instance.id)
        waiting = [person for there in state.waiting.values() for person in there.people]
        named = draft.before.get(self._flow(instance).applicant)
        return batch.viewer.person in (instance.started_by, named, *waiting)

    def _flow(self, instance: Instance) -> Flow:
        return self._versions.of(instance.app, instance.version).shown(instance.flow)

    def ways(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> list[Way]:
        """Who was asked, or stands in for one who is, may read that record, masked where it is masked, and nothing
        else. Who never was has no way to the form by this."""
        if not self._concerns(app, form.id):
            return []
        own = sa.and_(
            tasks.c.id.in_(sa.select(task_people.c.task).where(task_people.c.person == viewer.person)),
            tasks.c.state.in_(("open", "done")),
        )
        away = self._absences.stood_for(connection, viewer)
        asked = sa.select(tasks.c.record).where(
            sa.or_(own, instead_of(viewer, away)) if away else own,
            tasks.c.app == app.id, tasks.c.form == form.id, tasks.c.instance.is_not(None),
        )  # fmt: skip
        if connection.execute(asked.limit(1)).first() is None:
            return []
        reading = frozenset({"read"})
        return [Way("", reading, masks(form), "read", records=asked, reason="flow", partly=partly(form))]

    def _concerns(self, app: App | None, form: str) -> bool:
        """Is there a flow on this form, or was there ever one?"""
        if app is None:
            return False
        return (app.id, form) in self._known() or any(flow.form == form for flow in app.flows)

    def _known(self) -> set[tuple[str, str]]:
        if self._forms is None:
            with self._services.database.read() as connection:
                self._forms = self._store.forms(connection)
        return self._forms
