"""Holds: set, seen with how much they keep, and released with a reason."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post

from builder_ui.models.parts import Link, Option
from builder_ui.models.retention import HoldLine, HoldsPage
from builder_ui.pages.retention.desk import BASE, STYLES, Desk
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.retention.holds import Hold, Scope
from metamodel.problems import Rejected

HOLDS = f"{BASE}/holds"
FIELDS = ("name", "matter", "form", "where", "records", "search")


@get(HOLDS, sync_to_thread=True)
def holds_page(request: Ask, site: Here) -> Response[Any]:
    """`?form=app/form&records=1,2` begins a hold on these records, `&search=words` on what a search finds."""
    visit = site.visit(request)
    return _page(visit, {name: visit.query.get(name, "") for name in FIELDS})


@post(HOLDS, sync_to_thread=True)
def set_hold(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    typed = {name: sent.get(name, [""])[-1].strip() for name in FIELDS}
    app, _, form = typed["form"].partition("/")
    records = tuple(filter(None, re.split(r"[\s,，、#]+", typed["records"])))
    try:
        chosen = records or typed["search"]
        scope = Scope(
            app, form, "" if chosen else typed["where"], records, "" if records else typed["search"]
        )
        visit.runtime.retention.hold(visit.viewer, typed["name"], typed["matter"], scope)
    except Rejected as refused:
        return _page(visit, typed, refused)
    return visit.go(HOLDS)


@post(f"{HOLDS}/{{hold:str}}/release", sync_to_thread=True)
def release(request: Ask, site: Here, hold: InPath, body: bytes) -> Response[Any]:
    visit = site.visit(request)
    try:
        visit.runtime.retention.release(visit.viewer, hold, sent_form(body).get("reason", [""])[-1])
    except Rejected as refused:
        return _page(visit, {}, refused)
    return visit.go(HOLDS)


def _page(visit: Visit, typed: dict[str, str], refused: Rejected | None = None) -> Response[Any]:
    desk, retention = Desk.of(visit), visit.runtime.retention
    managed = {app.id for app in desk.apps()}
    with visit.runtime.database.read() as connection:
        found = [one for one in retention.holds.all(connection) if one.scope.app in managed]
        running = tuple(_line(desk, connection, one) for one in found if one.running)
    page = HoldsPage(
        desk.tabs("/holds"), running, tuple(_line(desk, None, one) for one in found if not one.running),
        _forms(desk, typed.get("form", "")), typed.get("name", ""), typed.get("matter", ""), typed.get("where", ""),
        typed.get("records", ""), search=typed.get("search", ""), open=not running or any(typed.values()),
        problems=desk.said(refused.problems) if refused else (),
    )  # fmt: skip
    title = visit.text("Retention and holds")
    return visit.page(
        "retention_holds.html", page, title=title, styles=STYLES, status=422 if refused else 200
    )


def _forms(desk: Desk, chosen: str) -> tuple[Option, ...]:
    language = desk.visit.language
    return tuple(
        Option(f"{app.id}/{form.id}", f"{app.text(language)} · {form.text(language)}", f"{app.id}/{form.id}" == chosen)
        for app in desk.apps()
        for form in app.forms
    )  # fmt: skip


def _line(desk: Desk, connection: sa.Connection | None, hold: Hold) -> HoldLine:
    visit, scope = desk.visit, hold.scope
    name = desk.form_name(scope.app, scope.form)
    about = visit.text("%(form)s and all that belongs to it", form=name) if scope.records else name
    told = (
        visit.runtime.retention.told_count(connection, visit.viewer, hold)
        if connection is not None
        else (0, True)
    )
    return HoldLine(
        hold.id, hold.name, hold.matter, about, scope.where, () if scope.search else _records(desk, scope),
        _kept(visit, *told), _said(desk, hold.by, hold.at),
        _said(desk, hold.released_by, hold.released_at) if hold.released_at else "", hold.reason, scope.search,
    )  # fmt: skip


def _kept(visit: Visit, number: int | None, whole: bool) -> str:
    if number is None:
        return visit.text("How many records is not yours to know")
    if whole:
        return visit.count("one record kept", "%(num)s records kept", number)
    return visit.count(
        "one record kept of those you may see", "%(num)s records kept of those you may see", number
    )


def _records(desk: Desk, scope: Scope) -> tuple[Link, ...]:
    places = [(scope.app, scope.form, record) for record in scope.records]
    titles = desk.visit.titles(places)
    return tuple(desk.record(*place, titles.get(place, "")) for place in places)


def _said(desk: Desk, person: str, at: Any) -> str:
    return f"{desk.person(person)} · {desk.visit.moments.short(at)}"


HANDLERS = (holds_page, set_hold, release)
