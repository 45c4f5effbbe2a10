"""Flows made up by a seeded generator: sound ones by construction, any others by chance.

The graph, the proof and the interpreter know nodes by what they say of themselves, never by name.
"""

from __future__ import annotations

import random
from typing import Any

Document = dict[str, Any]
APPROVERS = ("person:ann", "person:ben", "person:cat", "role:legal", "manager:applicant:1", "field:helper")
CONDITIONS = ("amount > 100", "kind == 'a'", "ISBLANK(amount)", "amount < 50 and kind != 'b'")


class Maker:
    """One flow. Blocks are emitted back to front: each is told where it leads."""

    def __init__(self, seed: int, size: int = 6) -> None:
        self.random = random.Random(seed)
        self.nodes: list[Document] = []
        self.edges: list[Document] = []
        self.left = size
        self.approvals: list[str] = []

    def node(self, kind: str, **options: Any) -> str:
        identifier = kind if kind == "start" else f"{kind}_{len(self.nodes)}"
        self.nodes.append({"id": identifier, "type": kind, "options": options})
        return identifier

    def edge(self, source: str, target: str, **more: str) -> None:
        self.edges.append({"from": source, "to": target, **more})

    def flow(self) -> Document:
        """Sound: blocks in blocks, joined where they were split."""
        end, self.rejected = self.node("end", state="approved"), self.node("end", state="rejected")
        entry = self.block(self.approval(end, free=True), free=True)
        start = self.node("start")
        self.edge(start, entry)
        return {
            "id": "made",
            "form": "request",
            "applicant": "applicant",
            "nodes": self.nodes[::-1],
            "edges": self.edges,
        }

    def block(self, target: str, free: bool) -> str:
        """`free`: not between a split and its join, so that it may end the flow."""
        self.left -= 1
        if self.left <= 0:
            return self.approval(target, free)
        kinds = ["approval"] * 4 + [
            "cc",
            "action",
            "timer",
            "sequence",
            "sequence",
            "choice",
            "choice",
            "parallel",
        ]
        return getattr(self, self.random.choice(kinds))(target, free)

    def approval(self, target: str, free: bool) -> str:
        options: Document = {
            "approvers": [self.random.choice(APPROVERS) for _ in range(self.random.randint(1, 2))],
            "mode": self.random.choice(("any", "any", "all")),
            "skip_if_approved": self.random.random() < 0.7,
        }
        if self.random.random() < 0.3:
            options["if_nobody"] = ["person:dan"]
        if self.random.random() < 0.4:
            options |= {"remind_after": "PT2H", "escalate_after": "PT8H"}
        if self.random.random() < 0.3:
            options["set"] = {"noted": "'approved'"}
        if self.random.random() < 0.6:
            options["may"] = ["approve", "reject", "return", "transfer", "add"]
        node = self.node("approval", **options)
        self.edge(node, target, on="approve")
        back = self.approvals[-1] if self.approvals and free and self.random.random() < 0.2 else None
        self.edge(node, back or (self.rejected if free else target), on="reject")
        if free:
            self.approvals.append(node)
        return node

    def cc(self, target: str, free: bool) -> str:
        return self.through("cc", target, to=["person:eve"], title="{number}")

    def action(self, target: str, free: bool) -> str:
        values = {"noted": self.random.choice(("'done'", "kind"))}
        return self.through("action", target, then=[{"action": "set_fields", "with": {"values": values}}])

    def timer(self, target: str, free: bool) -> str:
        return self.through("timer", target, **self.random.choice(({"for": "PT3H"}, {"until": "due"})))

    def through(self, kind: str, target: str, **options: Any) -> str:
        node = self.node(kind, **options)
        self.edge(node, target)
        return node

    def sequence(self, target: str, free: bool) -> str:
        return self.block(self.block(target, free), free)

    def choice(self, target: str, free: bool) -> str:
        ways = [self.block(target, free) for _ in range(self.random.randint(1, 2))]
        node = self.node("condition")
        for way in ways:
            self.edge(node, way, **{"if": self.random.choice(CONDITIONS)})
        self.edge(node, target)
        return node

    def parallel(self, target: str, free: bool) -> str:
        join = self.through("join", target)
        ways = [self.block(self.cc(join, False), False) for _ in range(2)]  # one edge a branch into the join
        node = self.node("split")
        for way in ways:
            self.edge(node, way)
        return node


def sound_flow(seed: int, size: int = 6) -> Document:
    return Maker(seed, size).flow()


def any_flow(seed: int) -> Document:
    """Every way out of every node is there, once; whether the whole is sound is left to chance."""
    chance = random.Random(seed)
    kinds = chance.choices(
        ("approval", "condition", "split", "join", "cc"), (3, 3, 3, 3, 1), k=chance.randint(2, 7)
    )
    names = ["start", *(f"{kind}_{number}" for number, kind in enumerate(kinds)), "end"]
    nodes: list[Document] = [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}]
    edges: list[Document] = []

    def to(place: int, but: str = "") -> str:
        """Mostly onwards."""
        onwards = [name for name in names[place + 1 :] if name != but]
        anywhere = [name for name in names[1:] if name != but]
        return chance.choice(onwards if onwards and chance.random() < 0.85 else anywhere)

    edges.append({"from": "start", "to": names[1]})
    for place, kind in enumerate(kinds, 1):
        name, first = names[place], to(place)
        second = to(place, but=first)
        options = {"approvers": ["person:ann"], "may": ["approve", "reject"]}
        titled = {"to": ["person:ann"], "title": "x"}
        nodes.append({"id": name, "type": kind, "options": {"approval": options, "cc": titled}.get(kind, {})})
        if kind == "approval":
            edges += [
                {"from": name, "to": first, "on": "approve"},
                {"from": name, "to": second, "on": "reject"},
            ]
        elif kind == "condition":
            edges += [{"from": name, "to": first, "if": "amount > 1"}, {"from": name, "to": second}]
        else:
            edges.append({"from": name, "to": first})
            edges += [{"from": name, "to": second}] if kind == "split" else []
    return {"id": "made", "form": "request", "nodes": nodes, "edges": edges}


REQUEST: Document = {
    "id": "request", "label": "申请", "title": "{number}",
    "fields": [
        {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "SQ{0000}"}},
        {"id": "applicant", "type": "member", "label": "申请人", "default": "me"},
        {"id": "helper", "type": "member", "label": "帮手"},
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "kind", "type": "select", "label": "种类",
         "options": {"choices": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]}},
        {"id": "due", "type": "datetime", "label": "期限"},
        {"id": "noted", "type": "text", "label": "备注"},
    ],
}  # fmt: skip


def app_with(flow: Document) -> Document:
    """A small app around one flow."""
    return {
        "muniment": 1, "app": {"id": "requests", "label": "申请"}, "forms": [REQUEST],
        "flows": [{"label": "审批", **flow}],
        "roles": [
            {"id": "legal", "label": "法务", "forms": {}},
            {"id": "staff", "label": "员工", "forms": {"request": {
                "rows": "applicant == me", "actions": ["read", "create", "update"]}}},
            {"id": "admin", "label": "管理员", "manages": ["people"]},
        ],
    }  # fmt: skip
