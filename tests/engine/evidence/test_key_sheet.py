"""The recovery sheet gives the keys back, and names the line that was mistyped."""

from __future__ import annotations

import pytest

from engine.database import Database
from engine.evidence.key_copies import KeyCopies
from engine.evidence.key_sheet import from_sheet, sheet_lines
from engine.evidence.keys import MasterKeys
from metamodel.problems import Rejected


@pytest.mark.parametrize("rotations", [0, 1, 5])
def test_a_sheet_gives_the_keys_back(rotations: int) -> None:
    keys = MasterKeys.generate()
    for _ in range(rotations):
        keys = keys.rotated()
    lines = sheet_lines(keys)
    assert from_sheet("\n".join(lines)) == keys
    typed = [f"  {line.lower().replace('  ', ' . ')} " for line in reversed(lines)]
    assert from_sheet("\n".join(["Recovery sheet of ACME", *typed, "signed, 2026"])) == keys


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
