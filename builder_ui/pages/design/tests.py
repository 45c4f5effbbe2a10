"""测试: an app's own tests: run them over the draft, see what they went through, record one by doing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from litestar import Response, get, post

from builder_ui.design_frame import design_frame
from builder_ui.models.design_life import Recording, TestsPage, Trial
from builder_ui.pages.design.app import APP, STYLES
from builder_ui.pages.design.apps import APPS
from builder_ui.pages.design.publish import run_of, trial
from builder_ui.site import Ask, Here, InPath, Site, Visit, sent_form
from engine.app_tests.publishing import State
from engine.clock import from_microseconds
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.rules import Rule

TESTS = f"{APP}/tests"


@get(TESTS, sync_to_thread=True)
def tests_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    frame = design_frame(visit, app_id, "tests")
    looked = visit.runtime.designing.look(visit.viewer, app_id)
    state = site.publishing.state(app_id)
    shown = run_of(visit, state, looked.app) if state is not None and not state.publishes else None
    title = visit.text("Tests")
    seen = state.coverage(looked.app) if state and state.tests and looked.app else None
    served = app_id in visit.runtime.applications.served()
    page = TestsPage(
        frame, title, f"{APPS}/{app_id}/tests", looked.draft.revision,
        tuple(_tests(visit, looked.app, state)), shown,
        visit.text("%(percent)s %% of rules and branches", percent=seen.percent) if seen else "",
        seen.percent if seen else 0,
        _rules(visit, seen.missed_rules) if seen else (),
        tuple(_ways(visit, seen.missed_branches)) if seen else (),
        (*_rules(visit, seen.told_rules), *_ways(visit, seen.told_branches)) if seen else (),
        _recording(site, visit, app_id), served and bool(visit.viewer.roles_in(app_id)), "{}",
    )  # fmt: skip
    return visit.page("design/tests.html", page, title=title, styles=STYLES)


@post(f"{TESTS}/run", sync_to_thread=True)
def run_app_tests(request: Ask, site: Here, app_id: InPath, body: bytes) -> Response[Any]:
    """`test`: only this one; without it all of them, over the newest draft."""
    visit, sent = site.visit(request), sent_form(body)
    only = [name for name in sent.get("test", []) if name]
    revision = visit.runtime.designing.open(visit.viewer, app_id).revision
    site.publishing.start(visit.viewer, app_id, revision, publish=False, only=only)
    return visit.go(f"{APPS}/{app_id}/tests")


@post(f"{TESTS}/record", sync_to_thread=True)
def record_test(request: Ask, site: Here, app_id: InPath, body: bytes) -> Response[Any]:
    """`do`: start or stop listening to what this person does in the app."""
    visit, do = site.visit(request), sent_form(body).get("do", [""])[-1]
    recordings = visit.runtime.recordings
    if do == "start":
        recordings.start(visit.viewer, app_id)
        return visit.go(f"/apps/{app_id}")
    recordings.stop(visit.viewer, app_id)
    return visit.go(f"{APPS}/{app_id}/tests")


def _tests(visit: Visit, app: App | None, state: State | None) -> Iterator[Trial]:
    """Every test of the draft, with what became of it the last time."""
    tried = {one.id: one for one in state.tests} if state else {}
    for one in app.tests if app else ():
        steps = visit.count("%(num)s step", "%(num)s steps", len(one.steps))
        if one.id in tried:
            went = trial(visit, tried[one.id])
            yield Trial(
                one.id, one.text(visit.language), went.state, went.seconds, went.step, went.problems, steps
            )
        else:
            yield Trial(one.id, one.text(visit.language), "waiting", steps=steps)


def _rules(visit: Visit, rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(label_text(rule.label, visit.language, rule.id) for rule in rules)


def _ways(visit: Visit, missed: Any) -> Iterator[str]:
    for flow, edge in missed:
        ends = [flow.node(name) for name in (edge.source, edge.target)]
        names = [
            node.text(visit.language) if node else name
            for node, name in zip(ends, (edge.source, edge.target), strict=True)
        ]
        yield f"{flow.text(visit.language)}：{' → '.join(names)}"


def _recording(site: Site, visit: Visit, app: str) -> Recording | None:
    found = visit.runtime.recordings.of(visit.viewer, app)
    if found is None:
        return None
    since = visit.moments.short(from_microseconds(found.since))
    steps = tuple((one.icon, one.text(visit.language), one.at, one.stands) for one in found.told)
    return Recording(since, steps, json.dumps(found.test, ensure_ascii=False) if found.test else "")


HANDLERS = (tests_page, run_app_tests, record_test)
