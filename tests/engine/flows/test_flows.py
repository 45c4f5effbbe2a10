"""A request goes its way: every operation in tables, and beside each what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.flows.machine import MOST_ADDED
from engine.records.query import Change, Query
from engine.system_tables import grants, people
from metamodel.problems import Rejected
from tests.engine.flows.conftest import APP, LEGAL, MANAGER, PEOPLE, Office
from tests.engine.flows.other_ways import ADD, BIG, Document, asking, both, manual, options_of

Step = tuple[str, ...]  # person, action, comment, to; a fifth: the code it is refused with


@dataclass(frozen=True)
class Case:
    """`never`: who must not be asked at any time; `members`: further roles people hold."""

    id: str
    by: str
    values: dict[str, Any] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    state: str = "running"
    waiting: dict[str, list[str]] = field(default_factory=dict)
    never: str = ""
    change: Callable[[Document], None] | None = None
    members: tuple[tuple[str, str], ...] = ()
    noted: str | None = None


AT_ONCE = 9
LAW = asking("legal", instead=[], approvers=["role:legal"])


def asking_role(role: str) -> Callable[[Document], None]:
    """Legal's node asks a role of its own."""
    asked = asking("legal", instead=[], approvers=[f"role:{role}"], skip_if_approved=False)
    return both(asked, lambda document: document["roles"].append({"id": role, "label": role}))


