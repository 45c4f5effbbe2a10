"""Signing in and out, step by step, on a page of its own or in place over what somebody is typing.

A session whose sign-in is not finished (its `stage`) opens the page of its next step and nothing else.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from builder_ui.language import LANGUAGES, translations
from builder_ui.models.accounts import AwayPage, CodePage, CodesPage, FactorPage, InvitationPage, SignInPage
from builder_ui.models.parts import Link
from builder_ui.qr import qr_code
from builder_ui.shell import Shell
from builder_ui.site import Ask, Here, InPath, Site, local_address, respond, sent_form
from builder_ui.templating import href
from engine.accounts.passwords import SHORTEST
from engine.accounts.sessions import ENROL, FACTOR, IN, Session
from engine.accounts.signing_in import Started
from engine.commands.demo import PASSWORD_FILE
from engine.web.body import json_object
from engine.web.language import COOKIE as LANGUAGE_COOKIE, language_of
from engine.web.security import COOKIE, origin_of, session_cookie
from metamodel.problems import Rejected, problem

YEAR = 365 * 24 * 3600
STATE_COOKIE = "muniment_away"


# -- the page, step by step ------------------------------------------------------------------------


@get("/sign-in", sync_to_thread=True)
def sign_in_page(request: Ask, site: Here) -> Response[Any]:
    following = local_address(request.query_params.get("next", "/"))
    here = href("/sign-in", next=following)
    if wish := _wished_language(request):
        return Redirect(here, status_code=303, cookies=[_language_cookie(request, wish)])
    session = _session(request)
    if session is None or request.scope["state"].get("viewer") is not None:
        return _first_page(request, site, following, here) if session is None else _go(following)
    if session.stage == ENROL:
        return _factor_page(request, site, session, following)
    return _alone(request, site, "sign_in_code.html", CodePage(following, here))


@post("/sign-in", sync_to_thread=True)
def sign_in(request: Ask, site: Here, body: bytes) -> Response[Any]:
    sent = sent_form(body)
    person, following = _one(sent, "person").strip(), local_address(_one(sent, "next"))
    steps = site.runtime.accounts.signing_in
    try:
        started = steps.with_password(person, _one(sent, "password"), origin_of(request), _session(request))
    except Rejected as refused:
        return _first_page(request, site, following, href("/sign-in", next=following), person, refused)
    return _step_on(request, started, following)


@post("/sign-in/code", sync_to_thread=True)
def sign_in_code(request: Ask, site: Here, body: bytes) -> Response[Any]:
    sent, session = sent_form(body), _session(request)
    following = local_address(_one(sent, "next"))
    if session is None or session.stage != FACTOR:
        return _go(href("/sign-in", next=following))
    try:
        started = site.runtime.accounts.signing_in.with_code(session, _one(sent, "code"), origin_of(request))
    except Rejected as refused:
        page = CodePage(following, href("/sign-in", next=following), _said(request, refused))
        return _alone(request, site, "sign_in_code.html", page, refused.problems[0].status)
    return _step_on(request, started, following)


@post("/sign-in/factor", sync_to_thread=True)
def sign_in_factor(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Who must have a second factor proves that his new one works; then his recovery codes, this once."""
    sent, session = sent_form(body), _session(request)
    following = local_address(_one(sent, "next"))
    if session is None or session.stage != ENROL:
        return _go(href("/sign-in", next=following))
    steps = site.runtime.accounts.signing_in
    try:
        (token, _), codes = steps.with_new_factor(session, _one(sent, "code"), origin_of(request))
    except Rejected as refused:
        return _factor_page(request, site, session, following, refused)
    page = CodesPage(following, "", tuple(codes))
    answer = _alone(request, site, "sign_in_codes.html", page)
    answer.set_cookie(_cookie(request, token))
    return answer


@post("/sign-out", sync_to_thread=True)
def sign_out(request: Ask, site: Here) -> Response[Any]:
    if (session := _session(request)) is not None:
        site.runtime.accounts.signing_in.sign_out(session, origin_of(request))
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


# -- the organisation's provider -------------------------------------------------------------------


