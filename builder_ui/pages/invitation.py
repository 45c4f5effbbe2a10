"""A one-time link: its person sets a password, and is in; and asking for one by mail who forgot his password."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from builder_ui.models.accounts import ForgotPage, InvitationPage
from builder_ui.pages.door import alone, language_cookie, one, said, session_of, step_on, wished_language
from builder_ui.site import Ask, Here, InPath, Site, sent_form
from engine.accounts.passwords import SHORTEST
from engine.web.language import language_of
from engine.web.security import origin_of
from metamodel.problems import Rejected, problem


@get("/invitation/{token:str}", sync_to_thread=True)
def invitation_page(request: Ask, site: Here, token: InPath) -> Response[Any]:
    """Looking at it uses nothing up: programs that preview links in mail look too."""
    person = site.runtime.invitations.find(token).person
    if wish := wished_language(request):
        cookies = [language_cookie(request, wish)]
        return Redirect(f"/invitation/{token}", status_code=303, cookies=cookies)
    return _invitation(request, site, token, person)


@post("/invitation/{token:str}", sync_to_thread=True)
def accept_invitation(request: Ask, site: Here, token: InPath, body: bytes) -> Response[Any]:
    """The password is set and its owner signed in, unless a second factor is wanted first."""
    accounts, origin = site.runtime.accounts, origin_of(request)
    person = accounts.invitations.find(token).person
    sent = sent_form(body)
    try:
        if one(sent, "password") != one(sent, "again"):
            raise Rejected([problem("password.differs", "/again")])
        accounts.accept(token, one(sent, "password"), origin.address)
    except Rejected as refused:
        return _invitation(request, site, token, person, refused)
    started = accounts.signing_in.proven(person, origin, session_of(request), how="link")
    return step_on(request, started, "/")


def _invitation(
    request: Ask, site: Site, token: str, person: str, refused: Rejected | None = None
) -> Response[Any]:
    known = site.runtime.accounts.active(person)
    found = refused.problems[0] if refused else None
    page = InvitationPage(
        f"/invitation/{token}", known.name, known.id, SHORTEST, said(request, refused),
        found.hint(language_of(request)) if found else "", not site.runtime.accounts.passwords.has_one(person),
    )  # fmt: skip
    return alone(request, site, "invitation.html", page, found.status if found else 200)


# -- asking for one ----------------------------------------------------------------------------------


@get("/forgot", sync_to_thread=True)
def forgot_page(request: Ask, site: Here) -> Response[Any]:
    """Rejected (account.no_mail) where no mail could carry a link."""
    _require_mail(site)
    if wish := wished_language(request):
        return Redirect("/forgot", status_code=303, cookies=[language_cookie(request, wish)])
    return alone(request, site, "forgot.html", ForgotPage("/forgot", request.query_params.get("person", "")))


@post("/forgot", sync_to_thread=True, status_code=200)
def forgot(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """The same answer whoever it is."""
    _require_mail(site)
    person = one(sent_form(body), "person")[:200]
    try:
        if not person.strip():
            raise Rejected([problem("account.who", "/person")])
        site.runtime.accounts.forgot(person, origin_of(request))
    except Rejected as refused:
        page = ForgotPage("/forgot", person, said(request, refused))
        return alone(request, site, "forgot.html", page, refused.problems[0].status)
    return alone(request, site, "forgot.html", ForgotPage("/forgot", person, sent=True))


def _require_mail(site: Site) -> None:
    if not site.runtime.accounts.resets_by_mail:
        raise Rejected([problem("account.no_mail")])


HANDLERS = (
    forgot_page,
    forgot,
    invitation_page,
    accept_invitation,
)
