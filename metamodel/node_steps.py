"""Node steps: what a flow node says should happen when a token comes to it, as frozen data.

A node only says; the interpreter finds the people, keeps nobody from deciding over himself, and
performs. Plugins import these from plugin_api.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from metamodel.effects import Effect, TaskOutcome
from metamodel.labels import Label


class Do(msgspec.Struct, frozen=True):
    """Effects, performed as a rule's are; what comes after sees what they changed."""

    effects: tuple[Effect, ...]


class Pass(msgspec.Struct, frozen=True):
    """The token goes on by the edges of this outcome."""

    outcome: str = ""


class AskPeople(msgspec.Struct, frozen=True):
    """The token waits until people have answered. `to` and `if_nobody` are concrete recipients; an answer
    that is an outcome of the node moves the token, `return` sends the whole request back."""

    to: tuple[str, ...]
    answers: tuple[TaskOutcome, ...]
    if_nobody: tuple[str, ...] = ()
    mode: Literal["any", "all"] = "any"
    title: Label = ""  # blank: the flow's name and the record's title
    transfer: bool = True
    skip_if_approved: bool = True
    remind_after: timedelta | None = None  # working time
    escalate_after: timedelta | None = None


class Pause(msgspec.Struct, frozen=True):
    """The token waits until a moment, or until so much time has passed."""

    until: datetime | None = None
    span: timedelta | None = None
    working_time: bool = False


class Finish(msgspec.Struct, frozen=True):
    """The flow ends here, in this state. `cancels`: wherever else it still waits is given up."""

    state: Literal["approved", "rejected", "finished"]
    cancels: bool = False


NodeStep = Do | Pass | AskPeople | Pause | Finish
