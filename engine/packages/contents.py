"""Contents: which records a package holds, found by links alone, never by a form's name.

A case is what was chosen and everything whose links point there, again and again: from a customer to
contacts, conversations, messages, promises, consents. Rights bound it: only what may be exported.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Database
from engine.packages.request import Request
from engine.records.disclosure import Disclosures
from engine.records.program import FormProgram, Programs
from metamodel.forms import View
from metamodel.problems import Rejected, problem

Place = tuple[str, str]  # app and form


@dataclass(frozen=True)
class Chat:
    """How a form's records are read as messages: docs/views.md, kind `chat`."""

    link: str
    options: Mapping[str, object]

    def field(self, part: str) -> str:
        return str(self.options.get(part, ""))


@dataclass(frozen=True)
class Part:
    """The records of one form, in the order in which they are packed."""

    program: FormProgram
    ids: array[int]
    chat: Chat | None = None

    @property
    def name(self) -> str:
        return f"{self.program.app.id}.{self.program.form.id}"


class Contents:
    def __init__(self, database: Database, programs: Programs, disclosures: Disclosures) -> None:
        self._database, self._programs, self._disclosures = database, programs, disclosures

    def of(self, viewer: Viewer, request: Request) -> list[Part]:
        """The parts, those first that were asked for. Rejected: access.denied, package.empty, query.*."""
        chosen = self._disclosures.found(viewer, request.app, request.form, request.query)
        if not chosen:
            raise Rejected([problem("package.empty")])
        start = (request.app, request.form)
        with self._database.read() as connection:
            found = {start: set(chosen)}
            if request.scope != "only":
                self._follow(connection, viewer, found)
            return [self._part(connection, place, sorted(ids)) for place, ids in found.items() if ids]

    def _follow(self, connection: sa.Connection, viewer: Viewer, found: dict[Place, set[int]]) -> None:
        """Until nothing new points at what is there."""
        fresh = {place: set(ids) for place, ids in found.items()}
        links = list(self._links())
        while fresh:
            later: dict[Place, set[int]] = {}
            for program, field, target in links:
                if target not in fresh:
                    continue
                place, at = (program.app.id, program.form.id), sorted(fresh[target])
                pointing = self._disclosures.pointing(connection, viewer, program, field, at)
                new = set(pointing) - found.setdefault(place, set())
                found[place] |= new
                if new:
                    later.setdefault(place, set()).update(new)
            fresh = later

    def _links(self) -> Iterator[tuple[FormProgram, str, Place]]:
        """Every stored link of every app, and where it points."""
        for app in self._programs.apps().values():
            for form in app.forms:
                program = self._programs.get(app.id, form.id)
                for field in program.stored:
                    reference = field.reference
                    if reference is not None and reference.target == "record":
                        yield program, field.id, (reference.app or app.id, reference.form)

    def _part(self, connection: sa.Connection, place: Place, ids: list[int]) -> Part:
        program = self._programs.get(*place)
        chat = self._chat(program)
        by = (chat.link, chat.field("time")) if chat else ()
        return Part(program, self._disclosures.in_order(connection, program, ids, by), chat)

    def _chat(self, program: FormProgram) -> Chat | None:
        """The first chat view, of any form, whose messages are these records."""
        for app in self._programs.apps().values():
            for form in app.forms:
                for view in form.views:
                    named = _messages(view)
                    if (named.get("app") or app.id, named.get("form")) == (
                        program.app.id, program.form.id
                    ):  # fmt: skip
                        return Chat(str(named["link"]), view.options)
        return None


def _messages(view: View) -> Mapping[str, str]:
    """`{app?, form, link}` of a chat view that says so; {} of any other."""
    named = view.options.get("messages") if view.kind == "chat" else None
    return named if isinstance(named, Mapping) and named.get("form") and named.get("link") else {}
