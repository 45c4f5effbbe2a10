"""At the door: what all pages share that people see before they are signed in."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from builder_ui.language import LANGUAGES, translations
from builder_ui.models.accounts import SignInPage
from builder_ui.models.parts import Link
from builder_ui.shell import Shell
from builder_ui.site import Ask, Site, respond
from builder_ui.templating import href
from engine.accounts.sessions import IN, Session
from engine.accounts.signing_in import Started
from engine.commands.demo import PASSWORD_FILE
from engine.web.language import COOKIE as LANGUAGE_COOKIE, language_of
from engine.web.security import session_cookie
from metamodel.problems import Rejected

YEAR = 365 * 24 * 3600


def step_on(request: Ask, started: Started, following: str) -> Response[Any]:
    token, session = started
    to = following if session.stage == IN else href("/sign-in", next=following)
    return Redirect(to, status_code=303, cookies=[cookie_of(request, token)])


def first_page(
    request: Ask, site: Site, following: str, here: str, person: str = "", refused: Rejected | None = None
) -> Response[Any]:
    samples = _samples(site, language_of(request))
    forgot = href("/forgot", person=person) if site.runtime.accounts.resets_by_mail else ""
    page = SignInPage(
        following, here, person, said(request, refused), samples, offered_providers(site, following), forgot
    )
    return alone(request, site, "sign_in.html", page, refused.problems[0].status if refused else 200)


def alone(request: Ask, site: Site, template: str, page: object, status: int = 200) -> Response[Any]:
    """A page outside the frame of the application."""
    language, session = language_of(request), session_of(request)
    title = translations(language).gettext("Sign in")
    shell = Shell(title, language, styles=("pages", "account"), csrf=session.csrf if session else "")
    answer = respond(request, site.renderer.render(template, language, shell=shell, page=page), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def offered_providers(site: Site, following: str) -> tuple[Link, ...]:
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


def session_of(request: Ask) -> Session | None:
    found: Session | None = request.scope["state"].get("session")
    return found


def said(request: Ask, refused: Rejected | None) -> str:
    return refused.problems[0].text(language_of(request)) if refused else ""


def go(address: str) -> Response[Any]:
    return Redirect(address, status_code=303)


def cookie_of(request: Ask, token: str) -> Cookie:
    return session_cookie(token, secure=request.url.scheme == "https")


def wished_language(request: Ask) -> str:
    wish = request.query_params.get("language", "")
    return wish if wish in LANGUAGES else ""


def language_cookie(request: Ask, language: str) -> Cookie:
    return Cookie(
        LANGUAGE_COOKIE,
        value=language,
        max_age=YEAR,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def one(sent: dict[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[-1]
