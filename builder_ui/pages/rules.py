"""The log of rules, for who may see it, each run in sentences; and pressing a rule's button on a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.news import RuleLogPage, RuleRecordLine, RuleRunLine
from builder_ui.models.parts import Link, Option
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Visit, local_address
from builder_ui.templating import BACK, href
from engine.rules import FIELDS_SET
from metamodel.application import App
from metamodel.forms import FieldDefinition
from metamodel.human_text import list_joint
from metamodel.labels import label_text
from metamodel.rules import Rule

if TYPE_CHECKING:
    from engine.rules import Detail, Done, Reason, RuleRun

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
        told = {one.record: one for one in run.details}
        links = tuple(
            RuleRecordLine(Link(titles[p], record_url(*p)), *_detail(visit, app, run.form, told.get(p[2])))
            for p in places
            if p in titles
        )
        more = max(0, run.matched - len(links))
        yield RuleRunLine(
            run.id, visit.moments.short(run.at), visit.moments.full(run.at), run.label,
            href(f"/apps/{app.id}/rule-log", rule=run.rule), _outcomes(visit).get(run.outcome, run.outcome),
            HUES.get(run.outcome, "grey"), tuple(_sentences(visit, app, run)), links,
            visit.count("and %(num)s more", "and %(num)s more", more) if links and more else "", run.problems,
        )  # fmt: skip


def _detail(visit: Visit, app: App, form: str, detail: Detail | None) -> tuple[str, str]:
    """Why the rule applied to a record, and what it did about it, in words."""
    if detail is None:
        return "", ""
    names = _Names(visit, app)
    joint = "；" if visit.language == "zh" else "; "
    why = [_reason(visit, names, form, one) for one in detail.why]
    return joint.join(why), joint.join(_done(visit, names, one) for one in detail.did)


class _Names:
    """Fields and values as people read them, of forms of this app; of others their ids."""

    def __init__(self, visit: Visit, app: App) -> None:
        self._language, self._app, self._presenter = visit.language, app, visit.presenter(app.id)

    def path(self, form: str, path: str) -> tuple[str, FieldDefinition | None]:
        first, _, last = path.partition(".")
        known = self._app.form(form)
        field = known.field(first) if known else None
        text = field.text(self._language) if field else first
        if not last or field is None:
            return text, None if last else field
        reference = field.type.reference(field) if field.type is not None else None
        own = reference is not None and reference.app in ("", self._app.id)
        behind = self.path(reference.form, last) if reference is not None and own else (last, None)
        return f"{text} › {behind[0]}", behind[1]

    def value(self, field: FieldDefinition | None, value: Any) -> str:
        if field is not None and field.type is not None and not field.type.container:
            return self._presenter.shown(field, value)
        items = value if isinstance(value, list) else [value]
        return list_joint(self._language).join(str(item) for item in items if item is not None) or "—"


def _reason(visit: Visit, names: _Names, form: str, reason: Reason) -> str:
    text, field = names.path(form, reason.path)
    if reason.kind == "by":
        return visit.text("“%(field)s” fits", field=text)
    if not reason.shown:
        return visit.text("“%(field)s” fits, which you may not read", field=text)
    if reason.kind == "has":
        words = list_joint(visit.language).join(f"“{word}”" for word in reason.value or ())
        return visit.text("“%(field)s” holds %(words)s", field=text, words=words)
    return visit.text("“%(field)s” is %(value)s", field=text, value=names.value(field, reason.value))


def _done(visit: Visit, names: _Names, done: Done) -> str:
    """The effect, and the fields it set."""
    what = _effect(visit, done.effect, 1)
    if done.effect not in FIELDS_SET or not done.values:
        return what
    fields = []
    for name, value in done.values.items():
        text, field = names.path(done.form, name)
        fields.append(f"{text} = {names.value(field, value)}" if value is not None else text)
    chinese = visit.language == "zh"
    said = ("，" if chinese else ", ").join(fields)
    return f"{what}（{said}）" if chinese else f"{what} ({said})"


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
