"""The recycle bin: what is deleted is out of everything for thirty days and can come back as it was.

The row stays where it is, with its links, sub-rows, files and index entries; a mark takes it out of every read
(`Authority.deleted`). Unique values are freed for others. When its days are over, a job shreds the record: the
one way in which content goes for good. Archives have no bin: nothing of theirs is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.sightings import FOUND, packed
from engine.access.viewer import SYSTEM, Viewer
from engine.access.visible import Visible
from engine.access.ways import ALL, best_access
from engine.clock import from_microseconds
from engine.database import Unit, driver
from engine.evidence.tombstones import Cause, tombstones_of
from engine.jobs import Jobs
from engine.records.drafts import Batch, Draft, Stages
from engine.records.program import FieldProgram, FormProgram
from engine.records.query import Outcome, RecordView
from engine.records.records import Records
from engine.records.rows import Row
from engine.records.services import Services
from engine.system_tables import deleted, tombstones
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Problem, Rejected, pointer, problem

DAYS = timedelta(days=30)
MOST = 1_000  # records by one act
BATCH = 200  # records a unit of the emptying
JOB, HOUR = "recycle_bin", timedelta(hours=1)
PAGE = 50
COLUMNS = ("record", "app", "form", "at", "by", "together", "freed_sealed")
Objection = Callable[[Batch], list[Problem]]  # paths begin with the record's id
Refused = dict[int, list[Problem]]


class Sealer(Protocol):
    def seal_json(self, value: Any, place: bytes = b"") -> bytes: ...
    def open_json(self, sealed: bytes, place: bytes = b"") -> Any: ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of each record, and the number under which those that went come back together."""

    together: str
    outcomes: tuple[Outcome, ...]

    @property
    def gone(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.outcomes if one.ok)


@dataclass(frozen=True, slots=True)
class InBin:
    """A record in the bin: `until` then it can come back."""

    view: RecordView
    at: datetime
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class BinPage:
    items: tuple[InBin, ...]
    total: int
    more: bool


