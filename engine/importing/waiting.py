"""Waiting: uploads that nothing holds yet. Who may make any, how many, and for how long they are kept.

Whoever uploads needs something to upload for. What no record and no import took within a day goes, and so do sealed
bytes that no row has a key for any more, of expired packages for one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.ways import best_access
from engine.clock import microseconds
from engine.database import Unit
from engine.importing.imports import Imports
from engine.jobs import Jobs
from engine.records.attached import IMPORTED, MADE
from engine.records.kept_drafts import KeptDrafts
from engine.records.services import Services
from engine.system_tables import files
from metamodel.problems import Rejected, problem

EXPIRE, SWEEP = "expire_uploads", "sweep_files"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST = 2_000  # uploads of one person that nothing holds yet
MOST_BYTES = 4 * 1024**3
DUTIES = ("design", "people")  # who brings in sheets beside records: new apps, the organisation


class Waiting:
    def __init__(
        self, services: Services, imports: Imports, drafts: KeptDrafts, jobs: Jobs,
        manages: Callable[[Viewer, str], bool],
    ) -> None:  # fmt: skip
        """`manages(viewer, duty)` in any app."""
        self._services, self._imports, self._drafts, self._manages = services, imports, drafts, manages
        jobs.register(EXPIRE, lambda _payload, _job: self.expire(), every=HOUR)
        jobs.register(
            SWEEP, lambda _payload, _job: self.sweep(), every=DAY
        )  # it looks at every file there is

    def require(self, viewer: Viewer) -> None:
        """Before anything is read of an upload. Rejected: access.denied, file.too_many_waiting."""
        if not self.may(viewer):
            raise Rejected([problem("access.denied")])
        mine = sa.and_(files.c.record.is_(None), files.c.created_by == viewer.person, ~MADE)
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(files.c.size), 0)).where(mine)
        with self._services.database.read() as connection:
            number, size = connection.execute(query).one()
        if number >= MOST or size >= MOST_BYTES:
            raise Rejected([problem("file.too_many_waiting")])

    def may(self, viewer: Viewer) -> bool:
        """Is there a form he may bring records or attachments into, or a sheet he is to bring in?"""
        if viewer.system:
            return True
        if viewer.looker is not None or viewer.nobody:
            return False
        if any(self._manages(viewer, duty) for duty in DUTIES):
            return True
        return any(
            self._imports.may(viewer, app.id, form.id) or self._attaches(viewer, app.id, form.id)
            for app in self._services.apps().values()
            if viewer.roles_in(app.id)
            for form in app.forms
        )

    def _attaches(self, viewer: Viewer, app: str, form: str) -> bool:
        program = self._services.programs.get(app, form)
        if not program.file_fields:
            return False
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        writing = [way for way in ways if way.actions & {"create", "update"}]
        return any(best_access(writing, field.id) == "write" for field in program.file_fields)

    def sweep(self) -> int:
        """Bytes that no row has a key for; how many."""
        return self._services.files.sweep((self._services.database.clock.now() - DAY).timestamp())

    def expire(self) -> int:
        """What nothing took within a day; how many."""
        return self._services.database.write(self._expire)

    def _expire(self, unit: Unit) -> int:
        """Those of imports that still run, their attachments too, go with the import; packages with their week; those
        in a form somebody has not saved yet with what is kept of it."""
        old = sa.and_(
            files.c.record.is_(None), files.c.created_at < microseconds(unit.moment - DAY), ~MADE, ~IMPORTED
        )
        loose = {row.id: row.created_by for row in unit.connection.execute(sa.select(files).where(old))}
        if not loose:
            return 0
        kept, typed = self._imports.in_use(unit), self._drafts.numbers(unit, set(loose.values()))
        found = [one for one, by in loose.items() if one not in kept and (by, one) not in typed]
        self._services.files.remove(unit, found, unheld=True)
        return len(found)