ADD_ALL = both(ADD, asking("legal", mode="all"))
HELPER, LONELY = asking_role("helper"), asking_role("lonely")
CASES = [
    # the way itself
    Case("a small one", "ann", {"amount": "99999.99"}, [("ben", "approve")], "approved", never="cat cleo"),
    Case("the border is not over", "ann", {"amount": "100000.00"}, [("ben", "approve")], "approved", never="cat cleo"),
    Case("a cent over", "ann", BIG, [("ben", "approve")], waiting={"legal": ["cat", "cleo"]}),
    Case("one of legal is enough", "ann", BIG, [("ben", "approve"), ("cleo", "approve")], "approved", noted="克莱"),
    Case("a blank amount is not over", "ann", {}, [("ben", "approve")], "approved", never="cat cleo"),
    Case("the manager rejects", "ann", {}, [("ben", "reject", "no")], "rejected", never="cat"),
    Case("legal rejects", "ann", BIG, [("ben", "approve"), ("cat", "reject", "no")], "rejected"),
    Case("a manager's own goes one up", "ben", {}, waiting={"manager": ["dan"]}, never="ben"),
    Case("nobody above: legal", "dan", {}, waiting={"manager": ["cat", "cleo"]}, never="dan"),
    Case("legal's own goes two up", "cleo", BIG, [("cat", "approve")], waiting={"legal": ["dan"]}, never="cleo"),
    # somebody who approved is not asked twice
    Case(
        "the same person is not asked twice", "ann", BIG, [("ben", "approve")], "approved",
        change=asking("legal", approvers=["person:ben", "role:legal"]), never="cat cleo", noted="本",
    ),
    Case(
        "unless the node wants it", "ann", BIG, [("ben", "approve")], waiting={"legal": ["ben"]},
        change=asking("legal", approvers=["person:ben"], skip_if_approved=False),
    ),
    Case(
        "a new round asks everybody again", "ann", BIG,
        [("ben", "approve"), ("cat", "return", "why"), ("ann", "resubmit")], waiting={"manager": ["ben"]},
    ),
    # all of them
    Case(
        "all have to", "ann", BIG, [("ben", "approve"), ("cat", "approve")], waiting={"legal": ["cleo"]},
        change=asking("legal", mode="all"),
    ),
    Case(
        "all did", "ann", BIG, [("ben", "approve"), ("cat", "approve"), ("cleo", "approve")], "approved",
        change=asking("legal", mode="all"), noted="克莱",
    ),
    Case(
        "one of all rejects", "ann", BIG, [("ben", "approve"), ("cat", "approve"), ("cleo", "reject", "no")],
        "rejected", change=asking("legal", mode="all"),
    ),
    Case(
        "all but who approved before", "ann", BIG, [("ben", "approve")], waiting={"legal": ["cat", "cleo"]},
        change=asking("legal", mode="all", approvers=["person:ben", "role:legal"]),
    ),
    Case(
        "nobody answers twice for all", "ann", BIG,
        [("ben", "approve"), ("cat", "approve"), ("cat", "approve", "", "", "flow.closed")],
        waiting={"legal": ["cleo"]}, change=asking("legal", mode="all"),
    ),
    # back and forth
    Case("sent back", "ann", {}, [("ben", "return", "why?")], "returned", {"start": ["ann"]}, noted="returned"),
    Case("handed in again", "ann", {}, [("ben", "return", "?"), ("ann", "resubmit")], waiting={"manager": ["ben"]}),
    Case(
        "not decided while it is back", "ann", {},
        [("ben", "return", "?"), ("ben", "approve", "", "", "flow.closed")], "returned", {"start": ["ann"]},
    ),
    Case(
        "only the applicant hands it in again", "ann", {},
        [("ben", "return", "?"), ("ben", "resubmit", "", "", "flow.denied")], "returned", {"start": ["ann"]},
    ),
    Case("withdrawn while it waits", "ann", {}, [("ann", "withdraw")], "withdrawn", never="cat", noted="withdrawn"),
    Case("withdrawn when it is back", "ann", {}, [("ben", "return", "?"), ("ann", "withdraw")], "withdrawn"),
    Case(
        "nothing comes after that", "ann", {},
        [("ann", "withdraw"), ("ben", "approve", "", "", "flow.unknown"), ("ann", "withdraw", "", "", "flow.closed"),
         ("ann", "resubmit", "", "", "flow.closed"), ("ann", "remind", "", "", "flow.closed"),
         ("ann", "comment", "so", "", "flow.closed")], "withdrawn",
    ),
    Case(
        "only the applicant withdraws", "ann", {},
        [("ben", "withdraw", "", "", "flow.denied"), ("zoe", "withdraw", "", "", "flow.denied")],
        waiting={"manager": ["ben"]},
    ),
    Case("transferred", "ann", {}, [("ben", "transfer", "", "eve"), ("eve", "approve")], "approved", never="cat"),
    Case(
        "who gave it away cannot answer", "ann", {},
        [("ben", "transfer", "", "eve"), ("ben", "approve", "", "", "flow.unknown")], waiting={"manager": ["eve"]},
    ),
    Case(
        "not to nobody", "ann", {}, [("ben", "transfer", "", "nemo", "task.unknown_person")],
        waiting={"manager": ["ben"]},
    ),
    Case(
        "not where the node does not let him", "ann", {}, [("ben", "transfer", "", "eve", "flow.unknown_action")],
        waiting={"manager": ["ben"]}, change=asking("manager", may=["approve", "reject"]), never="eve",
    ),
    # others are added
    Case(
        "added before: they first", "ann", {},
        [("ben", "add_before", "look", "eve"), ("ben", "approve", "", "", "flow.not_yet")],
        waiting={"manager": ["eve"]}, change=ADD, never="cat",
    ),
    Case(
        "then he again", "ann", {}, [("ben", "add_before", "", "eve"), ("eve", "approve")],
        waiting={"manager": ["ben"]}, change=ADD,
    ),
    Case(
        "and on it goes", "ann", {}, [("ben", "add_before", "", "eve"), ("eve", "approve"), ("ben", "approve")],
        "approved", change=ADD,
    ),
    Case(
        "added after: they, too", "ann", {}, [("ben", "add_after", "", "eve zoe"), ("zoe", "approve")],
        waiting={"manager": ["eve"]}, change=ADD,
    ),
    Case(
        "all of them", "ann", {}, [("ben", "add_after", "", "eve zoe"), ("zoe", "approve"), ("eve", "approve")],
        "approved", change=ADD,
    ),
    Case("who was added rejects", "ann", {}, [("ben", "add_before", "", "eve"), ("eve", "reject", "no")], "rejected",
         change=ADD),
    Case(
        "who was added sends it back", "ann", {},
        [("ben", "add_after", "", "eve"), ("eve", "return", "?"), ("ann", "resubmit")],
        waiting={"manager": ["ben"]}, change=ADD,
    ),
    Case(
        "who was added adds others", "ann", {},
        [("ben", "add_before", "", "eve"), ("eve", "add_before", "", "zoe"), ("zoe", "approve")],
        waiting={"manager": ["eve"]}, change=ADD,
    ),
    Case(
        "who was added hands over", "ann", {},
        [("ben", "add_before", "", "eve"), ("eve", "transfer", "", "zoe"), ("zoe", "approve")],
        waiting={"manager": ["ben"]}, change=ADD,
    ),
    Case(
        "one is enough: the others wait meanwhile", "ann", BIG,
        [("ben", "approve"), ("cat", "add_before", "", "eve"), ("cleo", "approve", "", "", "flow.not_yet")],
        waiting={"legal": ["eve"]}, change=ADD,
    ),
    Case(
        "one is enough: then either of them", "ann", BIG,
        [("ben", "approve"), ("cat", "add_before", "", "eve"), ("eve", "approve"), ("cleo", "approve")], "approved",
        change=ADD, noted="克莱",
    ),
    Case(
        "one was enough: only who was added is left", "ann", BIG,
        [("ben", "approve"), ("cat", "add_after", "", "eve"), ("cleo", "approve", "", "", "flow.denied")],
        waiting={"legal": ["eve"]}, change=ADD,
    ),
    Case(
        "all have to: the others go on", "ann", BIG,
        [("ben", "approve"), ("cat", "add_before", "", "eve"), ("cleo", "approve")], waiting={"legal": ["eve"]},
        change=ADD_ALL,
    ),
    Case(
        "all have to: all did", "ann", BIG,
        [("ben", "approve"), ("cat", "add_before", "", "eve"), ("cleo", "approve"), ("eve", "approve"),
         ("cat", "approve")], "approved", change=ADD_ALL,
    ),
    Case(
        "never the applicant, nobody twice, nobody unknown, not oneself, not nobody", "ann", {},
        [("ben", "add_before", "", "eve ann", "flow.own_request"),
         ("ben", "add_after", "", "ben", "flow.asked_already"),
         ("ben", "add_after", "", "nemo", "flow.unknown_person"), ("ben", "add_before", "", "", "task.needs_people"),
         ("ben", "add_before", "", "eve"), ("eve", "add_after", "", "ben", "flow.asked_already"),
         ("eve", "transfer", "", "ben", "flow.asked_already"), ("eve", "add_before", "", "ann", "flow.own_request"),
         ("eve", "transfer", "", "ann", "flow.own_request")],
        waiting={"manager": ["eve"]}, change=ADD, never="ann",
    ),
    Case(
        "added only where the node says so", "ann", {}, [("ben", "add_before", "", "eve", "task.unknown_outcome")],
        waiting={"manager": ["ben"]}, never="eve",
    ),
    Case(
        "added by nobody who is not asked", "ann", BIG,
        [("ben", "approve"), ("zoe", "add_after", "", "eve", "flow.denied")],
        waiting={"legal": ["cat", "cleo"]}, change=ADD, never="eve",
    ),
    # reasons and strangers
    Case("no rejection without a reason", "ann", {}, [("ben", "reject", "", "", "task.needs_reason")],
         waiting={"manager": ["ben"]}),
    Case("a stranger sees nothing", "ann", {}, [("eve", "approve", "", "", "flow.unknown")],
         waiting={"manager": ["ben"]}),
    Case("who reads it decides nothing", "ann", {}, [("zoe", "approve", "", "", "flow.denied")],
         waiting={"manager": ["ben"]}),
    Case("no such answer", "ann", {}, [("ben", "bless", "", "", "task.unknown_outcome")], waiting={"manager": ["ben"]}),
    Case("approved twice", "ann", {}, [("ben", "approve"), ("ben", "approve", "", "", "flow.closed")], "approved"),
    Case(
        "approved by the other one already", "ann", BIG,
        [("ben", "approve"), ("cat", "approve"), ("cleo", "reject", "no", "", "flow.closed")], "approved",
    ),
    # nobody decides over his own request
    Case("not directly", "ann", {}, [("ann", "approve", "", "", "flow.own_request")], waiting={"manager": ["ben"]}),
    Case(
        "not by transfer", "ann", {}, [("ben", "transfer", "", "ann", "flow.own_request")],
        waiting={"manager": ["ben"]}, never="ann",
    ),
    Case(
        "not by being named", "ann", {}, waiting={"manager": ["ben"]}, never="ann",
        change=asking("manager", approvers=["person:ann"], if_nobody=[]),
    ),
    Case(
        "not by being named among others", "ann", {}, waiting={"manager": ["eve"]}, never="ann",
        change=asking("manager", approvers=["person:ann", "person:eve", "field:applicant"]),
    ),
    Case("not by his role", "cat", BIG, [("dan", "approve")], waiting={"legal": ["cleo"]}, change=LAW, never="cat"),
    Case(
        "not by a role of his alone", "eve", BIG, [("dan", "approve")], waiting={"legal": ["zoe"]}, never="eve",
        change=HELPER, members=(("helper", "eve"), ("helper", "zoe")),
    ),
    Case(
        "not where he alone has the role: his superior", "ann", BIG, [("ben", "approve")],
        waiting={"legal": ["ben"]}, never="ann", members=(("lonely", "ann"),),
        change=LONELY,
    ),
    Case(
        "not as who stands in for nobody", "dan", {}, waiting={"manager": ["zoe"]}, never="dan",
        change=asking("manager", if_nobody=["person:dan"]),
    ),
    Case(
        "not for whom he filed it", "zoe", {"applicant": "ann"}, waiting={"manager": ["ben"]}, never="ann zoe",
        change=asking("manager", approvers=["person:zoe", "person:ann", "manager:applicant:1"]),
    ),
    Case(
        "not the one it was filed for either", "zoe", {"applicant": "ann"},
        [("ben", "transfer", "", "ann", "flow.own_request"), ("ben", "transfer", "", "zoe", "flow.own_request")],
        waiting={"manager": ["ben"]}, never="ann zoe",
    ),
    # nobody there
    Case(
        "nobody at all: who runs the app", "dan", {}, waiting={"manager": ["zoe"]}, never="dan",
        change=asking("manager", if_nobody=[]),
    ),
    Case(
        "a role without members: who runs the app", "ann", BIG, [("ben", "approve")], waiting={"legal": ["zoe"]},
        change=HELPER,
    ),
]  # fmt: skip


