"""Activations: a retention rule shreds nothing before somebody who may has said so, of this very wording.

Whoever changes a rule in the definition has to have it activated again. Where the house wants two
people, one asks and another confirms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.grants import RowsChanged
from engine.access.viewer import Viewer
from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.evidence.tombstones import Approval, Cause
from engine.system_tables import retention_activations as activations, settings
from engine.values import canonical_json
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem
from metamodel.retention import RetentionRule

SETTING = "retention"
Place = tuple[str, str, str]  # app, form, rule


@dataclass(frozen=True, slots=True)
class Activation:
    id: str
    place: Place
    wording: str
    asked_by: str
    asked_at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None

    def fits(self, rule: RetentionRule) -> bool:
        """Is the rule still worded as it was activated?"""
        return self.wording == wording_of(rule)

    def cause(self) -> Cause:
        """What a tombstone says of a record that goes by it."""
        assert self.confirmed_at is not None
        people = {self.asked_by: self.asked_at, self.confirmed_by: self.confirmed_at}
        approvals = tuple(Approval(person, microseconds(at)) for person, at in people.items())
        return Cause("rule", "system", "/".join(self.place), self.id, approvals=approvals)


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule of a published form and what was said of it; `reworded`: it was changed since."""

    app: str
    form: str
    rule: RetentionRule
    activation: Activation | None = None
    reworded: bool = False

    @property
    def acts(self) -> bool:
        return self.activation is not None and self.activation.confirmed and not self.reworded


class Activations:
    def __init__(self, database: Database, audit: AuditTrail, told: list[RowsChanged]) -> None:
        self._database, self._audit, self._told = database, audit, told

    # -- two people --------------------------------------------------------------------------------

    def two_people(self, connection: sa.Connection) -> bool:
        return bool(_setting(connection).get("two_people"))

    def end_asked_by(self, connection: sa.Connection) -> str:
        """Who asks that one person be enough again; blank: nobody."""
        return str(_setting(connection).get("end_asked_by", ""))

    def set_two_people(self, unit: Unit, viewer: Viewer, wanted: bool) -> None:
        """Who wants it no more asks, and another person's yes ends it."""
        asked = self.end_asked_by(unit.connection)
        if not wanted and self.two_people(unit.connection) and asked in ("", viewer.person):
            self._keep(unit, {"two_people": True, "end_asked_by": viewer.person})
            self._audit.add(unit, viewer, [Occurrence("retention.two_people_ask")])
            return
        self._keep(unit, {"two_people": wanted})
        detail = {"wanted": wanted, **({"asked_by": asked} if asked and not wanted else {})}
        self._audit.add(unit, viewer, [Occurrence("retention.two_people", detail=detail)])

    def _keep(self, unit: Unit, value: dict[str, Any]) -> None:
        unit.connection.execute(sa.delete(settings).where(settings.c.name == SETTING))
        unit.connection.execute(sa.insert(settings).values(name=SETTING, value=json.dumps(value)))

    # -- acting ------------------------------------------------------------------------------------

    def ask(self, unit: Unit, viewer: Viewer, place: Place, rule: RetentionRule) -> Activation:
        """Activated at once, or waiting for a second person. What was said of an older wording ends."""
        self.end(unit, viewer, place, quiet=True)
        (identifier,) = self._database.take_ids(unit.connection, 1)
        app, form, name = place
        row = {
            "id": identifier, "app": app, "form": form, "rule": name, "wording": wording_of(rule),
            "asked_at": unit.now, "asked_by": viewer.person,
        }  # fmt: skip
        unit.connection.execute(sa.insert(activations).values(row))
        self._tell(unit, [identifier])
        alone = not self.two_people(unit.connection)
        self._note(unit, viewer, "retention.activate" if alone else "retention.ask", place, identifier, rule)
        if alone:
            self._confirm(unit, viewer, identifier)
        return self._get(unit.connection, identifier)

    def confirm(self, unit: Unit, viewer: Viewer, identifier: str, rule: RetentionRule | None) -> None:
        """Rejected: retention.unknown, retention.reworded, retention.yourself."""
        number = whole_number(identifier, -1)
        query = sa.select(activations).where(
            activations.c.id == number, activations.c.ended_at.is_(None), activations.c.confirmed_at.is_(None)
        )
        row = unit.connection.execute(query.with_for_update()).first()
        if row is None:
            raise Rejected([problem("retention.unknown")])
        if rule is None or row.wording != wording_of(rule):
            raise Rejected([problem("retention.reworded")])
        if row.asked_by == viewer.person:
            raise Rejected([problem("retention.yourself")])
        self._confirm(unit, viewer, number)
        self._note(unit, viewer, "retention.activate", (row.app, row.form, row.rule), number, rule)

    def _confirm(self, unit: Unit, viewer: Viewer, identifier: int) -> None:
        values = {"confirmed_at": unit.now, "confirmed_by": viewer.person}
        unit.connection.execute(sa.update(activations).where(activations.c.id == identifier).values(values))
        self._tell(unit, [identifier])

    def end(self, unit: Unit, viewer: Viewer, place: Place, *, quiet: bool = False) -> None:
        """The rule acts no more, or is not waiting any more. `quiet`: something else is told instead."""
        app, form, rule = place
        mine = sa.and_(
            activations.c.app == app, activations.c.form == form, activations.c.rule == rule,
            activations.c.ended_at.is_(None),
        )  # fmt: skip
        values = {"ended_at": unit.now, "ended_by": viewer.person}
        update = sa.update(activations).where(mine).values(values)
        ended = list(unit.connection.scalars(update.returning(activations.c.id)))
        self._tell(unit, ended)
        if ended and not quiet:
            self._audit.add(
                unit, viewer, [Occurrence("retention.deactivate", app, form, detail={"rule": rule})]
            )

    def _tell(self, unit: Unit, ids: Iterable[int]) -> None:
        for hear in self._told:
            hear(unit, "retention_activations", [(one,) for one in ids])

    def _note(
        self, unit: Unit, viewer: Viewer, action: str, place: Place, identifier: int, rule: RetentionRule
    ) -> None:
        app, form, name = place
        detail = {"rule": name, "activation": str(identifier), "wording": rule.wording()}
        self._audit.add(unit, viewer, [Occurrence(action, app, form, detail=detail)])

    # -- asking ------------------------------------------------------------------------------------

    def running(self, connection: sa.Connection) -> dict[Place, Activation]:
        """Confirmed or waiting, by place."""
        query = sa.select(activations).where(activations.c.ended_at.is_(None)).order_by(activations.c.id)
        return {one.place: one for one in map(_activation, connection.execute(query))}

    def _get(self, connection: sa.Connection, identifier: int) -> Activation:
        query = sa.select(activations).where(activations.c.id == identifier)
        return _activation(connection.execute(query).one())


def _setting(connection: sa.Connection) -> dict[str, Any]:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == SETTING))
    return dict(json.loads(text or "{}"))


def wording_of(rule: RetentionRule) -> str:
    return canonical_json(rule.wording()).decode()


def _activation(row: Any) -> Activation:
    at = None if row.confirmed_at is None else from_microseconds(row.confirmed_at)
    return Activation(
        str(row.id), (row.app, row.form, row.rule), row.wording, row.asked_by, from_microseconds(row.asked_at),
        row.confirmed_by or "", at,
    )  # fmt: skip
