"""The catalog: how each kind of field lies in its table, by what the type says about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine.tables import Entry, Shape, form_tables, has_column, physical_name, shape_of
from metamodel.application import App
from metamodel.plugin_api import Storage
from tests.engine.stored_apps import document, form

AppFrom = Callable[[Mapping[str, Any]], App]
LINK = {"options": {"form": "order"}}
CHOICES = {"options": {"choices": [{"value": "a", "label": "甲"}]}}


@pytest.mark.parametrize(
    ("type_", "rest", "storage", "link", "index"),
    [
        ("text", {}, Storage.TEXT, "", ""),
        ("text", {"unique": True}, Storage.TEXT, "", "unique"),
        ("text", {"sealed": True}, Storage.TEXT, "", ""),
        ("long_text", {}, Storage.TEXT, "", ""),
        ("integer", {}, Storage.INTEGER, "", ""),
        ("money", {}, Storage.DECIMAL, "", ""),
        ("boolean", {}, Storage.BOOLEAN, "", ""),
        ("date", {}, Storage.DATE, "", "plain"),
        ("datetime", {}, Storage.TIMESTAMP, "", "plain"),
        ("datetime", {"sealed": True}, Storage.TIMESTAMP, "", ""),
        ("duration", {}, Storage.INTEGER, "", ""),
        ("select", CHOICES, Storage.TEXT, "", "plain"),
        ("multi_select", CHOICES, Storage.JSON, "text", ""),
        ("tags", {}, Storage.JSON, "text", ""),
        ("tags", {"sealed": True}, Storage.JSON, "", ""),
        ("member", {}, Storage.TEXT, "", "plain"),
        ("members", {}, Storage.JSON, "text", ""),
        ("department", {}, Storage.TEXT, "", "plain"),
        ("link", LINK, Storage.INTEGER, "", "plain"),
        ("links", LINK, Storage.JSON, "integer", ""),
        ("attachment", {}, Storage.JSON, "integer", ""),
        ("text_list", {}, Storage.JSON, "text", ""),
        ("message_participants", {}, Storage.JSON, "", ""),
        ("auto_number", {"options": {"pattern": "A{0000}"}}, Storage.TEXT, "", "plain"),
        ("sub_form", {"fields": [{"id": "x", "type": "text", "label": "X"}]}, Storage.JSON, "", ""),
    ],
)
def test_how_a_field_lies_in_its_table(
    app_from: AppFrom, type_: str, rest: dict[str, Any], storage: Storage, link: str, index: str
) -> None:
    made = app_from(document(form("order", {"id": "f", "type": type_, "label": "F", **rest})))
    field = made.forms[0].fields[0]
    assert has_column(field)
    shape = shape_of(field)
    assert (shape.storage, shape.link, shape.index) == (storage, link, index)


def test_what_is_evaluated_at_reading_has_no_column(app_from: AppFrom) -> None:
    link = {"id": "to", "type": "link", "label": "至", **LINK}
    shown = {"id": "seen", "type": "lookup", "label": "见", "options": {"through": "to", "field": "to"}}
    counted = {
        "id": "count", "type": "rollup", "label": "数",
        "options": {"form": "order", "via": "to", "aggregate": "count"},
    }  # fmt: skip
    made = app_from(document(form("order", link, shown, counted)))
    assert [has_column(field) for field in made.forms[0].fields] == [True, False, False]


def entry(identifier: int, field: str, shape: Shape, state: Any = "active") -> Entry:
    return Entry(identifier, "shop", "order", field, shape, physical_name(identifier, field), state)


def test_a_table_is_put_together_from_catalog_rows() -> None:
    found = form_tables(
        [
            entry(7, "", Shape(kind="archive")),
            entry(8, "sent", Shape(storage=Storage.TIMESTAMP, evidence=True)),
            entry(9, "body", Shape(sealed=True, evidence=True), "parked"),
            entry(10, "body", Shape(sealed=True)),
            entry(11, "tags", Shape(storage=Storage.JSON, many=True, link="text")),
        ]
    )["shop", "order"]
    assert found.table.name == "r_7"
    assert {field: column.name for field, column in found.fields.items()} == {
        "sent": "c_8_sent", "body": "c_10_body", "tags": "c_11_tags",
    }  # fmt: skip
    assert isinstance(found.column("body").type, sa.LargeBinary)
    assert found.sealed == {"body"}
    assert found.links["tags"].name == "l_11"
    assert [(one.field, one.column.name) for one in found.parked] == [("body", "c_9_body")]
    assert found.is_archive
    assert found.frozen == ["created_at", "created_by", "c_8_sent", "c_9_body"]


def test_a_parked_form_has_no_table() -> None:
    assert form_tables([entry(7, "", Shape(), "parked"), entry(8, "sent", Shape())]) == {}


def test_physical_names_fit_postgresql() -> None:
    assert physical_name(12, "") == "r_12"
    assert physical_name(40, "amount") == "c_40_amount"
    assert len(physical_name(123_456, "x" * 63)) == 63
