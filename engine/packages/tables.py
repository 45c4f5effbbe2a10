"""Tables: records as CSV that Excel opens, with formulas disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.records.program import FormProgram

MARK = b"\xef\xbb\xbf"  # Excel takes a file for UTF-8 only with it
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Sequence[str]) -> bytes:
    """One line of CSV; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(FORMULAS) else cell for cell in cells])
    return text.getvalue().encode()


def table(program: FormProgram, records: Iterable[Mapping[str, Any]], language: str) -> Iterator[bytes]:
    """A heading and a line a record: what a person sees of it, masked as on screen."""
    names = list(program.fields)
    yield MARK + line(["id", *(program.fields[name].field.text(language) for name in names)])
    for record in records:
        yield line([record["record"], *(record["shown"].get(name, "") for name in names)])
