"""Lines of CSV that Excel opens, or a workbook: nothing in a cell that it would compute.

Exports of lists, of the audit trail and in packages write through here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from metamodel.problems import Rejected, problem

MARK = b"\xef\xbb\xbf"
MOST = 50_000  # lines of a workbook: it is put together in memory, nothing of it lies on the disk
LONGEST = 32_767  # characters of a cell
_FORMULA = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    yield MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([disarmed(cell) for cell in row])
        yield line.getvalue().encode()


def disarmed(cell: str) -> str:
    """What begins like a formula stays text; a number, with a sign too, stays a number."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def armed(cell: str) -> str:
    """The inverse of `disarmed`: what was exported comes in again as it was."""
    return cell[1:] if cell.startswith("'") and disarmed(cell[1:]) == cell else cell


def workbook_of(
    heading: Sequence[str], rows: Iterable[Sequence[str]], numeric: Collection[int] = (), mark: str = ""
) -> bytes:
    """An Excel workbook of these lines: texts as texts, numbers (in the columns of these places) as numbers; `mark`
    stands below. Rejected (export.too_many)."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, text in enumerate(heading):
            sheet.write_string(
                0, place, text[:LONGEST], book.add_format({"bold": True, "bg_color": "#EFF1EE"})
            )
            sheet.set_column(place, place, max(10, min(40, 2 * len(text) + 4)))
        number = 0
        for number, row in enumerate(rows, 1):
            if number > MOST:
                raise Rejected([problem("export.too_many", limit=MOST)])
            for place, text in enumerate(row):
                exact = _exact(text) if place in numeric else None
                if exact is not None:
                    sheet.write_number(number, place, exact)
                elif text:
                    sheet.write_string(number, place, text[:LONGEST])
        if mark:
            sheet.write_string(number + 2, 0, mark)
    return made.getvalue()


def _exact(text: str) -> float | None:
    """The number, where a spreadsheet can hold all of its digits."""
    plain = text.replace(",", "")
    fits = (
        _NUMBER.fullmatch(text) and not text.endswith("%") and len(plain.strip("+-").replace(".", "")) <= 15
    )
    return float(plain) if fits else None
