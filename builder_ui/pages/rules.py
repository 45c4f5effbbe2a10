"""The rules of an app, to be tried; the log of what they did, in sentences; a button of one pressed on a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.parts import Link, Option, Tab
from builder_ui.models.rules import (
    RuleGroup,
    RuleLine,
    RuleLogPage,
    RuleRecordLine,
    RuleRunLine,
    RulesPage,
    TrialLine,
    TrialPage,
)
from builder_ui.pages.record import RECORD
from builder_ui.rule_drawing import RuleWords
from builder_ui.site import Ask, Here, InPath, Visit, local_address
from builder_ui.templating import BACK, href
from engine.access.pinyin import matches
from engine.rules import LOG_READERS
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.rules import Detail, Example, RuleRun

STYLES = ("list", "tasks", "pages")
MOST, SHOWN = 40, 5
TRIED, EXAMPLES = ("100", "1000", "10000", "100000"), 10
HUES = {"done": "green", "failed": "red", "stopped": "amber"}


@get("/apps/{app_id:str}/rules", sync_to_thread=True)
def rules(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """Those about records that one may read; whoever designs or audits the app sees all, and what they ask."""
    visit = site.visit(request)
    app = visit.app(app_id)
    manages, words = may_read_log(visit, app), RuleWords(visit, app)
    tried = _tried(site, visit, app)
    shown = [rule for rule in app.rules if manages or rule.id in tried]
    if not shown and not manages:
        raise Rejected([problem("access.denied")])
    wanted = visit.query.get("q", "")
    groups = {form.id: RuleGroup(form.text(visit.language), []) for form in app.forms} | {
        "": RuleGroup(visit.text("Not about records"), [])
    }
    for rule in (rule for rule in shown if matches(wanted, words.label(rule), rule.id)):
        groups[rule.form if rule.form in groups else ""].lines.append(
            RuleLine(
                words.label(rule), words.trigger(rule), rule.condition if manages else "", rule.enabled,
                _trial_url(app, rule.id) if rule.id in tried else "",
                href(f"/apps/{app.id}/rule-log", rule=rule.id) if manages else "",
            )
        )  # fmt: skip
    title = visit.text("Rules")
    base = f"/apps/{app.id}/rules"
    found = tuple(one for one in groups.values() if one.lines)
    page = RulesPage(title, base, found, _tabs(visit, app, "rules"), wanted)
    return visit.page("rules.html", page, title=title, styles=STYLES, app=app)


@get("/apps/{app_id:str}/rules/{rule:str}/try", sync_to_thread=True)
def try_rule(request: Ask, site: Here, app_id: InPath, rule: InPath) -> Response[Any]:
    """What a published rule would do about the newest records one may read; nothing is written."""
    visit = site.visit(request)
    app = visit.app(app_id)
    wanted = visit.query.get("last", "")
    last = int(wanted) if wanted in TRIED else int(TRIED[1])
    trial = visit.runtime.rules.try_out(visit.viewer, app.id, rule, last, EXAMPLES)
    known = next(each for each in app.rules if each.id == rule)
    words, count = RuleWords(visit, app), visit.count
    title = visit.text("Try “%(rule)s”", rule=words.label(known))
    share = f"{trial.matched / trial.tried:.1%}" if trial.tried else ""
    page = TrialPage(
        title, (Link(visit.text("Rules"), f"/apps/{app.id}/rules"),), words.when(known),
        tuple(
            Option(each, count("newest record", "newest %(num)s records", int(each)), int(each) == last)
            for each in TRIED
        ),
        f"{trial.tried:,}", f"{trial.matched:,}", share, f"{trial.seconds:.2f}", words.effects(trial.effects),
        count("the newest hit", "the newest %(num)s hits", trial.planned) if trial.planned < trial.matched else "",
        tuple((f"{label} = {text}", f"{number:,}") for (label, text), number in trial.standing.items()),
        tuple(_trial_line(app, words, trial.form, one) for one in trial.examples),
        tuple(
            replace(line, why=line.why or visit.text("WHEN does not pick it"))
            for line in (_trial_line(app, words, trial.form, one) for one in trial.misses)
        ),
        tuple(one.text(visit.language) for one in trial.problems),
    )  # fmt: skip
    return visit.page("rule_trial.html", page, title=title, styles=STYLES, app=app)


def _trial_line(app: App, words: RuleWords, form: str, one: Example) -> TrialLine:
    return TrialLine(
        Link(one.title, record_url(app.id, form, one.record)), tuple(pieces for _, pieces in one.texts),
        words.why(form, one.why), words.did(one.did),
        tuple(f"{stands.label} = {stands.text}" for stands in one.standing),
    )  # fmt: skip


def _trial_url(app: App, rule: str) -> str:
    return f"/apps/{app.id}/rules/{rule}/try"


def may_read_log(visit: Visit, app: App) -> bool:
    return any(visit.runtime.manages(visit.viewer, app.id, duty) for duty in LOG_READERS)


def _tabs(visit: Visit, app: App, here: str) -> tuple[Tab, ...]:
    """None for whoever may see one of them only."""
    places = (("rules", visit.text("Rules")), ("rule-log", visit.text("Rule log")))
    shown = places if may_read_log(visit, app) else ()
    return tuple(Tab(text, f"/apps/{app.id}/{name}", name == here) for name, text in shown)


@get("/apps/{app_id:str}/rule-log", sync_to_thread=True)
def rule_log(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app = visit.app(app_id)
    asked = {name: visit.query.get(name, "") for name in ("rule", "record", "outcome")}
    runs = visit.runtime.rules.log(
        visit.viewer, app_id, **asked, limit=MOST + 1, after=visit.query.get("after", "")
    )
    base = f"/apps/{app_id}/rule-log"
    more = href(base, **asked, after=runs[MOST - 1].id) if len(runs) > MOST else ""
    title = visit.text("Rule log")
    page = RuleLogPage(
        title, base,
        tuple(Option(r.id, label_text(r.label, visit.language, r.id), r.id == asked["rule"]) for r in app.rules),
        tuple(Option(name, text, name == asked["outcome"]) for name, text in _outcomes(visit).items()),
        tuple(_lines(visit, app, runs[:MOST])), more, any(asked.values()), base, asked["record"],
        _tabs(visit, app, "rule-log"),
        _trial_url(app, asked["rule"]) if asked["rule"] in _tried(site, visit, app) else "",
    )  # fmt: skip
    return visit.page("rule_log.html", page, title=title, styles=STYLES, app=app)


def _tried(site: Here, visit: Visit, app: App) -> set[str]:
    """The rules this viewer may try."""
    readable = {form.id for form in site.frames.readable(visit, app)}
    return {rule.id for rule in app.rules if rule.form in readable}


def _outcomes(visit: Visit) -> dict[str, str]:
    return {
        "done": visit.text("done"),
        "failed": visit.text("failed"),
        "stopped": visit.text("stopped"),
    }


def _lines(visit: Visit, app: App, runs: Iterable[RuleRun]) -> Iterator[RuleRunLine]:
    runs = list(runs)
    shown = [(app.id, run.form, record) for run in runs for record in run.records[:SHOWN]]
    titles = visit.titles(shown)
    words = RuleWords(visit, app)
    for run in runs:
        places = [(app.id, run.form, record) for record in run.records[:SHOWN]]
        told = {one.record: one for one in run.details}
        links = tuple(
            RuleRecordLine(Link(titles[p], record_url(*p)), *_told(words, run.form, told.get(p[2])))
            for p in places
            if p in titles
        )
        more = max(0, run.matched - len(links))
        yield RuleRunLine(
            run.id, visit.moments.short(run.at), visit.moments.full(run.at), run.label,
            href(f"/apps/{app.id}/rule-log", rule=run.rule), _outcomes(visit).get(run.outcome, run.outcome),
            HUES.get(run.outcome, "grey"), tuple(_sentences(visit, words, app, run)), links,
            visit.count("and %(num)s more", "and %(num)s more", more) if links and more else "", run.problems,
        )  # fmt: skip


def _told(words: RuleWords, form: str, detail: Detail | None) -> tuple[str, str]:
    """Why the rule applied to a record, and what it did about it, in words."""
    return (words.why(form, detail.why), words.did(detail.did)) if detail is not None else ("", "")


def _sentences(visit: Visit, words: RuleWords, app: App, run: RuleRun) -> Iterator[str]:
    """When it ran, what it looked at, what it did."""
    rule = next((each for each in app.rules if each.id == run.rule), None)
    if rule is not None:
        yield words.reads(rule)
    yield visit.count(
        "Looked at one record, %(matched)s fit.", "Looked at %(num)s records, %(matched)s fit.",
        run.tried, matched=f"{run.matched:,}",
    )  # fmt: skip
    if run.effects:
        yield visit.text("It %(what)s.", what=words.effects(run.effects))


@post(f"{RECORD}/press/{{rule:str}}", sync_to_thread=True)
def press(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, rule: InPath
) -> Response[Any]:
    """A button that a rule put on the record's page."""
    visit = site.visit(request)
    opened = visit.runtime.rules.press(visit.viewer, app_id, rule, record)
    record_page = record_url(app_id, form_id, record, list=visit.query.get("list", ""))
    here = local_address(visit.query.get(BACK, ""), record_page)
    if opened is None:
        return visit.go(here)
    return visit.go(href(f"/apps/{opened.app}/forms/{opened.form}/new", **opened.values, **{BACK: here}))


HANDLERS = (
    rules,
    try_rule,
    rule_log,
    press,
)
