"""Seeing an app as one of its people: begun here with a reason, ended from the bar on every page meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response, get, post

from builder_ui.models.design_roles import SeeAsPage
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Option
from builder_ui.site import Ask, Here, Visit, sent_form
from engine.exceptional_access.seeing_as import MINUTES
from engine.records.query import Option as Found
from metamodel.problems import Problem, Rejected, problem

SEE_AS = "/see-as"
STYLES = ("form", "pages", "access")
OFFERED = 12


@get(SEE_AS, sync_to_thread=True)
def see_as_page(request: Ask, site: Here) -> Response[Any]:
    """`app` and `person` may be chosen already. For whoever designs an app or watches over access to one."""
    visit = site.visit(request)
    return _page(visit, visit.query.get("app", ""), visit.query.get("person", ""), "", ())


@get(f"{SEE_AS}/people", sync_to_thread=True)
def people_to_see_as(request: Ask, site: Here) -> Response[Any]:
    """Who has a role in any app this viewer may see others in: for the picker."""
    visit = site.visit(request)
    seeing, organisation = visit.runtime.seeing_as, visit.runtime.people.organisation()
    apps = seeing.apps(visit.viewer)
    if not apps:
        raise Rejected([problem("access.denied")])
    known = {person for app in apps for person in seeing.people(visit.viewer, app.id)}
    found = organisation.find_people(visit.query.get("q", ""), len(organisation.people))
    names = visit.names
    options = [
        Found(
            one.id,
            one.name,
            " · ".join(filter(None, (names.get(("department", one.department or "")), one.post))),
        )
        for one in found
        if one.id in known
    ]
    return visit.part("parts/options.html", options[:OFFERED])


@post(SEE_AS, sync_to_thread=True)
def start(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    app, person, reason = (sent.get(name, [""])[-1] for name in ("app", "person", "reason"))
    session = request.scope["state"].get("session")
    try:
        visit.runtime.seeing_as.start(visit.viewer, session, app, person, reason)
    except Rejected as refused:
        if refused.problems[0].code == "access.denied":
            raise
        return _page(visit, app, person, reason, refused.problems)
    return visit.go(f"/apps/{app}")


@post(f"{SEE_AS}/end", sync_to_thread=True)
def end(request: Ask, site: Here) -> Response[Any]:
    """Back to oneself, and to where it was begun from."""
    visit = site.visit(request)
    app = visit.runtime.seeing_as.end(visit.viewer, request.scope["state"].get("session"))
    return visit.go(f"{SEE_AS}?app={app}" if app else "/")


def _page(visit: Visit, app: str, person: str, reason: str, problems: Iterable[Problem]) -> Response[Any]:
    apps, found = visit.runtime.seeing_as.apps(visit.viewer), list(problems)
    if not apps:
        raise Rejected([problem("access.denied")])
    chosen = app if any(one.id == app for one in apps) else apps[0].id
    designs = visit.runtime.manages(visit.viewer, chosen, "design")
    title, known = visit.text("See as somebody"), visit.names.get(("person", person))
    page = SeeAsPage(
        title, tuple(Option(one.id, one.text(visit.language), one.id == chosen) for one in apps),
        Picked(person, known) if known else None, f"/design/{chosen}/permissions" if designs else "/admin/access",
        reason, tuple(one.text(visit.language) for one in found), MINUTES,
    )  # fmt: skip
    return visit.page("see_as.html", page, title=title, styles=STYLES, status=422 if found else 200)


HANDLERS = (see_as_page, people_to_see_as, start, end)