@pytest.mark.parametrize("first", range(0, len(CASES), AT_ONCE))
def test_requests_go_their_way(office: Office, first: int) -> None:
    """Several a runtime: opening one takes longer than all of them."""
    for case in CASES[first : first + AT_ONCE]:
        play(office, case)
    office.is_whole()


def play(office: Office, case: Case) -> None:
    office.publish(case.change)
    members = [Membership("requests", role, "person", person) for role, person in case.members]
    office.runtime.database.write(lambda unit: office.runtime.people.save_memberships(unit, members))
    request = office.file(case.by, **case.values)
    for step in case.steps:
        person, action, comment, to, code = (*step, "", "", "", "")[:5]
        before = office.history(request)
        if not code:
            office.act(person, request, action, comment, to.split())
            continue
        with pytest.raises(Rejected) as refused:
            office.act(person, request, action, comment, to.split())
        assert [p.code for p in refused.value.problems] == [code], case.id
        assert office.history(request) == before, case.id
    assert (office.state(request), office.waiting(request)) == (case.state, case.waiting), case.id
    if case.noted is not None:
        assert office.values(request)["noted"] == case.noted, case.id
    assert not office.ever_asked(request) & set(case.never.split()), case.id


# -- the same from elsewhere -----------------------------------------------------------------------


def test_closing_the_to_do_is_approving(office: Office) -> None:
    request = office.file("ann")
    (task,) = office.tasks("ben")
    assert task.kind == "approval"
    assert [outcome.id for outcome in task.outcomes] == ["approve", "reject", "return"]
    office.close("ben", task.id, "approve")
    assert office.state(request) == "approved"
    office.is_whole()


@pytest.mark.parametrize(
    ("code", "close"),
    [
        ("flow.own_request", lambda office, task: office.hand("ben", task, "ann")),
        ("task.unknown", lambda office, task: office.close("ann", task, "approve")),
        ("task.unknown", lambda office, task: office.close("eve", task, "approve")),
        ("flow.denied", lambda office, task: office.close("", task, "approve")),  # the engine is not asked
    ],
)
def test_no_way_round_in_the_to_do_centre(
    office: Office, code: str, close: Callable[[Office, str], None]
) -> None:
    request = office.file("ann")
    (task,) = office.tasks("ben")
    with pytest.raises(Rejected) as refused:
        close(office, task.id)
    assert [p.code for p in refused.value.problems] == [code]
    assert office.waiting(request) == {"manager": ["ben"]}
    office.is_whole()


def test_all_to_dos_of_one_who_leaves_may_go_to_another_but_not_to_the_applicant(office: Office) -> None:
    mine, other = office.file("ann"), office.file("abe")
    office.runtime.database.write(lambda unit: office.runtime.tasks.hand_over(unit, "ben", "ann"))
    assert office.waiting(mine) == {"manager": ["ben"]}
    assert office.waiting(other) == {"manager": ["ann"]}
    office.act("ann", other, "approve")
    office.is_whole()


