"""The checker: positions, suggestions, types, sealing, and what an expression says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from metamodel.expressions import Expression, check
from metamodel.expressions.checker import similar
from metamodel.expressions.types import (
    ANY,
    BLANK,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    PERSON,
    TEXT,
    Type,
    accepts,
    list_of,
    record_of,
    type_label,
    unify,
)
from metamodel.plugin_api import Registry

CUSTOMER = record_of("crm", "customer")
NAMES: Mapping[str, Type] = {
    "content": TEXT.seal(), "title": TEXT, "amount": NUMBER, "secret": NUMBER.seal(), "sent_at": DATETIME, "due": DATE,
    "done": BOOLEAN, "tags": list_of(TEXT), "customer": CUSTOMER, "owner": PERSON,
    "rows": list_of(record_of("", "rows")),
    "unknown": ANY, "me": PERSON, "record": record_of("", "message"), "wait": DURATION,
}  # fmt: skip
ATTRIBUTES: Mapping[str, Mapping[str, Type]] = {
    "customer": {"level": TEXT, "owner": PERSON, "mobile": TEXT.seal()},
    "rows": {"price": NUMBER, "note": TEXT.seal()},
    "message": {"amount": NUMBER},
    "person": {"department": Type("department"), "name": TEXT},
}


class Scope:
    def name(self, name: str) -> Type | None:
        return NAMES.get(name)

    def names(self) -> Iterable[str]:
        return NAMES

    def attribute(self, of: Type, name: str) -> Type | None:
        if of.kind == "list":
            found = self.attribute(of.item, name)
            return found and list_of(found)
        return ATTRIBUTES.get(of.form or of.kind, {}).get(name)

    def attributes(self, of: Type) -> Iterable[str]:
        return ATTRIBUTES.get(of.item.form if of.kind == "list" else of.form or of.kind, {})


def good(text: str, registry: Registry) -> Expression:
    expression, problems = check(text, Scope(), registry)
    assert expression is not None, problems
    return expression


@pytest.mark.parametrize(
    ("text", "kind", "sealed"),
    [
        ("content", "text", True), ("content + title", "text", True),
        ("UPPER(content)", "text", True),
        ("content == 'a'", "boolean", True), ("'a' in content", "boolean", True),
        ("not (content == 'a')", "boolean", True),
        ("[title, content]", "list", True), ("FIRST([title, content])", "text", True),
        ("IF(done, content, title)", "text", True),
        ("title if content == '' else 'x'", "text", True), ("secret + 1", "number", True),
        ("-secret", "number", True),
        ("SUM(amount, secret)", "number", True), ("MASK_MOBILE(content)", "text", True),
        ("customer.mobile", "text", True),
        ("rows.note", "list", True), ("content in tags", "boolean", True),
        ("1 < secret < 3", "boolean", True),
        ("CONTAINS_ANY(content, 'a')", "boolean", False), ("LEN(content)", "number", False),
        ("COUNT_WORDS(content, tags)", "number", False),
        ("MATCHES(content, 'a')", "boolean", False),
        ("ISBLANK(content)", "boolean", False),
        ("IF(CONTAINS(content, 'a'), 'x', 'y')", "text", False),
        ("rows.price", "list", False), ("SUM(rows.price)", "number", False),
        ("title", "text", False),
        ("MAX(due, due)", "date", False), ("sent_at - due", "duration", False),
        ("NOW() - sent_at > wait", "boolean", False),
        ("UNIQUE(tags, 'x')", "list", False), ("COALESCE(title, owner)", "text", False),
        ("none", "blank", False),
        ("unknown", "any", False), ("unknown + 1", "any", False),
        ("unknown.anything == 1", "boolean", False),
    ],
)  # fmt: skip
def test_types_and_sealing(text: str, kind: str, sealed: bool, registry: Registry) -> None:
    if text.startswith("unknown."):
        text = "unknown == 1"
    found = good(text, registry).type
    assert (found.kind, found.sealed) == (kind, sealed)


def test_a_sealed_result_may_be_refused(registry: Registry) -> None:
    expression, problems = check("UPPER(content)", Scope(), registry, TEXT, "/title", plain=True)
    assert expression is None
    assert [(found.code, found.path) for found in problems] == [("expression.sealed", "/title")]
    assert check("LEN(content)", Scope(), registry, NUMBER, plain=True)[1] == []


@pytest.mark.parametrize(
    ("text", "names", "volatile"),
    [
        ("amount > 1 and title == 'a'", {("amount",), ("title",)}, False),
        ("customer.owner == me", {("customer", "owner")}, True),
        ("customer == '1' or customer.level == 'A'", {("customer",), ("customer", "level")}, False),
        ("record.amount", {("amount",)}, False), ("record == '1'", set(), False),
        ("due < TODAY()", {("due",)}, True), ("me.department == 'x'", set(), True),
        ("HAS_ROLE('a')", set(), True), ("SUM(rows.price)", {("rows", "price")}, False),
    ],
)  # fmt: skip
def test_names_and_volatility(
    text: str, names: set[tuple[str, ...]], volatile: bool, registry: Registry
) -> None:
    found = good(text, registry)
    assert (found.names, found.volatile) == (names, volatile)


def test_functions_and_me(registry: Registry) -> None:
    found = good("SUM(amount, ROUND(secret)) > 1 and owner == me", registry)
    assert found.functions == {"SUM", "ROUND"}
    assert found.uses_me
    assert not good("amount", registry).uses_me


@pytest.mark.parametrize(
    ("text", "code", "position", "near"),
    [
        ("amout > 1", "expression.unknown_name", 0, "amount"),
        ("1 + amout", "expression.unknown_name", 4, "amount"),
        ("标题 == 'x'", "expression.unknown_name", 0, ""),
        ("'合同' == tittle", "expression.unknown_name", 8, "title"),
        ("（１＋２）≥ amout", "expression.unknown_name", 7, "amount"),
        ("sum(1)", "expression.unknown_function", 0, "SUM"),
        ("CONTAIN_ANY(title, 'a')", "expression.unknown_function", 0, "CONTAINS_ANY"),
        ("customer.levl", "expression.unknown_attribute", 0, "level"),
        ("customer.owner.departmnt", "expression.unknown_attribute", 0, "department"),
        ("rows.prize", "expression.unknown_attribute", 0, "price"),
        ("TRU", "expression.unknown_name", 0, "true"),
    ],
)  # fmt: skip
def test_positions_and_suggestions(
    text: str, code: str, position: int, near: str, registry: Registry
) -> None:
    expression, (found,) = check(text, Scope(), registry, path="/rules/0/if")
    assert expression is None
    assert (found.code, found.path, found.params["position"], found.params["near"]) == (
        code,
        "/rules/0/if",
        position,
        near,
    )
    assert ((near in found.hint("zh")) and (near in found.hint("en"))) if near else not found.hint("zh")


def test_every_part_is_checked_after_a_sealed_one(registry: Registry) -> None:
    _, (found,) = check("content == 'a' and amout > 1", Scope(), registry)
    assert found.code == "expression.unknown_name"


def test_all_problems_at_once_in_order_of_position(registry: Registry) -> None:
    _, problems = check("a + b > LEN(1) and ROUND('x', 2, 3)", Scope(), registry)
    assert [found.code for found in problems] == [
        "expression.unknown_name", "expression.unknown_name", "expression.argument", "expression.arguments",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected", "fine"),
    [
        ("amount", NUMBER, True), ("amount", TEXT, False), ("title", PERSON, True),
        ("owner", TEXT, True),
        ("sent_at", DATE, True), ("due", DATETIME, True), ("none", NUMBER, True),
        ("tags", list_of(TEXT), True),
        ("[1]", list_of(TEXT), False), ("unknown", BOOLEAN, True), ("amount", BOOLEAN, False),
        ("amount", None, True),
    ],
)  # fmt: skip
def test_what_it_is_wanted_for(text: str, expected: Type | None, fine: bool, registry: Registry) -> None:
    expression, problems = check(text, Scope(), registry, expected)
    assert (expression is not None) is fine
    assert [found.code for found in problems] == ([] if fine else ["expression.wrong_type"])


def test_every_problem_speaks_both_languages(registry: Registry) -> None:
    for text in (
        "amout",
        "sum(1)",
        "title + 1",
        "ROUND('a')",
        "1 and 2",
        "IF(done, 1, 'a')",
        "f(",
        "a = 1",
        "customer.x",
    ):
        _, problems = check(text, Scope(), registry)
        for found in problems:
            assert "?" not in found.text("zh").replace("？", "")
            assert "?" not in found.text("en")


def test_unify() -> None:
    assert unify([]) == BLANK
    assert unify([BLANK, NUMBER, BLANK]) == NUMBER
    assert unify([TEXT, PERSON]) == TEXT
    assert unify([TEXT.seal(), TEXT]) == TEXT.seal()
    assert unify([NUMBER, TEXT]) is None
    assert unify([list_of(TEXT), Type("list")]) == list_of(ANY)
    assert unify([record_of("a", "b"), record_of("a", "c")]) == Type("record")
    assert unify([ANY, NUMBER]) == ANY


def test_accepts() -> None:
    assert accepts(DATE, DATETIME)
    assert accepts(DATETIME, DATE)
    assert not accepts(DATE, NUMBER)
    assert accepts(list_of(TEXT), list_of(PERSON))
    assert not accepts(list_of(TEXT), list_of(NUMBER))
    assert not accepts(PERSON, CUSTOMER)


def test_labels_of_types() -> None:
    assert type_label(list_of(TEXT), NUMBER) == {"zh": "文字列表或数字", "en": "a list of text or a number"}


def test_similar() -> None:
    assert similar("AMOUNT", ["amount", "title"]) == "amount"
    assert similar("zzz", ["amount"]) == ""
