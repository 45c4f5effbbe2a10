"""Separation of duties over the roles people hold: what giving a role would unite in one person.

One of the objections that `organisation` asks for before roles are given; a reason overrides it and is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from engine.access.people import Membership, Organisation, Person
from engine.access.viewer import Viewer
from metamodel.application import App
from metamodel.duties import conflicting, duties_of, said
from metamodel.problems import Problem, problem


class DutyObjections:
    def __init__(self, apps: Callable[[], Mapping[str, App]]) -> None:
        self._apps = apps

    def __call__(
        self, organisation: Organisation, viewer: Viewer, given: Sequence[Membership]
    ) -> list[Problem]:
        """One for each person who would hold together what should be apart, and does not yet."""
        after = replace(organisation, memberships=[*organisation.memberships, *given], viewers={})
        found = []
        for person in organisation.people.values():
            if not person.active or not set(given) & set(after.held_by(person)):
                continue
            united = self.united(after, person)
            if united and united != self.united(organisation, person):
                words = {language: said(united, language) for language in ("zh", "en")}
                told = {"person": person.name, "duties": words}
                found.append(problem("organisation.conflicting_duties", "/reason", **told))
        return found

    def united(self, organisation: Organisation, person: Person) -> tuple[str, ...]:
        """The duties one person holds that should be apart; roles that say why they unite some do not count."""
        apps, held = self._apps(), set[str]()
        for one in organisation.held_by(person):
            role = apps[one.app].role(one.role) if one.app in apps else None
            if role is not None and not role.combines.strip():
                held |= duties_of(role, apps[one.app].forms)
        return conflicting(held)