def test_who_is_added_is_told_why_and_reads_that_record(office: Office) -> None:
    office.publish(ADD)
    request, other = office.file("ann"), office.file("abe")
    (mine, *_) = office.tasks("ben")
    office.close("ben", mine.id, "add_before", "请核对金额", ["eve"])
    (task,) = office.tasks("eve")
    assert task.note == "本 请您先审批，之后再由其审批\n请核对金额"
    assert [outcome.id for outcome in task.outcomes][-2:] == ["add_before", "add_after"]
    assert office.told("eve") == [task.title]
    with office.runtime.database.read() as connection:
        records = [str(office.flows.store.get(connection, one).record) for one in (request, other)]  # type: ignore[union-attr]
    seen = [
        one.id for one in office.runtime.records.page(office.who("eve"), "requests", "request", Query()).items
    ]
    assert seen == records[:1]
    view = office.flows.view(office.who("ben"), "requests", "request", records[0])
    assert view is not None
    (waiting,) = [node for node in view.nodes if node.state == "waiting"]
    assert (waiting.people, waiting.later, view.waiting_for) == (("伊芙",), ("本",), ("伊芙",))
    added = view.steps[-1]
    assert (added.person_name, added.action_label, added.people, added.comment) == (
        "本",
        "前加签",
        ("伊芙",),
        "请核对金额",
    )
    (done,) = office.tasks("ben", "done")
    assert (done.outcome_label, done.mine) == ("前加签", False)
    office.close("eve", task.id, "approve")
    again = next(one for one in office.tasks("ben") if one.record == records[0])
    assert again.note == "加签的人已同意，请您审批"
    office.close("ben", again.id, "approve")
    assert office.state(request) == "approved"
    office.is_whole()


LEAVING: list[tuple[str, list[Step], str, dict[str, list[str]]]] = [
    ("eve", [("ben", "add_after", "", "eve")], "running", {"manager": ["dan"]}),  # her superior
    ("eve", [("ben", "add_before", "", "eve dan")], "running", {"manager": ["dan"]}),  # asked anyway
    ("eve", [("ben", "add_after", "", "eve dan"), ("dan", "approve")], "approved", {}),  # agreed already
    ("ben", [("ben", "add_before", "", "eve"), ("eve", "approve")], "running", {"manager": ["dan"]}),
    ("ben", [("ben", "add_before", "", "eve"), (), ("eve", "approve")], "running", {"manager": ["dan"]}),  # meanwhile
]  # fmt: skip


def test_somebody_who_was_added_or_waits_for_it_leaves(office: Office) -> None:
    office.publish(ADD)
    for gone, steps, state, waiting in LEAVING:
        request = office.file("ann")
        for step in steps:
            if step:
                person, action, comment, to = (*step, "", "")[:4]
                office.act(person, request, action, comment, to.split())
            else:
                office.leave(gone)
        office.leave(gone)
        assert (office.state(request), office.waiting(request)) == (state, waiting)
        office.is_whole()
        office.runtime.database.write(lambda unit: office.runtime.people.save_people(unit, PEOPLE))


def test_a_reminder_is_about_the_to_do_it_was_set_for(office: Office) -> None:
    office.publish(ADD)
    request = office.file("ann")  # on a Friday at nine
    office.wait(hours=8)
    office.act("ben", request, "add_before", "", "eve")
    before = len(office.history(request))
    office.wait(hours=2)  # ben's would have been due
    assert office.history(request)[before:] == []
    office.wait(days=5)
    assert office.history(request)[before:] == [("system", "manager", one) for one in ("remind", "escalate")]
    assert office.waiting(request) == {"manager": ["eve"]}  # dan is told; he does not answer in her place
    assert [one for one in office.told("dan") if "逾期" in one]
    office.is_whole()


def test_no_more_than_some(office: Office) -> None:
    office.publish(ADD)
    request = office.file("ann")
    many = [Person(f"p{number}", f"同事{number}") for number in range(MOST_ADDED + 1)]
    office.runtime.database.write(lambda unit: office.runtime.people.save_people(unit, many))
    with pytest.raises(Rejected, match=r"flow\.too_many_added"):
        office.act("ben", request, "add_after", "", [one.id for one in many])
    office.act("ben", request, "add_after", "", [one.id for one in many[1:]])


@pytest.mark.parametrize("mode", ["any", "all"])
def test_what_waited_for_somebody_who_leaves_waits_for_his_superior(office: Office, mode: str) -> None:
    office.publish(asking("legal", mode=mode))
    small, big, sent_back = office.file("ann"), office.file("abe", **BIG), office.file("cleo")
    office.act("ben", big, "approve")
    office.act("cat", sent_back, "return", "?")
    office.leave("ben", "cleo")
    assert office.waiting(small) == {"manager": ["dan"]}
    assert office.waiting(big) == {"legal": ["cat"]}  # her superior, who is asked already
    assert office.waiting(sent_back) == {"start": ["cat"]}  # somebody has to withdraw it
    office.leave("dan")
    assert office.waiting(small) == {"manager": ["zoe"]}
    office.is_whole()


def test_never_to_the_applicant_when_his_own_approver_leaves(office: Office) -> None:
    office.publish(asking("manager", approvers=["person:ben"]))
    request = office.file("dan")
    office.leave("ben")
    assert office.waiting(request) == {"manager": ["zoe"]}
    office.is_whole()


