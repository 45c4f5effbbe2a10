"""Recording a test: what somebody does in an app, kept as the steps of one, with what came of it as expectations.

A stage before the rules hears what is sent, so that a step holds what the person gave and an expectation what the
app made of it; pressed buttons, to-dos and flows are read from the audit trail. What is encrypted is left out: a
definition is not. Steps are sealed until they are saved or thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditEntry, AuditTrail
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.designing.drafting import Designing
from engine.designing.identifiers import free
from engine.evidence.seals import Box
from engine.records.drafts import Batch, Draft, Stages
from engine.records.program import FormProgram, Programs
from engine.records.query import RecordView
from engine.records.records import Records
from engine.system_tables import app_recordings, audit
from engine.tasks import Tasks
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Storage
from metamodel.problems import Rejected

LOOK_AGAIN = 1.0  # seconds until another process's recording is noticed
MOST = 200  # steps
PRESS, CLOSE, FLOW = "press", "task.close", "flow."
FLOW_ACTS = frozenset({"approve", "reject", "withdraw", "return", "resubmit"})
NOTES = "recording"


@dataclass(frozen=True, slots=True)
class Line:
    """A step as people read it while it is recorded."""

    icon: str
    said: Label

    def text(self, language: str) -> str:
        return label_text(self.said, language)


@dataclass(frozen=True, slots=True)
class Recorded:
    """`test`: the test it would become; None as long as nothing was done."""

    since: int
    told: tuple[Line, ...]
    test: Mapping[str, Any] | None


class Recordings:
    def __init__(
        self, database: Database, box: Box, designing: Designing, programs: Programs, records: Records,
        tasks: Tasks, trail: AuditTrail,
    ) -> None:  # fmt: skip
        self._database, self._box, self._designing = database, box, designing
        self._programs, self._records, self._tasks, self._trail = programs, records, tasks, trail
        self._active: frozenset[tuple[str, str]] = frozenset()
        self._looked = 0.0

    def join(self, stages: Stages) -> None:
        """Before everything else that joins, so that nothing was changed yet."""
        stages.before.insert(0, self._sent)
        stages.written.append(self._written)

    # -- by hand -----------------------------------------------------------------------------------

    def start(self, viewer: Viewer, app: str) -> None:
        """From now on; what was recorded before and not saved is forgotten. Rejected (access.denied)."""
        self._designing.open(viewer, app)

        def work(unit: Unit) -> None:
            self._forget(unit, viewer, app)
            self._keep(unit, viewer, app, {"start": True})

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
            since = audit.c.id > rows[0].id
            own = (audit.c.person == viewer.person) & (audit.c.app == app) & since
            acts = self._trail.entries(
                connection, sa.select(audit).where(own).order_by(audit.c.id).limit(MOST)
            )
        events = [(row.id, self._box.open_json(row.step_sealed)) for row in rows[1:]]
        events += [(one.id, step) for one in acts if (step := _act(one)) is not None]
        writing = _Writing(self, viewer, app, rows[0].at)
        for _, step in sorted(events, key=lambda one: one[0])[:MOST]:
            writing.take(step)
        return Recorded(rows[0].at, tuple(writing.told), writing.test() if writing.told else None)

    def _forget(self, unit: Unit, viewer: Viewer, app: str) -> None:
        mine = (app_recordings.c.person == viewer.person) & (app_recordings.c.app == app)
        unit.connection.execute(sa.delete(app_recordings).where(mine))

    def _keep(self, unit: Unit, viewer: Viewer, app: str, step: Mapping[str, Any]) -> None:
        (number,) = self._database.take_ids(unit.connection, 1)
        row = {
            "id": number, "person": viewer.person, "app": app, "at": unit.now,
            "step_sealed": self._box.seal_json(dict(step)),
        }  # fmt: skip
        unit.connection.execute(sa.insert(app_recordings), row)

    # -- listening ---------------------------------------------------------------------------------

    def _listens(self, unit: Unit, viewer: Viewer, app: str) -> bool:
        if viewer.system:
            return False
        if time.monotonic() - self._looked > LOOK_AGAIN:
            query = sa.select(app_recordings.c.person, app_recordings.c.app).distinct()
            self._active = frozenset((row.person, row.app) for row in unit.connection.execute(query))
            self._looked = time.monotonic()
        return (viewer.person, app) in self._active

    def _sent(self, batch: Batch) -> None:
        if self._listens(batch.unit, batch.viewer, batch.app):
            notes = batch.unit.notes.setdefault(NOTES, {})
            notes |= {id(draft): dict(draft.values) for draft in batch.drafts}

    def _written(self, batch: Batch) -> None:
        notes = batch.unit.notes.get(NOTES)
        if not notes or batch.viewer.system:
            return
        program = self._programs.get(batch.app, batch.form)
        for draft in batch.drafts:
            sent = notes.pop(id(draft), None)
            if sent is not None:
                self._keep(batch.unit, batch.viewer, batch.app, _step(program, draft, sent))

    # -- what writing asks -------------------------------------------------------------------------

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


def _step(program: FormProgram, draft: Draft, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the person gave, as JSON; of a change, only what he changed, and what stood there before."""
    given = {
        name: value for name, value in sent.items() if _told(program, name) and value not in (None, "", [])
    }
    if not draft.before:
        return {"create": program.form.id, "record": str(draft.id), "values": _json(program, given)}
    moved = {
        name: sent[name] for name in sent if _told(program, name) and sent[name] != draft.before.get(name)
    }
    before = {name: value for name, value in draft.before.items() if _told(program, name)}
    return {
        "update": program.form.id, "record": str(draft.id), "values": _json(program, moved),
        "before": _json(program, before),
    }  # fmt: skip


