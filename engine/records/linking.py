"""The other end of a link, written from its own side: records are linked to this one, or not any more.

A two-way link keeps nothing of its own, so what is written is the link field over there, by the one writing path and
with the rights over there: both ends always agree, and the history of the record that changes says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.program import FieldProgram, FormProgram
from engine.records.records import Records
from engine.records.services import Services
from engine.whole_numbers import is_whole_number
from metamodel.plugin_api import LinkedFrom
from metamodel.problems import Rejected, problem

MOST = 200  # records by one call
CLOSED = ("hide", "mask")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a viewer may do at this end: `create` a record there that links here, `link` and part those there are."""

    app: str
    form: str
    via: str
    create: bool
    link: bool


class Linking:
    def __init__(self, services: Services, records: Records) -> None:
        self._services, self._records = services, records

    def offer(self, viewer: Viewer, app: str, form: str, field: str) -> Offer:
        """By the roles held, not by single records. Rejected: value.unknown_field."""
        program = self._services.programs.get(app, form)
        there, back = self._there(program, field)
        frozen = there.form.is_archive and there.fields[back.via].field.evidence
        return Offer(
            there.app.id, there.form.id, back.via, self._may(viewer, there, back.via, "create"),
            not frozen and self._may(viewer, there, back.via, "update"),
        )  # fmt: skip

    def creates(self, viewer: Viewer, app: str, form: str, via: str) -> bool:
        """May this viewer make records of that form whose link `via` he fills in? Rejected: form.unknown."""
        return self._may(viewer, self._services.programs.get(app, form), via, "create")

    def _may(self, viewer: Viewer, there: FormProgram, via: str, action: str) -> bool:
        if viewer.looker is not None or (there.form.is_archive and action == "create"):
            return False
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, there.app, there.form)
        return any(action in way.actions and way.field_access(via) == "write" for way in ways)

    def link(
        self, viewer: Viewer, app: str, form: str, record: str, field: str, add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> list[str]:  # fmt: skip
        """The records that link here afterwards, as far as this viewer sees them; all or nothing. Where the link
        there holds one record only, it leaves the one it pointed at. Rejected: record.unknown, value.unknown_field,
        value.too_many, and whatever changing those records is refused for."""
        program = self._services.programs.get(app, form)
        if len(add) + len(remove) > MOST:
            raise Rejected([problem("value.too_many", "/add", limit=MOST)])

        def work(unit: Unit) -> list[str]:
            here = self._records.reader.row(unit.connection, viewer, program, record)
            there, back = self._there(program, field)
            if here.access.get(field) in CLOSED:
                raise Rejected([problem("value.unknown_field", f"/{field}", field=field)])
            changes = self._changes(unit.connection, viewer, there, back.via, str(here.id), add, remove)
            if changes:
                self._records.writer.update(unit, viewer, there.app.id, there.form.id, changes)
            after = self._records.reader.row(unit.connection, viewer, program, record)
            return [str(one) for one in after.values.get(field) or ()]

        return self._services.database.write(work)

    def _there(self, program: FormProgram, field: str) -> tuple[FormProgram, LinkedFrom]:
        """The form at the other end, and how its link is called."""
        known = program.fields.get(field)
        back = known.field.derived if known is not None else None
        if not isinstance(back, LinkedFrom):
            raise Rejected([problem("value.unknown_field", f"/{field}", field=field)])
        there = self._services.programs.get(back.app or program.app.id, back.form)
        if back.via not in there.fields:
            raise Rejected([problem("value.unknown_field", f"/{field}", field=back.via)])
        return there, back

    def _changes(
        self, connection: sa.Connection, viewer: Viewer, there: FormProgram, via: str, here: str,
        add: Sequence[str], remove: Sequence[str],
    ) -> dict[int, Mapping[str, Any]]:  # fmt: skip
        """What the link of each record there becomes; those that stay as they are left out."""
        wanted = dict.fromkeys((*add, *remove))
        rows = self._records.reader.rows.by_ids(
            connection, viewer, there, [int(one) for one in wanted if is_whole_number(one)], (via,)
        )
        unknown = [one for one in wanted if not is_whole_number(one) or int(one) not in rows]
        if unknown:
            raise Rejected([problem("record.unknown", f"/{one}", record=one) for one in unknown])
        changes: dict[int, Mapping[str, Any]] = {}
        for number, row in rows.items():
            before = [str(one) for one in _listed(row.values.get(via))]
            after = _after(there.fields[via], before, here, str(number) in add)
            if after != before:
                changes[number] = {via: after if _many(there.fields[via]) else next(iter(after), None)}
        return changes


def _after(link: FieldProgram, before: Sequence[str], here: str, added: bool) -> list[str]:
    rest = [one for one in before if one != here]
    if not added:
        return rest
    return [*before, *([here] if here not in before else [])] if _many(link) else [here]


def _many(link: FieldProgram) -> bool:
    return link.reference is not None and link.reference.many


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value not in (None, "") else []
