"""What a test expects of a report: the numbers of a widget, not its drawing.

A widget's numbers are rows: dimensions by the field they are told by, measures by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from engine.sample_data import Acting
from metamodel.parts import Part
from metamodel.plugin_api import GroupAnswer, GroupAsk, RowAnswer, WordAnswer
from metamodel.problems import Problem, Rejected, problem

if TYPE_CHECKING:
    from engine.reports.views import WidgetView

SHOWN = 5


def expect_report(acting: Acting, expected: Part) -> list[Problem]:
    """The numbers of a widget: how many rows, what the first or last or a named one of them holds."""
    rows, view = _asked(acting, expected)
    what = view.label
    if "denied" in expected.raw or view.state in ("denied", "broken"):
        wanted = "denied" if expected.flag("denied") else "ready"
        right = (view.state == "denied") == expected.flag("denied")
        reasons = "；".join(found.text("zh") for found in view.problems)
        said = {
            "what": what,
            "field": "state",
            "expected": wanted,
            "found": f"{view.state} {reasons}".strip(),
        }
        return [] if right else [problem("app_test.value", expected.path, **said)]
    problems = []
    if "rows" in expected.raw and len(rows) != expected.integer("rows"):
        number = expected.integer("rows")
        said = {"what": what, "expected": str(number), "found": str(len(rows)), "examples": ""}
        problems.append(problem("app_test.count", expected.path + "/rows", **said))
    for key, end in (("first", 0), ("last", -1)):
        if key in expected.raw:
            problems += _cells(what, expected.part(key), rows[end] if rows else {})
    if "row" in expected.raw:
        problems += _row(what, expected.part("row"), rows)
    return problems


def _cells(what: str, expected: Part, row: Mapping[str, Any]) -> list[Problem]:
    return [
        problem(
            "app_test.value",
            f"{expected.path}/{name}",
            what=what,
            field=name,
            expected=wanted,
            found=row.get(name),
        )
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
    return bool(wanted == found)


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


# -- the numbers -----------------------------------------------------------------------------------


def _asked(acting: Acting, expected: Part) -> tuple[list[dict[str, Any]], WidgetView]:
    """The rows behind a widget in the order they are drawn, and the widget as its reader gets it."""
    runtime, viewer = acting.runtime, acting.viewer(expected.text("as"))
    report, widget = expected.text("report"), expected.text("widget")
    filters = expected.text_mapping("filters")
    view, answers = runtime.reports.answers(viewer, acting.app, report, widget, filters)
    definition = next(
        (one for found in runtime.applications.get(acting.app).reports if found.id == report
         for one in found.widgets if one.id == widget), None,
    )  # fmt: skip
    if definition is None or definition.type is None or definition.options is None:
        raise Rejected([problem("app_test.nothing", form=report, where=widget)])
    asks = definition.type.asks(definition.options)
    rows = [row for ask, answer in zip(asks, answers, strict=False) for row in _rows(ask, answer)]
    return rows, view


def _rows(ask: Any, answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, GroupAnswer):
        yield from _group_rows(ask, answer)
    elif isinstance(answer, RowAnswer):
        names = [name for name, _ in answer.columns]
        for record, title, cells in answer.rows:
            yield {"record": record, "title": title, **dict(zip(names, cells, strict=True))}
    elif isinstance(answer, WordAnswer):
        for found in answer.words:
            yield {"word": found.word, "uses": found.uses, "other": found.other}


def _group_rows(ask: GroupAsk, answer: GroupAnswer) -> Iterator[dict[str, Any]]:
    """Groups without any row are told only where there is one dimension: a dense axis."""
    names = _names(ask)
    cells = product(*(axis.keys for axis in answer.axes))
    for keys in cells:
        if len(keys) != 1 and keys not in answer.values:
            continue
        texts = {name: axis.text(key) for name, axis, key in zip(names, answer.axes, keys, strict=True)}
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
