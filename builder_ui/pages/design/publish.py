"""发布: what publishing the draft would change, cost and need, and publishing it: tests first, with progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from litestar import Response, get, post

from builder_ui.design_frame import design_frame
from builder_ui.design_uses import mentions
from builder_ui.models.design_life import Choice, PlanLine, PublishPage, Reach, Run, Told, Trial
from builder_ui.pages.design.app import APP, STYLES, objects, said
from builder_ui.pages.design.apps import APPS
from builder_ui.site import Ask, Here, InPath, Site, Visit, sent_form
from engine.app_tests.publishing import State, Tried
from engine.designing.impact import Impact, Unreachable, touched
from engine.migrate import MergeChoice, Weight
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.presets import permission_of, presets
from metamodel.problems import Rejected

PUBLISH = f"{APP}/publish"
MOST = 300  # changes listed
HEAVY = 100_000  # rows: a step about so many is pointed out
NEW_ROLE, NEW_GROUP = "member", "new"


@get(PUBLISH, sync_to_thread=True)
def publish_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    return _page(site, site.visit(request), app_id)


@post(PUBLISH, sync_to_thread=True, status_code=200)
def publish_app(request: Ask, site: Here, app_id: InPath, body: bytes) -> Response[Any]:
    """`revision`, as it was looked at; `anyway=yes`: although tests fail; `reason`: why its designers should read what
    they could not. The page then says how far it is."""
    visit, sent = site.visit(request), sent_form(body)
    revision = sent.get("revision", [""])[-1]
    number = whole_number(revision, -1)
    anyway, reason = sent.get("anyway") == ["yes"], sent.get("reason", [""])[-1]
    try:
        site.publishing.start(visit.viewer, app_id, number, publish=True, anyway=anyway, reason=reason)
    except Rejected as refused:
        if refused.problems[0].code in ("access.denied", "app.unknown"):
            raise
        wrong = tuple(found.text(visit.language) for found in refused.problems)
        failed = Run("failed", visit.text("It was not published"), 0, 0, (), wrong)
        return _page(site, visit, app_id, failed, 422, reason)
    return _page(site, visit, app_id)


def _page(
    site: Site, visit: Visit, app: str, refused: Run | None = None, status: int = 200, reason: str = ""
) -> Response[Any]:
    frame = design_frame(visit, app, "publish")
    impact = visit.runtime.life.impacts.of(visit.viewer, app)
    changes = impact.preview.changes
    title = visit.text("Publish")
    state = site.publishing.state(app)
    shown = refused or (run_of(visit, state, impact.app) if _matters(state, impact) else None)
    served = app in visit.runtime.applications.served()
    page = PublishPage(
        frame, title, f"{APPS}/{app}/publish", impact.preview.draft.revision, frame.version,
        tuple(_told(visit, impact))[:MOST], tuple(_plan(visit, impact)), tuple(_reaches(visit, impact)),
        len(impact.app.tests) if impact.app else 0, shown,
        nothing=bool(frame.version) and not changes and _as_published(visit, app, impact),
        bindings_href=f"{APPS}/{app}/bindings" if served else "",
        loose=served and visit.runtime.life.bindings.of(visit.viewer, app).loose > 0,
        may_open=served and bool(visit.viewer.roles_in(app)),
        words=json.dumps(_words(visit), ensure_ascii=False), gains=tuple(_gains(visit, impact)), reason=reason,
    )  # fmt: skip
    return visit.page("design/publish.html", page, title=title, styles=STYLES, status=status)


def _gains(visit: Visit, impact: Impact) -> Iterator[tuple[str, str]]:
    """What whoever designs the app could read from then on and cannot now."""
    if impact.app is None:
        return
    for one in visit.runtime.designing.gains(visit.viewer, impact.app.id, impact.preview.draft.revision):
        names = (visit.names.get(("person", person), person) for person in one.people)
        yield one.words["zh" if visit.language.startswith("zh") else "en"], visit.joined(names)


def _as_published(visit: Visit, app: str, impact: Impact) -> bool:
    return bool(visit.runtime.applications.document(app) == impact.preview.draft.document)


def _matters(state: State | None, impact: Impact) -> bool:
    """The last run is shown while it runs, and as long as the draft is what it was about."""
    if state is None or not state.publishes:
        return False
    return state.running or state.revision == impact.preview.draft.revision


# -- what changes --------------------------------------------------------------------------------------


def _told(visit: Visit, impact: Impact) -> Iterator[Told]:
    lost = {(one.step.form, getattr(one.step, "field", "")): one for one in impact.lost}
    for one in impact.preview.changes:
        change = one.change
        names = dict(change.trail)
        key = (names.get("form", ""), names.get("field", ""))
        weight = lost.get(key) if change.kind in ("removed", "type_changed") else None
        cost = _cost(visit, impact, weight) if weight is not None else ""
        yield Told(change.kind, said(visit, change), mentions(visit, touched(one)), cost)


def _cost(visit: Visit, impact: Impact, weight: Weight) -> str:
    if weight.step.name == "park_form":
        return visit.count("%(num)s record set aside", "%(num)s records set aside", weight.values)
    if weight.step.name == "replace_field":
        bad = _refused(visit, impact, weight)
        return (
            visit.text("%(good)s convert, %(bad)s do not", good=f"{weight.values - bad:,}", bad=f"{bad:,}")
            if bad
            else visit.count("%(num)s value converted", "%(num)s values converted", weight.values)
        )
    return visit.count("%(num)s value set aside", "%(num)s values set aside", weight.values)


def _refused(visit: Visit, impact: Impact, weight: Weight) -> int:
    """How many of the newest values the new type cannot read."""
    step, app = weight.step, impact.app
    form = app.form(step.form) if app else None
    field = form.field(getattr(step, "field", "")) if form else None
    if impact.app is None or field is None:
        return 0
    raw = next(
        each
        for one in objects(impact.preview.draft.document, "forms")
        if one.get("id") == step.form
        for each in objects(one, "fields")
        if each.get("id") == field.id
    )
    try:
        found = visit.runtime.conversions.preview(visit.viewer, impact.app.id, step.form, field.id, raw)
    except Rejected:
        return 0
    return found.counts.fails


def _plan(visit: Visit, impact: Impact) -> Iterator[PlanLine]:
    """The steps on the tables, one line each; the columns of a new table come with it."""
    new = {one.step.form for one in impact.weights if one.step.name == "create_form"}
    for one in impact.weights:
        if one.step.form in new and one.step.name == "add_field":
            continue
        icon, text = _step(visit, impact, one)
        number = one.values if isinstance(one.step, MergeChoice) else one.rows
        rows = visit.count("%(num)s row", "%(num)s rows", number) if number else "–"
        yield PlanLine(icon, text, rows, one.rows >= HEAVY)


def _step(visit: Visit, impact: Impact, weight: Weight) -> tuple[str, str]:
    step = weight.step
    names = {"form": _form_label(visit, impact, step.form)}
    field = getattr(step, "field", "")
    names |= {
        "field": _field_label(visit, impact, step.form, field) if field else "",
        "choice": "",
        "into": "",
    }
    if isinstance(step, MergeChoice):
        names |= _choice_labels(visit, impact, step)
    text = visit.text
    return {
        "create_form": ("plus", text("Make the table of “%(form)s”", **names)),
        "park_form": (
            "archive", text("Set “%(form)s” and its records aside; they come back with the form", **names)
        ),
        "restore_form": ("undo", text("Bring “%(form)s” and its records back", **names)),
        "change_kind": ("shield", text("Change the kind of “%(form)s”", **names)),
        "add_field": ("plus", text("Add “%(field)s” to “%(form)s”", **names)),
        "park_field": (
            "archive", text("Set “%(field)s” of “%(form)s” aside; its values come back with the field", **names)
        ),
        "restore_field": ("undo", text("Bring “%(field)s” of “%(form)s” back with its values", **names)),
        "replace_field": (
            "refresh", text("Convert “%(field)s” of “%(form)s”; the old values are set aside", **names)
        ),
        "compute_field": (
            "refresh", text("Compute “%(field)s” of “%(form)s” for the records that are there", **names)
        ),
        "merge_choice": ("branch", text("Turn “%(choice)s” into “%(into)s” in “%(field)s” of “%(form)s”", **names)),
        "reshape_field": ("sort", text("Index “%(field)s” of “%(form)s”", **names)),
    }[step.name]  # fmt: skip


def _choice_labels(visit: Visit, impact: Impact, step: MergeChoice) -> dict[str, str]:
    form = impact.app.form(step.form) if impact.app else None
    field = form.at(step.field) if form else None
    raw = getattr(field.options, "by_value", {}) if field else {}
    return {
        name: raw[value].text(visit.language) if value in raw else value
        for name, value in (("choice", step.choice), ("into", step.into))
    }


def _form_label(visit: Visit, impact: Impact, form: str) -> str:
    for document in _documents(visit, impact):
        for one in objects(document, "forms"):
            if one.get("id") == form:
                return label_text(one.get("label"), visit.language, form)
    return form


def _field_label(visit: Visit, impact: Impact, form: str, field: str) -> str:
    """`field` may be a sub-form's column: `lines.sum`."""
    outer, _, inner = field.partition(".")
    for document in _documents(visit, impact):
        for one in objects(document, "forms"):
            found = next((each for each in objects(one, "fields") if each.get("id") == outer), None)
            if found is not None and inner:
                found = next((each for each in objects(found, "fields") if each.get("id") == inner), None)
            if one.get("id") == form and found is not None:
                return label_text(found.get("label"), visit.language, inner or field)
    return field


