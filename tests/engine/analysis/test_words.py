"""The sealed dictionary: words by number, pairs in plain, nothing readable in the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.analysis import Analysis
from engine.database import Database
from engine.evidence.keys import MasterKeys
from engine.evidence.seals import Box
from engine.system_tables import record_words, words


def made(config: Any, database: Database) -> Analysis:
    return Analysis(database, Box(MasterKeys.open(config.master_key)))


def stored(analysis: Analysis, database: Database, found: dict[int, dict[str, int]]) -> None:
    database.write(lambda unit: analysis.store(unit, found))


def test_words_come_back_for_their_numbers(config: Any, database: Database) -> None:
    analysis = made(config, database)
    stored(analysis, database, {1: {"合同": 2, "价格": 1}, 2: {"合同": 1}})
    with database.read() as connection:
        pairs = connection.execute(sa.select(record_words).order_by(record_words.c.record)).all()
        assert sorted((row.record, row.uses) for row in pairs) == [(1, 1), (1, 2), (2, 1)]
        numbers = {row.word for row in pairs}
        assert sorted(analysis.words(connection, numbers).values()) == ["价格", "合同"]
        assert analysis.of_records(connection, [1, 2]) == {1: {"合同": 2, "价格": 1}, 2: {"合同": 1}}
        assert analysis.words(connection, [999_999]) == {}


def test_a_word_has_one_number_whoever_meets_it(config: Any, database: Database) -> None:
    first, second = made(config, database), made(config, database)
    stored(first, database, {1: {"合同": 1}})
    stored(second, database, {2: {"合同": 1, "发票": 1}})
    stored(first, database, {3: {"发票": 1}})
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(words)) == 2
        assert first.of_records(connection, [2, 3]) == {2: {"合同": 1, "发票": 1}, 3: {"发票": 1}}


def test_a_new_look_takes_the_place_of_the_old_one(config: Any, database: Database) -> None:
    analysis = made(config, database)
    stored(analysis, database, {1: {"合同": 1}, 2: {"合同": 1}})
    stored(analysis, database, {1: {"发票": 3}, 2: {}})
    with database.read() as connection:
        assert analysis.of_records(connection, [1, 2]) == {1: {"发票": 3}}


def test_shredding_takes_the_pairs_along(config: Any, database: Database) -> None:
    analysis = made(config, database)
    stored(analysis, database, {1: {"合同": 1}, 2: {"合同": 1}})
    database.write(lambda unit: analysis.forget(unit, [1]))
    with database.read() as connection:
        assert analysis.of_records(connection, [1, 2]) == {2: {"合同": 1}}


def test_what_was_rolled_back_is_not_remembered(config: Any, database: Database) -> None:
    analysis = made(config, database)

    def fails(unit: Any) -> None:
        analysis.store(unit, {1: {"合同": 1}})
        raise RuntimeError

    try:
        database.write(fails)
    except RuntimeError:
        stored(analysis, database, {2: {"合同": 1}})
    with database.read() as connection:
        assert analysis.of_records(connection, [1, 2]) == {2: {"合同": 1}}


def test_many_words_at_once(config: Any, database: Database) -> None:
    analysis = made(config, database)
    found = {record: {f"词{record}_{n}": n + 1 for n in range(30)} for record in range(1, 60)}
    stored(analysis, database, found)
    with database.read() as connection:
        assert analysis.of_records(connection, list(found)) == found


def test_nothing_in_the_database_can_be_read(config: Any, database: Database) -> None:
    stored(made(config, database), database, {1: {"私下转账": 1}})
    with database.read() as connection:
        row = connection.execute(sa.select(words)).one()
    assert "私下转账".encode() not in bytes(row.word_sealed)
    assert bytes(row.key) != "私下转账".encode()


def test_numbers_do_not_tell_the_order_of_words(config: Any, database: Database) -> None:
    """New words are numbered by their keyed fingerprints."""
    analysis = made(config, database)
    sentence = [f"词{number}" for number in range(20)]
    stored(analysis, database, {1: dict.fromkeys(sentence, 1)})
    with database.read() as connection:
        rows = connection.execute(sa.select(words).order_by(words.c.id)).all()
    assert [bytes(row.key) for row in rows] == sorted(bytes(row.key) for row in rows)
