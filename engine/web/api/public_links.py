"""/api/v1/design/{app}/forms/{form}/public-links: links by which people without an account fill in a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Router, delete, get, post, put

from engine.public_forms import PublicLink, Wanted
from engine.runtime import Runtime
from engine.web.body import json_object
from engine.web.security import may_write, reads, signed_in, viewer_of
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

LINKS = "/design/{app_id:str}/forms/{form_id:str}/public-links"
Ask = Request[Any, Any, Any]


@get(LINKS, sync_to_thread=True)
def public_links(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> list[dict[str, Any]]:
    """Those that were not taken back, newest first; never their tokens."""
    now = runtime.clock.now()
    return [_shown(link, now) for link in runtime.public_forms.of(viewer_of(request), app_id, form_id)]


@post(LINKS, sync_to_thread=True, guards=[may_write])
def make_public_link(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes
) -> dict[str, Any]:
    """`{name, fields, thanks?, per_day?, opens_at?, closes_at?}` → the link and, once, its `token` (`/f/{token}`)."""
    wanted = _wanted(json_object(body))
    link, token = runtime.public_forms.make(viewer_of(request), app_id, form_id, wanted)
    return {**_shown(link, runtime.clock.now()), "token": token}


@put(f"{LINKS}/{{link:str}}", sync_to_thread=True, guards=[may_write])
def change_public_link(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, link: str, body: bytes
) -> dict[str, Any]:
    """All its settings, as when it was made; the token stays."""
    viewer, number = viewer_of(request), _number(link)
    runtime.public_forms.change(viewer, app_id, form_id, number, _wanted(json_object(body)))
    found = runtime.public_forms.of(viewer, app_id, form_id)
    shown = next(_shown(one, runtime.clock.now()) for one in found if one.id == number)
    return shown if reads(request) else {"id": shown["id"]}


@post(f"{LINKS}/{{link:str}}/renew", sync_to_thread=True, guards=[may_write])
def renew_public_link(request: Ask, runtime: Runtime, app_id: str, form_id: str, link: str) -> dict[str, Any]:
    """Another `token`; the one before leads nowhere any more. With the link's settings, for who may read."""
    found, token = runtime.public_forms.renew(viewer_of(request), app_id, form_id, _number(link))
    told = _shown(found, runtime.clock.now()) if reads(request) else {"id": str(found.id)}
    return {**told, "token": token}


@delete(f"{LINKS}/{{link:str}}", sync_to_thread=True, guards=[may_write])
def close_public_link(request: Ask, runtime: Runtime, app_id: str, form_id: str, link: str) -> None:
    """For good."""
    runtime.public_forms.revoke(viewer_of(request), app_id, form_id, _number(link))


router = Router(
    "/",
    route_handlers=[
        public_links, make_public_link, change_public_link, renew_public_link, close_public_link,
    ],
    guards=[signed_in],
)  # fmt: skip


def _shown(link: PublicLink, now: datetime) -> dict[str, Any]:
    refusal = link.refusal(now)
    return {
        "id": str(link.id), "name": link.name, "fields": list(link.fields), "thanks": link.thanks,
        "per_day": link.per_day, "opens_at": link.opens_at, "closes_at": link.closes_at, "by": link.person,
        "at": link.at, "today": link.today, "total": link.total, "open": refusal is None,
        "why_not": refusal.code if refusal else "",
    }  # fmt: skip


def _wanted(sent: Mapping[str, Any]) -> Wanted:
    fields, per_day = sent.get("fields"), sent.get("per_day", 200)
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        raise Rejected([problem("request.unreadable", "/fields", reason="[text]")])
    if type(per_day) is not int:
        raise Rejected([problem("request.unreadable", "/per_day", reason="whole number expected")])
    name, thanks = sent.get("name"), sent.get("thanks") or ""
    if not isinstance(name, str) or not isinstance(thanks, str):
        raise Rejected([problem("request.unreadable", "/name", reason="text expected")])
    return Wanted(name, fields, thanks, per_day, _moment(sent, "opens_at"), _moment(sent, "closes_at"))


def _moment(sent: Mapping[str, Any], key: str) -> datetime | None:
    given = sent.get(key)
    if given is None or given == "":
        return None
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9000:
        raise Rejected([problem("request.unreadable", f"/{key}", reason="moment with its zone expected")])
    return moment


def _number(link: str) -> int:
    """0, which no link has, for what is no id."""
    return whole_number(link, 0)