def test_a_running_request_keeps_the_version_it_began_with(office: Office) -> None:
    old = office.file("ann", **BIG)

    def no_legal(document: Document) -> None:
        flow = document["flows"][0]
        flow["nodes"] = [node for node in flow["nodes"] if node["id"] != "legal"]
        flow["edges"] = [e for e in flow["edges"] if "legal" not in (e["from"], e["to"])]
        options_of(document, "manager")["approvers"] = ["person:eve"]

    office.publish(no_legal)
    new = office.file("ann", **BIG)
    assert office.waiting(new) == {"manager": ["eve"]}
    office.act("eve", new, "approve")
    assert office.state(new) == "approved"
    office.act("ben", old, "approve")
    assert office.waiting(old) == {"legal": ["cat", "cleo"]}

    office.publish(lambda document: document["flows"].clear())
    office.act("cat", old, "return", "?")
    office.act("ann", old, "resubmit")
    assert office.waiting(old) == {"manager": ["ben"]}
    assert office.runtime.records.get(
        office.who("ben"), "requests", "request", str(office.instance(old).record)
    )
    office.act("ben", old, "approve")
    office.act("cleo", old, "approve")
    assert office.state(old) == "approved"
    office.is_whole()


def test_what_runs_is_still_shown_when_its_form_or_a_plugin_is_gone(office: Office) -> None:
    request = office.file("ann")
    other = {
        "id": "other",
        "label": "别的",
        "title": "{name}",
        "fields": [{"id": "name", "type": "text", "label": "名"}],
    }
    without = {**APP, "forms": [other], "flows": [], "roles": [{"id": "staff", "label": "员工"}]}
    found = office.runtime.applications.check(without)
    assert [(p.code, p.params["count"], p.severity) for p in found] == [("flow.still_running", 1, "warning")]
    office.runtime.applications.publish(None, without, "system")
    ann = office.who("ann")
    (mine,) = office.flows.mine(ann)
    assert (mine.state, mine.label, mine.waiting_for) == ("running", "审批", ("本",))
    assert office.flows.view(ann, "requests", "request", office.instance(request).record) is not None
    assert [task.source for task in office.tasks("ben")] == ["review/manager"]
    with pytest.raises(Rejected):
        office.act("ann", request, "withdraw")  # its record is parked with its form
    assert office.state(request) == "running"

    office.publish()
    kinds: Any = office.runtime.registry.all("node")
    gone = kinds.pop("approval")
    office.flows.versions._known.clear()  # as after a restart
    try:
        assert office.flows.view(ann, "requests", "request", office.instance(request).record) is not None
        with pytest.raises(Rejected) as refused:
            office.act("ben", request, "approve")
        assert [p.code for p in refused.value.problems] == ["flow.broken"]
    finally:
        kinds["approval"] = gone


def test_two_browsers_at_once_approve_once(office: Office) -> None:
    request = office.file("ann", **BIG)
    office.act("ben", request, "approve")
    barrier = Barrier(2)

    def approve(person: str) -> str:
        barrier.wait()
        try:
            office.act(person, request, "approve")
        except Rejected as refused:
            return refused.problems[0].code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(approve, ("cat", "cleo")))
    assert answers[0] == "done"
    assert answers[1] in ("flow.closed", "task.closed")
    assert office.state(request) == "approved"
    assert [step[2] for step in office.history(request)].count("approve") == 2
    office.is_whole()


# -- the record meanwhile --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "may"),
    [
        ([], ""),
        ([("ben", "return", "?")], "ann"),
        ([("ben", "return", "?"), ("ann", "resubmit")], ""),
        ([("ben", "approve")], "ann zoe"),
        ([("ann", "withdraw")], "ann zoe"),
    ],
)
def test_nobody_changes_a_record_while_it_is_decided(office: Office, steps: list[Step], may: str) -> None:
    request = office.file("ann")
    for step in steps:
        office.act(step[0], request, *step[1:])
    record = str(office.instance(request).record)
    for person in ("ann", "ben", "zoe"):
        change = Change(record, {"amount": "7"})
        (outcome,) = office.runtime.records.update(office.who(person), "requests", "request", [change])
        assert outcome.ok is (person in may.split()), person
        if not outcome.ok and person != "ben":
            assert [p.code for p in outcome.problems] == ["flow.locked"]


def test_who_is_asked_may_read_that_record_and_no_other(office: Office) -> None:
    mine, other = office.file("ann", **BIG), office.file("abe", **BIG)
    office.act("ben", mine, "approve")

    def read(person: str) -> list[str]:
        page = office.runtime.records.page(office.who(person), "requests", "request", Query())
        return [view.id for view in page.items]

    record = str(office.instance(mine).record)
    view = office.runtime.records.get(office.who("cleo"), "requests", "request", record)
    assert (view.can, view.ways) == (frozenset({"read"}), ("flow",))
    assert read("cleo") == [record]
    assert read("eve") == []
    office.act("cat", mine, "approve")
    assert read("cleo") == [record]
    office.act("abe", other, "withdraw")
    assert str(office.instance(other).record) not in read("ben")


def test_being_asked_is_the_only_way_of_who_has_no_other(office: Office) -> None:
    def no_roles(document: Document) -> None:
        next(role for role in document["roles"] if role["id"] == "staff")["forms"] = {}

    office.publish(no_roles)
    cleo = office.who("cleo")

    def found() -> list[str]:
        try:
            return [
                view.id for view in office.runtime.records.page(cleo, "requests", "request", Query()).items
            ]
        except Rejected as refused:
            return [p.code for p in refused.problems]

    assert found() == ["access.denied"]
    request = office.file("zoe", amount="200000", applicant="ann")
    assert found() == ["access.denied"]
    office.act("ben", request, "approve")
    assert found() == [str(office.instance(request).record)]
    office.act("zoe", request, "withdraw")
    assert found() == ["access.denied"]