def _documents(visit: Visit, impact: Impact) -> Iterable[Any]:
    """The draft, else what is published: what goes has its name there."""
    yield impact.preview.draft.document
    if impact.preview.version:
        yield visit.runtime.applications.document(impact.preview.draft.app)


# -- whom nothing lets in ------------------------------------------------------------------------------


def _reaches(visit: Visit, impact: Impact) -> Iterator[Reach]:
    if impact.app is None:
        return
    for one in impact.unreachable:
        yield _reach(visit, impact.app, one)


def _reach(visit: Visit, app: App, one: Unreachable) -> Reach:
    ways = tuple(
        Choice(
            json.dumps(permission_of(preset)), label_text(preset.label, visit.language),
            label_text(preset.missing, visit.language) if preset.missing else "",
        )
        for preset in presets(one.form)
    )  # fmt: skip
    roles = [Choice(role.id, label_text(role.label, visit.language, role.id)) for role in app.roles]
    if app.role(NEW_ROLE) is None:
        roles.append(Choice(f"+{NEW_ROLE}", visit.text("Members (a new role)")))
    roles.sort(key=lambda role: role.value.lstrip("+") != NEW_ROLE)
    groups = _groups(visit, app, one) if one.unlisted else ()
    who = (ways, tuple(roles)) if one.closed else ((), ())
    return Reach(one.form.id, one.form.text(visit.language), *who, groups, one.new)


