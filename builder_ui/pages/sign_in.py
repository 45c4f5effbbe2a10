"""Signing in and out, and what a person prefers: theme and language."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from builder_ui.language import LANGUAGES, translations
from builder_ui.models.places import SignInPage
from builder_ui.shell import Shell
from builder_ui.site import Ask, Here, Site, local_address, respond, sent_form
from engine.commands.demo import PASSWORD_FILE
from engine.web.language import COOKIE as LANGUAGE_COOKIE, language_of
from engine.web.security import COOKIE, origin_of, session_cookie
from metamodel.problems import Rejected

YEAR = 365 * 24 * 3600


@get("/sign-in", sync_to_thread=True)
def sign_in_page(request: Ask, site: Here) -> Response[Any]:
    wish = request.query_params.get("language", "")
    following = local_address(request.query_params.get("next", "/"))
    if wish in LANGUAGES:
        return Redirect(
            f"/sign-in?next={following}", status_code=303, cookies=[_language_cookie(request, wish)]
        )
    if request.scope["state"].get("viewer") is not None:
        return Redirect(following, status_code=303)
    return _page(request, site, SignInPage(following, samples=_samples(site, language_of(request))))


@post("/sign-in", sync_to_thread=True)
def sign_in(request: Ask, site: Here, body: bytes) -> Response[Any]:
    sent = sent_form(body)
    person, following = _one(sent, "person").strip(), local_address(_one(sent, "next"))
    held = request.scope["state"].get("session")
    try:
        steps = site.runtime.accounts.signing_in
        token, _ = steps.with_password(person, _one(sent, "password"), origin_of(request), held)
    except Rejected as refused:
        problem, language = refused.problems[0], language_of(request)
        page = SignInPage(following, person, problem.text(language), _samples(site, language))
        return _page(request, site, page, problem.status)
    cookie = session_cookie(token, secure=request.url.scheme == "https")
    return Redirect(following, status_code=303, cookies=[cookie])


@post("/sign-out", sync_to_thread=True)
def sign_out(request: Ask, site: Here) -> Response[Any]:
    session = request.scope["state"].get("session")
    if session is not None:
        site.runtime.accounts.signing_in.sign_out(session, origin_of(request))
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@post("/me/preferences", sync_to_thread=True)
def preferences(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Theme and language; back to where one was."""
    visit, sent = site.visit(request), sent_form(body)
    allowed = {"theme": ("auto", "light", "dark"), "language": tuple(LANGUAGES)}
    wanted = {name: _one(sent, name) for name, values in allowed.items() if _one(sent, name) in values}
    if wanted:
        people = site.runtime.people
        site.runtime.database.write(lambda unit: people.set_preferences(unit, visit.viewer.person, **wanted))
    cookies = [_language_cookie(request, wanted["language"])] if "language" in wanted else []
    return Redirect(local_address(_one(sent, "here")), status_code=303, cookies=cookies)


def _page(request: Ask, site: Here, page: SignInPage, status: int = 200) -> Response[Any]:
    language = language_of(request)
    title = translations(language).gettext("Sign in")
    html = site.renderer.render(
        "sign_in.html", language, shell=Shell(title, language, styles=("pages",)), page=page
    )
    return respond(request, html, status)


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
    sign_out,
    preferences,
)
