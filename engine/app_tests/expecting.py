"""Expectations: what a test wants to find, read the ordinary ways out, as the person it names.

What is found otherwise is a Problem whose path is the step's and whose text speaks as people
do: labels of fields and choices, names of people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.app_tests.figures import expect_report
from engine.app_tests.timelines import expect_timeline
from engine.app_tests.values import BLANK, Comparison
from engine.records.query import Query, RecordView
from engine.sample_data import Acting
from engine.tasks import TaskView
from metamodel.app_tests import Step, expectation, split_form
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import bilingual
from metamodel.problems import Problem, Rejected, problem

MOST = 1_000
SHOWN = 5


def expect(acting: Acting, step: Step) -> list[Problem]:
    """What is otherwise than expected. Rejected where the person may not even ask."""
    kind, expected = expectation(step)
    return _KINDS[kind](acting, expected)


# -- records ---------------------------------------------------------------------------------------


def _records(acting: Acting, expected: Part) -> list[Problem]:
    app, form = split_form(expected.text("form"))
    app = app or acting.app
    what = acting.runtime.applications.get(app).form(form)
    label = what.text() if what else form
    if expected.flag("export"):
        return _count(expected, label, len(_exported(acting, expected, app, form)), ())
    found, total = _found(acting, expected, app, form)
    problems = _count(expected, label, total, [item.title for item in found])
    if not _is_counted(expected) and not found:
        return [*problems, problem("app_test.nothing", expected.path, form=label, where=_where(expected))]
    if found:
        problems += Comparison(acting, app, form, found[0]).problems(expected)
        if expected.text("name"):
            acting.give(expected.text("name"), form, found[0].id, app)
    return problems


def _found(acting: Acting, expected: Part, app: str, form: str) -> tuple[list[RecordView], int]:
    """Newest first, and how many there are."""
    viewer, records = acting.viewer(expected.text("as")), acting.runtime.records
    where = expected.text("where")
    if expected.text("record"):
        place = acting.place(expected.text("record"))
        try:
            return [records.get(viewer, app, form, place.record)], 1
        except Rejected as error:
            if any(found.code == "record.unknown" for found in error.problems):
                return [], 0
            raise
    page = records.page(viewer, app, form, Query(filter=where, limit=SHOWN))
    return list(page.items), page.total


def _exported(acting: Acting, expected: Part, app: str, form: str) -> list[list[str]]:
    query = Query(filter=expected.text("where"), limit=MOST)
    viewer = acting.viewer(expected.text("as"))
    return list(acting.runtime.records.export(viewer, app, form, query))[1:]


def _search(acting: Acting, expected: Part) -> list[Problem]:
    app, form = split_form(expected.text("form"))
    app = app or acting.app
    viewer = acting.viewer(expected.text("as"))
    page = acting.runtime.records.page(viewer, app, form, Query(text=expected.text("search"), limit=SHOWN))
    return _count(expected, expected.text("search"), page.total, [item.title for item in page.items])


def _where(expected: Part) -> str:
    return expected.text("where") or expected.text("record")


# -- counting --------------------------------------------------------------------------------------


def _is_counted(expected: Part) -> bool:
    return "count" in expected.raw or "least" in expected.raw


def _count(expected: Part, what: Label, found: int, examples: Sequence[str]) -> list[Problem]:
    """Exactly `count`, or at `least` so many; nothing said means nothing wanted, except one of which something
    is said."""
    wanted: int | str = expected.integer("count")
    right = found == wanted
    if "count" not in expected.raw:
        least = expected.integer("least", int("hits" in expected.raw or "due" in expected.raw))
        wanted, right = f"≥ {least}", found >= least
    if right:
        return []
    return [
        problem(
            "app_test.count", expected.path, what=what, expected=wanted, found=found,
            examples=_listed(examples),
        )
    ]  # fmt: skip


def _listed(examples: Sequence[str]) -> str:
    named = [text for text in examples[:SHOWN] if text]
    return f"（{'、'.join(named)}）" if named else ""


# -- to-dos and notifications ----------------------------------------------------------------------


def _tasks(acting: Acting, expected: Part) -> list[Problem]:
    viewer = acting.viewer(expected.text("tasks_of"))
    state = expected.text("state", "open")
    assert state in ("open", "done", "all"), state
    found = [
        task
        for task in acting.tasks(viewer, expected, state)  # type: ignore[arg-type]
        if expected.text("title") in task.title
    ]
    problems = _count(
        expected,
        bilingual(f"{viewer.name}的待办", f"to-dos of {viewer.name}"),
        len(found),
        [task.title for task in found],
    )
    return problems + _hits(expected, found) + _due(acting, expected, found)


def _notifications(acting: Acting, expected: Part) -> list[Problem]:
    viewer = acting.viewer(expected.text("notifications_of"))
    about = acting.place(expected.raw["about"]).record if "about" in expected.raw else None
    found = [
        one
        for one in acting.runtime.notifications.of(viewer, limit=MOST).items
        if expected.text("title") in one.title and about in (None, str(one.record))
    ]
    problems = _count(
        expected,
        bilingual(f"{viewer.name}的通知", f"notifications of {viewer.name}"),
        len(found),
        [one.title for one in found],
    )
    return problems + _hits(expected, found)


def _hits(expected: Part, found: Sequence[Any]) -> list[Problem]:
    wanted = expected.integer("hits")
    if "hits" not in expected.raw or not found or found[0].hits == wanted:
        return []
    said = {"what": found[0].title, "field": "hits", "expected": wanted, "found": found[0].hits}
    return [problem("app_test.value", expected.path + "/hits", **said)]


def _due(acting: Acting, expected: Part, found: Sequence[TaskView]) -> list[Problem]:
    """When the newest of them is due."""
    if "due" not in expected.raw or not found:
        return []
    zone = acting.runtime.config.zone
    wanted = datetime.fromisoformat(acting.lay(expected.raw["due"]))
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=zone)
    due = found[0].due_at
    if due == wanted:
        return []
    shown = due.astimezone(zone).isoformat() if due else BLANK
    said = {"what": found[0].title, "field": "due", "expected": wanted.astimezone(zone).isoformat()}
    return [problem("app_test.value", expected.path + "/due", **said, found=shown)]


# -- flows -----------------------------------------------------------------------------------------


def _flow(acting: Acting, expected: Part) -> list[Problem]:
    place = acting.place(expected.raw["flow"])
    viewer = acting.viewer(expected.text("as"))
    shown = acting.runtime.flows.view(viewer, place.app, place.form, place.record)
    if shown is None:
        return [problem("app_test.no_flow", expected.path, name=expected.text("flow"))]
    names = acting.runtime.people.organisation().people
    waiting = [names[who].name if who in names else who for who in expected.texts("waiting_for")]
    pairs: list[tuple[str, Any, Any]] = [("state", expected.text("state"), shown.state)]
    pairs.append(("waiting_for", sorted(waiting), sorted(shown.waiting_for)))
    passed = [node.id for node in shown.nodes if node.state == "done"]
    pairs.append(("path", sorted(expected.texts("path")), sorted(passed)))
    return [
        problem(
            "app_test.value",
            f"{expected.path}/{key}",
            what=shown.label,
            field=key,
            expected=wanted,
            found=found,
        )
        for key, wanted, found in pairs
        if key in expected.raw and wanted != found
    ]


_KINDS: Mapping[str, Callable[[Acting, Part], list[Problem]]] = {
    "form": _records,
    "search": _search,
    "tasks_of": _tasks,
    "notifications_of": _notifications,
    "flow": _flow,
    "report": expect_report,
    "timeline": expect_timeline,
}
