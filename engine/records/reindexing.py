"""Reindexing: when a new version of an app changes what of its records is found, a job indexes them anew.

A field that became searchable, or whose masked patterns are others now. In chunks, each its own unit; until
it is through, older records are found as before. Told by the runtime of every publication, and by the command
line where verification found the index wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.database import Unit
from engine.jobs import Jobs
from engine.records.rows import Rows
from engine.records.services import Services
from engine.search.index import is_indexed
from engine.system_tables import settings
from engine.tables import FormTable
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

JOB, FINISHED = "reindex", "reindexed"
MARK = "reindexing:"
CHUNK = 500


class Reindexing:
    def __init__(self, services: Services, jobs: Jobs) -> None:
        self._services, self._jobs, self._rows = services, jobs, Rows(services)
        self.finished: list[Callable[[], object]] = []  # told when nothing is being indexed anew any more
        jobs.register(JOB, self._work)
        jobs.register(FINISHED, self._tell)

    def prepare(self, unit: Unit, app: App, tables: Mapping[str, FormTable]) -> None:
        """Before a version is published, in its unit: the one before still stands."""
        before = self._services.apps().get(app.id)
        for form in app.forms:
            old = before.form(form.id) if before is not None else None
            known = {} if old is None else found_by(old)
            if known != found_by(form) and (old is not None or _has_rows(unit, tables[form.id])):
                self._begin(unit, app.id, form.id)

    def again(self, app: str, form: str) -> None:
        """Index a form anew: what is of no record goes now, the rest as jobs come to it. Rejected:
        app.unknown, form.unknown."""
        program = self._services.programs.get(app, form)
        search = self._services.search

        def work(unit: Unit) -> None:
            held = search.held(unit.connection, program.table)
            there = set(unit.connection.scalars(sa.select(program.table.table.c.id)))
            search.remove(unit, program.table, sorted({record for record, _ in held} - there))
            self._begin(unit, app, form)

        self._services.database.write(work)

    def all_again(self) -> int:
        """Every searchable form of every app anew, for an index key that was rotated; how many forms."""
        forms = [
            (app.id, form.id)
            for app in self._services.apps().values()
            for form in app.forms
            if found_by(form)
        ]

        def work(unit: Unit) -> None:
            for app, form in forms:
                self._begin(unit, app, form)

            self._jobs.defer(unit, FINISHED, key=FINISHED)

        self._services.database.write(work)
        return len(forms)

    def _tell(self, _payload: Mapping[str, Any], _job: str) -> None:
        waiting = sa.select(sa.exists().where(settings.c.name.startswith(MARK)))
        with self._services.database.read() as connection:
            if connection.scalar(waiting):
                return
        for told in self.finished:
            told()

    def waits_for(self, connection: sa.Connection, app: str, form: str) -> bool:
        """Is this form still being indexed anew?"""
        query = sa.select(settings.c.name).where(settings.c.name == _mark(app, form))
        return connection.scalar(query) is not None

    def _begin(self, unit: Unit, app: str, form: str) -> None:
        self._end(unit, app, form)
        unit.connection.execute(sa.insert(settings).values(name=_mark(app, form), value="true"))
        self._defer(unit, app, form, 0)

    def _end(self, unit: Unit, app: str, form: str) -> None:
        unit.connection.execute(sa.delete(settings).where(settings.c.name == _mark(app, form)))

    def _defer(self, unit: Unit, app: str, form: str, after: int) -> None:
        self._jobs.defer(
            unit, JOB, {"app": app, "form": form, "after": after}, key=f"{JOB}:{app}/{form}/{after}"
        )

    def _work(self, payload: Mapping[str, Any], _job: str) -> None:
        """One chunk; what is left is the next job's."""
        try:
            program = self._services.programs.get(payload["app"], payload["form"])
        except Rejected:  # the form is gone
            self._services.database.write(lambda unit: self._end(unit, payload["app"], payload["form"]))
            return
        own, names = program.table.table.c.id, tuple(field.id for field in program.searchable)

        def work(unit: Unit) -> None:
            ids = sa.select(own).where(own > payload["after"]).order_by(own).limit(CHUNK)
            found = list(unit.connection.scalars(ids))
            rows = self._rows.by_ids(unit.connection, SYSTEM, program, found, names, derived=False)
            tokens = [(record, program.texts.tokens(row.values)) for record, row in rows.items()]
            self._services.search.replace(unit, program.table, tokens)
            if len(found) == CHUNK:
                self._defer(unit, program.app.id, program.form.id, found[-1])
            else:
                self._end(unit, program.app.id, program.form.id)
                self._jobs.defer(unit, FINISHED, key=FINISHED)

        self._services.database.write(work)


def _mark(app: str, form: str) -> str:
    return f"{MARK}{app}/{form}"


def _has_rows(unit: Unit, table: FormTable) -> bool:
    """A form that is back has been found under keys that may be gone."""
    return unit.connection.scalar(sa.select(table.table.c.id).limit(1)) is not None


def found_by(form: Form) -> dict[str, tuple[str, ...]]:
    """The indexed fields, and the patterns whose pieces of them are kept apart."""
    return {
        field.id: tuple(sorted(one.name for one in field.patterns))
        for field in form.fields
        if is_indexed(field)
    }
