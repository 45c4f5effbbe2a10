"""A spreadsheet in and out again in a real browser: mapped, checked, mended, imported, exported."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from engine.access.viewer import SYSTEM
from engine.records.query import Query
from engine.runtime import Runtime
from tests.e2e.conftest import Open

HEAD = ["客户名称", "来源", "单价", "合作日期", "旧编号"]
LINES = [
    ["苏州恒锐", "企业微信", 12.5, "2026-01-05", "A1"],
    ["上海浦仁", "电话", "1,200", "2026/2/3", "A2"],
    ["", "电话", 3, "", "A3"],
    ["合肥科瑞", "传真", "十二", "", "A4"],
]


def workbook(path: Path, *lines: Sequence[Any]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("客户")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return path


def choose(page: Page, path: Path) -> None:
    page.set_input_files("#f-file", path)
    page.locator(".upload .files .file progress").wait_for(state="detached")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="检查每一行")).to_be_visible()


def imported(runtime: Runtime) -> list[tuple[str, str, str]]:
    found = runtime.records.page(SYSTEM, "desk", "customer", Query(limit=50)).items
    return sorted((r.values["name"], r.display["channel"], r.display["price"]) for r in found)


def test_a_spreadsheet_comes_in_is_mended_and_goes_out(desk: Open, runtime: Runtime, tmp_path: Path) -> None:
    page = desk("zhou").open("/apps/desk/forms/customer")
    page.get_by_role("link", name="导入").click()
    choose(page, workbook(tmp_path / "客户.xlsx", HEAD, *LINES))
    chosen = [page.locator("select[name=column]").nth(place).input_value() for place in range(len(HEAD))]
    assert chosen == ["name", "channel", "price", "since", ""]
    page.locator("select[name=column]").nth(4).select_option("name")
    expect(page.locator("tr.wrong")).to_have_count(2)  # the same field twice, said at once
    page.locator("select[name=column]").nth(4).select_option("")
    page.get_by_role("button", name="检查每一行").click()
    expect(page.locator(".import-counts .new b")).to_have_text("2")
    expect(page.locator(".import-counts .wrong b")).to_have_text("2")
    assert imported(runtime) == []
    page.get_by_role("button", name="导入这 2 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    assert [name for name, _, _ in imported(runtime)] == ["上海浦仁", "苏州恒锐"]
    mended = mend(page, tmp_path)
    page.goto("/apps/desk/forms/customer/import")
    choose(page, mended)
    page.get_by_role("button", name="检查每一行").click()
    page.get_by_role("button", name="导入全部 2 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    assert len(imported(runtime)) == 4
    goes_out(page)
    rows_and_files(page, runtime, tmp_path)


def mend(page: Page, folder: Path) -> Path:
    """The wrong lines as they were handed back, put right."""
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载有错的行").click()
    head, *lines = CalamineWorkbook.from_path(fetched.value.path()).get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines] == [4.0, 5.0]
    assert "传真" in lines[1][1]
    assert "十二" in lines[1][1]
    lines[0][2], lines[1][3], lines[1][4] = "宁波远港", "电话", "12"
    return workbook(folder / "改正.xlsx", head, *lines)


def goes_out(page: Page) -> None:
    page.goto("/apps/desk/forms/customer")
    page.get_by_role("button", name="导出").click()
    form = page.locator(".export-form")
    form.get_by_role("button", name="全部", exact=True).click()
    form.get_by_text("CSV").click()
    with page.expect_download() as fetched:
        form.get_by_role("button", name="导出").click()
    text = Path(fetched.value.path()).read_text("utf-8-sig")
    assert text.count("\n") >= 5
    assert "宁波远港" in text
    assert "合作日期" in text.splitlines()[0]


ROWS = [
    ["名称", "明细", "", "附件"],
    ["", "品名", "数量", ""],
    ["宁波海川", "导轨", 2, "合同.pdf"],
    ["", "滑块", 1, ""],
    ["", "丝杆", "两", ""],
    ["绍兴越达", "电机", 3, "没有.pdf"],
    ["台州远大", "线缆", 9, "合同.pdf"],
]


def rows_and_files(page: Page, runtime: Runtime, folder: Path) -> None:
    """Rows of a sub-form and files beside the sheet, in and out again."""
    with zipfile.ZipFile(folder / "附件.zip", "w") as archive:
        archive.writestr("合同.pdf", b"%PDF-1.7 contract")
    page.goto("/apps/desk/forms/customer/import")
    page.set_input_files("#f-attachments", folder / "附件.zip")
    page.set_input_files("#f-file", workbook(folder / "明细.xlsx", *ROWS))
    expect(page.locator(".upload .file progress")).to_have_count(0)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("归入上一条记录")).to_be_visible()
    chosen = [page.locator("select[name=column]").nth(place).input_value() for place in range(4)]
    assert chosen == ["name", "lines.what", "lines.count", "files"]
    page.get_by_role("button", name="检查每一行").click()
    expect(page.locator(".import-counts .new b")).to_have_text("1")
    wrong = page.locator(".import-wrong tbody tr")
    expect(wrong).to_have_count(4)
    expect(wrong.filter(has_text="明细.数量")).to_contain_text("两")
    expect(wrong.filter(has_text="没有.pdf")).to_have_count(1)
    page.get_by_role("button", name="导入这 1 条记录").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    made = runtime.records.page(SYSTEM, "desk", "customer", Query(limit=1)).items[0]
    assert (made.values["name"], made.display["files"]) == ("台州远大", "合同.pdf")
    page.goto("/apps/desk/forms/customer?q=台州远大")
    page.get_by_role("button", name="导出").click()
    form = page.locator(".export-form")
    form.get_by_role("button", name="全部", exact=True).click()
    form.get_by_text("ZIP").click()
    with page.expect_download() as fetched:
        form.get_by_role("button", name="导出").click()
    with zipfile.ZipFile(fetched.value.path()) as archive:
        names = archive.namelist()
        assert f"files/{made.id}/合同.pdf" in names
        assert archive.read(f"files/{made.id}/合同.pdf") == b"%PDF-1.7 contract"
        (folder / "出.xlsx").write_bytes(archive.read("customer.xlsx"))
    head, line = CalamineWorkbook.from_path(str(folder / "出.xlsx")).get_sheet_by_index(0).to_python()[:2]
    told = dict(zip(head, line, strict=True))
    assert (told["明细.品名"], told["附件"]) == ("线缆", f"files/{made.id}/合同.pdf")


def test_a_phone_maps_and_imports_too(desk: Open, runtime: Runtime, tmp_path: Path) -> None:
    shape: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = desk("zhou", **shape).open("/apps/desk/forms/customer/import")
    choose(page, workbook(tmp_path / "客户.xlsx", HEAD, LINES[0]))
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    page.get_by_role("button", name="检查每一行").click()
    page.get_by_role("button", name="导入全部 1 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    assert imported(runtime)[0][0] == "苏州恒锐"


def test_a_button_opens_a_form_and_saving_leads_back(desk: Open, runtime: Runtime) -> None:
    from tests.builder_ui.desk import DESK

    rule = {
        "id": "talk", "label": "登记", "when": {"trigger": "button", "form": "customer", "label": "再开一家"},
        "then": [{"action": "open_form", "with": {"form": "customer", "values": {
            "name": "name + '分公司'", "tags": "tags"}}}],
    }  # fmt: skip
    runtime.applications.publish(None, {**DESK, "rules": [rule]}, "system")
    made = runtime.records.create(SYSTEM, "desk", "customer", [{"name": "恒锐", "tags": ["老客户", "华东"]}])[
        0
    ]
    here = f"/apps/desk/forms/customer/records/{made}"
    page = desk("zhou").open(here)
    page.get_by_role("button", name="再开一家").click()
    expect(page.locator("[name=name]")).to_have_value("恒锐分公司")
    assert len(imported(runtime)) == 1
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(f"**{here}*")
    newest = runtime.records.page(SYSTEM, "desk", "customer", Query(limit=1)).items[0]
    assert (newest.values["name"], newest.values["tags"]) == ("恒锐分公司", ["老客户", "华东"])
