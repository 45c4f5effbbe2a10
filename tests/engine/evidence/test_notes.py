"""Checkpoints: their text, their signature, and what is refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.evidence import notes
from engine.evidence.notes import BadNote, Checkpoint

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNER.public_key().public_bytes_raw()
ORIGIN = "example.org/archive/records"
POINT = Checkpoint(ORIGIN, 12, bytes(32), 1_795_000_000_000_000, 7)


def test_the_lines_of_a_note() -> None:
    lines = notes.sign(POINT, SIGNER).split("\n")
    assert lines[:6] == [
        ORIGIN, "12", base64.b64encode(bytes(32)).decode(), "time 1795000000000000", "previous 7", "",
    ]  # fmt: skip
    dash, name, signature = lines[6].split(" ")
    assert (dash, name) == ("—", ORIGIN)
    assert base64.b64decode(signature)[:4] == notes.key_id(ORIGIN, PUBLIC)


def test_a_key_id_others_computed() -> None:
    """The example key of the note format's reference implementation, golang.org/x/mod/sumdb/note."""
    name, identity, key = "PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    public = base64.b64decode(key)[1:]
    assert notes.verifier_key(name, public) == f"{name}+{identity}+{key}"


def test_what_was_signed_is_read() -> None:
    assert notes.read(notes.sign(POINT, SIGNER), ORIGIN, PUBLIC) == POINT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n12\n", "\n13\n"),
        ("AAAA", "AAAB"),
        ("time 1", "time 2"),
        ("previous 7", "previous 6"),
        (ORIGIN, "example.org/archive/audit"),
        ("— ", "- "),
        ("\n\n", "\n"),
    ],
)
def test_any_change_is_noticed(old: str, new: str) -> None:
    note = notes.sign(POINT, SIGNER)
    assert old in note
    with pytest.raises(BadNote):
        notes.read(note.replace(old, new, 1), ORIGIN, PUBLIC)


def test_a_note_of_another_log_or_key_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    with pytest.raises(BadNote):
        notes.read(notes.sign(POINT, other), ORIGIN, PUBLIC)
    with pytest.raises(BadNote):
        notes.read(notes.sign(POINT, SIGNER), "example.org/other/records", PUBLIC)
    with pytest.raises(BadNote):
        notes.read("", ORIGIN, PUBLIC)


def test_others_may_sign_beside() -> None:
    note = notes.sign(POINT, SIGNER) + "— witness.example AAAAAAAA\n"
    assert notes.read(note, ORIGIN, PUBLIC) == POINT
