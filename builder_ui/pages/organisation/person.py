"""One person: where he belongs, what he may do and why; and the form that adds or changes somebody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from litestar import Response, get, post

from builder_ui.models.inputs import Input
from builder_ui.models.organisation import HandOverLine, HeldRole, PersonForm, PersonPage
from builder_ui.models.parts import Link
from builder_ui.pages.organisation.office import (
    BASE,
    STYLES,
    Office,
    department_url,
    every,
    last,
    person_url,
    role_url,
)
from builder_ui.site import Ask, Here, InPath, sent_form
from builder_ui.templating import href
from engine.access.people import Membership, Person
from engine.clock import from_microseconds
from engine.organisation.handing_over import Standing
from metamodel.problems import Problem, Rejected, problem

PERSON = f"{BASE}/person/{{person_id:str}}"


@get(PERSON, sync_to_thread=True)
def person_page(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    office = Office.of(site.visit(request))
    person = known(office, person_id)
    return office.visit.page("person.html", _page(office, person), title=person.name, styles=STYLES)


def known(office: Office, identifier: str) -> Person:
    """Rejected (access.no_such_person)."""
    found = office.organisation.people.get(identifier)
    if found is None:
        raise Rejected([problem("access.no_such_person", person=identifier)])
    return found


def _page(office: Office, person: Person) -> PersonPage:
    text, organisation = office.visit.text, office.organisation
    standing = office.visit.runtime.hand_overs.of(office.visit.viewer, person.id)
    warned = [one.problem for one in office.warnings if (one.kind, one.subject) == ("person", person.id)]
    below = (one.id for one in organisation.people.values() if one.superior == person.id and one.active)
    heads = (one for one in organisation.departments.values() if one.head == person.id)
    left = text("Left on %(day)s", day=office.day(person.left_on)) if not person.active else ""
    himself = person.id == office.visit.viewer.person
    return PersonPage(
        person.id, person.name, office.place(person), trail(office), tuple(_facts(office, person)),
        _roles(office, person), office.people_links(below),
        tuple(Link(one.name, department_url(one.id)) for one in heads), office.said(warned),
        tuple(_hand_over(office, one) for one in standing), person_url(person.id, "/hand-overs"), left,
        person_url(person.id, "/edit"),
        person_url(person.id, "/leave") if person.active and not himself else "",
        person_url(person.id, "/hand-over"),
        person_url(person.id, "/return") if not person.active else "",
        href(f"/admin/accounts/of/{person.id}") if person.active else "",
        running=any(one.running for one in standing),
    )  # fmt: skip


def trail(office: Office, *more: Link) -> tuple[Link, ...]:
    return (Link(office.visit.text("Organisation"), BASE), *more)


def _facts(office: Office, person: Person) -> Iterable[tuple[str, str, str]]:
    text = office.visit.text
    above = office.organisation.above(person.department or "")
    way = " › ".join(office.department(one) for one in reversed(above))
    yield text("Id"), person.id, ""
    yield text("Department"), way, department_url(person.department) if person.department else ""
    if person.other_departments:
        yield (
            text("Other departments"),
            office.visit.joined(map(office.department, person.other_departments)),
            "",
        )
    yield text("Post"), person.post, ""
    superior = person_url(person.superior) if person.superior else ""
    yield text("Superior"), office.person(person.superior), superior
    yield text("E-mail"), person.email, ""
    yield text("First day"), office.day(person.joined_on), ""


def _roles(office: Office, person: Person) -> tuple[HeldRole, ...]:
    return tuple(
        HeldRole(
            office.label(office.apps[one.app].label, one.app), office.role(one.app, one.role),
            reason(office, one), role_url(one.app, one.role),
        )
        for one in office.organisation.held_by(person)
        if one.app in office.apps
    )  # fmt: skip


def reason(office: Office, held: Membership) -> str:
    """Why this membership gives somebody a role."""
    text, name = office.visit.text, office.department(held.member)
    if held.member_kind == "department":
        return text("as one of %(department)s", department=name)
    if held.member_kind == "branch":
        return text("as one of %(department)s or below", department=name)
    if held.member_kind == "post":
        return text("by the post %(post)s", post=held.member)
    return text("in person")


def _hand_over(office: Office, standing: Standing) -> HandOverLine:
    text = office.visit.text
    takers = office.visit.joined(office.person(one) for one in standing.takers)
    said = text("%(num)s records to %(takers)s", num=f"{standing.done:,} / {standing.total:,}", takers=takers)
    failed = office.visit.count(
        "%(num)s record refused the change", "%(num)s records refused the change", len(standing.failed)
    )
    at = f"{office.visit.moments.short(from_microseconds(standing.at))} · {office.person(standing.by)}"
    done = round(100 * standing.done / standing.total) if standing.total else 100
    return HandOverLine(said, at, standing.running, done, failed if standing.failed else "")


@get(f"{PERSON}/hand-overs", sync_to_thread=True)
def hand_overs(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    """How far it is: the part of the page that asks by itself."""
    office = Office.of(site.visit(request))
    return office.visit.part("parts/hand_overs.html", _page(office, known(office, person_id)))


@post(f"{PERSON}/return", sync_to_thread=True)
def come_back(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    visit.runtime.database.write(
        lambda unit: visit.runtime.personnel.come_back(unit, visit.viewer, person_id)
    )
    return visit.go(person_url(person_id))


# -- adding and changing -------------------------------------------------------------------------------


@get(f"{BASE}/new", sync_to_thread=True)
def new_person(request: Ask, site: Here) -> Response[Any]:
    office = Office.of(site.visit(request))
    department = office.visit.query.get("department", "")
    head = office.organisation.departments.get(department)
    person = Person("", "", department=department or None, superior=head.head if head else None)
    return _form(office, person, True)


@post(f"{BASE}/new", sync_to_thread=True)
def add_person(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    language = visit.viewer.language
    person, wrong = _sent(sent, Person(last(sent, "id"), "", language=language))
    try:
        _refuse(wrong)
        visit.runtime.database.write(
            lambda unit: visit.runtime.personnel.add_person(unit, visit.viewer, person)
        )
    except Rejected as refused:
        return _form(office, person, True, refused.problems)
    return visit.go(
        href(f"{BASE}/new", department=person.department) if "next" in sent else person_url(person.id)
    )


@get(f"{PERSON}/edit", sync_to_thread=True)
def edit_person(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    office = Office.of(site.visit(request))
    return _form(office, known(office, person_id), False)


@post(f"{PERSON}/edit", sync_to_thread=True)
def change_person(request: Ask, site: Here, person_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    stood = known(office, person_id)
    person, wrong = _sent(sent, stood)
    if last(sent, "seal") != _seal(stood):
        wrong.append(problem("organisation.changed_meanwhile", name=stood.name))
    try:
        _refuse(wrong)
        visit.runtime.database.write(
            lambda unit: visit.runtime.personnel.change_people(unit, visit.viewer, [person])
        )
    except Rejected as refused:
        prefix = f"/{person_id}"
        return _form(office, person, False, [_within(one, prefix) for one in refused.problems])
    return visit.go(person_url(person_id))


def _within(found: Problem, prefix: str) -> Problem:
    return replace(found, path=found.path.removeprefix(prefix))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Rejected(problems)


def _sent(sent: Mapping[str, list[str]], stood: Person) -> tuple[Person, list[Problem]]:
    """The person as the form has him, and what cannot be read."""
    wrong: list[Problem] = []
    try:
        day = date.fromisoformat(last(sent, "joined_on")).toordinal() if last(sent, "joined_on") else None
    except ValueError:
        wrong.append(problem("organisation.bad_day", "/joined_on", value=last(sent, "joined_on")))
        day = stood.joined_on
    department = last(sent, "department") or None
    others = tuple(one for one in every(sent, "other_departments") if one != department)
    return replace(
        stood, name=last(sent, "name"), post=last(sent, "post"), email=last(sent, "email"), department=department,
        other_departments=others, superior=last(sent, "superior") or None, joined_on=day,
    ), wrong  # fmt: skip


def _form(office: Office, person: Person, new: bool, problems: Iterable[Problem] = ()) -> Response[Any]:
    text, found = office.visit.text, list(problems)
    back = BASE if new else person_url(person.id)
    title = text("New colleague") if new else text("Change %(name)s", name=office.person(person.id))
    more = () if new else (Link(office.person(person.id), back),)
    page = PersonForm(
        title, trail(office, *more), f"{BASE}/new" if new else person_url(person.id, "/edit"), back,
        tuple(with_problems(office, _inputs(office, person, new), found)),
        office.said(one for one in found if not one.path), "" if new else _seal(office.organisation.people[person.id]),
        new,
    )  # fmt: skip
    return office.visit.page(
        "person_form.html", page, title=title, styles=STYLES, status=422 if found else 200
    )


def with_problems(office: Office, inputs: Iterable[Input], problems: Iterable[Problem]) -> Iterable[Input]:
    """Each input with what was wrong there."""
    found = list(problems)
    for each in inputs:
        yield replace(each, problems=office.said(one for one in found if one.path == f"/{each.name}"))


def _inputs(office: Office, person: Person, new: bool) -> list[Input]:
    text = office.visit.text
    identifier = Input(
        "id", "id", text("Id"), value=person.id, required=True,
        help=text("Signs in with it; the number of the staff list, or the id in WeCom. It never changes."),
    )  # fmt: skip
    return [
        *([identifier] if new else []),
        Input("name", "name", text("Name"), value=person.name, required=True),
        office.department_input("department", text("Department"), [person.department]),
        office.post_input("post", text("Post"), person.post, free=True),
        office.person_input(
            "superior", text("Superior"), person.superior, help=text("Approves what his people ask for")
        ),
        office.department_input(
            "other_departments", text("Other departments"), person.other_departments, many=True
        ),
        Input("email", "email", text("E-mail"), "email", person.email),
        Input("joined_on", "joined_on", text("First day"), "date", office.day(person.joined_on)),
    ]


def _seal(person: Person) -> str:
    """Tells whether somebody else changed him meanwhile; his own language and theme do not count."""
    stands = repr(replace(person, language="", theme="")).encode()
    return hashlib.blake2b(stands, digest_size=12).hexdigest()


HANDLERS = (person_page, hand_overs, come_back, new_person, add_person, edit_person, change_person)
