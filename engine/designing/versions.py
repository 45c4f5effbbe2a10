"""What an app was: its versions, what differs between any two, going back to one, and what was parked.

Going back is an edit of the draft like any other: nothing is published by it, and it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.applications.drafts import Edited
from engine.applications.versions import Version, versions_of
from engine.database import Database
from engine.designing.drafting import Designing
from engine.migrate import ParkedColumn, parked_columns
from metamodel.changes import Change, changes
from metamodel.keyed_lists import part_label
from metamodel.labels import Label
from metamodel.problems import Rejected, pointer, problem

DRAFT = 0


@dataclass(frozen=True, slots=True)
class ParkedField:
    """A field that is no longer there (or is another type now) while its values are; `definition` is as it
    stood in `version`, the last one that had it."""

    column: ParkedColumn
    label: Label
    form_label: Label
    version: int
    definition: Mapping[str, Any]


class Versions:
    """Every method refuses (access.denied) who does not design the app."""

    def __init__(self, database: Database, applications: Applications, designing: Designing) -> None:
        self._database, self._applications, self._designing = database, applications, designing

    def of(self, viewer: Viewer, app: str) -> list[Version]:
        """Newest first; none of an app that was never published."""
        self._designing.open(viewer, app)
        return versions_of(self._database, app)

    def document(self, viewer: Viewer, app: str, version: int = DRAFT) -> Mapping[str, Any]:
        """A version as it was published, or the draft. Rejected: version.unknown."""
        draft = self._designing.open(viewer, app)
        if version == DRAFT:
            return draft.document
        if app not in self._applications.served() or not 0 < version <= self._applications.version(app):
            raise Rejected([problem("version.unknown", version=version)])
        return self._applications.document(app, version)

    def compare(self, viewer: Viewer, app: str, old: int, new: int = DRAFT) -> list[Change]:
        """What was changed from one version to another; 0 is the draft."""
        return changes(self.document(viewer, app, old), self.document(viewer, app, new))

    def restore(self, viewer: Viewer, app: str, version: int) -> Edited:
        """The draft becomes what that version was. Rejected: version.unknown."""
        document = self.document(viewer, app, version)
        draft = self._designing.open(viewer, app)
        whole = [{"op": "replace", "path": "", "value": document}]
        return self._designing.edit(viewer, app, draft.revision, whole, f"恢复到版本 {version}")

    # -- what was parked ---------------------------------------------------------------------------

    def parked(self, viewer: Viewer, app: str) -> list[ParkedField]:
        """Fields of forms the draft has, whose values lie parked; newest first."""
        draft = self._designing.open(viewer, app)
        forms = {one["id"]: one for one in _parts(draft.document, "forms")}
        if app not in self._applications.served():
            return []
        with self._database.read() as connection:
            columns = parked_columns(connection, app, list(forms))
        found = (self._remembered(app, column, forms) for column in columns)
        return [one for one in found if one is not None]

    def give_back(self, viewer: Viewer, app: str, entry: int) -> Edited:
        """The field stands in the draft again; published, it has its values. Rejected: parked.unknown,
        parked.id_used."""
        draft = self._designing.open(viewer, app)
        field = next((one for one in self.parked(viewer, app) if one.column.entry == entry), None)
        if field is None:
            raise Rejected([problem("parked.unknown", name=str(entry))])
        number, form = _place(draft.document, field.column.form)
        if any(one["id"] == field.column.field for one in _parts(form, "fields")):
            raise Rejected([problem("parked.id_used", name=field.label)])
        patch = [{"op": "add", "path": pointer("forms", number, "fields", "-"), "value": field.definition}]
        return self._designing.edit(viewer, app, draft.revision, patch, f"恢复字段 {field.column.field}")

    def _remembered(
        self, app: str, column: ParkedColumn, forms: Mapping[str, Mapping[str, Any]]
    ) -> ParkedField | None:
        """With its definition, from the last version that had it; None where the draft has it again."""
        form = forms[column.form]
        there = next((one for one in _parts(form, "fields") if one["id"] == column.field), None)
        if there is not None and there.get("type") == column.type:
            return None
        for number, document in self._before(app):
            _, then = _place(document, column.form)
            for field in _parts(then, "fields"):
                if (field["id"], field.get("type")) == (column.field, column.type):
                    return ParkedField(column, part_label(field), part_label(form), number, field)
        return None

    def _before(self, app: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number in range(self._applications.version(app), 0, -1):
            yield number, self._applications.document(app, number)


def _parts(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects of a list that have an id; a draft may hold anything."""
    items = holder.get(key)
    return [
        item
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    ]


def _place(document: Mapping[str, Any], form: str) -> tuple[int, Mapping[str, Any]]:
    items = document.get("forms")
    for number, one in enumerate(items if isinstance(items, list) else ()):
        if isinstance(one, dict) and one.get("id") == form:
            return number, one
    return -1, {}
