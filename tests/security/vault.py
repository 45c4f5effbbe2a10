"""An app in which every kind of hiding occurs, its people, and markers planted in what is hidden.

A marker is a word found nowhere else. `Vault.markers` says who may ever be shown it; the matrix looks for
all others in every answer.
"""

from __future__ import annotations

from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from litestar import Litestar

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import microseconds
from engine.evidence.witnesses.settings import LedgerSettings, Witness
from engine.packages.request import Request
from engine.public_forms.links import Wanted
from engine.records.query import Change
from engine.retention.holds import Scope
from engine.runtime import Runtime
from engine.system_tables import web_hook_calls
from metamodel.plugin_api import RawMessage
from tests.conftest import NOW
from tests.serving import app_over

APP = "vault"
PASSWORD = "correct horse battery"
SOURCES = {"choices": [{"value": "wecom", "label": "企业微信"}, {"value": "phone", "label": "电话"}]}
PROBE = "zebra"  # stands beside every planted marker that is searchable
SEALED = {"type": "text", "evidence": True, "sealed": True, "searchable": True}

MASKED = {"actions": ["read"], "fields": {"words": "hide", "sender": "mask", "scan": "hide"}}

# Who somebody is to the vault. A persona is a person, or nobody at all.
NOBODY = ""
SELLER, RIVAL, CLERK = "seller", "rival", "clerk"
GRANTED, UNMASKED, EXPIRED, REVOKED = "granted", "unmasked", "expired", "revoked"
# Broke the glass; had a mask lifted; asked for that and waits; stands in for the clerk; sees as the seller.
BROKEN, LIFTED, WAITING, STAND_IN, SEEING = "broken", "lifted", "waiting", "standin", "seeing"
ADMIN, AUDITOR, OUTSIDER = "admin", "auditor", "outsider"
PERSONAS = (
    NOBODY, OUTSIDER, SELLER, RIVAL, CLERK, GRANTED, UNMASKED, EXPIRED, REVOKED, BROKEN, LIFTED, WAITING, STAND_IN,
    SEEING, ADMIN, AUDITOR,
)  # fmt: skip
DUTIES = {
    ADMIN: ("channels", "design", "keys", "people", "retention"),
    AUDITOR: ("access", "audit", "verify"),
}
ROLES = {
    SELLER: "seller", RIVAL: "seller", CLERK: "clerk", GRANTED: "guest", UNMASKED: "guest", EXPIRED: "guest",
    REVOKED: "guest", BROKEN: "medic", LIFTED: "reader", WAITING: "asker", STAND_IN: "porter", SEEING: "watcher",
    ADMIN: "admin", AUDITOR: "auditor",
}  # fmt: skip
GUESTS = (GRANTED, UNMASKED, EXPIRED, REVOKED)

