"""What is masked is masked on every way out, and no search, total or facet tells of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.access.viewer import SYSTEM
from engine.records.disclosure import Disclosures
from engine.records.query import Change, Condition, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.access.masked import MAIL, MOBILE, SAID, SECRETS, add_note, clinic, viewer

__all__ = ["clinic"]
MASKED = "我的手机 199••••1234，卡 6222•••••••••••0000，邮箱 w•••••••@example.com，想问报价"


def fill(runtime: Runtime) -> str:
    (patient,) = runtime.records.create(SYSTEM, "clinic", "patient", [{"name": "王磊", "mobile": MOBILE}])
    file = runtime.store_file(SYSTEM, b"scan", f"{MOBILE} 的身份证.png", "image/png")
    note = add_note(runtime, words=SAID, sender="wx_wanglei", patient=patient, scan=[file["id"]], remark="空")
    add_note(runtime, words="只是问报价", sender="wx_other")
    changed = [Change(note, {"remark": f"回电 {MOBILE}"}), Change(note, {"remark": f"再回电 {MOBILE}"})]
    assert all(done.ok for done in runtime.records.update(SYSTEM, "clinic", "note", changed))
    return note


# Each way out as text: whatever a person could be shown by it.
WAYS: dict[str, Callable[[Runtime, Any, str], Any]] = {
    "list": lambda r, who, n: [
        (one.values, one.display, one.title) for one in r.records.page(who, "clinic", "note", Query()).items
    ],
    "record": lambda r, who, n: [(v := r.records.get(who, "clinic", "note", n)).values, v.display, v.title],
    "snippets": lambda r, who, n: [
        one.snippets for one in r.records.page(who, "clinic", "note", Query(text="报价 手机")).items
    ],
    "export": lambda r, who, n: list(r.records.export(who, "clinic", "note", Query())),
    "history": lambda r, who, n: [one.changes for one in r.records.history(who, "clinic", "note", n)],
    "picker": lambda r, who, n: [one.label for one in r.records.options(who, "clinic", "note", "patient")],
    "tasks": lambda r, who, n: [(one.title, one.note) for one in r.tasks.of(who).items],
    "notices": lambda r, who, n: [(one.title, one.body) for one in r.notifications.of(who).items],
    "board": lambda r, who, n: str(r.reports.widget(who, "clinic", "board", "list").drawing),
    "trying": lambda r, who, n: [
        (one.title, one.texts)
        for one in r.rules.try_out(who, "clinic", trial("CONTAINS_ANY(words, '手机')")).examples
    ],
    "file": lambda r, who, n: opened(r, who, n),
    "facets": lambda r, who, n: str(
        r.records.facets(who, "clinic", "patient", Query(), ["name", "mobile"])
    ),
}  # fmt: skip


def opened(runtime: Runtime, who: Any, note: str) -> str:
    """The name and the bytes of the note's file, or why not."""
    (file,) = runtime.records.get(who, "clinic", "note", note).values["scan"]
    try:
        described, chunks = runtime.open_file(who, str(file))
    except Rejected as refused:
        return refused.problems[0].code
    return f"{described['name']} {b''.join(chunks).decode()}"


def trial(condition: str) -> dict[str, Any]:
    return {
        "id": "trial", "label": "试", "when": {"trigger": "record_created", "form": "note"}, "if": condition,
        "then": [{"action": "set_fields", "with": {"values": {"state": "'new'"}}}],
    }  # fmt: skip


def said(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, default=str)


def test_every_way_out_is_masked(clinic: Runtime) -> None:
    note = fill(clinic)
    full, part = viewer(clinic, "fu"), viewer(clinic, "bu")
    for name, way in WAYS.items():
        shown = said(way(clinic, part, note))
        assert shown not in ("[]", "null", "{}"), name
        for secret in (*SECRETS, "wx_wanglei"):
            assert secret not in shown, (name, shown)
    for name in ("list", "record", "snippets", "export", "history", "picker", "notices", "trying", "file"):
        assert MOBILE in said(WAYS[name](clinic, full, note)), name
    assert clinic.records.get(part, "clinic", "note", note).values["words"] == MASKED


# (query, hits of who reads all of it, hits of who reads it masked)
SEARCHES = [
    ("报价", 2, 2), ("手机", 1, 1), (MOBILE, 1, 0), ("1990000", 1, 0), ("19900", 1, 0), ("199", 1, 1),
    ("6222020000000000000", 1, 0), ("62220", 1, 0), ("wang", 1, 0), ("lei", 1, 0), ("example.com", 1, 1),
    (MAIL, 1, 0), (f"报价 NOT {MOBILE}", 1, 2), (f"报价 OR {MOBILE}", 2, 2), (f"words:{MOBILE}", 1, 0),
    ("wx_wanglei", 1, 0), ("wx", 2, 0), (f"patient.mobile:{MOBILE}", 1, 0), ("sender:wx_other", 1, None),
    (f"手机 {MOBILE}", 1, 0), (f"手机{MOBILE}", 1, 0),
]  # fmt: skip


