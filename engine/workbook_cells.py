"""Workbooks as lines of text: Excel or OpenDocument, whoever made them.

No formula or macro runs; what unpacks to more than it should is refused before it is read. Only
`sheet_reader` reads one, in a process of its own.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Generator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from metamodel.problems import Rejected, problem

UNPACKED = 500_000_000  # bytes


def _book(content: bytes) -> Any:
    from python_calamine import CalamineWorkbook

    refuse_bomb(content)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def workbook_rows(content: bytes, name: str) -> Generator[Sequence[str]]:
    """The names of the sheets, and then every line of the sheet of this name (blank: the first; none where there
    is no such). Rejected (sheet.unreadable, sheet.too_large), on the way too."""
    with _calm():
        book = _book(content)
        names = tuple(book.sheet_names)
    if not names:
        raise Rejected([problem("sheet.unreadable")])
    yield names
    with _calm():
        rows = book.get_sheet_by_name(name or names[0]).iter_rows() if name in ("", *names) else iter(())
    while True:
        with _calm():
            row = next(rows, None)
        if row is None:
            return
        yield [text_of(cell) for cell in row]


class _calm:
    """What a broken workbook raises inside the reader is the file's fault: Rejected (sheet.unreadable)."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from python_calamine import CalamineError

        if isinstance(error, (CalamineError, OSError, ValueError, KeyError)):
            raise Rejected([problem("sheet.unreadable")]) from error
        if kind is not None and kind.__name__ == "PanicException":
            raise Rejected([problem("sheet.unreadable")]) from None


def refuse_bomb(content: bytes, limit: int = 0) -> None:
    """A modern workbook is an archive: it is unpacked once here, counting, before anything reads it. Rejected
    (sheet.unreadable, sheet.too_large) beyond so many bytes (0: UNPACKED)."""
    if not content.startswith(b"PK"):
        return
    left = limit or UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for entry in packed.infolist():
                with packed.open(entry) as unpacked:
                    while piece := unpacked.read(1 << 16):
                        left -= len(piece)
                        if left < 0:
                            raise Rejected(
                                [problem("sheet.too_large", limit=(limit or UNPACKED) // 1_000_000)]
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Rejected([problem("sheet.unreadable")]) from error


def text_of(cell: Any) -> str:
    """A cell as people read it: whole numbers without a point, others as exact as Excel keeps them."""
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
        case datetime():
            return _moment(cell)
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return _hours(cell)
    return "" if cell is None else str(cell).strip()


def _moment(cell: datetime) -> str:
    if cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat(sep=" ", timespec="seconds")


def _hours(cell: timedelta) -> str:
    minutes, seconds = divmod(int(cell.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
