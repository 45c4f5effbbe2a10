"""Workbooks people are given: one to fill in, and one of the lines that could not come in, with the reasons."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from engine.importing.plan import APART, Plan, Target
from engine.importing.shown import WrongLine
from engine.records.program import FormProgram
from engine.sheets import Sheet
from engine.workbook_writing import sheet_name
from metamodel.labels import label_text
from metamodel.plugin_api import Reference
from metamodel.problems import Problem

REASON = {"zh": "错误原因", "en": "What is wrong"}
LINE = {"zh": "原行号", "en": "Line in the file"}
ROWS = {
    "zh": "一条记录有多行时，每行占一行，其他列只填第一行",
    "en": "Several rows of one record take a line each; fill the other columns in the first one only",
}
FILES = {"zh": "写文件名，文件放进 ZIP 一起上传", "en": "Write the file's name, and upload the file in a ZIP"}
FILLED = 1_000  # lines of the template whose choices are a list to pick from
LONGEST_LIST = 250  # characters a list in a cell may have


def template(program: FormProgram, targets: Sequence[Target], language: str) -> bytes:
    """One column a field: needed ones marked, choices to pick from, what to write as a note."""
    made = io.BytesIO()
    with _book(made) as book:
        sheet = book.add_worksheet(sheet_name(program.form.text(language)))
        sheet.freeze_panes(1, 0)
        for place, target in enumerate(targets):
            needed = target.field.required
            look = {
                "bold": True,
                "bg_color": "#E2F0EB" if needed else "#EFF1EE",
                "bottom": 1,
                "text_wrap": True,
            }
            heading = target.text(language) + ("*" if needed else "")
            sheet.write_string(0, place, heading, book.add_format(look))
            sheet.set_column(
                place, place, max(12, min(40, 2 * len(heading) + 4)), book.add_format({"num_format": "@"})
            )
            _help(sheet, place, target, language)
    return made.getvalue()


def _help(sheet: Any, place: int, target: Target, language: str) -> None:
    field = target.field
    assert field.type is not None
    words = [label_text(field.type.label, language), label_text(field.help, language)]
    words += [label_text(ROWS, language)] if target.within is not None else []
    words += (
        [label_text(FILES, language)] if field.type.reference(field) == Reference("file", many=True) else []
    )
    sheet.write_comment(0, place, "\n".join(word for word in words if word), {"x_scale": 1.5})
    choices = [c.text(language) for c in field.type.choices(field) if not c.hidden]
    if (
        choices
        and not field.type.many
        and len(",".join(choices)) < LONGEST_LIST
        and not any("," in c for c in choices)
    ):
        rule = {"validate": "list", "source": choices, "error_type": "warning"}
        sheet.data_validation(1, place, FILLED, place, rule)


def wrong_workbook(
    program: FormProgram, sheet: Sheet, plan: Plan, wrong: Sequence[WrongLine], language: str
) -> bytes:
    """The lines as they stood with the reasons before them; the cells that are wrong are marked."""
    made = io.BytesIO()
    with _book(made) as book:
        head = book.add_format({"bold": True, "bg_color": "#EFF1EE", "bottom": 1})
        bad = book.add_format({"bg_color": "#FCEBE9", "font_color": "#B0281F", "num_format": "@"})
        reason = book.add_format({"font_color": "#B0281F", "text_wrap": True})
        page = book.add_worksheet(sheet_name(program.form.text(language)))
        page.freeze_panes(1, 2)
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 50)
        page.set_column(2, len(sheet.headings) + 1, 18, book.add_format({"num_format": "@"}))
        for place, heading in enumerate(
            (label_text(LINE, language), label_text(REASON, language), *sheet.headings)
        ):
            page.write_string(0, place, heading, head)
        cells = {line.number: line.cells for line in _asked(sheet, wrong)}
        order = {number: place for place, number in enumerate(cells)}  # with the lines of their records
        for row, one in enumerate(sorted(wrong, key=lambda each: order.get(each.number, each.number)), 1):
            marked = {plan.place_of(found) for found in one.problems}
            page.write(row, 0, one.number if one.number < APART else plan.line(one.number))
            page.write_string(
                row, 1, "\n".join(_placed(plan, found, language) for found in one.problems), reason
            )
            for place, text in enumerate(cells.get(one.number, ())):
                page.write_string(row, place + 2, text[:32_000], *([bad] if place in marked else []))
    return made.getvalue()


def _placed(plan: Plan, found: Problem, language: str) -> str:
    """With the column it is about before it."""
    place = plan.place_of(found)
    text = told(found, language)
    return text if place is None else f"{plan.columns[place].heading}：{text}"


def told(found: Problem, language: str) -> str:
    """A problem and, where there is one, its way out."""
    hint = found.hint(language)
    return found.text(language) + (
        ("（" + hint + "）" if language.startswith("zh") else f" ({hint})") if hint else ""
    )


def _asked(sheet: Sheet, wrong: Sequence[WrongLine]) -> Iterable[Any]:
    numbers = {one.number for one in wrong}
    return (line for line in sheet.lines() if line.number in numbers)


def _book(made: io.BytesIO) -> Any:
    """Texts stay texts; nothing of it lies on the disk."""
    import xlsxwriter

    fixed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(made, {"in_memory": True, **fixed})