def _groups(visit: Visit, app: App, one: Unreachable) -> tuple[Choice, ...]:
    """Where in the menu it may stand; whom nobody lets in yet may stand nowhere, too."""
    named = (label_text(group.label, visit.language) or visit.text("Menu") for group in app.menus)
    found = [Choice(str(number), label) for number, label in enumerate(named)]
    nowhere = [Choice("", visit.text("Not in the menu"))] if one.closed else []
    return (*found, Choice(NEW_GROUP, visit.text("A group of its own")), *nowhere)


def _words(visit: Visit) -> dict[str, Any]:
    return {"member": {"zh": "成员", "en": "Members"}, "group": visit.text("More")}


# -- a run ---------------------------------------------------------------------------------------------


def run_of(visit: Visit, state: State | None, app: App | None) -> Run | None:
    """How far testing or publishing is, in words."""
    if state is None:
        return None
    words = {
        "testing": visit.text("Testing …"), "publishing": visit.text("Publishing …"),
        "published": visit.text("Version %(version)s is published", version=state.version),
        "tested": visit.text("All tests passed") if not state.failed_tests
        else visit.count("%(num)s test failed", "%(num)s tests failed", state.failed_tests),
        "failed": visit.text("It was not published") if state.publishes else visit.text("The tests could not run"),
    }  # fmt: skip
    copies = tuple(_copies(visit, state)) if state.phase == "published" else ()
    return Run(
        "running" if state.running else state.phase, words[state.phase], state.done, state.total,
        tuple(trial(visit, one) for one in state.tests),
        tuple(one.text(visit.language) for one in state.problems),
        any(one.code == "publish.tests_failed" for one in state.problems), copies,
    )  # fmt: skip


def trial(visit: Visit, one: Tried) -> Trial:
    """A test as it went."""
    step = visit.text("Step %(step)s", step=one.step) if one.problems else ""
    return Trial(
        one.id, label_text(one.label, visit.language, one.id), "passed" if one.passed else "failed",
        f"{one.seconds:.1f} s", step, tuple(problem.text(visit.language) for problem in one.problems),
    )  # fmt: skip


def _copies(visit: Visit, state: State) -> Iterator[tuple[str, int, int]]:
    """What a job still brings over after a change of type."""
    app = visit.runtime.applications.get(state.app)
    for copy in visit.runtime.copies.of(state.app):
        form = app.form(copy.form)
        field = form.field(copy.field) if form else None
        if field is not None and not copy.done:
            done = copy.copied + copy.failed
            yield visit.text("Converting “%(field)s”", field=field.text(visit.language)), done, copy.total
    for one in visit.runtime.settling.of(state.app):
        form = app.form(one.form)
        if form is not None and not one.done:
            words = visit.text("Bringing “%(form)s” up to date", form=form.text(visit.language))
            yield words, one.looked, one.total


HANDLERS = (publish_page, publish_app)
