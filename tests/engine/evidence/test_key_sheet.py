"""The recovery sheet gives the keys back, and names the line that was mistyped."""

from __future__ import annotations

import base64

import pytest

from engine.database import Database
from engine.evidence.key_copies import KeyCopies
from engine.evidence.key_sheet import _line, from_sheet, sheet_lines
from engine.evidence.keys import ROTATED, SINGLE, MasterKeys
from metamodel.problems import Rejected


@pytest.mark.parametrize("rotations", [0, 1, 5])
def test_a_sheet_gives_the_keys_back(rotations: int) -> None:
    keys = MasterKeys.generate(now=7)
    for number in range(rotations):
        keys = keys.rotated(kinds=ROTATED, now=1_800_000_000_000_000 + number)
    lines = sheet_lines(keys)
    back = from_sheet("\n".join(lines))
    assert (back, back.text(), back.check_code) == (keys, keys.text(), keys.check_code)
    typed = [f"  {line.lower().replace('  ', ' . ')} " for line in reversed(lines)]
    assert from_sheet("\n".join(["Recovery sheet of ACME", *typed, "signed, 2026"])) == keys


def test_a_sheet_of_the_first_format_is_still_read() -> None:
    """As it was printed before keys had moments: 12 lines, all keys one byte over and over."""
    packed = bytes([1, 0, 2, 1, 0, 2]) + b"".join(bytes([number]) * 32 for number in (9, 1, 2, 3, 4))
    letters = base64.b32encode(packed).decode().rstrip("=")
    pieces = [letters[start : start + 24] for start in range(0, len(letters), 24)]
    keys = from_sheet("\n".join(_line(number, piece) for number, piece in enumerate(pieces, 1)))
    assert (keys.current, keys.wrapping, keys.ages()["master"]) == ("2", {"2": b"\x09" * 32}, 0)
    assert [keys.rings[kind][0].key[0] for kind in SINGLE] == [1, 2, 3, 4]


def test_a_mistyped_line_is_named() -> None:
    lines = sheet_lines(MasterKeys.generate())
    wrong = lines[4][:-12] + ("A" if lines[4][-12] != "A" else "B") + lines[4][-11:]
    assert refusal([*lines[:4], wrong, *lines[5:]]) == [("keys.bad_line", 5)]
    assert refusal([*lines[:2], *lines[3:]]) == [("keys.bad_line", 3)]
    assert refusal(lines[:-1]) == refusal(["nothing"]) == [("keys.bad_sheet", None)]


def refusal(lines: list[str]) -> list[tuple[str, int | None]]:
    with pytest.raises(Rejected) as refused:
        from_sheet("\n".join(lines))
    return [(found.code, found.params.get("number")) for found in refused.value.problems]


def test_a_copy_is_confirmed_by_its_code_and_a_rotation_asks_for_another(database: Database) -> None:
    keys = [MasterKeys.generate()]
    copies = KeyCopies(database, lambda: keys[0])
    assert copies.confirmed_at() is None
    for code, place, problem in (
        ("AAAA-AAAA", "safe", "keys.other_code"),
        (copies.code, " ", "keys.no_place"),
    ):
        with pytest.raises(Rejected) as refused:
            database.write(lambda unit, c=code, p=place: copies.confirm(unit, "it01", c, p))  # type: ignore[misc]
        assert refused.value.problems[0].code == problem
    database.write(lambda unit: copies.confirm(unit, "it01", copies.code.lower().replace("-", " "), "保险柜"))
    (copy,) = copies.confirmed()
    assert (copy.by, copy.place, copies.confirmed_at()) == ("it01", "保险柜", copy.at)
    keys[0] = keys[0].rotated()
    assert copies.confirmed() == []
