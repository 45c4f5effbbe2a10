"""Records with rows: repeated and merged lines, two lines of headings, files from a ZIP; and the way back."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from engine.access.viewer import SYSTEM, Viewer
from engine.importing import Import
from engine.records.query import Query
from engine.runtime import Runtime
from engine.sheets import open_sheet
from engine.spreadsheets import csv_lines
from engine.workbook_writing import WrittenSheet, workbook_of, workbook_pieces
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE
from tests.engine.importing.conftest import workbook, wrong

OFFER: dict[str, Any] = {
    "id": "offer", "label": "报价", "title": "{code}",
    "fields": [
        {"id": "code", "type": "text", "label": "单号", "required": True, "unique": True},
        {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
        {"id": "lines", "type": "sub_form", "label": "明细", "fields": [
            {"id": "product", "type": "text", "label": "产品", "required": True},
            {"id": "number", "type": "integer", "label": "数量", "valid": "number > 0"},
            {"id": "price", "type": "money", "label": "单价"},
            {"id": "due", "type": "date", "label": "交期"},
            {"id": "kind", "type": "select", "label": "类别",
             "options": {"choices": [{"value": "new", "label": "新品"}, {"value": "old", "label": "旧品"}]}},
            {"id": "who", "type": "member", "label": "负责人"},
            {"id": "sum", "type": "formula", "label": "小计",
             "options": {"expression": "number * price", "result": "number"}},
        ]},
        {"id": "pays", "type": "sub_form", "label": "付款", "fields": [
            {"id": "on", "type": "date", "label": "日期"}, {"id": "amount", "type": "money", "label": "金额"},
            {"id": "slip", "type": "attachment", "label": "回单", "options": {"accept": [".pdf", ".txt"]}}]},
        {"id": "papers", "type": "attachment", "label": "附件", "options": {"accept": [".pdf", ".txt"]}},
        {"id": "photo", "type": "image", "label": "照片"},
    ],
}  # fmt: skip
HEAD = ["单号", "客户", "明细.产品", "数量", "明细/单价", "类别", "负责人", "付款.日期", "付款.金额"]


@pytest.fixture
def desk(office: Runtime) -> Runtime:
    document = copy.deepcopy(OFFICE)
    document["forms"].append(OFFER)
    document["roles"][0]["forms"]["offer"] = {"actions": ["read", "create", "update", "export"]}
    office.applications.publish(None, document, "system")
    return office


@pytest.fixture
def zhou(desk: Runtime) -> Viewer:
    viewer = desk.require_viewer("zhou")
    desk.records.create(viewer, "office", "client", [{"name": "恒锐", "owner": "zhou"}])
    return viewer


def begun(runtime: Runtime, viewer: Viewer, content: bytes, archive: bytes = b"", **plan: Any) -> Import:
    """The import after its check."""
    ids = [str(runtime.store_file(viewer, c, n, "application/zip")["id"]) if c else "" for c, n in (
        (content, "报价.xlsx"), (archive, "附件.zip"))]  # fmt: skip
    made = runtime.imports.open(viewer, "office", "offer", *ids)
    look = runtime.imports.look(viewer, made)
    runtime.imports.check(viewer, made, msgspec.structs.replace(look.plan, **plan))
    runtime.jobs.run_due()
    return runtime.imports.get(viewer, made)


def taken(runtime: Runtime, viewer: Viewer, content: bytes, archive: bytes = b"", **plan: Any) -> Import:
    found = begun(runtime, viewer, content, archive, **plan)
    runtime.imports.begin(viewer, found.id)
    runtime.jobs.run_due()
    return runtime.imports.get(viewer, found.id)


def offers(runtime: Runtime, viewer: Viewer) -> dict[str, dict[str, Any]]:
    items = runtime.records.page(viewer, "office", "offer", Query(limit=100)).items
    return {item.values["code"]: dict(item.values) for item in items}


def cells(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row.get("product"), row.get("number"), row.get("price")) for row in rows]


LINES = [
    ["B1", "恒锐", "导轨", 2, 10, "新品", "周婧", "2026-01-05", 20],
    ["", "", "滑块", 1, 5, "旧品", "", "2026-02-05", 5],
    ["B2", "", "", "", "", "", "", "", ""],
    ["B3", "", "电机", 3, 7, "", "", "", ""],
    ["B3", "", "线缆", 4, "", "", "", "", ""],
    ["", "", "", "", "", "", "", "2026-03-01", 21],
]


def test_lines_of_one_record_are_its_rows(desk: Runtime, zhou: Viewer) -> None:
    found = taken(desk, zhou, workbook(HEAD, *LINES))
    assert (found.state, found.total, found.done, found.created, found.wrong) == ("done", 6, 6, 3, 0)
    made = offers(desk, zhou)
    assert cells(made["B1"]["lines"]) == [("导轨", 2, "10.00"), ("滑块", 1, "5.00")]
    assert made["B1"]["lines"][0]["kind"] == "new"
    assert made["B1"]["lines"][0]["who"] == "zhou"
    assert made["B1"]["lines"][0]["sum"] == "20.00"
    assert [row["amount"] for row in made["B1"]["pays"]] == ["20.00", "5.00"]
    assert not made["B2"].get("lines")
    assert cells(made["B3"]["lines"]) == [("电机", 3, "7.00"), ("线缆", 4, None)]
    assert [row["amount"] for row in made["B3"]["pays"]] == ["21.00"]


def test_two_lines_of_headings_as_other_tools_write_them(desk: Runtime, zhou: Viewer) -> None:
    head = ["单号", "明细", "", "", "付款", "", "客户"]
    below = ["", "产品", "数量", "单价", "日期", "金额", ""]
    content = workbook(
        head, below, ["B1", "导轨", 2, 10, "2026-01-05", 20, "恒锐"], ["", "滑块", 1, 5, "", "", ""]
    )
    file = desk.store_file(zhou, content, "x.xlsx", "application/zip")
    look = desk.imports.look(zhou, desk.imports.open(zhou, "office", "offer", str(file["id"])))
    assert [c.heading for c in look.columns][:4] == ["单号", "明细.产品", "明细.数量", "明细.单价"]
    assert [c.field for c in look.columns] == [
        "code", "lines.product", "lines.number", "lines.price", "pays.on", "pays.amount", "client",
    ]  # fmt: skip
    assert taken(desk, zhou, content).created == 1
    assert cells(offers(desk, zhou)["B1"]["lines"]) == [("导轨", 2, "10.00"), ("滑块", 1, "5.00")]


def test_the_template_has_a_column_for_each_of_a_sub_form(desk: Runtime, zhou: Viewer) -> None:
    sheet = open_sheet(desk.imports.template(zhou, "office", "offer"))
    file = desk.store_file(zhou, workbook(sheet.headings, ["B1"]), "x.xlsx", "application/zip")
    look = desk.imports.look(zhou, desk.imports.open(zhou, "office", "offer", str(file["id"])))
    assert "明细.产品*" in sheet.headings
    assert [column.field for column in look.columns] == [target.id for target in look.targets]


def test_what_is_wrong_in_a_row_is_told_at_its_line_and_keeps_the_whole_record_out(
    desk: Runtime, zhou: Viewer
) -> None:
    lines = [
        ["B1", "恒锐", "导轨", 2, 10, "", "", "", ""],
        ["", "", "滑块", "两", 5, "没有", "无此人", "", ""],
        ["B2", "", "电机", -1, 1, "", "", "", ""],
        ["", "", "", 4, 1, "", "", "", ""],
        ["B3", "恒锐", "丝杆", 1, 1, "", "", "", ""],
        ["B3", "别家", "线缆", 1, 1, "", "", "", ""],
        ["B4", "", "轴承", 1, 1, "", "", "", ""],
    ]
    found = taken(desk, zhou, workbook(HEAD, *lines))
    assert (found.created, found.wrong, list(offers(desk, zhou))) == (1, 6, ["B4"])
    assert wrong(desk, zhou, found) == {
        2: [("import.with_line", "")],
        3: [
            ("value.not_a_number", "/lines/1/number"), ("value.not_a_choice", "/lines/1/kind"),
            ("import.no_such_name", "/lines/1/who"),
        ],
        4: [("value.invalid", "/lines/0/number")],
        5: [("value.required", "/lines/1/product")],
        6: [("import.with_line", "")],
        7: [("import.differs", "/client")],
    }  # fmt: skip
    columns = [
        found.plan.place_of(p) for line in desk.imports.wrong(zhou, found.id, 9) for p in line.problems
    ]
    assert columns == [None, 3, 5, 6, 3, 2, None, 1]


def test_known_records_get_the_rows_of_the_file_and_keep_theirs_where_it_has_none(
    desk: Runtime, zhou: Viewer
) -> None:
    for code in ("B1", "B2"):
        desk.records.create(
            zhou, "office", "offer", [{"code": code, "lines": [{"product": "旧"}, {"product": "旧"}]}]
        )
    found = taken(desk, zhou, workbook(HEAD, LINES[0], LINES[2]), mode="both", key="code")
    assert (found.created, found.updated) == (0, 2)
    made = offers(desk, zhou)
    assert [len(made[code]["lines"]) for code in ("B1", "B2")] == [1, 2]


# -- files -----------------------------------------------------------------------------------------


def packed(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100_000
MEMBERS = {"合同/甲.pdf": b"%PDF-1", "a,b.txt": b"words" * 50_000, "照片.png": PNG, "x/同.txt": b"1", "y/同.txt": b"2",
           "page.png": b"<html>", "bad.exe": b"MZ"}  # fmt: skip


def test_files_come_from_a_zip_beside_the_sheet(desk: Runtime, zhou: Viewer) -> None:
    head = ["单号", "附件", "照片"]
    lines = [
        ["F1", "合同/甲.pdf、a,b.txt", "照片.png"],
        ["F2", "没有.pdf", ""],
        ["F3", "同.txt", ""],
        ["F4", "x/同.txt", "page.png"],
        ["F5", "bad.exe", ""],
        ["F6", "甲.pdf", ""],
    ]
    found = taken(desk, zhou, workbook(head, *lines), packed(**MEMBERS))
    assert wrong(desk, zhou, found) == {
        3: [("import.no_such_file", "/papers")], 4: [("import.several_named", "/papers")],
        5: [("value.wrong_file_kind", "/photo")], 6: [("value.wrong_file_kind", "/papers")],
    }  # fmt: skip
    made = offers(desk, zhou)
    assert sorted(made) == ["F1", "F6"]
    with desk.database.read() as connection:
        held = desk.files.describe(connection, made["F1"]["papers"])
    assert [one["name"] for one in held] == ["甲.pdf", "a,b.txt"]
    assert b"".join(desk.open_file(zhou, held[1]["id"])[1]) == MEMBERS["a,b.txt"]
    (photo,) = made["F1"]["photo"]
    assert desk.open_file(zhou, photo)[0]["media_type"] == "image/png"


def test_a_zip_may_hold_the_sheet_itself(desk: Runtime, zhou: Viewer) -> None:
    sheet = workbook(["单号", "附件"], ["F1", "甲.pdf"])
    assert taken(desk, zhou, packed(**{"报价.xlsx": sheet, "附件/甲.pdf": b"%PDF-1"})).created == 1
    assert len(offers(desk, zhou)["F1"]["papers"]) == 1
    for content, code in (
        (packed(**{"附件/甲.pdf": b""}), "import.no_sheet_within"),
        (packed(**{"a.csv": b"x", "b.csv": b"x"}), "import.no_sheet_within"),
        (b"PK\x03\x04 no zip", "sheet.unreadable"),
    ):
        with pytest.raises(Rejected) as refused:
            begun(desk, zhou, content)
        assert refused.value.problems[0].code == code
    assert wrong(desk, zhou, begun(desk, zhou, sheet)) == {2: [("import.no_archive", "/papers")]}


def test_a_sealed_file_is_read_from_anywhere(desk: Runtime, zhou: Viewer) -> None:
    for size in (0, 1, 65_536, 65_537, 131_072, 200_000):
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        file = desk.files.seekable(str(desk.store_file(zhou, content, "x", "text/plain")["id"]))
        assert file.read() == content
        file.seek(-min(size, 70_000), io.SEEK_END)
        assert file.read(10) == content[-min(size, 70_000) :][:10] if size else True
        file.seek(65_530)
        assert file.read(20) == content[65_530:65_550]


# -- the way back ----------------------------------------------------------------------------------


ROW = {
    "product": '=导轨, "轻"\n长',
    "number": 1200,
    "price": "1234.50",
    "due": "2026-01-05",
    "kind": "new",
    "who": "zhou",
}
ALIKE = {
    "code": "B1", "lines": [ROW, {"product": "滑块", "number": 1}, {"product": "'-5", "kind": "old"}],
    "pays": [{"on": "2026-02-01", "amount": "-0.50"}],
}  # fmt: skip
COLUMNS = ("code", "client", "lines", "pays", "papers", "photo")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_in_as_it_was(desk: Runtime, zhou: Viewer, kind: str) -> None:
    (client,) = (item.id for item in desk.records.page(zhou, "office", "client", Query()).items)
    given = [
        {**ALIKE, "client": client},
        {"code": "B2"},
        {"code": "B3", "pays": [{"amount": "1"}, {"amount": "2"}]},
    ]
    desk.records.create(zhou, "office", "offer", given)
    before = offers(desk, zhou)
    rows = desk.records.export(zhou, "office", "offer", Query(columns=COLUMNS, sort=("code",)))
    heading, *lines = list(rows)
    assert heading[1:4] == ["客户", "明细.产品", "明细.数量"]
    assert [line[0] for line in lines] == ["B1", "", "", "B2", "B3", ""]
    content = b"".join(
        workbook_pieces(heading, lines, {3, 4}) if kind == "xlsx" else csv_lines([heading, *lines])
    )
    outcome = desk.recycle_bin.delete(SYSTEM, "office", "offer", [one["id"] for one in ids(desk, zhou)])
    assert len(outcome.gone) == 3
    assert taken(desk, zhou, content).created == 3
    assert offers(desk, zhou) == before


def test_rows_come_and_go_on_sheets_of_their_own_with_their_files(desk: Runtime, zhou: Viewer) -> None:
    slip = desk.store_file(zhou, b"%PDF-1", "回单.pdf", "application/pdf")["id"]
    given = [
        {"code": "B1", "lines": ALIKE["lines"], "pays": [{"amount": "1", "slip": [slip]}, {"amount": "2"}]},
        {"code": "B2"}, {"code": "B3", "pays": [{"amount": "3"}]},
    ]  # fmt: skip
    desk.records.create(zhou, "office", "offer", given)
    before = offers(desk, zhou)
    query = Query(columns=COLUMNS, sort=("code",))
    content = b"".join(desk.exports.make(zhou, "office", "offer", query, "zip", apart=True))
    assert desk.recycle_bin.delete(SYSTEM, "office", "offer", [one["id"] for one in ids(desk, zhou)]).gone
    found = taken(desk, zhou, content)
    assert wrong(desk, zhou, found) == {}
    assert (found.created, found.wrong, found.total, found.plan.beside) == (3, 0, 9, ("明细", "付款"))
    made = offers(desk, zhou)
    (kept,) = made["B1"]["pays"][0].pop("slip")
    assert before["B1"]["pays"][0].pop("slip") == [slip]
    assert made == before
    assert desk.open_file(zhou, kept)[0]["name"] == "回单.pdf"


def test_a_row_on_another_sheet_that_is_wrong_is_named_there(desk: Runtime, zhou: Viewer) -> None:
    pages = [
        WrittenSheet(["单号", "客户"], [["B1", "恒锐"], ["B2", ""]], name="报价"),
        WrittenSheet(
            ["产品", "单号", "数量"], [["导轨", "B2", "两"], ["滑块", "", "1"], ["电机", "B9", "1"]], name="明细"
        ),
    ]  # fmt: skip
    found = taken(desk, zhou, b"".join(workbook_of(pages)))
    assert (found.created, sorted(offers(desk, zhou))) == (
        2,
        ["B1", "B9"],
    )  # a row without its record makes one
    told = {found.plan.line(line): codes for line, codes in wrong(desk, zhou, found).items()}
    assert told == {
        "3": [("import.with_line", "")], "明细!2": [("value.not_a_number", "/lines/0/number")],
        "明细!3": [("import.with_line", "")],
    }  # fmt: skip
    with_it = [
        (found.plan.line(line.number), one.text("zh"), one.text("en"))
        for line in desk.imports.wrong(zhou, found.id, 9)
        for one in line.problems
        if one.code == "import.with_line"
    ]
    (main, *sentence), (beside, *same) = with_it
    assert (main, beside) == ("3", "明细!3")
    assert sentence == same == [
        "与工作表“明细”第 2 行是同一条记录，那一行有错", "One record with line 2 of the sheet “明细”, which is wrong",
    ]  # fmt: skip
    mended = open_sheet(desk.imports.wrong_workbook(zhou, found.id))
    assert [line.cells[0] for line in mended.lines()] == ["3", "明细!2", "明细!3"]


def ids(runtime: Runtime, viewer: Viewer) -> list[dict[str, str]]:
    return [{"id": item.id} for item in runtime.records.page(viewer, "office", "offer", Query()).items]


def test_an_export_tells_rows_and_people_only_as_they_may_be_seen(desk: Runtime, zhou: Viewer) -> None:
    desk.records.create(
        zhou, "office", "offer", [{"code": "B1", "lines": [{"product": "导轨", "who": "zhou"}]}]
    )
    document = copy.deepcopy(OFFICE)
    document["forms"].append(OFFER)
    document["roles"][0]["forms"]["offer"] = {
        "actions": ["read", "export"],
        "fields": {"lines": "mask", "code": "read"},
    }
    desk.applications.publish(None, document, "system")
    seen = str(list(desk.records.export(zhou, "office", "offer", Query(columns=COLUMNS))))
    assert "B1" in seen
    assert "导轨" not in seen
    assert "周婧" not in seen
