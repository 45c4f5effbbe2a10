"""Another id for a field: everything that names it follows, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import load
from metamodel.plugin_api import Registry
from metamodel.renaming import renamed_field
from tests.metamodel.test_changes import BASE


@pytest.fixture
def after(registry: Registry) -> dict[str, Any]:
    """`level` of a customer is called `rank` now."""
    app, _ = load(BASE, registry)
    assert app is not None
    return dict(renamed_field(app, "customer", "level", "rank"))


def test_what_names_the_field_follows(after: dict[str, Any]) -> None:
    customer, visit = after["forms"]
    assert [field["id"] for field in customer["fields"]] == ["name", "rank", "note"]
    assert customer["fields"][2]["visible"] == "rank == 'a'"
    assert customer["views"][0]["columns"] == ["name", "rank"]
    assert visit["fields"][1]["options"] == {"through": "customer", "field": "rank"}
    assert after["rules"][0]["if"] == "customer.rank == 'a'"


def test_what_only_looks_like_it_stays(after: dict[str, Any]) -> None:
    assert after["forms"][1]["fields"][1]["id"] == "level"  # another form's
    assert BASE["forms"][0]["fields"][1]["id"] == "level"  # nothing changes in place


@pytest.mark.parametrize(
    ("form", "old", "look"),
    [
        ({"title": "{amount} amount"}, "amount", lambda form: form["title"] == "{total} amount"),
        ({"layout": [{"kind": "section", "fields": ["amount", {"field": "amount2"}]}]}, "amount",
         lambda form: form["layout"][0]["fields"] == ["total", {"field": "amount2"}]),
        ({"search": {"amount": "amount"}}, "amount", lambda form: form["search"] == {"amount": "total"}),
        ({}, "amount", lambda form: form["fields"][1]["valid"] == "total > 0 and why != 'amount' and x.amount"),
        ({}, "amount", lambda form: form["fields"][2]["options"]["choices"][0]["value"] == "amount"),
        ({}, "lines.amount", lambda form: form["fields"][3]["fields"][0]["id"] == "total"),
    ],
)  # fmt: skip
def test_places_of_a_form(registry: Registry, form: dict[str, Any], old: str, look: Any) -> None:
    fields = [
        {"id": "amount", "type": "money"},
        {"id": "why", "type": "text", "valid": "amount > 0 and why != 'amount' and x.amount"},
        {"id": "pick", "type": "select", "options": {"choices": [{"value": "amount"}]}},
        {"id": "lines", "type": "sub_form", "fields": [{"id": "amount", "type": "money"}]},
    ]
    document = {"muniment": 1, "app": {"id": "a"}, "forms": [{"id": "deal", "fields": fields, **form}]}
    app, _ = load(document, registry)
    assert app is not None
    assert look(renamed_field(app, "deal", old, "total")["forms"][0])
