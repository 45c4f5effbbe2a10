"""A list's filters under a name: saved, offered, taken away."""

from __future__ import annotations

from typing import Any

from litestar import Response, post

from builder_ui.listing import Listing
from builder_ui.pages.listing import LIST, saved_query
from builder_ui.site import Ask, Here, InPath, sent_form


@post(f"{LIST}/saved", sync_to_thread=True)
def save(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """`name`, `query` as the list's address has it, `shared` from who manages the design of the app."""
    visit, sent = site.visit(request), sent_form(body)
    listing = Listing(visit, *visit.form(app_id, form_id), sent.get("query", [""])[-1])
    shared = sent.get("shared") == ["yes"] and visit.runtime.manages(visit.viewer, app_id, "design")
    name = sent.get("name", [""])[-1]
    visit.runtime.saved_views.save(visit.viewer, app_id, form_id, name, saved_query(listing), shared)
    return visit.go(listing.address(page=""))


@post(f"{LIST}/saved/{{number:str}}/remove", sync_to_thread=True)
def remove(request: Ask, site: Here, app_id: InPath, form_id: InPath, number: InPath) -> Response[Any]:
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    anybodys = visit.runtime.manages(visit.viewer, app_id, "design")
    visit.runtime.saved_views.remove(visit.viewer, app_id, form_id, number, anybodys)
    return visit.go(listing.base)


HANDLERS = (save, remove)