@get("/sign-in/with/{provider:int}", sync_to_thread=True)
def sign_in_with(request: Ask, site: Here, provider: FromPath[int]) -> Response[Any]:
    """Away to the provider, to come back below."""
    following = local_address(request.query_params.get("next", "/"))
    try:
        return away_to_provider(request, site, provider, following)
    except Rejected as refused:
        return _first_page(request, site, following, href("/sign-in", next=following), "", refused)


@get("/sign-in/with/{provider:int}/back", sync_to_thread=True)
def back_from_provider(request: Ask, site: Here, provider: FromPath[int]) -> Response[Any]:
    """The browser comes back with a code; only the one that was sent away holds the state's cookie."""
    asked, held = request.query_params, request.cookies.get(STATE_COOKIE, "")
    state, session = asked.get("state", ""), _session(request)
    try:
        if not state or not hmac.compare_digest(state.encode(), held.encode()):
            raise Rejected([problem("provider.stale")])
        if "code" not in asked:
            raise Rejected([problem("provider.refused")])
        sign_on = site.runtime.accounts.single_sign_on
        started, following = sign_on.come_back(provider, state, asked["code"], origin_of(request), session)
    except Rejected as refused:
        answer = _first_page(request, site, "/", "/sign-in", "", refused)
    else:
        answer = _step_on(request, started, following) if started else _go(following)
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
    answer = _alone(request, site, "sign_in_away.html", AwayPage(address))
    answer.set_cookie(cookie)
    return answer


# -- a one-time link -------------------------------------------------------------------------------


@get("/invitation/{token:str}", sync_to_thread=True)
def invitation_page(request: Ask, site: Here, token: InPath) -> Response[Any]:
    """Looking at it uses nothing up: programs that preview links in mail look too."""
    person = site.runtime.invitations.find(token).person
    if wish := _wished_language(request):
        cookies = [_language_cookie(request, wish)]
        return Redirect(f"/invitation/{token}", status_code=303, cookies=cookies)
    return _invitation(request, site, token, person)


@post("/invitation/{token:str}", sync_to_thread=True)
def accept_invitation(request: Ask, site: Here, token: InPath, body: bytes) -> Response[Any]:
    """The password is set and its owner signed in, unless a second factor is wanted first."""
    accounts, origin = site.runtime.accounts, origin_of(request)
    person = accounts.invitations.find(token).person
    sent = sent_form(body)
    try:
        if _one(sent, "password") != _one(sent, "again"):
            raise Rejected([problem("password.differs", "/again")])
        accounts.accept(token, _one(sent, "password"), origin.address)
    except Rejected as refused:
        return _invitation(request, site, token, person, refused)
    started = accounts.signing_in.proven(person, origin, _session(request), how="link")
    return _step_on(request, started, "/")


def _invitation(
    request: Ask, site: Site, token: str, person: str, refused: Rejected | None = None
) -> Response[Any]:
    known = site.runtime.accounts.active(person)
    found = refused.problems[0] if refused else None
    page = InvitationPage(
        f"/invitation/{token}", known.name, known.id, SHORTEST, _said(request, refused),
        found.hint(language_of(request)) if found else "",
    )  # fmt: skip
    return _alone(request, site, "invitation.html", page, found.status if found else 200)


# -- in place --------------------------------------------------------------------------------------


@get("/session", sync_to_thread=False)
def session_state(request: Ask) -> dict[str, str]:
    """Is somebody signed in, who, and with which token for forms? Rejected (access.signed_out) if nobody."""
    session = _session(request)
    if session is None or session.stage != IN:
        raise Rejected([problem("access.signed_out")])
    return {"person": session.person, "csrf": session.csrf}


@get("/sign-in/again", sync_to_thread=True)
def sign_in_again_part(request: Ask, site: Here) -> Response[Any]:
    """The dialog laid over a page whose session ended. It shows nothing but what it is given."""
    asked = request.query_params
    page = SignInPage(person=asked.get("person", ""), providers=_providers(site, "/"))
    language = asked.get("language", "")[:2]
    language = language if language in LANGUAGES else language_of(request)
    return respond(request, site.renderer.render("parts/sign_in_again.html", language, page=page))