def test_no_search_tells_what_is_masked(clinic: Runtime) -> None:
    fill(clinic)
    full, part = viewer(clinic, "fu"), viewer(clinic, "bu")
    for text, all_of_it, masked in SEARCHES:
        query = Query(text=text)
        page = clinic.records.page(full, "clinic", "note", query)
        assert (page.total, len(page.items)) == (all_of_it, all_of_it), text
        page = clinic.records.page(part, "clinic", "note", query)
        if masked is not None:
            assert (page.total, len(page.items)) == (masked, masked), text
        counted = clinic.records.facets(part, "clinic", "note", query, ["patient"])["patient"]
        assert sum(one.count for one in counted) <= (masked or 0), text
        exported = list(clinic.records.export(part, "clinic", "note", query))[1:]
        assert len(exported) == page.total, text


def test_trying_a_rule_is_no_oracle(clinic: Runtime) -> None:
    fill(clinic)
    for condition, all_of_it, masked in [
        (f"CONTAINS_ANY(words, '{MOBILE}')", 1, 0),
        ("MATCHES(words, '1990000[0-9]+')", 1, 0),
        ("CONTAINS_ANY(words, '报价')", 2, 2),
        ("HAS_PATTERN(words, 'mobile')", 1, 0),
        (f"CONTAINS_ANY(patient.mobile, '{MOBILE}')", 1, 0),
    ]:
        for person, matched in (("fu", all_of_it), ("bu", masked)):
            tried = clinic.rules.try_out(viewer(clinic, person), "clinic", trial(condition))
            assert (tried.tried, tried.matched) == (2, matched), (condition, person)


def test_conditions_on_masked_fields_find_nothing(clinic: Runtime) -> None:
    fill(clinic)
    part = viewer(clinic, "bu")
    by_mobile = Query(conditions=(Condition("mobile", "is", (MOBILE,)),))
    assert clinic.records.page(part, "clinic", "patient", by_mobile).total == 0
    assert clinic.records.page(part, "clinic", "patient", Query(filter=f"mobile == '{MOBILE}'")).total == 0
    assert (
        clinic.records.page(part, "clinic", "note", Query(filter=f"patient.mobile == '{MOBILE}'")).total == 0
    )
    assert not clinic.records.options(part, "clinic", "note", "patient", MOBILE)


def test_some_rows_stand_in_full(clinic: Runtime) -> None:
    """A permission's `unmasked` rows: the masked fields of these are read, and found."""
    note = add_note(clinic, words=SAID, sender="wx")
    own = viewer(clinic, "zi")
    assert MOBILE not in clinic.records.get(own, "clinic", "note", note).values["words"]
    assert clinic.records.page(own, "clinic", "note", Query(text=MOBILE)).total == 0
    clinic.records.update(SYSTEM, "clinic", "note", [Change(note, {"state": "done"})])
    assert MOBILE in clinic.records.get(own, "clinic", "note", note).values["words"]
    assert clinic.records.page(own, "clinic", "note", Query(text=MOBILE)).total == 1


def test_a_file_is_closed_while_anything_it_may_hold_is_masked(clinic: Runtime) -> None:
    """Its own name masked (bu); its name not, but pieces of another text of the record (zi)."""
    note = fill(clinic)
    full, part, own = (viewer(clinic, person) for person in ("fu", "bu", "zi"))
    for who in (part, own):
        assert opened(clinic, who, note) == "file.unknown"
        view = clinic.records.get(who, "clinic", "note", note)
        assert view.closed == {"scan"}
        assert view.display["scan"]
    assert opened(clinic, full, note) == f"{MOBILE} 的身份证.png scan"
    assert not clinic.records.get(full, "clinic", "note", note).closed
    clinic.records.update(SYSTEM, "clinic", "note", [Change(note, {"state": "done"})])
    assert opened(clinic, own, note).endswith("scan"), "on the rows that stand in full it opens"
    clinic.unmasking.ask(part, "clinic", {"note": [note]}, "核对病人身份")
    assert opened(clinic, part, note).endswith("scan"), "and for who was shown it in full for a while"


def test_a_closed_file_leaves_by_no_other_door(clinic: Runtime) -> None:
    note = fill(clinic)
    for person, wanted in (("fu", 1), ("bu", 0)):
        who, packed = viewer(clinic, person), list[str]()

        def place(_record: int, file: str, name: str, packed: list[str] = packed) -> str:
            packed.append(file)
            return name

        exporter, query = clinic.records.exporter, Query(columns=("words", "scan"))
        list(exporter.one_sheet(who, "clinic", "note", query, place).lines)
        assert len(packed) == wanted, person
        program = clinic.programs.get("clinic", "note")
        disclosures = Disclosures(clinic.services, clinic.records.reader, lambda _file, _at: b"")
        (told,) = disclosures.of(who, program, [int(note)])
        assert len(told.files.get("scan", ())) == wanted, person
