"""Brings the values of a field whose type changed into its new column; a job, resumable.

Values go from the old type's JSON, else its display, through the new type's `parse`; what cannot be read stays
in the parked column and is counted. Each chunk is read and converted beside the writers and written in a unit
of its own, together with how far the copy has come: a process that dies loses a chunk, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.migrate.deferring import Defers
from engine.system_tables import settings, tombstones
from engine.tables import Catalog, Entry, FormTable, form_table, read_entries
from engine.values import canonical_json, decoder, encoder, link_values
from metamodel.application import App
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Display

COPY_JOB = "copy_column"
CHUNK = 1_000  # rows a unit: a few milliseconds that others wait for
_PREFIX = "column_copy:"


class Progress(msgspec.Struct):
    """How far a copy has come: the last record seen, of `total` rows how many values came over and how many
    did not; `wanted` is what the job was told."""

    after: int = 0
    copied: int = 0
    failed: int = 0
    done: bool = False
    total: int = 0
    wanted: dict[str, Any] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CopyState:
    """One copy as people are shown it; of `total` values `copied` and `failed` so far."""

    form: str
    field: str
    total: int
    copied: int
    failed: int
    done: bool


class Versions(Protocol):
    """`applications.Applications`: what a form is now, and was."""

    def refresh(self) -> None: ...
    def get(self, app: str) -> App: ...
    def at_version(self, app: str, version: int) -> App: ...


class Carry(Protocol):
    """Who writes values of one field where more than the column has to follow: computed fields, the index,
    leaves of the ledger. None: the column is all there is to it. Else how many were written."""

    def __call__(
        self, unit: Unit, app: str, form: str, field: str, values: Mapping[int, Any]
    ) -> int | None: ...


Finished = Callable[[Unit, CopyState, str], None]  # (unit, what became of it, app)


def begin_copy(unit: Unit, jobs: Defers, wanted: Mapping[str, Any]) -> None:
    """In the publishing unit: the copy is known from now on. `wanted`: app, version (the one before), form,
    field, source, target (catalog ids)."""
    _save(unit, wanted["target"], Progress(wanted=dict(wanted)))
    jobs.defer(unit, COPY_JOB, wanted, key=f"{COPY_JOB}:{wanted['target']}")


@dataclass
class ColumnCopies:
    """The job's handler. `carry` is the records' own way to write; the runtime hands it down. `finished` hears
    of a copy that is through, in its last unit."""

    database: Database
    catalog: Catalog
    applications: Versions
    carry: Carry | None = None
    finished: Finished | None = None

    def __call__(self, payload: Mapping[str, Any], _job: str) -> None:
        self.applications.refresh()
        with self.database.read() as connection:
            before = _progress(connection, payload["source"])
        if before.wanted and not before.done:
            self(before.wanted, _job)  # its type changed twice: what is brought over must be there first
        old, new = self._fields(payload)
        while self._chunk(payload, old, new):
            pass

    def finish(self, app: str, form: str) -> None:
        """Bring over now what is still on its way into this form."""
        with self.database.read() as connection:
            waiting = unfinished(connection, app)
        for target in sorted(waiting):
            if waiting[target]["form"] == form:
                self(waiting[target], "")

    def progress(self, target: int) -> Progress:
        """Of the copy into the catalog's column `target`."""
        with self.database.read() as connection:
            return _progress(connection, target)

    def of(self, app: str) -> list[CopyState]:
        """Every copy of this app into a column that is in use, the newest first."""
        with self.database.read() as connection:
            active = {entry.id for entry in read_entries(connection, app) if entry.active}
            rows = connection.execute(sa.select(settings).where(settings.c.name.startswith(_PREFIX))).all()
        found = {int(row.name.removeprefix(_PREFIX)): _read(row.value) for row in rows}
        return [_state(found[target]) for target in sorted(found.keys() & active, reverse=True)]

    # -- one chunk ---------------------------------------------------------------------------------

    def _chunk(self, payload: Mapping[str, Any], old: FieldDefinition, new: FieldDefinition) -> bool:
        """Read, convert, write; False when there is nothing left to do."""
        with self.database.read() as connection:
            place = _place(connection, payload)
            progress = _progress(connection, payload["target"])
            if place is None or progress.done:
                return False
            if not progress.after:
                progress.total = _count(connection, place)
            rows = connection.execute(_waiting(place, progress.after).limit(CHUNK)).all()
        decode = decoder(old)
        values = {row.id: converted(decode(row.old), old, new) for row in rows if row.new is None}
        found = {record: value for record, value in values.items() if value is not None}

        def work(unit: Unit) -> bool:
            if _progress(unit.connection, payload["target"]).after != progress.after:
                return True  # somebody else was faster
            written = self._write(unit, place, new, found)
            progress.copied += written
            progress.failed += len(values) - written
            progress.after = rows[-1].id if rows else progress.after
            progress.done = len(rows) < CHUNK
            progress.wanted = dict(payload)
            _save(unit, payload["target"], progress)
            if progress.done and self.finished is not None:
                self.finished(unit, _state(progress), payload["app"])
            return not progress.done

        return self.database.write(work)

    def _fields(self, payload: Mapping[str, Any]) -> tuple[FieldDefinition, FieldDefinition]:
        """The field as it was, and as the version made it that this copy came with."""
        app, version, form = payload["app"], payload["version"], payload["form"]
        was = self.applications.at_version(app, version).form(form)
        made = self.applications.at_version(app, version + 1).form(form)
        return _field(was, payload["field"]), _field(made, payload["field"])

    def _write(self, unit: Unit, place: _Place, field: FieldDefinition, values: Mapping[int, Any]) -> int:
        """How many were written."""
        if not values:
            return 0
        table = place.table
        written = None
        if self.carry is not None and place.used:
            written = self.carry(unit, table.app, table.form, field.id, values)
        if written is not None:
            return written
        if table.is_archive:
            raise RuntimeError("values of an archive are written by the records' write path only")
        return write_column(self.database, unit, place, field, values)


