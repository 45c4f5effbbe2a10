"""The catalog: which physical table and column a form and a field have; nothing else knows.

`catalog` rows become FormTables, immutable and shared. Names are `r_<n>`, `c_<n>_<field>` and
`l_<n>` (the derived index of a many-valued field), n being the catalog row's id. A field that was
deleted is parked: out of `fields`, still there, its column in `parked`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import sqlalchemy as sa

from engine.system_tables import Id, Time, catalog as catalog_table
from engine.values import canonical_json, scale_of, storage_of
from metamodel.forms import FieldDefinition, FormKind
from metamodel.plugin_api import AutoNumber, Storage

if TYPE_CHECKING:
    from engine.database import Database

Index = Literal["", "plain", "unique"]
SYSTEM_COLUMNS = ("id", "revision", "version", "created_at", "created_by", "updated_at", "updated_by")
FROZEN_SYSTEM_COLUMNS = ("created_at", "created_by")  # of an archive, beside id and evidence


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How a field lies in the database; `kind` only for a table's own row."""

    kind: FormKind = "record"
    type: str = ""  # the field type's name
    storage: Storage = Storage.TEXT
    scale: int = 0
    sealed: bool = False
    evidence: bool = False
    many: bool = False
    target: str = ""  # what a reference points at: person, department, file, or record app/form
    link: Literal["", "integer", "text"] = ""  # has a link table, of these values
    index: Index = ""

    def column(self) -> tuple[Any, ...]:
        """What cannot change in place: two equal ones may share a column."""
        return (self.type, self.storage, self.scale, self.sealed, self.many, self.target)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalog; `field` '' is the table itself."""

    id: int
    app: str
    form: str
    field: str
    shape: Shape
    physical: str
    state: Literal["active", "parked"]

    @property
    def active(self) -> bool:
        return self.state == "active"

    @property
    def link(self) -> str:
        return f"l_{self.id}"


@dataclass(frozen=True, slots=True)
class Parked:
    """A column whose field was deleted or changed its type. Its values still count as evidence."""

    field: str
    column: sa.Column[Any]
    shape: Shape
    entry: int
    link: sa.Table | None = None


@dataclass(frozen=True)
class FormTable:
    """The physical table of a form; `table` has the parked columns too, `fields` has not."""

    app: str
    form: str
    kind: FormKind
    table: sa.Table
    fields: Mapping[str, sa.Column[Any]]
    sealed: frozenset[str]
    links: Mapping[str, sa.Table]
    shapes: Mapping[str, Shape]
    parked: tuple[Parked, ...] = ()
    entries: Mapping[str, int] = dataclass_field(default_factory=dict)  # field id -> catalog id

    def column(self, field: str) -> sa.Column[Any]:
        return self.fields[field]

    @property
    def is_archive(self) -> bool:
        return self.kind == "archive"

    @property
    def frozen(self) -> list[str]:
        """Names of the columns of an archive that may never change, beside the id."""
        evidence = [column.name for field, column in self.fields.items() if self.shapes[field].evidence]
        evidence += [parked.column.name for parked in self.parked if parked.shape.evidence]
        return [*FROZEN_SYSTEM_COLUMNS, *evidence]


class Catalog:
    """All form tables of the published applications, loaded at first use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables: Mapping[tuple[str, str], FormTable] | None = None

    def form(self, app: str, form: str) -> FormTable:
        """KeyError when the form was never published or is parked."""
        return self._loaded()[app, form]

    def all(self) -> list[FormTable]:
        return list(self._loaded().values())

    def reload(self) -> None:
        with self._database.read() as connection:
            self._tables = form_tables(read_entries(connection))

    def _loaded(self) -> Mapping[tuple[str, str], FormTable]:
        if self._tables is None:
            self.reload()
        assert self._tables is not None
        return self._tables


# -- shapes ----------------------------------------------------------------------------------------
def has_column(field: FieldDefinition) -> bool:
    """What is evaluated at reading has none; everything else that is usable is stored."""
    return field.usable and (field.derived is None or field.derived.kept)


def shape_of(field: FieldDefinition) -> Shape:
    type_ = field.type
    assert type_ is not None
    reference = type_.reference(field)
    target = ""
    if reference is not None:
        record = reference.target == "record"
        target = f"record {reference.app}/{reference.form}" if record else reference.target
    return Shape(
        type=field.type_name,
        storage=storage_of(field),
        scale=scale_of(field),
        sealed=field.sealed,
        evidence=field.evidence,
        many=type_.many,
        target=target,
        link=_link_kind(field, target),
        index=_index_kind(field, target),
    )


