"""审计: who looked at, searched for, exported and changed what; its figures; for those who manage `audit`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.response import Stream

from builder_ui.audit_drawing import AUDIT, Lines, name_of
from builder_ui.models.audit import ActionGroup, AuditPage, BarRow, Figure, Filters
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Option, Tab
from builder_ui.site import Ask, Here, Visit, sent_form
from builder_ui.templating import href
from engine.access.audit import AuditEntry, Occurrence
from engine.access.audit_figures import Figures
from engine.access.audit_search import AuditQuery
from engine.access.audit_words import GROUPS, action_word, group_word
from engine.access.viewer import SYSTEM
from engine.clock import from_microseconds, microseconds
from engine.spreadsheets import csv_lines
from engine.whole_numbers import whole_number

STYLES = ("list", "record", "form", "tasks", "pages", "audit")
SIZE = 60
OWN = ("person", "action", "app", "form", "record", "grant", "since", "until", "words", "system")
PERIODS = (1, 7, 30)


@get(AUDIT, sync_to_thread=True)
def audit_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    query = query_of(visit)
    after = visit.query.get("after", "")
    found = visit.runtime.audit_search.page(visit.viewer, query, whole_number(after), SIZE)
    lines = Lines(visit, found.entries)
    asked = {name: visit.query[name] for name in OWN if visit.query.get(name)}
    visit.runtime.audit.note(visit.viewer, Occurrence("audit", query.app, detail=asked))
    page = AuditPage(
        visit.text("Audit trail"), AUDIT, _tabs(visit, "entries"), _filters(visit, query),
        tuple(lines.line(entry) for entry in found.entries),
        note=visit.text("Looked for the words in %(num)s entries.", num=f"{found.searched:,}") if query.words else "",
        filtered=bool(asked), export_href=href(f"{AUDIT}/export", **asked),
        next_href=href(AUDIT, **asked, after=found.after) if found.after else "",
    )  # fmt: skip
    return visit.page("audit.html", page, title=page.title, styles=STYLES)


@get(f"{AUDIT}/figures", sync_to_thread=True)
def audit_figures(request: Ask, site: Here) -> Response[Any]:
    """Reports on the trail, of the last day, week or month."""
    visit = site.visit(request)
    asked = visit.query.get("days", "")
    days = int(asked) if asked in {str(one) for one in PERIODS} else 7
    now = visit.runtime.clock.now()
    since, until = microseconds(now - timedelta(days=days)), microseconds(now) + 1
    figures = visit.runtime.audit_figures.of(visit.viewer, since, until)
    periods = tuple(
        Tab(
            visit.count("The last day", "Last %(num)s days", one),
            href(f"{AUDIT}/figures", days=one),
            one == days,
        )
        for one in PERIODS
    )
    since_day = f"{visit.moments.today - timedelta(days=days):%Y-%m-%d}"
    page = AuditPage(
        visit.text("Audit trail"), AUDIT, _tabs(visit, "figures"), figures=_figures(visit, figures, since_day),
        periods=periods,
    )  # fmt: skip
    return visit.page("audit.html", page, title=page.title, styles=STYLES)


@get(f"{AUDIT}/export", sync_to_thread=True)
def audit_export(request: Ask, site: Here) -> Stream:
    """What the filters find as CSV that Excel opens; noted as an export."""
    visit = site.visit(request)
    query = query_of(visit)
    visit.runtime.audit_search.apps_of(visit.viewer)  # a refusal comes before anything is on its way
    asked = {name: visit.query[name] for name in OWN if visit.query.get(name)}
    visit.runtime.audit.note(visit.viewer, Occurrence("audit.export", query.app, detail=asked))
    name = f"audit-{visit.moments.today:%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Stream(csv_lines(_rows(visit, query)), media_type="text/csv", headers=headers)


@post("/printed", sync_to_thread=True, status_code=204)
def printed(request: Ask, site: Here, body: bytes) -> None:
    """The browser tells that it prints a page of ours; only what the page is, nothing of what it shows. Rejected
    (record.unknown): nobody writes into the trail of a record that he may not read."""
    visit, sent = site.visit(request), sent_form(body)
    words = sent.get("page", [""])[-1][:200].split("?")[0].split("/")
    place = dict(zip(words[1::2], words[2::2], strict=False)) if words[:1] == [""] else {}
    record = place.get("records", "")
    number = whole_number(record)
    known = visit.runtime.services.apps().get(place.get("apps", ""))
    form = known.form(place.get("forms", "")) if known else None
    if known and form and number is not None:
        _require_seen(visit, known.id, form.id, number)
    detail = {} if form else {"page": "/".join(words)}
    what = Occurrence("print", known.id if known else "", form.id if form else "", number, detail=detail)
    visit.runtime.audit.note(visit.viewer, what)


def _require_seen(visit: Visit, app: str, form: str, record: int) -> None:
    runtime = visit.runtime
    with runtime.database.read() as connection:
        runtime.records.reader.row(connection, visit.viewer, runtime.programs.get(app, form), str(record))


def query_of(visit: Visit) -> AuditQuery:
    """What the address asks for; days are whole days of the organisation."""
    asked = visit.query
    record, grant = asked.get("record", ""), asked.get("grant", "")
    return AuditQuery(
        asked.get("person", "").strip(), tuple(visit.several("action")), asked.get("app", ""), asked.get("form", ""),
        _number(record), _number(grant), _day(visit, asked.get("since", "")),
        _day(visit, asked.get("until", ""), timedelta(days=1)), asked.get("words", "").strip()[:200],
        people=not asked.get("system") and asked.get("person") != SYSTEM.person,
    )  # fmt: skip


def _number(text: str) -> int | None:
    return whole_number(text)


def _day(visit: Visit, text: str, more: timedelta = timedelta()) -> int | None:
    try:
        day = date.fromisoformat(text)
        return microseconds(datetime.combine(day, time(), visit.runtime.config.zone) + more)
    except (ValueError, OverflowError):
        return None


def _tabs(visit: Visit, current: str) -> tuple[Tab, ...]:
    return (
        Tab(visit.text("What happened"), AUDIT, current == "entries"),
        Tab(visit.text("Figures"), f"{AUDIT}/figures", current == "figures"),
    )


def _filters(visit: Visit, query: AuditQuery) -> Filters:
    language = visit.language
    groups = tuple(
        ActionGroup(
            group_word(group, language),
            tuple(Option(name, action_word(name, language), name in query.actions) for name in actions),
        )
        for group, actions in GROUPS.items()
    )
    readable = visit.runtime.audit_search.apps_of(visit.viewer)
    apps = [app for app in visit.runtime.applications.all() if app.id in readable]
    kept = tuple((name, visit.query[name]) for name in ("form", "record", "grant") if visit.query.get(name))
    return Filters(
        (Picked(query.person, name_of(visit, query.person)),) if query.person else (), groups,
        tuple(Option(app.id, app.text(language), app.id == query.app) for app in apps),
        visit.query.get("since", ""), visit.query.get("until", ""), query.words,
        str(query.record or ""), _record_text(visit, query), kept, not query.people,
    )  # fmt: skip


def _record_text(visit: Visit, query: AuditQuery) -> str:
    if query.record is None:
        return ""
    place = (query.app, query.form, str(query.record))
    return visit.titles([place] if query.form else []).get(place) or f"#{query.record}"


def _rows(visit: Visit, query: AuditQuery) -> Iterator[list[str]]:
    text = visit.text
    heading = (
        text("Time"), text("Person"), text("Account"), text("Action"), text("App"), text("Form"), text("Record"),
        text("Grant"), text("Detail"), text("IP address"),
    )  # fmt: skip
    yield list(heading)
    lines = Lines(visit, ())
    for entry in visit.runtime.audit_search.everything(visit.viewer, query):
        yield _cells(visit, lines, entry)


def _cells(visit: Visit, lines: Lines, entry: AuditEntry) -> list[str]:
    drawn = lines.line(entry)
    said = "; ".join(f"{name}: {text}" for name, text in drawn.said)
    return [
        from_microseconds(entry.at).astimezone(visit.runtime.config.zone).isoformat(" ", "seconds"), drawn.who,
        entry.person, drawn.action, entry.app, entry.form, str(entry.record or ""), str(entry.grant_id or ""), said,
        entry.address,
    ]  # fmt: skip


# -- figures -------------------------------------------------------------------------------------------


def _figures(visit: Visit, found: Figures, since: str) -> tuple[Figure, ...]:
    return (
        Figure(
            visit.text("Who read how much"), visit.text("Views, lists, searches, reports, downloads and exports"),
            _bars([
                (name_of(visit, person), href(AUDIT, person=person, since=since), reads.total(), _what(visit, reads))
                for person, reads in found.reads.items()
            ]),
        ),
        Figure(
            visit.text("Records read most"), visit.text("How often, and by how many people"),
            _bars(_read_most(visit, found)),
        ),
        Figure(
            visit.text("Outside working hours"), visit.text("Reads when the working calendar says closed"),
            _bars(_people(visit, found.outside, since)), bad=True,
        ),
        Figure(
            visit.text("Exports"), visit.text("How many times, and how many rows together"),
            _bars([
                (f"{name_of(visit, one.person)} · {_form(visit, one.app, one.form)}",
                 href(AUDIT, person=one.person, action="export", since=since), one.times,
                 visit.count("%(num)s row", "%(num)s rows", one.rows))
                for one in found.exports
            ]),
        ),
        Figure(
            visit.text("Reads under a grant"), visit.text("By whoever was given one"),
            _bars(_people(visit, found.granted, since)),
        ),
        Figure(
            visit.text("Failed sign-ins"), visit.text("By the name that was given"),
            _bars([(name_of(visit, person), href(AUDIT, person=person, action="user.sign_in_failed", since=since),
                    number, "") for person, number in found.failed.most_common(10)]), bad=True,
        ),
    )  # fmt: skip


def _read_most(visit: Visit, found: Figures) -> list[tuple[str, str, int, str]]:
    titles = visit.titles([(app, form, str(record)) for app, form, record, _, _ in found.records])
    return [
        (
            titles.get((app, form, str(record))) or f"{_form(visit, app, form)} #{record}",
            href(AUDIT, app=app, form=form, record=record), number,
            visit.count("%(num)s person", "%(num)s people", people),
        )
        for app, form, record, number, people in found.records
    ]  # fmt: skip


def _people(visit: Visit, found: Any, since: str) -> list[tuple[str, str, int, str]]:
    return [
        (name_of(visit, person), href(AUDIT, person=person, since=since), number, "")
        for person, number in found.most_common(10)
    ]


def _what(visit: Visit, reads: Any) -> str:
    return " · ".join(
        f"{action_word(name, visit.language)} {number:,}" for name, number in reads.most_common(3)
    )


def _form(visit: Visit, app: str, form: str) -> str:
    known = visit.runtime.services.apps().get(app)
    found = known.form(form) if known else None
    return found.text(visit.language) if found else form


def _bars(rows: list[tuple[str, str, int, str]]) -> tuple[BarRow, ...]:
    longest = max((number for _, _, number, _ in rows), default=0)
    return tuple(
        BarRow(text, address, f"{number:,}", round(100 * number / longest), sub)
        for text, address, number, sub in rows[:10]
    )


HANDLERS = (audit_page, audit_figures, audit_export, printed)