class RecycleBin:
    """`objections`: what keeps a record from being deleted, `paused`: is nothing emptied now; the runtime hands
    them down."""

    def __init__(self, services: Services, records: Records, stages: Stages, box: Sealer, jobs: Jobs) -> None:
        self._services, self._records, self._stages, self._box = services, records, stages, box
        self.objections: list[Objection] = []
        self.paused: Callable[[sa.Connection], bool] = lambda _connection: False
        services.authority.deleted = self.withheld
        jobs.register(JOB, lambda _payload, _job: self.empty(), every=HOUR)

    # -- deleting ----------------------------------------------------------------------------------

    def delete(
        self, viewer: Viewer, app: str, form: str, records: Sequence[str], unit: Unit | None = None
    ) -> Deletion:
        """Each record on its own: what cannot go says why and stops nothing else. Rejected: access.denied,
        record.evidence_stays."""
        program = self._services.programs.get(app, form)
        if program.form.is_archive:
            raise Rejected([problem("record.evidence_stays")])
        ids = [int(one) for one in dict.fromkeys(records) if is_whole_number(one)][:MOST]
        return self._services.database.write_on(unit, lambda u: self._delete(u, viewer, program, ids))

    def _delete(self, unit: Unit, viewer: Viewer, program: FormProgram, ids: Sequence[int]) -> Deletion:
        visible = self._services.authority.visible_rows(unit.connection, viewer, program.app, program.form)
        if not any("delete" in way.actions for way in visible.ways):
            raise Rejected([problem("access.denied")])
        rows = self._records.store.load(unit.connection, program, visible, ids)
        refused: Refused = {one: [problem("record.unknown", record=one)] for one in ids if one not in rows}
        for record, (_, ways) in rows.items():
            if not any("delete" in way.actions for way in ways):
                refused[record] = [problem("access.denied")]
        for record in tombstones_of(unit.connection, list(rows)):
            refused[record] = [problem("record.shredded")]
        going = [draft for record, (draft, _) in rows.items() if record not in refused]
        self._object(Batch(unit, viewer, program.app.id, program.form.id, going), refused)
        going = [draft for draft in going if draft.id not in refused]
        (together,) = self._services.database.take_ids(unit.connection, 1)
        self._put_in(unit, viewer, program, going, together)
        return Deletion(str(together), tuple(_outcome(one, refused) for one in ids))

    def _object(self, batch: Batch, refused: Refused) -> None:
        for objection in self.objections if batch.drafts else ():
            for found in objection(batch):
                refused.setdefault(int(found.path.split("/")[1]), []).append(found)

    def _put_in(
        self, unit: Unit, viewer: Viewer, program: FormProgram, going: Sequence[Draft], together: int
    ) -> None:
        app, form = program.app.id, program.form.id
        Stages.run(self._stages.deleted, Batch(unit, viewer, app, form, going))
        freed = self._free(unit, program, going)
        rows = [
            (draft.id, app, form, unit.now, viewer.person, together, freed.get(draft.id)) for draft in going
        ]
        self._services.database.insert_many(unit.connection, deleted, rows, COLUMNS)
        detail = {"together": str(together)} if len(going) > 1 else None
        told = [Occurrence("delete", app, form, draft.id, detail=detail) for draft in going]
        self._services.audit.add(unit, viewer, told)

    def _free(self, unit: Unit, program: FormProgram, going: Sequence[Draft]) -> dict[int, bytes]:
        """Unique values leave their columns, sealed, so that others may have them."""
        found: dict[int, bytes] = {}
        for draft in going:
            values = {field.id: draft.stored[program.physical[field.id]] for field in program.unique}
            values = {name: raw for name, raw in values.items() if raw is not None}
            if values:
                found[draft.id] = self._box.seal_json(values, _place(draft.id))
                draft.values.update(dict.fromkeys(values))
        if found:
            table = program.table.table
            empty = {program.physical[field.id]: None for field in program.unique}
            unit.connection.execute(sa.update(table).where(table.c.id.in_(list(found))).values(empty))
            self._index(unit, program, [draft for draft in going if draft.id in found])
        return found

    def _index(self, unit: Unit, program: FormProgram, drafts: Sequence[Draft]) -> None:
        """What a unique value is found by goes and comes with it."""
        if drafts and any(field.field.searchable for field in program.unique):
            rows = [(draft.id, program.texts.tokens(draft.values)) for draft in drafts]
            self._services.search.replace(unit, program.table, rows)

    # -- coming back -------------------------------------------------------------------------------

    def restore(
        self, viewer: Viewer, app: str, form: str, records: Sequence[str] = (), together: str = ""
    ) -> list[Outcome]:
        """These records, or all that went together by one act, each on its own; by whoever deleted them or may
        delete them. Rejected: access.denied."""
        program = self._services.programs.get(app, form)
        return self._services.database.write(
            lambda unit: self._restore(unit, viewer, program, records, together)
        )

    def _restore(
        self, unit: Unit, viewer: Viewer, program: FormProgram, records: Sequence[str], together: str
    ) -> list[Outcome]:
        wanted: sa.ColumnElement[bool] = deleted.c.record.in_(
            [int(one) for one in records if is_whole_number(one)][:MOST]
        )
        if together:
            wanted = deleted.c.together == (int(together) if is_whole_number(together) else -1)
        own = program.table.table.c.id
        visible = self._own(unit.connection, viewer, program)
        query = (
            sa.select(deleted).where(wanted, deleted.c.record.in_(visible.ids())).order_by(deleted.c.record)
        )
        marks = {row.record: row for row in unit.connection.execute(query.with_for_update())}
        outcomes = [
            Outcome(one, False, (problem("record.not_deleted", record=one),))
            for one in records
            if not (is_whole_number(one) and int(one) in marks)
        ]
        back = []
        for record, mark in marks.items():
            values = self._box.open_json(mark.freed_sealed, _place(record)) if mark.freed_sealed else {}
            taken = self._taken(unit, program, values)
            if not taken:
                raw = {
                    program.table.column(name).name: value
                    for name, value in values.items()
                    if name in program.table.fields
                }
                if raw:
                    unit.connection.execute(sa.update(program.table.table).where(own == record).values(raw))
                back.append(record)
            outcomes.append(Outcome(str(record), not taken, tuple(taken)))
        refilled = [record for record in back if marks[record].freed_sealed]
        everything = Visible(program.table, [ALL], [sa.true()])
        loaded = self._records.store.load(unit.connection, program, everything, refilled)
        self._index(unit, program, [draft for draft, _ in loaded.values()])
        self._take_out(unit, viewer, program, back)
        return outcomes

    def _taken(self, unit: Unit, program: FormProgram, values: Mapping[str, Any]) -> list[Problem]:
        """Unique values that somebody else has by now."""
        found = []
        for field in program.unique:
            raw = values.get(field.id)
            if raw is not None and _has(unit.connection, program, field, raw):
                shown = str(field.decode(raw))
                found.append(
                    problem("record.taken", pointer(field.id), field=field.field.text(), value=shown)
                )
        return found

    def _take_out(self, unit: Unit, viewer: Viewer, program: FormProgram, back: Sequence[int]) -> None:
        if not back:
            return
        app, form = program.app.id, program.form.id
        unit.connection.execute(sa.delete(deleted).where(deleted.c.record.in_(back)))
        told = [Occurrence("record.restore", app, form, record) for record in back]
        self._services.audit.add(unit, viewer, told)
        drafts = [Draft(record, {}) for record in back]
        Stages.run(self._stages.restored, Batch(unit, viewer, app, form, drafts))

    # -- looking into it ---------------------------------------------------------------------------

    def page(self, viewer: Viewer, app: str, form: str, page: int = 0, limit: int = PAGE) -> BinPage:
        """What this viewer may bring back, the last deleted first. Rejected: access.denied,
        record.evidence_stays."""
        program = self._services.programs.get(app, form)
        if program.form.is_archive:
            raise Rejected([problem("record.evidence_stays")])
        reader = self._records.reader
        with self._services.database.read() as connection:
            visible = self._own(connection, viewer, program)
            own = program.table.table.c.id
            ids = visible.ids().join(deleted, deleted.c.record == own)
            total = connection.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
            newest = ids.order_by(deleted.c.at.desc(), own.desc()).limit(limit).offset(page * limit)
            order = list(connection.scalars(newest))
            names = tuple(program.fields)
            statement = reader.rows.select(program, visible, names).where(own.in_(order))
            rows = reader.rows.fetch(connection, viewer, program, visible, statement, names)
            marks = self._marks(connection, order)
            for row in rows:
                self._put_back(program, row, marks[row.id])
            shown = {int(v.id): v for v in reader.shown(connection, viewer, program, rows)}
        detail = {"count": total, "recycle_bin": True, FOUND: packed(order)}
        self._services.audit.note(viewer, Occurrence("list", app, form, detail=detail))
        items = tuple(_in_bin(shown[one], marks[one]) for one in order)
        return BinPage(items, total, (page + 1) * limit < total)

    def has_any(self, connection: sa.Connection, app: str, form: str) -> bool:
        """Is there anything in the bin of this form?"""
        mark = "?" if self._services.database.dialect == "sqlite" else "%s"
        return driver(connection).execute(_ANY[mark], (app, form)).fetchone() is not None

    def withheld(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form
    ) -> sa.Select[tuple[int]] | None:
        """Ids nobody is shown; None where the bin is empty, which costs one look at an index."""
        if form.is_archive or not self.has_any(connection, app.id, form.id):
            return None
        return sa.select(deleted.c.record).where(deleted.c.app == app.id, deleted.c.form == form.id)

    def _own(self, connection: sa.Connection, viewer: Viewer, program: FormProgram) -> Visible:
        """Rows in the bin that this viewer may delete, or deleted."""
        rows = self._services.authority.deleted_rows(connection, viewer, program.app, program.form)
        if not rows.ways:
            raise Rejected([problem("access.denied")])
        mine = sa.select(deleted.c.record).where(deleted.c.by == viewer.person)
        own = program.table.table.c.id
        there = ~sa.exists().where(tombstones.c.record == own)
        return rows.narrowed(lambda way: there if "delete" in way.actions else sa.and_(there, own.in_(mine)))

    def _marks(self, connection: sa.Connection, records: Sequence[int]) -> dict[int, Any]:
        query = sa.select(deleted).where(deleted.c.record.in_(records))
        return {row.record: row for row in connection.execute(query)}

    def _put_back(self, program: FormProgram, row: Row, mark: Any) -> None:
        """The freed values, as they would be read."""
        values = self._box.open_json(mark.freed_sealed, _place(row.id)) if mark.freed_sealed else {}
        for field in program.unique:
            access = best_access(row.ways, field.id)
            if values.get(field.id) is not None and access != "hide":
                value = field.decode(values[field.id])
                row.values[field.id] = field.mask(value) if access == "mask" else value

    # -- emptying ----------------------------------------------------------------------------------

    def empty(self) -> int:
        """Take away for good what has lain here for thirty days and nothing keeps; how many records."""
        number, after = 0, 0
        while True:
            places, last, done = self._services.database.write(lambda unit, a=after: self._empty(unit, a))  # type: ignore[misc]
            number += done
            if not last:
                return number
            after = last
            for app, form in places:
                self._records.shredder.purge(app, form)

    def _empty(self, unit: Unit, after: int) -> tuple[set[tuple[str, str]], int, int]:
        """One batch: the forms it was of, the last record looked at (0 at the end), how many went."""
        if self.paused(unit.connection):
            return set(), 0, 0
        due = sa.select(deleted).where(
            deleted.c.record > after, deleted.c.at < unit.now - DAYS // timedelta(microseconds=1), ~_SHREDDED
        )
        rows = unit.connection.execute(due.order_by(deleted.c.record).limit(BATCH)).all()
        groups: dict[tuple[str, str, str], list[int]] = {}
        for row in rows:
            if (app := self._services.apps().get(row.app)) is not None and app.form(row.form) is not None:
                groups.setdefault((row.app, row.form, row.by), []).append(row.record)
        done = sum(self._shred(unit, *group, ids) for group, ids in groups.items())
        return {group[:2] for group in groups}, rows[-1].record if rows else 0, done

    def _shred(self, unit: Unit, app: str, form: str, by: str, ids: Sequence[int]) -> int:
        """What nothing keeps goes as everything goes here, with a tombstone; it stays out of sight."""
        refused: Refused = {}
        self._object(Batch(unit, SYSTEM, app, form, [Draft(one, {}) for one in ids]), refused)
        going = [one for one in ids if one not in refused]
        gone = self._records.shredder.shred(unit, app, form, going, Cause("person", by))
        forgotten = sa.update(deleted).where(deleted.c.record.in_(gone)).values(freed_sealed=None)
        unit.connection.execute(forgotten)
        return len(gone)


def _has(connection: sa.Connection, program: FormProgram, field: FieldProgram, raw: Any) -> bool:
    column = program.table.column(field.id)
    return connection.execute(sa.select(column).where(column == raw).limit(1)).first() is not None


def _in_bin(view: RecordView, mark: Any) -> InBin:
    at = from_microseconds(mark.at)
    return InBin(view, at, mark.by, at + DAYS)


def _outcome(record: int, refused: Refused) -> Outcome:
    return Outcome(str(record), record not in refused, tuple(refused.get(record, ())))


def _place(record: int) -> bytes:
    return b"deleted %d" % record


_SHREDDED = sa.exists().where(tombstones.c.record == deleted.c.record)
_ANY = {
    mark: f"SELECT 1 FROM deleted WHERE app = {mark} AND form = {mark} LIMIT 1"  # noqa: S608
    for mark in ("?", "%s")
}
