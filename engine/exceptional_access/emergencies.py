"""Breaking the glass: who holds a role for it reads forms in full for some hours, and others hear of it at once.

The leave is a grant like any other: read-only, dated, on what exists now, each use in the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.access.audit import Occurrence
from engine.access.grants import Grants
from engine.access.viewer import Viewer
from engine.access.ways import Grant
from engine.clock import microseconds
from engine.database import Unit
from engine.exceptional_access.people import others
from engine.notifications import Notifications
from engine.notifications.parts import NewNotification
from engine.records.services import Services
from metamodel.application import App
from metamodel.labels import Label
from metamodel.problems import Rejected, problem
from metamodel.roles import Emergency, Role

REFERENCE = "emergency"  # of the grants it gives; behind it app and role
SHORTEST_REASON = 10
HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class GlassBreak:
    """One a person may break: `told` are names, `running` the end in microseconds of one that runs."""

    app: str
    role: str
    label: Label
    forms: tuple[Label, ...]
    hours: int
    told: tuple[str, ...]
    running: int | None = None


class Emergencies:
    def __init__(self, services: Services, grants: Grants, notifications: Notifications) -> None:
        self._services, self._grants, self._notifications = services, grants, notifications

    def may_break(self, viewer: Viewer) -> bool:
        """Does any of his roles let him? Nothing is looked up."""
        apps = self._services.apps().values()
        roles = [
            role for app in apps for name in viewer.roles_in(app.id) if (role := app.role(name)) is not None
        ]
        return any(role.emergency is not None for role in roles)

    def of(self, viewer: Viewer) -> list[GlassBreak]:
        """Those that this person may break, over all apps."""
        now = microseconds(self._services.database.clock.now())
        with self._services.database.read() as connection:
            grants = self._grants.of(connection, viewer.person, now)
        running = {one.reference: one.expires_at for one in grants}
        return [
            self._offered(viewer, app, role, role.emergency, running.get(_reference(app.id, role.id)))
            for app in self._services.apps().values()
            for name in sorted(viewer.roles_in(app.id))
            if (role := app.role(name)) is not None and role.emergency is not None
        ]

    def _offered(
        self, viewer: Viewer, app: App, role: Role, emergency: Emergency, running: int | None
    ) -> GlassBreak:
        organisation = self._services.people.organisation()
        told = others(organisation, app.id, viewer.person, emergency.alarm)
        forms = tuple(form.label for name in emergency.forms if (form := app.form(name)) is not None)
        names = tuple(organisation.people[one].name for one in told)
        return GlassBreak(app.id, role.id, role.label, forms, emergency.hours, names, running)

    def break_glass(self, viewer: Viewer, app: str, role: str, reason: str) -> list[Grant]:
        """Rejected: access.denied (not his), emergency.reason, emergency.nobody_hears, emergency.running."""
        home = self._services.apps().get(app)
        held = home.role(role) if home is not None and role in viewer.roles_in(app) else None
        if held is None or held.emergency is None:
            raise Rejected([problem("access.denied")])
        if len(reason.strip()) < SHORTEST_REASON:
            raise Rejected([problem("emergency.reason", "/reason", least=SHORTEST_REASON)])
        emergency = held.emergency
        alarmed = others(self._services.people.organisation(), app, viewer.person, emergency.alarm)
        if not alarmed:
            raise Rejected([problem("emergency.nobody_hears")])

        def give(unit: Unit) -> list[Grant]:
            given = self._give(unit, viewer, app, role, emergency, reason.strip(), alarmed)
            self._alarm(unit, viewer, app, emergency, reason.strip(), alarmed)
            return given

        return self._services.database.write(give)

    def _give(
        self, unit: Unit, viewer: Viewer, app: str, role: str, emergency: Emergency, reason: str,
        alarmed: Sequence[str],
    ) -> list[Grant]:  # fmt: skip
        reference = _reference(app, role)
        if any(
            one.reference == reference for one in self._grants.of(unit.connection, viewer.person, unit.now)
        ):
            raise Rejected([problem("emergency.running")])
        if not self._grants.there(unit, [viewer.person]):
            raise Rejected([problem("access.denied")])
        (newest,) = self._services.database.take_ids(unit.connection, 1)
        given = [
            self._grants.give(
                unit, viewer.person, app, form, filter="true", newest=newest, purpose=reason, by=viewer.person,
                expires_at=unit.now + emergency.hours * HOUR, reference=reference, unmask=True,
            )
            for form in emergency.forms
        ]  # fmt: skip
        detail = {"reason": reason, "told": list(alarmed), "hours": emergency.hours}
        told = [Occurrence("emergency.break", app, one.form, grant=one.id, detail=detail) for one in given]
        self._services.audit.add(unit, viewer, told)
        return given

    def _alarm(
        self, unit: Unit, viewer: Viewer, app: str, emergency: Emergency, reason: str, alarmed: Sequence[str]
    ) -> None:
        title = {
            "zh": f"警报：{viewer.name}启用了紧急查阅（{emergency.hours} 小时）",
            "en": f"Alarm: {viewer.name} broke the glass and reads for {emergency.hours} hours",
        }
        body = {"zh": f"事由：{reason}", "en": f"Reason: {reason}"}
        what = NewNotification("", app, "", None, title, body)
        self._notifications.tell(unit, [([f"person:{one}" for one in alarmed], what)])


def _reference(app: str, role: str) -> str:
    return f"{REFERENCE}:{app}/{role}"
