"""Rules that reach people: to-dos, one open for each conversation, notices, grants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import notifications
from tests.engine.rules.desk import client, create, publish, runs, update, values

LETTER = {"trigger": "record_created", "form": "letter"}
TASK: dict[str, Any] = {
    "to": "role:boss", "of": "client", "title": {"zh": "跟进：{client}", "en": "Follow {client}"},
    "once_per": "client",
    "outcomes": [{"id": "key", "label": "关键"}, {"id": "none", "label": "不是"}],
}  # fmt: skip


def task(**more: Any) -> dict[str, Any]:
    return {"action": "create_task", "with": {**TASK, **more}}


def notify(**more: Any) -> dict[str, Any]:
    return {
        "action": "notify",
        "with": {"to": "role:boss", "title": "来信：{client}", "of": "client", **more},
    }


def open_tasks(runtime: Runtime, person: str = "lu") -> list[tuple[str, int]]:
    page = runtime.tasks.of(runtime.require_viewer(person))
    return [(one.title, one.hits) for one in page.items]


def notices(runtime: Runtime, person: str = "lu") -> list[tuple[str, int]]:
    page = runtime.notifications.of(runtime.require_viewer(person))
    return [(one.title, one.hits) for one in reversed(page.items) if not one.task]


# -- to-dos ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("batches", [[40], [1] * 5, [3, 1, 4]])
def test_one_open_to_do_however_many_and_however_batched(office: Runtime, batches: list[int]) -> None:
    runtime = publish(office, {"id": "lead", "when": LETTER, "if": "'报价' in body", "then": [task()]})
    about, other = client(runtime, "恒锐"), client(runtime, "顺和")
    for size in batches:
        create(runtime, "letter", *({"subject": "信", "body": "报价", "client": about} for _ in range(size)))
    create(runtime, "letter", {"subject": "信", "body": "报价", "client": other})
    assert sorted(open_tasks(runtime)) == [("跟进：恒锐", sum(batches)), ("跟进：顺和", 1)]


def test_a_closed_to_do_makes_room_for_another(office: Runtime) -> None:
    closed = {"trigger": "task_closed", "form": "client", "rule": "lead", "outcomes": ["key"]}
    runtime = publish(
        office,
        {"id": "lead", "when": LETTER, "then": [task()]},
        {"id": "key", "when": closed, "then": [
            {"action": "add_tags", "with": {"tags": ["关键"]}},
            {"action": "set_fields", "with": {"values": {"state": "CONCAT('由', me)"}}},
        ]},
    )  # fmt: skip
    about = client(runtime)
    create(runtime, "letter", {"subject": "一", "client": about})
    boss = runtime.require_viewer("lu")
    (first,) = runtime.tasks.of(boss).items
    runtime.database.write(lambda unit: runtime.tasks.close(unit, boss, first.id, "none"))
    assert values(runtime, "client", about).get("tags") is None
    create(runtime, "letter", {"subject": "二", "client": about}, {"subject": "三", "client": about})
    (second,) = runtime.tasks.of(boss).items
    assert (second.hits, second.id != first.id) == (2, True)
    runtime.database.write(lambda unit: runtime.tasks.close(unit, boss, second.id, "key"))
    assert values(runtime, "client", about)["tags"] == ["关键"]
    assert values(runtime, "client", about)["state"] == "由lu"


def test_without_a_link_a_to_do_is_about_our_own_record(office: Runtime) -> None:
    runtime = publish(office, {"id": "lead", "when": LETTER, "then": [task()]})
    first, second = create(runtime, "letter", {"subject": "一"}, {"subject": "二"})
    boss = runtime.require_viewer("lu")
    assert {(one.form, one.record) for one in runtime.tasks.of(boss).items} == {
        ("letter", first),
        ("letter", second),
    }


def test_a_note_quotes_sealed_fields_for_those_who_may_read_them(office: Runtime) -> None:
    to = ["role:boss", "role:clerk"]
    runtime = publish(
        office,
        {
            "id": "lead",
            "when": LETTER,
            "then": [task(to=to, of="", once_per="", title="信", note="“{body}”")],
        },
    )
    create(runtime, "letter", {"subject": "一", "body": "密语"})
    (seen,) = runtime.tasks.of(runtime.require_viewer("lu")).items
    (hidden,) = runtime.tasks.of(runtime.require_viewer("ye")).items
    assert (seen.note, seen.hidden) == ("“密语”", False)
    assert ("密语" in hidden.note, hidden.hidden) == (False, True)


def test_to_dos_are_closed_by_another_rule(office: Runtime) -> None:
    runtime = publish(
        office,
        {"id": "lead", "when": LETTER, "then": [task()]},
        {"id": "over", "when": {"trigger": "record_updated", "form": "client", "fields": ["state"]},
         "then": [{"action": "close_tasks", "with": {"rule": "lead", "outcome": "none"}}]},
    )  # fmt: skip
    about = client(runtime)
    create(runtime, "letter", {"subject": "一", "client": about})
    update(runtime, "client", about, state="了")
    assert open_tasks(runtime) == []


def test_titles_show_values_as_people_read_them(office: Runtime) -> None:
    title = "{name}/{level}/{owner}/{parent}/{due}/{tags}/{owner.department}"
    runtime = publish(
        office,
        {"id": "new", "when": {"trigger": "record_created", "form": "client"}, "if": "not ISBLANK(parent)",
         "then": [{"action": "create_task", "with": {"to": "role:boss", "title": title}}]},
    )  # fmt: skip
    above = client(runtime, "集团")
    client(
        runtime,
        level="b",
        reason="因",
        owner="zhou",
        parent=above,
        due="2026-11-20T09:00:00+08:00",
        tags=["甲", "乙"],
    )
    ((shown, _),) = open_tasks(runtime)
    assert shown == "恒锐/乙/周婧/集团/2026-11-20 09:00/甲、乙/east"


def test_links_are_read_for_the_batch_blanks_among_them(office: Runtime) -> None:
    """As many statements for twelve clients as for three, whatever is blank on the way."""
    title = "{client}/{client.parent}/{client.parent.owner}"
    rule = {"id": "lead", "when": LETTER, "then": [task(title=title, once_per="", of="")]}
    runtime = publish(office, rule)
    above = client(runtime, "集团", owner="zhou")
    clients = [client(runtime, f"客户{n}", parent=above if n % 2 else None) for n in range(15)]
    counted: list[int] = []
    for some in (clients[:3], clients[3:]):
        rows = [{"subject": "信", "client": one} for one in (*some, None)]
        counted.append(_reads(lambda rows=rows: create(runtime, "letter", *rows)))
    shown = {title for title, _ in open_tasks(runtime)}
    assert {"客户0//", "客户1/集团/周婧", "客户14//", "//"} <= shown
    assert counted[0] == counted[1]


def _reads(work: Callable[[], object]) -> int:
    """How many times records were read while this was done."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.extend(["x"] if statement.startswith("SELECT r_") else [])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(seen)