def test_an_effect_that_cannot_be_performed_refuses_the_approval(office: Office) -> None:
    def broken(document: Document) -> None:
        set_kind = {"action": "set_fields", "with": {"values": {"kind": "'nobody knows it'"}}}
        options_of(document, "note")["then"] = [set_kind]

    office.publish(broken)
    request = office.file("ann")
    with pytest.raises(Rejected):
        office.act("ben", request, "approve")
    assert office.waiting(request) == {"manager": ["ben"]}
    office.act("ben", request, "reject", "no")
    assert office.state(request) == "rejected"
    office.is_whole()


@pytest.mark.parametrize("noticed", [True, False])
def test_who_has_left_gets_no_grant(office: Office, noticed: bool) -> None:
    """The approval is refused with the reason, and the request rejected. `noticed`: this process knows already."""
    grant = {"action": "grant", "with": {
        "to": "field:applicant", "form": "request", "where": "true", "days": "3", "purpose": "查阅"}}  # fmt: skip
    office.publish(lambda document: options_of(document, "note").update(then=[grant]))
    request, runtime = office.file("ann"), office.runtime
    if noticed:
        office.leave("ann")
    else:
        gone = sa.update(people).where(people.c.id == "ann").values(active=False)
        runtime.database.write(lambda unit: unit.connection.execute(gone))
        assert runtime.people.organisation().active("ann")
    with pytest.raises(Rejected) as refused:
        office.act("ben", request, "approve")
    assert [found.code for found in refused.value.problems] == ["rule.grant_to_nobody"]
    office.act("ben", request, "reject", "已离职")
    assert (office.state(request), office.waiting(request)) == ("rejected", {})
    with runtime.database.read() as connection:
        assert connection.execute(sa.select(grants)).all() == []
    office.is_whole()


# -- time ------------------------------------------------------------------------------------------


def test_reminded_and_then_asked_one_level_up(office: Office) -> None:
    request = office.file("ann")  # on a Friday at nine
    (task,) = office.tasks("ben")
    assert task.due_at is not None
    office.wait(hours=8)
    assert not any("催办" in title for title in office.told("ben"))
    office.wait(hours=1)
    assert any("催办" in title for title in office.told("ben"))
    office.wait(days=2)  # a weekend is no working time
    assert office.waiting(request) == {"manager": ["ben"]}
    office.wait(days=1)
    assert office.waiting(request) == {"manager": ["ben", "dan"]}
    office.act("dan", request, "approve")
    assert office.state(request) == "approved"
    office.is_whole()


def test_a_clock_that_comes_late_does_nothing(office: Office) -> None:
    request = office.file("ann")
    office.act("ben", request, "return", "?")
    office.act("ann", request, "resubmit")
    again = office.history(request)
    office.wait(hours=8, minutes=59)
    office.wait(days=10)
    kinds = [step[2] for step in office.history(request)[len(again) :]]
    assert kinds == ["remind", "escalate"]  # of the second asking alone
    office.is_whole()


def test_escalating_never_reaches_the_applicant(office: Office) -> None:
    office.publish(asking("manager", approvers=["person:ben"]))
    request = office.file("dan")
    office.wait(days=14)
    assert office.waiting(request) == {"manager": ["ben", "zoe"]}
    assert "dan" not in office.ever_asked(request)


def test_the_applicant_may_remind(office: Office) -> None:
    request = office.file("ann")
    office.act("ann", request, "remind")
    office.act("ann", request, "remind")
    assert sum("催办" in title for title in office.told("ben")) == 1  # counted, not piled up
    ben = office.who("ben")
    office.runtime.database.write(lambda unit: office.runtime.notifications.read(unit, ben))
    office.act("ann", request, "remind")
    assert sum("催办" in title for title in office.told("ben")) == 2  # he read it and did nothing
    with pytest.raises(Rejected):
        office.act("ben", request, "remind")


def timed(document: Document) -> None:
    flow = document["flows"][0]
    flow["nodes"].append({"id": "pause", "type": "timer", "label": "等", "options": {"until": "due"}})
    flow["edges"] = [e for e in flow["edges"] if e["from"] != "start"]
    flow["edges"] += [{"from": "start", "to": "pause"}, {"from": "pause", "to": "manager"}]


@pytest.mark.parametrize(
    ("due", "hours"), [(None, 0), ("2026-11-20T00:00:00Z", 0), ("2026-11-20T03:00:00Z", 2)]
)
def test_a_timer_waits_for_its_moment(office: Office, due: str | None, hours: int) -> None:
    office.publish(timed)
    request = office.file("ann", due=due)
    if hours:
        assert office.waiting(request) == {}
        office.wait(hours=hours, minutes=-1)
        assert office.waiting(request) == {}
        office.wait(minutes=1)
    assert office.waiting(request) == {"manager": ["ben"]}
    office.is_whole()


# -- beside each other -----------------------------------------------------------------------------


def parallel(document: Document) -> None:
    flow = document["flows"][0]
    flow["nodes"] = [
        {"id": "start", "type": "start"},
        {"id": "split", "type": "split"},
        {**MANAGER, "id": "left"},
        {**LEGAL, "id": "right"},
        {"id": "join", "type": "join"},
        {"id": "end", "type": "end"},
        {"id": "rejected", "type": "end", "options": {"state": "rejected", "cancels": True}},
    ]
    ways = ["start>split", "split>left", "split>right", "left>join:approve", "left>rejected:reject"]
    ways += ["right>join:approve", "right>rejected:reject", "join>end"]
    flow["edges"] = []
    for way in ways:
        places, _, on = way.partition(":")
        source, target = places.split(">")
        flow["edges"].append({"from": source, "to": target, **({"on": on} if on else {})})


