"""Finding records by what they hold: many keys in one statement, blanks among them, times around them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.matching import Within, find_ids, key_of
from engine.runtime import Runtime
from metamodel.problems import Rejected


def find(office: Runtime, *matches: dict[str, Any], form: str = "client") -> list[list[int]]:
    program = office.programs.get("office", form)
    keys = [key_of(program, match) for match in matches]
    with office.database.read() as connection:
        found = find_ids(connection, program, list(matches[0]), set(keys))
    return [found.get(key, []) for key in keys]


def clients(office: Runtime, *values: dict[str, Any]) -> list[int]:
    return [int(made) for made in office.records.create(SYSTEM, "office", "client", values)]


def test_newest_first_blanks_equal_blanks(office: Runtime) -> None:
    a, b, c, d = clients(
        office, {"name": "甲", "level": "a"}, {"name": "甲", "level": "a"}, {"name": "甲"}, {"name": "乙"}
    )
    assert find(office, {"name": "甲", "level": "a"}, {"name": "甲", "level": None}, {"name": "丙", "level": "a"}) == [
        [b, a], [c], [],
    ]  # fmt: skip
    assert find(office, {"level": None}) == [[d, c]]


def test_many_keys_at_once(office: Runtime) -> None:
    made = clients(office, *({"name": f"n{number}"} for number in range(900)))
    assert find(office, *({"name": f"n{number}"} for number in range(900))) == [[one] for one in made]


def test_numbers_and_links(office: Runtime) -> None:
    (client,) = clients(office, {"name": "甲", "price": "12.50"})
    (letter,) = office.records.create(SYSTEM, "office", "letter", [{"subject": "信", "client": str(client)}])
    program = office.programs.get("office", "client")
    price = program.fields["price"].field
    assert price.type is not None
    assert find(office, {"price": price.type.parse("12.5", price)}) == [[client]]
    assert find(office, {"client": str(client)}, form="letter") == [[int(letter)]]


@pytest.mark.parametrize("field", ["mobile", "letters", "nowhere"])
def test_nothing_is_found_by_sealed_or_computed_fields(office: Runtime, field: str) -> None:
    with pytest.raises(Rejected):
        find(office, {field: "1"})


def test_within_a_time_needs_times(office: Runtime) -> None:
    program, now = office.programs.get("office", "client"), datetime(2026, 11, 20, tzinfo=UTC)
    with office.database.read() as connection, pytest.raises(Rejected):
        find_ids(connection, program, ["name"], {("甲",)}, Within("mobile", "nowhere", now, now))
