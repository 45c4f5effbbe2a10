"""What the installation knows of itself on a board: true, for those whose duty it is, and leading on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.plugin_api import RawMessage, drill_key
from metamodel.problems import Rejected
from tests.engine.reports.counting import statements

SUBJECTS = ("captures", "people", "arrivals", "verified", "checkpoints")
DOCUMENT: dict[str, Any] = {
    "muniment": 1, "app": {"id": "kept", "label": "存档"},
    "forms": [{"id": "letter", "label": "信件", "kind": "archive", "title": "{words}", "fields": [
        {"id": "words", "type": "text", "label": "内容", "evidence": True}]}],
    "channels": [{"id": "box", "label": "收件", "connector": "webhook", "options": {"fields": {
        "vendor_id": "id", "account": "account", "sent_at": "at", "sender_id": "from", "text": "text",
        "direction": "'in'", "type": "'text'"}}}],
    "reports": [{"id": "board", "label": "合规", "widgets": [
        {"id": one, "type": "house", "label": one, "options": {"subject": one, "period": "last_7_days"}}
        for one in SUBJECTS]}],
    "roles": [
        {"id": "auditor", "label": "审计", "manages": ["audit", "verify"], "reports": {"board": "rows"}},
        {"id": "clerk", "label": "文员", "reports": {"board": "rows"},
         "forms": {"letter": {"actions": ["read", "create", "export"]}}},
        {"id": "boss", "label": "总经理", "manages": ["audit"], "reports": {"board": "totals"}}],
}  # fmt: skip


@pytest.fixture
def kept(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, DOCUMENT, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in ("ann", "cai", "bo")])
        roles = {"ann": "auditor", "cai": "clerk", "bo": "boss"}
        members = [Membership("kept", role, "person", one) for one, role in roles.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)
    clerk = runtime.require_viewer("cai")
    for number in (2, 3):  # on two days
        rows = [{"words": f"信 {n}"} for n in range(number)]
        runtime.records.create(clerk, "kept", "letter", rows)
        clock.advance(days=1)
    list(runtime.records.export(clerk, "kept", "letter", Query()))
    runtime.records.page(clerk, "kept", "letter", Query())
    runtime.receive("box", RawMessage(b"nonsense"))
    runtime.jobs.run_due()
    runtime.ledger.integrate()
    runtime.verify(by="ann")
    yield runtime
    runtime.close()


def numbers(runtime: Runtime, subject: str, person: str = "ann") -> dict[str, dict[str, Any]]:
    (answer,) = runtime.reports.answers(runtime.require_viewer(person), "kept", "board", subject)
    return {str(key): dict(cell) for (key,), cell in answer.values.items() if any(cell.values())}  # type: ignore[union-attr]


def test_what_happened_is_counted(kept: Runtime) -> None:
    assert numbers(kept, "captures") == {"2026-11-20": {"archived": 2}, "2026-11-21": {"archived": 3}}
    people = numbers(kept, "people")
    assert (people["cai"]["exported"], people["cai"]["read"]) == (1, 1)
    assert numbers(kept, "arrivals") == {"box": {"received": 1, "quarantine": 1, "gaps": 0}}
    (verified,) = numbers(kept, "verified").values()
    assert verified == {"checked": 5, "findings": 0}
    assert next(iter(numbers(kept, "checkpoints").items())) == ("5", {"signed": 5, "witnessed": 0})


def test_each_needs_one_statement(kept: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one for the numbers of each channel that never arrived. Whether people changed is asked anew after a while,
    however long this takes: not here."""
    for known in ("engine.access.people", "engine.access.calendar"):
        monkeypatch.setattr(f"{known}.LOOK_AGAIN", math.inf)
    ann, needed = kept.require_viewer("ann"), {}
    for subject in SUBJECTS:
        with statements("^(SELECT|WITH)") as seen:
            view = kept.reports.widget(ann, "kept", "board", subject)
        assert not view.problems, subject
        needed[subject] = len(seen)
    assert needed == {**dict.fromkeys(SUBJECTS, 1), "arrivals": 2}


def test_it_is_for_those_whose_duty_it_is(kept: Runtime) -> None:
    reports = kept.reports
    offered = {p: [w.id for w in reports.board(kept.require_viewer(p), "kept", "board").widgets]
               for p in ("ann", "cai", "bo")}  # fmt: skip
    assert offered == {"ann": list(SUBJECTS), "cai": [], "bo": []}, "totals alone are no way in either"
    for person in ("cai", "bo"):
        viewer = kept.require_viewer(person)
        for subject in SUBJECTS:
            view = reports.widget(viewer, "kept", "board", subject)
            assert (view.state, view.drawing, view.answers) == ("denied", None, ()), subject
            with pytest.raises(Rejected):
                reports.drill(viewer, "kept", "board", subject, {}, drill_key("exported", "cai"))


def test_a_number_leads_to_the_page_that_shows_what_was_counted(kept: Runtime) -> None:
    ann = kept.require_viewer("ann")

    def lead(subject: str, *key: str) -> tuple[str, dict[str, str]]:
        target = kept.reports.drill(ann, "kept", "board", subject, {}, drill_key(*key))
        return target.page, dict(target.asked)

    page, asked = lead("people", "exported", "cai")
    assert (page, asked["person"], asked["since"], asked["until"]) == (
        "audit",
        "cai",
        "2026-11-16",
        "2026-11-22",
    )
    assert lead("captures", "archived", "2026-11-20") == ("evidence", {})
    assert lead("arrivals", "gaps", "box") == ("channel", {"channel": "box"})
    assert lead("verified", "findings", "1") == ("evidence", {})


def test_every_number_says_what_it_is(kept: Runtime) -> None:
    for subject in SUBJECTS:
        view = kept.reports.widget(
            SYSTEM if subject != "people" else kept.require_viewer("ann"), "kept", "board", subject
        )
        assert view.definition, subject
