"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost.

The secret is sealed. A code's time step is remembered, so that none works twice; recovery codes are kept
as keyed fingerprints and each works once. Called by signing in and by the account page.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from engine.clock import Clock
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import recovery_codes, second_factors
from metamodel.problems import Rejected, problem

ISSUER = "Muniment"
STEP = 30  # seconds
DRIFT = 1  # steps a clock may be off
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


@dataclass(frozen=True, slots=True)
class FactorState:
    """`since` in microseconds; how many recovery codes are left."""

    since: int
    codes_left: int


class SecondFactor:
    def __init__(self, database: Database, clock: Clock, box: Box) -> None:
        self._database, self._clock, self._box = database, clock, box

    def state(self, person: str) -> FactorState | None:
        """None while it is off."""
        with self._database.read() as connection:
            row = self._row(connection, person)
            if row is None or row["secret_sealed"] is None:
                return None
            left = sa.select(sa.func.count()).where(recovery_codes.c.person == person)
            return FactorState(row["since"], connection.scalar(left) or 0)

    def having(self) -> set[str]:
        """Everybody with a second factor."""
        query = sa.select(second_factors.c.person).where(second_factors.c.secret_sealed.is_not(None))
        with self._database.read() as connection:
            return set(connection.scalars(query))

    # -- setting up --------------------------------------------------------------------------------

    def offer(self, unit: Unit, person: str) -> None:
        """A new secret lies ready; what is in use stays in use until the new one is confirmed."""
        sealed = self._box.seal(pyotp.random_base32().encode(), _place(person))
        row = self._row(unit.connection, person)
        if row is None:
            new = {"person": person, "offered_sealed": sealed, "last_step": 0}
            unit.connection.execute(sa.insert(second_factors).values(new))
        else:
            self._change(unit, person, offered_sealed=sealed)

    def offered(self, person: str) -> tuple[str, str]:
        """(secret, address for the QR code) of what was offered. Rejected (factor.none_offered)."""
        with self._database.read() as connection:
            row = self._row(connection, person)
        secret = self._open(row, "offered_sealed")
        if row is None or not secret:
            raise Rejected([problem("factor.none_offered")])
        return secret, pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=ISSUER)

    def confirm(self, unit: Unit, person: str, code: str) -> list[str]:
        """The offered secret comes into use; the new recovery codes, shown once. Rejected:
        factor.none_offered, factor.wrong_code."""
        row = self._row(unit.connection, person)
        secret = self._open(row, "offered_sealed")
        if row is None or not secret:
            raise Rejected([problem("factor.none_offered")])
        step = self._step(secret, code)
        if step is None:
            raise Rejected([problem("factor.wrong_code", "/code")])
        self._change(
            unit, person, secret_sealed=row["offered_sealed"], offered_sealed=None, last_step=step,
            since=unit.now,
        )  # fmt: skip
        return self.renew_codes(unit, person)

    def renew_codes(self, unit: Unit, person: str) -> list[str]:
        """New recovery codes; the old ones end."""
        made = ["-".join(_letters(5) for _ in range(2)) for _ in range(CODES)]
        unit.connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.person == person))
        rows = [{"person": person, "code": self._fingerprint(person, code)} for code in made]
        unit.connection.execute(sa.insert(recovery_codes), rows)
        return made

    def remove(self, unit: Unit, person: str) -> bool:
        """Whether there was one."""
        unit.connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.person == person))
        gone = sa.delete(second_factors).where(second_factors.c.person == person)
        return unit.connection.execute(gone).rowcount > 0

    # -- asking ------------------------------------------------------------------------------------

    def accept(self, unit: Unit, person: str, code: str) -> str:
        """ "code" or "recovery": by which kind it was right; '' when it was wrong or used before."""
        return "code" if self._by_code(unit, person, code) else self._by_recovery(unit, person, code)

    def _by_code(self, unit: Unit, person: str, code: str) -> bool:
        secret = self._open(self._row(unit.connection, person), "secret_sealed")
        step = self._step(secret, code) if secret else None
        if step is None:
            return False
        newer = (second_factors.c.person == person) & (second_factors.c.last_step < step)
        used = sa.update(second_factors).where(newer).values(last_step=step)
        return unit.connection.execute(used).rowcount > 0

    def _by_recovery(self, unit: Unit, person: str, code: str) -> str:
        mine = (recovery_codes.c.person == person) & (
            recovery_codes.c.code == self._fingerprint(person, code)
        )
        return "recovery" if unit.connection.execute(sa.delete(recovery_codes).where(mine)).rowcount else ""

    def _step(self, secret: str, code: str) -> int | None:
        """The time step of which this is the code, a little early or late."""
        digits = "".join(letter for letter in unicodedata.normalize("NFKC", code) if letter in "0123456789")
        now, totp = int(self._clock.now().timestamp()) // STEP, pyotp.TOTP(secret)
        steps = range(now - DRIFT, now + DRIFT + 1)
        right = [step for step in steps if secrets.compare_digest(totp.generate_otp(step), digits)]
        return right[-1] if right else None

    # -- rows --------------------------------------------------------------------------------------

    def _row(self, connection: sa.Connection, person: str) -> sa.RowMapping | None:
        query = sa.select(second_factors).where(second_factors.c.person == person)
        return connection.execute(query).mappings().first()

    def _change(self, unit: Unit, person: str, **values: object) -> None:
        change = sa.update(second_factors).where(second_factors.c.person == person).values(values)
        unit.connection.execute(change)

    def _open(self, row: sa.RowMapping | None, column: str) -> str:
        sealed = row[column] if row is not None else None
        return self._box.open(sealed, _place(row["person"])).decode() if sealed and row is not None else ""

    def _fingerprint(self, person: str, code: str) -> bytes:
        folded = "".join(letter for letter in code.casefold() if letter in LETTERS)
        return self._box.fingerprint(b"recovery code\0%s\0%s" % (person.encode(), folded.encode()))


def _letters(number: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(number))


def _place(person: str) -> bytes:
    return b"second factor " + person.encode()
