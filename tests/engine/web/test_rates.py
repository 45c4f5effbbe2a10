"""How often somebody may ask: full buckets, filling up again, each his own."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from engine.runtime import Runtime
from engine.web.app import create_app
from engine.web.rates import REMEMBERED, Rates
from metamodel.problems import Rejected


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
    moment = Moment()
    rates = Rates(120, moment)
    for number in range(REMEMBERED):
        rates.take(str(number))
    moment.now += 61
    rates.take("one more")
    assert len(rates._buckets) == 1


def test_too_many_requests_are_answered_with_429(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """By address, by person and by token: an address a quarter, a token twenty times as often as a person."""
    monkeypatch.setattr(office, "config", replace(office.config, requests_per_minute=8))
    token = office.tokens.create("lu", "test", ("read",))
    with TestClient(create_app(office, pages=False)) as client:
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
