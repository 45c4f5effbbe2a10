"""Throttling: how often somebody may try before he must wait, and longer each time.

An attempt is counted before it is made, so that many at once gain nothing, and given back when it was
right. Names that do not exist are counted alike. In the database: all processes count together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.addresses import place_of
from engine.database import Database, Unit
from engine.system_tables import throttle
from metamodel.problems import Rejected, problem

MINUTE = 60 * 1_000_000
LONGEST = 60 * MINUTE
FORGOTTEN = 24 * 60 * MINUTE  # after so long without an attempt one begins anew


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` attempts, then a pause of a minute that doubles with each further failure, up to an hour."""

    name: str
    free: int

    def of(self, *who: str) -> Try:
        return Try(":".join([self.name, *map(_digest, who)]), self.free)

    def at(self, address: str, *who: str) -> Try:
        """By one of them from one place, or by anybody from there."""
        return self.of(*who, place_of(address))


@dataclass(frozen=True, slots=True, order=True)
class Try:
    key: str
    free: int


# Where one guesses at one name; at one name from many places; from one place at many names (an office
# behind one address mistypes often in the morning).
HERE, NAME, ADDRESS = Limit("sign_in", 5), Limit("name", 50), Limit("address", 100)
PUBLIC_FORM = Limit("public_form", 60)  # entries by public links, from one place
CODE = Limit("code", 5)  # second factors, whoever asks
AGAIN = Limit("again", 5)  # the own password, asked for once more
FORGOT, FORGOT_FROM = (
    Limit("forgot", 3),
    Limit("forgot_from", 20),
)  # links by mail: for one name, from one place


def sign_in_tries(name: str, address: str) -> tuple[Try, ...]:
    return HERE.at(address, name), NAME.of(name), ADDRESS.at(address)


class Throttle:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, tries: Sequence[Try]) -> None:
        """Count an attempt under each. Rejected (access.locked, minutes) when one must wait."""
        self._database.write(lambda unit: self._take(unit, sorted(tries)))

    def _take(self, unit: Unit, tries: Sequence[Try]) -> None:
        rows = [(one, *self._row(unit, one.key)) for one in tries]
        waits = [until - unit.now for one, failures, until in rows if failures >= one.free]
        if max(waits, default=0) > 0:
            raise Rejected([problem("access.locked", minutes=-(-max(waits) // MINUTE))])
        for one, failures, until in rows:
            counted = failures + 1 if until + FORGOTTEN > unit.now else 1
            pause = min(MINUTE << min(counted - one.free, 6), LONGEST) if counted >= one.free else 0
            self._set(unit, one.key, counted, unit.now + pause)

    def forgive(self, unit: Unit, tries: Sequence[Try]) -> None:
        """It was right: the closest count is forgotten, of the wider ones only this attempt is."""
        closest, *wider = tries
        unit.connection.execute(sa.delete(throttle).where(throttle.c.key == closest.key))
        for one in sorted(wider):
            failures, _ = self._row(unit, one.key)
            self._set(unit, one.key, max(failures - 1, 0), unit.now)

    def lift(self, unit: Unit, name: str) -> None:
        """Somebody may try again at once, from everywhere."""
        own = throttle.c.key.in_([limit.of(name).key for limit in (NAME, CODE, AGAIN, FORGOT)])
        here = throttle.c.key.startswith(HERE.of(name).key + ":")
        unit.connection.execute(sa.delete(throttle).where(sa.or_(own, here)))

    def clean(self, unit: Unit) -> None:
        unit.connection.execute(sa.delete(throttle).where(throttle.c.until < unit.now - FORGOTTEN))

    def _row(self, unit: Unit, key: str) -> tuple[int, int]:
        """(failures, until), locked for this unit; made where it is missing."""
        insert = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        new = insert(throttle).values(key=key, failures=0, until=0).on_conflict_do_nothing()
        unit.connection.execute(new)
        wanted = sa.select(throttle.c.failures, throttle.c.until).where(throttle.c.key == key)
        row = unit.connection.execute(wanted.with_for_update()).one()
        return int(row.failures), int(row.until)

    def _set(self, unit: Unit, key: str, failures: int, until: int) -> None:
        change = sa.update(throttle).where(throttle.c.key == key).values(failures=failures, until=until)
        unit.connection.execute(change)


def _digest(who: str) -> str:
    """Names as they were typed stand nowhere: they may be passwords, typed in the wrong place."""
    return hashlib.sha256(who.casefold().encode("utf-8", "replace")).hexdigest()[:32]
