"""A workbook is looked at first, line by line; then exactly what was shown is done, or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from engine.access.people import Organisation
from engine.access.viewer import Viewer
from engine.organisation.naming import Names
from engine.organisation.workbook import UNPACKED, people_lines, read_workbook, write_workbook
from engine.runtime import Runtime
from metamodel.problems import Problem, Rejected
from tests.engine.organisation.conftest import DEPARTMENTS, PEOPLE
from tests.engine.organisation.outcomes import codes, noted
from tests.engine.organisation.workbooks import HEAD, NEW_TEAM, workbook


def test_what_a_workbook_would_do_is_shown(firm: Runtime, fang: Viewer) -> None:
    found = firm.importing.preview(fang, NEW_TEAM)
    assert [(line.person.id, line.state) for line in found.people] == [
        ("1001", "new"), ("feng", "new"), ("zhou", "changed"), ("wang", "same"),
    ]  # fmt: skip
    assert found.people[2].changes == (("post", "", "组长"), ("superior", "lu", "feng"))
    (west,) = found.departments
    assert (west.state, west.department.name, west.department.parent, west.department.head) == (
        "new", "华西", "sales", "feng",
    )  # fmt: skip
    assert found.people[0].person.superior == "feng"
    assert found.people[0].person.joined_on == date(2026, 1, 5).toordinal()
    assert not found.problems
    assert set(firm.people.organisation().people) == {"fang", "lu", "zhou", "wang", "ye"}


def test_what_was_shown_is_done_and_audited(firm: Runtime, fang: Viewer) -> None:
    shown = firm.importing.preview(fang, NEW_TEAM)
    firm.database.write(lambda unit: firm.importing.apply(unit, fang, NEW_TEAM, shown.seal))
    organisation = firm.people.organisation()
    assert organisation.people["feng"].department == organisation.people["1001"].department == "huaxi"
    assert organisation.manager_of("1001", 2) == "lu"
    assert noted(firm, "organisation.import") == [{"new": 2, "changed": 1, "same": 1, "departments": 1}]
    assert {one["person"] for one in noted(firm, "person.create")} == {"1001", "feng"}
    again = firm.importing.preview(fang, NEW_TEAM)
    assert {line.state for line in again.lines} == {"same"}


def test_what_changed_meanwhile_is_looked_at_again(firm: Runtime, fang: Viewer) -> None:
    shown = firm.importing.preview(fang, NEW_TEAM)
    wang = replace(firm.people.organisation().people["wang"], post="组长")
    firm.database.write(lambda unit: firm.personnel.change_people(unit, fang, [wang]))
    work = lambda unit: firm.importing.apply(unit, fang, NEW_TEAM, shown.seal)  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == {("import_outdated", "")}


MISTAKES = workbook(
    {
        "人员": [
            HEAD,
            ["new", "", "华东", "", "", "", ""],
            ["new", "甲", "", "", "", "", ""],
            ["a b", "乙", "", "", "无此人", "x", "昨天"],
            ["lu", "陆志恒", "销售", "经理", "zhou", "fang@example.com", ""],
        ],
        "部门": [["部门", "负责人"], ["华东", "张三"]],
    }
)


def test_every_mistake_is_named_at_its_cell_and_nothing_is_done(firm: Runtime, fang: Viewer) -> None:
    shown = firm.importing.preview(fang, MISTAKES)
    wanted = {
        ("name_missing", "/people/2/name"), ("same_id", "/people/3/id"),
        ("unknown_person", "/people/4/superior"), ("bad_day", "/people/4/joined_on"),
        ("circle", "/people/5/superior"), ("email_taken", "/people/5/email"),
        ("unknown_person", "/departments/2/head"),
    }  # fmt: skip
    assert {(one.code.removeprefix("organisation."), one.path) for one in shown.problems} == wanted
    work = lambda unit: firm.importing.apply(unit, fang, MISTAKES, shown.seal)  # noqa: E731
    assert codes(lambda: firm.database.write(work)) == wanted
    assert set(firm.people.organisation().people) == {"fang", "lu", "zhou", "wang", "ye"}


def test_who_manages_nobody_imports_nothing(firm: Runtime, zhou: Viewer) -> None:
    assert codes(lambda: firm.importing.preview(zhou, NEW_TEAM)) == {("access.denied", "")}


# -- the workbook itself -------------------------------------------------------------------------------

FIRM = Organisation({one.id: one for one in PEOPLE}, {one.id: one for one in DEPARTMENTS}, [])


def bomb() -> bytes:
    """A small file that would fill a hundred megabytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (UNPACKED + 1))
    return made.getvalue()


