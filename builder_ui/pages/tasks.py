"""The to-do centre and one to-do: what waits for a person, and deciding it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui import flow_drawing
from builder_ui.cells import Cell, record_url
from builder_ui.layouts import list_columns
from builder_ui.models.parts import Link, Option, Tab
from builder_ui.models.tasks import TaskCard, TaskPage, TasksPage
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.task_drawing import card, groups, task_url
from builder_ui.templating import href
from engine.records.query import Option as Found, RecordView
from metamodel.application import App
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.flows import FlowView
    from engine.tasks import TaskView

STYLES = ("list", "record", "form", "tasks")
MOST, LATE, FACTS, PEOPLE = 50, 200, 6, 12


@get("/tasks", sync_to_thread=True)
def tasks_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    return _list(visit, None)


@get("/apps/{app_id:str}/tasks", sync_to_thread=True)
def app_tasks_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """The same within an app: its to-dos, in its frame."""
    visit = site.visit(request)
    return _list(visit, visit.app(app_id))


def _list(visit: Visit, app: App | None) -> Response[Any]:
    state = visit.query.get("state", "open")
    text, base = visit.query.get("q", ""), f"/apps/{app.id}/tasks" if app else "/tasks"
    wanted = app.id if app else visit.query.get("app", "")
    late = state == "overdue"
    found = visit.runtime.tasks.of(
        visit.viewer, state="done" if state == "done" else "open", app=wanted, text=text,
        sort="new" if state == "done" else "due", limit=LATE if late else MOST, after=visit.query.get("after", ""),
    )  # fmt: skip
    items = [task for task in found.items if task.overdue] if late else list(found.items)
    kept = {"q": text, "app": "" if app else wanted}
    more = href(base, **kept, state=state, after=found.next) if found.next and not late else ""
    title = visit.text("To-dos")
    page = TasksPage(
        title, _tabs(visit, base, state, kept), groups(visit, items), base, state,
        total=visit.count("%(num)s to-do", "%(num)s to-dos", len(items) if late else found.total) if items else "",
        query=text, apps=_apps(visit, wanted) if app is None else (),
        hidden=(("state", state),) if state != "open" else (), next_href=more,
        filtered=bool(text or kept["app"]), clear_href=href(base, state=state if state != "open" else ""),
    )  # fmt: skip
    return visit.page("tasks.html", page, title=title, styles=STYLES, app=app)


def _tabs(visit: Visit, base: str, state: str, kept: dict[str, str]) -> tuple[Tab, ...]:
    counts = visit.runtime.tasks.counts(visit.viewer)
    named = (
        ("open", visit.text("Open"), counts.open),
        ("overdue", visit.text("Overdue"), counts.overdue),
        ("done", visit.text("Done"), 0),
    )
    whole = not any(kept.values()) and base == "/tasks"  # the counts are of everything
    return tuple(
        Tab(text, href(base, **kept, state=name if name != "open" else ""), name == state,
            str(number) if number and whole else "")
        for name, text, number in named
    )  # fmt: skip


def _apps(visit: Visit, wanted: str) -> tuple[Option, ...]:
    apps = visit.runtime.apps_of(visit.viewer)
    found = tuple(Option(app.id, app.text(visit.language), app.id == wanted) for app in apps)
    return found if len(found) > 1 else ()


# -- one to-do -------------------------------------------------------------------------------------------


@get("/tasks/{task:str}", sync_to_thread=True)
def task_page(request: Ask, site: Here, task: InPath) -> Response[Any]:
    visit = site.visit(request)
    return _page(visit, visit.runtime.tasks.get(visit.viewer, task))


@post("/tasks/{task:str}/close", sync_to_thread=True, status_code=200)
def close(request: Ask, site: Here, task: InPath, body: bytes) -> Response[Any]:
    """Decided. A script is answered with JSON, a form with the to-do after this one."""
    visit, sent = site.visit(request), sent_form(body)
    outcome, comment, to = _last(sent, "outcome"), _last(sent, "comment").strip(), sent.get("to", ())
    scripted = "application/json" in request.headers.get("accept", "")
    following = _next(visit, task)
    try:
        visit.runtime.database.write(
            lambda unit: visit.runtime.tasks.close(
                unit, visit.viewer, task, outcome, comment, [*filter(None, to)]
            )
        )
    except Rejected as refused:
        if scripted:
            raise
        return _refused(visit, task, refused)
    if scripted:
        return Response({"closed": task, "open": visit.runtime.tasks.counts(visit.viewer).open})
    return visit.go(following or "/tasks")


@post("/tasks/{task:str}/transfer", sync_to_thread=True)
def transfer(request: Ask, site: Here, task: InPath, body: bytes) -> Response[Any]:
    """To somebody else's list."""
    visit, sent = site.visit(request), sent_form(body)
    to, comment = _last(sent, "to"), _last(sent, "comment").strip()
    following = _next(visit, task)
    try:
        if visit.runtime.people.organisation().viewer(to) is None:
            raise Rejected([problem("access.no_such_person", person=to)])
        visit.runtime.database.write(
            lambda unit: visit.runtime.tasks.transfer(unit, visit.viewer, task, to, comment)
        )
    except Rejected as refused:
        return _refused(visit, task, refused)
    return visit.go(following or "/tasks")


