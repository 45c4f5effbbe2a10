"""What a new version makes of the records that are there: computed fields that come out otherwise than they
stand, choices that went into others. Pure; the plan tells it, `settling.py` has it done.

Lookups, rollups and what the engine keeps by itself are read where they stand: nothing of them is in a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from engine.tables import shape_of
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import Formula, RelatedQuery

_NAME = re.compile(r"[A-Za-z_]\w*")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


class Merged(NamedTuple):
    """Of a field (`lines.kind` of a sub-form's column) the value `choice` is `into` now."""

    field: str
    choice: str
    into: str


def computed_anew(before: Form | None, after: Form) -> list[str]:
    """The kept computed fields (`lines.sum` of a column) that were computed otherwise before, or were not there.
    Evidence of an archive stays as it was computed then."""
    old, new = _Signatures(before) if before is not None else None, _Signatures(after)
    return [
        path
        for path, around in _computed(after)
        if not (after.is_archive and around.evidence)
        if old is None or old.of(path) != new.of(path)
    ]


def merged_anew(before: Form | None, after: Form) -> list[Merged]:
    """The choices that went into others since."""
    known = set(_merged(before)) if before is not None else set[Merged]()
    return [one for one in _merged(after) if one not in known]


def _computed(form: Form) -> Iterator[tuple[str, FieldDefinition]]:
    """(path, the field of the form that it is or stands in)."""
    for path, field, around in _every(form):
        if isinstance(field.derived, Formula | RelatedQuery):
            yield path, around


def _merged(form: Form) -> Iterator[Merged]:
    for path, field, _ in _every(form):
        for choice, into in field.type.merged(field).items() if field.type else ():
            yield Merged(path, choice, into)


def _every(form: Form) -> Iterator[tuple[str, FieldDefinition, FieldDefinition]]:
    for field in form.fields:
        if field.usable:
            yield field.id, field, field
            yield from ((f"{field.id}.{cell.id}", cell, field) for cell in field.fields if cell.usable)


class _Signatures:
    """Of each field what it is computed by, down to what people fill: two equal ones compute the same."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._fields = {path: field for path, field, _ in _every(form)}
        self._known: dict[str, Any] = {}

    def of(self, path: str) -> Any:
        """None: there is no such field."""
        if path not in self._known:
            self._known[path] = ()  # who uses himself gets no further
            self._known[path] = self._made(path)
        return self._known[path]

    def _made(self, path: str) -> Any:
        field = self._fields.get(path)
        if field is None:
            return None
        column = shape_of(field).column()
        derived = field.derived
        if not isinstance(derived, Formula | RelatedQuery):
            return column
        options = msgspec.json.encode(field.options, order="sorted")
        if isinstance(derived, RelatedQuery):
            return column, options
        names = sorted(set(_NAME.findall(_TEXT.sub("", derived.expression))))
        used = [way for name in names for way in self._ways(name, path.rpartition(".")[0])]
        return column, options, tuple((way, self.of(way)) for way in used)

    def _ways(self, name: str, rows: str) -> list[str]:
        """What a name may be: a cell of the same rows, a field, and then all cells in it."""
        cell = f"{rows}.{name}"
        inside = [path for path in self._fields if path.startswith(f"{name}.")]
        return [way for way in (cell, name) if way in self._fields] + inside
