"""What pages see of an import: how far it is, what its file looks like, which lines are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.importing.plan import Plan, Target
from metamodel.forms import FieldDefinition
from metamodel.problems import Problem

State = Literal["open", "checking", "checked", "running", "stopped", "done", "failed", "over"]
BUSY: frozenset[State] = frozenset({"checking", "running"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import. `done` of `total` lines were looked at; `created` and `updated` are what was written, or, as long
    as it is only checked, what would be; `problem` is the code it failed with."""

    id: str
    app: str
    form: str
    person: str
    at: datetime
    state: State
    file: str
    name: str
    plan: Plan
    total: int
    done: int
    created: int
    updated: int
    wrong: int
    problem: str
    expires_at: datetime

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def right(self) -> int:
        return self.created + self.updated


@dataclass(frozen=True, slots=True)
class LookColumn:
    """A column of the file: its heading, a few cells, the field it stands for ('' none)."""

    place: int
    heading: str
    samples: tuple[str, ...]
    field: str
    by: str


@dataclass(frozen=True, slots=True)
class Look:
    """A file as the mapping screen shows it. `targets` may be imported; `keys` recognise records; `linked` are, of
    links among them, the fields their records may be found by."""

    sheets: tuple[str, ...]
    plan: Plan
    columns: tuple[LookColumn, ...]
    targets: tuple[Target, ...]
    keys: tuple[Target, ...]
    linked: dict[str, tuple[FieldDefinition, ...]]
    remembered: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class WrongLine:
    number: int
    problems: Sequence[Problem]
