"""People by department: the tree beside the list; found by name, pinyin or post; moved by hand or by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import Chip
from builder_ui.models.inputs import Picked
from builder_ui.models.organisation import Branch, MoveDrawer, PeoplePage, PersonRow
from builder_ui.models.parts import Option
from builder_ui.pages.organisation.office import BASE, STYLES, Office, department_url, every, last, person_url
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from builder_ui.templating import href
from engine.access.people import Department, Person
from engine.access.pinyin import matches
from engine.records.query import Option as Found
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

SIZE, SHOWN_ROLES, OPEN_TO, OFFERED = 50, 3, 2, 12


@get(BASE, sync_to_thread=True)
def people_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    office = Office.of(visit)
    chosen = visit.query.get("department", "")
    if chosen and chosen not in office.organisation.departments:
        raise Rejected([problem("organisation.unknown_department", department=chosen)])
    return visit.page("people.html", _page(office, chosen), title=visit.text("Organisation"), styles=STYLES)


def _page(office: Office, chosen: str) -> PeoplePage:
    visit, organisation = office.visit, office.organisation
    state, text = visit.query.get("state", "working"), visit.query.get("q", "").strip()
    found = _found(office, chosen, state, text)
    number = whole_number(visit.query.get("page", "0"), 0)
    rows, start = found[number * SIZE : (number + 1) * SIZE], number * SIZE
    kept = {"department": chosen, "q": text, "state": state if state != "working" else ""}
    counts = _counts(office)
    known = organisation.departments.get(chosen)
    return PeoplePage(
        visit.text("Organisation"), office.tabs(""), _tree(office, chosen, counts), _rows(office, rows), text,
        tuple(Option(name, label, name == state) for name, label in _states(visit)),
        chosen, known.name if known else "", _facts(office, known) if known else "",
        href(f"{BASE}/department/{chosen}") if known else "",
        visit.count("%(num)s person", "%(num)s people", len(found)),
        f"{start + 1}–{start + len(rows)} / {len(found):,}" if rows else "",
        href(BASE, q=text, state=kept["state"]), visit.count("%(num)s person", "%(num)s people", counts[""]),
        tuple(_branch(office, one, chosen, counts, 0, ()) for one in _closed(office)),
        href(BASE, **kept, page=number - 1 or "") if number else "",
        href(BASE, **kept, page=number + 1) if start + len(rows) < len(found) else "",
        new_href=href(f"{BASE}/new", department=chosen),
    )  # fmt: skip


def _states(visit: Visit) -> tuple[tuple[str, str], ...]:
    return (
        ("working", visit.text("Working here")),
        ("left", visit.text("Left")),
        ("all", visit.text("Everybody")),
    )


def _found(office: Office, chosen: str, state: str, text: str) -> list[Person]:
    """In the order of the tree, heads first."""
    organisation = office.organisation
    below = organisation.below([chosen]) if chosen else None
    found = [
        person
        for person in organisation.people.values()
        if (state == "all" or person.active == (state != "left"))
        and (below is None or not below.isdisjoint(person.departments))
        and matches(text, person.name, person.id, person.post, person.email)
    ]
    heads = {one.head for one in organisation.departments.values()}
    places = {one.id: place for place, one in enumerate(_in_order(office))}

    def order(person: Person) -> tuple[int, bool, str]:
        return places.get(person.department or "", len(places)), person.id not in heads, person.id

    return sorted(found, key=order)


def _in_order(office: Office) -> list[Department]:
    """Every department with those below it after it."""
    made: list[Department] = []
    waiting = list(reversed(_children(office, None)))
    while waiting:
        department = waiting.pop()
        made.append(department)
        waiting.extend(reversed(_children(office, department.id)))
    return made


def _children(office: Office, parent: str | None) -> list[Department]:
    known = office.organisation.departments
    if parent is None:
        children = [one for one in known.values() if not one.parent or one.parent not in known]
    else:
        children = [known[one] for one in office.organisation.children.get(parent, ())]
    return sorted((one for one in children if one.closed_on is None), key=lambda one: (one.position, one.id))


def _closed(office: Office) -> list[Department]:
    return [one for one in office.organisation.departments.values() if one.closed_on is not None]


def _counts(office: Office) -> Mapping[str, int]:
    """How many people work in each department and below it; '' is everybody."""
    counts: Counter[str] = Counter()
    for person in office.organisation.people.values():
        if person.active:
            above = (office.organisation.above(one) for one in person.departments)
            counts.update({"", *(one for chain in above for one in chain)})
    return counts


def _tree(office: Office, chosen: str, counts: Mapping[str, int]) -> tuple[Branch, ...]:
    way = tuple(office.organisation.above(chosen)) if chosen else ()
    return tuple(_branch(office, one, chosen, counts, 0, way) for one in _children(office, None))


def _branch(
    office: Office, department: Department, chosen: str, counts: Mapping[str, int], depth: int,
    way: Sequence[str],
) -> Branch:  # fmt: skip
    below = tuple(
        _branch(office, one, chosen, counts, depth + 1, way) for one in _children(office, department.id)
    )
    return Branch(
        department.id, department.name, department_url(department.id), f"{counts.get(department.id, 0):,}", depth,
        depth < OPEN_TO or department.id in way, department.id == chosen, department.closed_on is not None, below,
    )  # fmt: skip


def _facts(office: Office, department: Department) -> str:
    text = office.visit.text
    above = " › ".join(
        office.department(one) for one in reversed(office.organisation.above(department.id)[1:])
    )
    head = (
        text("Head: %(name)s", name=office.person(department.head))
        if department.head
        else text("Nobody heads it")
    )
    closed = text("Closed on %(day)s", day=office.day(department.closed_on)) if department.closed_on else ""
    return " · ".join(filter(None, (above, head, closed)))


def _rows(office: Office, people: Iterable[Person]) -> tuple[PersonRow, ...]:
    language, warned = office.visit.language, dict[str, str]()
    for warning in office.warnings:
        if warning.kind == "person":
            warned.setdefault(warning.subject, warning.problem.text(language))
    return tuple(_row(office, person, warned.get(person.id, "")) for person in people)


def _row(office: Office, person: Person, warning: str) -> PersonRow:
    held = office.organisation.held_by(person) if person.active else []
    names = list(dict.fromkeys(office.role(one.app, one.role) for one in held))
    left = office.visit.text("Left on %(day)s", day=office.day(person.left_on)) if not person.active else ""
    return PersonRow(
        person.id, person.name, person_url(person.id), person.post, office.department(person.department),
        len(person.other_departments), office.person(person.superior),
        person_url(person.superior) if person.superior else "",
        tuple(Chip(name, key=name) for name in names[:SHOWN_ROLES]), max(0, len(names) - SHOWN_ROLES), left, warning,
    )  # fmt: skip


# -- moving --------------------------------------------------------------------------------------------


@get(f"{BASE}/move", sync_to_thread=True)
def move_drawer(request: Ask, site: Here) -> Response[Any]:
    """Whom, and where to: the keyboard's way to what a drag does."""
    office = Office.of(site.visit(request))
    people = [office.organisation.people.get(one) for one in office.visit.several("person")]
    picked = tuple(Picked(one.id, one.name) for one in people if one)
    wanted = office.department_input("department", office.visit.text("Department"), required=True)
    return office.visit.part("parts/move_people.html", MoveDrawer(f"{BASE}/move", picked, wanted))


