"""My account: password, second factor, sessions, API tokens; and what a person prefers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from builder_ui.account_drawing import (
    absence_lines,
    account_facts,
    factor_line,
    identity_lines,
    session_lines,
    token_lines,
)
from builder_ui.language import LANGUAGES
from builder_ui.models.accounts import AccountPage, CodesPage, FactorPage
from builder_ui.pages.door import language_cookie, one
from builder_ui.pages.sign_in_with import away_to_provider
from builder_ui.qr import qr_code
from builder_ui.site import Ask, Here, Visit, local_address, sent_form
from engine.accounts.passwords import SHORTEST
from engine.accounts.sessions import Session
from engine.clock import from_microseconds, microseconds
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.problems import Problem, Rejected, problem

STYLES = ("pages", "form", "account")
Sent = dict[str, list[str]]


@get("/me", sync_to_thread=True)
def account_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    return _page(visit, done=_done(visit, visit.query.get("done", "")))


@post("/me/password", sync_to_thread=True)
def change_password(request: Ask, site: Here, body: bytes) -> Response[Any]:
    def change(visit: Visit, sent: Sent) -> Response[Any]:
        if one(sent, "password") != one(sent, "again"):
            raise Rejected([problem("password.differs", "/again")])
        visit.runtime.accounts.change_password(
            visit.viewer, _session(visit), one(sent, "old"), one(sent, "password")
        )
        return visit.go("/me?done=password#password")

    return _section(site.visit(request), body, "password", change, ask=False)


# -- second factor ---------------------------------------------------------------------------------


@post("/me/second-factor", sync_to_thread=True)
def begin_factor(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """A new secret; what is in use stays until the new one is shown to work."""

    def begin(visit: Visit, _: Sent) -> Response[Any]:
        visit.runtime.accounts.offer_factor(visit.viewer.person)
        return visit.go("/me/second-factor")

    return _section(site.visit(request), body, "factor", begin)


@get("/me/second-factor", sync_to_thread=True)
def factor_page(request: Ask, site: Here) -> Response[Any]:
    return _factor_page(site.visit(request))


@post("/me/second-factor/confirm", sync_to_thread=True)
def confirm_factor(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit = site.visit(request)
    try:
        codes = visit.runtime.accounts.confirm_factor(visit.viewer, one(sent_form(body), "code"))
    except Rejected as refused:
        return _factor_page(visit, refused.problems[0])
    return _codes_page(visit, codes)


@post("/me/second-factor/off", sync_to_thread=True)
def drop_factor(request: Ask, site: Here, body: bytes) -> Response[Any]:
    def drop(visit: Visit, _: Sent) -> Response[Any]:
        visit.runtime.accounts.drop_factor(visit.viewer)
        return visit.go("/me?done=factor_off#factor")

    return _section(site.visit(request), body, "factor", drop)


@post("/me/recovery-codes", sync_to_thread=True)
def renew_codes(request: Ask, site: Here, body: bytes) -> Response[Any]:
    def renew(visit: Visit, _: Sent) -> Response[Any]:
        return _codes_page(visit, visit.runtime.accounts.renew_codes(visit.viewer))

    return _section(site.visit(request), body, "factor", renew)


def _factor_page(visit: Visit, found: Problem | None = None) -> Response[Any]:
    secret, address = visit.runtime.accounts.factor.offered(visit.viewer.person)
    page = FactorPage(
        "/me", "/me/second-factor", "/me/second-factor/confirm", qr_code(address), secret,
        found.text(visit.language) if found else "",
    )  # fmt: skip
    title = visit.text("Set up your second factor")
    return _secret(visit.page("factor.html", page, title=title, styles=STYLES, status=422 if found else 200))


def _codes_page(visit: Visit, codes: list[str]) -> Response[Any]:
    page = CodesPage("/me?done=factor_on#factor", "/me", tuple(codes))
    return _secret(visit.page("codes.html", page, title=visit.text("Your recovery codes"), styles=STYLES))


def _secret(answer: Response[Any]) -> Response[Any]:
    answer.headers["Cache-Control"] = "no-store"
    return answer


# -- sessions and tokens ---------------------------------------------------------------------------


@post("/me/sessions", sync_to_thread=True)
def end_sessions(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """One by its name, or all but this one."""
    visit, name = site.visit(request), one(sent_form(body), "session")
    accounts, person = visit.runtime.accounts, visit.viewer.person
    if name == "others":
        accounts.end_sessions(visit.viewer, person, _session(visit))
    else:
        accounts.end_session(visit.viewer, person, name)
    return visit.go("/me?done=sessions#sessions")


@post("/me/tokens", sync_to_thread=True)
def make_token(request: Ask, site: Here, body: bytes) -> Response[Any]:
    def make(visit: Visit, sent: Sent) -> Response[Any]:
        scopes = tuple(sent.get("scopes", ()))
        accounts, until = visit.runtime.accounts, _end_of(visit, one(sent, "expires"))
        token = accounts.make_token(visit.viewer, one(sent, "name"), scopes, until)
        return _secret(_page(visit, token=token))

    return _section(site.visit(request), body, "tokens", make)


@post("/me/tokens/revoke", sync_to_thread=True)
def revoke_token(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, wanted = site.visit(request), one(sent_form(body), "token")
    number = whole_number(wanted, 0)
    visit.runtime.accounts.revoke_token(visit.viewer, visit.viewer.person, number)
    return visit.go("/me?done=revoked#tokens")


def _end_of(visit: Visit, days: str) -> int | None:
    """The end of the day so many days from now, in microseconds; blank: never."""
    if not is_whole_number(days):
        return None
    zone = visit.runtime.config.zone
    day = visit.runtime.clock.now().astimezone(zone).date() + timedelta(days=min(int(days), 3_650))
    return microseconds(datetime.combine(day, time.max, zone))


# -- absences --------------------------------------------------------------------------------------


@post("/me/absences", sync_to_thread=True)
def set_absence(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Away from a day to a day, and who stands in."""

    def away(visit: Visit, sent: Sent) -> Response[Any]:
        first, last = (_day(one(sent, name), name) for name in ("first", "last"))
        visit.runtime.absences.set(visit.viewer, one(sent, "delegate"), first, last)
        return visit.go("/me?done=away#absence")

    return _section(site.visit(request), body, "absence", away, ask=False)


