"""访问: leave in force beside the roles, the glass to break, and why somebody sees a record or who does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.access import AccessPage, Glass, LeaveLine, SeerLine, WayLine, WhoPage
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from engine.access.explain import Explanation, WayTold
from engine.clock import from_microseconds
from engine.exceptional_access import REFERENCE, GlassBreak, Leave
from engine.whole_numbers import is_whole_number
from metamodel.human_text import show_list
from metamodel.labels import Label, label_text
from metamodel.problems import Rejected, problem

ACCESS = "/admin/access"
RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"
STYLES = ("list", "pages", "form", "access")
HUES = {"grant": "blue", "emergency": "red", "unmasking": "amber"}
ICONS = {"role": "people", "grant": "key", "flow": "flow", "unmasking": "eye"}


# -- what is in force ------------------------------------------------------------------------------


@get(ACCESS, sync_to_thread=True)
def access_page(request: Ask, site: Here) -> Response[Any]:
    """Everybody's for who watches over access, else one's own."""
    visit = site.visit(request)
    watches = visit.runtime.manages_anywhere(visit.viewer, "access")
    leaves = visit.runtime.in_force.of("" if watches else visit.viewer.person)
    glasses = tuple(_glass(visit, one) for one in visit.runtime.emergencies.of(visit.viewer))
    about = visit.text(
        "Grants, broken glass and lifted masks that are in force now. They end by themselves; each look under them "
        "is in the audit trail."
    )
    page = AccessPage(
        visit.text("Access"), about, tuple(_leave(visit, one, watches) for one in leaves), glasses,
        bool(visit.runtime.seeing_as.apps(visit.viewer)),
    )  # fmt: skip
    return visit.page("access.html", page, title=page.title, styles=STYLES)


def _leave(visit: Visit, one: Leave, watches: bool) -> LeaveLine:
    kinds = {
        "grant": visit.text("Grant"),
        "emergency": visit.text("Emergency"),
        "unmasking": visit.text("Seen in full"),
    }
    ends = watches or (one.kind != "grant" and one.person == visit.viewer.person)
    action = f"/unmaskings/{one.id}/end" if one.kind == "unmasking" else f"{ACCESS}/grants/{one.id}/end"
    by = visit.names.get(("person", one.by), "") if one.by != one.person else ""
    return LeaveLine(
        visit.names.get(("person", one.person), one.person), one.person, kinds[one.kind], HUES[one.kind],
        _what(visit, one), one.purpose, one.reference, by, visit.moments.short(from_microseconds(one.until)),
        action if ends else "",
    )  # fmt: skip


def _what(visit: Visit, one: Leave) -> str:
    """Which forms of which app, and how many records of them."""
    app = visit.runtime.services.apps().get(one.app)
    forms = [form.text(visit.language) for name in one.forms if app and (form := app.form(name)) is not None]
    named = show_list(forms or list(one.forms), visit.language)
    if not one.records:
        return named
    return f"{named} · {visit.count('%(num)s record', '%(num)s records', one.records)}"


def _glass(visit: Visit, one: GlassBreak) -> Glass:
    forms = show_list([label_text(label, visit.language) for label in one.forms], visit.language)
    running = visit.moments.short(from_microseconds(one.running)) if one.running else ""
    return Glass(
        label_text(one.label, visit.language, one.role), forms, show_list(one.told, visit.language),
        visit.count("%(num)s hour", "%(num)s hours", one.hours), f"{ACCESS}/emergency/{one.app}/{one.role}", running,
    )  # fmt: skip


@post(f"{ACCESS}/emergency/{{app_id:str}}/{{role:str}}", sync_to_thread=True)
def break_glass(request: Ask, site: Here, app_id: InPath, role: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    visit.runtime.emergencies.break_glass(visit.viewer, app_id, role, sent.get("reason", [""])[0])
    return visit.go(ACCESS)


@post(f"{ACCESS}/grants/{{grant:str}}/end", sync_to_thread=True)
def end_grant(request: Ask, site: Here, grant: InPath, body: bytes) -> Response[Any]:
    """As who watches over access; broken glass also by who broke it."""
    visit, sent = site.visit(request), sent_form(body)
    own = {one.id for one in visit.runtime.in_force.of(visit.viewer.person) if one.kind == "emergency"}
    known = is_whole_number(grant)
    if not known or (int(grant) not in own and not visit.runtime.manages_anywhere(visit.viewer, "access")):
        raise Rejected([problem("grant.unknown")])
    visit.runtime.in_force.end_grant(visit.viewer, int(grant))
    return visit.go(local_address(sent.get("next", [ACCESS])[0]))


# -- why and who -----------------------------------------------------------------------------------


@get(f"{RECORD}/access", sync_to_thread=True)
def who_page(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    """All who see a record; with `person`, why this one does or does not."""
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    explaining, base = visit.runtime.explaining, record_url(app_id, form_id, record)
    every = explaining.may_ask(visit.viewer, app_id)
    person = visit.query.get("person", "") or ("" if every else visit.viewer.person)
    if person:
        found = [explaining.why(visit.viewer, app_id, form_id, record, person)]
    else:
        found = explaining.who(visit.viewer, app_id, form_id, record)
    seers = tuple(_seer(visit, one) for one in found)
    title = visit.text("Who can see it") if not person else visit.text("Why it is seen")
    count = visit.count("%(num)s person sees this record", "%(num)s people see this record", len(found))
    name = visit.names.get(("person", person), person)
    page = WhoPage(
        title, (Link(form.text(visit.language), f"/apps/{app_id}/forms/{form_id}"), Link(f"#{record}", base)),
        f"{base}/access", seers, "" if person else count, Picked(person, name) if person else None, every,
    )  # fmt: skip
    return visit.page("who.html", page, title=title, styles=STYLES, app=app)


def _seer(visit: Visit, one: Explanation) -> SeerLine:
    verdict = visit.text("sees it") if one.sees else visit.text("does not see it")
    return SeerLine(
        visit.names.get(("person", one.person), one.person), one.person, one.sees, verdict,
        tuple(_way(visit, way) for way in one.ways), _fields(visit, one.masked), _fields(visit, one.hidden),
    )  # fmt: skip


def _fields(visit: Visit, labels: Iterable[Label]) -> str:
    return show_list((label_text(label, visit.language) for label in labels), visit.language)


def _way(visit: Visit, way: WayTold) -> WayLine:
    name = label_text(way.name, visit.language)
    broken = way.reference.startswith(f"{REFERENCE}:")
    texts = {
        "role": visit.text("As %(role)s, in full", role=name)
        if way.unmasks
        else visit.text("As %(role)s", role=name),
        "grant": visit.text("Emergency: %(purpose)s", purpose=way.purpose)
        if broken
        else visit.text("Under a grant: %(purpose)s", purpose=way.purpose),
        "flow": visit.text("Asked to approve it"),
        "unmasking": visit.text("Masks lifted for a while"),
    }
    detail = [way.reference] if way.reference and not broken else []
    if way.until is not None:
        end = visit.moments.short(from_microseconds(way.until))
        detail.append(visit.text("ends %(time)s", time=end))
    words = {
        "read": visit.text("read"), "create": visit.text("create"), "update": visit.text("change"),
        "delete": visit.text("delete"), "export": visit.text("export"),
    }  # fmt: skip
    actions = show_list((words[one] for one in words if one in way.actions), visit.language)
    rows = "" if way.rows == "true" else way.rows
    return WayLine(texts[way.kind], ICONS[way.kind], rows, " · ".join(detail), actions, way.reaches)


HANDLERS = (access_page, break_glass, end_grant, who_page)
