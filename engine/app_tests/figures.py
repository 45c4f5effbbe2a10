"""What a test expects of a report: the numbers of a widget, not its drawing.

A widget's numbers are rows: dimensions by the field they are told by, measures by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from engine.sample_data import Acting
from metamodel.parts import Part
from metamodel.plugin_api import AbsentAnswer, Axis, Dimension, GroupAnswer, GroupAsk, RowAnswer, WordAnswer
from metamodel.problems import Problem, Rejected, pointer, problem
from metamodel.reports import WidgetDefinition

SHOWN = 5


def expect_report(acting: Acting, expected: Part) -> list[Problem]:
    """How many rows a widget's numbers have, what the first or the last or any one of them holds; or that
    its reader gets none. Rejected where he gets none and should."""
    expected = Part(acting.lay(expected.raw), expected.path)
    definition = _definition(acting, expected)
    what, denied = definition.text(), expected.flag("denied")
    try:
        rows = _asked(acting, expected, definition)
    except Rejected:
        if denied:
            return []
        raise
    if denied:
        return [_problem(expected, "", what, "state", "denied", "ready")]
    problems = _count(expected, what, len(rows))
    for key, end in (("first", 0), ("last", -1)):
        if key in expected.raw:
            problems += _cells(what, expected.part(key), rows[end] if rows else {})
    for key, pick in (("highest", max), ("lowest", min)):
        if key in expected.raw:
            by = expected.part(key).text("by")
            numbered = [row for row in rows if _number(row.get(by)) is not None]
            numbers = [_number(row.get(by)) or 0.0 for row in numbered]
            row = numbered[numbers.index(pick(numbers))] if numbered else {}
            problems += _cells(what, expected.part(key).part("row"), row)
    if "row" in expected.raw:
        problems += _row(what, expected.part("row"), rows)
    return problems


def _count(expected: Part, what: str, found: int) -> list[Problem]:
    """`rows` (or `count`) groups, or at `least` so many."""
    problems = []
    for key in ("rows", "count", "least"):
        wanted = expected.integer(key)
        if key in expected.raw and (found < wanted if key == "least" else found != wanted):
            text = f"≥ {wanted}" if key == "least" else str(wanted)
            said = {"expected": text, "found": str(found), "examples": ""}
            problems.append(problem("app_test.count", expected.path + pointer(key), what=what, **said))
    return problems


def _problem(expected: Part, place: str, what: str, field: str, wanted: Any, found: Any) -> Problem:
    said = {"what": what, "field": field, "expected": wanted, "found": found}
    return problem("app_test.value", expected.path + place, **said)


def _cells(what: str, expected: Part, row: Mapping[str, Any]) -> list[Problem]:
    return [
        _problem(expected, pointer(name), what, name, wanted, row.get(name))
        for name, wanted in expected.raw.items()
        if not _same(wanted, row.get(name))
    ]


def _row(what: str, expected: Part, rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Is there a row with all of this?"""
    if any(all(_same(wanted, row.get(name)) for name, wanted in expected.raw.items()) for row in rows):
        return []
    shown = [dict(row) for row in rows[:SHOWN]]
    return [problem("app_test.nothing", expected.path, form=what, where=f"{dict(expected.raw)}; {shown}")]


def _same(wanted: Any, found: Any) -> bool:
    """`{"least": 3, "most": 5}` is a range; numbers are numbers however they are written."""
    if isinstance(wanted, Mapping):
        number = _number(found)
        if number is None:
            return False
        return bool(wanted.get("least", number) <= number <= wanted.get("most", number))
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        number = _number(found)
        return number is not None and abs(number - wanted) < 1e-9
    return bool(wanted == found or (isinstance(found, Told) and str(wanted) == str(found.key)))


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


class Told(str):
    """What a key is called, days as dates; the key itself (a choice's value, a person's id) is as good."""

    key: Any

    @classmethod
    def of(cls, dimension: Dimension, axis: Axis, key: Any) -> Told:
        is_day = dimension.bucket in ("day", "working_day", "week") and type(key) is int
        made = cls(date.fromordinal(key).isoformat() if is_day else axis.text(key))
        made.key = key
        return made


# -- the numbers -----------------------------------------------------------------------------------


def _definition(acting: Acting, expected: Part) -> WidgetDefinition:
    for report in acting.runtime.applications.get(acting.app).reports:
        for widget in report.widgets:
            if (report.id, widget.id) == (expected.text("report"), expected.text("widget")):
                return widget
    place = f"{expected.text('report')}/{expected.text('widget')}"
    raise Rejected([problem("app_test.nothing", form="", where=place)])


def _asked(acting: Acting, expected: Part, definition: WidgetDefinition) -> list[Mapping[str, Any]]:
    """The rows behind a widget in the order they are drawn."""
    viewer, filters = acting.viewer(expected.text("as")), expected.text_mapping("filters")
    report = expected.text("report")
    answers = acting.runtime.reports.answers(viewer, acting.app, report, definition.id, filters)
    assert definition.type is not None
    asks = definition.type.asks(definition.options)
    pairs = zip(asks, answers, strict=True)
    return [row for ask, answer in pairs for row in _rows(definition, ask, answer)]


def _rows(definition: WidgetDefinition, ask: Any, answer: Any) -> Iterator[Mapping[str, Any]]:
    """Words are those that the widget shows, with what it makes of them."""
    if isinstance(answer, GroupAnswer):
        yield from _group_rows(ask, answer)
    elif isinstance(answer, RowAnswer):
        names = [name for name, _ in answer.columns]
        for record, title, cells in answer.rows:
            yield {"record": record, "title": title, **dict(zip(names, cells, strict=True))}
    elif isinstance(answer, WordAnswer):
        assert definition.type is not None
        yield from definition.type.words(definition.options, answer)
    elif isinstance(answer, AbsentAnswer):
        for one in answer.people:
            yield {"person": one.id, "name": one.name, "department": one.department, "days": one.days}


def _group_rows(ask: GroupAsk, answer: GroupAnswer) -> Iterator[dict[str, Any]]:
    """Groups without any row are told only where there is one dimension: a dense axis."""
    names = _names(ask)
    cells = product(*(axis.keys for axis in answer.axes))
    for keys in cells:
        if len(keys) != 1 and keys not in answer.values:
            continue
        texts = {
            name: Told.of(one, axis, key)
            for name, one, axis, key in zip(names, ask.dimensions, answer.axes, keys, strict=True)
        }
        numbers = {measure.id: answer.value(measure, *keys) for measure in answer.measures}
        earlier = {
            f"{measure.id}.before": answer.earlier(measure, *keys)
            for measure in answer.measures
            if answer.compared
        }
        yield {**texts, **numbers, **earlier}


def _names(ask: GroupAsk) -> Sequence[str]:
    """A dimension over the period's own date is called by its bucket."""
    return [one.field or one.bucket or "period" for one in ask.dimensions]
