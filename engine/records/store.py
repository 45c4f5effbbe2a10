"""Rows into the database: seal, insert, leaf, index; the physical half of the write path.

Everything here works on whole batches with positional rows; one record is a batch of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import Way
from engine.database import Unit
from engine.evidence.leaf import LeafEntry
from engine.evidence.seals import RecordKey
from engine.records.attached import adopt, own_copies
from engine.records.drafts import Draft
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.system_tables import record_keys
from engine.values import link_values, to_bytes
from metamodel.problems import Problem, pointer, problem

HEAD = ("id", "revision", "version", "created_at", "created_by", "updated_at", "updated_by")
Loaded = dict[int, tuple[Draft, Sequence[Way]]]


@dataclass(frozen=True, slots=True)
class Written:
    """A row as it lies in the table: `stored` by physical column, `changed` the columns that moved."""

    draft: Draft
    stored: dict[str, Any]
    key: RecordKey | None
    changed: tuple[str, ...] = ()


class Store:
    def __init__(self, services: Services) -> None:
        self._services = services

    # -- insert ------------------------------------------------------------------------------------

    def insert(
        self,
        unit: Unit,
        viewer: Viewer,
        program: FormProgram,
        drafts: Sequence[Draft],
        *,
        trial: bool = False,
    ) -> None:
        """New rows with their keys, link rows, leaves and index entries (none of the last two in a trial)."""
        if not drafts:
            return
        own_copies(self._services, unit, viewer, program, drafts)
        keys = self._new_keys(program, drafts)
        rows = [
            Written(draft, self._stored(unit, viewer, program, draft, key), key)
            for draft, key in zip(drafts, keys, strict=True)
        ]
        names = [*HEAD, *(program.table.fields[p.id].name for p in program.stored)]
        tuples = [tuple(map(row.stored.__getitem__, names)) for row in rows]
        self._services.database.insert_many(unit.connection, program.table.table, tuples, names)
        self._insert_keys(unit, keys)
        self._insert_links(unit, program, drafts)
        adopt(unit, viewer, program, drafts)
        if not trial:
            self._append_leaves(unit, program, rows, "create")
            self._index(unit, program, drafts)

    def _new_keys(self, program: FormProgram, drafts: Sequence[Draft]) -> Sequence[RecordKey | None]:
        if not program.keyed:
            return [None] * len(drafts)
        return self._services.seals.new_keys([draft.id for draft in drafts])

    def _stored(
        self, unit: Unit, viewer: Viewer, program: FormProgram, draft: Draft, key: RecordKey | None
    ) -> dict[str, Any]:
        head = (draft.id, 1, program.version, unit.now, viewer.person, unit.now, viewer.person)
        stored = dict(zip(HEAD, head, strict=True))
        values, seal = draft.values, self._services.seals.seal
        for name, column, encode, sealed in program.encoders:
            value = values.get(name)
            raw = None if value is None else encode(value)
            if sealed and raw is not None and key is not None:
                raw = seal(key, name, to_bytes(raw))
            stored[column] = raw
        return stored

    def _encode(self, field: FieldProgram, value: Any, key: RecordKey | None) -> Any:
        raw = None if value is None else field.encode(value)
        if raw is None or not field.field.sealed or key is None:
            return raw
        return self._services.seals.seal(key, field.id, to_bytes(raw))

    def _insert_keys(self, unit: Unit, keys: Sequence[RecordKey | None]) -> None:
        rows = [(k.record, k.salt, k.master, k.wrapped) for k in keys if k is not None]
        columns = ("record", "salt", "master", "wrapped")
        self._services.database.insert_many(unit.connection, record_keys, rows, columns)

    def _insert_links(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> None:
        for name, table in program.table.links.items():
            self._insert_link(unit, program, name, table, drafts)

    def _insert_link(
        self, unit: Unit, program: FormProgram, name: str, table: sa.Table, drafts: Sequence[Draft]
    ) -> None:
        values_of = link_values(program.fields[name].field)
        rows = [(draft.id, value) for draft in drafts for value in values_of(draft.values.get(name))]
        self._services.database.insert_many(unit.connection, table, rows, ("record", "value"))

    def _index(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> None:
        if program.searchable:
            rows = [(draft.id, program.texts.tokens(draft.values)) for draft in drafts]
            self._services.search.index(unit, program.table, rows)

    def _append_leaves(self, unit: Unit, program: FormProgram, rows: Sequence[Written], kind: str) -> None:
        """Every revision of an archived record is a leaf of the records log."""
        if not program.form.is_archive:
            return
        entries = []
        for row in rows:
            assert row.key is not None
            evidence, working = program.layout.hashes(row.stored, row.key.salt, row.key.commitment)
            entries.append(
                LeafEntry(
                    kind, row.draft.id, row.stored["revision"], program.app.id, program.form.id,
                    program.version, unit.now, evidence, working,
                )
            )  # fmt: skip
        self._services.ledger.append(unit, "records", entries)

    # -- update ------------------------------------------------------------------------------------

    def load(
        self, connection: sa.Connection, program: FormProgram, visible: Visible, ids: Iterable[int]
    ) -> Loaded:
        """What stands in these rows, whole and opened, with the ways that reach them; locked on
        PostgreSQL until the unit ends."""
        table = program.table.table
        statement = visible.select(table.c).where(table.c.id.in_(sorted(ids))).with_for_update(of=table)
        rows = connection.execute(statement).mappings().all()
        keys = self._keys_of(connection, program, [row["id"] for row in rows])
        found: Loaded = {}
        for row in rows:
            key = keys.get(row["id"])
            values = {
                p.id: self._decode(p, row[program.physical[p.id]], row["id"], key) for p in program.stored
            }
            draft = Draft(row["id"], dict(values), row["id"], row["revision"], values, dict(row), key)
            found[row["id"]] = (draft, visible.ways_of(row))
        return found

    def _keys_of(
        self, connection: sa.Connection, program: FormProgram, records: Sequence[int]
    ) -> dict[int, RecordKey]:
        if not program.keyed or not records:
            return {}
        asked = sa.select(record_keys).where(record_keys.c.record.in_(records))
        rows = connection.execute(asked).mappings()
        return {row["record"]: self._services.seals.opened(dict(row)) for row in rows}

    def _decode(self, field: FieldProgram, raw: Any, record: int, key: RecordKey | None) -> Any:
        if raw is None or not field.field.sealed:
            return None if raw is None else field.decode(raw)
        return None if key is None else field.unseal(self._services.seals.open(key, field.id, record, raw))

    def update(
        self,
        unit: Unit,
        viewer: Viewer,
        program: FormProgram,
        drafts: Sequence[Draft],
        *,
        quietly: bool = False,
    ) -> None:
        """Changed rows, each one revision further, with leaves and index entries. `quietly`: nobody changed them
        (never in an archive): they keep their revision and who saved them last."""
        if not drafts:
            return
        own_copies(self._services, unit, viewer, program, drafts)
        self._give_keys(unit, program, drafts)
        written = [self._rewritten(unit, viewer, program, draft, quietly) for draft in drafts]
        self._write_over(unit, program, written)
        self._append_leaves(unit, program, written, "change")
        self._relink(unit, program, drafts)
        adopt(unit, viewer, program, drafts)
        touched = [d for d in drafts if any(_differs(d, f.id) for f in program.searchable)]
        if touched:
            rows = [(draft.id, program.texts.tokens(draft.values)) for draft in touched]
            self._services.search.replace(unit, program.table, rows)

    def _give_keys(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> None:
        """A form may have had nothing sealed when the record was made."""
        bare = [draft for draft in drafts if draft.key is None] if program.keyed else []
        keys = self._new_keys(program, bare)
        self._insert_keys(unit, keys)
        for draft, key in zip(bare, keys, strict=True):
            draft.key = key

    def _rewritten(
        self, unit: Unit, viewer: Viewer, program: FormProgram, draft: Draft, quietly: bool
    ) -> Written:
        draft.revision += not quietly
        values = {
            program.physical[field.id]: self._encode(field, draft.values.get(field.id), draft.key)
            for field in program.stored
            if _differs(draft, field.id)
        }
        head = {"revision": draft.revision, "updated_at": unit.now, "updated_by": viewer.person}
        changed = values if quietly else {**head, **values}
        return Written(draft, {**draft.stored, **changed}, draft.key, tuple(changed))

    def _write_over(self, unit: Unit, program: FormProgram, written: Sequence[Written]) -> None:
        """One prepared statement for all rows in which the same columns change."""
        table = program.table.table
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in written:
            values = {name: row.stored[name] for name in row.changed}
            groups.setdefault(row.changed, []).append({**values, "which": row.draft.id})
        for names, rows in groups.items():
            mine = sa.update(table).where(table.c.id == sa.bindparam("which"))
            unit.connection.execute(mine.values({name: sa.bindparam(name) for name in names}), rows)

    def _relink(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> None:
        for name, table in program.table.links.items():
            moved = [draft for draft in drafts if _differs(draft, name)]
            if moved:
                gone = sa.delete(table).where(table.c.record == sa.bindparam("which"))
                unit.connection.execute(gone, [{"which": draft.id} for draft in moved])
            self._insert_link(unit, program, name, table, moved)

    # -- uniqueness --------------------------------------------------------------------------------

    def not_unique(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> list[Problem]:
        """Values that must be the only ones and are not, in the table or in this batch."""
        found: list[Problem] = []
        for field in program.unique:
            raws = {
                d.row: field.encode(d.values[field.id]) for d in drafts if d.values.get(field.id) is not None
            }
            column = program.table.column(field.id)
            known = sa.select(column).where(column.in_(set(raws.values())))
            seen = {row[0] for row in unit.connection.execute(known)} if raws else set()
            for row, raw in raws.items():
                if raw in seen:
                    name = field.field.text()
                    found.append(
                        problem("value.not_unique", f"/{row}{pointer(field.id)}", field=name, value=raw)
                    )
                seen.add(raw)
        return found

    def no_more_unique(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> list[Problem]:
        """The same of records that change: values that another one has, or gets beside them."""
        found: list[Problem] = []
        for field in program.unique:
            raws = {
                d.id: field.encode(d.values[field.id])
                for d in drafts
                if d.values.get(field.id) is not None and _differs(d, field.id)
            }
            own, column = program.table.table.c.id, program.table.column(field.id)
            known = sa.select(column, own).where(column.in_(set(raws.values())))
            rows = unit.connection.execute(known) if raws else ()
            holders: dict[Any, int] = {row[0]: row[1] for row in rows}
            for record, raw in raws.items():
                if holders.setdefault(raw, record) != record:
                    said = {"field": field.field.text(), "value": raw}
                    found.append(problem("value.not_unique", f"/{record}{pointer(field.id)}", **said))
        return found


def _differs(draft: Draft, name: str) -> bool:
    return draft.values.get(name) != draft.before.get(name)
