"""Plans are pure: what the catalog has and what the app needs give the steps and the refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.migrate import Plan, plan
from engine.tables import Entry, Shape, has_column, physical_name, shape_of
from metamodel.application import App
from tests.engine.stored_apps import AMOUNT, BODY, LEVEL, NAME, SENT, TAGS, document, form

AppFrom = Callable[[Mapping[str, Any]], App]


def entries_of(app: App) -> list[Entry]:
    """The catalog as it is after publishing this app first."""
    found: list[Entry] = []

    def add(form: str, field: str, shape: Shape) -> None:
        number = len(found) + 1
        found.append(Entry(number, app.id, form, field, shape, physical_name(number, field), "active"))

    for one in app.forms:
        add(one.id, "", Shape(kind=one.kind))
        for field in one.fields:
            if has_column(field):
                add(one.id, field.id, shape_of(field))
    return found


def steps(made: Plan) -> list[tuple[str, str, str]]:
    return [(step.name, step.form, getattr(step, "field", "")) for step in made.steps]


def codes(made: Plan) -> list[tuple[str, str]]:
    return [(found.path, found.code) for found in made.problems]


@pytest.fixture
def change(app_from: AppFrom) -> Callable[..., Plan]:
    """`change(before, after, rows=0)`: the plan from the one form to the other."""

    def made(before: dict[str, Any], after: dict[str, Any], rows: int = 0) -> Plan:
        entries = entries_of(app_from(document(before)))
        return plan(app_from(document(after)), entries, {"order": rows})

    return made


def test_a_new_app_is_made_form_by_form(app_from: AppFrom) -> None:
    app = app_from(document(form("order", NAME, AMOUNT), form("line", NAME)))
    made = plan(app, [], {})
    assert steps(made) == [
        ("create_form", "order", ""),
        ("add_field", "order", "name"),
        ("add_field", "order", "amount"),
        ("create_form", "line", ""),
        ("add_field", "line", "name"),
    ]
    assert made.possible


def test_the_same_app_needs_nothing(change: Any) -> None:
    assert steps(change(form("order", NAME, LEVEL, TAGS), form("order", NAME, LEVEL, TAGS), 5)) == []


def test_a_new_label_or_choice_needs_nothing(change: Any) -> None:
    wider = {**LEVEL, "label": "等级", "options": {"choices": [{"value": "c", "label": "丙"}]}}
    renamed = form("order", {**NAME, "label": "客户", "required": True, "help": "x"}, wider)
    assert steps(change(form("order", NAME, LEVEL), renamed, 5)) == []


def test_fields_and_forms_are_added_and_parked(app_from: AppFrom) -> None:
    before = entries_of(app_from(document(form("order", NAME, AMOUNT), form("line", NAME))))
    made = plan(app_from(document(form("order", NAME, LEVEL))), before, {"order": 9, "line": 9})
    assert steps(made) == [
        ("add_field", "order", "level"),
        ("park_field", "order", "amount"),
        ("park_form", "line", ""),
    ]


def test_what_comes_back_is_restored(app_from: AppFrom) -> None:
    app = app_from(document(form("order", NAME, AMOUNT)))
    parked = [
        replace(e, state="parked") if e.field == "amount" or not e.field else e for e in entries_of(app)
    ]
    assert steps(plan(app, parked, {"order": 3})) == [
        ("restore_form", "order", ""),
        ("restore_field", "order", "amount"),
    ]


def test_what_comes_back_as_something_else_is_new(app_from: AppFrom) -> None:
    entries = entries_of(app_from(document(form("order", NAME, AMOUNT))))
    parked = [replace(e, state="parked") if e.field == "amount" else e for e in entries]
    made = plan(app_from(document(form("order", NAME, {**AMOUNT, "type": "decimal"}))), parked, {"order": 3})
    assert steps(made) == [("add_field", "order", "amount")]


@pytest.mark.parametrize(("rows", "copies"), [(0, False), (2, True)])
def test_another_type_is_another_column(change: Any, rows: int, copies: bool) -> None:
    made = change(form("order", {**NAME, "id": "level"}), form("order", LEVEL), rows)
    assert steps(made) == [("replace_field", "order", "level")]
    assert made.steps[0].copies is copies


def test_other_decimals_are_another_column(change: Any) -> None:
    price = {"id": "price", "type": "decimal", "label": "价", "options": {"places": 2}}
    finer = {**price, "options": {"places": 4}}
    assert steps(change(form("order", price), form("order", finer), 1)) == [
        ("replace_field", "order", "price")
    ]


def test_a_link_to_another_form_brings_no_values(app_from: AppFrom) -> None:
    link = {"id": "to", "type": "link", "label": "至", "options": {"form": "a"}}
    other = {**link, "options": {"form": "b"}}
    before = entries_of(app_from(document(form("order", link), form("a", NAME), form("b", NAME))))
    made = plan(
        app_from(document(form("order", other), form("a", NAME), form("b", NAME))), before, {"order": 1}
    )
    assert steps(made) == [("replace_field", "order", "to")]
    assert made.to_json()["steps"] == [
        {"step": "replace_field", "form": "order", "field": "to", "copies": False}
    ]


def test_becoming_unique_is_another_index(change: Any) -> None:
    assert steps(change(form("order", NAME), form("order", {**NAME, "unique": True}), 1)) == [
        ("reshape_field", "order", "name")
    ]


ARCHIVE = form("order", SENT, BODY, TAGS, kind="archive")


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        (form("order", NAME, kind="archive"), form("order", NAME), ("/forms/0/kind", "form.kind_fixed")),
        (form("order", NAME), form("order", NAME, kind="archive"), ("/forms/0/kind", "form.kind_fixed")),
        (
            ARCHIVE,
            form("order", {**SENT, "evidence": False}, BODY, TAGS, kind="archive"),
            ("/forms/0/fields/0/evidence", "field.evidence_fixed"),
        ),
        (
            ARCHIVE,
            form("order", SENT, {**BODY, "sealed": False}, TAGS, kind="archive"),
            ("/forms/0/fields/1/sealed", "field.sealed_fixed"),
        ),
        (
            ARCHIVE,
            form("order", {**SENT, "type": "date"}, BODY, TAGS, kind="archive"),
            ("/forms/0/fields/0/type", "field.type_fixed"),
        ),
        (
            form("order", {**NAME, "sealed": True}),
            form("order", {**NAME, "sealed": True, "type": "long_text"}),
            ("/forms/0/fields/0/type", "field.type_fixed"),
        ),
    ],
)
def test_what_is_fixed_once_there_are_rows(
    change: Any, before: dict[str, Any], after: dict[str, Any], refusal: tuple[str, str]
) -> None:
    refused = change(before, after, rows=1)
    assert codes(refused) == [refusal]
    assert not refused.possible
    assert change(before, after, rows=0).possible


def test_parking_an_evidence_field_is_allowed(change: Any) -> None:
    assert steps(change(ARCHIVE, form("order", SENT, TAGS, kind="archive"), 5)) == [
        ("park_field", "order", "body")
    ]
