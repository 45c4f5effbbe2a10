"""One suite for both queues: jobs are transactional, run at least once, paused, dead, revived."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.clock import FrozenClock
from engine.config import Config
from engine.database import Database
from engine.jobs import Jobs
from engine.jobs.queue import MOST_ATTEMPTS, describe, pause_after
from metamodel.problems import Rejected, problem
from tests.engine.open_box import OpenBox

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def jobs(database: Database) -> Iterator[Jobs]:
    made = Jobs(database, OpenBox())
    yield made
    made.close()


@pytest.fixture
def ran(jobs: Jobs) -> list[tuple[Mapping[str, Any], str]]:
    """What the job "note" was called with, in order."""
    seen: list[tuple[Mapping[str, Any], str]] = []
    jobs.register("note", lambda payload, job: seen.append((payload, job)))
    return seen


Defer = Callable[..., str]


@pytest.fixture
def defer(database: Database, jobs: Jobs) -> Defer:
    return lambda *arguments, **options: database.write(lambda unit: jobs.defer(unit, *arguments, **options))


def test_a_job_runs_once_with_its_payload_and_id(jobs: Jobs, defer: Defer, ran: list[Any]) -> None:
    first, second = defer("note", {"n": 1, "字": "报价"}), defer("note")
    assert jobs.waiting() == 2
    assert jobs.run_due() == 2
    assert ran == [({"n": 1, "字": "报价"}, first), ({}, second)]
    assert (jobs.run_due(), jobs.waiting()) == (0, 0)


def test_a_job_belongs_to_its_unit(database: Database, jobs: Jobs, ran: list[Any]) -> None:
    def fails(unit: Any) -> None:
        jobs.defer(unit, "note", {"n": 1})
        jobs.defer(unit, "note", {"n": 2}, key="k")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(fails)
    assert jobs.run_due() == 0
    assert ran == []


def test_what_a_job_defers_runs_too(database: Database, jobs: Jobs, defer: Defer, ran: list[Any]) -> None:
    def more(payload: Mapping[str, Any], job: str) -> None:
        number = payload["n"]
        name = "more" if number else "note"
        database.write(lambda unit: jobs.defer(unit, name, {"n": number - 1}))

    jobs.register("more", more)
    defer("more", {"n": 3})
    assert jobs.run_due() == 5
    assert [payload for payload, _ in ran] == [{"n": -1}]


def test_a_clock_that_was_set_back_makes_nothing_due(
    jobs: Jobs, defer: Defer, ran: list[Any], clock: FrozenClock
) -> None:
    """A story is replayed from weeks ago: what it puts off by an hour waits for that hour."""
    defer("note", run_at=clock.now() + timedelta(minutes=5))
    clock.set(clock.now() - timedelta(days=20))
    defer("note", {"n": 2}, run_at=clock.now() + timedelta(hours=1))
    jobs.run_due()
    assert ran == []
    clock.advance(hours=1, seconds=2)
    jobs.run_due()
    assert len(ran) == 1
    clock.advance(days=20)
    jobs.run_due()
    assert len(ran) == 2


def test_a_later_job_waits_for_its_time(jobs: Jobs, defer: Defer, ran: list[Any], clock: FrozenClock) -> None:
    defer("note", run_at=clock.now() + timedelta(hours=2))
    assert jobs.run_due() == 0
    clock.advance(hours=1)
    assert jobs.run_due() == 0
    clock.advance(hours=1, seconds=2)
    assert jobs.run_due() == 1
    assert len(ran) == 1


def test_one_waiting_job_a_key_is_enough(jobs: Jobs, defer: Defer, ran: list[Any]) -> None:
    first = defer("note", {"n": 1}, key="parse")
    defer("note", {"n": 2}, key="parse")
    defer("note", {"n": 3}, key="other")
    assert jobs.run_due() == 2
    assert ran[0] == ({"n": 1}, first)
    defer("note", {"n": 4}, key="parse")
    assert jobs.run_due() == 1


def test_a_keyed_job_runs_at_the_earliest_time_asked_for(
    jobs: Jobs, defer: Defer, ran: list[Any], clock: FrozenClock
) -> None:
    defer("note", key="k", run_at=clock.now() + timedelta(hours=1))
    assert jobs.run_due() == 0
    defer("note", key="k")
    defer("note", key="k", run_at=clock.now() + timedelta(hours=3))
    assert jobs.run_due() == 1
    assert jobs.waiting() == 0


def test_a_keyed_job_that_fails_beside_a_waiting_twin(
    database: Database, jobs: Jobs, defer: Defer, clock: FrozenClock
) -> None:
    calls: list[str] = []

    def fails_once(payload: Mapping[str, Any], job: str) -> None:
        calls.append(job)
        if len(calls) == 1:
            database.write(lambda unit: jobs.defer(unit, "flaky", key="k"))
            raise ValueError

    jobs.register("flaky", fails_once)
    first = defer("flaky", key="k")
    assert jobs.run_due() == 2
    clock.advance(minutes=1)
    assert jobs.run_due() == 1
    assert calls.count(first) == 2
    assert jobs.waiting() == 0


def test_a_failing_job_is_tried_again_after_a_pause(jobs: Jobs, defer: Defer, clock: FrozenClock) -> None:
    calls: list[str] = []

    def flaky(payload: Mapping[str, Any], job: str) -> None:
        calls.append(job)
        if len(calls) < 3:
            raise ValueError

    jobs.register("flaky", flaky)
    job = defer("flaky")
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    clock.advance(seconds=15)
    assert jobs.run_due() == 1
    clock.advance(seconds=15)
    assert jobs.run_due() == 0
    clock.advance(seconds=15)
    assert jobs.run_due() == 1
    assert calls == [job] * 3
    assert (jobs.waiting(), jobs.dead()) == (0, [])


def _until_dead(jobs: Jobs, clock: FrozenClock) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert jobs.run_due() == 1
        clock.advance(hours=2)
    assert jobs.run_due() == 0


def test_a_job_that_always_fails_is_dead_and_can_be_revived(
    jobs: Jobs, defer: Defer, clock: FrozenClock
) -> None:
    works = False
    seen: list[tuple[Any, str]] = []

    def handler(payload: Mapping[str, Any], job: str) -> None:
        seen.append((payload, job))
        if not works:
            raise ValueError("机密的话")

    jobs.register("hopeless", handler)
    job = defer("hopeless", {"n": 1})
    _until_dead(jobs, clock)
    (dead,) = jobs.dead()
    assert (dead.id, dead.name, dead.attempts) == (job, "hopeless", MOST_ATTEMPTS)
    assert dead.error.startswith("ValueError at test_jobs.py")
    assert "机密" not in dead.error
    works = True
    assert jobs.retry(job)
    assert jobs.dead() == []
    assert jobs.run_due() == 1
    assert seen[-1] == ({"n": 1}, job)
    assert not jobs.retry(job)


def test_a_dead_job_can_be_given_up(jobs: Jobs, defer: Defer, clock: FrozenClock) -> None:
    job = defer("nobody handles this")
    _until_dead(jobs, clock)
    assert jobs.discard(job)
    assert not jobs.discard(job)
    assert (jobs.dead(), jobs.waiting()) == ([], 0)


def test_something_runs_before_each_job(jobs: Jobs, defer: Defer, ran: list[Any]) -> None:
    order: list[str] = []
    jobs.before_each = lambda: order.append("before")
    defer("note")
    defer("note")
    jobs.run_due()
    assert order == ["before", "before"]


def test_a_worker_takes_jobs_as_they_come_and_stops(jobs: Jobs, defer: Defer) -> None:
    done, stop = threading.Semaphore(0), threading.Event()
    jobs.register("signal", lambda payload, job: done.release())
    worker = threading.Thread(target=jobs.work, args=(stop,))
    worker.start()
    for _ in range(3):
        defer("signal")
        assert done.acquire(timeout=30)
    stop.set()
    jobs.close()
    worker.join(30)
    assert not worker.is_alive()


def test_a_regular_job_comes_again_by_itself(
    jobs: Jobs, database: Database, clock: FrozenClock, defer: Defer
) -> None:
    done, stop = threading.Semaphore(0), threading.Event()
    jobs.register("tidy", lambda payload, job: done.release(), every=timedelta(minutes=5))
    worker = threading.Thread(target=jobs.work, args=(stop,))
    worker.start()
    assert done.acquire(timeout=30)
    stop.set()
    jobs.close()
    worker.join(30)
    assert jobs.waiting() == 1
    assert jobs.run_due() == 0
    clock.advance(minutes=6)
    assert jobs.run_due() == 1
    assert jobs.waiting() == 1


def test_two_threads_never_run_the_same_job(jobs: Jobs, defer: Defer) -> None:
    seen: list[str] = []
    jobs.register("slow", lambda payload, job: seen.append(job))
    wanted = [defer("slow") for _ in range(60)]
    threads = [threading.Thread(target=jobs.run_due) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(wanted)


_WORKER = """
import sys, os
from pathlib import Path
from engine.config import Config
from engine.database import Database
from engine.jobs import Jobs
from tests.engine.open_box import OpenBox
database = Database(Config(Path(sys.argv[1]), sys.argv[2], synchronous="OFF"))
jobs = Jobs(database, OpenBox())
def hang(payload, job):
    print(job, flush=True)
    sys.stdin.read()
jobs.register("hang", hang)
database.write(lambda unit: jobs.defer(unit, "hang"))
jobs.run_due()
"""


def test_the_job_of_a_killed_worker_is_taken_over_at_once(
    config: Config, jobs: Jobs, database: Database
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(config.data), config.database_url],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    job = process.stdout.readline().strip()
    seen: list[str] = []
    jobs.register("hang", lambda payload, job: seen.append(job))
    database.clock.set(database.clock.now() + timedelta(days=400))  # type: ignore[attr-defined]
    assert jobs.run_due() == 0  # it lives, and works on it
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert jobs.run_due() == 1
    assert seen == [job]


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 20)] == [10, 20, 40, 3600]


def test_an_error_is_described_without_words_of_a_record() -> None:
    rejected = Rejected([problem("value.required", "/0/content", field="内容")])
    assert describe(rejected) == "value.required /0/content"
