"""Units of work, group commit, snapshots, ids and counters, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.config import Config
from engine.database import Database, Unit
from engine.system_tables import counters, settings

ROOT = Path(__file__).resolve().parents[2]


def put(unit: Unit, name: str, value: str = "1") -> None:
    unit.connection.execute(settings.insert().values(name=name, value=value))


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(sa.select(settings.c.name)))


def test_a_unit_is_written_and_answers(database: Database) -> None:
    assert database.write(lambda unit: put(unit, "a") or "done") == "done"
    assert names(database) == {"a"}


def test_a_failing_unit_leaves_nothing_and_its_neighbours_stay(database: Database) -> None:
    gate = threading.Event()

    def fails(unit: Unit) -> None:
        put(unit, "bad")
        raise LookupError("no")

    first = database.submit(lambda unit: gate.wait() and put(unit, "first"))
    bad, good = database.submit(fails), database.submit(lambda unit: put(unit, "good"))
    gate.set()
    first.result()
    with pytest.raises(LookupError):
        bad.result()
    good.result()
    assert names(database) == {"first", "good"}


def test_a_failing_statement_leaves_the_rest_of_the_batch_whole(database: Database) -> None:
    database.write(lambda unit: put(unit, "taken"))

    def clashes(unit: Unit) -> None:
        put(unit, "half")
        put(unit, "taken")

    futures = [database.submit(lambda unit, n=n: put(unit, f"n{n}")) for n in range(20)]
    clash = database.submit(clashes)
    futures += [database.submit(lambda unit, n=n: put(unit, f"m{n}")) for n in range(20)]
    for future in futures:
        future.result()
    with pytest.raises(sa.exc.IntegrityError):
        clash.result()
    assert len(names(database)) == 41
    assert "half" not in names(database)


def test_waiting_units_are_committed_together(tmp_path: Path) -> None:
    database = Database(Config(tmp_path))
    database.migrate()
    commits, gate = [], threading.Event()
    sa.event.listen(database._engine, "commit", lambda connection: commits.append(1))
    futures = [database.submit(lambda unit: gate.wait())]
    futures += [database.submit(lambda unit, n=n: put(unit, str(n))) for n in range(100)]
    gate.set()
    for future in futures:
        future.result()
    assert len(commits) <= 3
    assert len(names(database)) == 100
    database.close()


def test_many_threads_write(database: Database) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: database.write(lambda unit: put(unit, str(n))), range(300)))
    assert names(database) == {str(n) for n in range(300)}


def test_last_things_run_at_the_end_once_per_key_and_again_when_asked_again(database: Database) -> None:
    order: list[str] = []

    def work(unit: Unit) -> None:
        unit.before_commit("ledger", lambda unit: order.append("ledger"))
        unit.before_commit("ledger", lambda unit: order.append("ledger twice"))
        unit.before_commit("audit", audit)
        unit.after_commit(lambda: order.append("after"))
        order.append("work")

    def audit(unit: Unit) -> None:
        order.append("audit")
        unit.before_commit("ledger", lambda unit: order.append("ledger again"))

    database.write(work)
    assert order == ["work", "ledger", "audit", "ledger again", "after"]


def test_what_must_be_last_is_last(database: Database) -> None:
    order: list[str] = []

    def work(unit: Unit) -> None:
        unit.before_commit("ledger", lambda unit: order.append("ledger"), last=True)
        unit.before_commit("jobs", jobs)

    def jobs(unit: Unit) -> None:
        order.append("jobs")
        unit.before_commit("audit", lambda unit: order.append("audit"))

    database.write(work)
    assert order == ["jobs", "audit", "ledger"]


def test_what_runs_last_may_still_refuse(database: Database) -> None:
    def refuse(unit: Unit) -> None:
        raise LookupError("late")

    def work(unit: Unit) -> None:
        put(unit, "a")
        unit.before_commit("x", refuse)
        unit.after_commit(lambda: pytest.fail("was not committed"))

    with pytest.raises(LookupError):
        database.write(work)
    assert names(database) == set()


def test_a_failing_callback_after_the_commit_changes_nothing(database: Database) -> None:
    database.write(lambda unit: (put(unit, "a"), unit.after_commit(lambda: 1 / 0)))
    assert names(database) == {"a"}


def test_a_unit_may_not_start_another(database: Database) -> None:
    with pytest.raises(RuntimeError, match="may not start another"):
        database.write(lambda unit: database.write(lambda inner: None))
    with pytest.raises(RuntimeError, match="may not start another"):
        database.write(lambda unit: database.submit(lambda inner: None))
    database.write(lambda unit: put(unit, "still alive"))


def test_reads_are_snapshots_and_read_only(database: Database) -> None:
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(settings)) == 0
        database.write(lambda unit: put(unit, "later"))
        assert connection.scalar(sa.select(sa.func.count()).select_from(settings)) == 0
    with database.read() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.execute(settings.insert().values(name="x", value="1"))
    assert names(database) == {"later"}


def test_the_unit_has_its_moment(database: Database) -> None:
    seen = database.write(lambda unit: (unit.now, unit.moment))
    assert seen == (1_795_136_400_000_000, database.clock.now())


def test_postgresql_tries_again_what_the_database_gave_up_on(database: Database) -> None:
    if database.dialect != "postgresql":
        pytest.skip("SQLite writers never meet")
    database.write(lambda unit: (put(unit, "a"), put(unit, "b")))
    both, tries = threading.Barrier(2), []

    def touch(first: str, second: str) -> None:
        def work(unit: Unit) -> None:
            tries.append(1)
            unit.connection.execute(settings.update().where(settings.c.name == first).values(value="2"))
            if len(tries) <= 2:
                both.wait()
            unit.connection.execute(settings.update().where(settings.c.name == second).values(value="2"))

        database.write(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(touch, "ab", "ba"))
    assert len(tries) >= 3


# -- ids and counters ------------------------------------------------------------------------------
def test_ids_are_ascending_and_unique_over_threads(database: Database) -> None:
    def take(number: int) -> list[int]:
        return list(database.write(lambda unit: database.take_ids(unit.connection, number)))

    with ThreadPoolExecutor(8) as pool:
        blocks = list(pool.map(take, [1, 7, 100] * 20))
    assert all(block == sorted(block) for block in blocks)
    everything = [one for block in blocks for one in block]
    assert len(everything) == len(set(everything)) == 108 * 20


def test_numbers_count_from_one_each_by_name(database: Database) -> None:
    def work(unit: Unit) -> tuple[list[int], list[int], list[int]]:
        take = database.take_numbers
        return (
            list(take(unit.connection, "a", 3)),
            list(take(unit.connection, "b", 1)),
            list(take(unit.connection, "a", 2)),
        )

    assert database.write(work) == ([1, 2, 3], [1], [4, 5])


def test_a_number_without_gaps_is_given_again_when_its_unit_failed(database: Database) -> None:
    def take(unit: Unit) -> list[int]:
        return list(database.take_numbers(unit.connection, "bill", 2, gap_free=True))

    def fail(unit: Unit) -> None:
        assert take(unit) == [1, 2]
        raise LookupError

    with pytest.raises(LookupError):
        database.write(fail)
    assert database.write(take) == [1, 2]


def test_the_publication_counter_moves_with_the_unit(database: Database) -> None:
    assert database.publication() == 0
    database.write(database.signal_publication)
    assert database.publication() == 1


@pytest.mark.parametrize("number", [0, 1, 5, 200])
def test_many_rows_at_once(database: Database, number: int) -> None:
    rows = [(f"名{n}", f"a\tb\\n%s?{n}") for n in range(number)]
    database.write(lambda unit: database.insert_many(unit.connection, settings, rows))
    with database.read() as connection:
        found = connection.execute(sa.select(settings.c.name, settings.c.value)).all()
    assert sorted(map(tuple, found)) == sorted(rows)


def test_many_rows_of_some_columns_and_bytes_and_nulls(database: Database) -> None:
    from engine.system_tables import inbox

    columns = ["id", "channel", "digest", "raw_sealed", "received_at", "state", "reason_sealed"]
    rows = [(n, "wecom", n.to_bytes(8, "big"), b"\x00\xff", 1, "new", None) for n in range(100)]
    database.write(lambda unit: database.insert_many(unit.connection, inbox, rows, columns))
    with database.read() as connection:
        found = connection.execute(sa.select(*(inbox.c[name] for name in columns)).order_by("id")).all()
    assert [tuple(row) for row in found] == rows


def test_one_statement_for_many_rows(database: Database) -> None:
    database.write(lambda unit: (put(unit, "a"), put(unit, "b%")))
    change = "UPDATE settings SET value = ? || '%' WHERE name = ?"
    database.write(lambda unit: database.execute_many(unit.connection, change, [("x", "a"), ("y", "b%")]))
    with database.read() as connection:
        assert connection.scalars(sa.select(settings.c.value).order_by(settings.c.name)).all() == ["x%", "y%"]


# -- several processes -----------------------------------------------------------------------------
def _python(script: str, config: Config, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(config.data), config.database_url, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


_PROCESS = """
import sys
from pathlib import Path
from engine.config import Config
from engine.database import Database
from engine.system_tables import settings
database = Database(Config(Path(sys.argv[1]), sys.argv[2], synchronous="OFF"))
"""
_TAKES = (
    _PROCESS
    + """
