"""Single sign-on: away to the organisation's provider, and back with a code."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.params import FromPath

from builder_ui.models.accounts import AwayPage
from builder_ui.pages.door import alone, first_page, go, session_of, step_on
from builder_ui.site import Ask, Here, Site, local_address
from builder_ui.templating import href
from engine.web.security import origin_of
from metamodel.problems import Rejected, problem

STATE_COOKIE = "muniment_away"


@get("/sign-in/with/{provider:int}", sync_to_thread=True)
def sign_in_with(request: Ask, site: Here, provider: FromPath[int]) -> Response[Any]:
    """Away to the provider, to come back below."""
    following = local_address(request.query_params.get("next", "/"))
    try:
        return away_to_provider(request, site, provider, following)
    except Rejected as refused:
        return first_page(request, site, following, href("/sign-in", next=following), "", refused)


@get("/sign-in/with/{provider:int}/back", sync_to_thread=True)
def back_from_provider(request: Ask, site: Here, provider: FromPath[int]) -> Response[Any]:
    """The browser comes back with a code; only the one that was sent away holds the state's cookie."""
    asked, held = request.query_params, request.cookies.get(STATE_COOKIE, "")
    state, session = asked.get("state", ""), session_of(request)
    try:
        if not state or not hmac.compare_digest(state.encode(), held.encode()):
            raise Rejected([problem("provider.stale")])
        if "code" not in asked:
            raise Rejected([problem("provider.refused")])
        sign_on = site.runtime.accounts.single_sign_on
        started, following = sign_on.come_back(provider, state, asked["code"], origin_of(request), session)
    except Rejected as refused:
        answer = first_page(request, site, "/", "/sign-in", "", refused)
    else:
        answer = step_on(request, started, following) if started else go(following)
    answer.delete_cookie(STATE_COOKIE, path="/sign-in/with")
    return answer


def away_to_provider(
    request: Ask, site: Site, provider: int, following: str, person: str = ""
) -> Response[Any]:
    """A page that goes on by itself: our policy lets no form, nor what answers it, lead elsewhere. Rejected:
    provider.unknown, provider.unfit, outgoing.…"""
    base = site.runtime.config.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    back = f"{base}/sign-in/with/{provider}/back"
    address, state = site.runtime.accounts.single_sign_on.begin(provider, back, following, person)
    cookie = Cookie(
        STATE_COOKIE, path="/sign-in/with", value=state, max_age=600, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    answer = alone(request, site, "sign_in_away.html", AwayPage(address))
    answer.set_cookie(cookie)
    return answer


HANDLERS = (
    sign_in_with,
    back_from_provider,
)