def entities() -> bytes:
    """A workbook whose texts are entities that would grow, or read a file."""
    good = io.BytesIO(workbook({"人员": [["编号", "姓名"], ["x", "y"]]}))
    evil = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
    made = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, evil if name.endswith("sharedStrings.xml") else source.read(name))
    return made.getvalue()


BAD_FILES: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "text": (b"id,name\n1,2\n", "no_workbook"),
    "nothing": (b"", "no_workbook"),
    "half": (NEW_TEAM[: len(NEW_TEAM) // 2], "no_workbook"),
    "bomb": (bomb, "workbook_too_large"),
    "heavy": (b"PK" + b"0" * 10_000_000, "workbook_too_large"),
    "other_sheet": (workbook({"工资": [["编号"]]}), "no_sheet"),
    "no_column": (workbook({"人员": [["编号", "名字"], ["1", "甲"]]}), "column_missing"),
    "long": (
        workbook({"人员": [["编号", "姓名"]] + [[str(n), "甲"] for n in range(20_001)]}),
        "workbook_too_large",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_what_is_no_workbook_is_said_so(case: str) -> None:
    content, code = BAD_FILES[case]
    with pytest.raises(Rejected) as refused:
        read_workbook(content() if callable(content) else content)
    assert [one.code for one in refused.value.problems] == [f"organisation.{code}"]


def test_entities_of_a_workbook_are_not_followed() -> None:
    try:
        rows = read_workbook(entities()).people
    except Rejected:
        return
    assert not any("root:" in cell for row in rows for cell in row.cells.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_is_read_again(language: str) -> None:
    book = read_workbook(write_workbook(FIRM, language, True, "note"))
    assert [dict(row.cells) for row in book.people] == people_lines(FIRM)
    assert [row.cells["path"] for row in book.departments] == ["远汀", "远汀/销售", "远汀/销售/华东"]


def test_a_name_never_becomes_a_formula() -> None:
    hostile = FIRM.with_people([replace(PEOPLE[2], name='=HYPERLINK("http://evil","x")', post="@SUM(1)")])
    book = write_workbook(hostile, "zh", True, "")
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        sheets = b"".join(packed.read(name) for name in packed.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets
    assert any(row.cells["name"].startswith("=") for row in read_workbook(book).people)


# -- names ---------------------------------------------------------------------------------------------

WRITTEN = {
    "lu": "lu", "陆志恒": "lu", "陆志恒 (lu)": "lu", "陆志恒（lu）": "lu", "": None,
}  # fmt: skip
PLACES = {
    "east": "east", "华东": "east", "销售/华东": "east", "远汀 / 销售 / 华东": "east", "远汀›销售": "sales", "": None,
    "销售/华西": "huaxi", "华西": "huaxi", "远汀/市场/品牌": "pinpai",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_people_as_they_are_written(text: str) -> None:
    wrong: list[Problem] = []
    assert (Names(FIRM).person(text, "", wrong), wrong) == (WRITTEN[text], [])


@pytest.mark.parametrize("text", PLACES)
def test_departments_as_they_are_written(text: str) -> None:
    names, wrong = Names(FIRM), list[Problem]()
    assert (names.department(text, "", wrong), wrong) == (PLACES[text], [])
    assert all(names.organisation.departments[one].parent for one in names.made)


def test_a_name_that_several_have_is_asked_about() -> None:
    twins = Names(FIRM.with_people([replace(PEOPLE[3], id="wang2")]))
    wrong: list[Problem] = []
    assert twins.person("王磊", "/superior", wrong) is None
    assert [(one.code, one.params["example"]) for one in wrong] == [
        ("organisation.several_people", "王磊 (wang)")
    ]
