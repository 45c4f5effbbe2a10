"""The audit trail: what is noted, who finds what in it, what of it is told, and the looks at one record."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.access.audit import Occurrence
from engine.access.audit_search import AuditQuery, told
from engine.access.audit_words import ACTIONS
from engine.access.sightings import packed, unpacked
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import FrozenClock, microseconds
from engine.config import Config
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.conftest import NOW
from tests.house.source import ROOT
from tests.security.browser import Browser
from tests.security.vault import ADMIN, APP, AUDITOR, CLERK, GRANTED, NOBODY, RIVAL, SELLER, Vault, furnish

DAY = timedelta(days=1) // timedelta(microseconds=1)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("audited") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


@pytest.fixture
def auditor(furnished: Vault) -> Viewer:
    return furnished.runtime.require_viewer(AUDITOR)


def noted(vault: Vault, viewer: Viewer, **asked: Any) -> list[Any]:
    return vault.runtime.audit_search.page(viewer, AuditQuery(**asked)).entries


@pytest.mark.parametrize("ids", [[], [7], [3, 1, 2], [*range(1, 5_000)], [10**15, 1, 99]])
def test_what_was_shown_is_packed_and_found_again(ids: list[int]) -> None:
    assert unpacked(packed(ids)) == sorted(ids)


def test_an_export_of_very_much_takes_little_room() -> None:
    assert len(packed(range(0, 300_000, 3))) < 1_000


def test_every_kind_of_look_is_noted_with_what_it_showed(furnished: Vault, auditor: Viewer) -> None:
    runtime, record = furnished.runtime, furnished.ids["seller_customer"]
    seller = runtime.require_viewer(SELLER)
    runtime.records.page(seller, APP, "customer", Query())
    runtime.records.page(seller, APP, "customer", Query(text="zebra"))
    list(runtime.records.export(seller, APP, "customer", Query()))
    runtime.records.get(seller, APP, "customer", record)
    runtime.records.update(seller, APP, "customer", [Change(record, {"source": "phone"})])
    looks = runtime.audit_search.looks(auditor, APP, "customer", int(record))
    his = [look for look in looks if look.entry.person == SELLER][:5]
    assert [(look.entry.action, look.listed) for look in his] == [
        ("update", False), ("view", False), ("export", True), ("search", True), ("list", True),
    ]  # fmt: skip
    assert his[3].entry.detail["text"] == "zebra"
    assert his[3].entry.detail["count"] == 1


def test_a_file_that_was_opened_stands_with_its_record(furnished: Vault, auditor: Viewer) -> None:
    """Under which grant as well, and not by its name, which may be sealed."""
    runtime = furnished.runtime
    file, letter = furnished.ids["lent_scan"], int(furnished.ids["lent"])
    runtime.open_file(runtime.require_viewer(GRANTED), file)
    look = runtime.audit_search.looks(auditor, APP, "letter", letter)[0].entry
    assert (look.person, look.action, str(look.grant_id)) == (
        GRANTED,
        "download",
        furnished.ids["granted_grant"],
    )
    assert file not in str(told(look))


def test_a_list_that_did_not_show_a_record_is_no_look_at_it(furnished: Vault, auditor: Viewer) -> None:
    runtime = furnished.runtime
    runtime.records.page(runtime.require_viewer(SELLER), APP, "customer", Query())
    looks = runtime.audit_search.looks(auditor, APP, "customer", int(furnished.ids["rival_customer"]))
    assert SELLER not in {look.entry.person for look in looks}


def test_the_use_of_a_grant_stands_under_its_purpose(furnished: Vault, auditor: Viewer) -> None:
    runtime, letter = furnished.runtime, furnished.ids["lent"]
    runtime.records.get(runtime.require_viewer(GRANTED), APP, "letter", letter)
    (look,) = [one for one in runtime.audit_search.looks(auditor, APP, "letter", int(letter))
               if (one.entry.person, one.entry.action) == (GRANTED, "view")][:1]  # fmt: skip
    assert str(look.entry.grant_id) == furnished.ids["granted_grant"]
    assert "grantedpurpose" in look.purpose


def test_the_trail_is_for_who_manages_audit(furnished: Vault) -> None:
    runtime = furnished.runtime
    for person in (SELLER, CLERK, ADMIN, GRANTED):
        viewer = runtime.require_viewer(person)
        for ask in (
            lambda v: runtime.audit_search.page(v, AuditQuery()),
            lambda v: list(runtime.audit_search.everything(v, AuditQuery())),
            lambda v: runtime.audit_search.looks(v, APP, "customer", 1),
            lambda v: runtime.audit_figures.of(v, 0, 1),
        ):
            with pytest.raises(Rejected) as refused:
                ask(viewer)
            assert refused.value.problems[0].code == "access.denied"


def test_it_is_found_by_person_action_record_period_and_words(furnished: Vault, auditor: Viewer) -> None:
    runtime, record = furnished.runtime, int(furnished.ids["rival_customer"])
    rival = runtime.require_viewer(RIVAL)
    runtime.records.get(rival, APP, "customer", str(record))
    runtime.records.page(rival, APP, "customer", Query())
    runtime.records.page(rival, APP, "customer", Query(text="一句很特别的话"))
    assert {e.person for e in noted(furnished, auditor, person=RIVAL)} == {RIVAL}
    assert {e.action for e in noted(furnished, auditor, actions=("search", "list"))} == {"search", "list"}
    assert {e.record for e in noted(furnished, auditor, record=record)} == {record}
    (found,) = noted(furnished, auditor, words="特别的话")
    assert (found.person, found.action) == (RIVAL, "search")
    now = microseconds(NOW)
    assert noted(furnished, auditor, since=now, until=now + 1)
    assert not noted(furnished, auditor, until=now - DAY)
    assert not noted(furnished, auditor, since=now + DAY)


def test_words_do_not_find_what_may_not_be_told(furnished: Vault, auditor: Viewer) -> None:
    """No oracle: values of a change are in its detail, but neither shown nor found."""
    runtime, record = furnished.runtime, furnished.ids["rival_customer"]
    runtime.records.update(
        runtime.require_viewer(RIVAL), APP, "customer", [Change(record, {"secret": "底线九折"})]
    )
    history = runtime.records.history(runtime.require_viewer(RIVAL), APP, "customer", record)
    assert "底线九折" in str(history[0].changes), "the change itself is kept"
    assert not noted(furnished, auditor, words="底线九折")
    assert told(noted(furnished, auditor, actions=("update",))[0]) == {"fields": ["secret"]}


def test_pages_follow_each_other_without_a_gap(furnished: Vault, auditor: Viewer) -> None:
    for _ in range(10):
        furnished.runtime.records.page(furnished.runtime.require_viewer(SELLER), APP, "customer", Query())
    search, seen, after = furnished.runtime.audit_search, list[int](), None
    while True:
        page = search.page(auditor, AuditQuery(), after, 7)
        seen += [entry.id for entry in page.entries]
        after = page.after
        if after is None:
            break
    assert seen == [entry.id for entry in search.everything(auditor, AuditQuery())]
    assert seen == sorted(set(seen), reverse=True)


def test_figures_agree_with_the_trail(furnished: Vault, auditor: Viewer) -> None:
    runtime, now = furnished.runtime, microseconds(NOW)
    list(runtime.records.export(runtime.require_viewer(SELLER), APP, "customer", Query()))
    figures = runtime.audit_figures.of(auditor, now - DAY, now + DAY)
    entries = list(runtime.audit_search.everything(auditor, AuditQuery(person=SELLER)))
    for action, number in figures.reads[SELLER].items():
        assert number == sum(entry.action == action for entry in entries), action
    exports = {one.form: (one.times, one.rows) for one in figures.exports if one.person == SELLER}
    counts: dict[str, list[int]] = {"customer": [], "letter": []}  # a list, and a package of letters
    for entry in entries:
        if entry.action == "export":
            counts[entry.form].append(entry.detail["count"])
    assert exports == {form: (len(found), sum(found)) for form, found in counts.items()}
    assert not figures.outside, "Friday 09:00 is working time"


def test_reads_at_night_are_told_apart(furnished: Vault, auditor: Viewer) -> None:
    runtime = furnished.runtime
    clock = runtime.movable_clock
    assert isinstance(clock, FrozenClock)
    clock.advance(hours=13)  # 22:00
    try:
        runtime.records.get(runtime.require_viewer(CLERK), APP, "customer", furnished.ids["rival_customer"])
        now = microseconds(clock.now())
        figures = runtime.audit_figures.of(auditor, now - DAY, now + 1)
        assert figures.outside == {CLERK: 1}
    finally:
        clock.advance(hours=-13)


def test_publishing_signing_in_and_failing_to_are_noted(furnished: Vault, auditor: Viewer) -> None:
    browser = Browser(furnished, SELLER)
    Browser(furnished, NOBODY).client.post("/sign-in", data={"person": RIVAL, "password": "wrong"})
    browser.client.post("/sign-out", headers=browser.headers)
    actions = [entry.action for entry in furnished.runtime.audit_search.everything(auditor, AuditQuery())]
    for action in ("app.publish", "user.sign_in", "user.sign_in_failed", "user.sign_out"):
        assert action in actions, action


def test_the_page_shows_filters_and_exports_it(furnished: Vault) -> None:
    seller = furnished.runtime.require_viewer(SELLER)
    for words in ("zebra", "报价", "合同", "发票", "会议"):
        furnished.runtime.records.page(seller, APP, "customer", Query(text=words))
    browser = Browser(furnished, AUDITOR)
    page = browser.client.get("/admin/audit?action=search").text
    own = browser.client.get("/admin/audit").text
    assert ">系统<" not in own.partition('<ol class="history')[2]
    assert ">系统<" in browser.client.get("/admin/audit?system=1").text.partition('<ol class="history')[2]
    assert "搜索" in page
    assert "zebra" in page
    assert 'class="chip hue-teal"' in page
    csv = browser.client.get("/admin/audit/export?person=seller")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(lines) > 5
    assert all(",seller," in line for line in lines[1:])
    assert "最近 7 天" in browser.client.get("/admin/audit/figures").text


def test_the_tab_of_a_record_is_for_who_audits_and_reads_it(furnished: Vault) -> None:
    """The auditor of this app reads no records; whoever does both sees the tab."""
    record = f"/apps/{APP}/forms/customer/records/{furnished.ids['seller_customer']}"
    assert "tab=looks" not in Browser(furnished, SELLER).client.get(record).text


def test_every_action_the_source_notes_has_words() -> None:
    wanted = re.compile(
        r"(?:[Oo]ccurrence|_note|_say|_audited|_noted|note|_tell_audit)\(\s*(?:\w+,\s*)*\"([a-z]+(?:[._][a-z_]+)*)\""
    )
    files = [path for folder in ("engine", "builder_ui") for path in (ROOT / folder).rglob("*.py")]
    named = {name for path in files for name in wanted.findall(path.read_text("utf-8"))}
    assert len(named) > 30
    assert not {name for name in named if name not in ACTIONS and "." in name}


def test_who_takes_the_keys_out_is_no_routine_of_the_house(furnished: Vault, auditor: Viewer) -> None:
    """It stands under the system's name, at the machine nobody is signed in; and is shown all the same."""
    furnished.runtime.audit.note(SYSTEM, Occurrence("key.open"), Occurrence("key.copy"), Occurrence("verify"))
    newest = next(entry for entry in noted(furnished, auditor, people=True))
    assert (newest.person, newest.action) == ("system", "key.copy")
