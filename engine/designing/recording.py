"""Recording a test: what somebody does in an app is kept, to be told again as the steps of a test.

A stage before the rules hears what is sent, so that a step holds what the person gave and an expectation what the
app made of it; messages are heard as they become records; pressed buttons, to-dos, flows and comments are read
from the audit trail, what others do in the flows of these records too. What is encrypted, and what people say, is
left out: a definition is not encrypted. Steps are sealed until they are saved or thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditEntry, AuditTrail
from engine.access.people import People
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.designing.drafting import Designing
from engine.designing.retelling import Line, Retelling
from engine.designing.tellable import BLANK, told_values
from engine.evidence.seals import Box
from engine.files import Files
from engine.records.drafts import Batch, Draft, Stages
from engine.records.program import FormProgram, Programs
from engine.records.query import RecordView
from engine.records.records import Records
from engine.system_tables import app_recordings, audit
from engine.tasks import Tasks
from metamodel.plugin_api import Message
from metamodel.problems import Rejected

LOOK_AGAIN = 1.0  # seconds until another process's recording is noticed
MOST = 200  # steps
AT_ONCE = 20  # records or messages of one unit: more is traffic, not an act
PRESS, CLOSE, SAY, TRANSFER, FLOW = "press", "task.close", "comment.add", "task.transfer", "flow."
NOT_DONE = frozenset({"start", "end", "transfer"})  # by itself; a transfer says more as the to-do's
BY_HAND = "hand"
NOTES = "recording"


@dataclass(frozen=True, slots=True)
class Recorded:
    """`test`: the test it would become; None as long as nothing was done."""

    since: int
    told: tuple[Line, ...]
    test: Mapping[str, Any] | None


class Recordings:
    def __init__(
        self, database: Database, box: Box, designing: Designing, programs: Programs, records: Records,
        tasks: Tasks, trail: AuditTrail, files: Files, people: People,
    ) -> None:  # fmt: skip
        self._database, self._box, self._designing = database, box, designing
        self._programs, self._records, self._tasks, self._trail = programs, records, tasks, trail
        self._files, self._people = files, people
        self._active: frozenset[tuple[str, str]] = frozenset()
        self._looked = 0.0

    def join(self, stages: Stages) -> None:
        """Before everything else that joins, so that nothing was changed yet."""
        stages.before.insert(0, self._sent)
        stages.written.append(self._written)
        stages.deleted.append(self._deleted)
        stages.restored.append(self._restored)

    # -- by hand -----------------------------------------------------------------------------------

    def start(self, viewer: Viewer, app: str) -> None:
        """From now on; what was recorded before and not saved is forgotten. Rejected (access.denied)."""
        self._designing.open(viewer, app)

        def work(unit: Unit) -> None:
            self._forget(unit, viewer, app)
            self._keep(unit, viewer.person, app, {"start": True})

        self._database.write(work)
        self._looked = 0.0

    def stop(self, viewer: Viewer, app: str) -> None:
        self._database.write(lambda unit: self._forget(unit, viewer, app))
        self._looked = 0.0

    def of(self, viewer: Viewer, app: str) -> Recorded | None:
        """What was recorded so far; None where nothing is being recorded."""
        mine = (app_recordings.c.person == viewer.person) & (app_recordings.c.app == app)
        with self._database.read() as connection:
            query = sa.select(app_recordings).where(mine).order_by(app_recordings.c.id)
            rows = connection.execute(query).all()
            if not rows:
                return None
            kept = [(row.id, self._box.open_json(row.step_sealed)) for row in rows[1:]]
            touched = {int(step["record"]) for _, step in kept if "stood" not in step}
            acts = self._acts(connection, viewer, app, rows[0].id, touched)
        stood: dict[str, Mapping[str, Any]] = {}
        for _, step in kept:
            if "stood" in step:
                stood.setdefault(step["record"], step["before"])
        telling = Retelling(self, viewer, app, rows[0].at, stood)
        for _, step in sorted([*kept, *acts], key=lambda one: one[0])[:MOST]:
            telling.take(step)
        return Recorded(rows[0].at, telling.lines(), telling.test())

    def _acts(
        self, connection: sa.Connection, viewer: Viewer, app: str, since: int, touched: set[int]
    ) -> list[tuple[int, Mapping[str, Any]]]:
        """What this person did, and what others did in flows and to-dos of the records he touched."""
        theirs = audit.c.record.in_(touched) & sa.or_(
            audit.c.action.in_((CLOSE, TRANSFER)), audit.c.action.startswith(FLOW, autoescape=True)
        )
        whose = (
            sa.or_(audit.c.person == viewer.person, theirs) if touched else audit.c.person == viewer.person
        )
        query = sa.select(audit).where(audit.c.app == app, audit.c.id > since, whose)
        entries = self._trail.entries(connection, query.order_by(audit.c.id).limit(MOST))
        known = self._people.organisation().people
        return [(one.id, step) for one in entries if one.person in known and (step := _act(one)) is not None]

    def _forget(self, unit: Unit, viewer: Viewer, app: str) -> None:
        mine = (app_recordings.c.person == viewer.person) & (app_recordings.c.app == app)
        unit.connection.execute(sa.delete(app_recordings).where(mine))

    def _keep(self, unit: Unit, person: str, app: str, step: Mapping[str, Any]) -> None:
        (number,) = self._database.take_ids(unit.connection, 1)
        row = {
            "id": number, "person": person, "app": app, "at": unit.now,
            "step_sealed": self._box.seal_json(dict(step)),
        }  # fmt: skip
        unit.connection.execute(sa.insert(app_recordings), row)

    # -- listening ---------------------------------------------------------------------------------

    def _recording(self, unit: Unit, app: str) -> list[str]:
        """Who records this app now."""
        if time.monotonic() - self._looked > LOOK_AGAIN:
            query = sa.select(app_recordings.c.person, app_recordings.c.app).distinct()
            self._active = frozenset((row.person, row.app) for row in unit.connection.execute(query))
            self._looked = time.monotonic()
        return [person for person, recorded in self._active if recorded == app]

    def _listens(self, batch: Batch) -> bool:
        own = not batch.viewer.system and len(batch.drafts) <= AT_ONCE
        return own and batch.viewer.person in self._recording(batch.unit, batch.app)

    def _sent(self, batch: Batch) -> None:
        if self._listens(batch):
            notes = batch.unit.notes.setdefault(NOTES, {})
            notes |= {id(draft): dict(draft.values) for draft in batch.drafts}

    def _written(self, batch: Batch) -> None:
        if batch.viewer.system:
            self._by_itself(batch)
            return
        notes = batch.unit.notes.get(NOTES)
        if not notes:
            return
        program = self._programs.get(batch.app, batch.form)
        for draft in batch.drafts:
            sent = notes.pop(id(draft), None)
            if sent is not None:
                self._keep(batch.unit, batch.viewer.person, batch.app, _step(program, draft, sent))

    def _by_itself(self, batch: Batch) -> None:
        """What the app changes: how it stood before that, for acts that say nothing of it."""
        changed = [draft for draft in batch.drafts if draft.before]
        if not 0 < len(changed) <= AT_ONCE:
            return
        for person in self._recording(batch.unit, batch.app):
            program = self._programs.get(batch.app, batch.form)
            for draft in changed:
                before = told_values(program, draft.before)
                step = {"stood": batch.form, "record": str(draft.id), "before": before}
                self._keep(batch.unit, person, batch.app, step)

    def _deleted(self, batch: Batch) -> None:
        for draft in batch.drafts if self._listens(batch) else ():
            program = self._programs.get(batch.app, batch.form)
            before = told_values(program, draft.before or draft.values)
            step = {"delete": batch.form, "record": str(draft.id), "before": before}
            self._keep(batch.unit, batch.viewer.person, batch.app, step)

    def _restored(self, batch: Batch) -> None:
        for draft in batch.drafts if self._listens(batch) else ():
            step = {"restore": batch.form, "record": str(draft.id)}
            self._keep(batch.unit, batch.viewer.person, batch.app, step)

    def heard(
        self, unit: Unit, app: str, channel: str, came: Sequence[tuple[Message, str, str, str]]
    ) -> None:
        """Messages that became records: (message, form, record, the record it refers to)."""
        people = self._recording(unit, app) if 0 < len(came) <= AT_ONCE else []
        for person in people:
            for message, form, record, refers in came:
                self._keep(unit, person, app, _message(channel, message, form, record, refers))

    # -- what retelling asks -----------------------------------------------------------------------

    def view(self, viewer: Viewer, app: str, form: str, record: str) -> RecordView | None:
        """As this person may see it; None for what he may not, or what is gone."""
        try:
            return self._records.get(viewer, app, form, record)
        except Rejected:
            return None

    def program(self, app: str, form: str) -> FormProgram:
        return self._programs.get(app, form)

    def taken(self, viewer: Viewer, app: str) -> set[str]:
        tests = self._designing.open(viewer, app).document.get("tests")
        return {str(one.get("id")) for one in tests or () if isinstance(one, dict)}

    def tasks(self, viewer: Viewer, app: str, since: int) -> list[Any]:
        page = self._tasks.of(viewer, state="all", app=app, sort="new", limit=MOST)
        return [task for task in page.items if task.created_at >= from_microseconds(since)]

    def files(self, files: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Name and media type of each, by id."""
        with self._database.read() as connection:
            found = self._files.describe(connection, files)
        return {str(one["id"]): (str(one["name"]), str(one["media_type"])) for one in found}

    def people(self) -> Mapping[str, str]:
        """The name of each of our people, by id."""
        return {one.id: one.name for one in self._people.organisation().people.values()}