@post("/me/absences/end", sync_to_thread=True)
def end_absence(request: Ask, site: Here, body: bytes) -> Response[Any]:
    def back(visit: Visit, sent: Sent) -> Response[Any]:
        wanted = one(sent, "absence")
        visit.runtime.absences.end(visit.viewer, whole_number(wanted, 0))
        return visit.go("/me?done=back#absence")

    return _section(site.visit(request), body, "absence", back, ask=False)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected([problem("request.unreadable", f"/{name}", reason="2026-11-23")]) from None


# -- identities ------------------------------------------------------------------------------------


@post("/me/identities/{provider:int}", sync_to_thread=True)
def link_identity(request: Ask, site: Here, provider: FromPath[int], body: bytes) -> Response[Any]:
    def link(visit: Visit, _: Sent) -> Response[Any]:
        following = "/me?done=linked#identities"
        return away_to_provider(request, site, provider, following, visit.viewer.person)

    return _section(site.visit(request), body, "identities", link)


@post("/me/identities/{provider:int}/unlink", sync_to_thread=True)
def unlink_identity(request: Ask, site: Here, provider: FromPath[int], body: bytes) -> Response[Any]:
    def unlink(visit: Visit, _: Sent) -> Response[Any]:
        person = visit.viewer.person
        visit.runtime.accounts.single_sign_on.unlink(visit.viewer, person, provider)
        return visit.go("/me?done=unlinked#identities")

    return _section(site.visit(request), body, "identities", unlink)


