"""Ways: every reason why a viewer may touch rows of a form, each with its rows, actions and fields.

A role's permission is one way, a grant another. A row may be reached by several; what may be
done with one of its fields is the most any of those ways allows. "Why can X see this?" is
answered by naming them. No way, no row: deny is what is left when nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.access.viewer import Viewer
from metamodel.application import App
from metamodel.forms import Form
from metamodel.roles import FieldAccess, FormPermission

ORDER: Mapping[FieldAccess, int] = {"hide": 0, "mask": 1, "read": 2, "write": 3}
EVERYTHING = frozenset({"read", "create", "update", "delete", "export"})


@dataclass(frozen=True, slots=True)
class Grant:
    """A dated, purpose-bound, read-only permission on rows that existed when it was asked for."""

    id: int
    person: str
    app: str
    form: str
    filter: str
    newest: int
    purpose: str
    unmask: bool
    expires_at: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """`rows` is an expression, or else `records` a Select of ids; `newest` bounds the record id for a grant."""

    rows: str
    actions: frozenset[str]
    fields: Mapping[str, FieldAccess] = field(default_factory=dict)
    rest: FieldAccess = "read"
    role: str = ""
    grant: Grant | None = None
    records: Any = None
    reason: str = ""  # what it is called where it is neither a role's nor a grant's

    def field_access(self, name: str) -> FieldAccess:
        return self.fields.get(name, self.rest)

    def may(self, name: str, least: FieldAccess) -> bool:
        return ORDER[self.field_access(name)] >= ORDER[least]


ALL = Way("true", EVERYTHING, rest="write", role="system")


def ways(viewer: Viewer, app: App, form: Form, grants: Iterable[Grant] = ()) -> list[Way]:
    """All ways of this viewer to this form; empty: nothing at all."""
    if viewer.system:
        return [ALL]
    held = [app.role(name) for name in sorted(viewer.roles_in(app.id))]
    by_role = [_role_way(role.id, role.forms[form.id]) for role in held if role and form.id in role.forms]
    return by_role + [_grant_way(grant, form) for grant in grants]


def _role_way(role: str, permission: FormPermission) -> Way:
    fields = {name: access for name, access in permission.fields.items() if name != "*"}
    return Way(permission.rows, permission.actions, fields, permission.field_access("*"), role)


def _grant_way(grant: Grant, form: Form) -> Way:
    masked: dict[str, FieldAccess] = {} if grant.unmask else {f.id: "mask" for f in form.fields if f.mask}
    return Way(grant.filter or "true", frozenset({"read"}), masked, "read", grant=grant)


def best_access(chosen: Iterable[Way], name: str) -> FieldAccess:
    """The most that any of these ways allows with a field."""
    return max((way.field_access(name) for way in chosen), key=ORDER.__getitem__, default="hide")
