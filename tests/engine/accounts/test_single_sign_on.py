"""Single sign-on against a real provider: the certified package oidc-provider, run by Node beside the test."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from engine.accounts.providers import Provider
from engine.accounts.sessions import FACTOR, IN, Session
from engine.accounts.single_sign_on import SingleSignOn
from engine.clock import MovableClock
from engine.config import Config
from engine.runtime import Runtime
from tests.engine.accounts.conftest import HERE, Desk, refused
from tests.engine.accounts.provider import NEEDS_PROVIDER, SECRET, provider_running
from tests.engine.conftest import PEOPLE

BACK = "http://127.0.0.1:1/sign-in/with/1/back"  # nobody listens there: the test reads where it would lead

pytestmark = NEEDS_PROVIDER


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider_running(BACK) as address:
        yield address


class Away:
    """Our side of single sign-on, and a browser that signs in at the provider's own pages."""

    def __init__(self, runtime: Runtime, issuer: str) -> None:
        self.runtime = runtime
        self.sign_on: SingleSignOn = runtime.accounts.single_sign_on
        self.provider = Provider(0, "总部登录", issuer, "muniment", SECRET)
        self.id = self.sign_on.save(runtime.require_viewer("lu"), self.provider)

    def save(self, **changes: bool | str) -> None:
        changed = replace(self.provider, id=self.id, **changes)  # type: ignore[arg-type]
        self.sign_on.save(self.runtime.require_viewer("lu"), changed)

    def go(self, name: str, linking: str = "", following: str = "/apps") -> tuple[str, str]:
        """(state, code) with which the browser comes back."""
        address, state = self.sign_on.begin(self.id, BACK, following, linking)
        found = parse_qs(urlsplit(sign_in_there(address, name)).query)
        assert found["state"] == [state]
        return state, found["code"][0]

    def sign_in(self, name: str, session: Session | None = None, linking: str = "") -> Session | None:
        state, code = self.go(name, linking)
        started, _ = self.sign_on.come_back(self.id, state, code, HERE, session)
        return started[1] if started else None


def sign_in_there(address: str, name: str) -> str:
    """Fill in the provider's pages as a person would; the address they lead back to."""
    with httpx.Client(follow_redirects=False) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                to = str(answer.next_request.url) if answer.next_request else ""
                if to.startswith(BACK):
                    return to
                answer = browser.get(to)
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action, answer.text
            fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', answer.text))
            answer = browser.post(action[1], data={**fields, "login": name, "password": "anything"})
        raise AssertionError(answer.text)


@pytest.fixture
def away(
    _cheap_hashes: None, issuer: str, config: Config, make_runtime: Callable[[], Runtime]
) -> Iterator[Away]:
    """The office, with the clock of the world: the provider's tokens carry its time."""
    runtime = Runtime.open(replace(config, outgoing_allowed=("127.0.0.1",)), MovableClock())
    people = [replace(one, email=f"{one.id}@example.com") for one in PEOPLE]
    runtime.database.write(lambda unit: runtime.people.save_people(unit, people))
    yield Away(runtime, issuer)
    runtime.close()


def test_a_verified_address_links_somebody_once_and_his_subject_stays_his(away: Away) -> None:
    session = away.sign_in("zhou")
    assert session is not None
    assert (session.person, session.stage) == ("zhou", IN)
    (identity,) = away.sign_on.providers.of("zhou")
    assert (identity.subject, identity.email) == ("zhou", "zhou@example.com")
    moved = [replace(one, email="zhou@example.com" if one.id == "wang" else "") for one in PEOPLE]
    away.runtime.database.write(lambda unit: away.runtime.people.save_people(unit, moved))
    again = away.sign_in("zhou", session)
    assert again is not None
    assert again.person == "zhou", "the address went to somebody else, the identity did not"
    with away.runtime.database.read() as connection:
        actions = [entry.action for entry in away.runtime.audit.latest(connection)]
    assert actions.count("identity.link") == 1
    assert actions.count("user.sign_in") == 2


def test_who_nobody_knows_stays_outside(away: Away) -> None:
    assert refused(away.sign_in, "stranger") == "provider.nobody"
    assert refused(away.sign_in, "unverified") == "provider.nobody"
    away.save(by_email=False)
    assert refused(away.sign_in, "zhou") == "provider.nobody"
    zhou = replace(PEOPLE[0], active=False)
    away.save(by_email=True)
    away.runtime.database.write(lambda unit: away.runtime.people.save_people(unit, [zhou]))
    assert refused(away.sign_in, "zhou") == "provider.nobody"
    away.save(enabled=False)
    assert refused(away.go, "wang") == "provider.unknown"


