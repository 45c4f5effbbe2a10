"""One draft: opened, edited, looked through, shown against what is published, published.

Who may: those with the duty `design` in the app; of an app that was never published, whoever designs any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import Viewer
from engine.applications import Applications, Draft, Drafts
from engine.applications.drafts import Edited, Patch
from metamodel.changes import Change, changes
from metamodel.mentions import Mention, affected
from metamodel.problems import Problem, Rejected, problem

May = Callable[[Viewer, str], bool]  # (viewer, app or '' for any) -> does he design it?


@dataclass(frozen=True, slots=True)
class Told:
    """One change against what is published, and who mentions what it is about."""

    change: Change
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a draft would mean; `plan` in the order it would be carried out."""

    draft: Draft
    version: int  # what is published now; 0 for nothing
    changes: tuple[Told, ...]
    plan: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...]


class Designing:
    def __init__(self, applications: Applications, drafts: Drafts, may: May) -> None:
        self._applications, self._drafts, self._may = applications, drafts, may

    def begin(self, viewer: Viewer, document: Mapping[str, Any], note: str = "") -> Draft:
        """The first draft of a new app. Rejected: access.denied, app.unreadable, draft.there_already."""
        if not self._may(viewer, ""):
            raise Rejected([problem("access.denied")])
        self._drafts.readable(document)
        return self._drafts.begin(None, document, viewer.person, note)

    def open(self, viewer: Viewer, app: str, revision: int = 0) -> Draft:
        """The newest draft, or one revision of it."""
        self._require(viewer, app)
        return self._drafts.at(app, revision) if revision else self._drafts.open(app)

    def edit(self, viewer: Viewer, app: str, on: int, patch: Patch, note: str = "") -> Edited:
        self._require(viewer, app)
        return self._drafts.edit(None, app, on, patch, viewer.person, note)

    def history(self, viewer: Viewer, app: str, limit: int = 50) -> list[Draft]:
        self._require(viewer, app)
        return self._drafts.history(app, limit)

    def problems(self, viewer: Viewer, app: str, revision: int = 0) -> tuple[Draft, list[Problem]]:
        """Everything the checks say of a draft, which stops nobody from going on."""
        draft = self.open(viewer, app, revision)
        return draft, self._applications.check(draft.document)

    def preview(self, viewer: Viewer, app: str, revision: int = 0) -> Preview:
        draft = self.open(viewer, app, revision)
        plan, problems = self._applications.preview(draft.document)
        published = app in self._applications.served()
        before = self._applications.document(app) if published else {}
        version = self._applications.version(app) if published else 0
        told = (
            tuple(self._told(app, change) for change in changes(before, draft.document)) if published else ()
        )
        steps = tuple(step.to_json() for step in plan.steps) if plan else ()
        return Preview(draft, version, told, steps, tuple(problems))

    def _told(self, app: str, change: Change) -> Told:
        return Told(change, tuple(affected(self._applications.get(app), change)))

    def publish(self, viewer: Viewer, app: str, revision: int) -> int:
        """This very revision becomes the next version. Rejected: draft.not_newest, and every error there is."""
        draft = self.open(viewer, app)
        if draft.revision != revision:
            raise Rejected([problem("draft.not_newest", newest=draft.revision)])
        return self._applications.publish(None, draft.document, viewer.person)

    def _require(self, viewer: Viewer, app: str) -> None:
        known = app in self._applications.served()
        if not self._may(viewer, app if known else ""):
            raise Rejected([problem("access.denied")])
