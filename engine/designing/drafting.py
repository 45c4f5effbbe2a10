"""One draft: opened, edited, looked through, shown against what is published, published.

Who may: those with the duty `design` in the app; of an app that was never published, whoever designs any.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import Viewer
from engine.applications import Applications, Draft, Drafts
from engine.applications.drafts import Edited, Patch
from engine.designing.gaining import Agreed, Gain, Gaining
from metamodel.application import App
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


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft as the app it would be; `app` is None where nothing can be made of it. `problems`: what the
    checks say, the app's own tests aside."""

    draft: Draft
    app: App | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Designed:
    """An app somebody designs: `version` 0 was never published, a draft of revision 0 has nothing new in it
    (its document is left out)."""

    app: str
    version: int
    draft: Draft


LOOKED = 24  # drafts kept as they were read: a page and its fragments ask for the same one


class Designing:
    def __init__(self, applications: Applications, drafts: Drafts, may: May) -> None:
        self._applications, self._drafts, self._may = applications, drafts, may
        self._looked: OrderedDict[tuple[str, int, int], Looked] = OrderedDict()
        self.gaining: Gaining | None = None  # there once people can be told

    def begin(self, viewer: Viewer, document: Mapping[str, Any], note: str = "") -> Draft:
        """The first draft of a new app. Rejected: access.denied, app.unreadable, draft.there_already."""
        if not self._may(viewer, ""):
            raise Rejected([problem("access.denied")])
        self._drafts.readable(document)
        return self._drafts.begin(None, document, viewer.person, note)

    def readable(self, document: Mapping[str, Any]) -> str:
        """The id of the app a document is of. Rejected (app.unreadable)."""
        return self._drafts.readable(document)

    def taken(self) -> frozenset[str]:
        """The ids of all apps there are, drafts of new ones too."""
        return self._applications.served() | self._drafts.newest().keys()

    def designs(self, viewer: Viewer, app: str = "") -> bool:
        """May this viewer design the app, or any?"""
        return self._may(viewer, app if app in self._applications.served() else "")

    def apps(self, viewer: Viewer) -> list[Designed]:
        """What this viewer designs, by id."""
        drafts = self._drafts.newest()
        return [
            Designed(app, self._version(app), drafts.get(app) or Draft(app, 0, {}))
            for app in sorted(self.taken())
            if self.designs(viewer, app)
        ]

    def _version(self, app: str) -> int:
        return self._applications.version(app) if app in self._applications.served() else 0

    def open(self, viewer: Viewer, app: str, revision: int = 0) -> Draft:
        """The newest draft, or one revision of it."""
        self._require(viewer, app)
        return self._drafts.at(app, revision) if revision else self._drafts.open(app)

    def look(self, viewer: Viewer, app: str, revision: int = 0) -> Looked:
        """The newest draft, or one revision, read and checked. Asked again and again while people design:
        what was read is kept."""
        draft = self.open(viewer, app, revision)
        key = app, draft.revision, self._applications.publication
        known = self._looked.get(key)
        if known is None:
            read, problems = self._applications.reading(draft.document)
            known = self._looked[key] = Looked(draft, read, tuple(problems))
            while len(self._looked) > LOOKED:
                self._looked.popitem(last=False)
        return known

    def edit(self, viewer: Viewer, app: str, on: int, patch: Patch, note: str = "") -> Edited:
        self._require(viewer, app)
        return self._drafts.edit(None, app, on, patch, viewer.person, note)

    def newer(self, viewer: Viewer, app: str, since: int) -> Edited | None:
        """What somebody else made of the draft since a revision; None for nothing."""
        self._require(viewer, app)
        return self._drafts.newer(app, since)

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
        version = self._version(app)
        told = (
            tuple(self._told(app, change) for change in changes(before, draft.document)) if published else ()
        )
        steps = tuple(step.to_json() for step in plan.steps) if plan else ()
        return Preview(draft, version, told, steps, tuple(problems))

    def _told(self, app: str, change: Change) -> Told:
        return Told(change, tuple(affected(self._applications.get(app), change)))

    def publish(self, viewer: Viewer, app: str, revision: int, reason: str = "") -> int:
        """This very revision becomes the next version. `reason`: why its designers should read what they could not.
        Rejected: draft.not_newest, publish.gains, publish.needs_second, and every error there is."""
        draft = self.open(viewer, app)
        if draft.revision != revision:
            raise Rejected([problem("draft.not_newest", newest=draft.revision)])
        agreed = self.agree(viewer, app, revision, reason)
        return self._applications.publish(None, draft.document, viewer.person, agreed)

    def gains(self, viewer: Viewer, app: str, revision: int = 0) -> tuple[Gain, ...]:
        """What publishing it would let him and the others who design it read that they could not."""
        looked = self.look(viewer, app, revision)
        return self.gaining.of(viewer, looked.app) if self.gaining and looked.app else ()

    def agree(self, viewer: Viewer, app: str, revision: int, reason: str) -> Agreed | None:
        """Rejected where it may not be published as it is: publish.gains, publish.needs_second."""
        looked = self.look(viewer, app, revision)
        if self.gaining is None or looked.app is None:
            return None
        return self.gaining.agree(viewer, looked.app, looked.draft.document, reason)

    def _require(self, viewer: Viewer, app: str) -> None:
        if not self.designs(viewer, app):
            raise Rejected([problem("access.denied")])
