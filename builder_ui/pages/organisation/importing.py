"""Importing a workbook: the template, the dry run line by line, and then exactly what it showed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Response, get, post

from builder_ui.models.organisation import ImportLine, ImportPage
from builder_ui.pages.organisation.office import BASE, STYLES, Office, last
from builder_ui.pages.organisation.person import trail
from builder_ui.site import Ask, Here, Visit, sent_form
from builder_ui.templating import href
from engine.access.audit import Occurrence
from engine.organisation import Preview
from engine.organisation.importing import DepartmentLine, PersonLine
from engine.organisation.workbook import PERSON_COLUMNS, write_workbook
from engine.whole_numbers import is_whole_number
from metamodel.problems import Problem, Rejected

IMPORT = f"{BASE}/import"
SHOWN = 200
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = {"wrong": 0, "new": 1, "changed": 2}


@get(IMPORT, sync_to_thread=True)
def import_page(request: Ask, site: Here) -> Response[Any]:
    office = Office.of(site.visit(request))
    done = office.visit.query.get("done", "")
    text = (
        office.visit.count("%(num)s line taken over", "%(num)s lines taken over", int(done))
        if is_whole_number(done)
        else ""
    )
    return _answer(office, _page(office, done=text))


@get(f"{IMPORT}/workbook", sync_to_thread=True)
def workbook(request: Ask, site: Here) -> Response[bytes]:
    """The workbook to fill in; `all=yes`: with everybody who works here, which is an export."""
    office = Office.of(site.visit(request))
    visit, everybody = office.visit, office.visit.query.get("all") == "yes"
    note = visit.text(
        "Departments are written as a path; those that do not exist are made. An empty cell empties."
    )
    content = write_workbook(office.organisation, visit.language, everybody, note)
    if everybody:
        count = sum(one.active for one in office.organisation.people.values())
        visit.runtime.audit.note(visit.viewer, Occurrence("organisation.export", detail={"count": count}))
    name = f"people-{visit.moments.today:%Y%m%d}.xlsx" if everybody else "people-template.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=WORKBOOK, headers=headers)


@post(IMPORT, sync_to_thread=True, status_code=200)
def look(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """The dry run; with `seal`, what that one showed is done."""
    visit, sent = site.visit(request), sent_form(body)
    office, file, seal = Office.of(visit), last(sent, "file"), last(sent, "seal")
    try:
        content = _content(visit, file)
        preview = visit.runtime.importing.preview(visit.viewer, content)
        if not seal:
            return _answer(office, _page(office, file, preview))
        visit.runtime.database.write(
            lambda unit: visit.runtime.importing.apply(unit, visit.viewer, content, seal)
        )
    except Rejected as refused:
        return _answer(office, _page(office, problems=refused.problems), 422)
    moved = sum(line.moves for line in preview.lines)
    return visit.go(href(IMPORT, done=moved))


def _content(visit: Visit, file: str) -> bytes:
    """Rejected (file.unknown) for what is not the visitor's own upload."""
    _, chunks = visit.runtime.open_file(visit.viewer, file)
    return b"".join(chunks)


def _answer(office: Office, page: ImportPage, status: int = 200) -> Response[Any]:
    return office.visit.page("people_import.html", page, title=page.title, styles=STYLES, status=status)


def _page(
    office: Office,
    file: str = "",
    preview: Preview | None = None,
    problems: Iterable[Problem] = (),
    done: str = "",
) -> ImportPage:
    visit, text = office.visit, office.visit.text
    columns = tuple(
        (labels[visit.language], _meaning(visit, column)) for column, labels in PERSON_COLUMNS.items()
    )
    title, way = text("Import people"), trail(office)
    if preview is None:
        return ImportPage(title, way, IMPORT, columns, problems=office.said(problems), done=done)
    moving = [line for line in preview.lines if line.state != "same"]
    rest = len(moving) - SHOWN
    shown = sorted(moving, key=lambda line: FIRST[line.state])[:SHOWN]
    return ImportPage(
        title, way, IMPORT, columns, file, preview.seal, _counts(visit, preview),
        tuple(_line(office, preview, line) for line in shown),
        text("and %(num)s more", num=f"{rest:,}") if rest > 0 else "",
        may_import=bool(moving) and not preview.problems,
    )  # fmt: skip


def _meaning(visit: Visit, column: str) -> str:
    text = visit.text
    return {
        "id": text("Needed. Signs in with it; never changes"), "name": text("Needed"),
        "department": text("As a path; what does not exist is made"),
        "other_departments": text("Several with ; between them"), "post": text("As people say it"),
        "superior": text("Id, name, or name (id) where several have it"), "email": text("One person, one address"),
        "joined_on": text("Like 2026-01-05"),
    }[column]  # fmt: skip


def _counts(visit: Visit, preview: Preview) -> tuple[tuple[str, str, str], ...]:
    text = visit.text
    made = sum(line.moves for line in preview.departments)
    counts = (
        ("new", text("New people"), preview.count("new")), ("changed", text("Changed"), preview.count("changed")),
        ("same", text("As they are"), preview.count("same")), ("made", text("Departments"), made),
        ("wrong", text("Mistakes"), len(preview.problems)),
    )  # fmt: skip
    return tuple((state, label, f"{number:,}") for state, label, number in counts)


def _line(office: Office, preview: Preview, line: PersonLine | DepartmentLine) -> ImportLine:
    text = office.visit.text
    place = text("Line %(number)s", number=line.number) if line.number else ""
    problems = tuple(_said(office, found) for found in line.problems)
    if isinstance(line, DepartmentLine):
        names = {one.department.id: one.department.name for one in preview.departments}
        parent = line.department.parent or ""
        return ImportLine(
            place, line.department.name, names.get(parent) or office.department(parent) or text("Department"),
            line.state, problems=problems,
        )  # fmt: skip
    shown = tuple(_change(office, preview, change) for change in line.changes)
    return ImportLine(place, line.person.name, line.person.id, line.state, shown, problems)


def _said(office: Office, found: Problem) -> str:
    """With the column it is about before it."""
    labels = PERSON_COLUMNS.get(found.path.strip("/"), {})
    return ": ".join(filter(None, (labels.get(office.visit.language, ""), *office.said([found]))))


def _change(office: Office, preview: Preview, change: tuple[str, Any, Any]) -> tuple[str, str, str]:
    column, before, after = change
    label = PERSON_COLUMNS.get(column, {}).get(office.visit.language, column)
    return label, _shown(office, preview, column, before), _shown(office, preview, column, after)


def _shown(office: Office, preview: Preview, column: str, value: Any) -> str:
    """As people read it; who and what comes with this very import has a name too."""
    fresh = {one.department.id: one.department.name for one in preview.departments}
    people = {one.person.id: one.person.name for one in preview.people}
    several: Sequence[str] = value if isinstance(value, tuple) else (value,)
    match column:
        case "department" | "other_departments":
            return office.visit.joined(fresh.get(one) or office.department(one) for one in several if one)
        case "superior":
            return people.get(value or "") or office.person(value)
        case "joined_on":
            return office.day(value)
    return str(value or "")


HANDLERS = (import_page, workbook, look)
