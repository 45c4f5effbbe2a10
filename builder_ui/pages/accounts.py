"""Administration of accounts: who signs in how, one-time links, ending sessions, policy and providers.

For whoever manages people in any app. Nobody sees a password, a code or a token here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Response, get, post

from builder_ui.account_drawing import account_facts, factor_line, moment, session_lines, token_lines
from builder_ui.models.accounts import (
    AccountLine,
    AccountsPage,
    OneAccountPage,
    PolicyPage,
    ProviderForm,
    RoleChoice,
)
from builder_ui.models.parts import Link, Tab
from builder_ui.site import Ask, Here, InPath, Site, Visit, sent_form
from builder_ui.templating import href
from engine.accounts.overview import AccountState, overview
from engine.accounts.policy import Policy
from engine.accounts.providers import Provider
from engine.clock import from_microseconds
from engine.whole_numbers import whole_number
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem

BASE = "/admin/accounts"
STYLES = ("list", "pages", "account")
SIZE = 50
Sent = dict[str, list[str]]


def _visit(site: Site, request: Ask) -> Visit:
    visit = site.visit(request)
    if not visit.runtime.manages_anywhere(visit.viewer, "people"):
        raise Rejected([problem("access.denied")])
    return visit


# -- everybody -------------------------------------------------------------------------------------


@get(BASE, sync_to_thread=True)
def accounts_page(request: Ask, site: Here) -> Response[Any]:
    visit = _visit(site, request)
    runtime, text = visit.runtime, visit.query.get("q", "").strip()
    organisation = runtime.people.organisation()
    states = overview(runtime.database, runtime.accounts, organisation)
    fitting = {name: [one for one in states if fits(one)] for name, fits in FILTERS.items()}
    only = visit.query.get("only", "")
    shown = fitting.get(only, states)
    if text:
        named = {person.id for person in organisation.find_people(text, len(organisation.people))}
        shown = [one for one in shown if one.person.id in named]
    start = whole_number(visit.query.get("from", "0"), 0)
    more = href(BASE, q=text, only=only, **{"from": start + SIZE}) if len(shown) > start + SIZE else ""
    page = AccountsPage(
        visit.text("Accounts and sign-in"), tuple(_line(visit, one) for one in shown[start : start + SIZE]),
        text, visit.count("%(num)s account", "%(num)s accounts", len(shown)), more,
        filters=_filters(visit, text, only, len(states), fitting),
    )  # fmt: skip
    return visit.page("accounts.html", page, title=page.title, styles=STYLES)


FILTERS: dict[str, Callable[[AccountState], bool]] = {
    "closed": lambda one: not one.opens and one.invited_until is None,
    "invited": lambda one: one.invited_until is not None,
    "no_factor": lambda one: one.lacks_factor,
    "here": lambda one: one.sessions > 0,
}


def _filters(
    visit: Visit, text: str, only: str, total: int, fitting: dict[str, list[AccountState]]
) -> tuple[Tab, ...]:
    words = {
        "": visit.text("Everybody"),
        "closed": visit.text("No way to sign in yet"),
        "invited": visit.text("Invited"),
        "no_factor": visit.text("Second factor missing"),
        "here": visit.text("Signed in now"),
    }
    counts = {"": total, **{name: len(found) for name, found in fitting.items()}}
    return tuple(
        Tab(label, href(BASE, q=text, only=name), name == only, f"{counts[name]:,}")
        for name, label in words.items()
    )


def _line(visit: Visit, one: AccountState) -> AccountLine:
    person, organisation = one.person, visit.runtime.people.organisation()
    department = organisation.departments.get(person.department or "")
    about = " · ".join(filter(None, [person.id, department.name if department else "", person.post]))
    state, hue = _state(visit, one)
    seen = visit.moments.short(from_microseconds(one.signed_in_at)) if one.signed_in_at else ""
    return AccountLine(person.id, person.name, about, state, hue, one.factor, seen, one.sessions)


def _state(visit: Visit, one: AccountState) -> tuple[str, str]:
    if one.lacks_factor and one.opens:
        return visit.text("Second factor missing"), "amber"
    if one.opens:
        return visit.text("Password") if one.has_password else visit.text("Single sign-on"), "green"
    if one.invited_until is not None:
        return visit.text("Invited until %(when)s", when=moment(visit, one.invited_until)), "blue"
    return visit.text("No way to sign in yet"), "grey"


# -- one person ------------------------------------------------------------------------------------


@get(f"{BASE}/of/{{person:str}}", sync_to_thread=True)
def account_of(request: Ask, site: Here, person: InPath) -> Response[Any]:
    visit = _visit(site, request)
    return _one_page(visit, person, done=_done(visit))


@post(f"{BASE}/of/{{person:str}}/invite", sync_to_thread=True)
def invite(request: Ask, site: Here, person: InPath) -> Response[Any]:
    """By mail where it reaches; else the link is shown, this once."""
    visit = _visit(site, request)
    link = visit.runtime.accounts.send_link(person, visit.viewer)
    if not link:
        return visit.go(f"{BASE}/of/{person}?done=mailed")
    address = link if link.startswith("http") else str(request.base_url).rstrip("/") + link
    answer = _one_page(visit, person, link=address)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post(f"{BASE}/of/{{person:str}}/sessions", sync_to_thread=True)
def end_sessions_of(request: Ask, site: Here, person: InPath, body: bytes) -> Response[Any]:
    visit, name = _visit(site, request), sent_form(body).get("session", [""])[-1]
    accounts = visit.runtime.accounts
    if name == "others":
        accounts.end_sessions(visit.viewer, person)
    else:
        accounts.end_session(visit.viewer, person, name)
    return visit.go(f"{BASE}/of/{person}?done=sessions")


@post(f"{BASE}/of/{{person:str}}/tokens/revoke", sync_to_thread=True)
def revoke_token_of(request: Ask, site: Here, person: InPath, body: bytes) -> Response[Any]:
    visit, wanted = _visit(site, request), sent_form(body).get("token", [""])[-1]
    visit.runtime.accounts.revoke_token(visit.viewer, person, whole_number(wanted, 0))
    return visit.go(f"{BASE}/of/{person}?done=revoked")


@post(f"{BASE}/of/{{person:str}}/second-factor/remove", sync_to_thread=True)
def remove_factor_of(request: Ask, site: Here, person: InPath) -> Response[Any]:
    visit = _visit(site, request)
    visit.runtime.accounts.remove_factor(visit.viewer, visit.runtime.accounts.active(person).id)
    return visit.go(f"{BASE}/of/{person}?done=factor")


@post(f"{BASE}/of/{{person:str}}/unlock", sync_to_thread=True)
def unlock(request: Ask, site: Here, person: InPath) -> Response[Any]:
    visit = _visit(site, request)
    visit.runtime.accounts.unlock(visit.viewer, visit.runtime.accounts.active(person).id)
    return visit.go(f"{BASE}/of/{person}?done=unlocked")


def _one_page(visit: Visit, person: str, *, link: str = "", done: str = "") -> Response[Any]:
    known = visit.runtime.people.organisation().people.get(person)
    if known is None:
        raise Rejected([problem("access.no_such_person", person=person)])
    runtime = visit.runtime
    reset = runtime.accounts.passwords.has_one(person)
    page = OneAccountPage(
        known.name, (Link(visit.text("Accounts and sign-in"), BASE),), f"{BASE}/of/{person}",
        account_facts(visit, person), factor_line(visit, person, runtime.viewer(person)),
        session_lines(visit, person, visit.request.scope["state"].get("session")),
        token_lines(visit, person), known.active,
        visit.text("A link to set a new password") if reset else visit.text("An invitation"),
        link=link, done=done,
    )  # fmt: skip
    return visit.page("account_of.html", page, title=page.title, styles=STYLES)


def _done(visit: Visit) -> str:
    words = {
        "mailed": visit.text("The link is on its way by mail; nobody else sees it"),
        "sessions": visit.text("Those sessions ended"),
        "revoked": visit.text("The token works no more"),
        "factor": visit.text("The second factor is removed; the person was told"),
        "unlocked": visit.text("Sign-in may be tried again at once"),
        "policy": visit.text("Saved; it holds from the next sign-in"),
        "provider": visit.text("Saved"),
    }
    return words.get(visit.query.get("done", ""), "")


# -- policy and providers --------------------------------------------------------------------------


@get(f"{BASE}/policy", sync_to_thread=True)
def policy_page(request: Ask, site: Here) -> Response[Any]:
    visit = _visit(site, request)
    return _policy(visit, visit.runtime.accounts.policies.current)


@post(f"{BASE}/policy", sync_to_thread=True)
def save_policy(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = _visit(site, request), sent_form(body)
    policy = Policy(
        "everyone" in sent, frozenset(sent.get("roles", ())), _number(sent, "most"), _number(sent, "idle"),
        "by_mail" in sent,
    )  # fmt: skip
    try:
        visit.runtime.accounts.save_policy(visit.viewer, policy)
    except Rejected as refused:
        return _policy(visit, policy, refused.problems)
    return visit.go(f"{BASE}/policy?done=policy")


@post(f"{BASE}/providers", sync_to_thread=True)
def save_provider(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = _visit(site, request), sent_form(body)

    def one(name: str) -> str:
        return sent.get(name, [""])[-1].strip()

    provider = Provider(
        whole_number(one("id"), 0), one("label"), one("issuer"), one("client_id"),
        one("secret"), "by_email" in sent, "asks_factor" in sent, "enabled" in sent,
    )  # fmt: skip
    try:
        visit.runtime.accounts.single_sign_on.save(visit.viewer, provider)
    except Rejected as refused:
        return _policy(visit, visit.runtime.accounts.policies.current, refused.problems, provider)
    return visit.go(f"{BASE}/policy?done=provider")


def _policy(
    visit: Visit, policy: Policy, problems: Sequence[Problem] = (), entered: Provider | None = None
) -> Response[Any]:
    texts = tuple(found.text(visit.language) for found in problems)
    page = PolicyPage(
        visit.text("How people sign in"), (Link(visit.text("Accounts and sign-in"), BASE),),
        policy.factor_everyone, _roles(visit, policy), str(policy.session_most), str(policy.session_idle),
        policy.reset_by_mail,
        _provider_forms(visit, entered, texts), () if entered else texts, _done(visit),
    )  # fmt: skip
    status = problems[0].status if problems else 200
    return visit.page("sign_in_policy.html", page, title=page.title, styles=STYLES, status=status)


def _provider_forms(visit: Visit, entered: Provider | None, texts: Sequence[str]) -> tuple[ProviderForm, ...]:
    """Each there is, and a blank one; what was entered and refused stands again where it was."""
    kept = visit.runtime.accounts.single_sign_on.providers.all()
    base = visit.runtime.config.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    shown = [entered if entered and entered.id == one.id else one for one in kept]
    new = entered if entered and entered.id == 0 else Provider(0, "", "", "", "")
    return tuple(
        ProviderForm(
            str(one.id or ""), one.label, one.issuer, one.client_id, one.by_email, one.asks_factor,
            one.enabled, f"{base}/sign-in/with/{one.id}/back" if one.id else "",
            tuple(texts) if one is entered else (),
        )
        for one in [*shown, new]
    )  # fmt: skip


def _roles(visit: Visit, policy: Policy) -> tuple[RoleChoice, ...]:
    return tuple(
        RoleChoice(
            name,
            label_text(role.label, visit.language, role.id),
            app.text(visit.language),
            name in policy.factor_roles,
        )
        for app in visit.runtime.applications.all()
        for role in app.roles
        if (name := f"{app.id}.{role.id}")
    )  # fmt: skip


def _number(sent: Sent, name: str) -> int:
    return min(whole_number(sent.get(name, [""])[-1].strip(), 0), 99_999_999)


HANDLERS = (
    accounts_page,
    account_of,
    invite,
    end_sessions_of,
    revoke_token_of,
    remove_factor_of,
    unlock,
    policy_page,
    save_policy,
    save_provider,
)
