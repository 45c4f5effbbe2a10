"""The fields a report names, as columns for one viewer, with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.access.readable import Column, Path, ReadableColumns
from engine.values import scale_of, storage_of
from metamodel.application import App
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import Lookup, Reference, Storage
from metamodel.problems import Rejected, problem


@dataclass(frozen=True)
class Found:
    """A field at the end of a path; `home` is the app and form it stands in, `links` of a list its index."""

    path: Path
    column: Column
    field: FieldDefinition
    home: tuple[App, Form]
    links: sa.Table | None = None
    holder: Column | None = None  # the id of the record that holds a list

    @property
    def storage(self) -> Storage:
        return storage_of(self.field)

    @property
    def scale(self) -> int:
        return scale_of(self.field)

    @property
    def many(self) -> bool:
        return self.field.type is not None and self.field.type.many

    @property
    def type(self) -> Type:
        known = self.field.expression_type()
        return known.of if known.kind == "list" and known.of is not None else known

    @property
    def is_moment(self) -> bool:
        return self.storage is Storage.TIMESTAMP

    @property
    def reference(self) -> Reference | None:
        """With the app it points into said out loud."""
        found = self.field.type.reference(self.field) if self.field.type else None
        own = found is not None and found.target == "record" and not found.app
        return replace(found, app=self.home[0].id) if found is not None and own else found


class Columns(ReadableColumns):
    """The columns of one form for one viewer, and which of its fields were asked for. A field that he may
    read by no way is Rejected: then there is no number rather than a wrong one."""

    def __init__(self, *ground: Any) -> None:
        super().__init__(*ground)
        self.read: set[str] = set()  # fields of the form itself that were asked for
        self.cut: set[str] = set()  # those whose words were: what patterns mask is no word

    def column(self, path: Path) -> tuple[Column, FieldDefinition]:
        found = super().column(path)
        self.read.add(path[0])
        return found

    def link_table(self, name: str) -> sa.Table | None:
        self.read.add(name)
        return super().link_table(name)

    def source(self) -> sa.FromClause:
        return self._plain.source()

    def unreadable(self, field: FieldDefinition | None, path: Path) -> sa.ColumnElement[bool]:
        name = field.text(self._viewer.language) if field else path[-1]
        raise Rejected([problem("board.denied_field", field=name)])

    def find(self, text: str) -> Found:
        """The field of a dotted path, lookups followed. Rejected where nothing can be counted by it."""
        path = self._followed(tuple(text.split(".")))
        try:
            column, field = self.column(path)
        except KeyError:
            raise Rejected([problem("query.unknown_field", field=text)]) from None
        if field.sealed:
            raise Rejected([problem("report.sealed", field=field.text(self._viewer.language))])
        home = self.home(path)
        if field.type is None or not field.type.many:
            return Found(path, column, field, home)
        holder = self.column(path[:-1])[0] if len(path) > 1 else self.record_id()
        links = self._catalog.form(home[0].id, home[1].id).links.get(field.id)
        return Found(path, column, field, home, links, holder)

    def _followed(self, path: Path) -> Path:
        """A lookup is the path it looks along."""
        field = self.form.field(path[0])
        derived = field.derived if field else None
        if isinstance(derived, Lookup) and len(path) == 1:
            return (derived.through, *derived.field.split("."))
        return path
