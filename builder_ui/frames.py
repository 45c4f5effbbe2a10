"""Builds the frame of a page: the menu a viewer may use, the apps he may switch to, the dock of the phone."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from builder_ui import administration
from builder_ui.shell import AppCard, Counts, Looking, MenuEntry, MenuSection, Person, Shell
from builder_ui.templating import href
from builder_ui.visit import Visit
from engine.access.turns import views_offered
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.runtime import Runtime
from metamodel.application import App, MenuItem
from metamodel.forms import Form
from metamodel.labels import label_text

DOCK = 4


UNSEALED = "/admin"  # pages that show nothing of what is sealed, whoever looks


class Frames:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def shell(self, visit: Visit, title: str, styles: Iterable[str], app: App | None, query: str) -> Shell:
        apps = self._runtime.apps_of(visit.viewer)
        cards = tuple(self.card(visit, each, app) for each in apps)
        menu = self.menu(visit, app) if app else self._outside(visit)
        searched = app or next((each for each in apps if self.searchable(visit, each)), None)
        return Shell(
            title, visit.language, visit.viewer.theme, self._person(visit), visit.csrf, cards,
            self.card(visit, app, app) if app else None, menu,
            f"/apps/{searched.id}/search" if searched and self.searchable(visit, searched) else "",
            query, visit.here, tuple(styles), dock=_dock(visit, menu), counts=self.counts(visit),
            watermark="" if visit.here.startswith(UNSEALED) else self._runtime.watermark(visit.viewer),
            looking=looking(visit),
        )  # fmt: skip

    def counts(self, visit: Visit) -> Counts:
        """What waits for this viewer."""
        if visit.viewer.looker is not None:
            return Counts()  # what waits for somebody is his own
        if visit.counts is None:
            tasks = self._runtime.tasks.counts(visit.viewer)
            visit.counts = Counts(tasks.open, tasks.overdue, self._runtime.notifications.unread(visit.viewer))
        return visit.counts

    def card(self, visit: Visit, app: App, current: App | None) -> AppCard:
        about = " · ".join(form.text(visit.language) for form in self.readable(visit, app)[:4])
        about = about or visit.text("You manage it, and read none of its records")
        icon = app.icon or next((form.icon for form in app.forms if form.icon), "box")
        return AppCard(app.id, app.text(visit.language), f"/apps/{app.id}", icon, "", about, app is current)

    def readable(self, visit: Visit, app: App) -> list[Form]:
        """The forms of which this viewer may read any row, by role or by a running grant."""
        if app.id not in visit.readable:
            visit.readable[app.id] = self._readable(visit.viewer, app)
        return visit.readable[app.id]

    def _readable(self, viewer: Viewer, app: App) -> list[Form]:
        held = [app.role(name) for name in viewer.roles_in(app.id)]
        by_role = {
            name
            for role in held
            if role
            for name, permission in role.forms.items()
            if "read" in permission.actions
        }
        rest = [form for form in app.forms if form.id not in by_role]
        with self._runtime.database.read() as connection:
            granted = {form.id for form in rest if self._reads_any(connection, viewer, app, form)}
        return [form for form in app.forms if form.id in by_role or form.id in granted]

    def _reads_any(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> bool:
        """By a grant, or for being asked: is there a row to read?"""
        visible = self._runtime.authority.visible_rows(connection, viewer, app, form)
        return bool(visible.ways) and connection.scalar(visible.ids().limit(1)) is not None

    def searchable(self, visit: Visit, app: App) -> list[Form]:
        return [form for form in self.readable(visit, app) if any(field.searchable for field in form.fields)]

    # -- menus -------------------------------------------------------------------------------------

    def menu(self, visit: Visit, app: App) -> tuple[MenuSection, ...]:
        """The app's menus with what this viewer may open; without menus, one entry a form."""
        forms = {form.id: form for form in self.readable(visit, app)}
        entries = [
            MenuSection(
                label_text(group.label, visit.language),
                tuple(e for item in group.items if (e := self._entry(visit, app, forms, item))),
                group.icon,
            )
            for group in app.menus
        ]
        if not app.menus:
            boards = tuple(
                self._board(visit, app, MenuItem("", report=name)) for name in self.boards(visit, app)
            )
            entries = [
                MenuSection("", tuple(_form_entry(visit, app, form) for form in forms.values())),
                MenuSection(visit.text("Boards"), tuple(filter(None, boards))),
            ]
        kept = [section for section in entries if section.entries]
        if visit.viewer.looker is not None:
            return tuple(kept)
        home = MenuEntry(visit.text("Home"), "/", "home")
        return (MenuSection("", (home,)), *kept, *self._managing(visit, app))

    def _entry(self, visit: Visit, app: App, forms: dict[str, Form], item: MenuItem) -> MenuEntry | None:
        label = label_text(item.label, visit.language)
        path = visit.request.url.path
        if item.link:
            return MenuEntry(label or item.link, item.link, item.icon or "external", outside=True)
        if item.page:
            known = page_address(app, item.page)
            if not known or not self._opens(visit, app, item.page):
                return None
            count = self.counts(visit).tasks if item.page == "tasks" else 0
            return MenuEntry(label, known, item.icon or PAGE_ICONS[item.page], path.startswith(known), count)
        if item.report:
            return self._board(visit, app, item)
        form = forms.get(item.form)
        if form is None or (item.view and item.view not in offered_views(visit, app, form)):
            return None
        base = f"/apps/{app.id}/forms/{form.id}"
        asked = visit.query.get("view", form.views[0].id if form.views else "")
        current = path.startswith(base) and (not item.view or item.view == asked or path != base)
        view = form.view(item.view)
        label = label or (label_text(view.label, visit.language) if view else "") or form.text(visit.language)
        icon = item.icon or ("timeline" if view and view.kind == "timeline" else form.icon) or "list"
        return MenuEntry(label, href(base, view=item.view), icon, current and path == base)

    def boards(self, visit: Visit, app: App) -> dict[str, str]:
        """The reports this viewer may open, with their names."""
        if app.id not in visit.boards:
            visit.boards[app.id] = dict(self._runtime.reports.list(visit.viewer, app.id))
        return visit.boards[app.id]

    def _board(self, visit: Visit, app: App, item: MenuItem) -> MenuEntry | None:
        if item.report not in self.boards(visit, app):
            return None
        address = f"/apps/{app.id}/reports/{item.report}"
        label = label_text(item.label, visit.language) or self.boards(visit, app)[item.report]
        return MenuEntry(label, address, item.icon or "board", visit.request.url.path == address)

    def _opens(self, visit: Visit, app: App, page: str) -> bool:
        if page != "search" and visit.viewer.looker is not None:
            return False
        if page == "search":
            return bool(self.searchable(visit, app))
        if page == "requests":
            return bool(app.flows)
        needed = {"channels": ("channels",), "rule_log": ("design", "audit")}.get(page, ())
        return not needed or any(self._runtime.manages(visit.viewer, app.id, what) for what in needed)

    def _managing(self, visit: Visit, app: App) -> list[MenuSection]:
        """What managers need although no menu of the app names it."""
        named = {item.page for group in app.menus for item in group.items}
        path, made = visit.request.url.path, []
        if (
            "channels" not in named
            and app.channels
            and self._runtime.manages(visit.viewer, app.id, "channels")
        ):
            address = f"/apps/{app.id}/channels"
            made.append(MenuEntry(visit.text("Channels"), address, "channel", path.startswith(address)))
        logs = "rule_log" not in named and self._opens(visit, app, "rule_log")
        if app.rules and (logs or _keeps_words(visit, app)):
            address, log = f"/apps/{app.id}/rules", page_address(app, "rule_log")
            made.append(MenuEntry(visit.text("Rules"), address, "pulse", path.startswith((address, log))))
        shown = [e for e in administration.entries(visit) if e.href.strip("/") not in named]
        return [MenuSection(visit.text("Administration"), (*made, *shown))] if made or shown else []

    def _outside(self, visit: Visit) -> tuple[MenuSection, ...]:
        path = visit.request.url.path
        apps = tuple(
            MenuEntry(app.text(visit.language), f"/apps/{app.id}", self.card(visit, app, None).icon)
            for app in self._runtime.apps_of(visit.viewer)
        )
        home = MenuEntry(visit.text("Home"), "/", "home", path == "/")
        own = (
            MenuEntry(
                visit.text("To-dos"), "/tasks", "task", path.startswith("/tasks"), self.counts(visit).tasks
            ),
            MenuEntry(visit.text("My requests"), "/requests", "flow", path.startswith("/requests")),
            MenuEntry(
                visit.text("Notifications"), "/notifications", "bell", path.startswith("/notifications")
            ),
        )
        managing = MenuSection(visit.text("Administration"), administration.entries(visit))
        sections = [MenuSection("", (home, *own)), MenuSection(visit.text("Apps"), apps), managing]
        return tuple(section for section in sections if section.entries)

    def _person(self, visit: Visit) -> Person:
        """Who sits there; also where he sees as somebody else."""
        viewer = visit.viewer.looker or visit.viewer
        found = self._runtime.people.organisation().people.get(viewer.person)
        post = found.post if found else ""
        department = visit.names.get(("department", found.department or ""), "") if found else ""
        return Person(viewer.person, viewer.name, post, department)


