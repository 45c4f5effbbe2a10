"""Seeing as somebody: the rows he reaches, and of what is not for everybody no more than the looker may read himself.

Pure. `Authority.ways` asks it for every viewer who has a looker. What is sealed, masked, or a file is shown where both
may read it; the rest stands as the person sees it. Grants, approvals and lifted masks are his alone and do not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from engine.access.viewer import Viewer
from engine.access.ways import ORDER, Way
from metamodel.forms import FieldDefinition, Form
from metamodel.roles import FieldAccess

READ_ONLY = frozenset({"read"})


def as_seen_by(person: Viewer, looker: Viewer, apps: Collection[str]) -> Viewer:
    """The person, with his roles in these apps only, looked over the shoulder of; words and theme are the
    looker's."""
    roles = {app: held for app, held in person.roles.items() if app in apps}
    return replace(
        person, roles=roles, language=looker.language, theme=looker.theme, scopes=READ_ONLY,
        address=looker.address, looker=looker,
    )  # fmt: skip


def lesser(theirs: Sequence[Way], own: Sequence[Way], form: Form) -> list[Way]:
    """The ways of a person as a looker may use them. Nothing leaves the house by them (`export`)."""
    reading = [way for way in own if "read" in way.actions]
    return [made for way in theirs for made in _bounded(way, reading, form)]


def _bounded(way: Way, own: Sequence[Way], form: Form) -> Iterator[Way]:
    """It, with what is closed as far as that goes; and for each way of the looker the rows that both reach."""
    least = {field.id: _least(field) for field in form.fields if is_closed(field)}
    inside = replace(way, actions=way.actions - {"export"})
    closed = _capped(inside, form, least)
    yield closed
    for one in own:
        allowed = {name: max(least[name], one.field_access(name), key=ORDER.__getitem__) for name in least}
        opened = _capped(replace(inside, rows=_both(way.rows, one.rows)), form, allowed)
        if opened.fields != closed.fields:
            yield opened


def is_closed(field: FieldDefinition) -> bool:
    """Is it not for everybody who may see the record, or may it be what somebody said?"""
    reference = field.type.reference(field) if field.type is not None and field.options is not None else None
    return field.sealed or field.mask or (reference is not None and reference.target == "file")


def _least(field: FieldDefinition) -> FieldAccess:
    return "mask" if field.mask and not field.sealed else "hide"


def _capped(way: Way, form: Form, most: Mapping[str, FieldAccess]) -> Way:
    fields = {field.id: way.field_access(field.id) for field in form.fields}
    return replace(way, fields={**fields, **{name: _min(fields[name], most[name]) for name in most}})


def _min(one: FieldAccess, other: FieldAccess) -> FieldAccess:
    return min(one, other, key=ORDER.__getitem__)


def _both(one: str, other: str) -> str:
    if "true" in (one, other) or one == other:
        return other if one == "true" else one
    return f"({one}) and ({other})"
