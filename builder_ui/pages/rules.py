"""The log of rules, for who may see it, each run in sentences; and pressing a rule's button on a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.news import RuleLogPage, RuleRunLine
from builder_ui.models.parts import Link, Option
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Visit
from builder_ui.templating import href
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.rules import RuleRun

STYLES = ("list", "tasks")
MOST, SHOWN = 40, 5
HUES = {"done": "green", "failed": "red", "stopped": "amber"}


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
    )  # fmt: skip
    return visit.page("rule_log.html", page, title=title, styles=STYLES, app=app)


def _outcomes(visit: Visit) -> dict[str, str]:
    return {
        "done": visit.text("done"),
        "failed": visit.text("failed"),
        "stopped": visit.text("stopped"),
    }


def _lines(visit: Visit, app: App, runs: Iterable[RuleRun]) -> Iterator[RuleRunLine]:
    runs = list(runs)
    wanted = {run.id: [(form, str(record)) for form, record in _records(app, run)][:SHOWN] for run in runs}
    titles = visit.titles((app.id, form, record) for found in wanted.values() for form, record in found)
    for run in runs:
        links = tuple(
            Link(titles[app.id, form, record], record_url(app.id, form, record))
            for form, record in wanted[run.id] if (app.id, form, record) in titles
        )  # fmt: skip
        more = len(run.records) - len(links)
        yield RuleRunLine(
            run.id, visit.moments.short(run.at), visit.moments.full(run.at), run.label,
            href(f"/apps/{app.id}/rule-log", rule=run.rule), _outcomes(visit).get(run.outcome, run.outcome),
            HUES.get(run.outcome, "grey"), tuple(_sentences(visit, run)), links,
            visit.count("and %(num)s more", "and %(num)s more", more) if links and more > 0 else "",
            tuple(_said(visit, each) for each in run.problems),
        )  # fmt: skip


def _records(app: App, run: RuleRun) -> Iterator[tuple[str, str]]:
    """The records it matched, with their form."""
    rule = next((each for each in app.rules if each.id == run.rule), None)
    form = rule.form if rule else ""
    for record in run.records:
        yield form, str(record)


def _sentences(visit: Visit, run: RuleRun) -> Iterator[str]:
    yield visit.count(
        "Looked at one record, %(matched)s fit.", "Looked at %(num)s records, %(matched)s fit.",
        run.tried, matched=f"{run.matched:,}",
    )  # fmt: skip
    done = [_effect(visit, name, number) for name, number in run.effects.items()]
    if done:
        yield visit.text("It %(what)s.", what=("," if visit.language == "zh" else ", ").join(done))


def _effect(visit: Visit, name: str, number: int) -> str:
    """What an effect did, so many times, as the end of a sentence."""
    count = visit.count
    known: Mapping[str, Callable[[int], str]] = {
        "SetFields": lambda n: count("filled in one record", "filled in %(num)s records", n),
        "AddTags": lambda n: count("tagged one record", "tagged %(num)s records", n),
        "RemoveTags": lambda n: count("took tags off one record", "took tags off %(num)s records", n),
        "CreateRecord": lambda n: count("made one record", "made %(num)s records", n),
        "FindOrCreate": lambda n: count("found or made one record", "found or made %(num)s records", n),
        "Link": lambda n: count("linked one record", "linked %(num)s records", n),
        "CreateTask": lambda n: count("gave one to-do", "gave %(num)s to-dos", n),
        "CloseTasks": lambda n: count("closed the to-dos of one record", "closed the to-dos of %(num)s records", n),
        "Notify": lambda n: count("told somebody once", "told somebody %(num)s times", n),
        "Refuse": lambda n: count("refused one record", "refused %(num)s records", n),
        "Grant": lambda n: count("gave one permission to read", "gave %(num)s permissions to read", n),
        "RunAnalyzer": lambda n: count("analysed one record", "analysed %(num)s records", n),
        "StartFlow": lambda n: count("began one flow", "began %(num)s flows", n),
        "KeywordFeedback": lambda n: count("noted one false alarm", "noted %(num)s false alarms", n),
    }  # fmt: skip
    return known[name](number) if name in known else f"{name} × {number:,}"


def _said(visit: Visit, found: Any) -> str:
    return found if isinstance(found, str) else str(found.text(visit.language))


@post(f"{RECORD}/press/{{rule:str}}", sync_to_thread=True)
def press(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, rule: InPath
) -> Response[Any]:
    """A button that a rule put on the record's page."""
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    view = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    if rule not in {name for name, _ in visit.runtime.rules.buttons(visit.viewer, app.id, form.id, view)}:
        raise Rejected([problem("access.denied")])
    visit.runtime.rules.press(visit.viewer, app_id, rule, record)
    return visit.go(record_url(app_id, form_id, record, list=visit.query.get("list", "")))


HANDLERS = (
    rule_log,
    press,
)
