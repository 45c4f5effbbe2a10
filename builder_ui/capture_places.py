"""Where in an app messages are made records: its rules that a message sets off and that fill the fields of a form.

Asked by the page that shows their tables, and by the frame for the way from a problem to its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metamodel.application import App
from metamodel.plugin_api import Filling
from metamodel.problems import pointer
from metamodel.rules import Rule, RuleAction


@dataclass(frozen=True, slots=True)
class Mapped:
    """A rule set off by a message, and the action of it that makes a record."""

    rule: Rule
    place: int
    action: RuleAction
    filling: Filling

    @property
    def path(self) -> str:
        """Where the table stands in the document."""
        return self.action.path + pointer("with", self.filling.option)

    @property
    def key(self) -> str:
        return f"{self.rule.id}-{self.place}"

    @property
    def address(self) -> str:
        """On the page of the tables."""
        return f"?at={self.key}"


def mappings(app: App) -> Iterator[Mapped]:
    for rule in app.rules:
        if rule.trigger is None or rule.trigger_options is None or not rule.trigger.on_message:
            continue
        for place, action in enumerate(rule.actions):
            known = action.action is not None and action.options is not None
            filling = action.action.fills(action.options) if action.action and known else None
            if filling is not None:
                yield Mapped(rule, place, action, filling)


def capture_place(app: App, path: str) -> str:
    """`?at=` of the row (else the table) that a pointer into the document is about; '' for none of them."""
    for one in mappings(app):
        if path == one.rule.path or path.startswith(one.rule.path + "/"):
            field = path.removeprefix(one.path + "/") if path.startswith(one.path + "/") else ""
            return one.address + (f".{field}" if field else "")
    return ""
