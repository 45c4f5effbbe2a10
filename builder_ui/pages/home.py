"""The start page: the apps, what is new in them, what one looked at lately; and an app's own address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from litestar import Response, get

from builder_ui.boards import report_url
from builder_ui.cells import record_url
from builder_ui.models.parts import Link
from builder_ui.models.places import HomePage, NewsItem
from builder_ui.site import Ask, Here, InPath, Site, Visit
from builder_ui.task_drawing import lines
from builder_ui.views import chats
from engine.clock import from_microseconds
from engine.records.query import Query
from engine.system_tables import audit, verifications
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

NEWS, RECENT, LOOKED_AT, TASKS = 8, 8, 60, 5
STYLES = ("pages", "tasks")


@get("/", sync_to_thread=True)
def home_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    apps = visit.runtime.apps_of(visit.viewer)
    tasks = visit.runtime.tasks.of(visit.viewer, limit=TASKS)
    more = visit.count("All %(num)s to-do", "All %(num)s to-dos", tasks.total) if tasks.total > TASKS else ""
    page = HomePage(
        _greeting(visit), visit.moments.long_date(), tuple(site.frames.card(visit, app, None) for app in apps),
        tuple(_news(visit, site, apps)), tuple(_recent(visit)), _evidence(visit), "/evidence",
        tuple(lines(visit, tasks.items)), more,
        tuple(Link(label, report_url(a.id, r)) for a in apps for r, label in site.frames.boards(visit, a).items()),
    )  # fmt: skip
    return visit.page("home.html", page, title=visit.text("Home"), styles=STYLES)


@get("/apps/{app_id:str}", sync_to_thread=True)
def app_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """An app opens at the first entry of its menu."""
    visit = site.visit(request)
    app = visit.app(app_id)
    entries = [
        entry
        for section in site.frames.menu(visit, app)
        for entry in section.entries
        if entry.href != "/" and not entry.outside
    ]
    return visit.go(entries[0].href if entries else "/")


def _greeting(visit: Visit) -> str:
    hour = visit.moments.today.hour
    words = (
        visit.text("Good morning, %(name)s", name=visit.viewer.name) if 4 <= hour < 12
        else visit.text("Good afternoon, %(name)s", name=visit.viewer.name) if 12 <= hour < 18
        else visit.text("Good evening, %(name)s", name=visit.viewer.name)
    )  # fmt: skip
    return words


def _news(visit: Visit, site: Site, apps: Iterable[App]) -> Iterable[NewsItem]:
    """The newest records of the one form of each app where things happen: its conversations, else its first."""
    for app in apps:
        forms = site.frames.readable(visit, app)
        form = next((f for f in forms if chats(app, f)), None)
        if form is None:
            continue
        yield from _newest(visit, app, form)


def _newest(visit: Visit, app: App, form: Form) -> Iterable[NewsItem]:
    timeline = next((v for v in form.views if v.kind == "timeline"), None)
    time = str(timeline.options.get("time", "")) if timeline else ""
    query = Query(sort=(f"-{time}",) if time else (), limit=NEWS, count=False)
    try:
        found = visit.runtime.records.page(visit.viewer, app.id, form.id, query)
    except Rejected:
        return
    for item in found.items:
        moment = item.values.get(time) if time else item.created_at
        text = item.display.get(str(timeline.options.get("mark", "")), "") if timeline else ""
        yield NewsItem(
            item.title,
            record_url(app.id, form.id, item.id),
            visit.moments.short(moment),
            form.icon or "chat",
            text,
        )


def _recent(visit: Visit) -> Iterable[NewsItem]:
    """What this person opened lately, newest first, each once; only what may still be seen."""
    query = (
        sa.select(audit.c.app, audit.c.form, audit.c.record, audit.c.at)
        .where(audit.c.person == visit.viewer.person, audit.c.action == "view")
        .order_by(audit.c.at.desc()).limit(LOOKED_AT)
    )  # fmt: skip
    runtime, seen = visit.runtime, set[int]()
    with runtime.database.read() as connection:
        for row in connection.execute(query).all():
            if row.record in seen or len(seen) >= RECENT:
                continue
            seen.add(row.record)
            try:
                program = runtime.programs.get(row.app, row.form)
                found = runtime.records.reader.row(connection, visit.viewer, program, str(row.record))
            except Rejected:
                continue
            titles = runtime.records.reader.references.titles(connection, visit.viewer, program, [found])
            url = record_url(row.app, row.form, str(row.record))
            yield NewsItem(
                titles[found.id],
                url,
                visit.moments.short(from_microseconds(row.at)),
                program.form.icon or "list",
            )


def _evidence(visit: Visit) -> str:
    query = sa.select(verifications.c.at, verifications.c.result).order_by(verifications.c.id.desc()).limit(1)
    with visit.runtime.database.read() as connection:
        newest = connection.execute(query).first()
    if newest is None:
        return visit.text("Not verified yet")
    moment = visit.moments.short(from_microseconds(newest.at))
    clean = '"findings":[]' in newest.result.replace(" ", "")
    return (
        visit.text("Verified %(time)s, clean", time=moment)
        if clean
        else visit.text("Verified %(time)s, with mismatches", time=moment)
    )


HANDLERS = (
    home_page,
    app_page,
)
