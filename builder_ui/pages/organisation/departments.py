"""Departments, in a drawer beside the tree: their name, head and place; closing and opening them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from litestar import Response, get, post

from builder_ui.models.inputs import Input
from builder_ui.models.organisation import DepartmentDrawer
from builder_ui.pages.organisation.office import BASE, Office, department_url, last
from builder_ui.pages.organisation.person import with_problems
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.access.people import Department
from engine.organisation.naming import free_id
from metamodel.problems import Problem, Rejected, problem

DEPARTMENT = f"{BASE}/department/{{department_id:str}}"
NEW = f"{BASE}/departments/new"


@get(NEW, sync_to_thread=True)
def new_department(request: Ask, site: Here) -> Response[Any]:
    office = Office.of(site.visit(request))
    parent = office.visit.query.get("parent", "") or None
    return _drawer(office, Department("", "", parent), ())


@post(NEW, sync_to_thread=True)
def add_department(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    name, organisation = last(sent, "name"), office.organisation
    department = Department(
        free_id(organisation, name), name, last(sent, "parent") or None, last(sent, "head") or None,
        len(organisation.departments),
    )  # fmt: skip
    try:
        visit.runtime.database.write(
            lambda unit: visit.runtime.personnel.add_department(unit, visit.viewer, department)
        )
    except Rejected as refused:
        return _drawer(office, replace(department, id=""), refused.problems)
    return _gone(visit, department.id)


@get(DEPARTMENT, sync_to_thread=True)
def department_drawer(request: Ask, site: Here, department_id: InPath) -> Response[Any]:
    office = Office.of(site.visit(request))
    return _drawer(office, _known(office, department_id), ())


@post(DEPARTMENT, sync_to_thread=True)
def change_department(request: Ask, site: Here, department_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    changed = replace(
        _known(office, department_id), name=last(sent, "name"), parent=last(sent, "parent") or None,
        head=last(sent, "head") or None,
    )  # fmt: skip
    try:
        visit.runtime.database.write(
            lambda unit: visit.runtime.personnel.change_department(unit, visit.viewer, changed)
        )
    except Rejected as refused:
        return _drawer(office, changed, refused.problems)
    return _gone(visit, department_id)


@post(f"{DEPARTMENT}/close", sync_to_thread=True)
def close_department(request: Ask, site: Here, department_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    office = Office.of(visit)
    department = _known(office, department_id)
    try:
        visit.runtime.database.write(
            lambda unit: visit.runtime.personnel.close_department(
                unit, visit.viewer, department_id, office.today
            )
        )
    except Rejected as refused:
        return _drawer(office, department, refused.problems)
    return _gone(visit, department.parent or "")


@post(f"{DEPARTMENT}/reopen", sync_to_thread=True)
def reopen_department(request: Ask, site: Here, department_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    personnel = visit.runtime.personnel
    visit.runtime.database.write(lambda unit: personnel.reopen_department(unit, visit.viewer, department_id))
    return _gone(visit, department_id)


def _known(office: Office, identifier: str) -> Department:
    found = office.organisation.departments.get(identifier)
    if found is None:
        raise Rejected([problem("organisation.unknown_department", department=identifier)])
    return found


def _gone(visit: Visit, department: str) -> Response[Any]:
    """To the department: the script follows the header, a form the redirect."""
    address = department_url(department)
    if visit.request.headers.get("hx-request"):
        return Response(b"", headers={"HX-Redirect": address})
    return visit.go(address)


def _drawer(office: Office, department: Department, problems: Iterable[Problem]) -> Response[Any]:
    text, found, new = office.visit.text, list(problems), not department.id
    inputs = [
        Input("name", "name", text("Name"), value=department.name, required=True),
        office.department_input("parent", text("Lies below"), [department.parent]),
        office.person_input("head", text("Head"), department.head),
    ]
    address, closed = f"{BASE}/department/{department.id}", department.closed_on is not None
    stood = office.department(department.id)
    page = DepartmentDrawer(
        text("New department") if new else stood, NEW if new else address,
        tuple(with_problems(office, inputs, found)), office.said(one for one in found if not one.path),
        f"{address}/close" if not new and not closed else "", f"{address}/reopen" if closed else "",
        text("Records that name it keep the name; roles given to it end."),
    )  # fmt: skip
    return office.visit.part("parts/department.html", page)


HANDLERS = (
    new_department,
    add_department,
    department_drawer,
    change_department,
    close_department,
    reopen_department,
)
