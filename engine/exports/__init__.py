"""Exports: what a query finds as a file, CSV or Excel, or a ZIP with the files that cells name as well.

Made as it is sent: nobody waits for the end before the beginning, and little is held. Only what the viewer may see
leaves, and it comes in again as it was. Asked by the list's page and by the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Literal

from engine.access.viewer import Viewer
from engine.files import Files
from engine.packages.names import file_name
from engine.packages.zipping import Zipping
from engine.records.exporter import ExportedSheet, Exporter
from engine.records.exporting import Place
from engine.records.query import Query
from engine.spreadsheets import csv_lines
from engine.workbook_writing import WrittenSheet, workbook_of

FILES = "files"  # the folder of a ZIP they lie in
Kind = Literal["csv", "xlsx", "zip"]
KINDS: Mapping[Kind, str] = {  # and the media type of each
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class Exports:
    """`now` is the time of the house; `watermark` what stands below for a viewer, '' for none."""

    def __init__(
        self,
        exporter: Exporter,
        files: Files,
        now: Callable[[], datetime],
        watermark: Callable[[Viewer], str],
    ) -> None:
        self._exporter, self._files, self._now, self._watermark = exporter, files, now, watermark

    def make(
        self, viewer: Viewer, app: str, form: str, query: Query, kind: Kind = "csv", apart: bool = False
    ) -> Iterator[bytes]:
        """The bytes of the file. `apart`: rows of sub-forms on sheets of their own, else among their record's lines
        (as CSV always). Rejected, before anything is on its way: query.*, access.denied."""
        mark = self._watermark(viewer)
        if kind == "csv":
            sheet = self._exporter.one_sheet(viewer, app, form, query)
            return csv_lines(chain([sheet.heading], sheet.lines, [[mark]] if mark else []))
        places = _Places() if kind == "zip" else None
        find = self._exporter.sheets if apart else self._one
        sheets = find(viewer, app, form, query, places)
        if places is None:
            return workbook_of(map(_written, sheets), mark)
        return self._packed(form, sheets, places, mark)

    def _one(
        self, viewer: Viewer, app: str, form: str, query: Query, place: Place | None
    ) -> list[ExportedSheet]:
        return [self._exporter.one_sheet(viewer, app, form, query, place)]

    def _packed(
        self, form: str, sheets: Iterable[ExportedSheet], places: _Places, mark: str
    ) -> Iterator[bytes]:
        """The workbook, and the files beside it under the paths its cells name."""
        packing = Zipping(self._now())
        yield from packing.add(f"{form}.xlsx", workbook_of(map(_written, sheets)))
        for path, file in places.taken.items():
            yield from packing.add(path, self._files.open(file))
        if mark:
            yield from packing.add("watermark.md", [mark.encode()])
        yield from packing.finish()


class _Places:
    """Where the files of records lie in a ZIP; two of a name lie side by side."""

    def __init__(self) -> None:
        self.taken: dict[str, str] = {}

    def __call__(self, record: int, file: str, name: str) -> str:
        path = f"{FILES}/{record}/{file_name(name)}"
        path = path if self.taken.get(path, file) == file else f"{FILES}/{record}/{file}-{file_name(name)}"
        self.taken[path] = file
        return path


def _written(sheet: ExportedSheet) -> WrittenSheet:
    """Columns of numbers can be summed."""
    numeric = frozenset(
        place for place, field in enumerate(sheet.fields)
        if field is not None and field.expression_type().kind == "number"
    )  # fmt: skip
    return WrittenSheet(sheet.heading, sheet.lines, numeric, sheet.name)
