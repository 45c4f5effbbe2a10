"""Who holds which role of which app: by name, by department, by branch or by post; given and taken here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response, get, post

from builder_ui.models.inputs import Input
from builder_ui.models.organisation import Member, RoleGroup, RoleLine, RolePage, RolesPage
from builder_ui.models.parts import Link, Option
from builder_ui.pages.organisation.office import (
    BASE,
    STYLES,
    Office,
    department_url,
    last,
    person_url,
    role_url,
)
from builder_ui.pages.organisation.person import trail
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.access.people import Membership
from engine.organisation.checks import KINDS
from metamodel.application import App
from metamodel.problems import Problem, Rejected, problem
from metamodel.roles import Role

ROLE = f"{BASE}/roles/{{app_id:str}}/{{role_id:str}}"
SHOWN = 60
ICONS = {"person": "person", "department": "building", "branch": "tree", "post": "award"}


@get(f"{BASE}/roles", sync_to_thread=True)
def roles_page(request: Ask, site: Here) -> Response[Any]:
    office = Office.of(site.visit(request))
    visit, title = office.visit, office.visit.text("Organisation")
    groups = tuple(
        RoleGroup(
            office.label(app.label, app.id), "box", tuple(_line(office, app, role) for role in app.roles)
        )
        for app in office.apps.values()
        if app.roles
    )
    page = RolesPage(title, office.tabs("/roles"), groups)
    return visit.page("roles.html", page, title=title, styles=STYLES)


def _line(office: Office, app: App, role: Role) -> RoleLine:
    holders = office.organisation.role_holders.get((app.id, role.id), [])
    forms = office.visit.joined(
        form.text(office.visit.language) for form in app.forms if form.id in role.forms
    )
    count = office.visit.count("%(num)s person", "%(num)s people", len(holders))
    return RoleLine(
        office.label(role.label, role.id), forms, role_url(app.id, role.id), count, not holders,
        office.visit.joined(_duties(office.visit, role)),
    )  # fmt: skip


def _duties(visit: Visit, role: Role) -> list[str]:
    """What a role manages, in words."""
    text = visit.text
    words = {
        "design": text("designs the app"), "people": text("manages people"), "channels": text("manages channels"),
        "keys": text("manages keys"), "verify": text("verifies the evidence"), "audit": text("reads the audit trail"),
        "retention": text("manages retention and holds"), "access": text("oversees access"),
    }  # fmt: skip
    return [words.get(duty, duty) for duty in sorted(role.manages)]


@get(ROLE, sync_to_thread=True)
def role_page(request: Ask, site: Here, app_id: InPath, role_id: InPath) -> Response[Any]:
    return _page(Office.of(site.visit(request)), app_id, role_id, (), "person")


@post(ROLE, sync_to_thread=True)
def change_members(request: Ask, site: Here, app_id: InPath, role_id: InPath, body: bytes) -> Response[Any]:
    """`do=give` or `do=take`, a `kind` and a `member` of that kind; `reason` where something speaks against it."""
    visit, sent = site.visit(request), sent_form(body)
    office, kind = Office.of(visit), last(sent, "kind")
    member = Membership(app_id, role_id, kind, last(sent, f"member.{kind}") or last(sent, "member"))
    personnel = visit.runtime.personnel
    try:
        if last(sent, "do") == "take":
            visit.runtime.database.write(lambda unit: personnel.take_roles(unit, visit.viewer, [member]))
        else:
            reason = last(sent, "reason")
            visit.runtime.database.write(
                lambda unit: personnel.give_roles(unit, visit.viewer, [member], reason)
            )
    except Rejected as refused:
        return _page(office, app_id, role_id, refused.problems, kind, member.member)
    return visit.go(role_url(app_id, role_id))


def _page(
    office: Office, app_id: str, role_id: str, problems: Iterable[Problem], kind: str, member: str = ""
) -> Response[Any]:
    visit, text, found = office.visit, office.visit.text, list(problems)
    app = office.apps.get(app_id)
    role = app.role(role_id) if app else None
    if app is None or role is None:
        raise Rejected([problem("reference.unknown_role", name=role_id)])
    held = [one for one in office.organisation.memberships if (one.app, one.role) == (app_id, role_id)]
    holders = office.organisation.role_holders.get((app_id, role_id), [])
    title, rest = office.label(role.label, role.id), len(holders) - SHOWN
    page = RolePage(
        title, office.label(app.label, app.id), trail(office, Link(text("Role members"), f"{BASE}/roles")),
        tuple(_member(office, one) for one in sorted(held, key=lambda one: (KINDS.index(one.member_kind), one.member))),
        office.people_links(holders[:SHOWN]), visit.count("%(num)s person", "%(num)s people", len(holders)),
        text("and %(num)s more", num=f"{rest:,}") if rest > 0 else "", tuple(_duties(visit, role)),
        role_url(app_id, role_id), tuple(Option(name, label, name == kind) for name, label in _kinds(visit)),
        _pickers(office, kind, member), office.said(found), any(one.path == "/reason" for one in found), kind,
        visit.runtime.manages(visit.viewer, app_id, "people"),
    )  # fmt: skip
    return visit.page("role.html", page, title=title, styles=STYLES, status=422 if found else 200)


def _kinds(visit: Visit) -> tuple[tuple[str, str], ...]:
    text = visit.text
    return (
        ("person", text("A person")),
        ("department", text("A department")),
        ("branch", text("A department and all below")),
        ("post", text("A post")),
    )


def _pickers(office: Office, kind: str, member: str) -> tuple[tuple[str, Input], ...]:
    """One for each kind; the form shows that of the kind chosen."""
    text, chosen = office.visit.text, {kind: member}
    hint = {"attributes": {"placeholder": text("Name or pinyin")}}
    return (
        ("person", office.person_input("member.person", text("Person"), chosen.get("person"), **hint)),
        ("department", office.department_input(
            "member.department", text("Department"), [chosen.get("department")], **hint
        )),
        ("branch", office.department_input("member.branch", text("Department"), [chosen.get("branch")], **hint)),
        ("post", office.post_input("member.post", text("Post"), chosen.get("post", ""), free=True, **hint)),
    )  # fmt: skip


def _member(office: Office, held: Membership) -> Member:
    text, organisation, kind = office.visit.text, office.organisation, held.member_kind
    person, department = organisation.people.get(held.member), organisation.departments.get(held.member)
    if kind == "person":
        left = text("has left") if person is None or not person.active else ""
        sub = " · ".join(filter(None, (office.place(person) if person else "", left)))
        return Member(
            kind, held.member, ICONS[kind], office.person(held.member), sub, person_url(held.member)
        )
    count = sum(one.active and held in organisation.held_by(one) for one in organisation.people.values())
    people = office.visit.count("%(num)s person", "%(num)s people", count)
    if kind == "post":
        return Member(kind, held.member, ICONS[kind], held.member, people, href(BASE, q=held.member))
    name = department.name if department else held.member
    below = text("%(department)s and all below", department=name) if kind == "branch" else name
    return Member(kind, held.member, ICONS[kind], below, people, department_url(held.member))


HANDLERS = (roles_page, role_page, change_members)
