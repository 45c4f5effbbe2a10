"""Who said that a copy of the keys lies elsewhere. Until somebody did, `doctor` and the pages warn.

Whoever says so types the check code that stands on the copy, so he has held it in his hands. A rotation
makes other keys with another code: then a new copy is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.keys import MasterKeys
from engine.system_tables import key_copies
from metamodel.problems import Rejected, problem


@dataclass(frozen=True, slots=True)
class KeyCopy:
    """`at` in microseconds; `place` in the words of whoever put it there."""

    at: int
    by: str
    place: str


class KeyCopies:
    """`keys`: those of the moment."""

    def __init__(self, database: Database, keys: Callable[[], MasterKeys]) -> None:
        self._database, self._keys = database, keys

    @property
    def code(self) -> str:
        """The check code a copy of the present keys bears."""
        return self._keys().check_code

    def confirm(self, unit: Unit, by: str, code: str, place: str) -> None:
        """Rejected (keys.other_code, keys.no_place)."""
        wanted, said = self.code, code.upper().replace(" ", "").replace("-", "")
        if said != wanted.replace("-", ""):
            raise Rejected([problem("keys.other_code", "/code")])
        if not place.strip():
            raise Rejected([problem("keys.no_place", "/place")])
        (identifier,) = self._database.take_ids(unit.connection, 1)
        row = {"id": identifier, "at": unit.now, "by": by, "code": wanted, "place": place.strip()[:500]}
        unit.connection.execute(sa.insert(key_copies), row)

    def confirmed(self) -> list[KeyCopy]:
        """Of the present keys, newest first."""
        query = sa.select(key_copies).where(key_copies.c.code == self.code).order_by(key_copies.c.id.desc())
        with self._database.read() as connection:
            return [KeyCopy(row.at, row.by, row.place) for row in connection.execute(query)]

    def confirmed_at(self) -> int | None:
        """When last, in microseconds; None while nobody has."""
        return next((copy.at for copy in self.confirmed()), None)
