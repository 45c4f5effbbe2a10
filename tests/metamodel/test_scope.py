"""What names mean: fields, links into other forms and apps, lookups, sub-forms, messages."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import App, load
from metamodel.constant import constant
from metamodel.expressions import check
from metamodel.expressions.types import (
    ANY,
    DATE,
    DATETIME,
    DEPARTMENT,
    NUMBER,
    PERSON,
    TEXT,
    list_of,
    record_of,
)
from metamodel.scope import MESSAGE, FormScope, MessageScope, OtherRowsScope, RowScope
from metamodel.scope_fields import path_label
from tests.metamodel.samples import CRM

SHOP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "Shop"},
    "requires": [{"app": "crm", "forms": {"customer": {
        "name": "text", "secret": {"type": "text", "sealed": True}, "parent": {"type": "link", "form": "customer"},
    }}}],
    "forms": [
        {"id": "order", "label": "Order", "fields": [
            {"id": "client", "type": "link", "label": "Client", "options": {"app": "crm", "form": "customer"}},
            {"id": "offers", "type": "links", "label": "Offers", "options": {"form": "offer"}},
            {"id": "seller", "type": "member", "label": "Seller"},
            {"id": "note", "type": "long_text", "label": "Note", "sealed": True},
            {"id": "client_name", "type": "lookup", "label": "Name", "options": {"through": "client", "field": "name"}},
            {"id": "valid_days", "type": "lookup", "label": "Days", "options": {"through": "offers", "field": "until"}},
            {"id": "lines", "type": "sub_form", "label": "Lines", "fields": [
                {"id": "product", "type": "text", "label": "Product"},
                {"id": "price", "type": "money", "label": "Price"},
                {"id": "total", "type": "formula", "label": "Total", "options": {"expression": "price * 2"}},
            ]},
        ]},
        {"id": "offer", "label": "Offer", "fields": [
            {"id": "until", "type": "date", "label": "Until"},
            {"id": "order", "type": "link", "label": "Order", "options": {"form": "order"}},
            {"id": "code", "type": "text", "label": "Code", "sealed": True},
            {"id": "last", "type": "rollup", "label": "Last",
             "options": {"form": "offer", "via": "order", "aggregate": "max", "field": "until"}},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(registry: Any) -> App:
    app, problems = load(SHOP, registry)
    assert app is not None
    assert [p for p in problems if p.severity == "error"] == []
    return app


def resolve(scope: Any, path: str) -> Any:
    first, *rest = path.split(".")
    found = scope.name(first)
    for name in rest:
        found = scope.attribute(found, name) if found is not None else None
    return found


NAMES = [
    ("client", record_of("crm", "customer")),
    ("client.name", TEXT),
    ("client.id", TEXT),
    ("client.secret", TEXT.seal()),
    ("client.parent.name", TEXT),
    ("client.phone", None),
    ("offers", list_of(record_of("shop", "offer"))),
    ("offers.until", list_of(DATE)),
    ("offers.code", list_of(TEXT).seal()),
    ("offers.order.client.name", list_of(TEXT)),
    ("offers.last", list_of(DATE)),
    ("seller", PERSON),
    ("seller.department", DEPARTMENT),
    ("seller.department.name", TEXT),
    ("me.name", TEXT),
    ("me.salary", None),
    ("note", TEXT.seal()),
    ("client_name", TEXT),
    ("valid_days", list_of(DATE)),
    ("lines.price", list_of(NUMBER)),
    ("lines.weight", None),
    ("record", record_of("shop", "order")),
    ("record.note", TEXT.seal()),
    ("nothing", None),
    ("note.length", None),
]


@pytest.mark.parametrize(("path", "expected"), NAMES)
def test_names_of_a_form(path: str, expected: Any, shop: App, registry: Any) -> None:
    scope = FormScope(shop, shop.forms[0], {}, registry)
    assert resolve(scope, path) == expected


def test_the_other_app_at_hand(shop: App, registry: Any) -> None:
    crm, _ = load(CRM, registry)
    assert crm is not None
    scope = FormScope(shop, shop.forms[0], {"crm": crm})
    assert resolve(scope, "client.city") == TEXT
    assert list(scope.attributes(scope.name("client"))) == ["name", "level", "city"]  # type: ignore[arg-type]


def test_without_the_registry_required_fields_are_anything(shop: App) -> None:
    assert resolve(FormScope(shop, shop.forms[0]), "client.name") == ANY


def test_names_of_a_row(shop: App) -> None:
    form = shop.forms[0]
    scope = RowScope(shop, form, form.fields[6])
    assert scope.names() == ["product", "price", "total", "me", "record"]
    assert resolve(scope, "price") == NUMBER
    assert resolve(scope, "note") is None
    assert resolve(scope, "record.note") == TEXT.seal()


def test_names_of_a_message() -> None:
    scope = MessageScope()
    assert scope.name("sent_at") == DATETIME
    assert scope.name("me") == PERSON
    assert resolve(scope, "me.department") == DEPARTMENT
    assert scope.name("content") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_parts_of_a_message_have_words_of_their_own(language: str) -> None:
    said = [path_label(MessageScope(), (name,), language) for name in MESSAGE]
    assert len(set(said)) == len(MESSAGE)
    assert not {name for name, words in zip(MESSAGE, said, strict=True) if words == name}


def test_a_lookup_of_itself_ends(registry: Any) -> None:
    document = {"muniment": 1, "app": {"id": "a"}, "forms": [{"id": "f", "fields": [
        {"id": "up", "type": "link", "options": {"form": "f"}},
        {"id": "x", "type": "lookup", "options": {"through": "up", "field": "x"}},
    ]}]}  # fmt: skip
    app, problems = load(document, registry)
    assert app is not None
    assert FormScope(app, app.forms[0]).name("x") == ANY
    assert ("/forms/0/fields/1", "formula.cycle") in [(p.path, p.code) for p in problems]


# -- conditions that never change ------------------------------------------------------------------

CONSTANTS = [
    ("true", True), ("not true", False), ("1 < 2", True), ("'a' == 'b'", False), ("2.50 == 2.5", True),
    ("true or sender_id == 'x'", True), ("false and sender_id == 'x'", False), ("true and 1 > 2", False),
    ("sender_id == 'a' and sender_id == 'b'", False), ("sender_id == 'a' and 'b' == sender_id", False),
    ("sender_id == 'a' and sender_id == 'a'", None), ("sender_id == 'a' or sender_id == 'b'", None),
    ("sender_id == 'a' and sender_name == 'b'", None), ("1 == none", None), ("sender_id == 'x'", None),
    ("not (sender_id == 'a' and sender_id == 'b')", True), ("none", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CONSTANTS)
def test_constants(text: str, expected: bool | None, registry: Any) -> None:
    expression, problems = check(text, MessageScope(), registry)
    assert expression is not None, problems
    assert constant(expression) is expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("order == record.id and until > TODAY()", ""),
        ("code == record.note", ""),
        ("record.client.name == code", ""),
        ("seller == me", "expression.unknown_name"),
        ("until == record.until", "expression.unknown_attribute"),
    ],
)
def test_rows_of_another_form_and_our_record(shop: App, registry: Any, text: str, complaint: str) -> None:
    form = shop.form("order")
    assert form is not None
    scope = OtherRowsScope(shop, form, ("shop", "offer"), registry=registry)
    _, problems = check(text, scope, registry)
    assert [p.code for p in problems if p.severity == "error"] == ([complaint] if complaint else [])
