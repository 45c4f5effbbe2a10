"""Rules that set each other off without end or contradict each other: what is told, and what must not be."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.apart import never_both, never_with
from metamodel.application import load
from metamodel.expressions.parser import parse

TEXT, LINK = "text", "link"
FORMS = {
    "deal": {"name": TEXT, "state": TEXT, "n": "integer", "client": LINK, "parent": LINK, "tags": "tags",
             "day": "date"},
    "client": {"name": TEXT, "state": TEXT, "n": "integer", "deal": LINK, "tags": "tags"},
    "visit": {"name": TEXT, "state": TEXT, "n": "integer", "deal": LINK, "client": LINK},
}  # fmt: skip
TARGETS = {"client": "client", "deal": "deal", "parent": "deal"}


def field(identifier: str, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {"id": identifier, "type": kind, "label": identifier}
    return {**made, "options": {"form": TARGETS[identifier]}} if kind == LINK else made


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    forms = [
        {"id": form, "label": form, "fields": [field(*one) for one in fields.items()]}
        for form, fields in FORMS.items()
    ]
    app = {"id": "shop", "label": "店"}
    return {
        "muniment": 1,
        "app": app,
        "forms": forms,
        "rules": [{"label": one["id"], **one} for one in rules],
    }


def new(form: str) -> dict[str, Any]:
    return {"trigger": "record_created", "form": form}


def changed(form: str, *fields: str) -> dict[str, Any]:
    return {"trigger": "record_updated", "form": form, "fields": list(fields)}


def rule(identifier: str, when: dict[str, Any], *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    if "only" in more:
        more["if"] = more.pop("only")
    return {"id": identifier, "when": when, "then": list(then), **more}


def sets(of: str = "", **values: str) -> dict[str, Any]:
    return {"action": "set_fields", "with": {"of": of, "values": values}}


def makes(form: str, **values: str) -> dict[str, Any]:
    return {"action": "create_record", "with": {"form": form, "values": values}}


def finds(form: str, match: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"action": "find_or_create", "with": {"form": form, "match": match, **more}}


def updates(form: str, match: dict[str, str], **values: str) -> dict[str, Any]:
    return {"action": "update_records", "with": {"form": form, "match": match, "values": values}}


ECHO = makes("deal", name="name")
UP = "COALESCE(n, 0) + 1"
LOOPS: list[tuple[str, list[dict[str, Any]], list[tuple[str, str]]]] = [
    ("one that makes its like", [rule("echo", new("deal"), ECHO)], [("rule.loop", "echo → echo")]),
    ("two that make each other",
     [rule("a", new("deal"), makes("client", name="name")), rule("b", new("client"), ECHO)],
     [("rule.loop", "a → b → a")]),
    ("three, told once",
     [rule("a", new("deal"), makes("client")), rule("b", new("client"), makes("visit")), rule("c", new("visit"), ECHO)],
     [("rule.loop", "a → b → c → a")]),
    ("nobody knows whether its IF ends it",
     [rule("echo", new("deal"), makes("deal", n="n - 1"), only="n > 0")], [("rule.may_loop", "echo → echo")]),
    ("an IF that what it makes keeps true",
     [rule("echo", new("deal"), makes("deal", state="'open'"), only="state == 'open'")],
     [("rule.may_loop", "echo → echo")]),
    ("two counters that count each other",
     [rule("a", changed("deal", "n"), sets("client", n=UP)), rule("b", changed("client", "n"), sets("deal", n=UP))],
     [("rule.may_loop", "a → b → a")]),
    ("a counter that climbs", [rule("up", changed("deal"), sets("parent", n="COALESCE(parent.n, 0) + 1"))],
     [("rule.may_loop", "up → up")]),
    ("found by what is counted up",
     [rule("a", new("deal"), finds("deal", {"n": UP}))], [("rule.may_loop", "a → a")]),
    ("records that are found and counted",
     [rule("a", changed("deal", "n"), updates("deal", {"state": "state"}, n=UP))], [("rule.may_loop", "a → a")]),
    ("through a change that another rule makes",
     [rule("a", new("deal"), sets("client", n="COALESCE(client.n, 0) + 1")),
      rule("b", changed("client", "n"), makes("deal", client="record.id"), only="n < 10")],
     [("rule.may_loop", "a → b → a")]),
    ("lists that grow by what they hold",
     [rule("a", changed("deal", "tags"),
           {"action": "add_values", "with": {"of": "client", "values": {"tags": "CONCAT(FIRST(tags), 'x')"}}}),
      rule("b", changed("client", "tags"),
           {"action": "add_values", "with": {"of": "deal", "values": {"tags": "CONCAT(FIRST(tags), 'x')"}}})],
     [("rule.may_loop", "a → b → a")]),
    # -- must not be told ----------------------------------------------------------------------------------
    ("its own record is the same revision", [rule("a", changed("deal"), sets(n=UP))], []),
    ("of a new record too", [rule("a", new("deal"), sets(n=UP)), rule("b", changed("deal"), sets(state="'x'"))], []),
    ("no circle", [rule("a", new("deal"), makes("client")), rule("b", new("client"), makes("visit"))], []),
    ("one of them is switched off",
     [rule("a", new("deal"), makes("client")), rule("b", new("client"), ECHO, enabled=False)], []),
    ("what it makes does not fit its IF",
     [rule("a", new("deal"), makes("deal", state="'copy'"), only="state == 'open'")], []),
    ("what it makes leaves blank what its IF wants",
     [rule("a", new("deal"), makes("deal", name="name"), only="not ISBLANK(client) and n > 3")], []),
    ("its own effect ends it",
     [rule("a", changed("deal", "n"), sets(state="'done'"), sets("client", n=UP), only="state != 'done'"),
      rule("b", changed("client", "n"), sets("deal", n=UP))], []),
    ("the other field", [rule("a", changed("deal", "n"), sets("client", n=UP)),
                         rule("b", changed("client", "state"), sets("deal", n=UP))], []),
    ("a state that is carried both ways",
     [rule("a", changed("deal", "state"), sets("client", state="state")),
      rule("b", changed("client", "state"), sets("deal", state="state"))], []),
    ("a state that is set to the same",
     [rule("a", changed("deal"), sets("client", state="'busy'")),
      rule("b", changed("client"), sets("deal", tags="['x']"))],
     []),
    ("computed from what nobody here changes",
     [rule("a", changed("deal", "state"), sets("client", state="UPPER(name)")),
      rule("b", changed("client", "state"), sets("deal", state="LOWER(name)"))], []),
    ("the same moment", [rule("a", changed("deal", "day"), sets("parent", day="TODAY()"))], []),
    ("found before it is made again",
     [rule("a", new("deal"), finds("client", {"name": "name"})),
      rule("b", new("client"), finds("deal", {"name": "name"}))],
     []),
    ("tags that are there already",
     [rule("a", changed("deal"), {"action": "add_tags", "with": {"tags": ["x"], "of": ["client"]}}),
      rule("b", changed("client"), {"action": "add_tags", "with": {"tags": ["x"], "of": ["deal"]}})], []),
    ("a person stands between", [
        rule("a", new("deal"), makes("client")),
        rule("b", {"trigger": "button", "form": "client", "label": "新单"}, ECHO)], []),
    ("a clock stands between",
     [rule("a", {"trigger": "date_reached", "form": "deal", "field": "day"}, sets(day="DATE(2030, 1, 1)"))], []),
    ("a condition that nobody can read is told elsewhere",
     [rule("a", changed("deal", "n"), sets("client", state="state"), only="n > > 3")], []),
]  # fmt: skip
SHARED = new("deal")
CONFLICTS: list[tuple[str, list[dict[str, Any]], list[tuple[str, str]]]] = [
    ("both always", [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets(state="'y'"))], ["a b state"]),
    ("conditions that may both hold",
     [rule("a", SHARED, sets(state="'x'"), only="n > 3"), rule("b", SHARED, sets(state="'y'"), only="n > 5")],
     ["a b state"]),
    ("of the linked record",
     [rule("a", SHARED, sets("client", state="'x'")), rule("b", SHARED, sets("client", state="'y'"))], ["a b state"]),
    ("fields that both hear",
     [rule("a", changed("deal", "n", "name"), sets(state="'x'")), rule("b", changed("deal"), sets(state="name"))],
     ["a b state"]),
    # -- must not be told ----------------------------------------------------------------------------------
    ("the same value", [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets(state='"x"'))], []),
    ("another priority", [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets(state="'y'"), priority=1)], []),
    ("another trigger", [rule("a", SHARED, sets(state="'x'")), rule("b", changed("deal"), sets(state="'y'"))], []),
    ("other fields", [rule("a", changed("deal", "n"), sets(state="'x'")),
                      rule("b", changed("deal", "name"), sets(state="'y'"))], []),
    ("another field", [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets(name="'y'"))], []),
    ("another record", [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets("client", state="'y'"))], []),
    ("conditions that exclude each other",
     [rule("a", SHARED, sets(state="'x'"), only="n > 3"), rule("b", SHARED, sets(state="'y'"), only="n <= 3")], []),
    ("two values of one field",
     [rule("a", SHARED, sets(state="'x'"), only="name == 'a'"),
      rule("b", SHARED, sets(state="'y'"), only="name == 'b'")],
     []),
    ("the later one looks at what is there",
     [rule("a", SHARED, sets(state="'x'")), rule("b", SHARED, sets(state="IF(ISBLANK(state), 'y', state)"))], []),
    ("the first one ends the second",
     [rule("a", SHARED, sets(state="'x'", n="1")), rule("b", SHARED, sets(state="'y'"), only="ISBLANK(n)")], []),
    ("tags join", [rule("a", SHARED, {"action": "add_tags", "with": {"tags": ["x"]}}),
                   rule("b", SHARED, {"action": "add_tags", "with": {"tags": ["y"]}})], []),
    ("two buttons", [rule(name, {"trigger": "button", "form": "deal", "label": name}, sets(state=f"'{name}'"))
                     for name in ("a", "b")], []),
]  # fmt: skip
CODES = ("rule.loop", "rule.may_loop", "rule.conflict")


def told(rules: list[dict[str, Any]], registry: Any) -> list[Any]:
    _, problems = load(document(*rules), registry)
    others = {p.code for p in problems if p.severity == "error"} - {*CODES, "expression.syntax"}
    assert others == set()
    return [p for p in problems if p.code in CODES]


@pytest.mark.parametrize(("name", "rules", "expected"), LOOPS, ids=[row[0] for row in LOOPS])
def test_loops(
    name: str, rules: list[dict[str, Any]], expected: list[tuple[str, str]], registry: Any
) -> None:
    found = told(rules, registry)
    assert [(p.code, p.params["rules"]["zh"]) for p in found] == expected
    assert all(p.path == "/rules/0/then" for p in found)
    assert all(p.severity == ("error" if p.code == "rule.loop" else "warning") for p in found)


@pytest.mark.parametrize(("name", "rules", "expected"), CONFLICTS, ids=[row[0] for row in CONFLICTS])
def test_conflicts(name: str, rules: list[dict[str, Any]], expected: list[str], registry: Any) -> None:
    found = told(rules, registry)
    assert [" ".join(p.params[one] for one in ("first", "second", "field")) for p in found] == expected
    assert all((p.path, p.severity) == ("/rules/1/then", "warning") for p in found)


def test_the_words(registry: Any) -> None:
    (loop,) = told(LOOPS[1][1], registry)
    assert loop.text("zh") == "规则互相触发，没有尽头：a → b → a"
    assert loop.text("en") == "These rules set each other off without end: a → b → a"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("a == 1", "a == 2", True),
        ("a == 1", "a == 1", False),
        ("a == 1", "a != 1", True),
        ("a != 1", "a != 2", False),
        ("a == 1", "b == 2", False),
        ("a in ['x', 'y']", "IN(a, 'z')", True),
        ("a in ['x', 'y']", "a not in ['x', 'y', 'z']", True),
        ("a in ['x', 'y']", "a == 'y'", False),
        ("a > 3", "a <= 3", True),
        ("a >= 3", "a <= 3", False),
        ("3 < a", "a < 2", True),
        ("a > 3", "a == 2", True),
        ("a > 3", "ISBLANK(a)", True),
        ("not a > 3", "ISBLANK(a)", False),
        ("a > -1", "a < -1", True),
        ("ISBLANK(a)", "a == 'x'", True),
        ("ISBLANK(a)", "a != ''", True),
        ("ISBLANK(a)", "not ISBLANK(a)", True),
        ("done", "not done", True),
        ("done", "done == false", True),
        ("CONTAINS(a, 'x')", "not CONTAINS(a, 'x')", True),
        ("CONTAINS(a, 'x')", "CONTAINS(a, 'y')", False),
        ("a == 1 or a == 2", "a == 3", True),
        ("a == 1 or b == 2", "a == 3", False),
        ("not (a == 1 or b == 2)", "b == 2", True),
        ("AND(a == 1, b == 2)", "OR(b == 3, a == 2)", True),
        ("NOT(a == 1)", "a == 1", True),
        ("link.a == 1", "link.a == 2", True),
        ("link.a == 1", "a == 2", False),
        ("a > 'x'", "a < 3", False),
        ("true", "a == 1", False),
        ("false", "a == 1", True),
        (
            " and ".join(f"(a{n} == 1 or b{n} == 1)" for n in range(9)),
            "a0 == 2",
            False,
        ),  # too many to look at
    ],
)
def test_conditions_that_exclude_each_other(one: str, other: str, apart: bool) -> None:
    trees = [parse(text) for text in (one, other)]
    left, right = (tree[0] for tree in trees if isinstance(tree, tuple))
    assert never_both(left, right) == never_both(right, left) == apart
    assert not never_both(left, None) or one == "false"
    assert not never_with(None, {"a": 1})