@dataclass(frozen=True)
class _Place:
    """Where a copy goes from and to, the column in use or parked again meanwhile."""

    table: FormTable
    source: sa.Column[Any]
    target: Entry
    column: sa.Column[Any]
    link: sa.Table | None
    used: bool  # form and field are part of what is published

    @property
    def unique(self) -> bool:
        return self.target.shape.index == "unique"


def _place(connection: sa.Connection, payload: Mapping[str, Any]) -> _Place | None:
    """None: the field went back to its old column, or its form is no more; of an archive also while the field or
    the form is parked: what is out of use there stays as its leaves have it, and goes on when it comes back."""
    entries = [e for e in read_entries(connection, payload["app"]) if e.form == payload["form"]]
    own = next((entry for entry in entries if not entry.field), None)
    by_id = {entry.id: entry for entry in entries if entry.field}
    source, target = by_id.get(payload["source"]), by_id.get(payload["target"])
    if own is None or source is None or target is None or source.active:
        return None
    table = form_table(own, list(by_id.values()))
    if table.is_archive and not (target.active and own.active):
        return None
    parked = {one.entry: one.link for one in table.parked}
    link = table.links.get(target.field) if target.active else parked[target.id]
    columns = table.table.c
    used = own.active and target.active
    return _Place(table, columns[source.physical], target, columns[target.physical], link, used)


def _waiting(place: _Place, after: int) -> sa.Select[Any]:
    """Rows with an old value, from the one after `after`; what is shredded stays as it is."""
    own = place.table.table.c.id
    shredded = sa.exists().where(tombstones.c.record == own)
    columns = (own, place.source.label("old"), place.column.label("new"))
    return sa.select(*columns).where(own > after, place.source.is_not(None), ~shredded).order_by(own)


def unfinished(connection: sa.Connection, app: str) -> dict[int, Mapping[str, Any]]:
    """What is still being brought over in this app: target column -> what its job was told."""
    rows = connection.execute(sa.select(settings).where(settings.c.name.startswith(_PREFIX))).all()
    found = {int(row.name.removeprefix(_PREFIX)): _read(row.value) for row in rows}
    return {
        target: one.wanted for target, one in found.items() if not one.done and one.wanted.get("app") == app
    }


