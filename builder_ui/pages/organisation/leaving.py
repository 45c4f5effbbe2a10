"""Leaving and handing over: everything somebody has, counted, each with who is to have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from litestar import Response, get, post

from builder_ui.models.inputs import Input
from builder_ui.models.organisation import HandOverRow, LeavePage
from builder_ui.models.parts import Link
from builder_ui.pages.organisation.office import STYLES, Office, last, person_url
from builder_ui.pages.organisation.person import PERSON, known, trail
from builder_ui.site import Ask, Here, InPath, sent_form
from engine.access.people import Person
from engine.organisation import HandingOver
from engine.organisation.handing_over import Holding
from metamodel.problems import Problem, Rejected, problem

RECORDS = "records."  # before a holding's key in the names of the form


@get(f"{PERSON}/leave", sync_to_thread=True)
def leave_page(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    office = Office.of(site.visit(request))
    return _form(office, known(office, person_id), True, {}, ())


@get(f"{PERSON}/hand-over", sync_to_thread=True)
def hand_over_page(request: Ask, site: Here, person_id: InPath) -> Response[Any]:
    office = Office.of(site.visit(request))
    return _form(office, known(office, person_id), False, {}, ())


@post(f"{PERSON}/leave", sync_to_thread=True)
def leave(request: Ask, site: Here, person_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    person, plan = known(office, person_id), _plan(sent)
    try:
        day = _day(office, last(sent, "day"))
        visit.runtime.database.write(
            lambda unit: visit.runtime.hand_overs.leave(unit, visit.viewer, person.id, plan, day)
        )
    except Rejected as refused:
        return _form(office, person, True, sent, refused.problems)
    return visit.go(person_url(person.id))


@post(f"{PERSON}/hand-over", sync_to_thread=True)
def hand_over(request: Ask, site: Here, person_id: InPath, body: bytes) -> Response[Any]:
    """Without leaving: to another department, or long after he has left."""
    visit, sent = site.visit(request), sent_form(body)
    office = Office.of(visit)
    person, plan = known(office, person_id), _plan(sent)
    try:
        visit.runtime.database.write(
            lambda unit: visit.runtime.hand_overs.hand_over(unit, visit.viewer, person.id, plan)
        )
    except Rejected as refused:
        return _form(office, person, False, sent, refused.problems)
    return visit.go(person_url(person.id))


def _day(office: Office, text: str) -> int:
    """Rejected for what is no day, and for one that is still to come: until then he works here."""
    try:
        day = date.fromisoformat(text).toordinal()
    except ValueError:
        raise Rejected([problem("organisation.bad_day", "/day", value=text)]) from None
    if day > office.today:
        raise Rejected([problem("organisation.not_left_yet", "/day")])
    return day


def _plan(sent: Mapping[str, list[str]]) -> HandingOver:
    """A line's own taker, else the one named for all of them where the line is ticked."""
    everything = last(sent, "taker")

    def taker(name: str) -> str:
        return last(sent, f"to.{name}") or everything if "yes" in sent.get(f"give.{name}", ()) else ""

    keys = [name.removeprefix(f"give.{RECORDS}") for name in sent if name.startswith(f"give.{RECORDS}")]
    return HandingOver(
        {key: taker(f"{RECORDS}{key}") for key in keys},
        taker("tasks"),
        taker("subordinates"),
        taker("departments"),
    )


def _form(
    office: Office, person: Person, leaving: bool, sent: Mapping[str, list[str]], problems: Iterable[Problem]
) -> Response[Any]:
    visit, text, found = office.visit, office.visit.text, list(problems)
    title = (
        text("%(name)s leaves", name=person.name)
        if leaving
        else text("Hand over for %(name)s", name=person.name)
    )
    about = (
        text("From then on %(name)s cannot sign in. Name and records stay; nothing is deleted.", name=person.name)
        if leaving
        else text("What is ticked goes to somebody else. Everything else stays as it is.")
    )  # fmt: skip
    day = last(sent, "day") or visit.moments.today.date().isoformat()
    last_day = Input("day", "day", text("Last day"), "date", day, required=True)
    wrong = office.said(one for one in found if one.path == "/day")
    page = LeavePage(
        title, about, trail(office, Link(person.name, person_url(person.id))),
        person_url(person.id, "/leave" if leaving else "/hand-over"), person_url(person.id),
        *_rows(office, person, sent), leaving, replace(last_day, problems=wrong) if leaving else None,
        office.person_input("taker", text("Goes to"), last(sent, "taker") or _suggested(office, person)),
        tuple(dict.fromkeys(office.role(one.app, one.role) for one in office.organisation.held_by(person)))
        if leaving else (),
        office.said(one for one in found if one.path != "/day"),
    )  # fmt: skip
    return visit.page("leave.html", page, title=title, styles=STYLES, status=422 if found else 200)


def _suggested(office: Office, person: Person) -> str:
    """Whoever is above, as far as he is there."""
    above = person.superior or ""
    return above if office.organisation.active(above) else ""


def _rows(
    office: Office, person: Person, sent: Mapping[str, list[str]]
) -> tuple[tuple[HandOverRow, ...], tuple[HandOverRow, ...]]:
    """What is proposed, and what keeps the name unless somebody ticks it."""
    visit, text = office.visit, office.visit.text
    found = visit.runtime.hand_overs.belongings(visit.viewer, person.id)
    records = [
        (
            one.proposed,
            _row(office, f"{RECORDS}{one.key}", *_said(office, one), one.proposed is not None, sent),
        )
        for one in found.holdings
    ]
    below = office.visit.joined(map(office.person, found.subordinates[:5]))
    heads = office.visit.joined(map(office.department, found.departments))
    people = (
        ("tasks", text("Open to-dos"), "", found.tasks),
        ("subordinates", text("People below"), below, len(found.subordinates)),
        ("departments", text("Heads"), heads, len(found.departments)),
    )
    rest = (
        _row(office, name, label, sub, f"{count:,}", True, sent)
        for name, label, sub, count in people
        if count
    )
    proposed = (row for number, row in records if number)
    return (*proposed, *rest), tuple(row for number, row in records if number is None)


def _said(office: Office, holding: Holding) -> tuple[str, str, str]:
    """Which field of which form; how many, and of how many in all."""
    app, form, field = (office.label(label) for label in holding.labels)
    count = f"{holding.total:,}" if holding.proposed is None else f"{holding.proposed:,}"
    rest = holding.total - (holding.total if holding.proposed is None else holding.proposed)
    kept = office.visit.text("%(num)s stay as they are", num=f"{rest:,}") if rest else ""
    return f"{form} · {field}", " · ".join(filter(None, (app, kept))), count


def _row(
    office: Office, name: str, label: str, sub: str, count: str, proposed: bool, sent: Mapping[str, list[str]]
) -> HandOverRow:
    ticked = "yes" in sent.get(f"give.{name}", ()) if sent else proposed
    placeholder = {
        "placeholder": office.visit.text("as above"),
        "label": f"{label}: {office.visit.text('Goes to')}",
    }
    chosen = office.person_input(f"to.{name}", label, last(sent, f"to.{name}"), attributes=placeholder)
    return HandOverRow(name, label, sub, count, chosen, ticked)


HANDLERS = (leave_page, hand_over_page, leave, hand_over)
