"""What stands behind links: fields of the records that those of a list point at, as their viewer may see them.

A path leads through single links (`customer.level`, `contact.company.name`). Where he may not read the record there, or
the link, nothing is found: a list shows no more than the record's own page would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.records.program import FormProgram
from engine.records.query import RecordView
from engine.records.read import Reader
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition


@dataclass(frozen=True, slots=True)
class Behind:
    """The last field of a path, the app it is of, and by id of the record in the list the one it is read from."""

    app: str
    field: FieldDefinition
    views: Mapping[str, RecordView]


def read_behind(
    connection: sa.Connection, reader: Reader, viewer: Viewer, program: FormProgram,
    views: Mapping[str, RecordView], paths: Iterable[str],
) -> dict[str, Behind]:  # fmt: skip
    """By path; what leads nowhere, or through a link to several, is left out. `views` by the id that is answered."""
    through: dict[str, list[str]] = {}
    for path in paths:
        link, _, rest = path.partition(".")
        through.setdefault(link, []).append(rest)
    found: dict[str, Behind] = {}
    for link, rests in through.items():
        target = reader.rows.target(program, link)
        if target is not None and not _several(program, link):
            wanted = tuple(dict.fromkeys(rest.partition(".")[0] for rest in rests))
            there = _there(connection, reader, viewer, target, _ids(views, link), wanted)
            found |= {
                f"{link}.{rest}": one for rest, one in _read(connection, reader, viewer, target, there, rests)
            }
    return found


def _read(
    connection: sa.Connection, reader: Reader, viewer: Viewer, target: FormProgram, there: Mapping[str, RecordView],
    paths: Sequence[str],
) -> list[tuple[str, Behind]]:  # fmt: skip
    own = [(path, field) for path in paths if (field := target.form.field(path)) is not None]
    deeper = read_behind(connection, reader, viewer, target, there, [path for path in paths if "." in path])
    return [*((path, Behind(target.app.id, field, there)) for path, field in own), *deeper.items()]


def _there(
    connection: sa.Connection, reader: Reader, viewer: Viewer, target: FormProgram, ids: Mapping[str, int],
    fields: Sequence[str],
) -> dict[str, RecordView]:  # fmt: skip
    rows = reader.rows.by_ids(connection, viewer, target, ids.values(), fields)
    shown = {int(view.id): view for view in reader.shown(connection, viewer, target, list(rows.values()))}
    return {here: shown[number] for here, number in ids.items() if number in shown}


def _ids(views: Mapping[str, RecordView], link: str) -> dict[str, int]:
    """What each points at; a masked link says nothing."""
    held = {here: view.values.get(link) for here, view in views.items() if view.access.get(link) != "mask"}
    return {
        here: int(value) for here, value in held.items() if isinstance(value, str) and is_whole_number(value)
    }


def _several(program: FormProgram, link: str) -> bool:
    field = program.fields[link].field
    return field.type is None or field.type.many
