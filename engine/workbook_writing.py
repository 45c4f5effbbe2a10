"""An Excel workbook written as it streams: nothing is held but the line at hand, nothing of it lies on the disk.

Texts as texts, numbers as numbers where a spreadsheet can hold all of their digits; what is too long for one sheet goes
on in the next.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from xml.sax.saxutils import escape, quoteattr

from engine.zip_pipe import Pipe

MOST = 1_000_000  # lines of a sheet
LONGEST = 32_767  # characters of a cell
LONGEST_NAME = 31  # of a sheet
PIECE = 200  # lines that are handed on together
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
_BARRED = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f]|_x(?=[0-9A-Fa-f]{4}_)")
_NEVER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEFF1EE"/>'
    '</patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" fillId="2" xfId="0" applyFont="1" applyFill="1"/></cellXfs>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """`numeric`: the places of columns with numbers; a blank `name` is numbered."""

    heading: Sequence[str]
    rows: Iterable[Sequence[str]]
    numeric: Collection[int] = ()
    name: str = ""


def workbook_pieces(
    heading: Sequence[str], rows: Iterable[Sequence[str]], numeric: Collection[int] = (), mark: str = ""
) -> Iterator[bytes]:
    """The bytes of a workbook of these lines under this heading; `mark` stands below."""
    return workbook_of([WrittenSheet(heading, rows, numeric)], mark)


def workbook_of(sheets: Iterable[WrittenSheet], mark: str = "") -> Iterator[bytes]:
    """The bytes of a workbook, sheet after sheet."""
    pipe = Pipe()
    packed = zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED)
    names: list[str] = []
    for one in sheets:
        source, begun = iter(one.rows), False
        more: Iterable[Sequence[str]] = ()
        while not begun or (more := list(islice(source, 1))):
            begun = True
            names.append(_free(one.name or f"Sheet{len(names) + 1}", names))
            with packed.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as sheet:
                lines = islice(chain(more, source), MOST)
                for text in _sheet(one.heading, lines, one.numeric, mark):
                    sheet.write(text.encode())
                    yield pipe.take()
    for path, text in _around(names):
        packed.writestr(path, _HEAD + text)
    packed.close()
    yield pipe.take()


def sheet_name(text: str) -> str:
    """What Excel allows as one."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in text)[:LONGEST_NAME].strip("' ") or "1"


def _free(wanted: str, taken: Sequence[str]) -> str:
    name, number, there = sheet_name(wanted), 1, {one.casefold() for one in taken}
    while name.casefold() in there:
        number += 1
        name = f"{sheet_name(wanted)[: LONGEST_NAME - 5]} {number}"
    return name


def _sheet(
    heading: Sequence[str], rows: Iterator[Sequence[str]], numeric: Collection[int], mark: str
) -> Iterator[str]:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{max(10, min(40, 2 * len(text) + 4))}" customWidth="1"/>'
        for place, text in enumerate(heading, 1)
    )
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield f'{_HEAD}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    yield (f"<cols>{widths}</cols>" if widths else "") + "<sheetData>" + _row(heading, (), ' s="1"')
    while some := list(islice(rows, PIECE)):
        yield "".join(_row(row, numeric) for row in some)
    yield ("<row/>" + _row([mark], ()) if mark else "") + "</sheetData></worksheet>"


def _row(cells: Sequence[str], numeric: Collection[int], style: str = "") -> str:
    made = []
    for place, text in enumerate(cells):
        exact = _exact(text) if place in numeric else None
        if exact is not None:
            made.append(f"<c><v>{exact}</v></c>")
        elif text:
            shown = escape(_BARRED.sub(_written, _NEVER.sub("", text[:LONGEST])))
            made.append(f'<c{style} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>')
        else:
            made.append("<c/>")
    return f"<row>{''.join(made)}</row>"


def _written(found: re.Match[str]) -> str:
    """As Excel writes what XML cannot: `_x0007_`, and a text that looks like that."""
    return "_x005F_x" if found[0] == "_x" else f"_x{ord(found[0]):04X}_"


def _exact(text: str) -> str | None:
    """The number, where a spreadsheet can hold all of its digits."""
    plain = text.replace(",", "")
    digits = plain.strip("+-").replace(".", "")
    fits = NUMBER.fullmatch(text) and not text.endswith("%") and len(digits) <= 15
    return repr(float(plain)) if fits else None


def _around(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What makes a workbook of sheets."""
    sheets = len(names)
    numbers = range(1, sheets + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{one}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for one in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{one}" r:id="rId{one}"/>'
        for one, name in enumerate(names, 1)
    )
    yield "xl/workbook.xml", f'<workbook {_MAIN} xmlns:r="{_DOCUMENT}"><sheets>{listed}</sheets></workbook>'
    related = "".join(
        f'<Relationship Id="rId{one}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{one}.xml"/>'
        for one in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}<Relationship Id="rId{sheets + 1}" '
            f'Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/styles.xml", _STYLES
