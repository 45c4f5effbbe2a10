"""App tests: given/when/then cases in the document, run by `muniment test` in a database of their own.

A test is a list of steps: what happens (a message comes in, somebody fills in a form, time
passes) and what is expected then. Here is their shape and whether what they name exists; the
engine acts them out (`engine/app_tests`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from metamodel.checking import Checking, check_ids
from metamodel.core_schema import EXPECTATIONS, STEPS
from metamodel.labels import Label, label_text
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import nearest

if TYPE_CHECKING:
    from metamodel.forms import Form

NOTHING, PEOPLE, SAMPLE = "none", "people", "sample"
MONDAY = "2026-03-02T10:00:00+08:00"  # an ordinary working day, where a test names no moment
DURATION = re.compile(r"P(?=.)(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` is the key that says what the step does (STEPS), blank where none or several do."""

    kind: str
    part: Part

    @property
    def path(self) -> str:
        return self.part.path

    @property
    def person(self) -> str:
        """Who acts; blank is the house itself."""
        return self.part.text("as")

    @property
    def refused(self) -> str:
        """The problem code with which the step must fail; blank: it must succeed."""
        return self.part.text("refused")


@dataclass(frozen=True, slots=True)
class AppTest:
    """`data` names what is there before the first step: nothing, the people, rows of apps and forms."""

    id: str
    label: Label
    at: str
    data: tuple[str, ...]
    steps: tuple[Step, ...]
    path: str = ""

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


def app_test_from_json(part: Part) -> AppTest:
    single = part.text("data")
    return AppTest(
        id=part.id,
        label=part.label(),
        at=part.text("at", MONDAY),
        data=(single,) if single else part.texts("data") or (NOTHING,),
        steps=tuple(Step(_step_kind(step), step) for step in part.parts("steps")),
        path=part.path,
    )


def expectation(step: Step) -> tuple[str, Part]:
    """What an `expect` step is about (one of EXPECTATIONS, or blank), and its part."""
    expected = step.part.part("expect")
    return next((kind for kind in EXPECTATIONS if kind in expected.raw), ""), expected


def _step_kind(part: Part) -> str:
    found = [kind for kind in STEPS if kind in part.raw]
    return found[0] if len(found) == 1 else ""


def split_form(text: str) -> tuple[str, str]:
    """(app, form) of "form" or "app.form"; a blank app is the test's own."""
    app, _, form = text.rpartition(".")
    return app, form


# -- does it make sense ----------------------------------------------------------------------------


def check_app_tests(checking: Checking) -> list[Problem]:
    tests = checking.app.tests
    found = check_ids(tests, {"zh": "用例", "en": "test"})
    for test in tests:
        found += [*_check_at(test), *_check_data(test, checking), *_Names(test, checking).problems()]
    return found


def _check_at(test: AppTest) -> Iterator[Problem]:
    if not _is_moment(test.at):
        yield problem("app_test.bad_moment", test.path + "/at", value=test.at)


def _check_data(test: AppTest, checking: Checking) -> Iterator[Problem]:
    app = checking.app
    known = [NOTHING, PEOPLE, SAMPLE, *(need.app for need in app.requires), *(form.id for form in app.forms)]
    for name in test.data:
        if name not in known:
            place = test.path + "/data"
            yield problem("app_test.unknown_data", place, name=name, known=nearest(name, known))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# What an expectation may be told besides, and what it may want: without any of these it wants nothing.
_TOLD: Mapping[str, frozenset[str]] = {
    "tasks_of": frozenset({"rule", "flow", "about", "title", "state"}),
    "notifications_of": frozenset({"about", "title"}),
    "search": frozenset({"form", "as"}),
    "report": frozenset({"widget", "as", "filters"}),
    "timeline": frozenset({"form", "of", "as"}),
    "form": frozenset({"as", "where", "record", "name", "export"}),
    "flow": frozenset({"as"}),
}
_COUNTED = frozenset({"count", "least"})
_WANTED: Mapping[str, frozenset[str]] = {
    "tasks_of": _COUNTED | {"hits", "due"},
    "notifications_of": _COUNTED | {"hits"},
    "search": _COUNTED,
    "report": _COUNTED | {"rows", "first", "last", "row", "highest", "lowest", "denied"},
    "timeline": _COUNTED | {"lines", "hidden"},
    "form": _COUNTED | {"values", "has", "lacks", "hides"},
    "flow": frozenset({"state", "waiting_for", "path"}),
}