# -- preferences -----------------------------------------------------------------------------------


@post("/me/preferences", sync_to_thread=True)
def preferences(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Theme and language; back to where one was."""
    visit, sent = site.visit(request), sent_form(body)
    allowed = {"theme": ("auto", "light", "dark"), "language": tuple(LANGUAGES)}
    wanted = {name: one(sent, name) for name, values in allowed.items() if one(sent, name) in values}
    if wanted:
        people = site.runtime.people
        site.runtime.database.write(lambda unit: people.set_preferences(unit, visit.viewer.person, **wanted))
    cookies = [language_cookie(request, wanted["language"])] if "language" in wanted else []
    return Redirect(local_address(one(sent, "here")), status_code=303, cookies=cookies)


# -- the page --------------------------------------------------------------------------------------


def _section(
    visit: Visit, body: bytes, section: str, act: Callable[[Visit, Sent], Response[Any]], ask: bool = True
) -> Response[Any]:
    """Do it, once the password was given where `ask`; what stands in the way is said in its section."""
    sent = sent_form(body)
    try:
        if ask:
            visit.runtime.accounts.require_password(visit.viewer.person, one(sent, "old"), _session(visit))
        return act(visit, sent)
    except Rejected as refused:
        found = refused.problems[0]
        return _page(visit, found.status, wrong=section, found=found)


def _page(
    visit: Visit, status: int = 200, *, done: str = "", token: str = "", wrong: str = "",
    found: Problem | None = None,
) -> Response[Any]:  # fmt: skip
    accounts, person = visit.runtime.accounts, visit.viewer.person
    row = accounts.rows([person]).get(person)
    page = AccountPage(
        visit.text("My account"), account_facts(visit, person), accounts.passwords.has_one(person),
        _password_about(visit, row["password_at"] if row else None), SHORTEST,
        factor_line(visit, person, visit.viewer), session_lines(visit, person, _session(visit)),
        token_lines(visit, person), _scopes(visit), *identity_lines(visit, person), token=token, done=done, wrong=wrong,
        problem=found.text(visit.language) if found else "",
        hint=found.hint(visit.language) if found else "", **absence_lines(visit, person),
    )  # fmt: skip
    return visit.page("account.html", page, title=page.title, styles=STYLES, status=status)


def _password_about(visit: Visit, at: int | None) -> str:
    if at is None:
        return ""
    return visit.text("Set on %(day)s", day=visit.moments.day(from_microseconds(at)))


def _scopes(visit: Visit) -> tuple[tuple[str, str], ...]:
    return (
        ("read", visit.text("Read records")),
        ("write", visit.text("Create and change records")),
        ("ingest", visit.text("Deliver messages")),
    )


def _done(visit: Visit, what: str) -> str:
    words = {
        "password": visit.text("Your password was changed; your other sessions ended"),
        "factor_on": visit.text("The second factor is on"),
        "factor_off": visit.text("The second factor is off"),
        "sessions": visit.text("Those sessions ended"),
        "linked": visit.text("The identity is linked; you may sign in with it"),
        "unlinked": visit.text("The identity is linked no more"),
        "away": visit.text("Your absence is set"),
        "back": visit.text("The absence is over"),
        "revoked": visit.text("The token works no more"),
    }
    return words.get(what, "")


def _session(visit: Visit) -> Session:
    """Rejected (access.signed_out) for bearer tokens: an account is changed by a person, not by a program."""
    found: Session | None = visit.request.scope["state"].get("session")
    if found is None:
        raise Rejected([problem("access.signed_out")])
    return found


HANDLERS = (
    account_page,
    change_password,
    begin_factor,
    factor_page,
    confirm_factor,
    drop_factor,
    renew_codes,
    end_sessions,
    make_token,
    revoke_token,
    set_absence,
    end_absence,
    link_identity,
    unlink_identity,
    preferences,
)