@post("/sign-in/again", sync_to_thread=True, status_code=200)
def sign_in_again(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`{person, password}` or `{code}` → `{step, csrf}`; the cookie comes with it."""
    sent, session = json_object(body), _session(request)
    steps, origin = site.runtime.accounts.signing_in, origin_of(request)
    if session is not None and session.stage == FACTOR and "code" in sent:
        started = steps.with_code(session, str(sent["code"]), origin)
    else:
        person, password = str(sent.get("person", "")), str(sent.get("password", ""))
        started = steps.with_password(person, password, origin, session)
    token, begun = started
    return Response(
        {"step": begun.stage, "csrf": begun.csrf, "person": begun.person}, cookies=[_cookie(request, token)]
    )


# -- what they share -------------------------------------------------------------------------------


def _step_on(request: Ask, started: Started, following: str) -> Response[Any]:
    token, session = started
    to = following if session.stage == IN else href("/sign-in", next=following)
    return Redirect(to, status_code=303, cookies=[_cookie(request, token)])


def _first_page(
    request: Ask, site: Site, following: str, here: str, person: str = "", refused: Rejected | None = None
) -> Response[Any]:
    samples, said = _samples(site, language_of(request)), _said(request, refused)
    page = SignInPage(following, here, person, said, samples, _providers(site, following))
    return _alone(request, site, "sign_in.html", page, refused.problems[0].status if refused else 200)


def _factor_page(
    request: Ask, site: Site, session: Session, following: str, refused: Rejected | None = None
) -> Response[Any]:
    accounts = site.runtime.accounts
    show: Callable[[str], tuple[str, str]] = accounts.factor.offered if refused else accounts.offer_factor
    secret, address = show(session.person)
    page = FactorPage(
        following, href("/sign-in", next=following), "/sign-in/factor", qr_code(address), secret,
        _said(request, refused),
    )  # fmt: skip
    return _alone(request, site, "sign_in_factor.html", page, refused.problems[0].status if refused else 200)


def _alone(request: Ask, site: Site, template: str, page: object, status: int = 200) -> Response[Any]:
    """A page outside the frame of the application."""
    language, session = language_of(request), _session(request)
    title = translations(language).gettext("Sign in")
    shell = Shell(title, language, styles=("pages", "account"), csrf=session.csrf if session else "")
    answer = respond(request, site.renderer.render(template, language, shell=shell, page=page), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _providers(site: Site, following: str) -> tuple[Link, ...]:
    return tuple(
        Link(provider.label, href(f"/sign-in/with/{provider.id}", next=following))
        for provider in site.runtime.accounts.single_sign_on.providers.enabled()
    )


def _samples(site: Site, language: str) -> tuple[tuple[str, str, str], ...]:
    """Sample people to click on (never their password), where the installation was made from sample data."""
    path = site.runtime.config.data / PASSWORD_FILE
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    known = site.runtime.people.organisation().people
    rows = [line.split("\t") for line in lines]
    return tuple(
        (person, f"{known[person].name} {known[person].post}", _in_language(sees, language))
        for person, _, sees in rows
        if person in known
    )


def _in_language(sees: str, language: str) -> str:
    zh, _, en = sees.partition(" / ")
    return en if language == "en" and en else zh


def _session(request: Ask) -> Session | None:
    found: Session | None = request.scope["state"].get("session")
    return found


def _said(request: Ask, refused: Rejected | None) -> str:
    return refused.problems[0].text(language_of(request)) if refused else ""


def _go(address: str) -> Response[Any]:
    return Redirect(address, status_code=303)


def _cookie(request: Ask, token: str) -> Cookie:
    return session_cookie(token, secure=request.url.scheme == "https")


def _wished_language(request: Ask) -> str:
    wish = request.query_params.get("language", "")
    return wish if wish in LANGUAGES else ""


def _language_cookie(request: Ask, language: str) -> Cookie:
    return Cookie(
        LANGUAGE_COOKIE,
        value=language,
        max_age=YEAR,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _one(sent: dict[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[-1]


HANDLERS = (
    sign_in_page,
    sign_in,
    sign_in_code,
    sign_in_factor,
    sign_in_with,
    back_from_provider,
    sign_out,
    invitation_page,
    accept_invitation,
    session_state,
    sign_in_again_part,
    sign_in_again,
)
