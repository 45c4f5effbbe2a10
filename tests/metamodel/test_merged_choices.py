"""Choices that went into others: read and written as those; what still asks for the old one is told."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import load
from metamodel.plugin_api import BadValue, Display, Registry

KINDS = [{"value": "old", "label": "旧", "into": "new"}, {"value": "new", "label": "新"}, {"value": "x"}]


def document(choices: list[dict[str, Any]], **form: Any) -> dict[str, Any]:
    fields = [
        {"id": "kind", "type": "select", "label": "类", "options": {"choices": choices}},
        {"id": "why", "type": "text", "label": "因", "visible": form.pop("visible", "kind == 'new'")},
    ]
    return {
        "muniment": 1,
        "app": {"id": "a", "label": "a"},
        "forms": [{"id": "f", "label": "f", "fields": fields, **form}],
    }


def test_it_is_read_and_written_as_the_other(registry: Registry) -> None:
    app, _ = load(document(KINDS), registry)
    assert app is not None
    field = app.forms[0].fields[0]
    assert field.type is not None
    for sent in ("old", "旧", "new", "新"):
        assert field.type.parse(sent, field) == "new"
    assert field.type.display("old", field, Display()) == "新"
    assert field.type.search_text("old", field) == "新"
    assert [choice.value for choice in field.type.choices(field)] == ["new", "x"]
    with pytest.raises(BadValue):
        field.type.parse("gone", field)


@pytest.mark.parametrize(
    ("into", "wrong"), [("new", False), ("nothing", True), ("old", True), ("chain", True)]
)
def test_it_goes_into_one_that_is_offered(registry: Registry, into: str, wrong: bool) -> None:
    choices = [{"value": "old", "into": into}, {"value": "new"}, {"value": "chain", "into": "new"}]
    _, problems = load(document(choices), registry)
    assert [one.path for one in problems if one.code == "field.choice_into"] == (
        ["/forms/0/fields/0/options/choices/0/into"] if wrong else []
    )


@pytest.mark.parametrize(
    ("visible", "told"),
    [
        ("kind == 'old'", True),
        ('kind in ["new", "old"]', True),
        ("kind == 'new'", False),
        ("why == 'old'", False),
    ],
)
def test_who_still_asks_for_it_is_told(registry: Registry, visible: str, told: bool) -> None:
    _, problems = load(document(KINDS, visible=visible), registry)
    found = [(one.path, one.severity) for one in problems if one.code == "choice.merged_named"]
    assert found == ([("/forms/0/fields/1/visible", "warning")] if told else [])
