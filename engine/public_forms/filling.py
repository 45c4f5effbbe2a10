"""PublicForms: the one door for forms that are open to people without an account.

Whoever fills one in is nobody: he may create a record with the offered fields, reads nothing, and what he sends goes
the way of every write. The trail and the record's history name the link. Asked by the pages under `/f/` and by the
designer's page of links.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import PUBLIC, Viewer
from engine.access.ways import Way
from engine.accounts.throttle import PUBLIC_FORM as ENTRIES, Throttle
from engine.clock import from_microseconds, microseconds
from engine.database import Unit
from engine.evidence.seals import Box, BrokenSeal
from engine.public_forms.links import Links, PublicLink, Wanted
from engine.public_forms.offering import check_offer, objection, offered
from engine.records.forms_state import FormState
from engine.records.query import Option
from engine.records.records import Records
from engine.records.services import Services
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.problems import Rejected, problem

SHORTEST = timedelta(seconds=3)  # from opening the form to sending it: people need longer
LONGEST = timedelta(hours=24)
Designs = Callable[[Viewer, str], bool]


class PublicForms:
    def __init__(
        self, services: Services, records: Records, box: Box, throttle: Throttle, designs: Designs
    ) -> None:
        self._services, self._records, self._box = services, records, box
        self._throttle, self._designs = throttle, designs
        self._links = Links(services.database, box, services.zone)
        services.authority.more_ways.append(self.ways)

    # -- for who designs the app -------------------------------------------------------------------

    def of(self, viewer: Viewer, app: str, form: str) -> list[PublicLink]:
        """The links of a form. Rejected (access.denied) for whoever does not design the app."""
        self._published(viewer, app, form)
        with self._services.database.read() as connection:
            return self._links.of(connection, app, form)

    def counted(self, viewer: Viewer, app: str) -> dict[str, int]:
        """How many links each form has. Rejected (access.denied) for whoever does not design the app."""
        if not self._designs(viewer, app):
            raise Rejected([problem("access.denied")])
        with self._services.database.read() as connection:
            return self._links.counted(connection, app)

    def fields(self, viewer: Viewer, app: str, form: str) -> list[tuple[FieldDefinition, str]]:
        """Every field of the published form, and why it cannot be offered ('' where it can)."""
        found = self._published(viewer, app, form)
        reasons = [(field, objection(field)) for field in found.fields]
        return [(field, why.text(viewer.language) if why else "") for field, why in reasons]

    def make(self, viewer: Viewer, app: str, form: str, wanted: Wanted) -> tuple[PublicLink, str]:
        """The link and its token, shown once. Rejected (public.…)."""
        self._check(viewer, app, form, wanted)

        def write(unit: Unit) -> tuple[int, str]:
            made, token = self._links.make(unit, app, form, viewer.person, wanted)
            self._note(unit, viewer, "public_form.open", app, form, made, wanted.name)
            return made, token

        number, token = self._services.database.write(write)
        return self._own(viewer, app, form, number), token

    def change(self, viewer: Viewer, app: str, form: str, number: int, wanted: Wanted) -> None:
        link = self._own(viewer, app, form, number)
        self._check(viewer, app, form, wanted)

        def write(unit: Unit) -> None:
            self._links.change(unit, link, wanted)
            self._note(unit, viewer, "public_form.change", app, form, number, wanted.name)

        self._services.database.write(write)

    def renew(self, viewer: Viewer, app: str, form: str, number: int) -> tuple[PublicLink, str]:
        """Another token; the one before leads nowhere any more."""
        link = self._own(viewer, app, form, number)

        def write(unit: Unit) -> str:
            self._note(unit, viewer, "public_form.renew", app, form, number, link.name)
            return self._links.renew(unit, link)

        return link, self._services.database.write(write)

    def revoke(self, viewer: Viewer, app: str, form: str, number: int) -> None:
        link = self._own(viewer, app, form, number)

        def write(unit: Unit) -> None:
            self._note(unit, viewer, "public_form.close", app, form, number, link.name)
            self._links.revoke(unit, link)

        self._services.database.write(write)

    def _check(self, viewer: Viewer, app: str, form: str, wanted: Wanted) -> None:
        found = [*wanted.check(), *check_offer(self._published(viewer, app, form), wanted.fields)]
        if found:
            raise Rejected(found)

    def _published(self, viewer: Viewer, app: str, form: str) -> Form:
        if not self._designs(viewer, app):
            raise Rejected([problem("access.denied")])
        return self._services.programs.get(app, form).form

    def _own(self, viewer: Viewer, app: str, form: str, number: int) -> PublicLink:
        self._published(viewer, app, form)
        with self._services.database.read() as connection:
            link = self._links.by_id(connection, number)
        if link is None or link.revoked or (link.app, link.form) != (app, form):
            raise Rejected([problem("public.unknown")])
        return link

    def _note(
        self, unit: Unit, viewer: Viewer, action: str, app: str, form: str, number: int, name: str
    ) -> None:
        detail = {"name": name.strip(), "link": str(number)}
        self._services.audit.add(unit, viewer, [Occurrence(action, app, form, detail=detail)])

    # -- for people outside ------------------------------------------------------------------------

    def find(self, token: str) -> PublicLink:
        """Rejected (public.unknown) alike for what never was, is renewed or taken back."""
        with self._services.database.read() as connection:
            link = self._links.by_token(connection, token)
        if link is None or link.revoked or link.app not in self._services.apps():
            raise Rejected([problem("public.unknown")])
        return link

    def open(self, token: str) -> PublicLink:
        """Rejected too when it is not open now (public.not_open, closed, full)."""
        link = self.find(token)
        refusal = link.refusal(self._services.database.clock.now())
        if refusal is not None:
            raise Rejected([refusal])
        return link

    def form(self, link: PublicLink) -> tuple[App, Form, tuple[FieldDefinition, ...]]:
        """The form as it is published now, and which of its fields the link offers."""
        program = self._services.programs.get(link.app, link.form)
        return program.app, program.form, offered(program.form, link.fields)

    def viewer(self, link: PublicLink, language: str = "zh", address: str = "") -> Viewer:
        """Who fills it in."""
        return Viewer(
            f"{PUBLIC}{link.id}", language=language, scopes=frozenset({"write"}), address=address, nobody=True
        )

    def state(
        self, link: PublicLink, values: Mapping[str, Any], changed: Sequence[str] = (), language: str = "zh"
    ) -> FormState:
        """As of every form: of what he is offered."""
        viewer = self.viewer(link, language)
        return self._records.form_state(viewer, link.app, link.form, None, values, changed)

    def options(self, link: PublicLink, name: str, text: str, limit: int, language: str) -> list[Option]:
        """The choices of an offered field, or `rows.column`. Rejected (value.unknown_field) for any other."""
        _, _, fields = self.form(link)
        outer, _, inner = name.partition(".")
        found = next((field for field in fields if field.id == outer), None)
        if found is not None and inner:
            found = next((cell for cell in found.fields if cell.id == inner), None)
        if found is None or objection(found) is not None or found.fields:
            raise Rejected([problem("value.unknown_field", field=name)])
        return self._records.pick(self.viewer(link, language), link.app, found, text, limit)

    def enter(self, link: PublicLink, values: Mapping[str, Any], address: str, language: str = "zh") -> str:
        """The new record. Rejected as every write, and (public.full, public.too_many) for too much of it."""
        try:
            self._throttle.take([ENTRIES.at(address)])
        except Rejected as refused:
            minutes = refused.problems[0].params.get("minutes", 1)
            raise Rejected([problem("public.too_many", minutes=minutes)]) from None
        viewer = self.viewer(link, language, address)

        def write(unit: Unit) -> str:
            self._links.count(unit, link)
            (made,) = self._records.create(viewer, link.app, link.form, [values], unit)
            return made

        return self._services.database.write(write)

    def ways(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> list[Way]:
        """What a link lets nobody do: a new record with these fields, and nothing read."""
        number = viewer.person.removeprefix(PUBLIC)
        if not viewer.nobody or not is_whole_number(number):
            return []
        link = self._links.by_id(connection, int(number))
        if link is None or link.revoked or (link.app, link.form) != (app.id, form.id):
            return []
        fields = {field.id: "write" for field in offered(form, link.fields)}
        return [Way("false", frozenset({"create"}), fields, "hide", reason="public form")]  # type: ignore[arg-type]

    # -- when the form was opened ------------------------------------------------------------------

    def stamp(self, link: PublicLink) -> str:
        """When it was opened, for the form to carry: sealed, so that nobody makes one up."""
        at = microseconds(self._services.database.clock.now())
        return base64.urlsafe_b64encode(self._box.seal_json(at, _bound(link))).decode()

    def check_stamp(self, link: PublicLink, stamp: str) -> None:
        """Rejected (public.too_fast, public.stale)."""
        opened = self._opened(link, stamp)
        age = self._services.database.clock.now() - opened if opened else None
        if age is None or age > LONGEST:
            raise Rejected([problem("public.stale")])
        if age < SHORTEST:
            raise Rejected([problem("public.too_fast")])

    def _opened(self, link: PublicLink, stamp: str) -> datetime | None:
        try:
            at = self._box.open_json(base64.urlsafe_b64decode(stamp.encode()), _bound(link))
        except (BrokenSeal, binascii.Error, ValueError):
            return None
        return from_microseconds(at)


def _bound(link: PublicLink) -> bytes:
    return b"public form opened %d" % link.id
