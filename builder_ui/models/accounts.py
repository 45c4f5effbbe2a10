"""Signing in, the own account, and everybody's accounts: what their pages show."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from builder_ui.models.parts import Link, Tab


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`here`: the page's own address, for changing the language. `samples`: (id, name and post, what this
    person sees)."""

    next: str = "/"
    here: str = "/sign-in"
    person: str = ""
    problem: str = ""
    samples: tuple[tuple[str, str, str], ...] = ()
    providers: tuple[Link, ...] = ()
    forgot_href: str = ""


@dataclass(frozen=True, slots=True)
class ForgotPage:
    """`sent`: somebody was written to, or nobody; the page does not say which."""

    here: str
    person: str = ""
    problem: str = ""
    sent: bool = False


@dataclass(frozen=True, slots=True)
class AwayPage:
    """On the way to a provider."""

    address: str
    here: str = "/sign-in"


@dataclass(frozen=True, slots=True)
class CodePage:
    next: str
    here: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FactorPage:
    """Setting up an authenticator: where the code goes, the secret to type where no camera is."""

    next: str
    here: str
    action: str
    qr: Markup
    secret: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CodesPage:
    """Recovery codes, shown once; `here` blank: shown in another language they would be gone."""

    next: str
    here: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationPage:
    here: str
    name: str
    account: str
    least: int
    problem: str = ""
    hint: str = ""
    joins: bool = True  # the first password


@dataclass(frozen=True, slots=True)
class SessionLine:
    name: str
    device: str
    about: str
    current: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    id: str
    name: str
    scopes: tuple[str, ...]
    about: str
    ended: str  # why it no longer works; blank while it does


@dataclass(frozen=True, slots=True)
class FactorLine:
    on: bool
    about: str
    required: bool
    few: bool = False  # recovery codes run out


@dataclass(frozen=True, slots=True)
class IdentityLine:
    id: str
    provider: str
    about: str


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """`who`: who stands in, of one's own; who is away, of others'."""

    id: str
    who: str
    days: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`problem`, `hint` belong to the section `wrong`; `token` is shown this once."""

    title: str
    facts: tuple[tuple[str, str], ...]
    has_password: bool
    password_about: str
    least: int
    factor: FactorLine
    sessions: tuple[SessionLine, ...]
    tokens: tuple[TokenLine, ...]
    scopes: tuple[tuple[str, str], ...]
    identities: tuple[IdentityLine, ...] = ()
    providers: tuple[Link, ...] = ()
    token: str = ""
    done: str = ""
    wrong: str = ""
    problem: str = ""
    hint: str = ""
    today: str = ""
    absences: tuple[AbsenceLine, ...] = ()  # one's own
    standing_in: tuple[AbsenceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A person among all; `state` says how he signs in, `hue` how that is to be judged."""

    id: str
    name: str
    about: str
    state: str
    hue: str
    factor: bool
    seen: str
    sessions: int


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """`filters`: the current one is marked; `more`: the address of the next page."""

    title: str
    lines: tuple[AccountLine, ...]
    query: str
    total: str
    more: str = ""
    filters: tuple[Tab, ...] = ()


@dataclass(frozen=True, slots=True)
class OneAccountPage:
    """`invite` names the link that may be made; `link` is shown this once."""

    title: str
    trail: tuple[Link, ...]
    base: str
    facts: tuple[tuple[str, str], ...]
    factor: FactorLine
    sessions: tuple[SessionLine, ...]
    tokens: tuple[TokenLine, ...]
    active: bool
    invite: str
    link: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class RoleChoice:
    value: str
    label: str
    app: str
    checked: bool


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """An identity provider being entered; `id` blank: a new one. `back`: what the provider must be told."""

    id: str
    label: str
    issuer: str
    client_id: str
    by_email: bool
    asks_factor: bool
    enabled: bool
    back: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Spans in minutes."""

    title: str
    trail: tuple[Link, ...]
    everyone: bool
    roles: tuple[RoleChoice, ...]
    most: str
    idle: str
    by_mail: bool
    providers: tuple[ProviderForm, ...]
    problems: tuple[str, ...] = ()
    done: str = ""
