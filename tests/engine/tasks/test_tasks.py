"""Tasks: who gets them, who closes them, what is counted instead of opened, and who may see what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.audit_search import told
from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import FrozenClock
from engine.runtime import Runtime
from engine.system_tables import audit, tasks
from engine.tasks import ClosedTask, MovingTask, NewTask, Outcome, Quoted
from metamodel.problems import Rejected, problem
from tests.conftest import NOW
from tests.engine.conftest import OFFICE

CHOICES = (
    Outcome("confirm", {"zh": "确认为关键商机", "en": "Confirm"}, "primary"),
    Outcome("drop", {"zh": "不是商机", "en": "Not one"}, "danger", reason=True),
)
ASKED = NewTask(
    "office", "client", None, "rule", "watch", ("person:zhou",), {"zh": "跟进恒锐", "en": "Follow up"}
)
MANAGED = {**OFFICE, "roles": [*OFFICE["roles"], {"id": "admin", "label": "管理", "manages": ["people"]}]}


@pytest.fixture
def desk(office: Runtime) -> Runtime:
    """The office, its people managed by fang."""
    office.applications.publish(None, MANAGED, "system")
    admin = [Membership("office", "admin", "person", "fang")]
    office.database.write(lambda unit: office.people.save_memberships(unit, admin))
    return office


def opened(runtime: Runtime, *wanted: NewTask) -> list[int]:
    return runtime.database.write(lambda unit: runtime.tasks.open(unit, wanted))


def close(runtime: Runtime, person: str, task: int | str, outcome: str = "done", comment: str = "") -> None:
    viewer = runtime.require_viewer(person)
    runtime.database.write(lambda unit: runtime.tasks.close(unit, viewer, task, outcome, comment))


def titles(runtime: Runtime, person: str, **asked: Any) -> list[str]:
    return [view.title for view in runtime.tasks.of(runtime.require_viewer(person), **asked).items]


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as caught:
        work()
    return caught.value.problems[0].code


# -- opening ---------------------------------------------------------------------------------------


def test_everybody_it_is_for_has_it_and_the_first_closes_it_for_all(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, to=("role:office/seller", "person:zhou")))
    (seen,) = desk.tasks.of(desk.require_viewer("wang")).items
    assert (seen.people, seen.state, seen.mine, seen.source) == (("王磊", "周婧"), "open", True, "watch")
    close(desk, "zhou", task)
    assert titles(desk, "wang") == titles(desk, "zhou") == []
    (done,) = desk.tasks.of(desk.require_viewer("wang"), state="done").items
    assert (done.closed_by, done.outcome, done.outcome_label, done.closed_at, done.mine) == (
        "周婧", "done", "完成", NOW, False,
    )  # fmt: skip
    assert refused(lambda: close(desk, "wang", task)) == "task.closed"


def test_what_reaches_nobody_goes_to_the_owner_and_says_so(desk: Runtime) -> None:
    opened(desk, replace(ASKED, to=("role:office/ghost",)))
    (seen,) = desk.tasks.of(desk.require_viewer("fang")).items
    assert seen.nobody == ("role:office/ghost",)


def test_people_who_left_get_nothing(desk: Runtime) -> None:
    gone = [Person("wang", "王磊", active=False)]
    desk.database.write(lambda unit: desk.people.save_people(unit, gone))
    (task,) = opened(desk, replace(ASKED, to=("person:wang", "person:zhou")))
    assert desk.tasks.get(desk.require_viewer("zhou"), task).people == ("周婧",)


def test_one_open_task_of_a_key_and_the_rest_are_hits(desk: Runtime) -> None:
    once = replace(ASKED, once="conversation 7")
    first, second = opened(desk, once, once)
    assert first == second
    assert opened(desk, once, replace(once, once="conversation 8"), ASKED)[0] == first
    seen = {view.id: view.hits for view in desk.tasks.of(desk.require_viewer("zhou")).items}
    assert (seen[str(first)], len(seen)) == (3, 3)


def test_another_rule_and_another_app_have_keys_of_their_own(desk: Runtime) -> None:
    once = replace(ASKED, once="k")
    assert len(set(opened(desk, once, replace(once, source="other"), replace(once, app="elsewhere")))) == 3


def test_once_it_is_closed_the_key_opens_again(desk: Runtime) -> None:
    once = replace(ASKED, once="k")
    (first,) = opened(desk, once)
    close(desk, "zhou", first)
    (second,) = opened(desk, once)
    assert second != first
    assert opened(desk, once) == [second]


def test_units_at_once_open_one_task(desk: Runtime) -> None:
    once = [replace(ASKED, once=f"k{number}", to=("person:zhou",)) for number in range(3)]
    threads = 6
    together = threading.Barrier(threads)

    def work(mine: int) -> None:
        together.wait()
        order = once[mine % 3 :] + once[: mine % 3]
        opened(desk, *order)

    _at_once(work, threads)
    views = desk.tasks.of(desk.require_viewer("zhou")).items
    assert [view.hits for view in views] == [threads] * 3


# -- closing ---------------------------------------------------------------------------------------


def test_two_at_once_and_exactly_one_closes_it(desk: Runtime) -> None:
    heard: list[str] = []
    desk.tasks.closed.append(lambda unit, viewer, _: unit.after_commit(lambda: heard.append(viewer.person)))
    for _ in range(5):
        (task,) = opened(desk, replace(ASKED, to=("person:zhou", "person:wang")))
        outcomes = _closed_by_both(desk, task)
        assert sorted(outcomes.values()) == ["", "task.closed"]
        assert [person for person, code in outcomes.items() if not code] == [heard.pop()]
    assert heard == []


def _closed_by_both(desk: Runtime, task: int) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    together = threading.Barrier(2)

    def work(number: int) -> None:
        person = ("zhou", "wang")[number]
        together.wait()
        try:
            close(desk, person, task)
            outcomes[person] = ""
        except Rejected as refused:
            outcomes[person] = refused.problems[0].code

    _at_once(work, 2)
    return outcomes


@pytest.mark.parametrize(
    ("person", "outcome", "comment", "code"),
    [
        ("wang", "confirm", "", "task.unknown"),
        ("zhou", "done", "", "task.unknown_outcome"),
        ("zhou", "drop", "  ", "task.needs_reason"),
        ("zhou", "drop", "好" * 2_001, "value.too_long"),
    ],
)
def test_what_does_not_close_a_task(
    desk: Runtime, person: str, outcome: str, comment: str, code: str
) -> None:
    (task,) = opened(desk, replace(ASKED, outcomes=CHOICES))
    assert refused(lambda: close(desk, person, task, outcome, comment)) == code
    assert desk.tasks.get(desk.require_viewer("zhou"), task).state == "open"


@pytest.mark.parametrize("task", [0, 9_999_999, "abc", "", "²"])
def test_a_task_that_is_not_there(desk: Runtime, task: int | str) -> None:
    assert refused(lambda: close(desk, "zhou", task)) == "task.unknown"
    assert refused(lambda: desk.tasks.get(desk.require_viewer("zhou"), task)) == "task.unknown"


def test_who_hears_of_a_closing_may_refuse_it(desk: Runtime) -> None:
    told: list[ClosedTask] = []

    def refuse(unit: Any, viewer: Viewer, closed: ClosedTask) -> None:
        told.append(closed)
        raise Rejected([problem("access.denied")])

    desk.tasks.closed.insert(0, refuse)
    (task,) = opened(desk, replace(ASKED, source="flow/node", outcomes=CHOICES, instance=5))
    assert refused(lambda: close(desk, "zhou", task, "drop", "打错了")) == "access.denied"
    assert desk.tasks.get(desk.require_viewer("zhou"), task).state == "open"
    assert (told[0].outcome, told[0].comment, told[0].node, told[0].people) == (
        "drop",
        "打错了",
        "node",
        ("zhou",),
    )


def test_closing_and_transferring_are_audited_without_the_title(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, outcomes=CHOICES))
    zhou = desk.require_viewer("zhou")
    desk.database.write(lambda unit: desk.tasks.transfer(unit, zhou, task, "wang", "我休假"))
    close(desk, "wang", task, "drop", "只是问问")
    with desk.database.read() as connection:
        entries = [entry for entry in desk.audit.latest(connection) if entry.action.startswith("task.")]
    assert [(entry.person, entry.action) for entry in entries] == [
        ("wang", "task.close"),
        ("zhou", "task.transfer"),
    ]
    assert entries[0].detail == {
        "task": str(task),
        "source": "watch",
        "outcome": "drop",
        "outcome_label": {"zh": "不是商机", "en": "Not one"},
        "comment": "只是问问",
    }
    assert told(entries[0])["outcome_label"] == {"zh": "不是商机", "en": "Not one"}
    assert entries[1].detail == {"task": str(task), "source": "watch", "to": "wang"}


def test_nothing_of_a_task_is_readable_in_the_database(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, note="原话：便宜三成", outcomes=CHOICES))
    close(desk, "zhou", task, "drop", "只是问问")
    with desk.database.read() as connection:
        row = connection.execute(sa.select(tasks)).mappings().one()
        kept = b"".join(value for value in row.values() if isinstance(value, bytes))
        kept += b"".join(connection.scalars(sa.select(audit.c.detail_sealed)))
    for words in ("恒锐", "Follow", "三成", "商机", "问问"):
        assert words.encode() not in kept


# -- handing on ------------------------------------------------------------------------------------


def test_a_transfer_takes_it_from_one_and_gives_it_to_another(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, to=("person:zhou", "person:lu")))
    zhou = desk.require_viewer("zhou")
    desk.database.write(lambda unit: desk.tasks.transfer(unit, zhou, task, "wang", "我休假"))
    seen = desk.tasks.get(desk.require_viewer("wang"), task)
    assert seen.people == ("陆志恒", "王磊")
    assert [(m.giver, m.taker, m.at, m.comment) for m in seen.moves] == [("周婧", "王磊", NOW, "我休假")]
    assert titles(desk, "zhou") == []
    assert refused(lambda: close(desk, "zhou", task)) == "task.unknown"


@pytest.mark.parametrize(
    ("to", "code"),
    [("zhou", "task.to_yourself"), ("nobody", "task.unknown_person"), ("", "task.unknown_person")],
)
def test_whom_a_task_cannot_go_to(desk: Runtime, to: str, code: str) -> None:
    (task,) = opened(desk, ASKED)
    zhou = desk.require_viewer("zhou")
    assert refused(lambda: desk.database.write(lambda u: desk.tasks.transfer(u, zhou, task, to))) == code


def test_who_must_agree_may_refuse_a_transfer(desk: Runtime) -> None:
    def refuse(unit: Any, viewer: Viewer, moving: MovingTask) -> None:
        if moving.taker == "lu":
            raise Rejected([problem("access.denied")])

    desk.tasks.moving.append(refuse)
    (task,) = opened(desk, ASKED)
    zhou = desk.require_viewer("zhou")
    assert (
        refused(lambda: desk.database.write(lambda u: desk.tasks.transfer(u, zhou, task, "lu")))
        == "access.denied"
    )
    assert titles(desk, "zhou") == ["跟进恒锐"]


def test_a_closed_task_goes_nowhere(desk: Runtime) -> None:
    (task,) = opened(desk, ASKED)
    close(desk, "zhou", task)
    zhou = desk.require_viewer("zhou")
    assert (
        refused(lambda: desk.database.write(lambda u: desk.tasks.transfer(u, zhou, task, "lu")))
        == "task.closed"
    )


def test_a_leaver_hands_over_all_that_may_go(desk: Runtime) -> None:
    first, second, done = opened(
        desk, ASKED, replace(ASKED, source="other", to=("person:zhou", "person:wang")), ASKED
    )
    close(desk, "zhou", done)

    def refuse(unit: Any, viewer: Viewer, moving: MovingTask) -> None:
        if moving.source == "other" and moving.taker == "lu":
            raise Rejected([problem("access.denied")])

    desk.tasks.moving.append(refuse)
    assert desk.database.write(lambda u: desk.tasks.hand_over(u, "zhou", "lu")) == ([first], [second])
    assert [view.id for view in desk.tasks.of(desk.require_viewer("lu")).items] == [str(first)]
    assert desk.database.write(lambda u: desk.tasks.hand_over(u, "zhou", "wang")) == ([second], [])
    assert desk.tasks.get(desk.require_viewer("wang"), second).people == ("王磊",)


def test_what_only_a_leaver_has_goes_to_who_is_above_him(desk: Runtime, clock: FrozenClock) -> None:
    alone, shared, orphan, flow, done = opened(
        desk, ASKED, replace(ASKED, to=("person:zhou", "person:wang")), replace(ASKED, to=("person:lu",)),
        replace(ASKED, instance=5, source="flow/node"), ASKED,
    )  # fmt: skip
    close(desk, "zhou", done)
    gone = [Person("zhou", "周婧", superior="lu", active=False), Person("lu", "陆志恒", active=False)]
    desk.database.write(lambda unit: desk.people.save_people(unit, gone))
    clock.advance(seconds=2)
    desk.jobs.run_due()
    fang = desk.tasks.of(desk.require_viewer("fang")).items  # the superior has left too
    assert [view.id for view in fang] == [str(alone), str(orphan)]
    assert [view.id for view in desk.tasks.of(desk.require_viewer("wang")).items] == [str(shared)]
    with desk.database.read() as connection:
        assert desk.tasks.find_open(connection, instance=5) == [flow]


# -- calling off -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"instance": 5}, ["b", "c"]),
        ({"app": "office", "source": "watch", "record": 7}, ["a", "c"]),
        ({"record": 9}, ["a", "b", "c"]),
        ({}, ["a", "b", "c"]),
    ],
)
def test_what_is_called_off(desk: Runtime, asked: dict[str, Any], left: list[str]) -> None:
    opened(
        desk,
        replace(ASKED, title="a", instance=5, source="flow/node", kind="approval", record=7),
        replace(ASKED, title="b", record=7),
        replace(ASKED, title="c", record=8),
    )
    desk.database.write(lambda unit: desk.tasks.cancel(unit, **asked))
    assert titles(desk, "zhou") == left
    assert len(titles(desk, "zhou", state="all")) == 3


def test_the_one_who_opened_it_may_call_it_off_by_its_id(desk: Runtime) -> None:
    first, second = opened(desk, ASKED, ASKED)
    gone: list[int] = []
    desk.tasks.gone.append(lambda unit, ids, person: gone.extend(ids))
    assert desk.database.write(lambda unit: desk.tasks.cancel(unit, tasks=[second, 12345])) == [second]
    assert gone == [second]
    assert refused(lambda: close(desk, "zhou", second)) == "task.closed"
    close(desk, "zhou", first)


def test_the_house_closes_for_everybody(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, record=7))
    with desk.database.read() as connection:
        assert desk.tasks.find_open(connection, app="office", form="client", record=7, source="watch") == [
            task
        ]
        assert desk.tasks.find_open(connection, app="office", source="other") == []
    desk.database.write(lambda unit: desk.tasks.close(unit, SYSTEM, task, "done"))
    assert titles(desk, "zhou") == []


# -- lists -----------------------------------------------------------------------------------------


@pytest.fixture
def busy(desk: Runtime) -> Runtime:
    due = {"late": -1, "soon": 3, "tomorrow": 24, "later": 50}
    for title, hours in due.items():
        opened(desk, replace(ASKED, title=title, due_at=NOW + timedelta(hours=hours)))
    opened(
        desk,
        replace(ASKED, title="whenever"),
        replace(ASKED, title="审批", kind="approval", source="flow/boss"),
    )
    return desk


DUE = ["late", "soon", "tomorrow", "later", "whenever", "审批"]


@pytest.mark.parametrize(
    ("sort", "order"), [("due", DUE), ("new", ["审批", "whenever", "later", "tomorrow", "soon", "late"])]
)
@pytest.mark.parametrize("limit", [1, 2, 4, 6, 50])
def test_pages_follow_each_other(busy: Runtime, sort: Any, order: list[str], limit: int) -> None:
    zhou, after, seen = busy.require_viewer("zhou"), "", list[str]()
    while True:
        page = busy.tasks.of(zhou, sort=sort, limit=limit, after=after)
        assert page.total == 6
        seen += [view.title for view in page.items]
        if not page.next:
            break
        after = page.next
    assert seen == order


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "approval"}, ["审批"]),
        ({"app": "office", "text": "late"}, ["late", "later"]),
        ({"text": "ＬＡＴＥ r"}, ["later"]),
        ({"text": "nothing"}, []),
        ({"app": "crm"}, []),
        ({"state": "done"}, []),
        ({"text": "late", "limit": 1}, ["late"]),
        ({"after": "nonsense", "limit": 1}, ["late"]),
    ],
)
def test_what_is_filtered(busy: Runtime, asked: dict[str, Any], found: list[str]) -> None:
    assert titles(busy, "zhou", **asked) == found


def test_words_are_paged_too(busy: Runtime) -> None:
    zhou = busy.require_viewer("zhou")
    first = busy.tasks.of(zhou, text="late", limit=1)
    second = busy.tasks.of(zhou, text="late", limit=1, after=first.next)
    assert ([v.title for v in second.items], second.total, second.next) == (["later"], 2, "")


def test_counts_tell_what_is_late_and_what_is_for_today(busy: Runtime, clock: FrozenClock) -> None:
    counts = busy.tasks.counts(busy.require_viewer("zhou"))
    assert (counts.open, counts.overdue, counts.today) == (6, 1, 1)
    clock.advance(hours=4)
    counts = busy.tasks.counts(busy.require_viewer("zhou"))
    assert (counts.overdue, counts.today) == (2, 0)
    assert busy.tasks.counts(busy.require_viewer("lu")).open == 0


def test_titles_come_in_the_readers_language(desk: Runtime) -> None:
    (task,) = opened(desk, replace(ASKED, outcomes=CHOICES))
    english = replace(desk.require_viewer("zhou"), language="en")
    assert desk.tasks.get(english, task).title == "Follow up"


# -- what others may see ---------------------------------------------------------------------------


@pytest.fixture
def client(desk: Runtime) -> int:
    (identifier,) = desk.records.create(desk.require_viewer("zhou"), "office", "client", [{"name": "恒锐"}])
    return int(identifier)


@pytest.mark.parametrize(("person", "sees"), [("zhou", True), ("lu", True), ("wang", False), ("fang", False)])
def test_tasks_about_a_record_are_for_who_may_read_it(
    desk: Runtime, client: int, person: str, sees: bool
) -> None:
    opened(desk, replace(ASKED, record=client), ASKED)
    found = desk.tasks.about(desk.require_viewer(person), "office", "client", client)
    assert [view.title for view in found] == (["跟进恒锐"] if sees else [])
    assert desk.tasks.about(desk.require_viewer(person), "office", "client", "x") == []


@pytest.mark.parametrize(("person", "note"), [("zhou", "手机 13800000000"), ("lu", ""), ("wang", "")])
def test_a_note_that_quotes_a_field_is_for_who_may_read_it(
    desk: Runtime, client: int, person: str, note: str
) -> None:
    quoted = Quoted("office", "client", client, ("mobile",))
    everybody = ("person:zhou", "person:lu", "person:wang")
    (task,) = opened(desk, replace(ASKED, note="手机 13800000000", to=everybody, quoted=quoted))
    seen = desk.tasks.get(desk.require_viewer(person), task)
    assert (seen.note, seen.hidden) == (note, not note)


def _at_once(work: Callable[[int], None], number: int) -> None:
    failures: list[BaseException] = []

    def run(mine: int) -> None:
        try:
            work(mine)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(mine,)) for mine in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