def _link_kind(field: FieldDefinition, target: str) -> Literal["", "integer", "text"]:
    """Lists of references and of plain texts can be filtered and counted, so they get an index table."""
    type_ = field.type
    assert type_ is not None
    if not type_.many or type_.container or field.sealed:
        return ""
    if target:
        return "integer" if target.startswith(("record", "file")) else "text"
    of = type_.expression_type(field).of
    return "text" if of is not None and of.kind in ("text", "person", "department") else ""


def _index_kind(field: FieldDefinition, target: str) -> Index:
    type_ = field.type
    assert type_ is not None
    if field.sealed or type_.many:
        return ""
    if field.unique:
        return "unique"
    storage = storage_of(field)
    if storage in (Storage.JSON, Storage.BYTES, Storage.BOOLEAN):
        return ""
    filtered = bool(target) or storage in (Storage.DATE, Storage.TIMESTAMP) or bool(type_.choices(field))
    return "plain" if filtered or isinstance(field.derived, AutoNumber) else ""


# -- catalog rows -> tables ------------------------------------------------------------------------
def read_entries(connection: sa.Connection, app: str = "") -> list[Entry]:
    """The catalog of one app, or of all, oldest first."""
    query = sa.select(catalog_table).order_by(catalog_table.c.id)
    if app:
        query = query.where(catalog_table.c.app == app)
    return [
        Entry(
            row.id, row.app, row.form, row.field, msgspec.json.decode(row.shape, type=Shape),
            row.physical, row.state,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def shape_json(shape: Shape) -> str:
    return canonical_json(shape).decode()


def physical_name(identifier: int, field: str) -> str:
    """PostgreSQL cuts names after 63 bytes; the number keeps them apart."""
    return f"c_{identifier}_{re.sub('[^a-z0-9_]', '_', field)}"[:63] if field else f"r_{identifier}"


def form_tables(entries: list[Entry]) -> dict[tuple[str, str], FormTable]:
    """Every active form's table."""
    own: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.field:
            own.setdefault((entry.app, entry.form), []).append(entry)
    return {
        (entry.app, entry.form): form_table(entry, own.get((entry.app, entry.form), []))
        for entry in entries
        if not entry.field and entry.active
    }


def form_table(table: Entry, fields: list[Entry]) -> FormTable:
    metadata = sa.MetaData()
    columns = {entry.id: column_of(entry) for entry in fields}
    physical = sa.Table(table.physical, metadata, *system_columns(), *columns.values())
    links = {entry.id: link_table(entry, metadata) for entry in fields if entry.shape.link}
    active = [entry for entry in fields if entry.active]
    return FormTable(
        app=table.app,
        form=table.form,
        kind=table.shape.kind,
        table=physical,
        fields={entry.field: columns[entry.id] for entry in active},
        sealed=frozenset(entry.field for entry in active if entry.shape.sealed),
        links={entry.field: links[entry.id] for entry in active if entry.shape.link},
        shapes={entry.field: entry.shape for entry in active},
        parked=tuple(
            Parked(entry.field, columns[entry.id], entry.shape, entry.id, links.get(entry.id))
            for entry in fields
            if not entry.active
        ),
        entries={entry.field: entry.id for entry in active},
    )


def system_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("updated_at", Time, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
    ]


def column_of(entry: Entry) -> sa.Column[Any]:
    type_ = sa.LargeBinary() if entry.shape.sealed else _COLUMN_TYPES[entry.shape.storage]()
    return sa.Column(entry.physical, type_)


def link_table(entry: Entry, metadata: sa.MetaData) -> sa.Table:
    value = sa.BigInteger if entry.shape.link == "integer" else sa.Text
    return sa.Table(
        entry.link,
        metadata,
        sa.Column("record", sa.BigInteger, nullable=False),
        sa.Column("value", value, nullable=False),
        sa.PrimaryKeyConstraint("record", "value", name=f"pk_{entry.link}"),
        sa.Index(f"ix_{entry.link}", "value", "record"),
        sqlite_with_rowid=False,
    )


_COLUMN_TYPES: Mapping[Storage, Any] = {
    Storage.TEXT: sa.Text,
    Storage.INTEGER: sa.BigInteger,
    Storage.DECIMAL: sa.BigInteger,
    Storage.BOOLEAN: sa.SmallInteger,
    Storage.DATE: sa.Integer,
    Storage.TIMESTAMP: sa.BigInteger,
    Storage.JSON: sa.Text,
    Storage.BYTES: sa.LargeBinary,
}
