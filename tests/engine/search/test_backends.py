"""One suite over the three backends: they must all mean what `holds` and the texts mean."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.search import And, Not, Or, Word
from tests.engine.search.conftest import APP, KEY

ROWS = {
    1: {"title": "报价", "content": "价格能不能先给个范围"},
    2: {"title": "还价", "content": "折扣再低点，85 折我就能往上报"},
    3: {"title": "Tariff SJ2026-0001", "content": "报价单发您"},
    4: {"title": None, "content": "我们内部再考虑一下吧"},
    5: {"title": "空", "content": ""},
    6: {"title": "，。", "content": "…"},
}


def test_words_in_any_text_of_the_record(indexed: Any) -> None:
    indexed.add(ROWS)
    assert indexed.found(Word("报价")) == [1, 3]
    assert indexed.found(Word("价")) == [1, 2, 3]
    assert indexed.found(Word("SJ2026")) == [3]
    assert indexed.found(Word("sj2026-00")) == [3]
    assert indexed.found(Word("再考虑一下")) == [4]
    assert indexed.found(Word("竞品")) == []


@pytest.mark.parametrize("settled", [False, True], ids=["waiting", "settled"])
def test_all_that_is_held_can_be_told(indexed: Any, settled: bool) -> None:
    indexed.add(ROWS)
    if settled:
        indexed.search.purge(indexed.table)
    with indexed.database.read() as connection:
        found = set(indexed.search.held(connection, indexed.table))
    texts = indexed.search.texts(APP, indexed.form)
    wanted = {(record, token) for record, values in ROWS.items() for token in texts.tokens(values)}
    assert found == wanted


def test_only_in_fields_the_reader_may_read(indexed: Any) -> None:
    indexed.add(ROWS)
    assert indexed.found(Word("报价"), ("title",)) == [1]
    assert indexed.found(Word("报价"), ()) == []
    assert indexed.found(Word("报价", ("content",))) == [3]
    assert indexed.found(Word("报价", ("content",)), ("title",)) == []
    assert indexed.found(Or((Word("价格"), Word("报价", ("title",)))), ("content",)) == [1]


def test_only_the_newest(indexed: Any) -> None:
    indexed.add({record: {"title": "报价"} for record in range(1, 40)})
    select = indexed.search.matching(indexed.table, Word("报价"), ("title",), newest=3)
    with indexed.database.read() as connection:
        assert list(connection.scalars(select)) == [39, 38, 37]
        assert list(connection.scalars(sa.select(sa.func.max(select.subquery().c.id)))) == [39]
        among = sa.select(sa.literal(1)).where(sa.literal(38).in_(select), sa.literal(36).not_in(select))
        assert list(connection.scalars(among)) == [1]


def test_and_or_not(indexed: Any) -> None:
    indexed.add(ROWS)
    assert indexed.found(And((Or((Word("报价"), Word("折扣"))), Not(Word("范围"))))) == [2, 3]
    beside = And((Word("价"), Or((Word("折"), Not(Word("报"))))))
    assert indexed.found(beside) == [2]
    assert indexed.found(beside, ("content",)) == [1]
    assert indexed.found(Not(And((Not(Word("空")), Not(Word("考虑")))))) == [4, 5]
    assert indexed.found(Not(Or((Word("价"), Not(Word("考虑")))))) == [4]


def test_replaced_and_removed_texts_are_forgotten(indexed: Any) -> None:
    indexed.add(ROWS)
    indexed.replace(1, {"title": "合同"})
    indexed.replace(2, {})
    indexed.replace(9, {"title": "新的合同"})
    indexed.remove(3, 404)
    assert indexed.found(Word("报价")) == []
    assert indexed.found(Word("折扣")) == []
    assert indexed.found(Word("合同")) == [1, 9]
    indexed.search.purge(indexed.table)
    assert indexed.found(Word("合同")) == [1, 9]


@pytest.mark.parametrize("indexed", ["sqlite"], indirect=True)
def test_what_was_purged_left_no_token(indexed: Any) -> None:
    blinder = indexed.search._blinder(KEY, "sample", "note", "content")
    tail = blinder.token("再考").encode()[-6:]  # the beginning may be shared with the term before it
    folder = indexed.database.config.data

    def on_disk() -> bool:
        return any(tail in path.read_bytes() for path in folder.rglob("*") if path.is_file())

    indexed.add(ROWS)
    assert on_disk()
    indexed.remove(4)
    indexed.search.purge(indexed.table)
    assert not on_disk()
    assert indexed.found(Word("报价")) == [1, 3]


def test_a_unit_that_fails_leaves_nothing(indexed: Any) -> None:
    tokens = indexed.search.texts("sample", indexed.form).tokens({"title": "报价"})

    def work(unit: Any) -> None:
        indexed.search.index(unit, indexed.table, [(1, tokens)])
        raise ValueError

    with contextlib.suppress(ValueError):
        indexed.database.write(work)
    assert indexed.found(Word("报价")) == []


def test_preparing_again_changes_nothing(indexed: Any) -> None:
    indexed.add(ROWS)
    indexed.database.write(lambda unit: indexed.search.prepare(unit, indexed.table))
    assert indexed.found(Word("报价")) == [1, 3]


def test_random_trees_find_what_the_texts_say(indexed: Any) -> None:
    chance = random.Random(7)
    letters = "报价折扣合同再考虑"
    rows = {
        record: {"content": "".join(chance.choices(letters, k=6)), "title": chance.choice(letters)}
        for record in range(1, 200)
    }
    indexed.add(rows)
    for _ in range(60):
        tree = And((Word(chance.choice(letters)), _random(chance, letters, 3)))
        expected = [r for r, values in rows.items() if _holds(tree, list(values.values()))]
        assert indexed.found(tree) == expected, tree


def _random(chance: random.Random, letters: str, depth: int) -> Any:
    kind = chance.choice(("word", "and", "or", "not")) if depth else "word"
    if kind == "word":
        return Word("".join(chance.choices(letters, k=chance.choice((1, 2)))))
    if kind == "not":
        return Not(_random(chance, letters, depth - 1))
    parts = tuple(_random(chance, letters, depth - 1) for _ in range(2))
    return And(parts) if kind == "and" else Or(parts)


def _holds(node: Any, texts: list[str]) -> bool:
    if isinstance(node, Word):
        return any(node.text in text for text in texts)
    if isinstance(node, Not):
        return not _holds(node.node, texts)
    return (all if isinstance(node, And) else any)(_holds(part, texts) for part in node.nodes)


def test_no_word_can_be_read_on_the_disk(indexed: Any, tmp_path: Path) -> None:
    words = ("价格能不能先给个范围", "SJ2026", "Tariff", "折扣")
    indexed.add(ROWS)
    indexed.replace(4, {"content": "Tariff"})
    indexed.found(Word("报价"))
    bytes_on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for word in words:
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert word.encode(encoding) not in bytes_on_disk
            assert word.lower().encode(encoding) not in bytes_on_disk
