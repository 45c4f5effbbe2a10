"""Changes: what effects want of records that are in the database already, gathered over a batch.

Each record is loaded and written once a batch, however many messages touched it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.rows import Row
from engine.rules.trace import Trace
from metamodel.problems import Problem, Rejected

Place = tuple[str, str]  # app, form


class Draft(Protocol):
    """A record on its way in: `engine.rules.subjects.Subject`, as far as it is needed here."""

    values: dict[str, Any]
    moved: bool

    def note(self, names: Iterable[str], rule: str) -> None: ...


class Writing(Protocol):
    """`engine.rules.run.Run`, as far as it is needed here."""

    @property
    def unit(self) -> Unit: ...
    @property
    def viewer(self) -> Viewer: ...
    @property
    def records(self) -> Records: ...
    @property
    def drafts(self) -> Mapping[tuple[str, str, int], Draft]: ...
    def program(self, app: str, form: str) -> FormProgram: ...
    def load(self, program: FormProgram, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Row]: ...


@dataclass
class Wanted:
    """What is wanted of one record, and by which rules."""

    values: dict[str, Any] = field(default_factory=dict)
    added: dict[str, list[Any]] = field(default_factory=dict)
    removed: dict[str, list[Any]] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)

    @property
    def rule(self) -> str:
        """The last that wanted something of it."""
        return self.traces[-1].rule if self.traces else ""

    @property
    def lists(self) -> set[str]:
        """The fields whose present values are needed."""
        return self.added.keys() | self.removed.keys()

    def merged(self, there: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as they are to become; what changes nothing is left out."""
        merged = dict(self.values)
        for name in self.lists:
            before = there.get(name) or []
            after = self.of(name, merged.get(name, before) or [])
            if after != before or name in merged:
                merged[name] = after
        return merged

    def of(self, name: str, items: Sequence[Any]) -> list[Any]:
        """A list with what is added, without what is removed."""
        kept = [item for item in items if item not in self.removed.get(name, ())]
        return [*kept, *(item for item in self.added.get(name, ()) if item not in kept)]


class Changes:
    def __init__(self) -> None:
        self._wanted: dict[Place, dict[int, Wanted]] = {}

    def set(
        self, app: str, form: str, record: int, values: Mapping[str, Any], trace: Trace | None = None
    ) -> None:
        self._of(app, form, record, trace).values.update(values)

    def add(
        self, app: str, form: str, record: int, name: str, items: Sequence[Any], trace: Trace | None = None
    ) -> None:
        """Items to join what stands in a many-valued field."""
        wanted = self._of(app, form, record, trace)
        known = wanted.added.setdefault(name, [])
        known += [item for item in items if item not in known]
        _drop(wanted.removed, name, items)

    def remove(
        self, app: str, form: str, record: int, name: str, items: Sequence[Any], trace: Trace | None = None
    ) -> None:
        """Items to leave a many-valued field."""
        wanted = self._of(app, form, record, trace)
        known = wanted.removed.setdefault(name, [])
        known += [item for item in items if item not in known]
        _drop(wanted.added, name, items)

    def _of(self, app: str, form: str, record: int, trace: Trace | None) -> Wanted:
        wanted = self._wanted.setdefault((app, form), {}).setdefault(record, Wanted())
        if trace is not None and trace not in wanted.traces:
            wanted.traces.append(trace)
        return wanted

    def waiting_for(self, app: str, form: str) -> bool:
        return (app, form) in self._wanted

    def of(self, app: str, form: str, record: int) -> Wanted | None:
        """What is waiting for one record."""
        return self._wanted.get((app, form), {}).get(record)

    def flush(self, run: Writing) -> bool:
        """Writing may set off rules that leave more to write, so until nothing is left."""
        something = bool(self._wanted)
        while self._wanted:
            place = next(iter(self._wanted))
            wanted = self._wanted.pop(place)
            self._write(run, run.program(*place), wanted)
        return something

    def _write(self, run: Writing, program: FormProgram, wanted: dict[int, Wanted]) -> None:
        """A record that is on its way in further out takes its changes into its draft."""
        for record in [one for one in wanted if run.drafts.get((program.app.id, program.form.id, one))]:
            draft, mine = run.drafts[program.app.id, program.form.id, record], wanted.pop(record)
            merged = mine.merged(draft.values)
            draft.values.update(merged)
            draft.moved = True
            draft.note(merged, mine.rule)
        changes = _merged(run, program, wanted)
        while changes:
            try:
                run.records.writer.update(
                    run.unit, run.viewer, program.app.id, program.form.id, changes, raw=False,
                    causes={record: wanted[record].rule for record in changes},
                )  # fmt: skip
                return
            except Rejected as error:
                refused = {p.path.split("/")[1] for p in error.problems if "/" in p.path}
                kept = {record: values for record, values in changes.items() if str(record) not in refused}
                dropped = changes.keys() - kept.keys() or changes.keys()
                _tell((wanted[record] for record in dropped), error.problems)
                if len(kept) == len(changes):
                    return
                changes = kept


def _merged(run: Writing, program: FormProgram, wanted: Mapping[int, Wanted]) -> dict[int, dict[str, Any]]:
    fields = sorted({name for one in wanted.values() for name in one.lists if name in program.fields})
    ids = [record for record, one in wanted.items() if one.lists]
    rows = run.load(program, ids, fields) if fields else {}
    merged = {
        record: one.merged(rows[record].values if record in rows else {})
        for record, one in wanted.items()
        if record in rows or not one.lists
    }
    return {record: values for record, values in merged.items() if values}


def _tell(wanted: Iterable[Wanted], problems: Sequence[Problem]) -> None:
    """To the rules that wanted it, each once."""
    told: list[Trace] = []
    for one in wanted:
        for trace in one.traces:
            if trace not in told:
                told.append(trace)
                trace.problems += problems


def _drop(lists: dict[str, list[Any]], name: str, items: Sequence[Any]) -> None:
    if name in lists:
        lists[name] = [item for item in lists[name] if item not in items]
