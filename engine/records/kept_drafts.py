"""Kept drafts: what somebody typed into a form and did not save yet; his alone, sealed, for thirty days."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import record_drafts
from engine.whole_numbers import whole_number

Values = Mapping[str, Sequence[str]]  # as a form sends them
KEPT = 30 * 24 * 3600 * 1_000_000  # microseconds
LARGEST = 500_000  # characters; more is no form somebody typed
PLACE = ("person", "app", "form", "record")
_NUMBERS = re.compile(r"[0-9]{1,18}")
VERSION = ""  # among the names of fields, where the version of the app is kept


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """`revision` is the record's, as it was when typing began; 0 of a new one. `version` is the app's of then."""

    values: dict[str, list[str]]
    at: datetime
    revision: int
    version: int


class KeptDrafts:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def keep(
        self, viewer: Viewer, app: str, form: str, record: str | None, values: Values, revision: int = 0,
        version: int = 0,
    ) -> bool:  # fmt: skip
        """In place of what was kept before; False when it is too much to keep."""
        if sum(len(text) for texts in values.values() for text in texts) > LARGEST:
            return False
        place = _place(viewer, app, form, record)
        kept = {name: list(texts) for name, texts in values.items()} | {VERSION: [str(version)]}
        sealed = self._box.seal_json(kept, _bound(place))

        def save(unit: Unit) -> None:
            unit.connection.execute(sa.delete(record_drafts).where(_at(place)))
            row = {**place, "at": unit.now, "revision": revision, "values_sealed": sealed}
            unit.connection.execute(sa.insert(record_drafts).values(row))

        self._database.write(save)
        return True

    def find(self, viewer: Viewer, app: str, form: str, record: str | None) -> KeptDraft | None:
        """None where nothing is kept, or too long; what somebody types is nobody else's to see."""
        if viewer.looker is not None:
            return None
        place = _place(viewer, app, form, record)
        since = microseconds(self._database.clock.now()) - KEPT
        query = sa.select(record_drafts).where(_at(place), record_drafts.c.at > since)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        values = self._values(row)
        (version,) = values.pop(VERSION, ["0"])
        return KeptDraft(values, from_microseconds(row["at"]), row["revision"], int(version))

    def drop(self, viewer: Viewer, app: str, form: str, record: str | None) -> None:
        place = _place(viewer, app, form, record)
        self._database.write(lambda unit: unit.connection.execute(sa.delete(record_drafts).where(_at(place))))

    def numbers(self, unit: Unit, people: Collection[str]) -> set[tuple[str, int]]:
        """Every number in what each of these people has kept: the files that their fields name are among them."""
        query = sa.select(record_drafts).where(
            record_drafts.c.person.in_(people), record_drafts.c.at > unit.now - KEPT
        )
        return {
            (row["person"], int(number))
            for row in unit.connection.execute(query).mappings()
            for texts in self._values(row).values()
            for text in texts
            for number in _NUMBERS.findall(text)
        }

    def _values(self, row: Mapping[Any, Any]) -> dict[str, list[str]]:
        return dict(self._box.open_json(row["values_sealed"], _bound({name: row[name] for name in PLACE})))

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """What was typed into records that are shredded goes with them; and what is too old."""
        old = record_drafts.c.at <= unit.now - KEPT
        gone = sa.delete(record_drafts).where(sa.or_(record_drafts.c.record.in_(records), old))
        unit.connection.execute(gone)


def _place(viewer: Viewer, app: str, form: str, record: str | None) -> dict[str, str | int]:
    return {"person": viewer.person, "app": app, "form": form, "record": whole_number(record, 0)}


def _at(place: Mapping[str, str | int]) -> sa.ColumnElement[bool]:
    return sa.and_(*(record_drafts.c[name] == value for name, value in place.items()))


def _bound(place: Mapping[str, str | int]) -> bytes:
    return "\n".join(["record draft", *map(str, place.values())]).encode()
