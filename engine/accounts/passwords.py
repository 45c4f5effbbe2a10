"""Passwords: argon2id hashes, and what a password must be to be taken.

No rules of composition: a password is long enough and not among the first that are tried, judged with
its owner's name in mind. An unknown name costs the same time as a wrong password.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.access.people import Person
from engine.access.pinyin import spellings
from engine.database import Database, Unit
from engine.system_tables import people
from metamodel.problems import Problem, Rejected, problem

SHORTEST, LONGEST = 10, 200
STRONG = 3  # of zxcvbn's 4: more than 10⁸ guesses
JUDGED = 72  # judging takes longer than in proportion; so much of it is judged
HOUSE = ("muniment", "cunjian", "存鉴")


class Passwords:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._hasher = PasswordHasher()
        self._hashing = threading.BoundedSemaphore(2)  # 64 MiB each
        self._nobody = _hash_of_nobody()

    def hash(self, password: str) -> str:
        """Takes a tenth of a second: never inside a unit of work."""
        with self._hashing:
            return self._hasher.hash(password)

    def set_hash(self, unit: Unit, person: str, hashed: str) -> None:
        """Blank: nobody signs in with a password."""
        unit.connection.execute(sa.update(people).where(people.c.id == person).values(password=hashed))

    def fits(self, person: str, password: str) -> bool:
        """Is this the password of an active person? It takes as long when there is no such person. A hash that
        cost less than hashes do now is made anew."""
        stored = self._stored(person)
        right = self._matches(stored or self._nobody, password[:LONGEST]) and bool(stored)
        if right and self._hasher.check_needs_rehash(stored):
            hashed = self.hash(password)
            self._database.write(lambda unit: self.set_hash(unit, person, hashed))
        return right

    def has_one(self, person: str) -> bool:
        return bool(self._stored(person))

    def _stored(self, person: str) -> str:
        query = sa.select(people.c.password).where(people.c.id == person, people.c.active.is_(True))
        with self._database.read() as connection:
            return connection.scalar(query) or ""

    def _matches(self, hashed: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False


@cache
def _hash_of_nobody() -> str:
    """Of a password nobody knows. Made before anybody signs in, once in a process: it takes a tenth of a second."""
    return PasswordHasher().hash(secrets.token_hex(16))


def require_good(password: str, person: Person, path: str = "/password") -> None:
    """Rejected: password.short, password.long, password.guessable."""
    found = _wrong(password, person, path)
    if found is not None:
        raise Rejected([found])


def _wrong(password: str, person: Person, path: str) -> Problem | None:
    if len(password) < SHORTEST:
        return problem("password.short", path, least=SHORTEST)
    if len(password) > LONGEST:
        return problem("password.long", path, most=LONGEST)
    if _score(password, _known_about(person)) < STRONG:
        return problem("password.guessable", path)
    return None


def _score(password: str, known: Iterable[str]) -> int:
    from zxcvbn import zxcvbn  # its word lists take a while, and are wanted rarely

    return int(zxcvbn(password[:JUDGED], user_inputs=list(known))["score"])


def _known_about(person: Person) -> list[str]:
    """What somebody who knows the person tries first."""
    mailbox = person.email.partition("@")[0]
    return [word for word in (person.id, person.name, mailbox, *spellings(person.name), *HOUSE) if word]
