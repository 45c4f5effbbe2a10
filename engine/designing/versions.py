"""What an app was: its versions, what differs between any two, going back to one, and what was parked.

Going back is an edit of the draft like any other: nothing is published by it, and it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.applications.drafts import Edited
from engine.applications.versions import Version, versions_of
from engine.database import Database
from engine.designing.drafting import Designing
from engine.designing.parking import Parked, Parking, back
from metamodel.changes import Change, changes
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

DRAFT = 0


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

    def parked(self, viewer: Viewer, app: str) -> list[Parked]:
        """Forms, fields and columns that are no longer there, or are another type now, while their values are."""
        draft = self._designing.open(viewer, app)
        if app not in self._applications.served():
            return []
        versions = list[tuple[int, Mapping[str, Any]]]()  # read as far back as is asked for, once

        def newest_first() -> Iterator[tuple[int, Mapping[str, Any]]]:
            yield from versions
            for number in range(self._applications.version(app) - len(versions), 0, -1):
                versions.append((number, self._applications.document(app, number)))
                yield versions[-1]

        with self._database.read() as connection:
            return Parking(app, draft.document, newest_first).all(connection)

    def give_back(self, viewer: Viewer, app: str, form: str, path: str = "") -> Edited:
        """A form, a field or a column (`lines.price`) stands in the draft again; published, it has its values.
        Rejected: parked.unknown, parked.id_used."""
        draft = self._designing.open(viewer, app)
        found = [one for one in self.parked(viewer, app) if (one.form, one.path) == (form, path)]
        if not found:
            raise Rejected([problem("parked.unknown", name=path or form)])
        one = next((one for one in found if not one.taken), None)
        if one is None:
            raise Rejected([problem("parked.id_used", name=found[0].label)])
        note = f"恢复 {label_text(one.label, 'zh', path or form)}"
        return self._designing.edit(viewer, app, draft.revision, back(draft.document, one), note)
