"""The index against the texts: what verification says of it, and how it is made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.findings import Report
from engine.records.query import Query
from engine.runtime import Runtime
from tests.engine.conftest import OFFICE

LETTERS = [
    {"subject": f"第{number}封", "body": body} for number, body in enumerate(("请发报价", "谢谢", "合同附上"))
]
WORDS = {"index_differs", "index_of_nothing"}


@pytest.fixture
def letters(office: Runtime) -> list[int]:
    return [int(one) for one in office.records.create(SYSTEM, "office", "letter", LETTERS)]


def found(office: Runtime) -> set[tuple[str, str]]:
    report = office.verify(by="")
    return {(one.kind, one.record) for one in report.findings if one.kind in WORDS}


def _drop(office: Runtime, ids: list[int]) -> None:
    table = office.programs.get("office", "letter").table
    office.database.write(lambda unit: office.search.remove(unit, table, [ids[0]]))


def _other_words(office: Runtime, ids: list[int]) -> None:
    program = office.programs.get("office", "letter")
    tokens = program.texts.tokens({"body": "别的话"})
    office.database.write(lambda unit: office.search.replace(unit, program.table, [(ids[0], tokens)]))


def _slip_in(office: Runtime, ids: list[int]) -> None:
    program = office.programs.get("office", "letter")
    tokens = program.texts.tokens({"body": "报价"})
    office.database.write(lambda unit: office.search.index(unit, program.table, [(10**6, tokens)]))


@pytest.mark.parametrize(
    ("touch", "kind"),
    [(_drop, "index_differs"), (_other_words, "index_differs"), (_slip_in, "index_of_nothing")],
)
def test_what_the_index_says_wrongly_is_found_and_made_anew(
    office: Runtime, letters: list[int], touch: Callable[[Runtime, list[int]], None], kind: str
) -> None:
    assert found(office) == set()
    touch(office, letters)
    record = "1000000" if kind == "index_of_nothing" else str(letters[0])
    assert found(office) == {(kind, record)}
    office.reindexing.again("office", "letter")
    assert found(office) == set()  # it is known to be under way
    office.jobs.run_due()
    assert found(office) == set()
    page = office.records.page(office.require_viewer("lu"), "office", "letter", Query(text="报价"))
    assert [item.id for item in page.items] == [str(letters[0])]


# -- an index in files ---------------------------------------------------------------------------------
@pytest.fixture
def beside(tmp_path: Path, clock: FrozenClock) -> Iterator[Runtime]:
    """The same, with Whoosh: SQLite alone, the files are the same on both."""
    (tmp_path / "files").mkdir()
    runtime = Runtime.open(replace(Config(tmp_path / "files"), search_backend="whoosh"), clock)
    runtime.applications.publish(None, OFFICE, "system")
    yield runtime
    runtime.close()


def test_an_index_in_files_is_checked_too(beside: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [int(one) for one in beside.records.create(SYSTEM, "office", "letter", LETTERS)]
    assert found(beside) == set()  # all of it waits in the queue
    page = beside.records.page(SYSTEM, "office", "letter", Query(text="报价"))
    assert [int(item.id) for item in page.items] == ids[:1]  # now in files
    report = beside.verify(by="")
    assert (report.clean, report.counts["indexed"]) == (True, 3)
    assert "3 in the search index" in report.text("en")
    for touch in (_drop, _slip_in):
        touch(beside, ids)
        beside.records.page(SYSTEM, "office", "letter", Query(text="谢谢"))  # into the files
    assert found(beside) == {("index_differs", str(ids[0])), ("index_of_nothing", "1000000")}
    beside.reindexing.again("office", "letter")
    beside.jobs.run_due()
    assert found(beside) == set()

    # Somebody writes and somebody searches between the snapshot and the look into the files.
    read, late = beside.database.read, list[bool]()

    @contextmanager
    def and_then_one_more() -> Iterator[sa.Connection]:
        with read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM leaves").fetchall()  # the snapshot is taken
            if not late:
                late.append(True)
                beside.records.create(SYSTEM, "office", "letter", [{"subject": "晚到", "body": "晚到"}])
                beside.records.page(SYSTEM, "office", "letter", Query(text="晚到"))
            yield connection

    monkeypatch.setattr(beside.database, "read", and_then_one_more)
    program = beside.programs.get("office", "letter")
    with beside.database.read() as connection:
        seen = {record for record, _ in beside.search.held(connection, program.table)}
        assert len(seen) == 4  # the files are ahead
        report = Report()
        beside.indexed.check(connection, report, {("office", "letter")})
    assert late
    assert report.findings == []