@get("/people/options", sync_to_thread=True)
def people_options(request: Ask, site: Here) -> Response[Any]:
    """Colleagues for a picker: by name, pinyin, initials or post; not oneself, nobody who left."""
    visit = site.visit(request)
    organisation = visit.runtime.people.organisation()
    found = organisation.find_people(visit.query.get("q", ""), PEOPLE * 2)
    rest = [p for p in found if p.active and p.id != visit.viewer.person][:PEOPLE]
    named = visit.names
    options = [
        Found(p.id, p.name, " · ".join(filter(None, (named.get(("department", p.department or "")), p.post))))
        for p in rest
    ]
    return visit.part("parts/options.html", options)


def _last(sent: dict[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[-1]


def _refused(visit: Visit, task: str, refused: Rejected) -> Response[Any]:
    text = " ".join(found.text(visit.language) for found in refused.problems)
    view = visit.runtime.tasks.get(visit.viewer, task)
    return _page(visit, view, text, refused.problems[0].status)


def _page(visit: Visit, task: TaskView, refused: str = "", status: int = 200) -> Response[Any]:
    made = replace(_full_card(visit, task), problem=refused)
    trail = (Link(visit.text("To-dos"), "/tasks"),)
    app = visit.runtime.applications.get(task.app)
    framed = app if visit.viewer.roles_in(app.id) else None
    page = TaskPage(task.title, trail, made)
    return visit.page("task.html", page, title=task.title, styles=STYLES, app=framed, status=status)


def _full_card(visit: Visit, task: TaskView) -> TaskCard:
    """The card with the record it is about and the flow it belongs to."""
    made = replace(card(visit, task), next_href=_next(visit, task.id))
    view = _record(visit, task)
    if view is None:
        return made
    form = visit.runtime.applications.get(task.app).form(task.form)
    url = record_url(task.app, task.form, view.id)
    flow = visit.runtime.flows.view(visit.viewer, task.app, task.form, view.id) if task.instance else None
    facts = _facts(visit, task, view, flow)
    made = replace(made, about=Link(view.title, url, form.icon if form else ""), facts=facts)
    if flow is None or flow.instance != task.instance:
        return made
    returned = task.mine and flow.state == "returned"
    return replace(
        made, flow=flow_drawing.part(visit, flow, f"{url}/flow", back=task_url(task.id)), reasons=flow.reasons,
        edit_href=f"{url}/edit" if returned else "",
    )  # fmt: skip


def _record(visit: Visit, task: TaskView) -> RecordView | None:
    """What it is about, where this viewer may read it."""
    if not task.record:
        return None
    try:
        return visit.runtime.records.get(visit.viewer, task.app, task.form, task.record)
    except Rejected:
        return None


def _facts(visit: Visit, task: TaskView, view: RecordView, flow: FlowView | None) -> tuple[Cell, ...]:
    """What matters for deciding: chosen in the flow, else the first columns of the form's list."""
    form = visit.runtime.applications.get(task.app).form(task.form)
    if form is None:
        return ()
    chosen = list(flow.facts) if flow else []
    names = chosen or list_columns(form, form.views[0] if form.views else None)
    cells = visit.presenter(task.app).cells(form, view, names)
    return tuple(cells) if chosen else tuple(cell for cell in cells if cell.kind != "blank")[:FACTS]


def _next(visit: Visit, task: str) -> str:
    """The open to-do after this one in the list; '' at its end."""
    found = visit.runtime.tasks.of(visit.viewer, state="open", sort="due", limit=LATE)
    ids = [each.id for each in found.items]
    after = ids[ids.index(task) + 1 :] if task in ids else ids
    return task_url(after[0]) if after else ""


HANDLERS = (
    tasks_page,
    app_tasks_page,
    task_page,
    close,
    transfer,
    people_options,
)