for _ in range(100):
    print(*database.write(lambda unit: database.take_ids(unit.connection, 3)))
"""
)
_PAIRS = (
    _PROCESS
    + """
def pair(n):
    def work(unit):
        database.insert_many(unit.connection, settings, [(f"{n}a", "1")])
        database.insert_many(unit.connection, settings, [(f"{n}b", "1")])
    return work
for n in range(10**9):
    future = database.submit(pair(n))
    if n == 2000:
        print("going", flush=True)
    if n % 500 == 0:
        future.result()
"""
)


def test_ids_are_unique_over_processes(config: Config) -> None:
    processes = [_python(_TAKES, config) for _ in range(3)]
    taken = [int(word) for process in processes for word in process.communicate()[0].split()]
    assert len(taken) == len(set(taken)) == 900


def test_a_killed_writer_leaves_whole_units_only(config: Config, database: Database) -> None:
    process = _python(_PAIRS, config)
    assert process.stdout
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    found = names(database)
    assert len(found) >= 2000
    assert {name[:-1] for name in found if name.endswith("a")} == {
        name[:-1] for name in found if name.endswith("b")
    }
    database.write(lambda unit: put(unit, "and on"))


def test_a_busy_process_lets_a_patient_one_in(config: Config, database: Database) -> None:
    process = _python(_PAIRS, config)
    assert process.stdout
    process.stdout.readline()
    for number in range(10):
        database.write(lambda unit, number=number: put(unit, f"patient {number}"))
    process.kill()
    process.wait()
    assert {f"patient {number}" for number in range(10)} <= names(database)


def test_counters_row_is_the_truth_not_memory(config: Config) -> None:
    one, other = Database(config), Database(config)
    first = list(one.write(lambda unit: one.take_ids(unit.connection, 2)))
    second = list(other.write(lambda unit: other.take_ids(unit.connection, 2)))
    third = list(one.write(lambda unit: one.take_ids(unit.connection, 2)))
    assert first < second < third
    with one.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(counters)) in (0, 1)
    one.close()
    other.close()