# -- notices ---------------------------------------------------------------------------------------


def test_a_notice_goes_out_once_per_conversation_and_day(office: Runtime, clock: FrozenClock) -> None:
    runtime = publish(office, {"id": "risk", "when": LETTER, "then": [notify(once_per=["client", "day"])]})
    about = client(runtime)
    for _ in range(3):
        create(runtime, "letter", {"subject": "一", "client": about}, {"subject": "二", "client": about})
    assert notices(runtime) == [("来信：恒锐", 6)]
    clock.advance(days=1)
    create(runtime, "letter", {"subject": "三", "client": about})
    assert notices(runtime) == [("来信：恒锐", 6), ("来信：恒锐", 1)]


def test_notices_of_two_rules_do_not_count_each_other(office: Runtime) -> None:
    runtime = publish(
        office,
        {"id": "one", "when": LETTER, "then": [notify(once_per="client")]},
        {"id": "two", "when": LETTER, "then": [notify(once_per="client", title="另：{client}")]},
    )
    create(runtime, "letter", {"subject": "一", "client": client(runtime)})
    assert sorted(notices(runtime)) == [("另：恒锐", 1), ("来信：恒锐", 1)]


def test_managers_and_fields_are_found_through_links(office: Runtime) -> None:
    to = ["field:client.owner", "manager:client.owner"]
    runtime = publish(office, {"id": "tell", "when": LETTER, "then": [notify(to=to)]})
    create(runtime, "letter", {"subject": "一", "client": client(runtime, owner="zhou")})
    assert (notices(runtime, "zhou"), notices(runtime, "lu")) == ([("来信：恒锐", 1)], [("来信：恒锐", 1)])


def test_a_title_never_holds_sealed_words(office: Runtime) -> None:
    """The title of a sealed thing that a link shows is left out of what leaves the house."""
    runtime = publish(office, {"id": "tell", "when": LETTER, "then": [notify(of="", title="信")]})
    create(runtime, "letter", {"subject": "一", "body": "密语"})
    with runtime.database.read() as connection:
        rows = connection.execute(sa.select(notifications)).all()
    assert rows
    assert all("密语".encode() not in bytes(row.title_sealed) for row in rows)


# -- grants ----------------------------------------------------------------------------------------


def test_a_grant_opens_what_existed_when_it_was_asked_for(office: Runtime, clock: FrozenClock) -> None:
    pytest.importorskip("metamodel.expressions.inline")
    grant = {"action": "grant", "with": {
        "to": "field:owner", "form": "letter", "where": "client == record.parent", "days": "3",
        "purpose": "查阅 {name}", "reference": "{number}",
    }}  # fmt: skip
    runtime = publish(
        office,
        {
            "id": "give",
            "when": {"trigger": "record_updated", "form": "client", "fields": ["state"]},
            "then": [grant],
        },
    )
    about = client(runtime, owner="lu")
    create(runtime, "letter", {"subject": "先", "client": about})
    asked = client(runtime, "申请", owner="wang", parent=about)
    create(runtime, "letter", {"subject": "后", "client": about})
    update(runtime, "client", asked, state="同意")

    def seen() -> list[str]:
        page = runtime.records.page(runtime.require_viewer("wang"), "office", "letter", Query())
        return [item.values["subject"] for item in page.items]

    assert [(outcome, codes) for _, outcome, codes in runs(runtime)] == [("done", [])]
    assert seen() == ["先"]
    clock.advance(days=3, seconds=1)
    assert seen() == []
    assert runtime.records.page(SYSTEM, "office", "letter", Query()).total == 2