PAGE_ICONS = {
    "search": "search", "channels": "channel", "evidence": "shield", "tasks": "task", "requests": "flow",
    "rule_log": "pulse",
}  # fmt: skip


def looking(visit: Visit) -> Looking | None:
    """As whom one sees, where that is not oneself."""
    session = visit.request.scope["state"].get("session")
    if visit.viewer.looker is None or session is None or session.seeing is None:
        return None
    return Looking(visit.viewer.name, visit.moments.clock(from_microseconds(session.seeing.until)))


def offered_views(visit: Visit, app: App, form: Form) -> tuple[str, ...]:
    """The views of a form that this viewer's roles are offered: all, where none of them says which."""
    return views_offered(app, form, visit.viewer.roles_in(app.id))


def _keeps_words(visit: Visit, app: App) -> bool:
    """Does this viewer write the lists of words that rules look for? Then he tries what a word would do."""
    lists = {form.id for form in app.forms if form.keywords is not None}
    held = (app.role(name) for name in visit.viewer.roles_in(app.id))
    return any(
        "update" in role.forms[one].actions for role in held if role for one in lists & role.forms.keys()
    )


def page_address(app: App, page: str) -> str:
    """Where a page that a menu may name is; '' for one nobody knows."""
    if page == "evidence":
        return "/evidence"
    return f"/apps/{app.id}/{page.replace('_', '-')}" if page in PAGE_ICONS else ""


def _form_entry(visit: Visit, app: App, form: Form) -> MenuEntry:
    address = f"/apps/{app.id}/forms/{form.id}"
    return MenuEntry(
        form.text(visit.language), address, form.icon or "list", visit.request.url.path.startswith(address)
    )


def _dock(visit: Visit, menu: tuple[MenuSection, ...]) -> tuple[MenuEntry, ...]:
    """What a thumb reaches on the phone: home, the first place to be, the search, a timeline; then the next."""
    entries = [entry for section in menu for entry in section.entries]
    wanted = [
        *entries[:2],
        *(e for e in entries[2:] if e.icon in ("search", "timeline", "task")),
        *entries[2:],
    ]
    return tuple(dict.fromkeys(wanted))[:DOCK]
