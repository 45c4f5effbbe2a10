"""Seeing in full what is shown masked: asking for it where it stands, and giving it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import Response, get, post

from builder_ui.listing import Listing
from builder_ui.models.unmasking import MaskNotice
from builder_ui.pages.listing import LIST
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from engine.access.unmaskings import REASON, Unmasking
from engine.clock import from_microseconds, microseconds
from engine.exceptional_access.unmasking import MOST
from engine.records.query import Condition, RecordView
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.masking import DOT
from metamodel.problems import Rejected, problem

ADDRESS = "/apps/{app_id:str}/unmask"


def notice(visit: Visit, app: App, seen: Mapping[str, Sequence[RecordView]]) -> MaskNotice | None:
    """About the records of one page, by form; None where nothing is masked, or nothing to be done about it."""
    running = _running(visit, seen)
    if running is not None and running.expires_at is not None:
        end = visit.moments.clock(from_microseconds(running.expires_at))
        text = visit.text("You see this in full until %(time)s; every look is noted.", time=end)
        return MaskNotice(
            "open", text, f"/unmaskings/{running.id}/end", button=visit.text("Mask it again"), back=visit.here
        )
    masked = {form: [one.id for one in views if is_masked(one)] for form, views in seen.items()}
    records = tuple(f"{form}:{one}" for form, ids in masked.items() for one in ids)
    offer = visit.runtime.unmasking.offer(visit.viewer, app.id) if records else None
    if offer is None:
        return None
    if _waits(visit, app, masked):
        return MaskNotice("asked", visit.text("You asked to see this in full; somebody has yet to agree."))
    text = visit.text("Some of this is masked: numbers and names that lead to a person.")
    hint = visit.count("For %(num)s minute. ", "For %(num)s minutes. ", offer.minutes)
    if offer.confirmers:
        names = visit.joined(offer.confirmers[:3])
        hint += visit.text("%(people)s has to agree first.", people=names)
    else:
        hint += visit.text("Your reason and every look go into the audit trail.")
    button = visit.text("See it in full")
    return MaskNotice("masked", text, f"/apps/{app.id}/unmask", records, hint, button, visit.here)


def is_masked(view: RecordView) -> bool:
    """Is there a value in it that this viewer sees masked?"""
    return any(access == "mask" and DOT in view.display.get(name, "") for name, access in view.access.items())


def _running(visit: Visit, seen: Mapping[str, Sequence[RecordView]]) -> Unmasking | None:
    """The leave under which some of these are shown."""
    lifted = {way for views in seen.values() for one in views for way in one.ways if way.startswith(REASON)}
    if not lifted:
        return None
    now = microseconds(visit.runtime.clock.now())
    mine = visit.runtime.unmasking.of(visit.viewer.person)
    return next((one for one in mine if f"{REASON}:{one.id}" in lifted and one.runs(now)), None)


def _waits(visit: Visit, app: App, masked: Mapping[str, Sequence[str]]) -> bool:
    asked = (one for one in visit.runtime.unmasking.of(visit.viewer.person) if one.state == "asked")
    meant = {(form, int(one)) for form, ids in masked.items() for one in ids}
    return any(one.app == app.id and meant & set(_places(one)) for one in asked)


def _places(one: Unmasking) -> Iterator[tuple[str, int]]:
    return ((form, record) for form, ids in one.records.items() for record in ids)


@get(f"{LIST}/unmask", sync_to_thread=True)
def chosen(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[bytes]:
    """For the chosen rows of a list, or all it finds, as many as may be asked for at once."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    query, ids = replace(listing.query(columns=()), page=0, limit=MOST, count=False), visit.several("record")
    if ids:
        query = replace(query, conditions=(*query.conditions, Condition("id", "any_of", tuple(ids))))
    found = visit.runtime.records.page(visit.viewer, app_id, form_id, query)
    shown = notice(visit, listing.app, {form_id: found.items})
    return visit.part("parts/unmask_chosen.html", replace(shown, back=listing.address()) if shown else None)


@post(ADDRESS, sync_to_thread=True)
def ask(request: Ask, site: Here, app_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    records: dict[str, list[str]] = {}
    for place in sent.get("record", ()):
        form, _, record = place.partition(":")
        records.setdefault(form, []).append(record)
    visit.runtime.unmasking.ask(visit.viewer, app_id, records, sent.get("reason", [""])[0])
    return visit.go(local_address(sent.get("next", ["/"])[0]))


@post("/unmaskings/{unmasking:str}/end", sync_to_thread=True)
def end(request: Ask, site: Here, unmasking: InPath, body: bytes) -> Response[Any]:
    """One's own, or as who watches over access."""
    visit, sent = site.visit(request), sent_form(body)
    own = [one.id for one in visit.runtime.unmasking.of(visit.viewer.person)]
    known = is_whole_number(unmasking)
    if not known or (
        int(unmasking) not in own and not visit.runtime.manages_anywhere(visit.viewer, "access")
    ):
        raise Rejected([problem("unmask.unknown")])
    visit.runtime.unmasking.end(visit.viewer, int(unmasking))
    return visit.go(local_address(sent.get("next", ["/"])[0]))


HANDLERS = (chosen, ask, end)
