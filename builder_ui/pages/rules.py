"""The log of rules, for who may see it, each run in sentences; and pressing a rule's button on a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.news import RuleLogPage, RuleRunLine
from builder_ui.models.parts import Link, Option
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Visit, local_address
from builder_ui.templating import BACK, href
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.rules import Rule

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
    shown = [(app.id, run.form, record) for run in runs for record in run.records[:SHOWN]]
    titles = visit.titles(shown)
    for run in runs:
        places = [(app.id, run.form, record) for record in run.records[:SHOWN]]
        links = tuple(Link(titles[p], record_url(*p)) for p in places if p in titles)
        more = max(0, run.matched - len(links))
        yield RuleRunLine(
            run.id, visit.moments.short(run.at), visit.moments.full(run.at), run.label,
            href(f"/apps/{app.id}/rule-log", rule=run.rule), _outcomes(visit).get(run.outcome, run.outcome),
            HUES.get(run.outcome, "grey"), tuple(_sentences(visit, app, run)), links,
            visit.count("and %(num)s more", "and %(num)s more", more) if links and more else "", run.problems,
        )  # fmt: skip


def _sentences(visit: Visit, app: App, run: RuleRun) -> Iterator[str]:
    """When it ran, what it looked at, what it did."""
    rule = next((each for each in app.rules if each.id == run.rule), None)
    if rule is not None:
        yield _reads(visit, app, rule)
    yield visit.count(
        "Looked at one record, %(matched)s fit.", "Looked at %(num)s records, %(matched)s fit.",
        run.tried, matched=f"{run.matched:,}",
    )  # fmt: skip
    done = [_effect(visit, name, number) for name, number in run.effects.items()]
    if done:
        yield visit.text("It %(what)s.", what=("," if visit.language == "zh" else ", ").join(done))


def _reads(visit: Visit, app: App, rule: Rule) -> str:
    """The rule's WHEN and IF."""
    form = app.form(rule.form)
    when = label_text(rule.trigger.label, visit.language) if rule.trigger else rule.trigger_name
    place = f"{when} ({form.text(visit.language)})" if form else when
    if not rule.condition:
        return visit.text("When: %(when)s.", when=place)
    return visit.text("When: %(when)s. If: %(condition)s", when=place, condition=rule.condition)


def _effect(visit: Visit, name: str, number: int) -> str:
    """What an effect did, so many times, as the end of a sentence."""
    count = visit.count
    known: Mapping[str, Callable[[int], str]] = {
        "SetFields": lambda n: count("filled in one record", "filled in %(num)s records", n),
        "AddTags": lambda n: count("tagged one record", "tagged %(num)s records", n),
        "RemoveTags": lambda n: count("took tags off one record", "took tags off %(num)s records", n),
        "CreateRecord": lambda n: count("made one record", "made %(num)s records", n),
        "UpdateRecords": lambda n: count("changed what it found", "changed what it found %(num)s times", n),
        "FindOrCreate": lambda n: count("found or made one record", "found or made %(num)s records", n),
        "Link": lambda n: count("linked one record", "linked %(num)s records", n),
        "CreateTask": lambda n: count("gave one to-do", "gave %(num)s to-dos", n),
        "CloseTasks": lambda n: count("closed the to-dos of one record", "closed the to-dos of %(num)s records", n),
        "Notify": lambda n: count("told somebody once", "told somebody %(num)s times", n),
        "Refuse": lambda n: count("refused one record", "refused %(num)s records", n),
        "Grant": lambda n: count("gave one permission to read", "gave %(num)s permissions to read", n),
        "RunAnalyzer": lambda n: count("analysed one record", "analysed %(num)s records", n),
        "HttpCall": lambda n: count("told another system once", "told another system %(num)s times", n),
        "OpenForm": lambda n: count("opened one form", "opened %(num)s forms", n),
        "StartFlow": lambda n: count("began one flow", "began %(num)s flows", n),
        "Shred": lambda n: count(
            "asked for records to be shredded once", "asked for records to be shredded %(num)s times", n
        ),
        "KeywordFeedback": lambda n: count("noted one false alarm", "noted %(num)s false alarms", n),
    }  # fmt: skip
    return known[name](number) if name in known else f"{name} × {number:,}"


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
    rule_log,
    press,
)
