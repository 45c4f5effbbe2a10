"""Words of records: (record, word number, uses) in plain, the words themselves sealed.

The numbers can be counted, joined and grouped by the database; what they mean is opened for
display only. A word is known again by its keyed fingerprint. New words of a batch get their numbers
in the order of their fingerprints, so that a number says nothing about a place in a text.
Rules write here, reports read, shredding forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa

from engine.database import Database, Unit, driver
from engine.evidence.seals import Box
from engine.system_tables import counters, record_words, words

T = TypeVar("T")
CHUNK = 500
REMEMBERED = 50_000
SHREDDED = "words_shredded"
_LOCK = 0x6D756E690210
_LOCKS = {name: f"SELECT {name}(%s)" for name in ("pg_advisory_xact_lock", "pg_advisory_xact_lock_shared")}
_SHREDDED = sa.select(counters.c.value).where(counters.c.name == SHREDDED)
_KNOWN = sa.select(words.c.key, words.c.id).where(words.c.key.in_(sa.bindparam("keys", expanding=True)))
_SEALED = sa.select(words.c.id, words.c.key, words.c.word_sealed).where(
    words.c.id.in_(sa.bindparam("ids", expanding=True))
)
_NEW = "INSERT INTO words (id, key, word_sealed) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"


class Analysis:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box
        self._opened: dict[int, str] = {}
        self._numbers: dict[str, int] = {}  # of words that are committed
        self._shredded = 0  # how often words were taken out of the dictionary

    # -- writing -----------------------------------------------------------------------------------

    def store(self, unit: Unit, found: Mapping[int, Mapping[str, int]], *, new: bool = False) -> None:
        """The words of these records, in place of what was known of them; `new`: nothing was."""
        if not new:
            self.forget(unit, found)
        numbers = self._numbered(unit, {word for counts in found.values() for word in counts})
        rows = [
            (record, number, uses)
            for record, counts in found.items()
            for number, uses in sorted((numbers[word], uses) for word, uses in counts.items())
        ]
        self._database.insert_many(unit.connection, record_words, rows, ("record", "word", "uses"))

    def forget(self, unit: Unit, records: Iterable[int]) -> None:
        """Records that are shredded, or about to be looked at again, hold no words."""
        for some in _chunks(list(records)):
            unit.connection.execute(record_words.delete().where(record_words.c.record.in_(some)))

    def shred(self, unit: Unit, records: Sequence[int]) -> None:
        """The words of these records, and out of the dictionary those that now stand nowhere."""
        self._guard(unit, alone=True)
        asked = sa.select(record_words.c.word).where(record_words.c.record.in_(records)).distinct()
        theirs = list(unit.connection.scalars(asked))
        self.forget(unit, records)
        used = sa.exists().where(record_words.c.word == words.c.id)
        for some in _chunks(theirs):
            unit.connection.execute(words.delete().where(words.c.id.in_(some), ~used))
        if theirs:
            self._database.signal(unit, SHREDDED)

    def _guard(self, unit: Unit, *, alone: bool = False) -> None:
        """Numbers somebody remembers are good as long as no word was taken out of the dictionary."""
        if self._database.dialect == "postgresql":
            lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
            driver(unit.connection).execute(_LOCKS[lock], (_LOCK,))
        shredded = unit.connection.scalar(_SHREDDED) or 0
        if shredded != self._shredded:
            self._numbers, self._opened, self._shredded = {}, {}, shredded

    def _numbered(self, unit: Unit, wanted: Iterable[str]) -> Mapping[str, int]:
        """The numbers of these words; unknown ones join the dictionary."""
        if "words" not in unit.notes:
            self._guard(unit)
        here: dict[str, int] = unit.notes.setdefault("words", {})
        missing = {
            self._box.fingerprint(word.encode()): word
            for word in wanted
            if word not in here and self._remember(word, here) is None
        }
        if missing:
            here.update(self._known(unit.connection, missing))
            unknown = sorted(key for key, word in missing.items() if word not in here)
            if unknown:
                self._add(unit, {key: missing[key] for key in unknown})
                here.update(self._known(unit.connection, missing))
            unit.after_commit(lambda: self._keep(here))
        return here

    def _remember(self, word: str, here: dict[str, int]) -> int | None:
        number = self._numbers.get(word)
        if number is not None:
            here[word] = number
        return number

    def _keep(self, numbers: Mapping[str, int]) -> None:
        if len(self._numbers) > REMEMBERED:
            self._numbers = {}
        self._numbers.update(numbers)

    def _known(self, connection: sa.Connection, missing: Mapping[bytes, str]) -> Iterator[tuple[str, int]]:
        for some in _chunks(list(missing)):
            for key, number in connection.execute(_KNOWN, {"keys": some}):
                yield missing[bytes(key)], number

    def _add(self, unit: Unit, unknown: Mapping[bytes, str]) -> None:
        """Another process may add the same word at the same time: then its number counts."""
        ids = self._database.take_ids(unit.connection, len(unknown))
        rows = [
            (identifier, key, self._box.seal(word.encode(), key))
            for identifier, (key, word) in zip(ids, unknown.items(), strict=True)
        ]
        self._database.execute_many(unit.connection, _NEW, rows)

    # -- reading -----------------------------------------------------------------------------------

    def words(self, connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
        """Numbers and the words they stand for, opened; for display."""
        wanted = set(ids)
        missing = wanted - self._opened.keys()
        if len(self._opened) > REMEMBERED:
            self._opened = {}
            missing = wanted
        for some in _chunks(sorted(missing)):
            for number, key, sealed in connection.execute(_SEALED, {"ids": some}):
                self._opened[number] = self._box.open(sealed, bytes(key)).decode()
        return {number: self._opened[number] for number in wanted if number in self._opened}

    def of_records(self, connection: sa.Connection, records: Sequence[int]) -> dict[int, dict[str, int]]:
        """The words of these records and how often each stands there."""
        rows = [
            row
            for some in _chunks(list(records))
            for row in connection.execute(sa.select(record_words).where(record_words.c.record.in_(some)))
        ]
        names = self.words(connection, {row.word for row in rows})
        found: dict[int, dict[str, int]] = {}
        for row in rows:
            found.setdefault(row.record, {})[names[row.word]] = row.uses
        return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