def _check_keys(kind: str, expected: Part, refused: bool) -> Iterator[Problem]:
    """A key that means nothing here would be passed over, and the test would pass for nothing. Of a form
    that there is a record is something already."""
    if kind == "form" and "export" in expected.raw:
        yield from _check_export(expected, refused)
        return
    told, wanted = _TOLD[kind], _WANTED[kind]
    for key in sorted(expected.raw.keys() - told - wanted - {kind}):
        known = ", ".join(sorted(told | wanted))
        yield problem("app_test.idle_key", expected.path + pointer(key), name=key, kind=kind, known=known)
    if kind != "form" and not refused and wanted.isdisjoint(expected.raw):
        yield problem("app_test.wants_nothing", expected.path, known=", ".join(sorted(wanted)))


def _check_export(expected: Part, refused: bool) -> Iterator[Problem]:
    """An export is counted, or refused; `false` would be passed over like a key that means nothing."""
    known = frozenset({"form", "as", "where", "export"}) | _COUNTED
    if not expected.flag("export"):
        known -= {"export"}
    for key in sorted(expected.raw.keys() - known):
        said = {"name": key, "kind": "export", "known": ", ".join(sorted(known))}
        yield problem("app_test.idle_key", expected.path + pointer(key), **said)
    if not refused and _COUNTED.isdisjoint(expected.raw):
        yield problem("app_test.wants_nothing", expected.path, known=", ".join(sorted(_COUNTED)))


