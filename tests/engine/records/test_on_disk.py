"""What the database holds of a record is shown as it lies there, and to nobody more than he may read."""

from __future__ import annotations

import pytest

from engine.access.viewer import SYSTEM
from engine.records.on_disk import OnDisk, Part, Piece
from engine.runtime import Runtime
from metamodel.problems import Rejected

SECRET = "这封信的正文不该有人读到"


@pytest.fixture
def letter(office: Runtime) -> str:
    zhou = office.require_viewer("zhou")
    (client,) = office.records.create(zhou, "office", "client", [{"name": "恒锐", "mobile": "13800001111"}])
    row = {"subject": "询价", "body": SECRET, "client": client, "tags": ["急"]}
    return office.records.create(SYSTEM, "office", "letter", [row])[0]


def part(found: OnDisk, name: str) -> Part:
    return next(one for one in found.parts if one.name == name)


def pieces(found: OnDisk) -> dict[str, Piece]:
    (row,) = part(found, "row").rows
    return {piece.field or piece.column: piece for piece in row}


def test_sealed_is_sealed_and_plain_is_plain(office: Runtime, letter: str) -> None:
    found = office.records.disk.look(SYSTEM, letter)
    shown = pieces(found)
    assert (found.app, found.form, found.record) == ("office", "letter", int(letter))
    assert shown["body"].kind == "sealed"
    assert shown["body"].size == len(SECRET.encode()) + 28
    assert (shown["subject"].kind, shown["subject"].content) == ("plain", "询价")
    assert (shown["tags"].kind, shown["tags"].content) == ("plain", '["急"]')
    assert SECRET not in repr(found)
    (key,) = part(found, "key").rows
    assert [(piece.column, piece.kind, piece.size) for piece in key if piece.content and piece.size > 8] == [
        ("salt", "random", 16),
        ("wrapped", "sealed", 60),
    ]
    (leaf,) = part(found, "leaf").rows
    assert {piece.column for piece in leaf if piece.kind == "hash"} == {"hash", "evidence", "working"}
    assert part(found, "index").rows
    assert not part(found, "file").rows


@pytest.mark.parametrize(("person", "seen"), [("fang", set()), ("ye", {"subject"}), ("lu", {"subject"})])
def test_nobody_reads_here_what_he_may_not_read(
    office: Runtime, letter: str, person: str, seen: set[str]
) -> None:
    """Fang has no role at all, as an administrator may have none; Ye may read the subject, not the body."""
    shown = pieces(office.records.disk.look(office.require_viewer(person), letter))
    plain = {name for name in ("subject", "client", "tags") if shown[name].kind == "plain"}
    assert plain >= seen
    assert bool(seen) or plain == set()
    kept = shown["subject"] if not seen else shown["body"]
    assert (kept.kind, kept.content) in [("kept_back", ""), ("sealed", kept.content)]
    assert SECRET not in kept.content


def test_it_is_noted(office: Runtime, letter: str) -> None:
    office.records.disk.look(office.require_viewer("fang"), letter)
    with office.database.read() as connection:
        (entry, *_) = office.audit.of_record(connection, int(letter))
    assert (entry.person, entry.action) == ("fang", "bytes.show")


@pytest.mark.parametrize("record", ["0", "999999", "x", "٣", "1" * 30, "-1", ""])
def test_what_is_no_record(office: Runtime, record: str) -> None:
    with pytest.raises(Rejected) as refused:
        office.records.disk.look(SYSTEM, record)
    assert refused.value.problems[0].code == "record.unknown"
