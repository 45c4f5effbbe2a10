"""Notifications: the bell's count, its panel, the page; opening one marks it as read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.news import Notice, NoticeDay, NoticesPage
from builder_ui.models.parts import Tab
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from builder_ui.task_drawing import app_name, task_url
from builder_ui.templating import href
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from engine.notifications import NotificationView

STYLES = ("tasks",)
MOST, PANEL = 50, 12


@get("/live", sync_to_thread=True)
def live(request: Ask, site: Here) -> Response[Any]:
    """What waits, counted: the part of the frame that asks by itself."""
    visit = site.visit(request)
    return visit.part("live.html", site.frames.counts(visit))


@get("/notifications", sync_to_thread=True)
def notifications_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    unread = visit.runtime.notifications.unread(visit.viewer)
    only = visit.query.get("unread") == "yes"
    found = visit.runtime.notifications.of(
        visit.viewer, limit=MOST, after=visit.query.get("after", ""), unread=only
    )
    tabs = (
        Tab(visit.text("All"), "/notifications", not only),
        Tab(visit.text("Unread"), "/notifications?unread=yes", only, str(unread or "")),
    )
    more = href("/notifications", unread="yes" if only else "", after=found.next) if found.next else ""
    title = visit.text("Notifications")
    page = NoticesPage(title, _days(visit, found.items), tabs, unread, only, more)
    return visit.page("notifications.html", page, title=title, styles=STYLES)


@get("/notifications/panel", sync_to_thread=True)
def panel(request: Ask, site: Here) -> Response[Any]:
    """The newest, beside any page."""
    visit = site.visit(request)
    found = visit.runtime.notifications.of(visit.viewer, limit=PANEL)
    unread = visit.runtime.notifications.unread(visit.viewer)
    page = NoticesPage(visit.text("Notifications"), _days(visit, found.items), unread=unread)
    return visit.part("parts/notices_panel.html", page)


@get("/notifications/{number:str}", sync_to_thread=True)
def open_one(request: Ask, site: Here, number: InPath) -> Response[Any]:
    """Marks it as read and goes where it is about."""
    visit = site.visit(request)
    notifications = visit.runtime.notifications
    found = notifications.get(visit.viewer, number)
    visit.runtime.database.write(lambda unit: notifications.read(unit, visit.viewer, [number]))
    return visit.go(_address(visit, found))


@post("/notifications/read", sync_to_thread=True)
def read(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """All of them."""
    visit, sent = site.visit(request), sent_form(body)
    visit.runtime.database.write(lambda unit: visit.runtime.notifications.read(unit, visit.viewer, None))
    return visit.go(local_address(sent.get("next", [""])[-1], "/notifications"))


def _days(visit: Visit, found: Iterable[NotificationView]) -> tuple[NoticeDay, ...]:
    days: dict[str, list[Notice]] = {}
    for item in found:
        days.setdefault(visit.moments.day(item.at), []).append(_notice(visit, item))
    return tuple(NoticeDay(label, tuple(notices)) for label, notices in days.items())


def _notice(visit: Visit, item: NotificationView) -> Notice:
    return Notice(
        item.id, item.title, f"/notifications/{item.id}", visit.moments.clock(item.at), visit.moments.full(item.at),
        item.body, item.read_at is None, item.hits, app_name(visit, item.app) if item.app else "",
    )  # fmt: skip


def _address(visit: Visit, item: NotificationView) -> str:
    """Its to-do while that is open, else its record; back to the list where it is about neither."""
    if item.task:
        try:
            task = visit.runtime.tasks.get(visit.viewer, item.task)
        except Rejected:  # it is somebody else's now
            task = None
        if task is not None and (task.mine or not item.record):
            return task_url(item.task)
    return record_url(item.app, item.form, item.record) if item.record else "/notifications"


HANDLERS = (
    live,
    notifications_page,
    panel,
    open_one,
    read,
)
