"""Handing over: what somebody looks after, counted, and then given to others in one act of several parts.

To-dos, those below him and departments he heads change hands at once; records in a job, batch by batch,
so that ten thousand customers do not stop the house. Which fields are proposed says the definition
(`hand_over` of a field); what is not handed over keeps his name, for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.people import Organisation
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.jobs import Jobs
from engine.organisation.personnel import Personnel
from engine.records.holding import count_held, held_ids
from engine.records.program import FieldProgram, FormProgram
from engine.records.records import Records
from engine.records.services import Services
from engine.system_tables import hand_overs
from engine.tasks import Tasks
from metamodel.labels import Label
from metamodel.problems import Rejected, problem

JOB = "hand_over"
BATCH = 200
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Holding:
    """A field of a form that names the giver: how many records in all, and how many the definition
    proposes to hand over (`where`); None: it proposes nothing."""

    app: str
    form: str
    field: str
    labels: tuple[Label, Label, Label]
    total: int
    proposed: int | None
    where: str = ""

    @property
    def key(self) -> str:
        return f"{self.app}.{self.form}.{self.field}"


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything somebody has to do with."""

    holdings: tuple[Holding, ...]
    tasks: int
    subordinates: tuple[str, ...]
    departments: tuple[str, ...]  # that he heads


@dataclass(frozen=True, slots=True)
class HandingOver:
    """Who gets what: `records` by a holding's key; '' or absent: it stays."""

    records: Mapping[str, str] = field(default_factory=dict)
    tasks: str = ""
    subordinates: str = ""
    departments: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a plan as it is stored."""

    app: str
    form: str
    field: str
    to: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A hand-over under way or done."""

    id: int
    giver: str
    by: str
    at: int
    takers: tuple[str, ...]
    running: bool
    total: int
    done: int
    failed: tuple[int, ...]