def _told(program: FormProgram, name: str) -> bool:
    """May stand in a definition: plain, given by people, and no file."""
    known = program.fields.get(name)
    return known is not None and _plain(known.field)


def _plain(one: FieldDefinition) -> bool:
    if one.sealed or one.type is None or one.derived is not None:
        return False
    reference = one.type.reference(one)
    return reference is None or reference.target != "file"


def _json(program: FormProgram, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        one = program.fields[name].field
        assert one.type is not None
        found[name] = one.type.to_json(value, one) if value is not None else None
    return found


def _act(entry: AuditEntry) -> dict[str, Any] | None:
    """A line of the audit trail as a step; None for what is none."""
    about = {"form": entry.form, "record": str(entry.record or "")}
    if entry.action == PRESS:
        return {"press": entry.detail.get("rule", ""), **about}
    if entry.action == CLOSE and "/" not in str(entry.detail.get("source", "")):
        return {"task": entry.detail.get("source", ""), "do": entry.detail.get("outcome", ""), **about}
    act = entry.action.removeprefix(FLOW)
    if entry.action.startswith(FLOW) and act in FLOW_ACTS:
        return {"flow": entry.detail.get("flow", ""), "do": act, **about}
    return None


# -- steps into a test -----------------------------------------------------------------------------


@dataclass
class _Writing:
    """One test coming into being: names are given to records as they turn up."""

    asked: Recordings
    viewer: Viewer
    app: str
    since: int
    told: list[Line] = field(default_factory=list)
    _given: list[dict[str, Any]] = field(default_factory=list)
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)  # record -> its name
    _sent: dict[str, dict[str, Any]] = field(default_factory=dict)  # record -> what was given last
    _forms: dict[str, str] = field(default_factory=dict)  # record -> its form, of those that were touched

    def take(self, step: Mapping[str, Any]) -> None:
        kind = next(kind for kind in ("create", "update", "press", "task", "flow") if kind in step)
        getattr(self, f"_{kind}")(step)

    def _create(self, step: Mapping[str, Any]) -> None:
        form, record = step["create"], step["record"]
        view = self.asked.view(self.viewer, self.app, form, record)
        values = self._values(form, step["values"])
        if view is not None:
            values = {
                name: value for name, value in values.items() if view.access.get(name, "write") == "write"
            }
        self._sent[record], self._forms[record] = dict(values), form
        self._steps.append(
            {"create": form, "as": self.viewer.person, "name": self._name(record, form), "values": values}
        )
        self._say("plus", form, {"zh": "填写“{form}”", "en": "Fill in “{form}”"})

    def _update(self, step: Mapping[str, Any]) -> None:
        form, record = step["update"], step["record"]
        if record not in self._names:
            self._stands(form, record, step["before"])
        values = self._values(form, step["values"])
        if values:
            self._sent.setdefault(record, {}).update(values)
            self._forms[record] = form
            self._steps.append({"update": self._names[record], "as": self.viewer.person, "values": values})
            self._say("edit", form, {"zh": "修改“{form}”", "en": "Change “{form}”"})

    def _press(self, step: Mapping[str, Any]) -> None:
        self._about(step, {"press": step["press"], "on": self._known(step)})
        self._say("button", step["form"], {"zh": "在“{form}”上按下按钮", "en": "Press a button on “{form}”"})

    def _task(self, step: Mapping[str, Any]) -> None:
        about = {"about": self._known(step)} if step["record"] else {}
        self._about(step, {"task": {"rule": step["task"], **about}, "do": step["do"]})
        self._say("task", step["form"], {"zh": "处理“{form}”的待办", "en": "Close a to-do about “{form}”"})

    def _flow(self, step: Mapping[str, Any]) -> None:
        self._about(step, {"flow": self._known(step), "do": step["do"]})
        self._say("flow", step["form"], {"zh": "审批“{form}”", "en": "Act in the flow of “{form}”"})

    def _about(self, step: Mapping[str, Any], made: dict[str, Any]) -> None:
        if step["record"]:
            self._forms[step["record"]] = step["form"]
        self._steps.append({**made, "as": self.viewer.person})

    def _known(self, step: Mapping[str, Any]) -> str:
        """The name of the record an act is about; it stands there before the test where nobody made it."""
        if step["record"] not in self._names:
            self._stands(step["form"], step["record"], None)
        return self._names[step["record"]]

    def _stands(self, form: str, record: str, values: Mapping[str, Any] | None) -> None:
        """A record that was there before: made by the house first, of what may be told of it."""
        if values is None:
            view = self.asked.view(self.viewer, self.app, form, record)
            program = self.asked.program(self.app, form)
            values = {n: v for n, v in view.values.items() if _told(program, n)} if view is not None else {}
        name = self._name(record, form)
        filled = {
            key: value for key, value in self._values(form, values).items() if value not in (None, "", [])
        }
        self._given.append({"create": form, "name": name, "values": filled})

    def _name(self, record: str, form: str) -> str:
        made = sum(name.startswith(f"{form}_") for name in self._names.values())
        return self._names.setdefault(record, f"{form}_{made + 1}")

    def _values(self, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Links by the names of their records; those to other apps, and what cannot be told, are left out."""
        program, found = self.asked.program(self.app, form), {}
        for name, value in values.items():
            known = program.fields.get(name)
            reference = known.reference if known else None
            if reference is None or reference.target != "record":
                found[name] = value
            elif reference.app in ("", self.app):
                linked = [self._link(reference.form, str(one)) for one in _listed(value)]
                found[name] = linked if isinstance(value, list) else (linked[0] if linked else None)
        return found

    def _link(self, form: str, record: str) -> dict[str, str]:
        if record not in self._names:
            self._stands(form, record, None)
        return {"$record": self._names[record]}

    def _say(self, icon: str, form: str, words: Mapping[str, str]) -> None:
        known = self.asked.program(self.app, form).form
        said = {language: text.format(form=known.text(language)) for language, text in words.items()}
        self.told.append(Line(icon, said))

    # -- the whole ---------------------------------------------------------------------------------

    def test(self) -> dict[str, Any]:
        at = from_microseconds(self.since)
        return {
            "id": free("recorded", self.asked.taken(self.viewer, self.app)),
            "label": f"{self.told[0].text('zh')} {at:%m-%d %H:%M}", "at": at.isoformat(), "data": "people",
            "steps": [*self._given, *self._steps, *self._expected(), *self._to_dos()],
        }  # fmt: skip

    def _expected(self) -> Iterator[dict[str, Any]]:
        """Of every record that was touched: what the app made of it, as this person sees it."""
        for record, form in self._forms.items():
            view = self.asked.view(self.viewer, self.app, form, record)
            if view is None:
                continue
            values = dict(self._became(view, self._sent.get(record, {})))
            expected = {"form": form, "record": self._names[record], "as": self.viewer.person}
            yield {"expect": {**expected, **({"values": values} if values else {})}}

    def _became(self, view: RecordView, sent: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for one in self.asked.program(self.app, view.form).form.fields:
            value = view.values.get(one.id)
            if one.id in sent and sent[one.id] == value:
                continue
            if value not in (None, "", []) and view.access.get(one.id) != "mask" and _repeats(one):
                yield one.id, value

    def _to_dos(self) -> Iterator[dict[str, Any]]:
        counts: dict[tuple[str, str], int] = {}
        for task in self.asked.tasks(self.viewer, self.app, self.since):
            if str(task.record) in self._names and "/" not in task.source:
                key = task.source, self._names[str(task.record)]
                counts[key] = counts.get(key, 0) + 1
        for (rule, name), count in counts.items():
            told = {"rule": rule, "about": name, "state": "all", "count": count}
            yield {"expect": {"tasks_of": self.viewer.person, **told}}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value not in (None, "") else []


def _repeats(one: FieldDefinition) -> bool:
    """Is it the same when it is done again? Not moments, numbers that are given, or what points at records."""
    if one.sealed or one.type is None or one.type.container or type(one.derived).__name__ == "AutoNumber":
        return False
    reference = one.type.reference(one)
    storage = one.type.storage
    return storage is not Storage.TIMESTAMP and (
        reference is None or reference.target in ("person", "department")
    )
