"""View models of the pages that bring records in from a spreadsheet, with believable words."""

from __future__ import annotations

from builder_ui.models.importing import (
    ImportRow,
    ImportRunPage,
    ImportStartPage,
    Mapping,
    MappingRow,
    WrongRow,
)
from builder_ui.models.parts import Link, Option
from builder_ui.pages.exporting import ExportForm

TRAIL = (Link("联系人", "/apps/crm/forms/contact"),)
BASE = "/apps/crm/forms/contact/import/7"
STEPS = ("文件", "列", "检查", "导入")
FIELDS = (("", "不导入"), ("name", "姓名 *"), ("customer", "客户 *"), ("mobile", "手机"))


def _options(chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, text, value == chosen) for value, text in FIELDS)


def import_start_page(full: bool = True) -> ImportStartPage:
    rows = (
        ImportRow("客户联系人.xlsx", "今天 09:31", "已导入", "green", "新建 212，更新 18，略过 3", BASE),
        ImportRow("展会名片 2026 秋季上海工博会 含重复号码.csv", "昨天 17:02", "待对应", "grey", "", BASE),
    )  # fmt: skip
    problems = () if full else ("无法读取这个文件 请用 Excel（.xlsx、.xls）或 CSV",)
    action = "/apps/crm/forms/contact/import"
    return ImportStartPage(
        "导入：联系人", TRAIL, action, f"{action}/template", rows if full else (), problems
    )


def import_mapping_page() -> ImportRunPage:
    rows = (
        MappingRow("A", "客户", ("苏州恒锐精密机械有限公司",), _options("customer"),
                   (Option("", "按 客户名称 查找", True), Option("number", "按 编号 查找"))),
        MappingRow("B", "姓名", ("张磊", "<script>"), _options("name"), wrong=True),
        MappingRow("C", "", (), _options("")),
    )  # fmt: skip
    modes = (
        Option("create", "只新建", True, sub="每一行都成为一条新记录"),
        Option("both", "有则更新，无则新建", sub="…"),
    )
    mapping = Mapping(
        rows, (Option("联系人", "联系人", True), Option("说明", "说明")), 2, modes, _options("")[1:],
        (Option("leave_out", "略过有错的行", True), Option("nothing", "全部导入，或者一行也不导入")), True,
        ("必填字段“来源”没有对应的列",),
    )  # fmt: skip
    return ImportRunPage(
        "导入：联系人", TRAIL, BASE, "客户联系人.xlsx", 2, STEPS, mapping, problems=("两列都对应到“姓名”",)
    )


def import_busy_page() -> ImportRunPage:
    counts = (("new", "已新建", "21,250"), ("wrong", "有错的行", "640"))
    return ImportRunPage(
        "导入：联系人", TRAIL, BASE, "客户联系人.xlsx", 4, STEPS, progress=44, counts=counts,
        progress_text="正在导入 · 21,890 / 50,000 行",
    )  # fmt: skip


def import_checked_page() -> ImportRunPage:
    counts = (("new", "将新建", "48,500"), ("changed", "将更新", "0"), ("wrong", "有错的行", "1,500"))
    wrong = (
        WrongRow("3", (("客户", "“客户”：找不到“不存在的公司”"), ("电话", "“12”不是正确的手机号码"))),
        WrongRow("10,006", (("", "请填写“姓名”"),)),
    )
    return ImportRunPage(
        "导入：联系人", TRAIL, BASE, "客户联系人.xlsx", 3, STEPS, counts=counts, wrong=wrong, more="还有 1,498 行",
        reasons=(("812", "“客户”：找不到“不存在的公司”"),), errors_href=f"{BASE}/errors", again_href=f"{BASE}?edit=yes",
        begin="导入这 48,500 行", notice="尚未写入任何内容。",
    )  # fmt: skip


def import_done_page() -> ImportRunPage:
    counts = (("new", "已新建", "212"), ("wrong", "有错的行", "0"))
    return ImportRunPage(
        "导入：联系人", TRAIL, BASE, "客户联系人.xlsx", 4, STEPS, counts=counts, list_href="/apps/crm/forms/contact",
        notice="导入完成，全部已写入。", tone="ok",
    )  # fmt: skip


def export_form() -> ExportForm:
    columns = tuple(Option(name, text, name == "name") for name, text in FIELDS[1:])
    return ExportForm("/apps/crm/forms/contact/export", "90 条", 90, (("q", "恒锐"),), columns)
