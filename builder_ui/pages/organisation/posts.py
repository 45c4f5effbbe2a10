"""Posts: what people are called, how many of them there are, which roles a post gives; renamed for all."""

from __future__ import annotations

from collections import Counter
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import Chip
from builder_ui.models.organisation import PostRow, PostsPage
from builder_ui.pages.organisation.office import BASE, STYLES, Office, last, role_url
from builder_ui.site import Ask, Here, sent_form
from builder_ui.templating import href
from metamodel.problems import Rejected


@get(f"{BASE}/posts", sync_to_thread=True)
def posts_page(request: Ask, site: Here) -> Response[Any]:
    return _page(Office.of(site.visit(request)))


@post(f"{BASE}/posts", sync_to_thread=True)
def rename(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    name, becomes, personnel = last(sent, "post"), last(sent, "name"), visit.runtime.personnel
    try:
        visit.runtime.database.write(lambda unit: personnel.rename_post(unit, visit.viewer, name, becomes))
    except Rejected as refused:
        office = Office.of(visit)
        return _page(office, " ".join(office.said(refused.problems)))
    return visit.go(f"{BASE}/posts")


def _page(office: Office, wrong: str = "") -> Response[Any]:
    visit, organisation = office.visit, office.organisation
    counts = Counter(one.post for one in organisation.people.values() if one.active and one.post)
    giving = [member for kind, member in organisation.memberships_of if kind == "post"]
    counts.update(dict.fromkeys(giving, 0))
    rows = tuple(
        _row(office, name, counts[name]) for name in sorted(counts, key=lambda one: (-counts[one], one))
    )
    title = visit.text("Organisation")
    page = PostsPage(title, office.tabs("/posts"), rows, problem=wrong)
    return visit.page("posts.html", page, title=title, styles=STYLES, status=422 if wrong else 200)


def _row(office: Office, name: str, count: int) -> PostRow:
    held = office.organisation.memberships_of.get(("post", name), ())
    roles = tuple(Chip(office.role(one.app, one.role), href=role_url(one.app, one.role)) for one in held)
    return PostRow(
        name, href(BASE, q=name), office.visit.count("%(num)s person", "%(num)s people", count), roles
    )


HANDLERS = (posts_page, rename)
