"""Workbooks of people and departments, as somebody brings them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

HEAD = ["编号", "姓名", "部门", "岗位", "直属上级", "邮箱", "入职日期"]


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    return made.getvalue()


NEW_TEAM = workbook(
    {
        "人员": [
            HEAD,
            ["1001", "陈思雨", "销售/华西", "销售", "冯丽", "chen@example.com", "2026-01-05"],
            ["feng", "冯丽", "销售/华西", "经理", "陆志恒 (lu)", "", ""],
            ["zhou", "周婧", "华东", "组长", "冯丽", "", ""],
            ["wang", "王磊", "华东", "", "lu", "", ""],
        ],
        "部门": [["部门", "负责人"], ["华西", "冯丽"]],
    }
)
