"""Listing: a form's list as one URL asks for it: view, filter, search, order, columns and page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

from builder_ui.conditions import Asked, read_conditions
from builder_ui.drilling import DRILL, Drill, Told, told
from builder_ui.frames import offered_views
from builder_ui.layouts import is_column, list_columns, way_to
from builder_ui.site import Visit
from builder_ui.views import list_views
from engine.access.ways import best_access
from engine.records.query import Query
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form, View
from metamodel.plugin_api import Storage
from metamodel.problems import Rejected, problem

SIZE = 50
OWN = ("view", "q", "where", "sort", "columns", "page", "at", "scale", DRILL)


class Listing:
    """One form's list as one URL asks for it. Rejected (access.denied) without any way to the form."""

    def __init__(self, visit: Visit, app: App, form: Form, query: str | None = None) -> None:
        self.visit, self.app, self.form = visit, app, form
        pairs = parse_qsl(visit.request.url.query if query is None else query)
        self.asked = {name: value for name, value in pairs if name in OWN}
        self.conditions = read_conditions((v for n, v in pairs if n == "where"), form)
        offered = offered_views(visit, app, form)
        self.views = [view for view in list_views(form) if view.id in offered]
        self.base = f"/apps/{app.id}/forms/{form.id}"
        self.view: View | None = self._view(self.views)
        with visit.runtime.database.read() as connection:
            self.ways = visit.runtime.authority.ways(connection, visit.viewer, app, form)
        if not self.ways:
            raise Rejected([problem("access.denied")])

    def _view(self, views: list[View]) -> View | None:
        """The one asked for, else his usual one; of a board's number none that would show fewer records."""
        asked = next((view for view in views if view.id == self.asked.get("view")), None)
        if asked or DRILL not in self.asked:
            return asked or self._usual(views)
        return next((view for view in views if not view.filter and view.kind != "timeline"), None)

    def _usual(self, views: list[View]) -> View | None:
        """What he chose last, else what a role of his opens with, else the first."""
        if len(views) < 2:
            return next(iter(views), None)
        viewer = self.visit.viewer
        chosen = self.visit.runtime.chosen_views.of(viewer, self.app.id, self.form.id)
        held = viewer.roles_in(self.app.id)
        last = [view for view in views if view.id == chosen]
        of_roles = [view for view in views if not held.isdisjoint(view.default_for)]
        return next(iter((*last, *of_roles, *views)), None)

    def remember_choice(self) -> None:
        """A view that was chosen on the list itself is how it opens the next time; a menu's or a saved filter's
        is asked for by its address and changes no habit."""
        here = urlsplit(self.visit.request.headers.get("referer", "")).path == self.base
        if here and self.view is not None and self.asked == {"view": self.view.id}:
            self.visit.runtime.chosen_views.choose(self.visit.viewer, self.app.id, self.form.id, self.view.id)

    # -- what is asked -----------------------------------------------------------------------------

    @cached_property
    def came_from(self) -> Told | None:
        """The number of a board whose records these are; Rejected where that is closed to this viewer."""
        drill = Drill.read(self.asked.get(DRILL, ""))
        found = told(self.visit, drill, self.form) if drill else None
        return (
            found if found and (found.target.app, found.target.form) == (self.app.id, self.form.id) else None
        )

    @property
    def columns(self) -> list[str]:
        known = {*(field.id for field in self.form.fields), *self.paths}
        wanted = [name for name in self.asked.get("columns", "").split(",") if name in known]
        usual = [name for name in self.view.columns if name in known] if self.view else []
        shown = wanted or usual or list_columns(self.form, self.view)
        return [name for name in shown if self.access(name.partition(".")[0]) != "hide"]

    @cached_property
    def paths(self) -> dict[str, str]:
        """The columns of the view that are fields behind links, with their labels."""
        named = self.view.columns if self.view and self.view.kind == "table" else ()
        apps, language = self.visit.runtime.services.apps(), self.visit.language
        ways = {name: way_to(apps, self.app, self.form, name) for name in named if "." in name}
        return {
            name: " › ".join(one.text(language) for one in way)
            for name, way in ways.items()
            if is_column(way)
        }

    @property
    def sort(self) -> tuple[str, ...]:
        wanted = self.asked.get("sort") or ",".join(self.view.sort if self.view else ())
        return tuple(name for name in wanted.split(",") if self.sortable(self.form.field(name.lstrip("-"))))

    @property
    def page(self) -> int:
        page = self.asked.get("page", "0")
        return min(whole_number(page, 0), 10_000)

    def query(self, *, size: int = SIZE, columns: Iterable[str] | None = None) -> Query:
        wanted = list(columns) if columns is not None else [*self.columns, *self.title_fields]
        names = [name.partition(".")[0] for name in wanted]
        filters = [
            self.view.filter if self.view else "",
            self.came_from.target.filter if self.came_from else "",
        ]
        return Query(
            text=self.asked.get("q", ""),
            conditions=(
                *(c.for_engine() for c in self.conditions), *(self.came_from.rest if self.came_from else ()),
            ),
            filter=" and ".join(f"({each})" for each in filters if each), sort=self.sort, page=self.page, limit=size,
            columns=tuple(dict.fromkeys(names)),
        )  # fmt: skip

    @property
    def title_fields(self) -> tuple[str, ...]:
        return self.visit.runtime.programs.get(self.app.id, self.form.id).title_fields

    def access(self, field: str) -> str:
        return best_access((way for way in self.ways if "read" in way.actions), field)

    def may(self, action: str) -> bool:
        return any(action in way.actions for way in self.ways)

    def sortable(self, field: FieldDefinition | None) -> bool:
        stored = field is not None and (
            field.derived is None or (field.type is not None and field.type.storage != Storage.JSON)
        )
        return bool(field and stored and field.type and field.type.sortable and not field.sealed)

    # -- addresses ---------------------------------------------------------------------------------

    def address(self, conditions: Sequence[Asked] | None = None, **change: str) -> str:
        """This list's URL with something changed; the page begins anew unless it is what changes."""
        kept = {n: v for n, v in self.asked.items() if n not in ("where", "page")} | change
        pairs = [(n, v) for n, v in kept.items() if v not in ("", "0")]
        pairs += [("where", c.in_url()) for c in (self.conditions if conditions is None else conditions)]
        return self.base + (f"?{urlencode(pairs)}" if pairs else "")

    def state(self) -> str:
        """The whole query string of this list, for records to find their way back and on."""
        return self.address(page=str(self.page)).partition("?")[2]
