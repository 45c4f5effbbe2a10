"""Changing a field's type: which types can hold it, what of its values would not convert, and how a copy goes.

Counts are of all records, as a designer must know them; which records they are he is shown only where he may
read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.designing.drafting import Designing
from engine.migrate import ColumnCopies, CopyState
from engine.migrate.convertible import Convertible, holding, try_values
from engine.records.query import RecordView
from engine.records.read import Reader
from engine.records.services import Services
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Field
from metamodel.problems import Problem, Rejected, problem

SHOWN = 22  # records that do not convert
TRIED = 200  # newest values by which a type is judged


@dataclass(frozen=True, slots=True)
class Conversion:
    """`rows`: those of the records that do not convert that this viewer may read, newest first."""

    counts: Convertible
    rows: tuple[RecordView, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitting:
    """A type that can hold the field's values, or so many of those that were tried."""

    type: Field
    tried: int
    converts: int


class Conversions:
    def __init__(
        self, services: Services, reader: Reader, applications: Applications, designing: Designing,
        copies: ColumnCopies,
    ) -> None:  # fmt: skip
        self._services, self._reader, self._applications = services, reader, applications
        self._designing, self._copies = designing, copies

    def preview(self, viewer: Viewer, app: str, form: str, field: str, to: Mapping[str, Any]) -> Conversion:
        """`to`: `{type, options?}`. Rejected: access.denied, app.unknown, value.unknown_field, and what is
        wrong with the options."""
        old = self._field(viewer, app, form, field)
        new = self._as(old, str(to.get("type", "")), to.get("options"))
        table = self._services.catalog.form(app, form)
        with self._services.database.read() as connection:
            counts = try_values(connection, table, old, new)
            rows = self._rows(connection, viewer, app, form, field, counts) if counts.refused else ()
        return Conversion(counts, rows)

    def types(self, viewer: Viewer, app: str, form: str, field: str) -> list[Fitting]:
        """The types that can hold what stands there, those that hold most of it first. Rejected as above."""
        old = self._field(viewer, app, form, field)
        table = self._services.catalog.form(app, form)
        found = []
        with self._services.database.read() as connection:
            for name in self._services.registry.all("field"):
                new = None if name == old.type_name else self._quietly(old, name)
                if new is None or new.type is None:
                    continue
                counts = try_values(connection, table, old, new, TRIED)
                if counts.converts or not counts.looked:
                    found.append(Fitting(new.type, counts.looked, counts.converts))
        return sorted(found, key=lambda one: -one.converts)

    def under_way(self, viewer: Viewer, app: str) -> list[CopyState]:
        """The copies of this app's values, the newest first; those that are through, too."""
        self._designing.open(viewer, app)
        return self._copies.of(app)

    # -- fields ------------------------------------------------------------------------------------

    def _field(self, viewer: Viewer, app: str, form: str, field: str) -> FieldDefinition:
        """As it is published."""
        self._designing.open(viewer, app)
        there = self._applications.get(app).form(form)
        known = there.field(field) if there else None
        if known is None or not known.usable or known.sealed:
            raise Rejected([problem("value.unknown_field", field=field)])
        return known

    def _quietly(self, old: FieldDefinition, name: str) -> FieldDefinition | None:
        """With the options this type begins with; None where it needs some, or holds no value of its own."""
        try:
            new = self._as(old, name, None)
        except Rejected:
            return None
        type_ = new.type
        assert type_ is not None
        return None if new.derived is not None or type_.container or type_.reference(new) else new

    def _as(self, old: FieldDefinition, name: str, options: Any) -> FieldDefinition:
        """The same field as another type; a list of choices goes along where the other type has one."""
        type_ = self._services.registry.get("field", name)
        if type_ is None:
            raise Rejected([_unknown(name, self._services.registry.all("field"))])
        raw = options if isinstance(options, dict) else _kept(old)
        for wanted in (raw, {}) if not isinstance(options, dict) else (raw,):
            try:
                made = msgspec.convert(wanted, type_.Options)
                return replace(old, type_name=name, type=type_, options=made)
            except msgspec.ValidationError as error:
                wrong = str(error)
        raise Rejected([problem("options.unreadable", "/options", text=wrong)])

    # -- records -----------------------------------------------------------------------------------

    def _rows(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, field: str, counts: Convertible
    ) -> tuple[RecordView, ...]:
        program = self._services.programs.get(app, form)
        visible = self._services.authority.visible_rows(connection, viewer, program.app, program.form)
        visible = visible.reading([field])
        if not visible.ways:
            return ()
        names = tuple(dict.fromkeys((field, *program.title_fields)))
        rows = self._reader.rows
        refused = holding(self._services.catalog.form(app, form), field, counts.refused)
        ids = visible.ids().where(refused)
        (own,) = ids.selected_columns
        chosen = list(connection.scalars(ids.order_by(own.desc()).limit(SHOWN)))
        found = rows.by_ids(connection, viewer, program, chosen, names)
        shown = {
            view.id: view for view in self._reader.shown(connection, viewer, program, list(found.values()))
        }
        return tuple(shown[str(one)] for one in chosen if str(one) in shown)


def _kept(old: FieldDefinition) -> dict[str, Any]:
    """Options that mean the same in another type: its choices."""
    raw = msgspec.to_builtins(old.options) if old.options is not None else {}
    return {name: value for name, value in raw.items() if name == "choices"}


def _unknown(name: str, known: Any) -> Problem:
    return problem("field.unknown_type", "/type", name=name, known="")
