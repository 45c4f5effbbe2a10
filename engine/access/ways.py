"""Ways: every reason why a viewer may touch rows of a form, each with its rows, actions and fields.

A role's permission is one way, a grant another. A row may be reached by several; what may be
done with one of its fields is the most any of those ways allows. "Why can X see this?" is
answered by naming them. No way, no row: deny is what is left when nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.access.viewer import Viewer
from metamodel.application import App
from metamodel.forms import Form
from metamodel.roles import FieldAccess, FormPermission

ORDER: Mapping[FieldAccess, int] = {"hide": 0, "mask": 1, "read": 2, "write": 3}
Least = FieldAccess | Literal["part"]  # part: read, but for the pieces that patterns mask
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
    by: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """`rows` is an expression, or else `records` a Select of ids; `newest` bounds the record id for a grant.
    `partly`: fields of which a mask leaves the text but for pieces of it; `only`: none but these records."""

    rows: str
    actions: frozenset[str]
    fields: Mapping[str, FieldAccess] = field(default_factory=dict)
    rest: FieldAccess = "read"
    role: str = ""
    grant: Grant | None = None
    records: Any = None
    reason: str = ""  # what it is called where it is neither a role's nor a grant's
    partly: frozenset[str] = frozenset()
    only: tuple[int, ...] | None = None

    def field_access(self, name: str) -> FieldAccess:
        return self.fields.get(name, self.rest)

    def may(self, name: str, least: Least) -> bool:
        access = self.field_access(name)
        if least == "part":
            return ORDER[access] >= ORDER["read"] or (access == "mask" and name in self.partly)
        return ORDER[access] >= ORDER[least]

    @property
    def everything(self) -> bool:
        """Does it reach every row of the form?"""
        return self.rows == "true" and self.grant is None and self.records is None and self.only is None

    @property
    def masks(self) -> bool:
        return self.rest == "mask" or "mask" in self.fields.values()

    def unmasked(self) -> Way:
        """The same with what is masked in full."""
        fields: dict[str, FieldAccess] = {
            name: "read" if access == "mask" else access for name, access in self.fields.items()
        }
        return replace(self, fields=fields, rest="read" if self.rest == "mask" else self.rest)


ALL = Way("true", EVERYTHING, rest="write", role="system")


def ways(viewer: Viewer, app: App, form: Form, grants: Iterable[Grant] = ()) -> list[Way]:
    """All ways of this viewer to this form; empty: nothing at all."""
    if viewer.system:
        return [ALL]
    held = [app.role(name) for name in sorted(viewer.roles_in(app.id))]
    by_role = [
        way
        for role in held
        if role and form.id in role.forms
        for way in _role_ways(role.id, role.forms[form.id], form)
    ]
    return by_role + [_grant_way(grant, form) for grant in grants]


def partly(form: Form) -> frozenset[str]:
    return frozenset(field.id for field in form.fields if field.patterns)


def masks(form: Form) -> dict[str, FieldAccess]:
    """How its fields stand for somebody who was let in without leave to unmask."""
    return {field.id: "mask" for field in form.fields if field.mask}


def _role_ways(role: str, permission: FormPermission, form: Form) -> Iterator[Way]:
    """One, and one more over the rows where what is masked stands in full."""
    fields = {name: access for name, access in permission.fields.items() if name != "*"}
    rest = permission.field_access("*")
    way = Way(permission.rows, permission.actions, fields, rest, role, partly=partly(form))
    yield way
    if permission.unmasked:
        both = permission.unmasked
        if permission.rows != "true":
            both = f"({permission.rows}) and ({permission.unmasked})"
        yield replace(way.unmasked(), rows=both)


def _grant_way(grant: Grant, form: Form) -> Way:
    masked = {} if grant.unmask else masks(form)
    rows = grant.filter or "true"
    return Way(rows, frozenset({"read"}), masked, "read", grant=grant, partly=partly(form))


def best_access(chosen: Iterable[Way], name: str) -> FieldAccess:
    """The most that any of these ways allows with a field."""
    return max((way.field_access(name) for way in chosen), key=ORDER.__getitem__, default="hide")
