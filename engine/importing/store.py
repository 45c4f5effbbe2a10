"""Imports as they lie in the database: one row each, and one for every wrong line, sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.importing.lines import Written
from engine.importing.plan import Plan, headings_key
from engine.importing.shown import Import, State, WrongLine
from engine.system_tables import import_mappings as mappings, import_wrong as wrong, imports
from engine.whole_numbers import is_whole_number
from metamodel.problems import Problem, Rejected, problem

_run = wrong.c["import"]


class Stopped(Exception):
    """Somebody stopped this import, or another worker is at it."""


class Store:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    # -- one import --------------------------------------------------------------------------------

    def add(
        self, unit: Unit, viewer: Viewer, app: str, form: str, file: str, name: str, expires_at: int,
        plan: Plan,
    ) -> str:  # fmt: skip
        (identifier,) = self._database.take_ids(unit.connection, 1)
        row = {
            "id": identifier, "app": app, "form": form, "person": viewer.person, "at": unit.now,
            "state": "open", "file": int(file), "expires_at": expires_at,
            "plan_sealed": self._sealed(identifier, name, viewer.language, plan),
        }  # fmt: skip
        unit.connection.execute(sa.insert(imports).values(**row))
        return str(identifier)

    def get(self, identifier: str, person: str = "") -> Import:
        """Rejected (import.unknown); with a person alike for what is somebody else's."""
        known = is_whole_number(identifier)
        query = sa.select(imports).where(imports.c.id == (int(identifier) if known else 0))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or (person and row["person"] != person):
            raise Rejected([problem("import.unknown")])
        return self._import(row)

    def of(self, person: str, app: str, form: str, limit: int) -> list[Import]:
        """Newest first."""
        mine = sa.and_(imports.c.person == person, imports.c.app == app, imports.c.form == form)
        query = sa.select(imports).where(mine, imports.c.state != "over").order_by(imports.c.id.desc())
        with self._database.read() as connection:
            return [self._import(row) for row in connection.execute(query.limit(limit)).mappings()]

    def language(self, identifier: str) -> str:
        with self._database.read() as connection:
            asked = sa.select(imports.c.plan_sealed).where(imports.c.id == int(identifier))
            sealed = connection.scalar(asked)
        return str(self._box.open_json(sealed or b"", _place(int(identifier)))[1])

    def mark(self, unit: Unit, identifier: str, when: Sequence[State], **values: Any) -> None:
        """Rejected (import.not_now) unless it is in one of these states."""
        here = sa.and_(imports.c.id == int(identifier), imports.c.state.in_(when))
        if not unit.connection.execute(sa.update(imports).where(here).values(**values)).rowcount:
            raise Rejected([problem("import.not_now")])

    def plan(self, unit: Unit, found: Import, language: str, plan: Plan) -> None:
        sealed = self._sealed(int(found.id), found.name, language, plan)
        here = imports.c.id == int(found.id)
        unit.connection.execute(sa.update(imports).where(here).values(plan_sealed=sealed))

    def count(self, unit: Unit, identifier: str, state: State, written: Written, done: int) -> None:
        """A part of a batch is through. Stopped where the import is not in this state any more."""
        here = sa.and_(
            imports.c.id == int(identifier), imports.c.state == state, imports.c.line < written.upto
        )
        values = {
            "line": written.upto, "done": done, "wrong": imports.c.wrong + len(written.wrong),
            "created": imports.c.created + written.created, "updated": imports.c.updated + written.updated,
        }  # fmt: skip
        if not unit.connection.execute(sa.update(imports).where(here).values(values)).rowcount:
            raise Stopped
        self.note_wrong(unit, identifier, written.wrong)

    def counts(self, unit: Unit, identifier: str) -> dict[str, int]:
        """What was written, and what was left out."""
        names = ("created", "updated", "wrong")
        asked = sa.select(*(imports.c[name] for name in names)).where(imports.c.id == int(identifier))
        return dict(zip(names, unit.connection.execute(asked).one(), strict=True))

    def state(self, identifier: str) -> str:
        with self._database.read() as connection:
            asked = sa.select(imports.c.state).where(imports.c.id == int(identifier))
            return str(connection.scalar(asked))

    def line(self, identifier: str) -> int:
        """Up to where it went."""
        with self._database.read() as connection:
            asked = sa.select(imports.c.line).where(imports.c.id == int(identifier))
            return int(connection.scalar(asked) or 0)

    # -- wrong lines -------------------------------------------------------------------------------

    def note_wrong(self, unit: Unit, identifier: str, found: Mapping[int, Sequence[Problem]]) -> None:
        rows = [
            {
                "import": int(identifier),
                "line": line,
                "problems_sealed": self._problems(identifier, line, ones),
            }
            for line, ones in found.items()
        ]
        if rows:
            unit.connection.execute(sa.insert(wrong), rows)

    def forget_wrong(self, unit: Unit, identifier: str) -> None:
        unit.connection.execute(sa.delete(wrong).where(_run == int(identifier)))

    def wrong_lines(self, identifier: str) -> set[int]:
        query = sa.select(wrong.c.line).where(_run == int(identifier))
        with self._database.read() as connection:
            return {row[0] for row in connection.execute(query)}

    def wrong(self, identifier: str, limit: int | None = None) -> Iterator[WrongLine]:
        """By line."""
        query = sa.select(wrong).where(_run == int(identifier)).order_by(wrong.c.line).limit(limit)
        with self._database.read() as connection:
            for row in connection.execute(query):
                yield WrongLine(row.line, self._opened(identifier, row.line, row.problems_sealed))

    def _problems(self, identifier: str, line: int, found: Sequence[Problem]) -> bytes:
        plain = [[one.code, one.path, dict(one.params), one.severity] for one in found]
        return self._box.seal(msgspec.json.encode(plain, enc_hook=str), _place(int(identifier), line))

    def _opened(self, identifier: str, line: int, sealed: bytes) -> list[Problem]:
        raw = msgspec.json.decode(self._box.open(sealed, _place(int(identifier), line)))
        return [Problem(*one) for one in raw]

    # -- mappings ----------------------------------------------------------------------------------

    def remember(self, unit: Unit, viewer: Viewer, found: Import, plan: Plan) -> None:
        """The next file with these headings is mapped alike; its files come anew."""
        plan = msgspec.structs.replace(plan, attachments="")
        key = self._mapping_key(viewer, found.app, found.form, [column.heading for column in plan.columns])
        values = {"plan_sealed": self._box.seal_json(msgspec.to_builtins(plan)), "at": unit.now}
        here = sa.and_(*(mappings.c[name] == value for name, value in key.items()))
        if not unit.connection.execute(sa.update(mappings).where(here).values(values)).rowcount:
            unit.connection.execute(sa.insert(mappings).values({**key, **values}))

    def remembered(self, viewer: Viewer, app: str, form: str, headings: Sequence[str]) -> Plan | None:
        key = self._mapping_key(viewer, app, form, headings)
        query = sa.select(mappings.c.plan_sealed)
        query = query.where(*(mappings.c[name] == value for name, value in key.items()))
        with self._database.read() as connection:
            sealed = connection.scalar(query)
        return None if sealed is None else msgspec.convert(self._box.open_json(sealed), Plan)

    def _mapping_key(self, viewer: Viewer, app: str, form: str, headings: Sequence[str]) -> dict[str, Any]:
        fingerprint = self._box.fingerprint(b"headings\0" + headings_key(headings))
        return {"person": viewer.person, "app": app, "form": form, "headings": fingerprint}

    # -- the old -----------------------------------------------------------------------------------

    def old(self, unit: Unit) -> list[Any]:
        """Those past their time."""
        query = sa.select(imports).where(
            imports.c.expires_at <= unit.now, imports.c.state != "over", imports.c.state.not_in(("checking", "running"))
        )  # fmt: skip
        return list(unit.connection.execute(query))

    def under_way(self, unit: Unit) -> list[Any]:
        """Those that are not over."""
        return list(unit.connection.execute(sa.select(imports).where(imports.c.state != "over")))

    def files_of(self, row: Any) -> list[int]:
        """The uploads of one of those."""
        plan = msgspec.convert(self._box.open_json(row.plan_sealed, _place(row.id))[2], Plan)
        found = [row.file, int(plan.attachments) if plan.attachments else None]
        return [file for file in found if file is not None]

    def end(self, unit: Unit, identifier: int) -> None:
        """Only that it was is kept."""
        here = imports.c.id == identifier
        unit.connection.execute(sa.update(imports).where(here).values(state="over", file=None))
        self.forget_wrong(unit, str(identifier))

    def _sealed(self, identifier: int, name: str, language: str, plan: Plan) -> bytes:
        return self._box.seal_json([name, language, msgspec.to_builtins(plan)], _place(identifier))

    def _import(self, row: Any) -> Import:
        name, _, plan = self._box.open_json(row["plan_sealed"], _place(row["id"]))
        return Import(
            str(row["id"]), row["app"], row["form"], row["person"], from_microseconds(row["at"]), row["state"],
            str(row["file"] or ""), name, msgspec.convert(plan, Plan), row["total"], row["done"], row["created"],
            row["updated"], row["wrong"], row["problem"], from_microseconds(row["expires_at"]),
        )  # fmt: skip


def _place(identifier: int, line: int = 0) -> bytes:
    return b"import %d %d" % (identifier, line)
