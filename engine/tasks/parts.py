"""What tasks are made of, going in (`NewTask`), coming out (`TaskView`) and told on the way (`ClosedTask`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.access.quoting import Quoted as Quoted
from metamodel.effects import TaskOutcome
from metamodel.labels import Label

Outcome = TaskOutcome
DONE = (Outcome("done", {"zh": "完成", "en": "Done"}, "primary"),)


@dataclass(frozen=True, slots=True)
class NewTask:
    """`to` are planned recipients (`metamodel.recipients`); with `once`, one that is open for the same
    app, source and text is counted instead. What `note` quotes of fields is named in `quoted`: it is shown
    to those who may read them."""

    app: str
    form: str
    record: int | None
    kind: str  # rule approval fill_in
    source: str  # a rule's id, or flow/node
    to: tuple[str, ...]
    title: Label
    note: Label = ""
    outcomes: tuple[Outcome, ...] = ()
    once: str = ""
    due_at: datetime | None = None
    instance: int | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """Told to `Tasks.opened`. `nobody`: the recipients behind whom nobody was found; the owner has it."""

    id: int
    app: str
    form: str
    record: int | None
    kind: str
    source: str
    instance: int | None
    title: Label
    people: tuple[str, ...]
    due_at: datetime | None
    nobody: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosedTask:
    """Told to `Tasks.closed`, in the unit that closes it; Rejected there leaves it open."""

    id: int
    app: str
    form: str
    record: int | None
    kind: str
    source: str
    instance: int | None
    outcome: str
    comment: str
    people: tuple[str, ...]
    to: tuple[str, ...] = ()  # whom the outcome asks
    seat: str = ""  # for whom whoever closed it stood in

    @property
    def node(self) -> str:
        """Of a flow's task: the node it stands for."""
        return self.source.partition("/")[2]


@dataclass(frozen=True, slots=True)
class MovingTask:
    """Told to `Tasks.moving` before an open task goes from one to another; Rejected there keeps it."""

    id: int
    app: str
    form: str
    record: int | None
    kind: str
    source: str
    instance: int | None
    giver: str
    taker: str
    comment: str = ""
    standing_in: bool = False  # somebody does it for the giver, who is away


@dataclass(frozen=True, slots=True)
class Move:
    """A task went from one to another."""

    giver: str
    taker: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as one viewer sees it, in his language. `mine`: he may close it; `hidden`: its note quotes
    what he may not read; `nobody`: for whom it was meant, had there been anybody; `keeping`: he has it until
    somebody holds that role, and is shown no content."""

    id: str
    app: str
    form: str
    record: str
    kind: str
    source: str
    source_label: str
    title: str
    note: str
    outcomes: tuple[Outcome, ...]
    people: tuple[str, ...]  # names
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    hits: int
    state: str  # open done cancelled
    closed_at: datetime | None
    closed_by: str  # a name
    outcome: str
    outcome_label: str
    comment: str
    instance: str
    node: str
    moves: tuple[Move, ...] = ()  # with names
    nobody: tuple[str, ...] = ()
    mine: bool = False
    hidden: bool = False
    keeping: bool = False
    standing_in_for: str = ""  # a name: whose it is, where this viewer only stands in
    record_title: str = ""  # pages fill it in


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`next` is the cursor of the page after this one, blank at the end."""

    items: tuple[TaskView, ...]
    total: int
    next: str = ""


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Open ones; `today` and `overdue` among them."""

    open: int
    overdue: int
    today: int
