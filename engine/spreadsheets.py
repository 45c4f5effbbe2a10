"""Lines of CSV that Excel opens: nothing in a cell that it would compute.

Exports of lists, of the audit trail and in packages write through here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from engine.workbook_writing import NUMBER

MARK = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    yield MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([disarmed(cell) for cell in row])
        yield line.getvalue().encode()


def disarmed(cell: str) -> str:
    """What begins like a formula stays text; a number, with a sign too, stays a number."""
    return f"'{cell}" if _FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def armed(cell: str) -> str:
    """The inverse of `disarmed`: what was exported comes in again as it was."""
    return cell[1:] if cell.startswith("'") and disarmed(cell[1:]) == cell else cell
