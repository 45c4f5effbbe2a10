"""Around a record: the stream of what happened and was said, people to name in it, and deleting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.around import Activity, Change, Deleting, Happening, Nameable
from builder_ui.models.parts import Option, Tab
from builder_ui.opened import Opened
from builder_ui.pages.door import one
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.access.audit_words import action_word
from engine.records.comments import Comment
from engine.records.query import Event
from metamodel.problems import Rejected, problem

RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"
API = "/api/v1"
KINDS = ("all", "comments", "changes")
Timed = tuple[datetime, Happening]


@get(f"{RECORD}/people", sync_to_thread=True)
def people(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    """Who may be named in a comment, as options of a list; `as=page` is the list for reading, without a script."""
    visit = site.visit(request)
    found = visit.runtime.comments.people(
        visit.viewer, app_id, form_id, record, visit.query.get("q", ""), visit.query.get("field", "")
    )
    if visit.query.get("as") != "page":
        return visit.part("parts/options.html", found)
    back = href(record_url(app_id, form_id, record), tab="history")
    page = Nameable(visit.text("Who can be named with @"), back, tuple(one.label for one in found))
    return visit.page("nameable.html", page, title=page.title, styles=("list",))


# -- the stream --------------------------------------------------------------------------------------


def activity(opened: Opened) -> Activity:
    """What happened to a record and what was said about it, the newest first."""
    visit, view = opened.visit, opened.view
    kind = visit.query.get("only", "all")
    kind = kind if kind in KINDS else "all"
    found: list[Timed] = []
    if kind != "comments":
        found += _changes(opened)
    if kind != "changes":
        found += _comments(opened)
    found.sort(key=lambda one: one[0], reverse=True)
    granted = bool(view.ways) and all(way.startswith("grant:") for way in view.ways)
    url = record_url(opened.app.id, opened.form.id, view.id)
    return Activity(
        tuple(entry for _, entry in found),
        tuple(
            Tab(text, opened.address(tab="history", only="" if name == "all" else name), name == kind)
            for name, text in zip(KINDS, _kind_words(visit), strict=True)
        ),
        "" if granted or view.shredded else f"{API}{url}/comments", f"{url}/people", tuple(_about(opened)),
        f"{url}/comments",
    )  # fmt: skip


def _kind_words(visit: Visit) -> tuple[str, str, str]:
    return visit.text("Everything"), visit.text("Comments"), visit.text("Changes")


def _about(opened: Opened) -> Iterator[Option]:
    """Fields this viewer reads in full: a comment about one is for those who do."""
    for field in opened.form.fields:
        if opened.view.access.get(field.id) in ("read", "write"):
            yield Option(field.id, field.text(opened.visit.language))


def _changes(opened: Opened) -> list[Timed]:
    visit, view = opened.visit, opened.view
    events = visit.runtime.records.history(visit.viewer, opened.app.id, opened.form.id, view.id)
    made = [(event.at, _happening(visit, event)) for event in events]
    if not any(event.action == "create" for event in events):  # one of many that came together
        who = visit.names.get(("person", view.created_by), view.created_by)
        entry = Happening(_who(visit, view.created_by, who), view.created_by, "", visit.text("created it"))
        made.append((view.created_at, _at(visit, view.created_at, entry)))
    return made


def _happening(visit: Visit, event: Event) -> Happening:
    changes = () if event.action == "create" else _told(event)
    rules = {rule for rule in event.rules if rule}
    alone = event.person == "system" and len(rules) == 1
    who = rules.pop() if alone else _who(visit, event.person, event.person_name)
    if alone:
        changes = tuple(Change(one.field, one.before, one.after) for one in changes)
    known = {
        "create": visit.text("created it"), "record.shred": visit.text("shredded it"),
        "delete": visit.text("deleted it"), "record.restore": visit.text("brought it back"),
    }  # fmt: skip
    what = known.get(event.action, "")
    if event.action == "update":
        what = visit.count("changed %(num)s field", "changed %(num)s fields", len(changes))
    what = what or action_word(event.action, visit.language)
    return Happening(who, event.person, visit.moments.short(event.at), what, changes, rule=alone)


def _told(event: Event) -> tuple[Change, ...]:
    rules = event.rules or ("",) * len(event.changes)
    return tuple(Change(*change, rule=rule) for change, rule in zip(event.changes, rules, strict=True))


def _comments(opened: Opened) -> list[Timed]:
    visit = opened.visit
    found = visit.runtime.comments.of(visit.viewer, opened.app.id, opened.form.id, opened.view.id)
    return [(one.at, _comment(opened, one)) for one in found]


def _comment(opened: Opened, one: Comment) -> Happening:
    visit = opened.visit
    own = f"{record_url(opened.app.id, opened.form.id, opened.view.id)}/comments/{one.id}"
    return Happening(
        one.name, one.person, visit.moments.short(one.at), "", pieces=one.pieces, about=one.label,
        remove_url=f"{API}{own}" if one.own else "", remove_action=f"{own}/remove" if one.own else "",
    )  # fmt: skip


def _who(visit: Visit, person: str, name: str) -> str:
    return visit.text("The system") if person == "system" else name


def _at(visit: Visit, moment: datetime, entry: Happening) -> Happening:
    return Happening(entry.who, entry.person, visit.moments.short(moment), entry.what)


# -- deleting ----------------------------------------------------------------------------------------


def deleting(opened: Opened, back: str) -> Deleting | None:
    """None where this record is not this viewer's to delete."""
    if "delete" not in opened.view.can:
        return None
    form = f"/apps/{opened.app.id}/forms/{opened.form.id}"
    done = opened.visit.text("Deleted “%(title)s”", title=opened.view.title)
    mine = f"{form}/records/{opened.view.id}"
    return Deleting(f"{API}{mine}", f"{API}{form}/recycle-bin/restore", back, done, f"{mine}/delete")


# -- without scripts -----------------------------------------------------------------------------------
# The same acts as the API's, for a page whose scripts are off or did not arrive: the form is posted.


@post(f"{RECORD}/delete", sync_to_thread=True)
def delete(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    """Into the recycle bin; the list is shown, with a button that brings it back."""
    visit = site.visit(request)
    gone = visit.runtime.recycle_bin.delete(visit.viewer, app_id, form_id, [record])
    refused = [found for one in gone.outcomes for found in one.problems]
    if refused or not gone.outcomes:
        raise Rejected(refused or [problem("record.unknown", record=record)])
    return visit.go(href(f"/apps/{app_id}/forms/{form_id}", gone=gone.together, went=len(gone.gone)))


@post(f"{RECORD}/comments", sync_to_thread=True)
def comment(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, body: bytes
) -> Response[Any]:
    """Whoever is named with @ in the text is told, as by the API; `named` says who of several with one name."""
    visit, sent = site.visit(request), sent_form(body)
    visit.runtime.comments.add(
        visit.viewer, app_id, form_id, record, one(sent, "text"), sent.get("named", []), one(sent, "field")
    )
    return visit.go(href(record_url(app_id, form_id, record), tab="history"))


@post(f"{RECORD}/comments/{{comment:str}}/remove", sync_to_thread=True)
def uncomment(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, comment: InPath
) -> Response[Any]:
    visit = site.visit(request)
    visit.runtime.comments.remove(visit.viewer, app_id, form_id, record, comment)
    return visit.go(href(record_url(app_id, form_id, record), tab="history"))


HANDLERS = (people, delete, comment, uncomment)