def _step(program: FormProgram, draft: Draft, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the person gave, as JSON; of a change, only what he changed, and what stood there before."""
    about = {"record": str(draft.id)}
    if not draft.before:
        given = {name: value for name, value in sent.items() if value not in BLANK}
        return {"create": program.form.id, **about, "values": told_values(program, given)}
    moved = {name: value for name, value in sent.items() if value != draft.before.get(name)}
    before = told_values(program, draft.before)
    return {"update": program.form.id, **about, "values": told_values(program, moved), "before": before}


def _message(channel: str, message: Message, form: str, record: str, refers: str) -> dict[str, Any]:
    """Without what it says; of its files only what kind they are of."""
    names = (one.name.rpartition(".") for one in message.attachments)
    return {
        "message": channel, "form": form, "record": record, "refers": refers, "from": message.sender.id,
        "to": [one.id for one in message.receivers], "type": message.type, "action": message.action,
        "kind": message.conversation_kind,
        "room": message.conversation_id if message.conversation_kind != "single" else "",
        "files": [f".{end.lower()}" if dot and end.isascii() and end.isalnum() else "" for _, dot, end in names],
    }  # fmt: skip


def _act(entry: AuditEntry) -> dict[str, Any] | None:
    """A line of the audit trail as a step; None for what is none."""
    about = {"form": entry.form, "record": str(entry.record or ""), "by": entry.person}
    source = str(entry.detail.get("source", ""))
    if entry.action == PRESS:
        return {"press": entry.detail.get("rule", ""), **about}
    if entry.action == SAY:
        return {"say": True, "people": list(entry.detail.get("people", ())), **about}
    if entry.action == TRANSFER and "/" in source:
        return {"flow": source.partition("/")[0], "do": "transfer", "to": entry.detail.get("to", ""), **about}
    if entry.action == CLOSE and "/" not in source:
        said = {"comment": True} if entry.detail.get("comment") else {}
        return {"task": source, "do": entry.detail.get("outcome", ""), **said, **about}
    act = entry.action.removeprefix(FLOW)
    if (act, entry.detail.get("by")) == ("start", BY_HAND):
        return {"begin": entry.detail.get("flow", ""), **about}
    if entry.action.startswith(FLOW) and act not in NOT_DONE:
        to = {"to": list(entry.detail["to"])} if entry.detail.get("to") else {}
        return {"flow": entry.detail.get("flow", ""), "do": act, **to, **about}
    return None
