"""An organisation as a workbook: what is read from one that people filled in, and the one they are given.

Sheet 人员 (People), and 部门 (Departments) where heads are to be named. A column that is absent leaves
what it is about as it stands; an empty cell empties it. Called by `importing` and by its page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from engine.access.people import Organisation
from engine.sheet_reader import rows_apart
from engine.workbook_cells import refuse_bomb
from metamodel.problems import Rejected, problem

PEOPLE = {"zh": "人员", "en": "People"}
DEPARTMENTS = {"zh": "部门", "en": "Departments"}
PERSON_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "id": {"zh": "编号", "en": "Id"},
    "name": {"zh": "姓名", "en": "Name"},
    "department": {"zh": "部门", "en": "Department"},
    "other_departments": {"zh": "兼任部门", "en": "Other departments"},
    "post": {"zh": "岗位", "en": "Post"},
    "superior": {"zh": "直属上级", "en": "Superior"},
    "email": {"zh": "邮箱", "en": "E-mail"},
    "joined_on": {"zh": "入职日期", "en": "First day"},
}
DEPARTMENT_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "path": {"zh": "部门", "en": "Department"},
    "head": {"zh": "负责人", "en": "Head"},
}
LARGEST, UNPACKED, LONGEST = 10_000_000, 100_000_000, 20_000  # bytes, bytes, rows
Columns = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a sheet: its number as the program shows it, and the cells of the columns that are there."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workbook:
    people: tuple[Row, ...]
    departments: tuple[Row, ...]


def read_workbook(content: bytes) -> Workbook:
    """Rejected: organisation.no_workbook, organisation.workbook_too_large, organisation.no_sheet,
    organisation.column_missing."""
    if len(content) > LARGEST:
        raise Rejected([problem("organisation.workbook_too_large")])
    try:
        refuse_bomb(content, UNPACKED)
        with closing(rows_apart(content, "")) as rows:
            names = next(rows)
        people, departments = (_sheet(content, names, wanted) for wanted in (PEOPLE, DEPARTMENTS))
    except Rejected as refused:
        unreadable = refused.problems[0].code == "sheet.unreadable"
        code = "organisation.no_workbook" if unreadable else "organisation.workbook_too_large"
        raise Rejected([problem(code)]) from refused
    if people is None and departments is None:
        raise Rejected([problem("organisation.no_sheet", sheet=PEOPLE)])
    return Workbook(
        _rows(people or [], PERSON_COLUMNS, ("id", "name"), PEOPLE),
        _rows(departments or [], DEPARTMENT_COLUMNS, ("path",), DEPARTMENTS),
    )


def _sheet(content: bytes, names: Sequence[str], wanted: Mapping[str, str]) -> list[Sequence[str]] | None:
    """The lines of the sheet of that name in whichever language, one more than there may be at most."""
    name = next((one for label in wanted.values() for one in names if one.strip() == label), None)
    if name is None:
        return None
    with closing(rows_apart(content, name)) as rows:
        return list(islice(rows, 1, LONGEST + 2))


def _rows(
    lines: Sequence[Sequence[str]], columns: Columns, needed: Sequence[str], sheet: Mapping[str, str]
) -> tuple[Row, ...]:
    if not lines:
        return ()
    if len(lines) > LONGEST:
        raise Rejected([problem("organisation.workbook_too_large")])
    named = {label.casefold(): column for column, labels in columns.items() for label in labels.values()}
    heading = [named.get(cell.rstrip("*").strip().casefold(), "") for cell in lines[0]]
    missing = [column for column in needed if column not in heading]
    if missing:
        raise Rejected(
            [problem("organisation.column_missing", sheet=sheet, column=columns[one]) for one in missing]
        )
    rows = (
        Row(number, {column: cell for column, cell in zip(heading, line, strict=False) if column})
        for number, line in enumerate(lines[1:], 2)
    )
    return tuple(row for row in rows if any(row.cells.values()))


# -- writing -------------------------------------------------------------------------------------------


def write_workbook(organisation: Organisation, language: str, everybody: bool, note: str) -> bytes:
    """The workbook to fill in: with everybody who works here, or with one line that shows how."""
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E2F0EB", "bottom": 1})
        people = people_lines(organisation) if everybody else [EXAMPLE]
        _write(book, PEOPLE[language], PERSON_COLUMNS, people, heading, language, note)
        departments = department_lines(organisation) if everybody else []
        _write(book, DEPARTMENTS[language], DEPARTMENT_COLUMNS, departments, heading, language, "")
    return made.getvalue()


def _write(
    book: Any, name: str, columns: Columns, lines: Iterable[Mapping[str, str]], heading: Any, language: str,
    note: str,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (column, labels) in enumerate(columns.items()):
        sheet.write_string(0, place, labels[language], heading)
        sheet.set_column(place, place, 34 if column in ("department", "path") else 18)
        for number, line in enumerate(lines, 1):
            sheet.write_string(number, place, line.get(column, ""))
    if note:
        sheet.write_comment(0, 0, note, {"x_scale": 3, "y_scale": 2})


EXAMPLE = {
    "id": "sales99", "name": "张三", "department": "销售中心/华东销售部", "post": "销售", "superior": "mgr01",
    "email": "zhangsan@example.com", "joined_on": "2026-01-05",
}  # fmt: skip


def people_lines(organisation: Organisation) -> list[dict[str, str]]:
    """Everybody who works here, as the sheet has it."""
    path = path_of(organisation)
    return [
        {
            "id": person.id, "name": person.name, "post": person.post, "email": person.email,
            "department": path(person.department or ""),
            "other_departments": "; ".join(path(one) for one in person.other_departments),
            "superior": named(organisation, person.superior),
            "joined_on": date.fromordinal(person.joined_on).isoformat() if person.joined_on else "",
        }
        for person in sorted(organisation.people.values(), key=lambda one: one.id)
        if person.active
    ]  # fmt: skip


def department_lines(organisation: Organisation) -> list[dict[str, str]]:
    path = path_of(organisation)
    return [
        {"path": path(one.id), "head": named(organisation, one.head)}
        for one in organisation.departments.values()
        if one.closed_on is None
    ]


def path_of(organisation: Organisation) -> Callable[[str], str]:
    """A department's name with those above it, from the outside in."""
    return lambda identifier: "/".join(
        organisation.departments[one].name for one in reversed(organisation.above(identifier))
    )


def named(organisation: Organisation, person: str | None) -> str:
    known = organisation.people.get(person or "")
    return f"{known.name} ({known.id})" if known else person or ""
