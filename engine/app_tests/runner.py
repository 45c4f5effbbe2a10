"""Running tests: each in its own house, step after step, until one is not as it should be."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.app_tests.coverage import NOTHING_COVERED, Covered, begun_at, gone_through
from engine.app_tests.houses import Houses, Prepared, Source
from engine.app_tests.steps import take_step
from metamodel.app_tests import AppTest
from metamodel.application import App
from metamodel.problems import Problem, Rejected, problem

log = logging.getLogger("muniment.app_tests")


@dataclass(frozen=True)
class Result:
    """What became of one test; no problems: it passed. `step` is where it ended, from 1; `covered`: what of the
    app it went through, `story` what was gone through before its first step."""

    app: str
    test: AppTest
    problems: tuple[Problem, ...]
    step: int
    seconds: float
    covered: Covered = NOTHING_COVERED
    story: Covered = NOTHING_COVERED

    @property
    def passed(self) -> bool:
        return not self.problems


def run_tests(
    apps: Sequence[App], sources: Sequence[Source], work: Path, database_url: str = "", *,
    only: Collection[str] = (), told: Callable[[Result], object] = lambda _: None, keep: bool = False,
    samples: Mapping[datetime, Prepared] | None = None,
) -> list[Result]:  # fmt: skip
    """The tests of these apps in order; `sources` are they and what they require, `work` an empty folder.
    `keep`: what the failed ones left behind stays there to be looked at; `samples` are loaded already."""
    houses, results = Houses(sources, work, database_url, keep=keep, samples=samples), list[Result]()
    try:
        for app, test in _chosen(apps, only):
            results.append(run_test(houses, app, test))
            told(results[-1])
    finally:
        houses.close()
    return results


def _chosen(apps: Sequence[App], only: Collection[str]) -> Iterator[tuple[str, AppTest]]:
    for app in apps:
        for test in app.tests:
            if not only or test.id in only:
                yield app.id, test


def run_test(houses: Houses, app: str, test: AppTest) -> Result:
    """One test; a bug in the engine is its failure, not the end of the others."""
    started, number, covered, story = time.monotonic(), 0, NOTHING_COVERED, NOTHING_COVERED
    found: list[Problem] = []
    try:
        with houses.open(app, test) as acting:
            begun = begun_at(acting.runtime)
            story = houses.story(app, test, acting)
            for number, step in enumerate(test.steps, 1):  # noqa: B007 -- told where it ended
                found = take_step(acting, step)
                if found:
                    houses.failed(test)
                    break
            covered = gone_through(acting.runtime, app, begun)
    except Rejected as error:
        found = [one.under(test.path) for one in error.problems]
    except Exception as error:
        log.exception("test %s of %s, step %d", test.id, app, number)
        place = test.steps[number - 1].path if number else test.path
        found = [problem("app_test.broken", place, reason=f"{type(error).__name__}: {error}"[:300])]
    return Result(app, test, tuple(found), number, time.monotonic() - started, covered, story)
