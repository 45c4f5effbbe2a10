"""Spreadsheets as lines of text: whoever made them, and whatever is wrong with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import pytest
import xlsxwriter

from engine import sheets, workbook_writing
from engine.sheet_reader import rows_apart
from engine.sheets import Sheet, open_sheet
from engine.spreadsheets import armed, csv_lines, disarmed
from engine.workbook_cells import refuse_bomb, text_of, workbook_rows
from engine.workbook_writing import workbook_pieces
from metamodel.problems import Rejected
from tests.workbooks import FAR_CORNER, REPEATED


def lines(sheet: Sheet) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.cells) for line in sheet.lines()]


CSV = '名称,数量\n甲,1\n\n乙,"2,5"\n'
ENCODED = [
    CSV.encode(), b"\xef\xbb\xbf" + CSV.encode(), CSV.encode("gb18030"), CSV.encode("utf-16"),
    CSV.replace(",", ";").replace("2;5", "2,5").encode(), CSV.replace(",", "\t").replace("2\t5", "2,5").encode(),
    CSV.replace("\n", "\r\n").encode("gbk"),
]  # fmt: skip


@pytest.mark.parametrize("content", ENCODED)
def test_csv_of_any_house(content: bytes) -> None:
    sheet = open_sheet(content)
    assert (sheet.heading, sheet.headings) == (1, ("名称", "数量"))
    assert lines(sheet) == [(2, ("甲", "1")), (4, ("乙", "2,5"))]


def test_headings_stand_below_a_title_and_may_be_chosen() -> None:
    content = "客户一览,,\n2026 年,,\n名称,数量,备注\n甲,1,\n".encode()
    assert open_sheet(content).heading == 3
    chosen = open_sheet(content, heading=4)
    assert (chosen.headings, lines(chosen)) == (("甲", "1"), [])


def workbook(*rows: Sequence[Any], name: str = "表") -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("封面")
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()


def test_a_workbook_has_sheets() -> None:
    sheet = open_sheet(workbook(["名称", "数量"], ["甲", 1.5], ["乙", 20260105]), "表")
    assert sheet.names == ("封面", "表")
    assert lines(sheet) == [(2, ("甲", "1.5")), (3, ("乙", "20260105"))]


CELLS: list[tuple[Any, str]] = [
    ("  甲 ", "甲"), (3.0, "3"), (0.1 + 0.2, "0.3"), (1e20, "1e+20"), (True, "true"), (None, ""),
    (datetime.fromisoformat("2026-01-05"), "2026-01-05"),
    (datetime.fromisoformat("2026-01-05 09:03"), "2026-01-05 09:03:00"),
    (date(2026, 1, 5), "2026-01-05"), (time(9, 30), "09:30:00"), (timedelta(hours=30, minutes=5), "30:05:00"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_cell_reads_as_people_read_it(cell: Any, text: str) -> None:
    assert text_of(cell) == text


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 2_000_000)
    return made.getvalue()


BROKEN = [
    (b"", "sheet.no_headings"), (b"\n\n", "sheet.no_headings"), (b"PK\x03\x04rubbish", "sheet.unreadable"),
    (b"\xd0\xcf\x11\xe0rubbish" * 100, "sheet.unreadable"), (b"a,b\n\0\0", "sheet.unreadable"),
    (workbook(["x"])[:-200], "sheet.unreadable"), (b"\xff\xfe\x00", "sheet.unreadable"),
    (b",".join(b"%d" % n for n in range(400)), "sheet.too_wide"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), BROKEN)
def test_what_is_no_sheet_is_told(content: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        list(open_sheet(content).lines())
    assert refused.value.problems[0].code == code


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Rejected) as refused:
        refuse_bomb(bomb(), 1_000_000)
    assert refused.value.problems[0].code == "sheet.too_large"
    monkeypatch.setattr(sheets, "LONGEST", 3)
    with pytest.raises(Rejected) as refused:
        list(open_sheet(b"a\n" * 9).lines())
    assert refused.value.problems[0].code == "sheet.too_long"


def test_a_workbook_is_read_by_another_process_as_it_would_be_by_this_one() -> None:
    content = workbook(["名称", "数量"], *[["甲" * 40, number] for number in range(3_000)])
    assert list(map(list, rows_apart(content, "表"))) == list(map(list, workbook_rows(content, "表")))
    sheet = open_sheet(content, "表")
    assert next(iter(sheet.lines())).number == 2  # and it may be left in the middle
    for broken, name, code in (
        (content[:-200], "", "sheet.unreadable"), (content, "没有", "sheet.unknown"),
        (b"PK\x03\x04rubbish", "", "sheet.unreadable"),
    ):  # fmt: skip
        with pytest.raises(Rejected) as refused:
            open_sheet(broken, name)
        assert refused.value.problems[0].code == code


@pytest.mark.parametrize("content", [FAR_CORNER, REPEATED], ids=["far corner", "repeated"])
def test_what_spreads_over_too_many_cells_ends_its_reader_and_nothing_else(content: bytes) -> None:
    """The reader asks for the whole rectangle at once, and ends its process where it is refused."""
    with pytest.raises(Rejected) as refused:
        open_sheet(content)
    assert refused.value.problems[0].code == "sheet.too_spread"


TEXTS = ["=1+1", "-5", "@x", "甲", "'quoted", "+86 138", "\tx", "", "-", "12%"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_exported_comes_in_as_it_was(text: str) -> None:
    assert armed(disarmed(text)) == text
    (content,) = [b"".join(csv_lines([["甲", "乙"], [text, "x"]]))]
    (line,) = open_sheet(content).lines()
    assert line.cells[0] == text.strip()


def test_a_workbook_keeps_numbers_and_disarms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        ["=1+1", "1,200.50"],
        ["乙\x07 <b> _x0041_ 行\n二", "12345678901234567890"],
        ["", ""],
        ["\ufffe丙", "-0.5"],
    ]
    content = b"".join(workbook_pieces(["名称", "金额"], rows, {1}, "水印"))
    assert lines(open_sheet(content)) == [
        (2, ("=1+1", "1200.5")), (3, ("乙\x07 <b> _x0041_ 行\n二", "12345678901234567890")), (5, ("丙", "-0.5")),
        (7, ("水印", "")),
    ]  # fmt: skip
    monkeypatch.setattr(workbook_writing, "MOST", 3)
    content = b"".join(workbook_pieces(["名称"], iter([[str(one)] for one in range(7)])))
    assert [len(lines(open_sheet(content, name))) for name in open_sheet(content).names] == [3, 3, 1]
    assert lines(open_sheet(b"".join(workbook_pieces(["名称"], [])))) == []


def test_a_workbook_comes_as_it_is_written() -> None:
    asked = 0

    def rows() -> Iterator[list[str]]:
        nonlocal asked
        for number in range(100_000):
            asked = number
            yield [f"{number * 7919}", "甲" * 20]

    pieces = workbook_pieces(["一", "二"], rows())
    assert len(b"".join(islice(pieces, 400))) > 1_000
    assert asked < 90_000
