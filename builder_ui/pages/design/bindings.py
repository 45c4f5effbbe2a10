"""绑定: what a definition leaves to the house: who holds its roles, the secrets of its channels and of the lists it
takes from other systems, the apps it needs. An import ends here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Response, get, post

from builder_ui.design_effects import duty_words
from builder_ui.design_frame import design_frame
from builder_ui.models.design_life import BindingPage, ChannelLine, Choice, Need, RoleLine
from builder_ui.pages.design.app import APP, STYLES
from builder_ui.pages.design.apps import APPS
from builder_ui.pages.web_hooks import BASE as WEB_HOOKS
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.access.people import Membership
from engine.designing.bindings import Bound, BoundRole
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.problems import Rejected

BINDINGS = f"{APP}/bindings"
SHOWN = 6  # members named


@get(BINDINGS, sync_to_thread=True)
def bindings_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """Of a draft nothing can be made of yet, its overview: there is what is wrong with it."""
    visit = site.visit(request)
    if visit.runtime.designing.look(visit.viewer, app_id).app is None:
        return visit.go(f"{APPS}/{app_id}")
    return _page(visit, app_id)


@post(BINDINGS, sync_to_thread=True, status_code=200)
def bind_role(request: Ask, site: Here, app_id: InPath, body: bytes) -> Response[Any]:
    """`role`; `unit` as `department:ID` or `branch:ID`, and any `person`; `reason` where something speaks against."""
    visit, sent = site.visit(request), sent_form(body)
    role = sent.get("role", [""])[-1]
    named = [("person", person) for person in sent.get("person", []) if person]
    named += [
        (kind, unit) for kind, _, unit in (text.partition(":") for text in sent.get("unit", [])) if unit
    ]
    members = [Membership(app_id, role, kind, member) for kind, member in named]
    try:
        visit.runtime.life.bindings.bind(visit.viewer, app_id, members, sent.get("reason", [""])[-1])
    except Rejected as refused:
        if refused.problems[0].code in ("access.denied", "app.unknown"):
            raise
        return _page(
            visit, app_id, tuple(found.text(visit.language) for found in refused.problems), status=422
        )
    return visit.go(f"{APPS}/{app_id}/bindings")


def _page(visit: Visit, app_id: str, wrong: tuple[str, ...] = (), status: int = 200) -> Response[Any]:
    frame = design_frame(visit, app_id, "overview")
    bound = visit.runtime.life.bindings.of(visit.viewer, app_id)
    title = visit.text("Bound to this house")
    keeper = visit.text("whoever publishes it") if not bound.published else _name(visit, bound.keeper)
    page = BindingPage(
        frame, title, f"{APPS}/{app_id}/bindings", tuple(_role(visit, one) for one in bound.roles),
        tuple(_channels(visit, bound)), tuple(_secrets(visit, bound)),
        tuple(Need(label_text(one.label, visit.language, one.app), one.there) for one in bound.apps),
        tuple(_units(visit)), _name(visit, bound.owner), keeper,
        f"/apps/{app_id}" if bound.published and visit.viewer.roles_in(app_id) else "", bound.published, wrong,
    )  # fmt: skip
    return visit.page("design/bindings.html", page, title=title, styles=STYLES, status=status)


def _name(visit: Visit, person: str) -> str:
    return visit.names.get(("person", person), "")


def _role(visit: Visit, one: BoundRole) -> RoleLine:
    words = duty_words(visit)
    duties = show_list((words.get(name, name) for name in sorted(one.role.manages)), visit.language)
    named = [_member(visit, held) for held in one.memberships]
    more = [visit.text("and %(num)s more", num=len(named) - SHOWN)] if len(named) > SHOWN else []
    return RoleLine(
        one.role.id, label_text(one.role.label, visit.language, one.role.id), duties,
        visit.count("%(num)s person", "%(num)s people", one.people) if one.people else "",
        tuple(named[:SHOWN] + more), not one.people, one.open,
    )  # fmt: skip


def _member(visit: Visit, held: Membership) -> str:
    kind = "person" if held.member_kind == "person" else "department"
    name = visit.names.get((kind, held.member), held.member)
    return visit.text("%(name)s and below", name=name) if held.member_kind == "branch" else name


def _channels(visit: Visit, bound: Bound) -> Iterator[ChannelLine]:
    manages = bound.published and visit.runtime.manages(visit.viewer, bound.app.id, "channels")
    for one in bound.channels:
        missing = visit.text("No secret yet") if one.wants_secret else visit.text("Needs no secret")
        state = visit.text("Secret is set") if one.has_secret else missing
        href = f"/apps/{bound.app.id}/channels/{one.id}" if manages else ""
        yield ChannelLine(label_text(one.label, visit.language, one.id), href, state, not one.loose)


def _secrets(visit: Visit, bound: Bound) -> Iterator[ChannelLine]:
    href = f"{WEB_HOOKS}#secrets" if visit.runtime.manages_anywhere(visit.viewer, "channels") else ""
    for one in bound.secrets:
        state = visit.text("Secret is set") if one.there else visit.text("No secret yet")
        yield ChannelLine(one.name, href, state, one.there, one.address)


def _units(visit: Visit) -> Iterator[Choice]:
    """Everybody first: the departments that belong to none; then each alone, by its place in the tree."""
    departments = [
        one for one in visit.runtime.people.organisation().departments.values() if not one.closed_on
    ]
    for one in sorted(departments, key=lambda one: (one.parent is not None, one.position)):
        if one.parent is None:
            yield Choice(f"branch:{one.id}", visit.text("Everybody in %(name)s", name=one.name))
    for one in departments:
        if one.parent is not None:
            yield Choice(f"branch:{one.id}", visit.text("%(name)s and below", name=one.name))


HANDLERS = (bindings_page, bind_role)