def unfinished_of(connection: sa.Connection, table: FormTable) -> dict[str, Progress]:
    """By field, what is still being brought over into the columns a form uses now."""
    names = {f"{_PREFIX}{entry}": field for field, entry in table.entries.items()}
    rows = connection.execute(sa.select(settings).where(settings.c.name.in_(names))).all() if names else ()
    found = {names[row.name]: _read(row.value) for row in rows}
    return {field: one for field, one in found.items() if not one.done}


def resume_copies(unit: Unit, jobs: Defers, app: str, forms: Container[str]) -> None:
    """In the publishing unit: what came into use again is filled on from where its job stopped."""
    for target, wanted in unfinished(unit.connection, app).items():
        if wanted["form"] in forms:
            jobs.defer(unit, COPY_JOB, wanted, key=f"{COPY_JOB}:{target}:{unit.now}")


def _count(connection: sa.Connection, place: _Place) -> int:
    return connection.scalar(sa.select(sa.func.count(place.source))) or 0


def converted(value: Any, old: FieldDefinition, new: FieldDefinition) -> Any:
    """`value` of the old field as a value of the new one, or None."""
    if old.type is None or new.type is None or value is None:
        return None
    for form in (old.type.to_json, _displayed):
        try:
            found = new.type.parse(form(value, old), new)
            if found not in (None, "", []) and not new.type.check(found, new):
                encoder(new)(found)
                return found
        except BadValue:
            continue
    return None


def _displayed(value: Any, field: FieldDefinition) -> str:
    assert field.type is not None
    return field.type.display(value, field, Display())


def write_column(
    database: Database, unit: Unit, place: _Place, field: FieldDefinition, values: Mapping[int, Any]
) -> int:
    """Straight into the column and its link table, where nothing stands yet; where it must be unique, the first
    one has it. How many were written."""
    encode = encoder(field)
    rows = [(encode(value), record) for record, value in values.items()]
    if place.unique or place.link is not None:
        return sum(
            _write_one(database, unit, place, field, raw, record, values[record]) for raw, record in rows
        )
    table, column = place.table.table.name, place.column.name
    # Names of the catalog's own making; the values are bound.
    statement = f'UPDATE "{table}" SET "{column}" = ? WHERE id = ? AND "{column}" IS NULL'  # noqa: S608
    database.execute_many(unit.connection, statement, rows)
    return len(rows)


def _write_one(
    database: Database, unit: Unit, place: _Place, field: FieldDefinition, raw: Any, record: int, value: Any
) -> bool:
    table = place.table.table
    free = sa.and_(table.c.id == record, place.column.is_(None))
    try:
        with unit.connection.begin_nested():
            done = unit.connection.execute(table.update().where(free).values({place.column: raw})).rowcount
    except sa.exc.IntegrityError:
        return False
    if done and place.link is not None:
        rows: Sequence[Any] = [(record, item) for item in link_values(field)(value)]
        database.insert_many(unit.connection, place.link, rows)
    return bool(done)


def _field(form: Any, identifier: str) -> FieldDefinition:
    field: FieldDefinition | None = form.field(identifier) if form is not None else None
    if field is None:
        raise LookupError(identifier)
    return field


# -- where a copy is -------------------------------------------------------------------------------
def _state(progress: Progress) -> CopyState:
    wanted = progress.wanted
    return CopyState(
        wanted.get("form", ""), wanted.get("field", ""), progress.total, progress.copied, progress.failed,
        progress.done,
    )  # fmt: skip


def _read(text: str) -> Progress:
    return msgspec.json.decode(text, type=Progress)


def _progress(connection: sa.Connection, target: int) -> Progress:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == f"{_PREFIX}{target}"))
    return _read(text) if text else Progress()


def _save(unit: Unit, target: int, progress: Progress) -> None:
    name = f"{_PREFIX}{target}"
    unit.connection.execute(settings.delete().where(settings.c.name == name))
    value = canonical_json(progress).decode()
    unit.connection.execute(settings.insert().values(name=name, value=value))
