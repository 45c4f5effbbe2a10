"""Checks of people: somebody can administer, and roles have members."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime import Runtime
from metamodel.problems import Problem, problem


def administrators(runtime: Runtime) -> Iterator[Problem]:
    """Somebody who works here manages people; nobody could give a role otherwise."""
    organisation = runtime.people.organisation()
    viewers = filter(None, map(organisation.viewer, organisation.people))
    if not any(runtime.manages_anywhere(viewer, "people") for viewer in viewers):
        yield problem("doctor.no_administrator")


def roles(runtime: Runtime) -> Iterator[Problem]:
    organisation = runtime.people.organisation()
    for app in runtime.applications.all():
        for role in app.roles:
            if not organisation.members(app.id, role.id):
                yield problem("organisation.role_empty", role=role.label, app=app.label)
