"""The published state machine: every operation, who may do it, in which states, and what it leads to.

`docs/flows.md` shows this table; a test holds the page to it, others the machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.flows.state import OPEN, RETURNED, RUNNING

STARTER, ASKED, APPLICANT, ANYONE, ENGINE = "starter", "asked", "applicant", "anyone", "engine"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the published state machine: who may do it, in which states, and what it leads to."""

    action: str
    by: str
    states: tuple[str, ...]
    leads_to: tuple[str, ...]


ON = (RUNNING, "approved", "rejected", "finished")
TRANSITIONS = (
    Transition("start", STARTER, ("",), ON),
    Transition("approve", ASKED, (RUNNING,), ON),
    Transition("reject", ASKED, (RUNNING,), ON),
    Transition("return", ASKED, (RUNNING,), (RETURNED,)),
    Transition("transfer", ASKED, (RUNNING,), (RUNNING,)),
    Transition("add_before", ASKED, (RUNNING,), (RUNNING,)),
    Transition("add_after", ASKED, (RUNNING,), (RUNNING,)),
    Transition("resubmit", APPLICANT, (RETURNED,), ON),
    Transition("withdraw", APPLICANT, OPEN, ("withdrawn",)),
    Transition("remind", APPLICANT, (RUNNING,), (RUNNING,)),
    Transition("comment", ANYONE, OPEN, OPEN),
    Transition("expire", ENGINE, (RUNNING,), ON),
    Transition("escalate", ENGINE, (RUNNING,), (RUNNING,)),
    Transition("reassign", ENGINE, OPEN, (RUNNING, RETURNED, *ON[1:])),
)