VAULT: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": APP, "label": {"zh": "金库", "en": "Vault"}},
    "forms": [
        {
            "id": "customer", "label": {"zh": "客户", "en": "Customer"}, "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": "名称", "required": True, "searchable": True},
                {"id": "owner", "type": "member", "label": "负责人", "default": "me"},
                {"id": "secret", "type": "text", "label": "底价", "searchable": True},
                {"id": "phone", "type": "text", "label": "手机", "sealed": True, "searchable": True, "mask": True},
                {"id": "amount", "type": "money", "label": "金额"},
                {"id": "source", "type": "select", "label": "来源", "options": SOURCES},
                {"id": "labels", "type": "tags", "label": "标签"},
                {"id": "paper", "type": "attachment", "label": "合同"},
            ],
            "views": [{"id": "all", "label": "全部", "columns": ["name", "owner", "secret", "phone", "amount",
                                                                "labels", "paper"]}],
        },
        {
            "id": "talk", "label": {"zh": "会话", "en": "Talk"}, "title": "{number}",
            "fields": [
                {"id": "number", "type": "auto_number", "label": "会话号", "options": {"pattern": "T{0000}"}},
                {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                {"id": "owner", "type": "member", "label": "责任人"},
                {"id": "source", "type": "select", "label": "渠道", "options": SOURCES},
                {"id": "last_at", "type": "datetime", "label": "最后时间"},
            ],
            "views": [
                {"id": "chat", "label": "原文", "kind": "chat", "options": {
                    "messages": {"form": "letter", "link": "talk"}, "side": "side", "sender": "sender",
                    "sender_id": "sender", "time": "at", "text": "words", "tags": "labels",
                    "facts": ["customer", "owner"]}},
                {"id": "line_of_time", "label": "时间线", "kind": "timeline", "options": {
                    "by": "customer", "time": "last_at", "mark": "source", "who": ["owner"],
                    "words": {"form": "letter", "link": "talk", "text": "words"}, "opens": "chat",
                    "request": {"form": "wish", "field": "customer"}}},
            ],
        },
        {
            "id": "letter", "label": {"zh": "消息", "en": "Message"}, "kind": "archive", "title": "{sender}",
            "search": {"from": "sender", "date": "at", "client": "customer.name"},
            "fields": [
                {"id": "sender", "label": "发送人", **SEALED, "mask": True},
                {"id": "words", "label": "内容", **SEALED, "type": "long_text"},
                {"id": "at", "type": "datetime", "label": "时间", "evidence": True},
                {"id": "side", "type": "select", "label": "方向", "evidence": True,
                 "options": {"choices": [{"value": "in"}, {"value": "out"}]}},
                {"id": "scan", "type": "attachment", "label": "原件", "evidence": True},
                {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                {"id": "floor_price", "type": "lookup", "label": "客户底价",
                 "options": {"through": "customer", "field": "secret"}},
                {"id": "talk", "type": "link", "label": "会话", "options": {"form": "talk"}},
                {"id": "labels", "type": "tags", "label": "标签"},
            ],
        },
        {
            "id": "wish", "label": {"zh": "查阅申请", "en": "Request"}, "title": "申请 {reason}",
            "fields": [{"id": "who", "type": "member", "label": "申请人", "default": "me"},
                       {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                       {"id": "reason", "type": "text", "label": "事由", "required": True}],
        },
        {
            "id": "slip", "label": {"zh": "便条", "en": "Slip"}, "title": "{text}",
            "fields": [{"id": "text", "type": "text", "label": "内容"},
                       {"id": "owner", "type": "member", "label": "谁的", "default": "me"}],
        },
    ],
    "rules": [
        {"id": "cut", "label": "分词", "when": {"trigger": "record_created", "form": "letter"},
         "then": [{"action": "run_analyzer", "with": {"analyzer": "words", "options": {"field": "words"}}}]},
        {"id": "watch", "label": "关注", "when": {"trigger": "record_created", "form": "letter"},
         "if": f"CONTAINS_ANY(words, '{PROBE}')",
         "then": [
             {"action": "create_task", "with": {
                 "to": ["person:seller", "person:clerk"], "title": "跟进一条消息", "note": "{words}"}},
             {"action": "notify", "with": {
                 "to": ["person:rival", "person:clerk"], "title": "有新消息", "body": "{words}", "mail": False}}]},
        {"id": "star", "label": "星标", "when": {"trigger": "button", "form": "customer", "label": "加星标"},
         "then": [{"action": "add_tags", "with": {"tags": ["星标"], "field": "labels"}}]},
    ],
    "flows": [
        {"id": "approve", "label": "审批", "form": "wish", "applicant": "who",
         "nodes": [
             {"id": "start", "type": "start", "label": "发起"},
             {"id": "boss", "type": "approval", "label": "审批",
              "options": {"approvers": ["person:clerk"], "facts": ["who", "reason"]}},
             {"id": "end", "type": "end", "label": "通过", "options": {"state": "approved"}},
             {"id": "no", "type": "end", "label": "驳回", "options": {"state": "rejected"}}],
         "edges": [{"from": "start", "to": "boss"}, {"from": "boss", "to": "end", "on": "approve"},
                   {"from": "boss", "to": "no", "on": "reject"}]},
    ],
    "channels": [
        {"id": "box", "label": "收件", "connector": "webhook", "options": {
            "fields": {"vendor_id": "id", "account": "account", "sent_at": "at", "sender_id": "from",
                       "text": "text", "direction": "'in'", "type": "'text'"},
            "example": {"id": "e1", "account": "a", "at": "2026-11-20T08:40:00+08:00", "from": "x", "text": "y"}}},
    ],
    "reports": [
        {"id": "figures", "label": {"zh": "数字", "en": "Figures"},
         "filters": [{"id": "owner", "kind": "choice", "label": "负责人", "fields": {"customer": "owner"}}],
         "widgets": [
             {"id": "sum", "type": "kpi", "label": "总额", "options": {
                 "width": 3, "height": 2, "dataset": {"form": "customer"},
                 "measures": [{"id": "a", "aggregate": "sum", "field": "amount", "label": "金额"}]}},
             {"id": "biggest", "type": "bar", "label": "最大", "options": {
                 "width": 6, "height": 4, "dataset": {"form": "customer"}, "dimensions": [{"field": "labels"}],
                 "measures": [{"id": "a", "aggregate": "max", "field": "amount", "label": "金额"}]}},
             {"id": "by_price", "type": "bar", "label": "底价", "options": {
                 "width": 6, "height": 4, "dataset": {"form": "customer"}, "dimensions": [{"field": "secret"}],
                 "measures": [{"id": "n", "label": "个数"}]}},
             {"id": "rows", "type": "list", "label": "明细", "options": {
                 "width": 6, "height": 4, "dataset": {"form": "customer"}, "limit": 9,
                 "columns": ["name", "secret", "phone", "amount", "labels"]}},
             {"id": "letters", "type": "list", "label": "消息", "options": {
                 "width": 6, "height": 4, "dataset": {"form": "letter"}, "limit": 9,
                 "columns": ["sender", "words", "customer", "floor_price"]}},
             {"id": "cloud", "type": "word_cloud", "label": "用词", "options": {
                 "width": 6, "height": 4, "words": {"form": "letter", "field": "words"}, "minimum": 1}},
         ]},
    ],
    "roles": [
        {"id": "seller", "label": "销售", "reports": {"figures": "rows"}, "forms": {
            "customer": {"rows": "owner == me", "actions": ["read", "create", "update", "export"]},
            "talk": {"rows": "owner == me", "actions": ["read", "update"]},
            "letter": {"rows": "customer.owner == me", "actions": ["read", "create", "update", "export"]},
            "wish": {"rows": "who == me", "actions": ["read", "create", "update"]},
            "slip": {"rows": "owner == me", "actions": ["read", "create", "delete"]}}},
        {"id": "clerk", "label": "文员", "reports": {"figures": "rows"}, "forms": {
            "customer": {"actions": ["read", "update", "export"],
                         "fields": {"secret": "hide", "amount": "hide", "phone": "mask", "paper": "hide",
                                    "source": "write"}},
            "talk": {"actions": ["read"]},
            "letter": {"actions": ["read", "export"],
                       "fields": {"words": "hide", "sender": "mask", "scan": "hide"}}}},
        {"id": "guest", "label": "查阅人", "forms": {"wish": {"rows": "who == me", "actions": ["read", "create"]}}},
        {"id": "medic", "label": "值守", "emergency": {"forms": ["letter"], "hours": 4, "alarm": ["role:auditor"]}},
        {"id": "reader", "label": "阅览", "unmask": {"minutes": 30}, "forms": {"letter": MASKED}},
        {"id": "asker", "label": "阅览（须同意）", "unmask": {"minutes": 30, "confirm": ["role:clerk"]},
         "forms": {"letter": MASKED}},
        {"id": "porter", "label": "传达"},
        {"id": "watcher", "label": "设计", "manages": ["design"]},
        {"id": "admin", "label": "管理员", "manages": list(DUTIES[ADMIN])},
        {"id": "auditor", "label": "审计员", "manages": list(DUTIES[AUDITOR])},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A record to ask for, and who may read it."""

    form: str
    record: str
    readers: frozenset[str]


@dataclass
class Vault:
    """The furnished runtime: what was planted where, and under which id it is asked for."""

    runtime: Runtime
    markers: dict[str, frozenset[str]] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)  # markers that need not be shown to anybody
    ids: dict[str, str] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    opened: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def app(self) -> Litestar:
        return app_over(self.runtime)

    def close(self) -> None:
        self.opened.close()
        self.runtime.close()

    def plant(self, what: str, *readers: str) -> str:
        """A new marker that only these personas may be shown."""
        word = f"qz{len(self.markers) + 10}{what.replace('_', '')}qz"
        self.markers[word] = frozenset(readers)
        return word

    def target(self, form: str, record: str) -> Target | None:
        return next((t for t in self.targets if (t.form, t.record) == (form, record)), None)

    def leaks(self, persona: str, answer: str) -> list[str]:
        """Markers in this answer which this persona must not be shown."""
        text = plain(answer)
        return [word for word, readers in self.markers.items() if word in text and persona not in readers]


def plain(answer: str) -> str:
    """As it is compared: grouping does not hide a number."""
    return answer.replace(",", "")


def furnish(runtime: Runtime) -> Vault:
    vault = Vault(runtime)
    runtime.applications.publish(None, _older(), "system")
    _people(runtime)
    _slips(vault)
    runtime.applications.publish(None, VAULT, "system")
    _away(vault)
    _records(vault)
    _grants(vault)
    _exceptions(vault)
    _later(vault)
    _work(vault)
    _things(vault)
    _own_things(vault)
    runtime.ledger.integrate()
    return vault


def _older() -> dict[str, Any]:
    """A version with a field that was taken away."""
    found = deepcopy(VAULT)
    found["forms"][-1]["fields"].append({"id": "old", "type": "text", "label": "旧"})
    return found


def _slips(vault: Vault) -> None:
    """What its owner may delete: one for each way to do so, and two that lie in the recycle bin."""
    runtime, seller = vault.runtime, vault.runtime.require_viewer(SELLER)
    for name in ("slip", "paged_slip", "listed_slip", "binned_slip", "paged_binned_slip"):
        binned = "binned" in name
        text = vault.plant(name, *((SELLER,) if binned else (SELLER, SEEING)))
        values = {"text": text, "old": vault.plant(f"{name}_old")}
        (made,) = runtime.records.create(seller, APP, "slip", [values])
        vault.ids[name] = made
        if binned:
            assert runtime.recycle_bin.delete(seller, APP, "slip", [made]).outcomes[0].ok
        else:
            vault.targets.append(Target("slip", made, frozenset({SELLER, SEEING})))


def _people(runtime: Runtime) -> None:
    staff = [Person(name, f"{name} 某", "职员", "house", superior="clerk") for name in PERSONAS if name]
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def save(unit: Any) -> None:
        runtime.people.save_departments(unit, [Department("house", "公司")])
        runtime.people.save_people(unit, staff)
        runtime.people.save_memberships(
            unit, [Membership(APP, role, "person", person) for person, role in ROLES.items()]
        )
        for person in staff:
            runtime.accounts.passwords.set_hash(unit, person.id, hashed)

    runtime.database.write(save)


def _away(vault: Vault) -> None:
    """The clerk is away, and somebody stands in for her; the seller will be."""
    absences, viewer = vault.runtime.absences, vault.runtime.require_viewer
    absences.set(viewer(CLERK), STAND_IN, date(2026, 11, 20), date(2026, 11, 21))
    vault.ids["absence"] = str(absences.set(viewer(SELLER), RIVAL, date(2027, 1, 1), date(2027, 1, 2)))


def _customer(vault: Vault, who: str, amount: str) -> str:
    """A customer of this person's; the clerk reads all of it but secret, amount, phone and paper."""
    plant, viewer = vault.plant, vault.runtime.require_viewer(who)
    plainly = (who, SEEING) if who == SELLER else (who,)
    old = plant(f"{who}_old_secret", *plainly)
    paper = vault.runtime.store_file(
        viewer, plant(f"{who}_paper", who).encode(), plant(f"{who}_paper_name", who) + ".txt", "text/plain"
    )
    values = {
        "name": f"{plant(f'{who}_name', *plainly, CLERK)} {PROBE}", "owner": who, "secret": old,
        "phone": f"{plant(f'{who}_phone', who)} {PROBE}", "amount": amount, "source": "wecom",
        "labels": [plant(f"{who}_label", *plainly, CLERK)], "paper": [paper["id"]],
    }  # fmt: skip
    vault.markers[amount.partition(".")[0]] = frozenset(plainly)
    (made,) = vault.runtime.records.create(viewer, APP, "customer", [values])
    secret = f"{plant(f'{who}_secret', *plainly)} {PROBE}"
    _change(vault, made, secret)
    vault.ids[f"{who}_paper"], vault.ids[f"{who}_customer"] = str(paper["id"]), made
    vault.targets.append(Target("customer", made, frozenset({*plainly, CLERK})))
    return made


def _change(vault: Vault, customer: str, secret: str) -> None:
    changes = [Change(customer, {"secret": secret})]
    assert all(outcome.ok for outcome in vault.runtime.records.update(SYSTEM, APP, "customer", changes))


def _letter(vault: Vault, name: str, customer: str, talk: str, **readers: tuple[str, ...]) -> str:
    """A message; the clerk may read neither its words nor its scan and its sender in part only."""
    plant = vault.plant
    words, sender, whole = readers["words"], readers["sender"], readers["rows"]
    scan = vault.runtime.store_file(
        SYSTEM,
        plant(f"{name}_scan", *words).encode(),
        plant(f"{name}_scan_name", *words) + ".txt",
        "text/plain",
    )
    values = {
        "sender": plant(f"{name}_sender", *sender), "words": f"{plant(f'{name}_words', *words)} {PROBE} 报价",
        "at": "2026-11-20T08:40:00+08:00", "side": "in", "customer": customer, "talk": talk,
        "labels": [plant(f"{name}_label", *whole)], "scan": [scan["id"]],
    }  # fmt: skip
    (made,) = vault.runtime.records.create(SYSTEM, APP, "letter", [values])
    vault.ids[f"{name}_scan"], vault.ids[name] = str(scan["id"]), made
    vault.targets.append(Target("letter", made, frozenset(whole)))
    return made


def _talk(vault: Vault, who: str, customer: str) -> str:
    values = {"customer": customer, "owner": who, "source": "wecom", "last_at": "2026-11-20T08:50:00+08:00"}
    (made,) = vault.runtime.records.create(SYSTEM, APP, "talk", [values])
    vault.ids[f"{who}_talk"] = made
    vault.targets.append(
        Target("talk", made, frozenset({who, CLERK} | ({SEEING} if who == SELLER else set())))
    )
    return made


def _records(vault: Vault) -> None:
    mine, theirs = _customer(vault, SELLER, "7319051234.00"), _customer(vault, RIVAL, "8426091357.00")
    my_talk, their_talk = _talk(vault, SELLER, mine), _talk(vault, RIVAL, theirs)
    _letter(
        vault, "letter", mine, my_talk, words=(SELLER, BROKEN), sender=(SELLER, BROKEN),
        rows=(SELLER, SEEING, CLERK, BROKEN, LIFTED, WAITING),
    )  # fmt: skip
    _letter(
        vault, "lent", theirs, their_talk, words=(RIVAL, GRANTED, UNMASKED, BROKEN),
        sender=(RIVAL, UNMASKED, BROKEN, LIFTED), rows=(RIVAL, CLERK, GRANTED, UNMASKED, BROKEN, LIFTED, WAITING),
    )  # fmt: skip


def _grants(vault: Vault) -> None:
    """Four guests asked for the rival's messages of then: two may look, one's time is over, one was stopped."""
    runtime, newest = vault.runtime, int(vault.ids["lent"])
    now, day = microseconds(NOW), timedelta(days=1) // timedelta(microseconds=1)

    def give(unit: Any) -> None:
        for who in GUESTS:
            purpose = vault.plant(f"{who}_purpose", who, ADMIN, AUDITOR)
            vault.optional.add(purpose)
            grant = runtime.grants.give(
                unit, who, APP, "letter", filter=f"customer == '{vault.ids['rival_customer']}'", newest=newest,
                purpose=purpose, by=ADMIN, expires_at=now - day if who == EXPIRED else now + day,
                unmask=who == UNMASKED,
            )  # fmt: skip
            vault.ids[f"{who}_grant"] = str(grant.id)
            if who == REVOKED:
                runtime.grants.revoke(unit, grant.id)

    runtime.database.write(give)


def _exceptions(vault: Vault) -> None:
    """One broke the glass, one sees a letter in full for a while, one has yet to be allowed to."""
    runtime, lent = vault.runtime, {"letter": [vault.ids["lent"]]}

    def told(who: str, *others: str) -> str:
        reason = vault.plant(f"{who}_purpose", who, ADMIN, AUDITOR, *others)
        vault.optional.add(reason)
        return reason

    broke, lifts, waits = (runtime.require_viewer(who) for who in (BROKEN, LIFTED, WAITING))
    (grant,) = runtime.emergencies.break_glass(broke, APP, "medic", told(BROKEN))
    lifted = runtime.unmasking.ask(lifts, APP, lent, told(LIFTED))
    asked = runtime.unmasking.ask(waits, APP, lent, told(WAITING, CLERK))
    assert (lifted.until is not None, asked.until) == (True, None)
    vault.ids |= {"broken_grant": str(grant.id), "lifted": str(lifted.id)}


def _later(vault: Vault) -> None:
    """What came after the grants were asked for and the glass was broken stays closed to them."""
    customer, talk = vault.ids["rival_customer"], vault.ids["rival_talk"]
    _letter(
        vault, "later", customer, talk, words=(RIVAL,), sender=(RIVAL,), rows=(RIVAL, CLERK, LIFTED, WAITING)
    )


def _work(vault: Vault) -> None:
    """To-dos, a running flow, a message in quarantine, what somebody looked for."""
    runtime = vault.runtime
    for who in (SELLER, GRANTED):
        seen = (who, CLERK, STAND_IN, SEEING) if who == SELLER else (who, CLERK, STAND_IN)
        viewer, reason = runtime.require_viewer(who), vault.plant(f"{who}_reason", *seen)
        values = {"reason": reason, "customer": vault.ids["seller_customer"]}
        (wish,) = runtime.records.create(
            viewer, APP, "wish", [values if who == SELLER else {"reason": reason}]
        )
        flow = runtime.flows.view(viewer, APP, "wish", wish)
        assert flow is not None
        vault.ids[f"{who}_wish"], vault.ids[f"{who}_flow"] = wish, flow.instance
        vault.targets.append(Target("wish", wish, frozenset(seen)))  # the clerk is asked to approve
    vault.ids["seller_task"] = runtime.tasks.of(runtime.require_viewer(SELLER), state="open").items[0].id
    notes = runtime.notifications.of(runtime.require_viewer(RIVAL), limit=5).items
    vault.ids["rival_notification"] = notes[0].id
    runtime.channels.set_enabled("box", True)
    broken = b'{"id": "1", "text": "%s", ' % vault.plant("quarantined").encode()
    runtime.receive("box", RawMessage(broken, {"x-secret": vault.plant("vendor_header")}, source="10.0.0.9"))
    runtime.jobs.run_due()
    vault.ids["quarantined"] = next((row.id for row in runtime.channels.quarantine("box")), "1")


def _things(vault: Vault) -> None:
    """Whatever else stands in an address: somebody's own, and what a duty looks after."""
    runtime, ids, viewer = vault.runtime, vault.ids, vault.runtime.require_viewer
    seller, admin, customer = viewer(SELLER), viewer(ADMIN), ids["seller_customer"]
    for name in ("comment", "other_comment"):
        text = vault.plant(name, SELLER, CLERK)
        ids[name] = str(runtime.comments.add(seller, APP, "customer", customer, text).comment)
    runtime.saved_views.save(seller, APP, "customer", vault.plant("saved", SELLER), "q=1")
    ids["saved"] = runtime.saved_views.all(seller, APP, "customer")[0].id
    sheet = runtime.store_file(
        seller, f"名称\n{vault.plant('imported', SELLER)}\n".encode(), "客户.csv", "text/csv"
    )
    ids["import"] = runtime.imports.open(seller, APP, "customer", str(sheet["id"]))
    ids["package"] = runtime.packages.ask(seller, Request(app=APP, form="letter", reason="存档"))
    ids["hold"] = runtime.retention.hold(admin, "旧案", "", Scope(APP, "letter", "record.id == '0'"))
    _, ids["public_token"] = runtime.public_forms.make(admin, APP, "customer", Wanted("来访", ("name",)))
    link, _ = runtime.public_forms.make(admin, APP, "customer", Wanted("又一个", ("name",)))
    ids["public_link"] = str(link.id)
    runtime.secrets.set(admin, "vendor_key", "https://example.com/", vault.plant("vendor_key"))
    ids["call"] = "7"
    dead = {"id": 7, "app": APP, "rule": "star", "url": "https://example.com/", "at": 0, "state": "dead"}
    runtime.database.write(lambda unit: unit.connection.execute(web_hook_calls.insert().values(dead)))
    outside = runtime.config.data / "outside"
    outside.mkdir()
    witness = Witness("w1", "folder", str(outside))
    runtime.database.write(lambda unit: runtime.witnesses.save(unit, LedgerSettings((witness,))))
    ids["witness"] = witness.id
    described = {"op": "add", "path": "/app/description", "value": "一"}
    runtime.designing.edit(admin, APP, runtime.designing.open(admin, APP).revision, [described])
    runtime.jobs.run_due()


def _own_things(vault: Vault) -> None:
    """What belongs to one person or to the house alone: nobody is ever shown a secret."""
    runtime = vault.runtime
    token = runtime.tokens.create(SELLER, "reader", ("read",))
    vault.ids["reading_token"] = token
    total = str(7319051234 + 8426091357)  # of both customers: nobody reads both amounts
    for secret in (token, "$argon2id", runtime.keys.box_key.hex(), total):
        vault.markers[secret] = frozenset()