class HandOvers:
    def __init__(
        self, services: Services, records: Records, tasks: Tasks, jobs: Jobs, personnel: Personnel
    ) -> None:
        self._services, self._records, self._tasks = services, records, tasks
        self._jobs, self._personnel = jobs, personnel
        jobs.register(JOB, self._work)

    # -- what there is -----------------------------------------------------------------------------

    def belongings(self, viewer: Viewer, giver: str) -> Belongings:
        """Numbers and never a word of a record. Rejected (access.denied) unless the viewer manages people."""
        self._personnel.require(viewer)
        organisation = self._services.people.organisation()
        with self._services.database.read() as connection:
            holdings = tuple(
                found
                for program, about in self._fields()
                if (found := self._holding(connection, program, about, giver)).total
            )
        tasks = self._tasks.counts(Viewer(giver)).open
        below = (one.id for one in organisation.people.values() if one.superior == giver and one.active)
        heads = (one.id for one in organisation.departments.values() if one.head == giver)
        return Belongings(holdings, tasks, tuple(below), tuple(heads))

    def _fields(self) -> Iterator[tuple[FormProgram, FieldProgram]]:
        """Every field that names a person and may still change; an archive keeps who it was."""
        for app in self._services.apps().values():
            for form in app.forms:
                if not form.is_archive:
                    program = self._services.programs.get(app.id, form.id)
                    yield from ((program, about) for about in program.stored if _names_a_person(about))

    def _holding(
        self, connection: sa.Connection, program: FormProgram, about: FieldProgram, giver: str
    ) -> Holding:
        app, form, where = program.app, program.form, about.field.hand_over
        total = count_held(self._services, connection, program, about.id, giver)
        proposed = None
        if where and total:
            proposed = count_held(self._services, connection, program, about.id, giver, where)
        labels = app.label, form.label, about.field.label
        return Holding(app.id, form.id, about.id, labels, total, proposed, where)

    # -- handing over ------------------------------------------------------------------------------

    def leave(self, unit: Unit, viewer: Viewer, giver: str, plan: HandingOver, last_day: int) -> int | None:
        """Hand over and leave the company, in one unit of work."""
        self._personnel.require(viewer)
        made = self.hand_over(unit, viewer, giver, plan)
        self._personnel.leave(unit, viewer, giver, last_day)
        return made

    def hand_over(self, unit: Unit, viewer: Viewer, giver: str, plan: HandingOver) -> int | None:
        """The number of the hand-over when records are part of it. Rejected: access.denied,
        organisation.unknown_person, organisation.taker_is_giver, all at once."""
        self._personnel.require(viewer)
        organisation = self._services.people.organisation()
        self._refuse_takers(organisation, giver, plan)
        lines = list(self._lines(giver, plan))
        self._give_people(unit, viewer, giver, plan)
        went: list[int] = []
        if plan.tasks:
            went, _ = self._tasks.hand_over(unit, giver, plan.tasks, viewer)
        detail = {"from": giver, "records": [asdict(line) for line in lines], "tasks": len(went)}
        self._services.audit.add(unit, viewer, [Occurrence("hand_over.start", detail=detail)])
        return self._begin(unit, viewer, giver, lines) if lines else None

    def _refuse_takers(self, organisation: Organisation, giver: str, plan: HandingOver) -> None:
        places = {
            **{f"/records/{key}": to for key, to in plan.records.items()},
            "/tasks": plan.tasks, "/subordinates": plan.subordinates, "/departments": plan.departments,
        }  # fmt: skip
        wrong = [
            problem("organisation.taker_is_giver", place)
            if to == giver
            else problem("organisation.unknown_person", place, person=to)
            for place, to in places.items()
            if to and (to == giver or not organisation.active(to))
        ]
        if wrong:
            raise Rejected(wrong)

    def _lines(self, giver: str, plan: HandingOver) -> Iterator[Line]:
        known = {f"{p.app.id}.{p.form.id}.{f.id}": (p, f) for p, f in self._fields()}
        for key, to in plan.records.items():
            if to and key in known:
                program, about = known[key]
                yield Line(program.app.id, program.form.id, about.id, to, about.field.hand_over)

    def _give_people(self, unit: Unit, viewer: Viewer, giver: str, plan: HandingOver) -> None:
        organisation = self._services.people.organisation()
        if plan.subordinates:
            below = [one for one in organisation.people.values() if one.superior == giver]
            rest = [one for one in below if one.id != plan.subordinates]
            mine = [replace(one, superior=organisation.manager_of(giver)) for one in below if one not in rest]
            moved = [*mine, *(replace(one, superior=plan.subordinates) for one in rest)]
            self._personnel.change_people(unit, viewer, moved)
        for department in organisation.departments.values() if plan.departments else ():
            if department.head == giver:
                changed = replace(department, head=plan.departments)
                self._personnel.change_department(unit, viewer, changed)

    def _begin(self, unit: Unit, viewer: Viewer, giver: str, lines: Sequence[Line]) -> int:
        (identifier,) = self._services.database.take_ids(unit.connection, 1)
        total = sum(
            count_held(
                self._services, unit.connection, self._services.programs.get(line.app, line.form), line.field,
                giver, line.where,
            )
            for line in lines
        )  # fmt: skip
        plan = json.dumps([asdict(line) for line in lines])
        unit.connection.execute(
            sa.insert(hand_overs).values(
                id=identifier,
                giver=giver,
                by=viewer.person,
                at=unit.now,
                plan=plan,
                state="running",
                total=total,
            )
        )
        self._jobs.defer(unit, JOB, {"hand_over": identifier})
        return int(identifier)

    # -- the job -----------------------------------------------------------------------------------

    def _work(self, payload: Mapping[str, Any], _job: str) -> None:
        """All batches, one unit each; begun again it goes on where records still name the giver."""
        identifier = int(payload["hand_over"])
        with self._services.database.read() as connection:
            row = (
                connection.execute(sa.select(hand_overs).where(hand_overs.c.id == identifier))
                .mappings()
                .one()
            )
        lines = [Line(**each) for each in json.loads(row["plan"])]
        viewer = Viewer(row["by"], system=True)  # the act is his who ordered it; the right is the office's
        for line in lines if row["state"] == "running" else ():
            self._hand(identifier, viewer, row["giver"], line)
        self._services.database.write(lambda unit: self._finish(unit, identifier, viewer, row["giver"]))

    def _hand(self, identifier: int, viewer: Viewer, giver: str, line: Line) -> None:
        program, last = self._services.programs.get(line.app, line.form), 0
        while ids := self._next(program, giver, line, last):
            last = ids[-1]
            failed = self._batch(identifier, viewer, program, line, giver, ids)
            if failed and len(ids) > 1:
                for one in ids:
                    self._batch(identifier, viewer, program, line, giver, [one], alone=True)

    def _next(self, program: FormProgram, giver: str, line: Line, last: int) -> Sequence[int]:
        with self._services.database.read() as connection:
            return held_ids(
                self._services, connection, program, line.field, giver, line.where, after=last, limit=BATCH
            )

    def _batch(
        self, identifier: int, viewer: Viewer, program: FormProgram, line: Line, giver: str,
        ids: Sequence[int], *, alone: bool = False,
    ) -> bool:  # fmt: skip
        """Did a record refuse? Then nothing of this batch is written, and each is tried alone."""

        def work(unit: Unit) -> None:
            changes = self._changes(unit, viewer, program, line, giver, ids)
            self._records.writer.update(unit, viewer, line.app, line.form, changes, raw=False)
            self._count(unit, identifier, done=len(ids))

        try:
            self._services.database.write(work)
        except Rejected:
            if alone or len(ids) == 1:
                self._services.database.write(lambda unit: self._count(unit, identifier, failed=ids))
            return True
        return False

    def _changes(
        self, unit: Unit, viewer: Viewer, program: FormProgram, line: Line, giver: str, ids: Sequence[int]
    ) -> dict[int, dict[str, Any]]:
        """The taker in the giver's place: among others, where the field holds several people."""
        rows = self._records.reader.rows.by_ids(
            unit.connection, viewer, program, ids, [line.field], derived=False
        )
        changes: dict[int, dict[str, Any]] = {}
        for row in rows.values():
            stands = row.values.get(line.field)
            if isinstance(stands, (list, tuple)):
                taken = [line.to if one == giver else one for one in stands]
                changes[row.id] = {line.field: list(dict.fromkeys(taken))}
            else:
                changes[row.id] = {line.field: line.to}
        return changes

    def _count(self, unit: Unit, identifier: int, done: int = 0, failed: Sequence[int] = ()) -> None:
        mine = hand_overs.c.id == identifier
        values: dict[str, Any] = {"done": hand_overs.c.done + done}
        if failed:
            known = json.loads(unit.connection.scalar(sa.select(hand_overs.c.failed).where(mine)) or "[]")
            values["failed"] = json.dumps(sorted({*known, *failed}))
        unit.connection.execute(sa.update(hand_overs).where(mine).values(**values))

    def _finish(self, unit: Unit, identifier: int, viewer: Viewer, giver: str) -> None:
        mine = (hand_overs.c.id == identifier, hand_overs.c.state == "running")
        row = unit.connection.execute(sa.select(hand_overs).where(*mine)).mappings().first()
        if row is not None:
            unit.connection.execute(sa.update(hand_overs).where(*mine).values(state="done"))
            detail = {"from": giver, "records": row["done"], "failed": len(json.loads(row["failed"]))}
            self._services.audit.add(unit, viewer, [Occurrence("hand_over.done", detail=detail)])

    # -- how it went -------------------------------------------------------------------------------

    def of(self, viewer: Viewer, giver: str) -> list[Standing]:
        """This person's hand-overs, newest first."""
        self._personnel.require(viewer)
        query = sa.select(hand_overs).where(hand_overs.c.giver == giver)
        with self._services.database.read() as connection:
            rows = connection.execute(query.order_by(hand_overs.c.id.desc()).limit(SHOWN)).mappings()
            return [_standing(row) for row in rows]


def _names_a_person(about: FieldProgram) -> bool:
    definition = about.field
    reference = definition.type.reference(definition) if definition.type else None
    return (
        reference is not None
        and reference.target == "person"
        and definition.derived is None
        and not definition.sealed
    )


def _standing(row: Any) -> Standing:
    takers = dict.fromkeys(line["to"] for line in json.loads(row["plan"]))
    return Standing(
        row["id"], row["giver"], row["by"], row["at"], tuple(takers), row["state"] == "running", row["total"],
        row["done"], tuple(json.loads(row["failed"])),
    )  # fmt: skip
