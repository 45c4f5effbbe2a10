"""Seeing as somebody: who designs an app, or watches over access to it, opens it as one of its people for a while.

Read-only, told to the person, audited with who really looked and why, over by itself. What is sealed, masked or a
file stays closed unless the looker may read it himself (`access/seeing.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from engine.access.audit import Occurrence
from engine.access.seeing import as_seen_by
from engine.access.viewer import Viewer
from engine.accounts.sessions import Seeing, Session, Sessions
from engine.clock import microseconds
from engine.database import Unit
from engine.notifications import Notifications
from engine.notifications.parts import NewNotification
from engine.records.services import Services
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

DUTIES = ("design", "access")  # either of them in the app
MINUTES = 30
SHORTEST_REASON = 4
MINUTE = 60_000_000


class SeeingAs:
    """`manages` (viewer, app, duty) says who may."""

    def __init__(
        self, services: Services, sessions: Sessions, notifications: Notifications,
        manages: Callable[[Viewer, str, str], bool],
    ) -> None:  # fmt: skip
        self._services, self._sessions, self._notifications = services, sessions, notifications
        self._manages = manages

    def may(self, viewer: Viewer, app: str) -> bool:
        return viewer.looker is None and any(self._manages(viewer, app, duty) for duty in DUTIES)

    def apps(self, viewer: Viewer) -> list[App]:
        """Those in which this viewer may see as others."""
        return [app for app in self._services.apps().values() if self.may(viewer, app.id)]

    def people(self, viewer: Viewer, app: str) -> list[str]:
        """Whom he may see as: everybody who has a role there, himself aside."""
        organisation = self._services.people.organisation()
        held = (organisation.viewer(person) for person in organisation.people)
        return [one.person for one in held if one and one.roles_in(app) and one.person != viewer.person]

    def start(self, viewer: Viewer, session: Session | None, app: str, person: str, reason: str) -> None:
        """Rejected: access.denied, see_as.reason, see_as.nobody (no role there, gone, or oneself)."""
        home = self._services.apps().get(app)
        if home is None or session is None or not self.may(viewer, app):
            raise Rejected([problem("access.denied")])
        if person not in self.people(viewer, app):
            raise Rejected([problem("see_as.nobody", "/person")])
        if len(reason.strip()) < SHORTEST_REASON:
            raise Rejected([problem("see_as.reason", "/reason", least=SHORTEST_REASON)])

        def begin(unit: Unit) -> None:
            seeing = Seeing(app, person, unit.now + MINUTES * MINUTE)
            self._sessions.see_as(unit, session, seeing)
            detail = {"person": person, "reason": reason.strip(), "until": seeing.until}
            self._services.audit.add(unit, viewer, [Occurrence("see_as.start", app, detail=detail)])
            self._tell(unit, viewer, home, person, reason.strip())

        self._services.database.write(begin)

    def end(self, viewer: Viewer, session: Session | None) -> str:
        """Back to oneself; the app it was, '' where one is oneself already."""
        if session is None or session.seeing is None:
            return ""
        seeing, looker = session.seeing, viewer.looker or viewer

        def stop(unit: Unit) -> None:
            self._sessions.see_as(unit, session, None)
            ended = Occurrence("see_as.end", seeing.app, detail={"person": seeing.person})
            self._services.audit.add(unit, looker, [ended])

        self._services.database.write(stop)
        return seeing.app

    def viewer(self, session: Session, looker: Viewer) -> Viewer:
        """For whom a request of this session reads: the looker himself unless he sees as somebody just now, and
        still may."""
        seeing = session.seeing
        if seeing is None or seeing.until <= microseconds(self._services.database.clock.now()):
            return looker
        person = self._services.people.organisation().viewer(seeing.person)
        apps = {app.id for app in self.apps(looker)}
        if person is None or seeing.app not in apps:
            return looker
        return as_seen_by(person, looker, apps)

    def _tell(self, unit: Unit, viewer: Viewer, app: App, person: str, reason: str) -> None:
        title = {
            "zh": f"{viewer.name}以您的身份查看了“{label_text(app.label, 'zh', app.id)}”（只读，{MINUTES} 分钟）",
            "en": f"{viewer.name} looks at “{label_text(app.label, 'en', app.id)}” as you (read-only, "
            f"{MINUTES} minutes)",
        }
        body = {"zh": f"事由：{reason}", "en": f"Reason: {reason}"}
        what = NewNotification("", app.id, "", None, title, body, mail=False)
        self._notifications.tell(unit, [([f"person:{person}"], what)])
