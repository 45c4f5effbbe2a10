"""The index against the texts: what verification says of it, and how it is made anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Query
from engine.runtime import Runtime

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
