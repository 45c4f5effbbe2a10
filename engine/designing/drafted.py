"""A draft's forms as programs, beside the published ones: what evaluates a definition nobody has published yet.

Nothing is read or written through them: a draft's form has no table, and what stands behind a link is read
with the rights of whoever looks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.expressions import EvaluationContext
from engine.records.contexts import Contexts, LinkedRecords
from engine.records.program import FormProgram, Programs
from engine.records.records import Records
from engine.records.services import Services
from engine.tables import Catalog, FormTable
from metamodel.application import App
from metamodel.plugin_api import RelatedQuery
from metamodel.problems import Rejected, problem


class _Apps:
    """The published apps with the draft in the place of its own."""

    def __init__(self, draft: App, applications: Applications) -> None:
        self._draft, self._applications = draft, applications

    def get(self, app: str) -> App:
        return self._draft if app == self._draft.id else self._applications.get(app)

    def version(self, app: str) -> int:
        return 0 if app == self._draft.id else self._applications.version(app)

    def all(self) -> list[App]:
        return [*(app for app in self._applications.all() if app.id != self._draft.id), self._draft]


class _Tables:
    def __init__(self, draft: App, catalog: Catalog) -> None:
        self._draft, self._catalog = draft, catalog

    def form(self, app: str, form: str) -> FormTable:
        if app != self._draft.id:
            return self._catalog.form(app, form)
        known = self._draft.form(form)
        kind = known.kind if known is not None else "record"
        return FormTable(app, form, kind, sa.Table("nothing", sa.MetaData()), {}, frozenset(), {}, {})


class DraftPrograms(Programs):
    """Figures over other people's records (`RelatedQuery`) are left out: who merely designs is told none."""

    def __init__(self, draft: App, applications: Applications, services: Services) -> None:
        apps, tables = _Apps(draft, applications), _Tables(draft, services.catalog)
        super().__init__(apps, tables, services.registry, services.search)  # type: ignore[arg-type]
        self.draft = draft

    def _make(self, app: App, version: int, form_id: str) -> FormProgram:
        made = super()._make(app, version, form_id)
        told = {
            name: field
            for name, field in made.fields.items()
            if not isinstance(field.field.derived, RelatedQuery)
        }
        return replace(made, fields=told)


class Drafted:
    """Services for one draft and one person who looks at it."""

    def __init__(
        self, draft: App, looker: Viewer, applications: Applications, services: Services, records: Records,
        contexts: Contexts,
    ) -> None:  # fmt: skip
        self.programs = DraftPrograms(draft, applications, services)
        self._looker, self._published, self._records, self._contexts = looker, services, records, contexts
        self.services = replace(services, programs=self.programs, make_context=self._context)

    def _context(
        self, connection: sa.Connection, viewer: Viewer, moment: datetime, app: str
    ) -> EvaluationContext:
        """`me` is whoever it is shown as; what stands behind links is read with the looker's own rights."""
        linked = LinkedRecords(connection, self._published.programs, self._records.reader.rows, self._looker)
        return self._contexts.make(viewer, moment, linked.resolve, app)

    def program(self, form: str) -> FormProgram:
        """Rejected: form.unknown."""
        if self.programs.draft.form(form) is None:
            raise Rejected([problem("form.unknown", form=form)])
        return self.programs.get(self.programs.draft.id, form)
