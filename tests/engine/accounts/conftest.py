"""Somebody with a password, and an authenticator for him."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from engine.accounts import Accounts
from engine.accounts.sessions import Origin, Session
from engine.clock import FrozenClock
from engine.runtime import Runtime
from metamodel.problems import Rejected

PASSWORD = "lantern moss 81 ferry"
HERE = Origin("192.0.2.7", "a browser")


class Desk:
    """zhou (a seller) and lu (a boss) of the small office; zhou has a password."""

    def __init__(self, runtime: Runtime, clock: FrozenClock) -> None:
        self.runtime, self.clock = runtime, clock
        self.accounts: Accounts = runtime.accounts
        self.accounts.set_password("zhou", PASSWORD)

    def sign_in(self, name: str = "zhou", password: str = PASSWORD, origin: Origin = HERE) -> Session:
        return self.accounts.signing_in.with_password(name, password, origin)[1]

    def set_up_factor(self, person: str = "zhou") -> tuple[pyotp.TOTP, list[str]]:
        """The authenticator and the recovery codes; the clock stands a step later."""
        secret, _ = self.accounts.offer_factor(person)
        totp = pyotp.TOTP(secret)
        codes = self.accounts.confirm_factor(self.runtime.require_viewer(person), self.code(totp))
        self.clock.advance(seconds=30)
        return totp, codes

    def code(self, totp: pyotp.TOTP, steps: int = 0) -> str:
        return totp.at(self.clock.now() + timedelta(seconds=30 * steps))

    def actions(self) -> list[str]:
        """What the audit trail says, the newest first."""
        with self.runtime.database.read() as connection:
            return [entry.action for entry in self.runtime.audit.latest(connection)]


@pytest.fixture
def desk(office: Runtime, clock: FrozenClock) -> Desk:
    return Desk(office, clock)


def refused(work: Any, *args: Any, **more: Any) -> str:
    """The code of the first problem with which `work` refuses."""
    with pytest.raises(Rejected) as caught:
        work(*args, **more)
    return caught.value.problems[0].code
