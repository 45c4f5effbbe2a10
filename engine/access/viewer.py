"""Viewer: on whose behalf something is read or written, with all that deciding about rights needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PUBLIC = "public:"  # before the number of a public form's link; no id of a person has a colon


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person at one moment. `below` holds the own departments and all below them;
    `roles` maps an app to the role ids held there. `system` bypasses permissions: it is
    what rules run as, never what a request runs as. `looker` is who really sits there, where somebody sees as
    this person (`seeing.py`): nothing is changed then, and the trail names the looker. `nobody` is no person at all:
    who fills in a public form, called after its link."""

    person: str
    name: str = ""
    language: str = "zh"
    theme: str = "auto"
    departments: tuple[str, ...] = ()
    below: frozenset[str] = frozenset()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset({"read", "write", "ingest"})
    address: str = ""
    system: bool = False
    looker: Viewer | None = None
    nobody: bool = False

    def roles_in(self, app: str) -> frozenset[str]:
        return self.roles.get(app, frozenset())

    def as_me(self) -> dict[str, object]:
        """What `me` is in an expression."""
        return {
            "id": self.person,
            "name": self.name,
            "department": self.departments[0] if self.departments else None,
            "departments": list(self.departments),
            "departments_below": sorted(self.below),
        }


SYSTEM = Viewer("system", "System", system=True)
