"""What the pages of the organisation share: who may open them, their tabs, names, addresses, and pickers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from builder_ui.models.inputs import Input, Picked
from builder_ui.models.parts import Link, Tab
from builder_ui.site import Visit
from builder_ui.templating import href
from engine.access.people import Organisation, Person
from engine.organisation import Warning, warnings_of
from metamodel.application import App
from metamodel.labels import Label, label_text
from metamodel.problems import Problem

BASE = "/admin/people"
STYLES = ("pages", "list", "form", "record", "organisation")


@dataclass(frozen=True)
class Office:
    """The organisation as one visitor manages it. Rejected (access.denied) for who manages no people."""

    visit: Visit
    organisation: Organisation
    apps: Mapping[str, App]

    @classmethod
    def of(cls, visit: Visit) -> Office:
        visit.runtime.personnel.require(visit.viewer)
        apps = {app.id: app for app in visit.runtime.applications.all()}
        return cls(visit, visit.runtime.people.organisation(), apps)

    @property
    def today(self) -> int:
        return int(self.visit.moments.today.date().toordinal())

    @cached_property
    def warnings(self) -> list[Warning]:
        return warnings_of(self.organisation, self.apps)

    def tabs(self, current: str) -> tuple[Tab, ...]:
        text, found = self.visit.text, len(self.warnings)
        named = (
            ("", text("People and departments"), ""),
            ("/roles", text("Role members"), ""),
            ("/posts", text("Posts"), ""),
            ("/warnings", text("Warnings"), str(found or "")),
        )
        return tuple(Tab(label, BASE + at, at == current, count) for at, label, count in named)

    # -- names -------------------------------------------------------------------------------------

    def person(self, identifier: str | None) -> str:
        known = self.organisation.people.get(identifier or "")
        return known.name if known else identifier or ""

    def department(self, identifier: str | None) -> str:
        known = self.organisation.departments.get(identifier or "")
        return known.name if known else identifier or ""

    def place(self, person: Person) -> str:
        """Department and post, as a second line under a name."""
        return " · ".join(filter(None, (self.department(person.department), person.post)))

    def role(self, app: str, role: str) -> str:
        known = self.apps[app].role(role) if app in self.apps else None
        return self.label(known.label, role) if known else role

    def label(self, label: Label, otherwise: str = "") -> str:
        return label_text(label, self.visit.language, otherwise)

    def people_links(self, identifiers: Iterable[str]) -> tuple[Link, ...]:
        return tuple(Link(self.person(one), person_url(one)) for one in identifiers)

    def day(self, number: int | None) -> str:
        return date.fromordinal(number).isoformat() if number else ""

    def said(self, problems: Iterable[Problem]) -> tuple[str, ...]:
        """Each once, with its hint."""
        language = self.visit.language
        texts = (" ".join(filter(None, (p.text(language), p.hint(language)))) for p in problems)
        return tuple(dict.fromkeys(texts))

    # -- pickers -----------------------------------------------------------------------------------

    def person_input(self, name: str, label: str, chosen: str | None = "", **more: object) -> Input:
        return self._picker(
            "person", name, label, [(one, self.person(one)) for one in (chosen,) if one], **more
        )

    def department_input(
        self, name: str, label: str, chosen: Iterable[str | None] = (), **more: object
    ) -> Input:
        picked = [(one, self.department(one)) for one in chosen if one]
        return self._picker("department", name, label, picked, **more)

    def post_input(self, name: str, label: str, chosen: str = "", **more: object) -> Input:
        return self._picker("post", name, label, [(one, one) for one in (chosen,) if one], **more)

    def _picker(
        self, kind: str, name: str, label: str, picked: Iterable[tuple[str, str]], **more: object
    ) -> Input:
        chosen = tuple(Picked(one, text) for one, text in picked)
        return Input(
            name, name, label, "picker", picker=f"{BASE}/options/{kind}", picked=chosen, **more,  # type: ignore[arg-type]
        )  # fmt: skip


def person_url(identifier: str, tail: str = "") -> str:
    return href(f"{BASE}/person/{identifier}{tail}")


def department_url(identifier: str) -> str:
    return href(BASE, department=identifier)


def role_url(app: str, role: str) -> str:
    return href(f"{BASE}/roles/{app}/{role}")


def last(sent: Mapping[str, list[str]], name: str) -> str:
    """The value of a field that has one."""
    return sent.get(name, [""])[-1].strip()


def every(sent: Mapping[str, list[str]], name: str) -> list[str]:
    """The values of a field that has several, without the blank one a picker sends."""
    return list(dict.fromkeys(value.strip() for value in sent.get(name, []) if value.strip()))
