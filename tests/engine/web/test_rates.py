"""How often somebody may ask: full buckets, filling up again, each his own."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from engine.accounts.sessions import Origin
from engine.accounts.throttle import sign_in_tries
from engine.addresses import place_of
from engine.runtime import Runtime
from engine.web.rates import REMEMBERED, Rates
from engine.web.security import COOKIE
from metamodel.problems import Rejected
from tests.serving import app_over


class Moment:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(rates: Rates, key: str, times: int, share: float = 1.0) -> int:
    """How many of so many requests got through."""
    through = 0
    for _ in range(times):
        with contextlib.suppress(Rejected):
            rates.take(key, share)
            through += 1
    return through


def test_half_a_minutes_worth_at_once_and_then_steadily() -> None:
    moment = Moment()
    rates = Rates(120, moment)
    assert asked(rates, "a", 100) == 60
    moment.now += 10
    assert asked(rates, "a", 100) == 20
    moment.now += 3_600
    assert asked(rates, "a", 100) == 60
    assert asked(rates, "b", 100) == 60
    assert asked(rates, "c", 100, 1 / 4) == 15


def test_it_says_when_to_ask_again() -> None:
    rates = Rates(60, Moment())
    asked(rates, "a", 30)
    with pytest.raises(Rejected) as refused:
        rates.take("a")
    assert refused.value.problems[0].params["seconds"] == 1


def test_who_is_quiet_is_forgotten() -> None:
    rates = Rates(120, Moment())
    asked(rates, "busy", 100)
    for number in range(REMEMBERED - 1):
        rates.take(str(number))
    assert asked(rates, "busy", 1) == 0  # and stands last again
    for number in range(100):
        rates.take(f"more {number}")
    assert len(rates._buckets) == REMEMBERED
    assert "0" not in rates._buckets
    assert asked(rates, "busy", 1) == 0


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("203.0.113.7", "203.0.113.7", True), ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True), ("", "", True), ("testclient", "testclient", True),
    ],
)  # fmt: skip
def test_a_household_of_addresses_is_one_place(one: str, other: str, together: bool) -> None:
    """Requests and wrong passwords are counted for it together: nobody has only one address of IPv6."""
    assert (place_of(one) == place_of(other)) is together
    assert (sign_in_tries("lu", one) == sign_in_tries("lu", other)) is together


def test_only_a_token_asks_as_often_as_a_token(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that is none beside one's cookie gains nothing."""
    monkeypatch.setattr(office, "config", replace(office.config, requests_per_minute=8))
    token = office.database.write(lambda unit: office.sessions.start(unit, "lu", Origin()))[0]
    with TestClient(app_over(office, pages=False)) as client:
        headers = {"cookie": f"{COOKIE}={token}", "authorization": "Basic bHU6eA=="}
        answers = [client.get("/api/v1/apps", headers=headers).status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_too_many_requests_are_answered_with_429(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """By address, by person and by token: an address a quarter, a token twenty times as often as a person."""
    monkeypatch.setattr(office, "config", replace(office.config, requests_per_minute=8))
    token = office.tokens.create("lu", "test", ("read",))
    with TestClient(app_over(office, pages=False)) as client:
        answers = [client.post("/api/v1/nothing") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [404] * 3, (
            "nobody is asked before there is a handler"
        )
        headers = {"authorization": f"Bearer {token}"}
        answers = [client.get("/api/v1/apps", headers=headers)]
        while answers[-1].status_code == 200 and len(answers) < 800:  # the bucket fills again meanwhile
            answers.append(client.get("/api/v1/apps", headers=headers))
        assert answers[-1].status_code == 429
        assert len(answers) > 80
        assert answers[-1].headers["retry-after"] == "1"
        assert answers[-1].json()["problems"][0]["code"] == "request.too_many"
        assert client.get("/healthz").status_code == 200
