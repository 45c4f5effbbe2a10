"""The to-do centre, one to-do, a flow as the record page and the approval page show it, my requests."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.cells import Cell
from builder_ui.flow_picture import Picture
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome one may choose; `style` primary, danger or ''; `key` is its shortcut."""

    id: str
    text: str
    style: str = ""
    reason: bool = False
    key: str = ""
    done: str = ""  # what the toast says when it was chosen
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """`tone` late, today, ok or ''."""

    id: str
    title: str
    href: str
    icon: str = "task"
    source: str = ""
    about: str = ""
    due: str = ""
    tone: str = ""
    hits: int = 1
    closed: str = ""
    app: str = ""
    standing_in: str = ""  # for whom


@dataclass(frozen=True, slots=True)
class TaskGroup:
    label: str
    tone: str
    lines: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One line of a flow's history."""

    who: str
    person: str
    at: str
    what: str
    node: str = ""
    note: str = ""
    tone: str = ""  # ok bad or ''


@dataclass(frozen=True, slots=True)
class FlowAction:
    """What somebody may do with a running flow. `asks` words, reason or ''."""

    id: str
    text: str
    icon: str
    asks: str = ""
    style: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FlowPart:
    """A flow on a record: where it stands, what may be done, its picture and history."""

    label: str
    state: str
    state_text: str
    hue: str
    waiting: str
    picture: Picture
    steps: tuple[FlowStep, ...]
    action: str = ""
    actions: tuple[FlowAction, ...] = ()
    task_href: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One to-do, to be decided; `answers` is empty when it is not open or not this viewer's."""

    id: str
    title: str
    kind: str
    source: str
    app: str
    created: str
    href: str
    about: Link | None = None
    due: str = ""
    tone: str = ""
    hits: str = ""
    others: str = ""
    standing_in: str = ""
    moves: tuple[str, ...] = ()
    note: str = ""
    facts: tuple[Cell, ...] = ()
    answers: tuple[Answer, ...] = ()
    adding: tuple[Answer, ...] = ()  # those that ask others as well
    reasons: tuple[str, ...] = ()
    close_action: str = ""
    transfer_action: str = ""
    people_url: str = ""
    picked: tuple[Picked, ...] = ()
    next_href: str = ""
    state: str = "open"
    closed: str = ""
    comment: str = ""
    problem: str = ""
    edit_href: str = ""
    flow: FlowPart | None = None


@dataclass(frozen=True, slots=True)
class TasksPage:
    title: str
    tabs: tuple[Tab, ...]
    groups: tuple[TaskGroup, ...]
    base: str
    state: str = "open"
    trail: tuple[Link, ...] = ()
    total: str = ""
    query: str = ""
    apps: tuple[Option, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    next_href: str = ""
    filtered: bool = False
    clear_href: str = ""


@dataclass(frozen=True, slots=True)
class TaskPage:
    title: str
    trail: tuple[Link, ...]
    task: TaskCard


@dataclass(frozen=True, slots=True)
class RequestLine:
    title: str
    href: str
    flow: str
    state_text: str
    hue: str
    started: str
    waiting: str = ""
    since: str = ""
    ended: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestsPage:
    title: str
    tabs: tuple[Tab, ...]
    lines: tuple[RequestLine, ...]
    new_links: tuple[Link, ...] = ()
