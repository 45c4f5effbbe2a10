"""Expectations of a timeline: the lines a person gets of one record, in their order, and how many he does not."""

from __future__ import annotations

from collections.abc import Iterator

from engine.app_tests.values import BLANK, Comparison
from engine.records.timelines import Timeline, TimelineLine
from engine.sample_data import Acting
from metamodel.app_tests import split_form
from metamodel.labels import label_text
from metamodel.parts import Part
from metamodel.problems import Problem, Rejected, problem

SHOWN = 8


def expect_timeline(acting: Acting, expected: Part) -> list[Problem]:
    """What is otherwise; whoever may see nothing has a timeline without lines."""
    app, form = split_form(expected.text("form"))
    app, of = app or acting.app, acting.place(expected.text("of"))
    definition = acting.runtime.applications.get(app).form(form)
    views = {view.id: view for view in definition.views} if definition else {}
    view = views.get(expected.text("timeline"))
    if view is None:
        raise Rejected([problem("app_test.unknown_timeline", name=expected.text("timeline"), known="")])
    viewer = acting.viewer(expected.text("as"))
    found = acting.runtime.timelines.of(viewer, app, form, view, of.record)
    what = label_text(view.label, "zh", view.id)
    return [*_counted(expected, what, found), *_lines(acting, expected, what, app, form, found)]


def _counted(expected: Part, what: str, found: Timeline) -> Iterator[Problem]:
    """`count` and `least` are of the lines; `hidden` is a number or a range."""
    wanted = expected.raw.get("hidden", found.hidden)
    least, most = (
        (wanted, wanted) if isinstance(wanted, int) else (wanted.get("least", 0), wanted.get("most"))
    )
    if found.hidden < least or (most is not None and found.hidden > most):
        said = {"what": what, "field": "hidden", "expected": wanted, "found": found.hidden}
        yield problem("app_test.value", expected.path + "/hidden", **said)
    for key, right in (
        ("count", found.total == expected.integer("count")),
        ("least", found.total >= expected.integer("least")),
    ):
        if key in expected.raw and not right:
            number = expected.integer(key)
            said = {"expected": number if key == "count" else f"≥ {number}", "found": found.total}
            yield problem(
                "app_test.count",
                f"{expected.path}/{key}",
                what=what,
                examples=f"（{shown}）" if (shown := _shown(found.lines)) else "",
                **said,
            )


def _lines(
    acting: Acting, expected: Part, what: str, app: str, form: str, found: Timeline
) -> Iterator[Problem]:
    """Each of them stands after the one before it; others may stand between."""
    left = list(found.lines)
    for wanted in expected.parts("lines"):
        place = next(
            (number for number, line in enumerate(left) if _fits(acting, wanted, app, form, line)), None
        )
        if place is None:
            said = {"what": what, "line": _said(wanted), "found": _shown(left) or BLANK}
            yield problem("app_test.no_line", wanted.path, **said)
            return
        del left[: place + 1]


def _fits(acting: Acting, wanted: Part, app: str, form: str, line: TimelineLine) -> bool:
    """`says`: these words stand in it; '' that there are none this person may read."""
    if "says" in wanted.raw:
        says = wanted.text("says")
        if says not in line.text if says else line.text:
            return False
    return not list(Comparison(acting, app, form, line.record).problems(wanted))


def _said(wanted: Part) -> str:
    values = [f"{name} = {value}" for name, value in wanted.mapping("values").items()]
    return ", ".join([*values, f"“{wanted.text('says')}”"] if "says" in wanted.raw else values)


def _shown(lines: list[TimelineLine] | tuple[TimelineLine, ...]) -> str:
    """Without line breaks: these are lines of a list."""
    return "；".join(" ".join(f"{line.record.title} {line.text}".split())[:60] for line in lines[:SHOWN])
