"""A button that opens another form filled in from its record; nothing is written before somebody saves."""

from __future__ import annotations

from typing import Any

import pytest

from engine.runtime import Runtime
from tests.engine.rules.desk import client, desk, publish, rows

OPEN: dict[str, Any] = {
    "id": "reply", "when": {"trigger": "button", "form": "client", "label": "写信", "where": "level != 'b'"},
    "then": [{"action": "open_form", "with": {
        "form": "client", "values": {"name": "name + '（续）'", "price": "price", "tags": "tags", "due": "due"},
        "link": "parent",
    }}],
}  # fmt: skip


def test_a_button_opens_a_form_filled_in_and_linked_back(office: Runtime) -> None:
    publish(office, OPEN)
    record = client(office, price="12.5", tags=["甲", "乙"], owner="zhou")
    zhou = office.require_viewer("zhou")
    opened = office.rules.press(zhou, "office", "reply", record)
    assert opened is not None
    assert (opened.app, opened.form) == ("office", "client")
    assert opened.values == {"name": "恒锐（续）", "price": "12.50", "tags": ["甲", "乙"], "parent": record}
    assert len(rows(office, "client")) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"when": {"trigger": "record_created", "form": "client"}}, "rule.wrong_event"),
        (
            {"then": [{"action": "open_form", "with": {"form": "client", "values": {"note": "mobile"}}}]},
            "sealed",
        ),
        ({"then": [{"action": "open_form", "with": {"form": "nothing"}}]}, "rule.unknown_form"),
        ({"then": [{"action": "open_form", "with": {"form": "client", "link": "name"}}]}, "rule.not_a_link"),
    ],
)
def test_what_makes_no_sense_is_told(office: Runtime, rule: dict[str, Any], code: str) -> None:
    from metamodel.application import load

    _, found = load(desk({**OPEN, **rule}), office.registry)
    assert any(code in one.code for one in found if one.severity == "error"), found