class _Names:
    """The steps of one test in order, and the names given so far."""

    def __init__(self, test: AppTest, checking: Checking) -> None:
        self._test, self._checking = test, checking
        self._given: list[str] = []

    def problems(self) -> Iterator[Problem]:
        for step in self._test.steps:
            if step.kind:
                yield from _CHECKS[step.kind](self, step)
                yield from self._give(step)
            else:
                yield problem("app_test.not_one_step", step.path, known=" · ".join(STEPS))

    def _give(self, step: Step) -> Iterator[Problem]:
        part = expectation(step)[1] if step.kind == "expect" else step.part
        if step.kind == "message":
            part = step.part.part("message")
        name = part.text("name")
        if name and name in self._given:
            yield problem("app_test.name_taken", part.path + "/name", name=name)
        self._given += [name] if name else []

    # -- what may be named -------------------------------------------------------------------------

    def _reference(self, text: str, place: str) -> Iterator[Problem]:
        """A name given before, maybe with links behind it; rows of data folders cannot be looked up here."""
        name = text.split(".")[0]
        if text and "/" not in text and name not in self._given:
            yield problem("app_test.unknown_name", place, name=name, known=nearest(name, self._given))

    def _references_in(self, value: Any, place: str) -> Iterator[Problem]:
        """Every `{"$record": name}` inside."""
        if isinstance(value, Mapping):
            if set(value) == {"$record"} and isinstance(value["$record"], str):
                yield from self._reference(value["$record"], place)
            for key, item in value.items():
                yield from self._references_in(item, place + pointer(key))
        elif isinstance(value, (list, tuple)):
            for number, item in enumerate(value):
                yield from self._references_in(item, place + pointer(number))

    def _form(self, text: str, place: str) -> tuple[Form | None, list[Problem]]:
        """The form of this app that is meant (None for another's), and whether it is there."""
        app, form = split_form(text)
        own = app in ("", self._checking.app.id)
        found = self._checking.form_reference(form, place, "" if own else app)
        return (self._checking.app.form(form) if own else None), found

    def _fields(self, form: Form | None, values: Part) -> Iterator[Problem]:
        yield from self._references_in(values.raw, values.path)
        for name in values.raw if form is not None else ():
            if form is not None and form.field(name) is None:
                known = nearest(name, [field.id for field in form.fields])
                place = values.path + pointer(name)
                yield problem("reference.unknown_field", place, name=name, form=form.text(), known=known)

    def _one_of(self, code: str, part: Part, key: str, known: Iterable[str]) -> Iterator[Problem]:
        name, names = part.text(key), list(known)
        if name and name not in names:
            yield problem(code, part.path + pointer(key), name=name, known=nearest(name, names))

    # -- step by step ------------------------------------------------------------------------------

    def _message(self, step: Step) -> Iterator[Problem]:
        message = step.part.part("message")
        channels = [channel.id for channel in self._checking.app.channels]
        yield from self._one_of("app_test.unknown_channel", message, "channel", channels)
        yield from self._reference(message.text("refers_to"), message.path + "/refers_to")

    def _wait(self, step: Step) -> Iterator[Problem]:
        text = step.part.text("wait")
        if not DURATION.fullmatch(text) and not _is_moment(text):
            yield problem("app_test.bad_wait", step.path + "/wait", value=text)

    def _create(self, step: Step) -> Iterator[Problem]:
        form, found = self._form(step.part.text("create"), step.path + "/create")
        yield from found
        yield from self._fields(form, step.part.part("values"))

    def _package(self, step: Step) -> Iterator[Problem]:
        yield from self._form(step.part.text("package"), step.path + "/package")[1]

    def _update(self, step: Step) -> Iterator[Problem]:
        yield from self._reference(step.part.text("update"), step.path + "/update")
        yield from self._references_in(step.part.mapping("values"), step.path + "/values")

    def _delete(self, step: Step) -> Iterator[Problem]:
        yield from self._reference(step.part.text(step.kind), step.path + pointer(step.kind))

    def _say(self, step: Step) -> Iterator[Problem]:
        """Something said about a record, or about one field of it (`about`)."""
        yield from self._reference(step.part.text("on"), step.path + "/on")

    def _press(self, step: Step) -> Iterator[Problem]:
        rules = [rule.id for rule in self._checking.app.rules]
        yield from self._one_of("app_test.unknown_rule", step.part, "press", rules)
        yield from self._reference(step.part.text("on"), step.path + "/on")

    def _begin(self, step: Step) -> Iterator[Problem]:
        flows = [flow.id for flow in self._checking.app.flows]
        yield from self._one_of("app_test.unknown_flow", step.part, "begin", flows)
        yield from self._reference(step.part.text("on"), step.path + "/on")

    def _flow(self, step: Step) -> Iterator[Problem]:
        yield from self._reference(step.part.text("flow"), step.path + "/flow")

    def _task(self, step: Step) -> Iterator[Problem]:
        yield from self._sources(step.part.part("task"))

    def _sources(self, part: Part) -> Iterator[Problem]:
        """The rule or flow a task comes from, and what it is about."""
        app = self._checking.app
        yield from self._one_of("app_test.unknown_rule", part, "rule", [rule.id for rule in app.rules])
        yield from self._one_of("app_test.unknown_flow", part, "flow", [flow.id for flow in app.flows])
        yield from self._reference(part.text("about"), part.path + "/about")

    def _expect(self, step: Step) -> Iterator[Problem]:
        kind, expected = expectation(step)
        if not kind:
            yield problem("app_test.not_one_expectation", expected.path, known=" · ".join(EXPECTATIONS))
            return
        yield from _check_keys(kind, expected, bool(step.refused))
        yield from _EXPECTATION_CHECKS[kind](self, expected)

    def _expect_records(self, expected: Part) -> Iterator[Problem]:
        form, found = self._form(expected.text("form"), expected.path + "/form")
        yield from found
        yield from self._reference(expected.text("record"), expected.path + "/record")
        for key in ("values", "has", "lacks"):
            yield from self._fields(form, expected.part(key))
        if form is not None:
            scope, place = self._checking.scope(form), expected.path + "/where"
            yield from self._checking.row_condition(expected.text("where"), place, scope)

    def _expect_search(self, expected: Part) -> Iterator[Problem]:
        yield from self._form(expected.text("form"), expected.path + "/form")[1]

    def _expect_tasks(self, expected: Part) -> Iterator[Problem]:
        yield from self._sources(expected)
        due = expected.raw.get("due")
        if isinstance(due, str) and not _is_moment(due):
            yield problem("app_test.bad_moment", expected.path + "/due", value=due)

    def _expect_report(self, expected: Part) -> Iterator[Problem]:
        reports = {report.id: report for report in self._checking.app.reports}
        yield from self._one_of("reference.unknown_report", expected, "report", reports)
        report = reports.get(expected.text("report"))
        widgets = [widget.id for widget in report.widgets] if report else [expected.text("widget")]
        yield from self._one_of("app_test.unknown_widget", expected, "widget", widgets)

    def _expect_timeline(self, expected: Part) -> Iterator[Problem]:
        form, found = self._form(expected.text("form"), expected.path + "/form")
        yield from found
        yield from self._reference(expected.text("of"), expected.path + "/of")
        for line in expected.parts("lines"):
            yield from self._fields(form, line.part("values"))
        if form is not None:
            views = [view.id for view in form.views if view.kind == "timeline"]
            yield from self._one_of("app_test.unknown_timeline", expected, "timeline", views)

    def _expect_flow(self, expected: Part) -> Iterator[Problem]:
        yield from self._reference(expected.text("flow"), expected.path + "/flow")


_CHECKS = {
    "message": _Names._message,
    "wait": _Names._wait,
    "create": _Names._create,
    "package": _Names._package,
    "update": _Names._update,
    "delete": _Names._delete,
    "restore": _Names._delete,
    "say": _Names._say,
    "press": _Names._press,
    "begin": _Names._begin,
    "flow": _Names._flow,
    "task": _Names._task,
    "expect": _Names._expect,
}
_EXPECTATION_CHECKS = {
    "form": _Names._expect_records,
    "tasks_of": _Names._expect_tasks,
    "notifications_of": _Names._sources,
    "search": _Names._expect_search,
    "report": _Names._expect_report,
    "timeline": _Names._expect_timeline,
    "flow": _Names._expect_flow,
}
