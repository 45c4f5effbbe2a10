"""Records: the one door to an app's records, for the web, rules, imports and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.alike import AlikeRecord, AlikeRecords
from engine.records.around import Around
from engine.records.behind import Behind, read_behind
from engine.records.drafts import Stages
from engine.records.exporter import Exporter
from engine.records.figures import Figures
from engine.records.forms_state import FormState, form_state
from engine.records.keyed import Keyed, Mode, Upserted
from engine.records.on_disk import Disk
from engine.records.query import (
    Change,
    Event,
    Facet,
    Option,
    Outcome,
    Page,
    Query,
    RecordView,
    Related,
)  # fmt: skip
from engine.records.read import Reader
from engine.records.services import Services
from engine.records.shredding import Shredder
from engine.records.store import Store
from engine.records.write import Writer
from metamodel.forms import FieldDefinition
from metamodel.problems import Problem, Rejected

TOGETHER = 100  # changes in one unit of work


class Records:
    """Errors that people make are Rejected with Problems; nothing of a rejected unit is written."""

    def __init__(self, services: Services, stages: Stages) -> None:
        self._services = services
        self.reader = Reader(services)
        self.store = Store(services)
        self.figures = Figures(services)
        self.writer = Writer(services, self.store, stages, self.figures)
        self.keyed = Keyed(services, self.writer)
        self.exporter = Exporter(services, self.reader)
        self._around = Around(services, self.reader)
        self._alike = AlikeRecords(services, self.reader)
        self.shredder = Shredder(services)
        self.disk = Disk(services, self.reader)

    # -- writing -----------------------------------------------------------------------------------

    def create(
        self, viewer: Viewer, app: str, form: str, rows: Sequence[Mapping[str, Any]], unit: Unit | None = None
    ) -> list[str]:
        """Ids of the new records, in order; all or nothing."""
        made = self._services.database.write_on(
            unit, lambda u: self.writer.create(u, viewer, app, form, rows)
        )
        return [str(identifier) for identifier in made]

    def upsert(
        self, viewer: Viewer, app: str, form: str, key: str, rows: Sequence[Mapping[str, Any]],
        unit: Unit | None = None, mode: Mode = "both",
    ) -> list[Upserted]:  # fmt: skip
        """Create, or change the record whose field `key` holds what the row says; all or nothing, in order."""
        return self._services.database.write_on(
            unit, lambda u: self.keyed.write(u, viewer, app, form, key, rows, mode=mode)
        )

    def update(self, viewer: Viewer, app: str, form: str, changes: Sequence[Change]) -> list[Outcome]:
        """Each change on its own: what cannot be done stops nothing else. Many are written together, where none of
        them can matter to another and nothing is wrong with any."""
        found: list[Outcome] = []
        size = TOGETHER if self._apart(app, form) else 1
        for start in range(0, len(changes), size):
            some = changes[start : start + size]
            found += self._update_together(viewer, app, form, some) or (
                self._update_one(viewer, app, form, change) for change in some
            )
        return found

    def _apart(self, app: str, form: str) -> bool:
        """Does nothing that happens to one record of this form reach others while they are written? Not an
        archive's, whose revisions are told one by one, nor where rules or figures look around."""
        program = self._services.programs.get(app, form)
        ruled = any(rule.form == form for one in self._services.apps().values() for rule in one.rules)
        return not (program.form.is_archive or program.figures or ruled)

    def _update_together(
        self, viewer: Viewer, app: str, form: str, changes: Sequence[Change]
    ) -> list[Outcome] | None:
        """All of them in one unit; None where that cannot be, and nothing was written."""
        values = {int(change.id): change.values for change in changes}
        if len(changes) < 2 or len(values) < len(changes):
            return None
        revisions = {int(change.id): change.revision for change in changes if change.revision is not None}
        try:
            self._services.database.write(
                lambda unit: self.writer.update(unit, viewer, app, form, values, revisions=revisions)
            )
        except Rejected:
            return None
        return [Outcome(change.id, True) for change in changes]

    def _update_one(self, viewer: Viewer, app: str, form: str, change: Change) -> Outcome:
        identifier = int(change.id)
        revisions = {} if change.revision is None else {identifier: change.revision}
        try:
            self._services.database.write(
                lambda unit: self.writer.update(
                    unit, viewer, app, form, {identifier: change.values}, revisions=revisions
                )
            )
        except Rejected as refused:
            prefix = f"/{identifier}"
            return Outcome(change.id, False, tuple(_inside(p, prefix) for p in refused.problems))
        return Outcome(change.id, True)

    # -- reading -----------------------------------------------------------------------------------

    def page(self, viewer: Viewer, app: str, form: str, query: Query) -> Page:
        return self.reader.page(viewer, app, form, query)

    def behind(
        self, viewer: Viewer, app: str, form: str, items: Sequence[RecordView], paths: Iterable[str]
    ) -> dict[str, Behind]:
        """What stands behind the links of records that were read for this viewer: see `records.behind`."""
        program, views = self._services.programs.get(app, form), {item.id: item for item in items}
        with self._services.database.read() as connection:
            return read_behind(connection, self.reader, viewer, program, views, paths)

    def get(self, viewer: Viewer, app: str, form: str, record: str) -> RecordView:
        return self.reader.get(viewer, app, form, record)

    def revision(self, viewer: Viewer, app: str, form: str, record: str) -> int:
        return self.reader.revision(viewer, app, form, record)

    def neighbours(self, viewer: Viewer, app: str, form: str, query: Query, record: str) -> tuple[str, str]:
        return self.reader.neighbours(viewer, app, form, query, record)

    def export(self, viewer: Viewer, app: str, form: str, query: Query) -> Iterator[list[str]]:
        """The heading and the lines of an export; see `Exporter`."""
        sheet = self.exporter.one_sheet(viewer, app, form, query)
        return chain([sheet.heading], sheet.lines)

    def state(
        self, viewer: Viewer, app: str, form: str, record: str | None, values: Mapping[str, Any],
        changed: Sequence[str] = (),
    ) -> dict[str, dict[str, Any]]:  # fmt: skip
        """The fields of `form_state`."""
        return self.form_state(viewer, app, form, record, values, changed).fields

    def form_state(
        self, viewer: Viewer, app: str, form: str, record: str | None, values: Mapping[str, Any],
        changed: Sequence[str] = (),
    ) -> FormState:  # fmt: skip
        """What the form looks like with these values typed in; `record` None: a new one."""
        return form_state(
            self._services, self.reader, self.figures, viewer, app, form, record, values, changed
        )

    def alike(
        self, viewer: Viewer, app: str, form: str, record: str | None, values: Mapping[str, Any],
        changed: Sequence[str] | None = None,
    ) -> list[AlikeRecord]:  # fmt: skip
        """Records that seem to be the same as one with these raw values: see `AlikeRecords.find`."""
        return self._alike.find(viewer, app, form, record, values, changed)

    def facets(
        self, viewer: Viewer, app: str, form: str, query: Query, fields: Sequence[str]
    ) -> dict[str, list[Facet]]:
        return self._around.facets(viewer, app, form, query, fields)

    def options(
        self, viewer: Viewer, app: str, form: str, field: str, text: str = "", limit: int = 20
    ) -> list[Option]:
        return self._around.options(viewer, app, form, field, text, limit)

    def pick(
        self, viewer: Viewer, app: str, field: FieldDefinition, text: str = "", limit: int = 20
    ) -> list[Option]:
        """What may be picked for a definition at hand, of a draft say."""
        return self._around.pick(viewer, app, field, text, limit)

    def pickable(self, viewer: Viewer, app: str, form: str, text: str = "", limit: int = 20) -> list[Option]:
        """Records of a form by their titles, newest first, as the picker of a link to it offers them."""
        return self._around.pickable(viewer, app, form, text, limit)

    def history(self, viewer: Viewer, app: str, form: str, record: str) -> list[Event]:
        return self._around.history(viewer, app, form, record)

    def related(self, viewer: Viewer, app: str, form: str, record: str) -> list[Related]:
        return self._around.related(viewer, app, form, record)

    def proof(
        self, viewer: Viewer, app: str, form: str, record: str, revision: int | None = None
    ) -> Mapping[str, Any] | None:
        return self._around.proof(viewer, app, form, record, revision)


def _inside(found: Problem, prefix: str) -> Problem:
    """The path within the record: `/17/amount` -> `/amount`."""
    return replace(found, path=found.path.removeprefix(prefix))
