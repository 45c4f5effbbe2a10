"""Brings the values of a field whose type changed into its new column; a job, resumable.

Values go from the old type's JSON, else its display, through the new type's `parse`; what cannot
be read stays parked and is counted. Progress lies in `settings` and moves with each chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.system_tables import settings
from engine.tables import Catalog, FormTable
from engine.values import canonical_json, decoder, encoder, link_values
from metamodel.application import App
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Display

CHUNK = 500
WriteValues = Callable[[Unit, str, str, str, Mapping[int, Any]], None]


class Progress(msgspec.Struct):
    """How far a copy has come: the last record seen, how many values came over and how many did not."""

    after: int = 0
    copied: int = 0
    failed: int = 0
    done: bool = False


class Versions(Protocol):
    """`applications.Applications`: what a form is now, and was."""

    def refresh(self) -> None: ...
    def get(self, app: str) -> App: ...
    def at_version(self, app: str, version: int) -> App: ...


@dataclass(frozen=True)
class ColumnCopies:
    """The job's handler. `write` puts values of one field into records, by the ordinary write path
    (the runtime hands it down); without it they go straight into the column, but never into an archive."""

    database: Database
    catalog: Catalog
    applications: Versions
    write: WriteValues | None = None

    def __call__(self, payload: Mapping[str, Any], _job: str) -> None:
        self.applications.refresh()
        while not self.database.write(lambda unit: self._chunk(unit, payload)):
            pass

    def progress(self, target: int) -> Progress:
        """Of the copy into the catalog's column `target`."""
        with self.database.read() as connection:
            return _progress(connection, target)

    def _chunk(self, unit: Unit, payload: Mapping[str, Any]) -> bool:
        """One chunk; True when there is nothing left to do."""
        app, form, field = payload["app"], payload["form"], payload["field"]
        table = self.catalog.form(app, form)
        source = next((one for one in table.parked if one.entry == payload["source"]), None)
        progress = _progress(unit.connection, payload["target"])
        if progress.done or source is None or table.entries.get(field) != payload["target"]:
            return True  # parked, restored or replaced meanwhile: a newer plan's business
        columns, old, new = table.table.c, source.column, table.fields[field]
        query = sa.select(columns.id, old, new.is_(None)).where(columns.id > progress.after, old.is_not(None))
        rows = unit.connection.execute(query.order_by(columns.id).limit(CHUNK)).all()
        convert = self._converter(payload)
        found: dict[int, Any] = {}
        for identifier, raw, free in rows:
            value = convert(raw) if free else None
            if value is not None:
                found[identifier] = value
            elif free:
                progress.failed += 1
        self._write(unit, table, field, found)
        progress.copied += len(found)
        progress.after = rows[-1].id if rows else progress.after
        progress.done = len(rows) < CHUNK
        _save(unit, payload["target"], progress)
        return progress.done

    def _converter(self, payload: Mapping[str, Any]) -> Callable[[Any], Any]:
        """Old raw value -> new value, None where it cannot be read."""
        was = self.applications.at_version(payload["app"], payload["version"])
        old = _field(was.form(payload["form"]), payload["field"])
        new = _field(self.applications.get(payload["app"]).form(payload["form"]), payload["field"])
        decode = decoder(old)
        return lambda raw: converted(decode(raw), old, new)

    def _write(self, unit: Unit, table: FormTable, field: str, values: Mapping[int, Any]) -> None:
        if self.write is not None:
            self.write(unit, table.app, table.form, field, values)
        elif table.is_archive:
            raise RuntimeError("values of an archive are written by the records' write path only")
        else:
            definition = _field(self.applications.get(table.app).form(table.form), field)
            write_column(self.database, unit, table, definition, values)


def converted(value: Any, old: FieldDefinition, new: FieldDefinition) -> Any:
    """`value` of the old field as a value of the new one, or None."""
    if old.type is None or new.type is None or value is None:
        return None
    for form in (old.type.to_json(value, old), old.type.display(value, old, Display())):
        try:
            found = new.type.parse(form, new)
            if found not in (None, "", []) and not new.type.check(found, new):
                encoder(new)(found)
                return found
        except BadValue:
            continue
    return None


def write_column(
    database: Database, unit: Unit, table: FormTable, field: FieldDefinition, values: Mapping[int, Any]
) -> None:
    """Straight into the column and its link table; where it must be unique, the first one has it."""
    encode, column = encoder(field), table.fields[field.id]
    link = table.links.get(field.id)
    items = link_values(field) if link is not None else None
    for identifier, value in values.items():
        change = table.table.update().where(table.table.c.id == identifier).values({column: encode(value)})
        try:
            with unit.connection.begin_nested():
                unit.connection.execute(change)
        except sa.exc.IntegrityError:
            continue
        if link is not None and items is not None:
            database.insert_many(unit.connection, link, [(identifier, item) for item in items(value)])


def _field(form: Any, identifier: str) -> FieldDefinition:
    field: FieldDefinition | None = form.field(identifier) if form is not None else None
    if field is None:
        raise LookupError(identifier)
    return field


def _name(target: int) -> str:
    return f"column_copy:{target}"


def _progress(connection: sa.Connection, target: int) -> Progress:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(target)))
    return msgspec.json.decode(text, type=Progress) if text else Progress()


def _save(unit: Unit, target: int, progress: Progress) -> None:
    unit.connection.execute(settings.delete().where(settings.c.name == _name(target)))
    value = canonical_json(progress).decode()
    unit.connection.execute(settings.insert().values(name=_name(target), value=value))
