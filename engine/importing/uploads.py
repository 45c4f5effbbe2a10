"""The files of an import, opened as a spreadsheet: a person's own uploads, or what opens for him in a record."""

from __future__ import annotations

from collections.abc import Iterable

from engine.access.viewer import Viewer
from engine.importing.attached import Attached, sheet_within
from engine.importing.beside import joined
from engine.importing.plan import Plan
from engine.records.records import Records
from engine.records.services import Services
from engine.sheets import Sheet, open_sheet
from engine.whole_numbers import is_whole_number
from metamodel.problems import Rejected, problem


class Uploads:
    def __init__(self, services: Services, records: Records) -> None:
        self._services, self._records = services, records

    def sheet(self, viewer: Viewer, app: str, form: str, file: str, plan: Plan) -> Sheet:
        """A spreadsheet, or the one within a ZIP, with the sheets of its sub-forms' rows. Rejected: import.file_gone,
        import.bad_archive, sheet.*."""
        self.name(viewer, file)
        within = sheet_within(self._services.files, file)
        content = b"".join(self._services.files.open(file)) if within is None else within
        program = self._services.programs.get(app, form)
        return joined(open_sheet(content, plan.sheet, plan.heading), content, program)

    def archive_of(self, viewer: Viewer, file: str, attachments: str) -> str:
        """The ZIP that cells name files of: the one beside the spreadsheet, else the one around it; '' where
        there is none. Rejected: import.file_gone, import.bad_archive."""
        if attachments:
            self.name(viewer, attachments)
            Attached(self._services.files, attachments)
            return attachments
        return file if sheet_within(self._services.files, file) is not None else ""

    def name(self, viewer: Viewer, file: str) -> str:
        """Rejected (import.file_gone) for what does not open for this person."""
        with self._services.database.read() as connection:
            described = self._services.files.describe(connection, [file]) if is_whole_number(file) else []
            name = str(described[0]["name"]) if described else ""
            shown = self._records.reader.file_name(connection, viewer, file, name) if described else None
        if shown is None:
            raise Rejected([problem("import.file_gone")])
        return shown[:200]

    def note(self, viewer: Viewer, files: Iterable[str]) -> None:
        """In the trail, where a record's file is taken out by being imported; his own uploads are his."""
        with self._services.database.read() as connection:
            opened = [self._records.reader.opening(connection, viewer, file) for file in files if file]
        for one in opened:
            if one is not None and one.record is not None:
                self._services.audit.note(viewer, one)
