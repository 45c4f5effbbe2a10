"""Attached: do the files of a record open for who reads it? Every way in and out asks here.

A file belongs to one record, the first that held it, and opens by what its reader may see there; its number in any
other record is a pointer and opens nothing. A pattern masks what stands in a text; what stands in a picture, a voice or
a contract nobody can cut out. So a masked field's files do not open, be it masked whole or in pieces; nor do sealed
ones beside a text of which pieces are masked for this reader: what was cut out of it would stand in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.ways import best_access
from engine.database import Unit
from engine.records.drafts import Draft
from engine.records.program import FieldProgram, FormProgram
from engine.records.rows import Row, Rows
from engine.records.services import Services
from engine.system_tables import files, imports, packages
from engine.whole_numbers import is_whole_number

# Made by us for one person, with more in it than any record of his: never part of a record, never opened as a file.
MADE = files.c.id.in_(sa.select(packages.c.file).where(packages.c.file.is_not(None)))
IMPORTED = files.c.id.in_(sa.select(imports.c.file).where(imports.c.file.is_not(None)))

ALLOWED, SUBJECTS = (
    "files.allowed",
    "files.subjects",
)  # of a unit: what its writer may name, what rules are about


class Home(NamedTuple):
    """The record a file is opened by, as its reader sees it; none for what he uploaded and nothing holds yet."""

    app: str = ""
    form: str = ""
    row: Row | None = None


def opens(program: FormProgram, row: Row, field: FieldProgram) -> bool:
    """The files in this field of this row."""
    if best_access(row.ways, field.id) not in ("read", "write"):
        return False
    return not field.field.sealed or not any(best_access(row.ways, n) == "mask" for n in program.pieced)


def closed(program: FormProgram, row: Row) -> frozenset[str]:
    """Fields of this row with files that do not open."""
    return frozenset(
        field.id
        for field in program.file_fields
        if row.values.get(field.id) is not None and not opens(program, row, field)
    )


# -- whose a file is -------------------------------------------------------------------------------


def homes(
    services: Services,
    connection: sa.Connection,
    viewer: Viewer,
    wanted: Collection[str],
    action: str = "",
) -> dict[str, Home]:
    """Those of these files that open for this viewer, and by what; `action`: by the ways alone that allow that."""
    query = sa.select(files.c.id, files.c.record, files.c.created_by).where(files.c.id.in_(_numbers(wanted)))
    known = connection.execute(query.where(~MADE)).all()
    own = viewer.looker is None and not viewer.nobody
    found = {
        str(one.id): Home() for one in known if one.record is None and own and one.created_by == viewer.person
    }
    held = {str(one.id): one.record for one in known if one.record is not None}
    places = [(app.id, form.id) for app in services.apps().values() for form in app.forms]
    for app, form in places:
        sought = {file: record for file, record in held.items() if file not in found}
        program = services.programs.get(app, form) if sought else None
        if program is not None and program.file_fields:
            found |= _by_records(services, connection, viewer, program, sought, action)
    return found


def _by_records(
    services: Services, connection: sa.Connection, viewer: Viewer, program: FormProgram, held: dict[str, int],
    action: str,
) -> dict[str, Home]:  # fmt: skip
    names = [field.id for field in program.file_fields]
    found = Rows(services).by_ids(connection, viewer, program, held.values(), names, derived=False)
    rows = {
        record: replace(row, ways=[way for way in row.ways if not action or action in way.actions])
        for record, row in found.items()
    }
    return {
        file: Home(program.app.id, program.form.id, rows[record])
        for file, record in held.items()
        if record in rows and file in _opening(program, rows[record])
    }


def _opening(program: FormProgram, row: Row) -> set[str]:
    """The files of this row that open. What two fields hold opens by the first of them alone."""
    found: dict[str, bool] = {}
    for field in program.file_fields:
        for file in field.files(row.values.get(field.id)):
            found.setdefault(file, opens(program, row, field))
    return {file for file, does in found.items() if does}


def strangers(
    services: Services, connection: sa.Connection, viewer: Viewer, program: FormProgram, rows: Sequence[Row],
    action: str = "",
) -> frozenset[str]:  # fmt: skip
    """The files these rows name that belong to another record and do not open there for this viewer: neither their
    names nor their bytes are his. `action`: as in `homes`."""
    if viewer.system:
        return frozenset()
    named = {(file, row.id) for row in rows for file in _named(program, row)}
    if not named:
        return frozenset()
    belongs = sa.select(files.c.id, files.c.record).where(files.c.id.in_(_numbers(file for file, _ in named)))
    own = {(str(one.id), one.record) for one in connection.execute(belongs)}
    others = {file for file, _ in named - own}
    return (
        frozenset(others - homes(services, connection, viewer, others, action).keys())
        if others
        else frozenset()
    )


def _named(program: FormProgram, row: Row) -> Iterable[str]:
    """What is looked up through links counts: it belongs to the record behind them."""
    for name, value in row.values.items():
        field = program.fields.get(name)
        if field is not None and value is not None and row.access.get(name) != "hide":
            yield from field.files(value)


# -- on the way in ---------------------------------------------------------------------------------


def attachable(
    services: Services, connection: sa.Connection, viewer: Viewer, wanted: Collection[str]
) -> set[str]:
    """Those of these files that this viewer may put into a record: his uploads that nothing holds yet, and what
    opens for him anyhow."""
    found = set(homes(services, connection, viewer, wanted))
    used = sa.select(files.c.id).where(files.c.id.in_(_numbers(found)), files.c.record.is_(None), IMPORTED)
    return found - {str(one) for one in connection.scalars(used)} if found else found


def not_his(
    services: Services, unit: Unit, viewer: Viewer, given: Iterable[str], stood: Collection[str]
) -> set[str]:
    """Of these files those he may not put into a field in which `stood` stood before. What one writer was allowed
    in a unit, rules that follow in it may point at."""
    allowed: set[str] = unit.notes.setdefault(ALLOWED, set())
    asked = {
        one for one in given if one not in stood and one not in allowed and one not in map(str, brought(unit))
    }
    may = attachable(services, unit.connection, viewer, asked) if asked else set()
    allowed |= may
    return asked - may


def held_elsewhere(
    unit: Unit, viewer: Viewer, program: FormProgram, given: Iterable[str], stood: Collection[str]
) -> set[str]:
    """Of these files those an archive does not take, for they belong to another record and would go with it, whatever
    holds or terms say of the archived one. What the engine itself writes is copied (`own_copies`)."""
    if viewer.system or not program.form.is_archive:
        return set()
    asked = _numbers(one for one in given if one not in stood)
    query = sa.select(files.c.id).where(files.c.id.in_(asked), files.c.record.is_not(None))
    return {str(one) for one in unit.connection.scalars(query)} if asked else set()


def own_copies(
    services: Services, unit: Unit, viewer: Viewer, program: FormProgram, drafts: Sequence[Draft]
) -> None:
    """What a rule puts into an archive of its subject's files, or of what its writer was allowed, becomes the archive's
    own before it is written: it stays when that record goes, and opens as all does that a rule copied. Whatever else
    is named stays a pointer, for a number may come from a text."""
    about, allowed = unit.notes.get(SUBJECTS) or set(), unit.notes.get(ALLOWED) or set()
    for field in program.file_fields if program.form.is_archive and (about or allowed) else ():
        for draft in drafts:
            stood = set(field.files(draft.before.get(field.id)))
            named = _numbers(one for one in field.files(draft.values.get(field.id)) if one not in stood)
            query = sa.select(files.c.id, files.c.record, files.c.created_by).where(files.c.id.in_(named))
            copies = {
                str(one.id): services.files.copy(unit, str(one.id), viewer.person, draft.id)
                for one in (unit.connection.execute(query) if named else ())
                if (str(one.record) in about and one.record != draft.id)
                or (one.record is None and str(one.id) in allowed and one.created_by != viewer.person)
            }
            if copies:
                draft.values[field.id] = _renamed(draft.values[field.id], copies)


def _renamed(value: Any, copies: Mapping[str, str]) -> Any:
    """A value of files, or rows with some in them, naming the copies."""
    if isinstance(value, str):
        return copies.get(value, value)
    if isinstance(value, Mapping):
        return {name: _renamed(one, copies) for name, one in value.items()}
    return [_renamed(one, copies) for one in value] if isinstance(value, list) else value


def adopt(unit: Unit, viewer: Viewer, program: FormProgram, drafts: Sequence[Draft]) -> None:
    """What its writer uploaded and nothing holds yet belongs to the record that holds it now; who may read that
    field may open it."""
    for field in program.file_fields:
        for draft in drafts:
            ids = _numbers(field.files(draft.values.get(field.id)))
            if ids:
                free = sa.and_(files.c.id.in_(ids), files.c.record.is_(None), ~MADE, ~IMPORTED)
                theirs = sa.or_(files.c.created_by == viewer.person, files.c.id.in_(brought(unit)))
                unit.connection.execute(sa.update(files).where(free, theirs).values(record=draft.id))


def brought(unit: Unit) -> set[int]:
    """Files that were stored in this very unit: what a message or a line of an import carries."""
    return unit.notes.get("files.stored") or set()


def _numbers(wanted: Iterable[str]) -> list[int]:
    return sorted({int(one) for one in wanted if is_whole_number(one)})