@post(f"{BASE}/move", sync_to_thread=True, status_code=200)
def move(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """A script is answered with JSON, a form with the list."""
    visit, sent = site.visit(request), sent_form(body)
    department = last(sent, "department")
    if not department:
        raise Rejected([problem("organisation.unknown_department", "/department", department="")])
    moved = visit.runtime.database.write(
        lambda unit: visit.runtime.personnel.move(unit, visit.viewer, every(sent, "person"), department)
    )
    if "application/json" in request.headers.get("accept", ""):
        return Response({"moved": moved})
    return visit.go(local_address(last(sent, "here"), department_url(department)))


# -- pickers -------------------------------------------------------------------------------------------


@get(f"{BASE}/options/{{kind:str}}", sync_to_thread=True)
def options(request: Ask, site: Here, kind: InPath) -> Response[Any]:
    """People who work here, open departments, posts that are in use: by name, pinyin or initials."""
    office = Office.of(site.visit(request))
    text = office.visit.query.get("q", "")
    found = {"person": _people, "department": _departments, "post": _posts}.get(kind, _people)(office, text)
    return office.visit.part("parts/options.html", found[:OFFERED])


def _people(office: Office, text: str) -> list[Found]:
    people = office.organisation.find_people(text, OFFERED * 2)
    return [Found(one.id, one.name, office.place(one)) for one in people if one.active]


def _departments(office: Office, text: str) -> list[Found]:
    found = (one for one in _in_order(office) if matches(text, one.name, one.id))
    return [Found(one.id, one.name, office.department(one.parent)) for one in found]


def _posts(office: Office, text: str) -> list[Found]:
    counts = Counter(one.post for one in office.organisation.people.values() if one.active and one.post)
    return [Found(name, name, f"{count:,}") for name, count in counts.most_common() if matches(text, name)]


HANDLERS = (people_page, move_drawer, move, options)
