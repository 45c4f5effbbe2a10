"""Grants in the database: given with a purpose and a date, they expire by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.ways import Grant
from engine.database import Database, Unit
from engine.system_tables import grants, people

RowsChanged = Callable[[Unit, str, Iterable[Sequence[Any]]], None]  # unit, table, keys


class Grants:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.told: list[RowsChanged] = []  # in the unit

    def running(self, connection: sa.Connection, person: str, app: str, form: str, now: int) -> list[Grant]:
        query = sa.select(grants).where(
            grants.c.person == person, grants.c.app == app, grants.c.form == form,
            grants.c.expires_at > now, grants.c.revoked_at.is_(None),
        )  # fmt: skip
        return [_grant(row) for row in connection.execute(query).mappings()]

    def of(self, connection: sa.Connection, person: str, now: int) -> list[Grant]:
        """Somebody's that run now, over all apps, the newest first; blank: everybody's."""
        whose = grants.c.person == person if person else sa.true()
        query = sa.select(grants).where(whose, grants.c.expires_at > now, grants.c.revoked_at.is_(None))
        return [_grant(row) for row in connection.execute(query.order_by(grants.c.id.desc())).mappings()]

    def there(self, unit: Unit, named: Sequence[str]) -> list[str]:
        """Those who have not left, also by what another process knows; they do not leave before the unit is done,
        so that what is given in it ends when they do."""
        here = sa.and_(people.c.id.in_(list(named)), people.c.active)
        query = sa.select(people.c.id).where(here).order_by(people.c.id).with_for_update(read=True)
        found = set(unit.connection.scalars(query))
        return [one for one in named if one in found]

    def give(
        self, unit: Unit, person: str, app: str, form: str, *, filter: str, newest: int, purpose: str,
        by: str, expires_at: int, reference: str = "", unmask: bool = False,
    ) -> Grant:  # fmt: skip
        """`newest`: the highest record id that existed when the request was filed."""
        (identifier,) = self._database.take_ids(unit.connection, 1)
        values = {
            "id": identifier, "person": person, "app": app, "form": form, "filter": filter, "newest": newest,
            "purpose": purpose, "by": by, "created_at": unit.now, "expires_at": expires_at,
            "reference": reference, "unmask": unmask,
        }  # fmt: skip
        unit.connection.execute(sa.insert(grants).values(**values))
        self._tell(unit, identifier)
        return _grant(values)

    def revoke(self, unit: Unit, identifier: int) -> None:
        unit.connection.execute(
            sa.update(grants).where(grants.c.id == identifier).values(revoked_at=unit.now)
        )
        self._tell(unit, identifier)

    def _tell(self, unit: Unit, identifier: int) -> None:
        for hear in self.told:
            hear(unit, grants.name, [(identifier,)])


def _grant(row: Any) -> Grant:
    names = Grant.__slots__
    return Grant(**{name: row[name] for name in names})