@pytest.mark.parametrize(
    ("steps", "state", "waiting"),
    [
        ([], "running", {"left": ["ben"], "right": ["cat", "cleo"]}),
        ([("cat", "approve")], "running", {"left": ["ben"]}),
        ([("cat", "approve"), ("ben", "approve")], "approved", {}),
        ([("cat", "reject", "no")], "rejected", {}),
        ([("ben", "return", "?")], "returned", {"start": ["ann"]}),
        ([("ben", "approve"), ("cat", "return", "?"), ("ann", "resubmit")], "running",
         {"left": ["ben"], "right": ["cat", "cleo"]}),
    ],
)  # fmt: skip
def test_two_ways_at_once(
    office: Office, steps: list[Step], state: str, waiting: dict[str, list[str]]
) -> None:
    office.publish(parallel)
    request = office.file("ann")
    for step in steps:
        office.act(step[0], request, *step[1:])
    assert (office.state(request), office.waiting(request)) == (state, waiting)
    office.is_whole()


# -- beginning -------------------------------------------------------------------------------------


def test_a_flow_begun_by_hand(office: Office) -> None:
    office.publish(manual)
    flows, database, ann = office.flows, office.runtime.database, office.who("ann")
    (record,) = office.runtime.records.create(ann, "requests", "request", [{}])
    assert flows.view(ann, "requests", "request", record) is None
    assert flows.startable(ann, "requests", "request", record) == [("review", "审批")]
    for person, code in (("zoe", "flow.denied"), ("eve", "record.unknown")):
        with pytest.raises(Rejected) as refused:
            database.write(
                lambda unit, who=person: flows.start(unit, office.who(who), "requests", "review", record)
            )
        assert [p.code for p in refused.value.problems] == [code]
    database.write(lambda unit: flows.start(unit, ann, "requests", "review", record))
    assert flows.startable(ann, "requests", "request", record) == []
    with pytest.raises(Rejected) as refused:
        database.write(lambda unit: flows.start(unit, ann, "requests", "review", record))
    assert [p.code for p in refused.value.problems] == ["flow.running"]
    office.is_whole()


def test_a_flow_begins_only_while_its_condition_holds(office: Office) -> None:
    def dear(document: Document) -> None:
        options_of(document, "start")["if"] = "amount > 10"

    def by_hand_or_rule(document: Document) -> None:
        dear(document)
        manual(document)
        then = [{"action": "start_flow", "with": {"flow": "review"}}]
        when = {"trigger": "record_updated", "form": "request", "fields": ["noted"]}
        document["rules"] = [{"id": "go", "when": when, "then": then}]

    flows, records, ann = office.flows, office.runtime.records, office.who("ann")

    def begin(record: str) -> int:
        return office.runtime.database.write(
            lambda unit: flows.start(unit, ann, "requests", "review", record)
        )

    office.publish(dear)
    cheap, costly = records.create(ann, "requests", "request", [{"amount": "10"}, {"amount": "11"}])
    views = [flows.view(ann, "requests", "request", record) for record in (cheap, costly)]
    assert [view.state if view else "" for view in views] == ["", "running"]
    assert [flows.preview(ann, "requests", "review", {"amount": amount}) for amount in ("10", "11")] == [
        [], [("主管", ("本",))],
    ]  # fmt: skip
    office.publish(by_hand_or_rule)
    assert flows.startable(ann, "requests", "request", cheap) == []
    with pytest.raises(Rejected) as refused:
        begin(cheap)
    assert [p.code for p in refused.value.problems] == ["flow.not_now"]
    (outcome,) = records.update(ann, "requests", "request", [Change(cheap, {"noted": "now"})])
    assert outcome.ok  # the rule has a problem, nobody else
    assert flows.view(ann, "requests", "request", cheap) is None
    records.update(ann, "requests", "request", [Change(cheap, {"amount": "12"})])
    assert flows.startable(ann, "requests", "request", cheap) == [("review", "审批")]
    assert begin(cheap)
    office.is_whole()


@pytest.mark.parametrize("trigger", ["record_created", "record_updated"])
def test_a_flow_begun_by_a_rule(office: Office, trigger: str) -> None:
    def by_rule(document: Document) -> None:
        document["flows"][0]["start"] = "manual"
        document["rules"] = [{
            "id": "begin", "when": {"trigger": trigger, "form": "request"}, "if": "kind == 'a'",
            "then": [{"action": "start_flow", "with": {"flow": "review"}}],
        }]  # fmt: skip

    office.publish(by_rule)
    ann = office.who("ann")
    first = {"kind": "a"} if trigger == "record_created" else {}
    (record,) = office.runtime.records.create(ann, "requests", "request", [first])
    if trigger == "record_updated":
        office.runtime.records.update(ann, "requests", "request", [Change(record, {"kind": "a"})])
    view = office.flows.view(ann, "requests", "request", record)
    assert view is not None
    assert (view.started_by, view.waiting_for) == ("ann", ("本",))
    office.is_whole()


def test_what_the_engine_creates_belongs_to_whom_the_record_names(office: Office) -> None:
    rows = [{"applicant": "ann"}, {}]
    records = office.runtime.records.create(SYSTEM, "requests", "request", rows)
    views = [office.flows.view(SYSTEM, "requests", "request", record) for record in records]
    assert [view.started_by if view else "" for view in views] == ["ann", "system"]
    assert [view.waiting_for if view else "" for view in views] == [("本",), ("凯", "克莱")]
    office.is_whole()


# -- looking ---------------------------------------------------------------------------------------


