"""A spreadsheet as headings and lines of text, whoever made it: Excel, OpenDocument or CSV.

No formula or macro runs; a workbook is read by a process of its own, and CSV here: UTF-8, UTF-16 or the GB 18030 of
Chinese Excel, parted by commas, semicolons or tabs. Imports read through here.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from engine.sheet_reader import rows_apart
from engine.spreadsheets import armed
from metamodel.problems import Rejected, problem

LARGEST = 50_000_000  # bytes
LONGEST, WIDEST = 200_000, 300  # lines, columns
LONGEST_CELL = 1_000_000  # characters
HEADED_WITHIN = 10  # lines among which the headings stand
_PARTED_BY = ",;\t"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number as the program shows it, and its cells, as many as there are headings."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file; `heading` is the number of the line the headings stand in, `deep` how many lines they
    take: two where a heading of several columns stands above theirs."""

    names: tuple[str, ...]
    name: str
    heading: int
    headings: tuple[str, ...]
    _content: bytes = field(repr=False)
    deep: int = 1

    def lines(self, after: int = 0) -> Iterator[Line]:
        """Those below the headings, later than line `after`, one by one; blank ones are passed over.
        Rejected (sheet.too_long, sheet.unreadable, sheet.too_spread) on the way."""
        width, first = len(self.headings), max(self.heading + self.deep - 1, after)
        for number, cells in enumerate(islice(_rows(self._content, self.name), 1, None), 1):
            if number > LONGEST + self.heading:
                raise Rejected([problem("sheet.too_long", limit=LONGEST)])
            if number > first:
                line = Line(number, tuple(cells[:width]) + ("",) * (width - len(cells)))
                if not line.blank:
                    yield line


def open_sheet(content: bytes, name: str = "", heading: int = 0) -> Sheet:
    """The sheet of this name (blank: the first) with its headings in that line (0: where they seem to be).
    Rejected: sheet.too_large, sheet.too_spread, sheet.unreadable, sheet.unknown, sheet.no_headings."""
    if len(content) > LARGEST:
        raise Rejected([problem("sheet.too_large", limit=LARGEST // 1_000_000)])
    with closing(_rows(content, name)) as rows:
        names = tuple(next(rows))
        if name and name not in names:
            raise Rejected([problem("sheet.unknown", sheet=name)])
        first = list(islice(enumerate(rows, 1), max(HEADED_WITHIN, min(heading, 1_000)) + 1))
    place = heading or _heading_of([cells for _, cells in first[:HEADED_WITHIN]])
    cells = next((cells for number, cells in first if number == place), ())
    if not any(cells):
        raise Rejected([problem("sheet.no_headings")])
    below = next((cells for number, cells in first if number == place + 1), ())
    headings, deep = _headings(cells, below)
    if len(headings) > WIDEST:
        raise Rejected([problem("sheet.too_wide", limit=WIDEST)])
    return Sheet(names, name or names[0], place, headings, content, deep)


def _headings(cells: Sequence[str], below: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The headings without blank ones at the end, and how many lines they take. A heading over several columns,
    each with its own below it where nothing else stands, is that of a sub-form: 明细 over 产品, 数量."""
    wide = [*cells, *[""] * (len(below) - len(cells))]
    spread = [run for run in (_named(run, below) for run in _runs(wide)) if len(run) > 1]
    covered = {number for run in spread for number in run}
    two = bool(covered) and not any(cell for number, cell in enumerate(below) if number not in covered)
    for run in spread if two else ():
        top = wide[run.start]
        wide[run.start : run.stop] = [f"{top}.{below[number]}" for number in run]
    width = max((number for number, cell in enumerate(wide) if cell), default=-1) + 1
    return tuple(wide[:width]), 2 if two else 1


def _runs(cells: Sequence[str]) -> Iterator[range]:
    """From each heading up to the next."""
    starts = [number for number, cell in enumerate(cells) if cell]
    for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        yield range(start, end)


def _named(run: range, below: Sequence[str]) -> range:
    """The first columns under a heading that have one of their own."""
    end = next((number for number in run if number >= len(below) or not below[number]), run.stop)
    return range(run.start, end)


def _heading_of(lines: Sequence[Sequence[str]]) -> int:
    """The first line that is at least half as full as the fullest: titles and notes stand above it."""
    filled = [sum(map(bool, cells)) for cells in lines]
    fullest = max(filled, default=0)
    return next((number for number, count in enumerate(filled, 1) if count and 2 * count >= fullest), 1)


# -- what kind of file -----------------------------------------------------------------------------


def _rows(content: bytes, name: str) -> Generator[Sequence[str]]:
    """The names of the sheets, and then every line of one of them (blank: the first)."""
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        yield ("CSV",)
        yield from _csv_rows(content)
    else:
        yield from rows_apart(content, name)


# -- CSV -------------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[Sequence[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), _encoding(content), errors="strict", newline="")
    head = content[:4096].decode(_encoding(content), "replace").partition("\n")[0]
    parted = max(_PARTED_BY, key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        for row in csv.reader(_without_nul(text), delimiter=parted):
            yield [armed(cell.strip()).strip() for cell in row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise Rejected([problem("sheet.unreadable")]) from error


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """Binary rubbish is no text, whatever it is called."""
    for line in lines:
        if "\0" in line:
            raise Rejected([problem("sheet.unreadable")])
        yield line


def _encoding(content: bytes) -> str:
    """By its mark, else UTF-8 where all of it is, else what Excel in China writes."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if content.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), 1 << 20):
            decoder.decode(content[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
