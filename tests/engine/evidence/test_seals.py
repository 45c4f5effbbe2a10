"""Keys on disk, seals bound to their place, and the box."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.evidence.keys import MasterKeys
from engine.evidence.seals import Box, BrokenSeal, Seals, commitment, commitments
from metamodel.problems import Rejected


def row_of(key: object) -> dict[str, object]:
    return {name: getattr(key, name) for name in ("record", "salt", "master", "wrapped")}


# -- the file ----------------------------------------------------------------------------------------
def test_the_key_file_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.json"
    made = MasterKeys.open(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert MasterKeys.open(path) == made
    assert (
        len({made.box_key, made.index_keys[-1], made.audit_key, made.signing_key, *made.wrapping.values()})
        == 5
    )
    assert "box_key" not in repr(made)


def test_a_key_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    MasterKeys.open(path)
    path.chmod(0o640)
    with pytest.raises(Rejected) as refused:
        MasterKeys.open(path)
    assert refused.value.problems[0].code == "keys.exposed"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"wrapping": {"1": "AA=="}}', '{"wrapping": []}'])
def test_a_broken_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Rejected) as refused:
        MasterKeys.open(path)
    assert refused.value.problems[0].code == "keys.unreadable"


def test_rotation_keeps_the_old_key_until_it_is_retired(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    keys = MasterKeys.open(path)
    running = Seals(keys)
    old = running.new_keys([7])[0]
    keys.rotated().save()
    again = MasterKeys.open(path)
    assert again.current == "2"
    assert Seals(again).opened(row_of(old)).key == old.key
    new = Seals(again).new_keys([8])[0]
    assert running.opened(row_of(new)).key == new.key  # a running process reads the file again
    again.rotated(without=["1"]).save()
    assert running.new_keys([9])[0].master == running.wrap(b"k" * 32, 9)[0] == "3"
    with pytest.raises(BrokenSeal):
        Seals(MasterKeys.open(path)).opened(row_of(old))
    assert path.stat().st_mode & 0o777 == 0o600


# -- records -----------------------------------------------------------------------------------------
def test_every_record_has_a_key_of_its_own(keys: MasterKeys) -> None:
    made = Seals(keys).new_keys(range(1, 101))
    assert [key.record for key in made] == list(range(1, 101))
    for part in ("key", "salt", "wrapped"):
        assert len({getattr(key, part) for key in made}) == 100
    assert {len(key.wrapped) for key in made} == {12 + 32 + 16}


def test_a_wrapped_key_belongs_to_its_record(keys: MasterKeys) -> None:
    seals = Seals(keys)
    key = seals.new_keys([7])[0]
    opened = seals.opened(row_of(key))
    assert (opened.key, opened.commitment) == (key.key, commitment(key.key))
    with pytest.raises(BrokenSeal):
        seals.unwrap(key.master, key.wrapped, 8)
    with pytest.raises(BrokenSeal):
        seals.unwrap("9", key.wrapped, 7)
    assert seals.unwrap(*seals.wrap(key.key, 9), 9) == key.key


def test_many_at_once_are_the_same_as_one_by_one(keys: MasterKeys) -> None:
    seals = Seals(keys)
    made = seals.new_keys(range(1, 40))
    wrapped = ([key.record for key in made], [key.master for key in made], [key.wrapped for key in made])
    assert seals.unwrap_all(*wrapped) == [key.key for key in made]
    assert commitments([key.key for key in made]) == [commitment(key.key) for key in made]
    sealed: dict[str, list[bytes | None]] = {
        "content": [seals.seal(key, "content", b"a") for key in made],
        "note": [None] * len(made),
    }
    seals.open_all([key.key for key in made], wrapped[0], sealed)
    for part in range(3):  # one of another record among them
        moved = [list(column) for column in wrapped]
        moved[part][7] = [8000, "9", wrapped[2][8]][part]
        with pytest.raises(BrokenSeal):
            seals.unwrap_all(*moved)  # type: ignore[arg-type]
    sealed["note"][7] = sealed["content"][7]
    with pytest.raises(BrokenSeal):
        seals.open_all([key.key for key in made], wrapped[0], sealed)


def test_a_sealed_value_belongs_to_its_record_and_field(keys: MasterKeys) -> None:
    seals = Seals(keys)
    key, other = seals.new_keys([7, 8])
    sealed = seals.seal(key, "content", "报价".encode())
    assert seals.open(key, "content", 7, sealed).decode() == "报价"
    assert seals.open(key.key, "content", 7, sealed).decode() == "报价"
    assert seals.seal(key, "content", "报价".encode()) != sealed
    for place in ((key, "note", 7), (key, "content", 8), (other, "content", 7)):
        with pytest.raises(BrokenSeal):
            seals.open(*place, sealed)


@pytest.mark.parametrize("position", [0, 11, 12, -1])
def test_any_flipped_bit_is_noticed(keys: MasterKeys, position: int) -> None:
    seals = Seals(keys)
    key = seals.new_keys([7])[0]
    sealed = bytearray(seals.seal(key, "content", b"text"))
    sealed[position] ^= 1
    with pytest.raises(BrokenSeal):
        seals.open(key, "content", 7, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(range(40)), "text", None])
def test_what_is_no_seal_at_all(keys: MasterKeys, sealed: bytes) -> None:
    seals = Seals(keys)
    with pytest.raises(BrokenSeal):
        seals.open(seals.new_keys([7])[0], "content", 7, sealed)


def test_the_box(keys: MasterKeys) -> None:
    box = Box(keys)
    value = {"text": "报价", "list": [1, None]}
    sealed = box.seal_json(value)
    assert box.open_json(sealed) == value
    assert sealed[:1] == b"\x01"
    for broken in (b"", sealed[:-1], b"\x02" + sealed[1:], Box(MasterKeys.generate()).seal(b"x")):
        with pytest.raises(BrokenSeal):
            box.open(broken)


def test_a_rotated_box_opens_what_was_there_and_seals_with_the_new_key(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    keys = MasterKeys.open(path)
    box, running = Box(keys), Box(MasterKeys.open(path))
    old, mark = box.seal(b"before", b"place"), box.fingerprint(b"message")
    keys.rotated(kinds=("box",), now=5).save()
    new = Box(MasterKeys.open(path))
    assert (new.open(old, b"place"), new.fingerprint(b"message")) == (b"before", mark)
    sealed = new.seal(b"after", b"place")
    assert sealed[:1] == b"\x02"
    assert running.open(sealed, b"place") == b"after"  # a running process looks for a key it does not know
    assert running.seal(b"x")[:1] == b"\x02"
    for touched in (b"\x01" + sealed[1:], b"\x03" + sealed[1:]):
        with pytest.raises(BrokenSeal):
            new.open(touched, b"place")


def test_the_audit_key_is_told_by_the_time() -> None:
    keys = MasterKeys.generate()
    later = keys.rotated(kinds=("audit",), now=100, ahead=10).rotated(kinds=("audit",), now=200, ahead=10)
    found = [later.audit_at(moment) for moment in (0, 109, 110, 209, 210, 10**18)]
    first, second, third = (one.key for one in later.rings["audit"])
    assert found == [first, first, second, second, third, third]
    assert later.audit_key == keys.audit_key == first
    assert MasterKeys.parse(later.text()) == later
    assert [one.since for one in MasterKeys.parse(later.text()).rings["audit"]] == [0, 110, 210]


def test_the_signing_key_stays() -> None:
    keys = MasterKeys.generate()
    assert keys.rotated(kinds=("signing",)).public_key == keys.public_key
