"""What a version lets its designers read that the one before did not: each way there is, and what is none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import jsonpatch
import pytest

from engine.designing.more_open import MoreOpen
from engine.designing.openings import Openings
from metamodel.application import App, load

OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [
        {"id": "deal", "label": "商机", "title": "{name}",
         "fields": [{"id": "name", "type": "text", "label": "名称"},
                    {"id": "owner", "type": "member", "label": "负责人"},
                    {"id": "price", "type": "text", "label": "底价", "mask": True},
                    {"id": "secret", "type": "text", "label": "内情"},
                    {"id": "hot", "type": "formula", "label": "重点",
                     "options": {"expression": "name == '甲'", "result": "boolean"}},
                    {"id": "called", "type": "formula", "label": "简称",
                     "options": {"expression": "UPPER(name)", "result": "text"}}]},
        {"id": "empty", "label": "空表", "fields": [
            {"id": "a", "type": "text", "label": "甲"},
            {"id": "of", "type": "link", "label": "商机", "options": {"form": "deal"}}]},
    ],
    "roles": [
        {"id": "maker", "label": "设计", "manages": ["design"], "reports": {"board": "totals"},
         "forms": {"deal": {"rows": "owner == me", "actions": ["read"],
                            "fields": {"price": "mask", "secret": "hide"}},
                   "empty": {"actions": ["read", "create"]}}},
        {"id": "clerk", "label": "文员", "unmask": {"minutes": 30, "confirm": ["role:watch"]},
         "forms": {"deal": {"actions": ["read", "export"]}}},
        {"id": "watch", "label": "审计", "manages": ["audit", "access"]},
        {"id": "helper", "label": "助理", "unmask": {"minutes": 30, "confirm": ["role:watch"]},
         "emergency": {"forms": ["empty"], "hours": 4, "alarm": ["role:watch"]},
         "forms": {"deal": {"rows": "hot", "actions": ["read"], "fields": {"*": "hide", "name": "read"}}}},
    ],
    "reports": [{"id": "board", "label": "看板", "widgets": [
        {"id": "number", "type": "kpi", "label": "个数", "options": {
            "dataset": {"form": "deal", "filter": "hot"}, "measures": [{"id": "n", "aggregate": "count"}]}}]}],
    "rules": [{"id": "calls", "label": "称呼", "when": {"trigger": "record_created", "form": "deal"},
               "then": [{"action": "set_fields", "with": {"values": {"name": "name"}}}]}],
    "flows": [{"id": "check", "label": "复核", "form": "deal", "start": "manual", "nodes": [
        {"id": "start", "type": "start"},
        {"id": "ask", "type": "approval", "options": {"approvers": ["role:watch"]}},
        {"id": "yes", "type": "end", "options": {"state": "approved"}},
        {"id": "no", "type": "end", "options": {"state": "rejected"}}],
        "edges": [{"from": "start", "to": "ask"}, {"from": "ask", "to": "yes", "on": "approve"},
                  {"from": "ask", "to": "no", "on": "reject"}]}],
}  # fmt: skip
ROLES = {"wei": ("maker", "helper"), "xu": ("maker",), "kang": ("clerk",), "shen": ("watch",)}
DEAL, HELPER, FIELDS = "/roles/0/forms/deal", "/roles/3/forms/deal", "/forms/0/fields"


def put(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def formula(name: str, expression: str, result: str = "text") -> dict[str, Any]:
    return {"id": name, "type": "formula", "label": name,
            "options": {"expression": expression, "result": result}}  # fmt: skip


def rule(action: str, **options: Any) -> dict[str, Any]:
    return {"id": "carry", "when": {"trigger": "record_created", "form": "deal"},
            "then": [{"action": action, "with": options}]}  # fmt: skip


GRANTING = rule(
    "grant", to=["person:wei"], form="deal", where="name != ''", purpose="'x'", days="1"
)  # fmt: skip
GIVING: dict[str, tuple[dict[str, Any], str]] = {
    "all rows": (put(f"{DEAL}/rows", "true"), "rows:deal"),
    "other rows": (put(f"{DEAL}/rows", "name != ''"), "rows:deal"),
    "fewer, told apart by what is hidden": (put(f"{DEAL}/rows", "owner == me and secret == 'x'"), "rows:deal"),
    "what a formula in its rows says": (
        put(f"{FIELDS}/4/options/expression", "name != ''"), "rows:deal"),
    "export": (put(f"{DEAL}/actions", ["read", "export"]), "action:deal:export"),
    "a masked field": (put(f"{DEAL}/fields", {"price": "read", "secret": "hide"}), "field:deal:price"),
    "a hidden field": (put(f"{DEAL}/fields", {"price": "mask"}), "field:deal:secret"),
    "a hidden field, of some rows": (
        put(f"{HELPER}/fields", {"*": "hide", "name": "read", "price": "read"}), "field:deal:price"),
    "unmasked rows": (put(f"{DEAL}/unmasked", "name == '甲'"), "field:deal:price"),
    "a mask gone": (put(f"{FIELDS}/2/mask", False), "field:deal:price"),
    "a mask of pieces only": (put(f"{FIELDS}/2/mask", {"patterns": ["mobile"]}), "field:deal:price"),
    "a formula of what is masked": (
        put(f"{FIELDS}/-", formula("copy", "price")), "field:deal:copy"),
    "a formula of what is hidden": (
        put(f"{FIELDS}/-", formula("long", "LEN(secret)", "number")), "field:deal:long"),
    "a formula that says something else": (
        put(f"{FIELDS}/5/options/expression", "UPPER(secret)"), "field:deal:called"),
    "what shows by being there": (put(f"{FIELDS}/0/visible", "secret == 'x'"), "field:deal:name"),
    "a lookup": (
        put("/forms/1/fields/-", {"id": "far", "type": "lookup", "label": "远",
                                  "options": {"through": "of", "field": "secret"}}), "field:empty:far"),
    "unmasking": (put("/roles/0/unmask", {"minutes": 30}), "unmask"),
    "unmasking for longer": (put("/roles/3/unmask/minutes", 60), "unmask"),
    "unmasking that others confirm": (put("/roles/3/unmask/confirm", ["role:clerk"]), "unmask"),
    "confirming others' unmasking": (put("/roles/1/unmask/confirm", ["role:maker"]), "unmask"),
    "the glass": (put("/roles/0/emergency", {"forms": ["deal"], "hours": 4, "alarm": ["role:watch"]}),
                  "emergency:deal"),
    "the glass with another alarm": (put("/roles/3/emergency/alarm", ["role:maker"]), "emergency:empty"),
    "a duty": (put("/roles/0/manages", ["design", "audit"]), "duty:audit"),
    "nobody left to tell": (put("/roles/2/manages", ["audit"]), "silence:access"),
    "a grant": (put("/rules/-", GRANTING), "grants"),
    "totals by something else": (
        put("/reports/0/widgets/0/options/dataset/filter", "secret == 'x'"), "report:board"),
    "being asked": (put("/flows/0/nodes/1/options/approvers", ["role:maker"]), "flow:check"),
    "being asked perhaps": (put("/flows/0/nodes/1/options/approvers", ["manager:owner"]), "flow:check"),
    "a rule that copies": (put("/rules/-", rule("set_fields", values={"name": "secret"})), "rule:carry"),
    "a rule that copies elsewhere": (
        put("/rules/-", rule("create_record", form="empty", values={"a": "secret"})), "rule:carry"),
    "a rule that tells": (
        put("/rules/-", rule("notify", to=["person:wei"], title="{secret}")), "rule:carry"),
    "a rule that sends": (
        put("/rules/-", rule("web_hook", url="https://example.com/x", data={"a": "secret"})), "rule:carry"),
}  # fmt: skip


HARMLESS = {
    "others gain": put("/roles/1/forms/empty", {"actions": ["read", "create"]}),
    "a form without records": put("/roles/0/forms/empty", {"actions": ["read", "export"]}),
    "a form of his own": put("/forms/-", {"id": "own", "label": "新表", "fields": [
        {"id": "a", "type": "text", "label": "甲"}, formula("b", "UPPER(a)")]}),
    "less": put(f"{DEAL}/fields", {"price": "hide", "secret": "hide"}),
    "fewer rows": put(f"{DEAL}/rows", "owner == me and name != ''"),
    "a new field": put(f"{FIELDS}/-", {"id": "more", "type": "text", "label": "更多"}),
    "a formula of what he reads": put(f"{FIELDS}/-", formula("copy", "UPPER(name)")),
    "a label": put(f"{FIELDS}/2/label", "最低价"),
    "a mask more": put(f"{FIELDS}/0/mask", {"patterns": ["mobile"]}),
    "writing": put(f"{DEAL}/actions", ["read", "update"]),
    "unmasking for less": put("/roles/3/unmask", {"minutes": 10, "confirm": ["role:watch"]}),
    "an alarm more": put("/roles/3/emergency/alarm", ["role:watch", "role:clerk"]),
    "a board's label": put("/reports/0/widgets/0/label", "数"),
    "a board of his own rows": put("/roles/0/reports", {"board": "rows"}),
    "a flow's label": put("/flows/0/nodes/1/label", "看一看"),
    "others are asked": put("/flows/0/nodes/1/options/approvers", ["role:clerk"]),
    "a rule of what he reads": put("/rules/-", rule("set_fields", values={"name": "TRIM(name)"})),
    "a rule that tells others": put("/rules/-", rule("notify", to=["role:clerk"], title="{name}")),
}  # fmt: skip


def read(document: Any, registry: Any) -> App:
    app, problems = load(document, registry)
    assert app is not None
    assert [one for one in problems if one.severity == "error"] == []
    return app


def gained(
    registry: Any, *patch: dict[str, Any], held: set[str], parked: tuple[str, ...] = (), past: Any = OFFICE,
    before: Any = OFFICE,
) -> set[str]:  # fmt: skip
    after = jsonpatch.apply_patch(deepcopy(before), list(patch))
    opened = [Openings({"office": read(one, registry)}, registry) for one in (before, after, past)]
    found = MoreOpen(
        *opened[:2], "office", ["wei"], {"office": held}, {"deal"}, {("deal", name) for name in parked},
        lambda: opened[2:],
    )  # fmt: skip
    return {more.what for more in found.found()}


@pytest.mark.parametrize("what", GIVING)
def test_each_way_is_a_gain(registry: Any, what: str) -> None:
    patch, gain = GIVING[what]
    assert gain in gained(registry, patch, held={"maker", "helper"})


@pytest.mark.parametrize("what", HARMLESS)
def test_what_gives_nothing_is_none(registry: Any, what: str) -> None:
    assert gained(registry, HARMLESS[what], held={"maker", "helper"}) == set()


def without(name: str) -> dict[str, Any]:
    """The office after a field was taken out of it; who may do what with it is forgotten."""
    found = deepcopy(OFFICE)
    found["forms"][0]["fields"] = [one for one in OFFICE["forms"][0]["fields"] if one["id"] != name]
    for role in found["roles"]:
        for permission in role.get("forms", {}).values():
            permission.get("fields", {}).pop(name, None)
    return found


def test_what_comes_back_is_held_against_the_version_in_which_it_stood(registry: Any) -> None:
    back, before = put(f"{FIELDS}/-", OFFICE["forms"][0]["fields"][3]), without("secret")
    shown = jsonpatch.apply_patch(deepcopy(OFFICE), [put(f"{DEAL}/fields", {"price": "mask"})])
    for past, gains in ((OFFICE, {"field:deal:secret"}), (shown, set()), (before, {"field:deal:secret"})):
        assert gained(registry, back, held={"maker"}, before=before, parked=("secret",), past=past) == gains
    assert gained(registry, back, held={"maker"}, before=before) == set()  # nothing lies there


def test_a_formula_in_place_of_what_was_hidden_opens_nothing_when_it_goes(registry: Any) -> None:
    shown = without("secret")
    shown["forms"][0]["fields"].append(formula("secret", "UPPER(name)"))
    stored = {"id": "secret", "type": "text", "label": "内情"}
    last = len(shown["forms"][0]["fields"]) - 1
    back = {"op": "replace", "path": f"{FIELDS}/{last}", "value": stored}
    assert gained(registry, back, held={"maker"}, before=shown) == set()
    assert gained(registry, back, held={"maker"}, before=shown, parked=("secret",)) == {"field:deal:secret"}


def test_a_form_that_comes_back_is_held_against_its_last_version(registry: Any) -> None:
    gone = deepcopy(OFFICE)
    del gone["forms"][0], gone["reports"], gone["rules"], gone["flows"], gone["forms"][0]["fields"][1]
    for role in gone["roles"]:
        role.get("forms", {}).pop("deal", None)
        role.pop("reports", None)
    back = put("/forms/-", {**OFFICE["forms"][0]})
    role = deepcopy(OFFICE["roles"][0]["forms"]["deal"])
    assert gained(registry, back, put(DEAL, role), held={"maker"}, before=gone) == set()
    wider = put(DEAL, {"actions": ["read"]})
    assert gained(registry, back, wider, held={"maker"}, before=gone) == {"rows:deal"}
    assert gained(registry, back, wider, held={"maker"}, before=gone, past=gone) == {"form:deal"}


def test_who_reads_everything_gains_nothing_more_by_it(registry: Any) -> None:
    for what in ("a mask gone", "a formula of what is hidden", "a rule that copies", "being asked"):
        patch, _ = GIVING[what]
        assert gained(registry, patch, held={"clerk"}) == set(), what
