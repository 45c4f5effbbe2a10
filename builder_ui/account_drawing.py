"""An account as its owner and its administrators see it: second factor, sessions, tokens in words."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date

from builder_ui.devices import device_of
from builder_ui.models.accounts import AbsenceLine, FactorLine, IdentityLine, SessionLine, TokenLine
from builder_ui.models.parts import Link
from builder_ui.site import Visit
from engine.access.absences import Absence
from engine.access.viewer import Viewer
from engine.accounts.sessions import Session
from engine.accounts.tokens import ApiToken
from engine.clock import from_microseconds, microseconds

FEW = 3


def account_facts(visit: Visit, person: str) -> tuple[tuple[str, str], ...]:
    """Who somebody is, and when he last signed in."""
    organisation, accounts = visit.runtime.people.organisation(), visit.runtime.accounts
    known = organisation.people[person]
    department = organisation.departments.get(known.department or "")
    row = accounts.rows([person]).get(person)
    seen = ""
    if row and row["signed_in_at"]:
        seen = visit.text(
            "%(when)s from %(address)s", when=moment(visit, row["signed_in_at"]),
            address=row["signed_in_from"] or "—",
        )  # fmt: skip
    facts = (
        (visit.text("Name"), known.name),
        (visit.text("Account"), known.id),
        (visit.text("Post"), " · ".join(filter(None, [department.name if department else "", known.post]))),
        (visit.text("E-mail"), known.email),
        (visit.text("Last sign-in"), seen),
    )
    return tuple((term, text) for term, text in facts if text)


def factor_line(visit: Visit, person: str, viewer: Viewer | None) -> FactorLine:
    accounts = visit.runtime.accounts
    state = accounts.factor.state(person)
    required = viewer is not None and accounts.policies.current.wants_factor(viewer)
    if state is None:
        return FactorLine(False, "", required)
    since = visit.moments.day(from_microseconds(state.since))
    left = visit.count("one recovery code left", "%(num)s recovery codes left", state.codes_left)
    about = visit.text("On since %(day)s, %(codes)s", day=since, codes=left)
    return FactorLine(True, about, required, state.codes_left <= FEW)


def session_lines(visit: Visit, person: str, current: Session | None) -> tuple[SessionLine, ...]:
    mine = current.hash.hex() if current else ""
    return tuple(
        SessionLine(
            one.name, device_of(one.agent, visit.language) or visit.text("Unknown device"),
            visit.text(
                "%(address)s · since %(begun)s · last used %(used)s", address=one.address or "—",
                begun=moment(visit, one.created_at), used=moment(visit, one.seen_at),
            ),
            one.name == mine,
        )
        for one in visit.runtime.sessions.of(person)
    )  # fmt: skip


def token_lines(visit: Visit, person: str) -> tuple[TokenLine, ...]:
    """The live ones first."""
    now = microseconds(visit.runtime.clock.now())
    lines = [_token(visit, token, now) for token in visit.runtime.tokens.of(person)]
    return tuple(sorted(lines, key=lambda line: bool(line.ended)))


def _token(visit: Visit, token: ApiToken, now: int) -> TokenLine:
    used = moment(visit, token.used_at) if token.used_at else visit.text("never")
    until = moment(visit, token.expires_at) if token.expires_at else visit.text("revoked")
    about = visit.text(
        "made %(made)s · last used %(used)s · until %(until)s",
        made=moment(visit, token.created_at), used=used, until=until,
    )  # fmt: skip
    ended = visit.text("Revoked") if token.revoked_at else visit.text("Over") if token.ended(now) else ""
    return TokenLine(str(token.id), token.name, tuple(sorted(token.scopes)), about, ended)


def identity_lines(visit: Visit, person: str) -> tuple[tuple[IdentityLine, ...], tuple[Link, ...]]:
    """Those linked, and the providers that might be (`href`: where the wish is posted)."""
    providers = visit.runtime.accounts.single_sign_on.providers
    labels = {provider.id: provider.label for provider in providers.all()}
    linked = providers.of(person)
    lines = tuple(
        IdentityLine(
            str(one.provider), labels[one.provider],
            " · ".join(filter(None, [one.email, visit.text("linked %(when)s", when=moment(visit, one.linked_at))])),
        )
        for one in linked
    )  # fmt: skip
    held = {one.provider for one in linked}
    free = [provider for provider in providers.enabled() if provider.id not in held]
    return lines, tuple(Link(each.label, f"/me/identities/{each.id}") for each in free)


def moment(visit: Visit, at: int) -> str:
    return visit.moments.short(from_microseconds(at))


def absence_lines(visit: Visit, person: str) -> dict[str, Any]:
    """When one is away, for whom one stands in, and today."""
    absences, today = visit.runtime.absences, visit.moments.today.date()
    names = visit.runtime.people.organisation().names()

    def line(one: Absence, who: str) -> AbsenceLine:
        days = " – ".join(
            dict.fromkeys(format_date(day, locale=visit.moments.locale) for day in (one.first, one.last))
        )
        return AbsenceLine(str(one.id), names.get(("person", who), who), days, one.first <= today)

    return {
        "today": today.isoformat(),
        "absences": tuple(line(one, one.delegate) for one in absences.of(person)),
        "standing_in": tuple(line(one, one.person) for one in absences.standing_in(person)),
    }