def test_everybody_sees_where_it_stands_and_what_he_may_do(office: Office) -> None:
    request = office.file("ann", **BIG)
    office.act("ben", request, "approve", "fine")
    record = office.instance(request).record

    def view(person: str) -> Any:
        return office.flows.view(office.who(person), "requests", "request", record)

    seen = view("cat")
    assert {node.id: node.state for node in seen.nodes} == {
        "start": "done", "manager": "done", "amount": "done", "legal": "waiting", "note": "ahead", "copy": "ahead",
        "end": "ahead", "rejected": "ahead",
    }  # fmt: skip
    assert {node.id: node.people for node in seen.nodes if node.people} == {
        "start": ("安",), "manager": ("本",), "legal": ("凯", "克莱"),
    }  # fmt: skip
    assert [(edge.source, edge.target) for edge in seen.edges if edge.taken] == [
        ("start", "manager"), ("manager", "amount"), ("amount", "legal"),
    ]  # fmt: skip
    assert [edge.label for edge in seen.edges if edge.source == "amount"] == ["金额 > 100000", "否则"]
    assert [(step.person_name, step.node_label, step.action_label, step.comment) for step in seen.steps] == [
        ("安", "发起", "发起", ""), ("", "主管", "送审", ""), ("本", "主管", "同意", "fine"), ("", "法务", "送审", ""),
    ]  # fmt: skip
    assert (seen.may, seen.facts) == (
        ("approve", "reject", "return", "transfer", "comment"),
        ("applicant", "amount"),
    )
    assert view("ann").may == ("remind", "withdraw", "comment")
    assert view("zoe").may == ("comment",)
    assert view("eve") is None
    office.act("cat", request, "reject", "not like this")
    assert {node.id: node.state for node in view("ann").nodes}["note"] == "skipped"
    assert view("ann").may == ()
    second = office.file("abe", **BIG)
    office.act("ben", second, "approve")
    reasons = office.flows.view(office.who("cat"), "requests", "request", office.instance(second).record)
    assert reasons is not None
    assert reasons.reasons == ("not like this",)


def test_it_is_also_the_request_of_whom_it_was_filed_for(office: Office) -> None:
    request = office.file("zoe", applicant="ann")
    record = str(office.instance(request).record)
    for person in ("ann", "zoe"):
        view = office.flows.view(office.who(person), "requests", "request", record)
        assert view is not None
        assert view.may == ("remind", "withdraw", "comment")
    office.act("ben", request, "return", "?")
    assert office.waiting(request) == {"start": ["zoe"]}
    for person in ("ann", "zoe"):
        change = Change(record, {"amount": "8" if person == "ann" else "9"})
        assert office.runtime.records.update(office.who(person), "requests", "request", [change])[0].ok
    office.act("ann", request, "resubmit")
    assert office.waiting(request) == {"manager": ["ben"]}
    office.is_whole()


def test_ones_own_requests(office: Office) -> None:
    first, second = office.file("ann"), office.file("ann", **BIG)
    office.act("ben", first, "approve")
    found = office.flows.mine(office.who("ann"))
    assert [(one.title, one.state, one.waiting_for) for one in found] == [
        ("SQ0002", "running", ("本",)), ("SQ0001", "approved", ()),
    ]  # fmt: skip
    assert [one.instance for one in office.flows.mine(office.who("ann"), "open")] == [str(second)]
    assert [one.instance for one in office.flows.mine(office.who("ann"), "ended")] == [str(first)]
    assert office.flows.mine(office.who("ben")) == []


@pytest.mark.parametrize(
    ("person", "values", "asked"),
    [
        ("ann", {"amount": "1"}, [("主管", ("本",))]),
        ("ann", BIG, [("主管", ("本",)), ("法务", ("凯", "克莱"))]),
        ("dan", BIG, [("主管", ("凯", "克莱"))]),  # not asked twice
        ("cleo", BIG, [("主管", ("凯",)), ("法务", ("丹",))]),
    ],
)
def test_who_would_that_be(office: Office, person: str, values: Document, asked: list[Any]) -> None:
    assert office.flows.preview(office.who(person), "requests", "review", values) == asked
    with office.runtime.database.read() as connection:
        assert office.flows.store.all_open(connection) == []


def test_comments_join_the_history(office: Office) -> None:
    request = office.file("ann")
    office.act("ben", request, "comment", "soon")
    office.act("ann", request, "comment", "thanks")
    with pytest.raises(Rejected):
        office.act("ann", request, "comment", "  ")
    view = office.flows.view(office.who("ann"), "requests", "request", office.instance(request).record)
    assert view is not None
    assert [step.comment for step in view.steps if step.action == "comment"] == ["soon", "thanks"]
    office.is_whole()


def test_copies_go_to_the_people_of_rows_whoever_may_read_them(office: Office) -> None:
    def change(document: Document) -> None:
        options_of(document, "copy")["rows"] = [
            {"form": "request", "where": "amount == record.amount + 1", "field": "helper"},
            {"form": "request", "where": "amount == record.amount + 2", "field": "helper", "level": 1},
        ]

    office.publish(change)
    for helper, amount in (("abe", 11), ("abe", 11), ("cleo", 12), ("ann", 13), (None, 11)):
        office.file("eve", helper=helper, amount=amount)
    instance = office.file("ann", amount=10)
    office.act("ben", instance, "approve")
    assert office.state(instance) == "approved"
    told = {person: len(office.told(person)) for person in ("abe", "cat", "cleo", "eve")}
    assert told == {"abe": 1, "cat": 1, "cleo": 0, "eve": 1}


@pytest.mark.parametrize(
    ("rows", "path", "code"),
    [
        ({"form": "nothing", "where": "", "field": "helper"}, "form", "rule.unknown_form"),
        ({"form": "request", "where": "", "field": "nobody"}, "field", "rule.unknown_field"),
        ({"form": "request", "where": "", "field": "amount"}, "field", "rule.not_people"),
        ({"form": "request", "where": "mount > 1", "field": "helper"}, "where", "expression.unknown_name"),
    ],
)
def test_rows_that_name_nobody_are_told(office: Office, rows: Document, path: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        office.publish(lambda document: options_of(document, "copy").update(rows=[rows]))
    assert [(p.code, p.path) for p in refused.value.problems] == [
        (code, f"/flows/0/nodes/5/options/rows/0/{path}")
    ]
