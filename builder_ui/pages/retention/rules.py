"""The rules of retention of every form, and the act without which none of them does anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from litestar import Response, get, post

from builder_ui.models.parts import Link
from builder_ui.models.retention import FormRules, PresetLine, RuleLine, RulesPage
from builder_ui.pages.retention.desk import BASE, STYLES, Desk
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.retention.activations import RuleState
from engine.retention.pausing import holds_known_until
from engine.retention.presets import presets
from metamodel.labels import label_text
from metamodel.problems import Rejected

HUES = {"active": "green", "waiting": "amber", "reworded": "red", "protects": "blue", "idle": "grey"}


@get(BASE, sync_to_thread=True)
def rules_page(request: Ask, site: Here) -> Response[Any]:
    return _page(site.visit(request))


@post(f"{BASE}/rules/{{app_id:str}}/{{form_id:str}}/{{rule_id:str}}", sync_to_thread=True)
def act(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, rule_id: InPath, body: bytes
) -> Response[Any]:
    """Activate, confirm or end."""
    visit, sent = site.visit(request), sent_form(body)
    Desk.of(visit)
    retention, wanted = visit.runtime.retention, sent.get("do", [""])[-1]
    try:
        if wanted == "activate":
            retention.activate(visit.viewer, app_id, form_id, rule_id)
        elif wanted == "end":
            retention.deactivate(visit.viewer, app_id, form_id, rule_id)
        else:
            retention.confirm(visit.viewer, wanted)
    except Rejected as refused:
        return _page(visit, refused)
    return visit.go(BASE)


@post(f"{BASE}/two-people", sync_to_thread=True)
def two_people(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit = site.visit(request)
    visit.runtime.retention.demand_two_people(visit.viewer, sent_form(body).get("wanted", [""])[-1] == "yes")
    return visit.go(BASE)


@post(f"{BASE}/go-on", sync_to_thread=True)
def go_on(request: Ask, site: Here) -> Response[Any]:
    """What a restore paused."""
    visit = site.visit(request)
    visit.runtime.retention.go_on(visit.viewer)
    return visit.go(BASE)


def _page(visit: Visit, refused: Rejected | None = None) -> Response[Any]:
    desk, retention = Desk.of(visit), visit.runtime.retention
    with visit.runtime.database.read() as connection:
        states, two = retention.rules(connection), retention.activations.two_people(connection)
        asked, until = retention.activations.end_asked_by(connection), holds_known_until(connection)
    page = RulesPage(
        desk.tabs(""), tuple(_forms(desk, states)), _presets(desk), two, bool(desk.apps()),
        desk.said(refused.problems) if refused else (), tuple(_designs(desk)),
        visit.text("%(name)s asks that one person be enough; another one has to agree.", name=desk.person(asked))
        if asked else "",
        asked not in ("", visit.viewer.person),
        visit.text(
            "Nothing is shredded by itself: a backup of %(when)s was restored, and holds set since then are gone. "
            "Set them again, then let it go on.", when=visit.moments.short(until),
        ) if until else "",
    )  # fmt: skip
    title = visit.text("Retention and holds")
    return visit.page("retention.html", page, title=title, styles=STYLES, status=422 if refused else 200)


def _forms(desk: Desk, states: list[RuleState]) -> list[FormRules]:
    apps = {app.id: app for app in desk.visit.runtime.applications.all()}
    made = []
    for (app, form), own in groupby(states, lambda state: (state.app, state.form)):
        known = desk.form(app, form)
        lines = tuple(_line(desk, state) for state in own)
        name = apps[app].text(desk.visit.language)
        made.append(
            FormRules(
                desk.form_name(app, form), name, (known.icon if known else "") or "list", lines,
                f"/design/{app}/forms/{form}/retention" if _designed(desk, app) else "",
            )
        )  # fmt: skip
    return made


def _designed(desk: Desk, app: str) -> bool:
    return desk.visit.runtime.designing.designs(desk.visit.viewer, app)


def _designs(desk: Desk) -> Iterator[Link]:
    language = desk.visit.language
    for app in desk.visit.runtime.applications.all():
        for form in app.forms if _designed(desk, app.id) else ():
            if form.is_archive or form.retention:
                address = f"/design/{app.id}/forms/{form.id}/retention"
                yield Link(f"{app.text(language)} · {form.text(language)}", address, form.icon or "list")


def _line(desk: Desk, state: RuleState) -> RuleLine:
    rule, language = state.rule, desk.visit.language
    known, terms = _state(state), desk.terms(rule, desk.form(state.app, state.form))
    return RuleLine(
        rule.text(language), known, _words(desk, known), HUES[known], terms,
        rule.where, label_text(rule.source, language), _said(desk, state),
        f"{BASE}/rules/{state.app}/{state.form}/{rule.id}", _buttons(desk, state, known),
    )  # fmt: skip


def _state(state: RuleState) -> str:
    if state.rule.end is None:
        return "protects"
    if state.activation is None:
        return "idle"
    if state.reworded:
        return "reworded"
    return "active" if state.activation.confirmed else "waiting"


def _words(desk: Desk, state: str) -> str:
    text = desk.visit.text
    return {
        "active": text("Active"), "waiting": text("Waits for a second person"),
        "reworded": text("Changed since: activate it again"), "protects": text("Only protects"),
        "idle": text("Not activated"),
    }[state]  # fmt: skip


def _said(desk: Desk, state: RuleState) -> str:
    """Who activated it, and when."""
    known, text, moments = state.activation, desk.visit.text, desk.visit.moments
    if known is None:
        return ""
    asked = (
        text("asked by %(name)s", name=desk.person(known.asked_by)) + f" · {moments.short(known.asked_at)}"
    )
    if known.confirmed_at is None or known.confirmed_by == known.asked_by:
        return asked
    agreed = text("confirmed by %(name)s", name=desk.person(known.confirmed_by))
    return f"{asked} · {agreed} · {moments.short(known.confirmed_at)}"


def _buttons(desk: Desk, state: RuleState, known: str) -> tuple[tuple[str, str, str], ...]:
    text, visit = desk.visit.text, desk.visit
    if known == "protects" or not visit.runtime.retention.manages(visit.viewer, state.app):
        return ()
    end = ("end", text("Deactivate"), "")
    if known in ("idle", "reworded"):
        again = ("activate", text("Activate"), "primary")
        return (again, end) if known == "reworded" else (again,)
    if known == "waiting" and state.activation and state.activation.asked_by != visit.viewer.person:
        return (state.activation.id, text("Confirm"), "primary"), end
    return (end,)


def _presets(desk: Desk) -> tuple[PresetLine, ...]:
    language, text = desk.visit.language, desk.visit.text
    made = []
    for one in presets(desk.visit.runtime.config.data):
        least = text("at least %(period)s", period=desk.period(one.keep)) if one.keep else ""
        most = text("at most %(period)s", period=desk.period(one.at_most)) if one.at_most else ""
        made.append(PresetLine(one.text(language), least or most, one.source_text(language)))
    return tuple(made)


HANDLERS = (rules_page, act, two_people, go_on)
