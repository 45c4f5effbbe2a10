"""Visit: one request of one person, answered with a page or a part of one. Pages get it from their Site."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.response import Redirect

from builder_ui.assets import Assets
from builder_ui.drawing import Presenter
from builder_ui.language import translations
from builder_ui.moments import Moments
from builder_ui.named_files import Named
from builder_ui.shell import Counts, Shell
from builder_ui.templating import Renderer
from engine.access.viewer import Viewer
from engine.records.references import NOT_SHOWN
from engine.runtime import Runtime
from engine.web.language import language_of
from engine.web.security import content_policy, viewer_of
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import Form
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.plugin_api import Display, Reference
from metamodel.problems import Rejected, problem

Ask = Request[Any, Any, Any]
HTML = "text/html"
SMALL = 1_400  # bytes that fit one packet are not worth packing


class Framing(Protocol):
    """`builder_ui.frames.Frames`: what stands around a page."""

    def shell(
        self, visit: Visit, title: str, styles: Iterable[str], app: App | None, query: str
    ) -> Shell: ...


class House(Protocol):
    """`builder_ui.site.Site`, as far as a visit needs it."""

    @property
    def runtime(self) -> Runtime: ...
    @property
    def assets(self) -> Assets: ...
    @property
    def renderer(self) -> Renderer: ...
    @property
    def frames(self) -> Framing: ...


class Visit:
    """One request: who asks, in which language, and how to answer."""

    def __init__(self, site: House, request: Ask) -> None:
        self.site, self.request, self.runtime = site, request, site.runtime
        self.language = language_of(request)
        self.viewer: Viewer = viewer_of(request)
        self.readable: dict[str, list[Form]] = {}  # by app; filled by `frames` when first asked for
        self.boards: dict[str, dict[str, str]] = {}  # the same of reports
        self.counts: Counts | None = None  # the same
        self._catalogue = translations(self.language)

    # -- words and names ---------------------------------------------------------------------------

    def text(self, message: str, **values: Any) -> str:
        return self._catalogue.gettext(message) % values if values else self._catalogue.gettext(message)

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        words = self._catalogue.ngettext(one, many, number)
        return words % {"num": f"{number:,}", **values}

    def joined(self, items: Iterable[str]) -> str:
        """`甲、乙` or `a, b`; templates say `|joined`."""
        return show_list(items, self.language)

    @cached_property
    def moments(self) -> Moments:
        zone, now = self.runtime.config.zone, self.runtime.clock.now()
        return Moments(zone, now, self.language, self._catalogue.gettext)

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        names = self.runtime.people.organisation().names()
        outside = self.runtime.outside.every_name()
        return {**names, **outside} if outside else names

    def _role_names(self, app: str) -> Mapping[tuple[str, str], str]:
        known = [one for one in self.runtime.applications.all() if one.id == app]
        return {
            ("role", role.id): label_text(role.label, self.language, role.id)
            for one in known
            for role in one.roles
        }

    def presenter(
        self, app: str, named: Mapping[str, Named] | None = None,
        pointed: Iterable[tuple[Reference, str]] = (),
    ) -> Presenter:  # fmt: skip
        """`named`: files, how their names are shown and whether they open; `pointed`: records whose titles are
        wanted beside the names of people and departments."""
        known = named or {}
        wanted = sorted(known)
        files: Mapping[str, Mapping[str, Any]] = {}
        if wanted:
            with self.runtime.database.read() as connection:
                described = self.runtime.files.describe(connection, wanted)
                handed_in = self.runtime.files.handed_in(connection, wanted)
            files = {f["id"]: {**f, "name": (one := known[f["id"]]).hide(f["name"]), "closed": one.closed,
                               "handed_in": handed_in.get(f["id"])}
                     for f in described}  # fmt: skip
            nothing = {"name": label_text(NOT_SHOWN, self.language), "closed": True}
            files |= {one: nothing for one, how in known.items() if how.foreign}
        wished = [(reference.app or app, reference.form, record) for reference, record in pointed]
        names = {
            **self.names,
            **self._role_names(app),
            **{("record", which[2]): title for which, title in self.titles(wished).items()},
        }
        display = Display(self.language, self.runtime.config.zone, names)
        return Presenter(app, display, files, frozenset(NOT_SHOWN.values()))

    def titles(self, records: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        """The titles of (app, form, record) this viewer may see; what he may not see is absent."""
        reader, found = self.runtime.records.reader, dict[tuple[str, str, str], str]()
        by_form: dict[tuple[str, str], list[str]] = {}
        for app, form, record in dict.fromkeys(records):
            if is_whole_number(record):
                by_form.setdefault((app, form), []).append(record)
        with self.runtime.database.read() as connection:
            for (app, form), wanted in by_form.items():
                try:
                    program = self.runtime.programs.get(app, form)
                except Rejected:
                    continue
                ids = [int(record) for record in wanted]
                rows = reader.rows.by_ids(
                    connection, self.viewer, program, ids, program.title_fields, derived=False
                )
                shown = reader.references.titles(connection, self.viewer, program, list(rows.values()))
                found |= {(app, form, str(number)): title for number, title in shown.items()}
        return found

    # -- what the address names --------------------------------------------------------------------

    def app(self, app_id: str) -> App:
        return self.runtime.app_for(self.viewer, app_id)

    def form(self, app_id: str, form_id: str) -> tuple[App, Form]:
        """Rejected alike for what is not there and what is not theirs; a grant opens an app's form."""
        app = self.runtime.applications.get(app_id)
        form = app.form(form_id)
        if form is None:
            raise Rejected([problem("form.unknown", form=form_id)])
        return app, form

    @property
    def here(self) -> str:
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.request.url.query or "", keep_blank_values=True))

    def several(self, name: str) -> list[str]:
        return [value for key, value in parse_qsl(self.request.url.query or "") if key == name]

    # -- answering ---------------------------------------------------------------------------------

    def page(
        self, template: str, page: object, *, title: str, styles: Iterable[str] = (), app: App | None = None,
        status: int = 200, query: str = "", frames: Iterable[str] = (),
    ) -> Response[bytes]:  # fmt: skip
        """`frames`: the origins of the pages it embeds."""
        shell = self.site.frames.shell(self, title, styles, app, query)
        html = self.site.renderer.render(template, self.language, shell=shell, page=page)
        answer = respond(self.request, html, status)
        if frames:
            answer.headers["Content-Security-Policy"] = content_policy(frames)
        return answer

    def part(self, template: str, page: object, status: int = 200, **more: Any) -> Response[bytes]:
        """A piece of a page: a drawer, the options of a picker."""
        csrf = self.csrf
        html = self.site.renderer.render(
            template, self.language, page=page, csrf=csrf, here=self.here, **more
        )
        return respond(self.request, html, status)

    def go(self, address: str) -> Response[Any]:
        """After a change: see other."""
        return Redirect(address, status_code=303)

    @property
    def csrf(self) -> str:
        session = self.request.scope["state"].get("session")
        return session.csrf if session else ""


def respond(request: Ask, html: str, status: int = 200) -> Response[bytes]:
    """HTML that the browser keeps but asks about again: 304 when nothing changed; compressed on the way."""
    content = html.encode()
    tag = f'W/"{hashlib.blake2b(content, digest_size=9).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Accept-Encoding, HX-Request",
    }
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type=HTML)
    if len(content) > SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 3, mtime=0), "gzip"
    return Response(content, status_code=status, headers=headers, media_type=HTML)
