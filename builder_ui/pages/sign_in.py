"""Signing in and out, step by step, on a page of its own or in place over what somebody is typing.

A session whose sign-in is not finished (its `stage`) opens the page of its next step and nothing else.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from builder_ui.language import LANGUAGES
from builder_ui.models.accounts import CodePage, CodesPage, FactorPage, SignInPage
from builder_ui.pages.door import (
    alone,
    cookie_of,
    first_page,
    go,
    language_cookie,
    offered_providers,
    one,
    said,
    session_of,
    step_on,
    wished_language,
)  # fmt: skip
from builder_ui.qr import qr_code
from builder_ui.site import Ask, Here, Site, local_address, respond, sent_form
from builder_ui.templating import href
from engine.accounts.sessions import ENROL, FACTOR, IN, Session
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import COOKIE, origin_of
from metamodel.problems import Rejected, problem

# -- the page, step by step ------------------------------------------------------------------------


@get("/sign-in", sync_to_thread=True)
def sign_in_page(request: Ask, site: Here) -> Response[Any]:
    following = local_address(request.query_params.get("next", "/"))
    here = href("/sign-in", next=following)
    if wish := wished_language(request):
        return Redirect(here, status_code=303, cookies=[language_cookie(request, wish)])
    session = session_of(request)
    if session is None or request.scope["state"].get("viewer") is not None:
        return first_page(request, site, following, here) if session is None else go(following)
    if session.stage == ENROL:
        return _factor_page(request, site, session, following)
    return alone(request, site, "sign_in_code.html", CodePage(following, here))


@post("/sign-in", sync_to_thread=True)
def sign_in(request: Ask, site: Here, body: bytes) -> Response[Any]:
    sent = sent_form(body)
    person, following = one(sent, "person").strip(), local_address(one(sent, "next"))
    steps = site.runtime.accounts.signing_in
    try:
        started = steps.with_password(person, one(sent, "password"), origin_of(request), session_of(request))
    except Rejected as refused:
        return first_page(request, site, following, href("/sign-in", next=following), person, refused)
    return step_on(request, started, following)


@post("/sign-in/code", sync_to_thread=True)
def sign_in_code(request: Ask, site: Here, body: bytes) -> Response[Any]:
    sent, session = sent_form(body), session_of(request)
    following = local_address(one(sent, "next"))
    if session is None or session.stage != FACTOR:
        return go(href("/sign-in", next=following))
    try:
        started = site.runtime.accounts.signing_in.with_code(session, one(sent, "code"), origin_of(request))
    except Rejected as refused:
        page = CodePage(following, href("/sign-in", next=following), said(request, refused))
        return alone(request, site, "sign_in_code.html", page, refused.problems[0].status)
    return step_on(request, started, following)


@post("/sign-in/factor", sync_to_thread=True)
def sign_in_factor(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Who must have a second factor proves that his new one works; then his recovery codes, this once."""
    sent, session = sent_form(body), session_of(request)
    following = local_address(one(sent, "next"))
    if session is None or session.stage != ENROL:
        return go(href("/sign-in", next=following))
    steps = site.runtime.accounts.signing_in
    try:
        (token, _), codes = steps.with_new_factor(session, one(sent, "code"), origin_of(request))
    except Rejected as refused:
        return _factor_page(request, site, session, following, refused)
    page = CodesPage(following, "", tuple(codes))
    answer = alone(request, site, "sign_in_codes.html", page)
    answer.set_cookie(cookie_of(request, token))
    return answer


@post("/sign-out", sync_to_thread=True)
def sign_out(request: Ask, site: Here) -> Response[Any]:
    if (session := session_of(request)) is not None:
        site.runtime.accounts.signing_in.sign_out(session, origin_of(request))
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _factor_page(
    request: Ask, site: Site, session: Session, following: str, refused: Rejected | None = None
) -> Response[Any]:
    accounts = site.runtime.accounts
    try:
        secret, address = accounts.factor.offered(session.person)
    except Rejected:
        secret, address = accounts.offer_factor(session.person)
    page = FactorPage(
        following, href("/sign-in", next=following), "/sign-in/factor", qr_code(address), secret,
        said(request, refused),
    )  # fmt: skip
    return alone(request, site, "sign_in_factor.html", page, refused.problems[0].status if refused else 200)


# -- in place --------------------------------------------------------------------------------------


@get("/session", sync_to_thread=False)
def session_state(request: Ask) -> dict[str, str]:
    """Is somebody signed in, who, and with which token for forms? Rejected (access.signed_out) if nobody."""
    session = session_of(request)
    if session is None or session.stage != IN:
        raise Rejected([problem("access.signed_out")])
    return {"person": session.person, "csrf": session.csrf}


@get("/sign-in/again", sync_to_thread=True)
def sign_in_again_part(request: Ask, site: Here) -> Response[Any]:
    """The dialog laid over a page whose session ended. It shows nothing but what it is given."""
    asked = request.query_params
    page = SignInPage(person=asked.get("person", ""), providers=offered_providers(site, "/"))
    language = asked.get("language", "")[:2]
    language = language if language in LANGUAGES else language_of(request)
    return respond(request, site.renderer.render("parts/sign_in_again.html", language, page=page))


@post("/sign-in/again", sync_to_thread=True, status_code=200)
def sign_in_again(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`{person, password}` or `{code}` → `{step, csrf}`; the cookie comes with it."""
    sent, session = json_object(body), session_of(request)
    steps, origin = site.runtime.accounts.signing_in, origin_of(request)
    if session is not None and session.stage == FACTOR and "code" in sent:
        started = steps.with_code(session, str(sent["code"]), origin)
    else:
        person, password = str(sent.get("person", "")), str(sent.get("password", ""))
        started = steps.with_password(person, password, origin, session)
    token, begun = started
    return Response(
        {"step": begun.stage, "csrf": begun.csrf, "person": begun.person}, cookies=[cookie_of(request, token)]
    )


HANDLERS = (
    sign_in_page,
    sign_in,
    sign_in_code,
    sign_in_factor,
    sign_out,
    session_state,
    sign_in_again_part,
    sign_in_again,
)
