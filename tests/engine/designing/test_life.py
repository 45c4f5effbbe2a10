"""From nothing to a published app and back to what it was, on both databases."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import jsonpatch
import pytest

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.applications.packing import pack_file, pack_folder, unpack
from engine.designing.clashes import taking
from engine.designing.impact import touched, unreachable
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.application import load
from metamodel.problems import Rejected

SHEET = "品名,单价,数量,签约日期\n锅炉,12.50,3,2024-01-02\n阀门,3,20,2024/2/3\n".encode()


@pytest.fixture
def empty_runtime(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    yield runtime
    runtime.close()


@pytest.fixture
def li(empty_runtime: Runtime) -> Viewer:
    """Administers a house without any app."""
    runtime = empty_runtime

    def furnish(unit: Any) -> None:
        runtime.people.save_departments(unit, [Department("house", "公司")])
        runtime.people.save_people(unit, [Person("li", "李", "", "house"), Person("wu", "吴", "", "house")])
        runtime.people.save_memberships(unit, [Membership("", "administrator", "person", "li")])

    runtime.database.write(furnish)
    return runtime.require_viewer("li")


def codes(error: pytest.ExceptionInfo[Rejected]) -> list[str]:
    return [found.code for found in error.value.problems]


def fields(document: Any) -> list[tuple[str, str]]:
    return [(field["id"], field["type"]) for field in document["forms"][0]["fields"]]


def test_the_ways_an_app_begins(empty_runtime: Runtime, li: Viewer) -> None:
    starting = empty_runtime.life.starting
    blank = starting.blank(li, "合同登记")
    assert (blank.app, blank.revision, fields(blank.document)) == ("he_tong_deng_ji", 1, [])
    pasted = starting.from_headings(li, "合同登记", "客户名称\t金额\t签约日期\t客户名称")
    assert pasted.app == "he_tong_deng_ji_2"
    assert fields(pasted.document) == [
        ("ke_hu_ming_cheng", "text"), ("jin_e", "money"), ("qian_yue_ri_qi", "date"),
    ]  # fmt: skip
    assert pasted.document["forms"][0]["title"] == "{ke_hu_ming_cheng}"
    sheet = starting.from_sheet(li, "采购", SHEET, app="buying")
    assert (sheet.app, [kind for _, kind in fields(sheet.document)]) == (
        "buying", ["text", "money", "integer", "date"],
    )  # fmt: skip
    crm = starting.from_sample(li, "crm")
    assert crm.app == "crm"
    assert len(crm.document["forms"]) > 3
    assert {one.app for one in empty_runtime.designing.apps(li)} >= {"crm", "buying", "he_tong_deng_ji"}
    for document in (blank, pasted, sheet):
        assert not [p for p in empty_runtime.designing.problems(li, document.app)[1] if p.severity == "error"]


@pytest.mark.parametrize(
    ("label", "app", "code"),
    [("", "", "begin.no_label"), ("甲", "Kaufen!", "begin.bad_id"), ("甲", "buying", "begin.id_taken")],
)
def test_what_no_app_may_be_called(
    empty_runtime: Runtime, li: Viewer, label: str, app: str, code: str
) -> None:
    empty_runtime.life.starting.blank(li, "采购", app="buying")
    with pytest.raises(Rejected) as refused:
        empty_runtime.life.starting.blank(li, label, app=app)
    assert codes(refused) == [code]


def test_nobody_begins_an_app_by_the_way(empty_runtime: Runtime, li: Viewer) -> None:
    with pytest.raises(Rejected) as refused:
        empty_runtime.life.starting.blank(empty_runtime.require_viewer("wu"), "甲")
    assert codes(refused) == ["access.denied"]
    assert empty_runtime.designing.apps(empty_runtime.require_viewer("wu")) == []


def edited(runtime: Runtime, viewer: Viewer, app: str, *patch: dict[str, Any]) -> int:
    draft = runtime.designing.open(viewer, app)
    revision = runtime.designing.edit(viewer, app, draft.revision, list(patch)).draft.revision
    return runtime.designing.publish(viewer, app, revision)


FIELDS = "/forms/0/fields"


MENU = [{"label": "工作", "items": [{"form": "a"}]}]
OPEN = {"actions": ["read", "create"]}
REACHED: list[tuple[str, dict[str, Any], list[tuple[str, bool, bool, bool]]]] = [
    ("no role", {"roles": []}, [("a", True, False, True), ("b", True, False, True)]),
    ("a role for one", {"roles": [{"id": "r", "forms": {"a": OPEN}}]}, [("b", True, False, True)]),
    ("exporting opens nothing", {"roles": [{"id": "r", "forms": {"a": OPEN, "b": {"actions": ["export"]}}}]},
     [("b", True, False, True)]),
    ("open, and in no menu", {"roles": [{"id": "r", "forms": {"a": OPEN, "b": OPEN}}], "menus": MENU},
     [("b", False, True, True)]),
    ("all open, no menu of its own", {"roles": [{"id": "r", "forms": {"a": OPEN, "b": OPEN}}]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("more", "expected"), [row[1:] for row in REACHED], ids=[row[0] for row in REACHED])
def test_forms_nobody_gets_to(
    registry: Any, more: dict[str, Any], expected: list[tuple[str, bool, bool, bool]]
) -> None:
    """Asked before they are published for the first time; afterwards only what is open to nobody is told."""
    document = {
        "muniment": 1,
        "app": {"id": "x"},
        "forms": [{"id": "a", "fields": []}, {"id": "b", "fields": []}],
    }
    app, _ = load({**document, **more}, registry)
    assert app is not None
    told = [(one.form.id, one.closed, one.unlisted, one.new) for one in unreachable(app)]
    assert told == expected
    again = [(one.form.id, one.closed, one.unlisted, one.new) for one in unreachable(app, app)]
    assert again == [(form, closed, unlisted, False) for form, closed, unlisted, _ in expected if closed]


def test_what_publishing_costs_what_was_and_what_comes_back(empty_runtime: Runtime, li: Viewer) -> None:
    runtime, life = empty_runtime, empty_runtime.life
    life.starting.from_sheet(li, "采购", SHEET, form="单", app="buying")
    impact = life.impacts.of(li, "buying")
    assert [one.form.id for one in impact.unreachable] == ["dan"]
    assert impact.preview.version == 0
    rule = {
        "id": "big",
        "label": "大单",
        "when": {"trigger": "record_created", "form": "dan"},
        "if": "dan_jia > 100",
        "then": [{"action": "set_fields", "with": {"values": {"pin_ming": "'大'"}}}],
    }
    assert edited(runtime, li, "buying", {"op": "add", "path": "/rules", "value": [rule]}) == 1
    rows = [{"pin_ming": "锅炉", "dan_jia": "12.50"}, {"pin_ming": "阀", "dan_jia": "3"}, {"pin_ming": "管"}]
    runtime.records.create(SYSTEM, "buying", "dan", rows)
    asked = [(one.form.id, one.closed, one.new) for one in life.impacts.of(li, "buying").unreachable]
    assert asked == [("dan", True, False)], "it was asked before the first publishing"

    draft = runtime.designing.open(li, "buying")
    revision = runtime.designing.edit(
        li, "buying", draft.revision,
        [{"op": "remove", "path": f"{FIELDS}/1"}, {"op": "remove", "path": "/rules"}],
    ).draft.revision  # fmt: skip
    impact = life.impacts.of(li, "buying")
    (lost,) = impact.lost
    assert (lost.step.name, lost.rows, lost.values) == ("park_field", 3, 2)
    told = next(one for one in impact.preview.changes if one.change.id == "dan_jia")
    assert touched(told) == {"rule": 1}
    assert runtime.designing.publish(li, "buying", revision) == 2

    assert [one.number for one in life.versions.of(li, "buying")] == [2, 1]
    assert {one.kind for one in life.versions.compare(li, "buying", 1, 2)} == {"removed"}
    assert life.versions.compare(li, "buying", 2) == []
    (parked,) = life.versions.parked(li, "buying")
    lies = parked.kind, parked.path, parked.values, parked.version, parked.label
    assert lies == ("field", "dan_jia", 2, 1, "单价")
    back = life.versions.give_back(li, "buying", parked.form, parked.path)
    assert ("dan_jia", "money") in fields(back.draft.document)
    assert life.versions.parked(li, "buying") == []
    assert runtime.designing.publish(li, "buying", back.draft.revision) == 3
    kept = {one.values["pin_ming"]: one.values.get("dan_jia") for one in _all(runtime)}
    assert kept == {"锅炉": "12.50", "阀": "3.00", "管": None}

    restored = life.versions.restore(li, "buying", 1)
    assert restored.draft.document == runtime.applications.document("buying", 1)
    with pytest.raises(Rejected) as refused:
        life.versions.restore(li, "buying", 9)
    assert codes(refused) == ["version.unknown"]


def _all(runtime: Runtime) -> Any:
    return runtime.records.page(SYSTEM, "buying", "dan", Query(limit=10)).items


def test_a_file_comes_back_as_it_went_and_is_merged_with_what_happened_meanwhile(
    empty_runtime: Runtime, li: Viewer
) -> None:
    runtime, life = empty_runtime, empty_runtime.life
    life.starting.from_sheet(li, "采购", SHEET, app="buying")
    runtime.designing.publish(li, "buying", 1)
    document = dict(life.versions.document(li, "buying", 1))
    assert unpack(pack_file(document)) == document == unpack(pack_folder(document, "buying"))
    same = life.starting.from_file(li, pack_file(document))
    assert (same.new, same.changes, same.draft.revision) == (False, (), 1)

    relabelled = {"op": "replace", "path": f"{FIELDS}/0/label", "value": "品名"}
    here = [relabelled, {"op": "replace", "path": f"{FIELDS}/1/label", "value": "价"}]
    draft = runtime.designing.open(li, "buying")
    runtime.designing.edit(li, "buying", draft.revision, here)
    theirs = unpack(pack_file(document))
    theirs["forms"][0]["fields"][1]["label"] = "含税价"
    theirs["forms"][0]["fields"][2]["label"] = "件数"
    merged = life.starting.from_file(li, pack_folder(theirs, "buying"))
    assert merged.base == 1
    assert [one.found.code for one in merged.conflicts] == ["merge.conflict"]
    assert [field["label"] for field in merged.draft.document["forms"][0]["fields"]][1:3] == ["价", "件数"]
    wanted = [(one.path, one.gone, one.value) for one in merged.conflicts]
    taken = life.starting.take(li, "buying", merged.draft.revision, wanted)
    assert [field["label"] for field in taken.draft.document["forms"][0]["fields"]][1:3] == ["含税价", "件数"]
    whole = life.starting.from_file(li, pack_file(theirs), "replace")
    assert whole.draft.document == theirs


CLASHED = {"forms": [{"id": "a"}, {"id": "b"}, {"id": "c", "title": "x"}], "app": {"id": "x"}}
TAKEN: list[tuple[str, list[tuple[str, bool, Any]], Any]] = [
    ("what goes from a list goes from its end", [("/forms/0", True, None), ("/forms/1", True, None)],
     {"forms": [{"id": "c", "title": "x"}], "app": {"id": "x"}}),
    ("places do not move meanwhile", [("/forms/0", True, None), ("/forms/2/title", False, "y")],
     {"forms": [{"id": "b"}, {"id": "c", "title": "y"}], "app": {"id": "x"}}),
    ("what the draft took away comes", [("/app/label", False, "新")], {**CLASHED, "app": {"id": "x", "label": "新"}}),
    ("no such place", [("/forms/7/title", False, "y")], None),
    ("nor the whole", [("", False, {})], None),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "expected"), [row[1:] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_what_a_file_has_takes_the_draft_s_place(wanted: list[tuple[str, bool, Any]], expected: Any) -> None:
    if expected is None:
        with pytest.raises(Rejected):
            taking(CLASHED, wanted)
    else:
        assert jsonpatch.apply_patch(CLASHED, taking(CLASHED, wanted)) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no json", "app.unreadable"),
        (b"[1]", "app.unreadable"),
        (b"{}", "app.unreadable"),
        (b"[" * 100_000, "app.unreadable"),
        (b"PK\x03\x04rubbish", "app.unreadable"),
        (b" " * 10_000_001, "begin.too_large"),
    ],
)
def test_files_that_are_no_app(empty_runtime: Runtime, li: Viewer, content: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        empty_runtime.life.starting.from_file(li, content)
    assert codes(refused) == [code]


def test_an_archive_that_unpacks_to_too_much_is_refused(empty_runtime: Runtime, li: Viewer) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("app.json", " " * 30_000_000)
    with pytest.raises(Rejected) as refused:
        empty_runtime.life.starting.from_file(li, made.getvalue())
    assert codes(refused) == ["begin.too_large"]


def test_a_draft_is_bound_before_it_is_published(empty_runtime: Runtime, li: Viewer) -> None:
    """What brings no duties; secrets and apps it needs are named."""
    runtime, bindings = empty_runtime, empty_runtime.life.bindings
    document = runtime.life.starting.blank(li, "采购", app="buying").document
    source = {"url": "https://erp.example.com/sites", "secret": "erp"}
    patch = [
        {"op": "add", "path": "/roles/-", "value": {"id": "boss", "label": "主管", "manages": ["audit"]}},
        {"op": "add", "path": "/requires", "value": [{"app": "crm", "version": 1}]},
        {"op": "add", "path": "/forms/0/fields/-", "value": {
            "id": "site", "type": "outside_choice", "label": "园区", "options": {"source": source}}},
        {"op": "add", "path": "/forms/0/fields/-", "value": {
            "id": "place", "type": "outside_choice", "label": "地点", "options": {"source": {**source, "url": "x"}}}},
    ]  # fmt: skip
    runtime.designing.edit(li, "buying", 1, patch)
    bound = bindings.of(li, "buying")
    assert {one.role.id: one.open for one in bound.roles} == {
        "designer": True, "member": True, "boss": False,
    }  # fmt: skip
    assert [(one.name, one.address, one.there) for one in bound.secrets] == [
        ("erp", "https://erp.example.com:443", False), ("erp", "x", False),
    ]  # fmt: skip
    assert [(one.app, one.there) for one in bound.apps] == [("crm", False)]
    assert (bound.published, bound.loose) == (False, 6)
    bindings.bind(li, "buying", [Membership("buying", "member", "person", "wu")])
    runtime.secrets.set(li, "erp", "https://erp.example.com", "s3cret")
    assert bindings.of(li, "buying").loose == 4
    with pytest.raises(Rejected) as refused:
        bindings.bind(li, "buying", [Membership("buying", "boss", "person", "wu")])
    assert codes(refused) == ["binding.not_yours"]
    assert document["roles"]
    wu = runtime.require_viewer("wu")
    assert not runtime.manages(wu, "buying", "people")  # holds a role of what is not there yet


def test_a_new_app_is_bound_by_those_who_made_it_until_it_holds_records(
    empty_runtime: Runtime, li: Viewer
) -> None:
    runtime, bindings = empty_runtime, empty_runtime.life.bindings
    draft = runtime.life.starting.blank(li, "采购", app="buying")
    role = {"id": "boss", "label": "主管", "manages": ["audit"]}
    patch = [{"op": "add", "path": "/roles/-", "value": role}]
    runtime.designing.edit(li, "buying", draft.revision, patch)
    runtime.designing.publish(li, "buying", 2)
    assert [one.people for one in bindings.of(li, "buying").roles] == [0, 0, 0]
    bindings.bind(li, "buying", [Membership("buying", "designer", "person", "wu")])
    wu = runtime.require_viewer("wu")
    assert {one.role.id: one.open for one in bindings.of(wu, "buying").roles} == {
        "designer": True, "member": True, "boss": False,
    }  # fmt: skip
    bindings.bind(wu, "buying", [Membership("buying", "member", "branch", "house")])
    for role_id, kind, member, code in (
        ("boss", "person", "wu", "binding.not_yours"),
        ("member", "person", "ghost", "access.no_such_person"),
    ):
        with pytest.raises(Rejected) as refused:
            bindings.bind(wu, "buying", [Membership("buying", role_id, kind, member)])
        assert codes(refused) == [code]
    runtime.records.create(SYSTEM, "buying", runtime.applications.get("buying").forms[0].id, [{}])
    assert not any(one.open for one in bindings.of(wu, "buying").roles)
    assert bindings.of(wu, "buying").loose == 1


FIELDS_OF_CHAT = {"vendor_id": "id", "sent_at": "at", "sender_id": "from"}
SIGNED = {"id": "chat", "label": "官网客服", "connector": "webhook",
          "options": {"fields": FIELDS_OF_CHAT, "signature": {"header": "x-sign"}}}  # fmt: skip
OPEN_DOOR = {"id": "door", "label": "门禁", "connector": "webhook", "options": {"fields": FIELDS_OF_CHAT}}


def test_a_channel_is_loose_until_its_secret_is_set(empty_runtime: Runtime, li: Viewer) -> None:
    """Where its connector checks what comes in; the channel of an imported draft, too."""
    runtime, bindings = empty_runtime, empty_runtime.life.bindings
    document = {**TOLD, "channels": [SIGNED, OPEN_DOOR]}
    runtime.life.starting.from_file(li, pack_file(document))

    def state() -> tuple[bool, list[tuple[str, bool, bool]], int]:
        bound = bindings.of(li, "told")
        channels = [(one.id, one.has_secret, one.loose) for one in bound.channels]
        return bound.published, channels, bound.loose

    without = [("chat", False, True), ("door", False, False)]
    assert state() == (False, without, 2)
    runtime.designing.publish(li, "told", 1)
    assert state() == (True, without, 2)
    runtime.channels.set_secret("chat", "s3cret")
    assert state() == (True, [("chat", True, False), ("door", False, False)], 1)
    runtime.channels.set_secret("chat", "")
    assert state() == (True, without, 2)


CALL = {"action": "create_task", "with": {"to": "role:desk", "title": "回访 {name}", "note": "电话 {name}"}}
TOLD: dict[str, Any] = {
    "muniment": 1, "app": {"id": "told", "label": "来客"},
    "forms": [{"id": "guest", "label": "来客", "title": "{name}", "fields": [
        {"id": "name", "type": "text", "label": "姓名", "searchable": True}]}],
    "rules": [{"id": "call", "label": "回访来客", "when": {"trigger": "record_created", "form": "guest"},
               "then": [CALL]}],
    "roles": [{"id": "desk", "label": "前台", "forms": {"guest": {"actions": ["read", "create"]}}}],
}  # fmt: skip


@pytest.mark.parametrize("by", ["wu", "system"])
def test_to_dos_of_an_app_just_imported_reach_somebody_who_learns_nothing_by_it(
    empty_runtime: Runtime, li: Viewer, by: str
) -> None:
    """Nobody holds a role of it: whoever published it keeps them, else the administrator, until they are handed on."""
    runtime = empty_runtime
    runtime.applications.publish(None, TOLD, by)
    keeper = runtime.require_viewer("wu" if by == "wu" else "li")
    bound = runtime.life.bindings.of(li, "told")
    assert (bound.owner, bound.keeper) == ("", keeper.person)
    runtime.records.create(SYSTEM, "told", "guest", [{"name": "恒锐"}])
    (kept,) = runtime.tasks.of(keeper).items
    assert (kept.title, kept.note, kept.hidden, kept.keeping) == ("回访来客", "", True, True)
    assert kept.nobody == ("role:told/desk",)
    assert [one.title for one in runtime.notifications.of(keeper).items] == ["回访来客"]
    assert runtime.tasks.of(keeper, text="恒锐").items == ()
    assert len(runtime.tasks.of(keeper, text="来客").items) == 1
    with pytest.raises(Rejected):
        runtime.records.page(keeper, "told", "guest", Query())

    taker = runtime.require_viewer("li" if by == "wu" else "wu")
    runtime.database.write(lambda unit: runtime.tasks.transfer(unit, keeper, kept.id, taker.person))
    assert [one.title for one in runtime.tasks.of(taker).items] == ["回访来客"]
    assert [one.title for one in runtime.notifications.of(taker).items] == ["回访来客"]
    held = [Membership("told", "desk", "person", taker.person)]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, held))
    (known,) = runtime.tasks.of(runtime.require_viewer(taker.person)).items
    assert (known.title, known.note, known.keeping) == ("回访 恒锐", "电话 恒锐", False)
    close = runtime.tasks.close
    runtime.database.write(lambda unit: close(unit, runtime.require_viewer(taker.person), known.id, "done"))


def test_a_request_of_an_app_nobody_answers_for_is_refused(empty_runtime: Runtime, li: Viewer) -> None:
    """Who is asked there reads the record and decides over it: that is nobody's by administering the house."""
    flow = {"id": "review", "label": "审批", "form": "guest", "nodes": [
        {"id": "start", "type": "start", "label": "发起"},
        {"id": "boss", "type": "approval", "label": "前台", "options": {"approvers": ["role:desk"]}},
        {"id": "end", "type": "end", "label": "结束", "options": {"state": "approved"}},
        {"id": "no", "type": "end", "label": "驳回", "options": {"state": "rejected"}}],
        "edges": [{"from": "start", "to": "boss"}, {"from": "boss", "to": "end", "on": "approve"},
                  {"from": "boss", "to": "no", "on": "reject"}]}  # fmt: skip
    empty_runtime.applications.publish(None, {**TOLD, "flows": [flow], "rules": []}, "li")
    with pytest.raises(Rejected) as refused:
        empty_runtime.records.create(SYSTEM, "told", "guest", [{"name": "恒锐"}])
    assert codes(refused) == ["flow.nobody"]