def test_linking_by_hand_works_in_the_session_that_asked(away: Away) -> None:
    _, mine = away.runtime.accounts.signing_in.proven("zhou", HERE, None, how="test")
    _, other = away.runtime.accounts.signing_in.proven("wang", HERE, None, how="test")
    assert refused(away.sign_in, "private", other, linking="zhou") == "provider.stale"
    assert refused(away.sign_in, "private", None, linking="zhou") == "provider.stale"
    assert away.sign_in("private", mine, linking="zhou") is None
    session = away.sign_in("private")
    assert session is not None
    assert session.person == "zhou"
    assert refused(away.sign_in, "private", other, linking="wang") == "identity.taken"
    viewer = away.runtime.require_viewer("zhou")
    assert away.sign_on.unlink(viewer, "zhou", away.id)
    assert refused(away.sign_in, "private") == "provider.nobody"


def test_a_second_factor_is_ours_to_ask_unless_the_provider_does(away: Away) -> None:
    desk = Desk(away.runtime, away.runtime.clock)  # type: ignore[arg-type]
    secret, _ = desk.accounts.offer_factor("zhou")
    code = pyotp.TOTP(secret).at(away.runtime.clock.now())
    desk.accounts.confirm_factor(away.runtime.require_viewer("zhou"), code)
    session = away.sign_in("zhou")
    assert session is not None
    assert session.stage == FACTOR
    away.save(asks_factor=True)
    session = away.sign_in("zhou")
    assert session is not None
    assert session.stage == IN


def test_what_comes_back_counts_once_for_what_was_sent(away: Away) -> None:
    state, code = away.go("zhou")
    other, _ = away.go("wang")
    come_back = away.sign_on.come_back
    assert refused(come_back, away.id, "made up", code, HERE, None) == "provider.stale"
    assert refused(come_back, away.id, other, code, HERE, None) == "provider.refused", (
        "PKCE: not its verifier"
    )
    assert refused(come_back, away.id, state, "made up", HERE, None) == "provider.refused"
    assert refused(come_back, away.id, state, code, HERE, None) == "provider.stale", "a state is used up"


def test_a_token_for_somebody_else_is_refused(away: Away) -> None:
    oidc, provider = away.runtime.accounts._oidc, away.sign_on.providers.get(away.id)
    state, code = away.go("zhou")
    attempt = oidc.take(state)
    token = str(oidc._exchange(provider, attempt, code)["id_token"])
    assert oidc._claims(provider, attempt, token)["sub"] == "zhou"
    head, body, signature = token.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    table = {
        "another nonce": (provider, replace(attempt, nonce="another"), token),
        "another client": (replace(provider, client_id="another"), attempt, token),
        "changed": (provider, attempt, f"{head}.{body[:-4]}AAAA.{signature}"),
        "unsigned": (provider, attempt, f"{unsigned}.{body}."),
        "none": (provider, attempt, ""),
    }
    for what, asked in table.items():
        assert refused(oidc._claims, *asked) == "provider.refused", what
    away.runtime.movable_clock.set(away.runtime.clock.now() + timedelta(hours=2))
    assert refused(oidc._claims, provider, attempt, token) == "provider.refused", "too late"


def test_a_provider_must_be_what_it_is_entered_as(away: Away) -> None:
    save, lu = away.sign_on.save, away.runtime.require_viewer("lu")
    table = [
        ({"label": ""}, "provider.missing"),
        ({"issuer": "http://login.example.com"}, "provider.issuer"),
        ({"issuer": f"{away.provider.issuer}/other"}, "provider.refused"),
        ({"issuer": away.provider.issuer.replace("127.0.0.1", "localhost")}, "provider.unfit"),
        ({"issuer": "https://10.1.2.3"}, "outgoing.refused_address"),
    ]
    for change, code in table:
        assert refused(save, lu, replace(away.provider, **change)) == code, change  # type: ignore[arg-type]
    with away.runtime.database.read() as connection:
        stored = connection.exec_driver_sql("SELECT secret_sealed FROM identity_providers").scalar()
    assert SECRET.encode() not in bytes(stored or b"")
    away.save(secret="")
    assert away.sign_on.providers.get(away.id).secret == SECRET, "a blank secret keeps the old"
