"""The grammar of recipients: what reads, what checks, and what is left of it once planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from metamodel import recipients
from metamodel.checking import Checking, RuleScope
from metamodel.recipients import Recipient

DESK = {
    "forms": [
        {"id": "team", "label": "组", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "lead", "type": "member", "label": "组长"}]},
        {"id": "ticket", "label": "工单", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "price", "type": "money", "label": "价"},
            {"id": "handler", "type": "member", "label": "处理人"},
            {"id": "watchers", "type": "members", "label": "关注人"},
            {"id": "secret", "type": "member", "label": "线人", "sealed": True},
            {"id": "place", "type": "department", "label": "部门"},
            {"id": "team", "type": "link", "label": "组", "options": {"form": "team"}}]},
    ],
    "roles": [{"id": "agent", "label": "客服", "forms": {}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def scope(app_from: Callable[[Mapping[str, Any]], Any], registry: Any) -> RuleScope:
    app = app_from(DESK)
    checking = Checking(app, registry, None)
    return RuleScope(checking, "ticket", checking.scope(app.form("ticket")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("role:agent", Recipient("role", "agent")),
        (" role:crm/sales_director ", Recipient("role", "crm/sales_director")),
        ("person:dir01", Recipient("person", "dir01")),
        ("person:oidc:17", Recipient("person", "oidc:17")),
        ("field:team.lead", Recipient("field", "team.lead")),
        ("manager:handler", Recipient("manager", "handler", 1)),
        ("manager:team.lead:2", Recipient("manager", "team.lead", 2)),
        ("head:place", Recipient("head", "place")),
        ("head:'east'", Recipient("head", "'east'")),
        ("me", Recipient("me")),
    ],
)
def test_what_can_be_read(text: str, found: Recipient) -> None:
    assert recipients.read(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "agent", "role:", "role:A B", "role:a/b/c", "person: ", "field:", "field:a + b", "manager:handler:0",
     "manager:handler:99", "manager:handler:x", "head:", "head:''", "head:'east", "me:too", "everybody"],
)  # fmt: skip
def test_what_cannot_be_read(text: str, scope: RuleScope) -> None:
    assert recipients.read(text) is None
    assert [p.code for p in recipients.check(text, scope)] == ["recipient.unreadable"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("role:agent", []),
        ("role:boss", ["reference.unknown_role"]),
        ("role:crm/boss", ["requires.missing"]),
        ("field:handler", []),
        ("field:watchers", []),
        ("field:team.lead", []),
        ("field:secret", ["expression.sealed"]),
        ("field:name", []),  # a text may hold an id
        ("field:price", ["expression.wrong_type"]),
        ("field:nobody", ["expression.unknown_name"]),
        ("manager:watchers:2", []),
        ("manager:place", ["expression.wrong_type"]),
        ("head:place", []),
        ("head:handler", ["expression.wrong_type"]),
        ("head:'east'", []),  # departments are no part of the document
        ("person:anybody", []),
        ("me", []),
    ],
)
def test_what_makes_sense_in_a_form(text: str, codes: list[str], scope: RuleScope) -> None:
    assert [p.code for p in recipients.check(text, scope)] == codes


def test_several_are_each_checked_at_their_place(scope: RuleScope) -> None:
    found = recipients.check_all(["role:agent", "role:boss"], scope, "/to")
    assert [(p.code, p.path) for p in found] == [("reference.unknown_role", "/to/1")]
    assert [p.code for p in recipients.check_all([], scope, "/to")] == ["recipient.nobody"]


class Ticket:
    """As much of a subject as planning asks."""

    app = "desk"
    values: Mapping[str, Any] = {
        "handler": "zhou", "watchers": ["zhou", "lu"], "team.lead": None, "place": "east", "me": "ye", "none": [],
    }  # fmt: skip

    def evaluate(self, text: str) -> Any:
        return self.values.get(text)


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("role:agent", "role:desk/agent"),
        ("role:crm/agent", "role:crm/agent"),
        ("person:lu", "person:lu"),
        ("field:handler", "person:zhou"),
        ("field:watchers", "person:zhou,lu"),
        ("field:team.lead", None),
        ("field:none", None),
        ("manager:watchers:2", "manager:zhou,lu:2"),
        ("manager:handler", "manager:zhou:1"),
        ("head:place", "head:east"),
        ("head:'west'", "head:west"),
        ("me", "person:ye"),
        ("nonsense", None),
    ],
)
def test_what_is_planned(text: str, planned: str | None) -> None:
    assert recipients.planned(text, Ticket()) == planned  # type: ignore[arg-type]


def test_planning_several_keeps_each_once() -> None:
    made = recipients.planned_all(["field:handler", "person:zhou", "field:none"], Ticket())  # type: ignore[arg-type]
    assert made == ("person:zhou",)
