"""Keys and a ledger over the test's database."""

from __future__ import annotations

import pytest

from engine.database import Database
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LeafEntry
from engine.evidence.ledger import Ledger
from engine.evidence.seals import Seals


@pytest.fixture
def keys() -> MasterKeys:
    return MasterKeys.generate()


@pytest.fixture
def seals(keys: MasterKeys) -> Seals:
    return Seals(keys)


@pytest.fixture
def ledger(database: Database, keys: MasterKeys) -> Ledger:
    return Ledger(database, keys, "example.org/archive")


def some_entry(record: int, kind: str = "create", revision: int = 1) -> LeafEntry:
    digest = record.to_bytes(32, "big")
    return LeafEntry(kind, record, revision, "archive", "message", 3, 1_795_000_000_000_000, digest, digest)


def append(database: Database, ledger: Ledger, records: range) -> None:
    database.write(lambda unit: ledger.append(unit, "records", [some_entry(n) for n in records]))
