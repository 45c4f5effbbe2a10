"""Notifications: who is told, what is counted, who may read what, and what a task's come and go with."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Membership, Person
from engine.access.quoting import Quoted
from engine.notifications import NewNotification
from engine.runtime import Runtime
from engine.system_tables import notifications
from engine.tasks import NewTask
from metamodel.problems import Rejected
from tests.conftest import NOW
from tests.engine.conftest import OFFICE

TOLD = NewNotification("zhou", "office", "client", None, {"zh": "风险预警", "en": "A warning"}, "客户犹豫")


def send(runtime: Runtime, *wanted: NewNotification) -> list[int]:
    return runtime.database.write(lambda unit: runtime.notifications.send(unit, wanted))


def titles(runtime: Runtime, person: str, **asked: Any) -> list[str]:
    return [one.title for one in runtime.notifications.of(runtime.require_viewer(person), **asked).items]


def read(runtime: Runtime, person: str, ids: Any = None) -> int:
    viewer = runtime.require_viewer(person)
    return runtime.database.write(lambda unit: runtime.notifications.read(unit, viewer, ids))


def test_everybody_has_his_own_newest_first(office: Runtime) -> None:
    send(office, TOLD, replace(TOLD, title="第二条"), replace(TOLD, person="lu", title="给经理"))
    assert titles(office, "zhou") == ["第二条", "风险预警"]
    assert titles(office, "lu") == ["给经理"]
    (seen,) = office.notifications.of(office.require_viewer("lu")).items
    assert (seen.body, seen.at, seen.read_at, seen.hits, seen.mail) == ("客户犹豫", NOW, None, 1, "")


def test_people_who_left_or_never_were_are_told_nothing(office: Runtime) -> None:
    gone = [Person("wang", "王磊", active=False)]
    office.database.write(lambda unit: office.people.save_people(unit, gone))
    assert send(office, replace(TOLD, person="wang"), replace(TOLD, person="ghost")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_follow_each_other(office: Runtime, limit: int) -> None:
    send(office, *(replace(TOLD, title=str(number)) for number in range(6)))
    zhou, seen, after = office.require_viewer("zhou"), list[str](), ""
    while True:
        page = office.notifications.of(zhou, limit=limit, after=after)
        seen += [one.title for one in page.items]
        if not page.next:
            break
        after = page.next
    assert seen == ["5", "4", "3", "2", "1", "0"]


def test_reading_some_and_all(office: Runtime) -> None:
    first, second, third = send(office, TOLD, TOLD, TOLD)
    (foreign,) = send(office, replace(TOLD, person="lu"))
    zhou = office.require_viewer("zhou")
    assert office.notifications.unread(zhou) == 3
    assert read(office, "zhou", [str(first), foreign, "nonsense"]) == 1
    assert read(office, "zhou", [first]) == 0
    assert [one.id for one in office.notifications.of(zhou, unread=True).items] == [str(third), str(second)]
    assert read(office, "zhou") == 2
    assert (office.notifications.unread(zhou), office.notifications.unread(office.require_viewer("lu"))) == (
        0,
        1,
    )
    assert office.notifications.get(zhou, first).read_at == NOW


@pytest.mark.parametrize("person", ["lu", "zhou"])
def test_one_that_is_not_yours_is_not_there(office: Runtime, person: str) -> None:
    (mine,) = send(office, TOLD)
    asked: Any = mine if person == "lu" else "x"
    with pytest.raises(Rejected) as refused:
        office.notifications.get(office.require_viewer(person), asked)
    assert refused.value.problems[0].code == "notification.unknown"


def test_a_key_is_told_once_a_person_read_or_not(office: Runtime) -> None:
    once = replace(TOLD, once="conversation 7")
    (first, again, other, foreign) = send(
        office, once, once, replace(once, once="8"), replace(once, person="lu")
    )
    assert first == again
    assert len({first, other, foreign}) == 3
    read(office, "zhou")
    assert send(office, once) == [first]
    seen = office.notifications.get(office.require_viewer("zhou"), first)
    assert (seen.hits, seen.read_at) == (3, NOW)


def test_what_is_said_again_is_counted_while_unread_and_new_after(office: Runtime) -> None:
    again = replace(TOLD, once="waiting for 7", again=True)
    first, counted = send(office, again), send(office, again)
    assert first == counted
    read(office, "zhou")
    (second,) = send(office, again)
    assert [second] != first
    assert send(office, again) == [second]
    seen = office.notifications.of(office.require_viewer("zhou")).items
    assert [(one.id, one.hits, one.read_at is None) for one in seen] == [
        (str(second), 2, True),
        (str(first[0]), 2, False),
    ]


def test_units_at_once_tell_once(office: Runtime) -> None:
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        send(office, replace(TOLD, once="k"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (seen,) = office.notifications.of(office.require_viewer("zhou")).items
    assert seen.hits == 4


@pytest.mark.parametrize(
    ("to", "people", "nobody"),
    [
        (("role:office/seller",), ["zhou", "wang"], ()),
        (("person:zhou", "manager:zhou:1"), ["zhou", "lu"], ()),
        (("role:office/ghost",), ["fang"], ("role:office/ghost",)),
        ((), ["fang"], ("",)),
    ],
)
def test_planned_recipients_are_found_or_the_owner_is_told(
    office: Runtime, to: tuple[str, ...], people: list[str], nobody: tuple[str, ...]
) -> None:
    managed = {**OFFICE, "roles": [*OFFICE["roles"], {"id": "admin", "label": "管理", "manages": ["people"]}]}
    office.applications.publish(None, managed, "system")
    admin = [Membership("office", "admin", "person", "fang")]
    office.database.write(lambda unit: office.people.save_memberships(unit, admin))
    office.database.write(lambda unit: office.notifications.tell(unit, [(to, replace(TOLD, person=""))]))
    for person in ("zhou", "wang", "lu", "fang"):
        found = office.notifications.of(office.require_viewer(person)).items
        assert [one.nobody for one in found] == ([nobody] if person in people else [])


@pytest.mark.parametrize(("person", "body"), [("zhou", "手机 138"), ("lu", "")])
def test_a_body_that_quotes_a_field_is_for_who_may_read_it(office: Runtime, person: str, body: str) -> None:
    zhou = office.require_viewer("zhou")
    (client,) = office.records.create(zhou, "office", "client", [{"name": "恒锐"}])
    quoted = Quoted("office", "client", int(client), ("mobile",))
    send(office, replace(TOLD, person=person, body="手机 138", quoted=quoted))
    (seen,) = office.notifications.of(office.require_viewer(person)).items
    assert seen.body == body


def test_nothing_of_a_notification_is_readable_in_the_database(office: Runtime) -> None:
    send(office, TOLD)
    with office.database.read() as connection:
        row = connection.execute(sa.select(notifications)).mappings().one()
    kept = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert not any(words.encode() in kept for words in ("预警", "warning", "犹豫"))


# -- of tasks --------------------------------------------------------------------------------------


def test_a_new_task_is_told_and_a_closed_one_needs_nobody(office: Runtime) -> None:
    asked = NewTask(
        "office", "client", None, "rule", "watch", ("person:zhou", "person:wang"), "跟进恒锐", once="k"
    )
    (task, _) = office.database.write(lambda unit: office.tasks.open(unit, [asked, asked]))
    (seen,) = office.notifications.of(office.require_viewer("wang")).items
    assert (seen.title, seen.task, seen.read_at) == ("跟进恒锐", str(task), None)
    zhou = office.require_viewer("zhou")
    office.database.write(lambda unit: office.tasks.close(unit, zhou, task, "done"))
    assert (
        office.notifications.unread(office.require_viewer("wang")) == office.notifications.unread(zhou) == 0
    )


def test_a_transferred_task_is_told_to_who_has_it_now(office: Runtime) -> None:
    asked = NewTask("office", "client", None, "rule", "watch", ("person:zhou", "person:lu"), "跟进恒锐")
    (task,) = office.database.write(lambda unit: office.tasks.open(unit, [asked]))
    zhou = office.require_viewer("zhou")
    office.database.write(lambda unit: office.tasks.transfer(unit, zhou, task, "wang"))
    unread = {p: office.notifications.unread(office.require_viewer(p)) for p in ("zhou", "lu", "wang")}
    assert unread == {"zhou": 0, "lu": 1, "wang": 1}
