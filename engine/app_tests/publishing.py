"""Testing and publishing from the designer: at most one run an app, in a thread of its own, with its progress.

How far a run is lies in `settings`, so that every process and a reloaded page can tell; a run whose process is gone
counts as interrupted, and has changed nothing: publishing is one unit of work at its end.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Sequence
from typing import Literal

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.app_tests.coverage import NOTHING_COVERED, Coverage, Covered, coverage
from engine.app_tests.runner import Result
from engine.app_tests.workshop import try_app
from engine.clock import microseconds
from engine.database import Unit
from engine.failures import failure
from engine.runtime import Runtime
from engine.system_tables import settings
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem

log = logging.getLogger("muniment.app_tests")
Phase = Literal["testing", "publishing", "published", "tested", "failed"]
SILENT = 30 * 60 * 1_000_000  # microseconds without a word from another process
PROCESS = uuid.uuid4().hex


class Said(msgspec.Struct, frozen=True):
    """A problem in words, as it is kept."""

    code: str
    path: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return label_text({"zh": self.zh, "en": self.en}, language)


class Tried(msgspec.Struct, frozen=True):
    """What became of one test."""

    id: str
    label: dict[str, str] | str
    passed: bool
    seconds: float
    step: int = 0
    problems: tuple[Said, ...] = ()


class State(msgspec.Struct, kw_only=True):
    """One run over an app: who began it over which revision of the draft, and how far it is."""

    app: str
    revision: int
    by: str
    began: int
    at: int
    phase: Phase
    publishes: bool = False
    done: int = 0
    total: int = 0
    version: int = 0
    tests: tuple[Tried, ...] = ()
    problems: tuple[Said, ...] = ()
    rules: tuple[str, ...] = ()  # gone through
    ways: tuple[tuple[str, str, str], ...] = ()
    story_rules: tuple[
        str, ...
    ] = ()  # gone through by the sample's story alone, before any test's first step
    story_ways: tuple[tuple[str, str, str], ...] = ()
    process: str = ""

    @property
    def running(self) -> bool:
        return self.phase in ("testing", "publishing")

    @property
    def failed_tests(self) -> int:
        return sum(not one.passed for one in self.tests)

    def coverage(self, app: App) -> Coverage:
        tests = Covered(frozenset(self.rules), frozenset(self.ways))
        return coverage(app, tests, Covered(frozenset(self.story_rules), frozenset(self.story_ways)))


class Publishing:
    """One for the process; `runtime.designing` says who may."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._here: set[str] = set()

    def state(self, app: str) -> State | None:
        """The newest run over an app; None before the first."""
        with self._runtime.database.read() as connection:
            text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(app)))
        state = msgspec.json.decode(text, type=State) if text else None
        if state is not None and state.running and not self._lives(state):
            state.phase, state.problems = "failed", (_said(problem("publish.interrupted")),)
        return state

    def start(
        self, viewer: Viewer, app: str, revision: int, *, publish: bool, only: Sequence[str] = (),
        anyway: bool = False, reason: str = "",
    ) -> State:  # fmt: skip
        """Run the tests of this revision, then publish it where that is wanted and none failed, or `anyway`,
        without them. `reason`: why its designers should read what they could not. Rejected: access.denied,
        draft.not_newest, publish.under_way, publish.gains, publish.needs_second."""
        draft = self._runtime.designing.open(viewer, app)
        if draft.revision != revision:
            raise Rejected([problem("draft.not_newest", newest=draft.revision)])
        looked = self._runtime.designing.look(viewer, app, revision)
        if looked.app is None:
            raise Rejected(looked.problems)
        if publish:
            self._runtime.designing.agree(viewer, app, revision, reason)
        with self._lock:
            before = self.state(app)
            if before is not None and before.running:
                raise Rejected([problem("publish.under_way", app=looked.app.label)])
            now = microseconds(self._runtime.clock.now())
            tests = [] if anyway else [one for one in looked.app.tests if not only or one.id in only]
            state = State(
                app=app, revision=revision, by=viewer.person, began=now, at=now, phase="testing",
                publishes=publish, total=len(tests), process=PROCESS,
            )  # fmt: skip
            self._here.add(app)
            self._save(state)
        work = threading.Thread(
            target=self._work,
            args=(viewer, state, looked.app, only, anyway, reason),
            name=f"publish {app}",
            daemon=True,
        )
        work.start()
        return state

    def wait(self, app: str) -> None:
        """Until what was started here is over; for tests and for stopping."""
        for thread in threading.enumerate():
            if thread.name == f"publish {app}":
                thread.join()

    # -- the run -----------------------------------------------------------------------------------

    def _work(
        self, viewer: Viewer, state: State, app: App, only: Sequence[str], anyway: bool, reason: str
    ) -> None:
        try:
            if state.total:
                self._test(state, app, only)
            if state.publishes:
                self._publish(viewer, state, anyway, reason)
            else:
                state.phase = "tested"
        except Rejected as refused:
            state.phase, state.problems = "failed", tuple(map(_said, refused.problems))
        except Exception as error:
            log.error("publishing %s failed\n%s", state.app, failure())
            broken = problem("app_test.broken", reason=type(error).__name__)
            state.phase, state.problems = "failed", (_said(broken),)
        finally:
            self._save(state)
            with self._lock:
                self._here.discard(state.app)

    def _test(self, state: State, app: App, only: Sequence[str]) -> None:
        covered = story = NOTHING_COVERED

        def told(result: Result) -> None:
            nonlocal covered, story
            covered |= result.covered
            story |= result.story
            state.done, state.tests = state.done + 1, (*state.tests, _tried(result))
            state.rules, state.ways = tuple(sorted(covered.rules)), tuple(sorted(covered.ways))
            state.story_rules, state.story_ways = tuple(sorted(story.rules)), tuple(sorted(story.ways))
            self._save(state)

        try_app(self._runtime, app, only=only, told=told)

    def _publish(self, viewer: Viewer, state: State, anyway: bool, reason: str) -> None:
        if state.failed_tests:
            raise Rejected([problem("publish.tests_failed", failed=state.failed_tests)])
        state.phase = "publishing"
        self._save(state)
        state.version = self._runtime.designing.publish(viewer, state.app, state.revision, reason)
        state.phase = "published"
        if anyway and self._runtime.applications.get(state.app).tests:
            untested = Occurrence("app.publish_untested", state.app, detail={"version": state.version})
            self._runtime.audit.note(viewer, untested)

    def _lives(self, state: State) -> bool:
        if state.process == PROCESS:
            return state.app in self._here
        return microseconds(self._runtime.clock.now()) - state.at < SILENT

    def _save(self, state: State) -> None:
        state.at = microseconds(self._runtime.clock.now())
        row = {"name": _name(state.app), "value": msgspec.json.encode(state).decode()}

        def save(unit: Unit) -> None:
            unit.connection.execute(sa.delete(settings).where(settings.c.name == row["name"]))
            unit.connection.execute(sa.insert(settings), row)

        self._runtime.database.write(save)


def _name(app: str) -> str:
    return f"publishing:{app}"


def _said(found: Problem) -> Said:
    return Said(found.code, found.path, found.text("zh"), found.text("en"))


def _tried(result: Result) -> Tried:
    label = result.test.label
    return Tried(
        result.test.id, label if isinstance(label, str) else dict(label), result.passed, round(result.seconds, 2),
        result.step, tuple(map(_said, result.problems)),
    )  # fmt: skip
