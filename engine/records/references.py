"""References: the names behind ids, and whether what somebody points at is there for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.attached import held_elsewhere, not_his, strangers
from engine.records.drafts import Draft
from engine.records.program import FieldProgram, FormProgram
from engine.records.rows import Row, Rows
from engine.records.services import Services
from engine.system_tables import deleted
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.masking import Hide
from metamodel.plugin_api import Display, Reference
from metamodel.problems import Problem, pointer, problem

Names = dict[tuple[str, str], str]
DEPTH = 3  # a title may name links whose titles name links …
NOT_SHOWN = {"zh": "（无权查看）", "en": "(not shown to you)"}
DELETED = {"zh": "（已删除）", "en": "(deleted)"}


class References:
    def __init__(self, services: Services, rows: Rows) -> None:
        self._services, self._rows = services, rows

    def display(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, rows: Sequence[Row],
        depth: int = DEPTH, foreign: frozenset[str] | None = None,
    ) -> Display:  # fmt: skip
        """Everything needed to show these rows to this viewer, names of what they point at included. `foreign`: their
        `strangers`, where they are known already."""
        names = dict(self._services.people.organisation().names())
        for reference, ids in _pointed(program, rows).items():
            if reference.target == "record" and depth:
                names.update(self._titles(connection, viewer, program, reference, ids, depth - 1))
            elif reference.target == "file":
                hidden = self.strangers(connection, viewer, program, rows) if foreign is None else foreign
                names.update(self._file_names(connection, ids - hidden, _veils(program, rows)))
                names.update({("file", one): _word(NOT_SHOWN, viewer) for one in ids & hidden})
            elif reference.target == "role":
                names.update(role_names(program.app, viewer.language))
        names.update(self._services.outside.names(connection, [source for _, source in program.outside]))
        return Display(viewer.language, self._services.zone, names)

    def strangers(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, rows: Sequence[Row],
        action: str = "",
    ) -> frozenset[str]:  # fmt: skip
        """Files these rows name that neither belong to them nor open for this viewer."""
        return strangers(self._services, connection, viewer, program, rows, action)

    def titles(
        self,
        connection: sa.Connection,
        viewer: Viewer,
        program: FormProgram,
        rows: Sequence[Row],
        depth: int = DEPTH,
    ) -> dict[int, str]:
        """The title of each row, from the form's template."""
        display = self.display(connection, viewer, program, rows, depth)
        return {row.id: title(program, row, display) for row in rows}

    def _titles(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, reference: Reference,
        ids: Iterable[str], depth: int,
    ) -> Names:  # fmt: skip
        target = self._services.programs.get(reference.app or program.app.id, reference.form)
        wanted = [int(i) for i in ids if is_whole_number(i)]
        found = self._rows.by_ids(connection, viewer, target, wanted, target.title_fields, derived=False)
        shown = self.titles(connection, viewer, target, list(found.values()), depth)
        gone = deleted_among(connection, [i for i in wanted if i not in shown])
        return {
            ("record", str(i)): shown.get(i, _word(DELETED if i in gone else NOT_SHOWN, viewer))
            for i in wanted
        }

    def _file_names(self, connection: sa.Connection, ids: Iterable[str], veils: Mapping[str, Hide]) -> Names:
        described = self._services.files.describe(connection, list(ids))
        return {("file", f["id"]): veils.get(f["id"], str)(f["name"]) for f in described}


def _word(texts: Mapping[str, str], viewer: Viewer) -> str:
    return texts["zh" if viewer.language.startswith("zh") else "en"]


def title(program: FormProgram, row: Row, display: Display) -> str:
    """The template with the row's values shown; the form's name and id where nothing is left."""
    shown = {
        name: show(program.fields[name], row, display)
        for name in program.title_fields
        if name in program.fields
    }
    text = program.form.title
    for name, value in shown.items():
        text = text.replace("{" + name + "}", value)
    return text.strip() or f"{program.form.text(display.language)} {row.id}"


def show(field: FieldProgram, row: Row, display: Display) -> str:
    """One value as plain text for people; blank is ''."""
    value = row.values.get(field.id)
    if value is None or field.field.type is None:
        return ""
    if row.access.get(field.id) == "mask" and isinstance(value, str):
        return value
    shown = field.source or field.field  # what is looked up looks as it does at home
    return shown.type.display(value, shown, display) if shown.type is not None else str(value)


def role_names(app: App, language: str) -> Names:
    return {("role", role.id): label_text(role.label, language, role.id) for role in app.roles}


def missing_references(
    services: Services, unit: Unit, viewer: Viewer, program: FormProgram, drafts: Sequence[Draft]
) -> list[Problem]:
    """Links to records that are not there for this viewer, people, departments and roles nobody knows; files
    that are not his to give, or not of the kind the field takes."""
    connection = unit.connection
    found = _not_listed(services, connection, program, drafts)
    found += _unfit_files(services, connection, program, drafts)
    for within, field, reference in _referring(program):
        if reference.target == "file":
            found += _not_his(services, unit, viewer, program, within, field, drafts)
            continue
        asked = [
            (f"/{draft.row}{path}", identifier)
            for draft in drafts
            for path, value in _held(draft, within, field)
            for identifier in _ids(field, value)
        ]
        known = _known(services, connection, viewer, program, reference, {one for _, one in asked})
        found += [
            problem("value.no_such_reference", path, field=field.field.text(), value=identifier)
            for path, identifier in asked
            if identifier not in known
        ]
    return found


def _held(draft: Draft, within: FieldProgram | None, field: FieldProgram) -> Iterator[tuple[str, Any]]:
    """The values a draft brings for this field, with their paths: one, or one in each row of a sub-form. What
    stood in a row before may stay, whoever sees it."""
    if within is None:
        if (value := draft.values.get(field.id)) is not None:
            yield pointer(field.id), value
        return
    stood = [row.get(field.id) for row in draft.before.get(within.id) or ()]
    for number, row in enumerate(draft.values.get(within.id) or ()):
        if (value := row.get(field.id)) is not None and value not in stood:
            yield pointer(within.id, number, field.id), value


def _within(program: FormProgram) -> Iterator[tuple[FieldProgram | None, FieldProgram]]:
    """Every field people fill, and the columns of sub-forms among them with their sub-form."""
    for field in program.inputs:
        yield None, field
        yield from ((field, cell) for cell in field.cells if cell.field.derived is None)


def deleted_among(connection: sa.Connection, records: Sequence[int]) -> set[int]:
    """Those of these records that lie in a recycle bin."""
    if not records:
        return set()
    return set(connection.scalars(sa.select(deleted.c.record).where(deleted.c.record.in_(records))))


def _not_listed(
    services: Services, connection: sa.Connection, program: FormProgram, drafts: Sequence[Draft]
) -> list[Problem]:
    """Values that are on no list of the other system, and never were."""
    found = []
    for within, field in _within(program) if program.outside else ():
        source = next((source for one, source in program.outside if one is field), None)
        if source is None:
            continue
        chosen = [(d.row, path, value) for d in drafts for path, value in _held(d, within, field)]
        labels = services.outside.listed(connection, source).labels if chosen else {}
        found += [
            problem("value.no_such_reference", f"/{row}{path}", value=value, field=field.field.text())
            for row, path, value in chosen
            if value not in labels
        ]
    return found


def _not_his(
    services: Services, unit: Unit, viewer: Viewer, program: FormProgram, within: FieldProgram | None,
    field: FieldProgram, drafts: Sequence[Draft],
) -> list[Problem]:  # fmt: skip
    """Files that are somebody else's; what stood in this field may stay."""
    found: list[Problem] = []
    holding = within or field
    for draft in drafts:
        given = [(path, one) for path, value in _held(draft, within, field) for one in _ids(field, value)]
        stood = set(holding.files(draft.before.get(holding.id)))
        named = {one for _, one in given}
        wrong = not_his(services, unit, viewer, named, stood) if given else set()
        taken = held_elsewhere(unit, viewer, program, named - wrong, stood)
        found += [
            problem("file.of_another_record", f"/{draft.row}{path}", field=field.field.text())
            for path, one in given
            if one in taken
        ]
        found += [
            problem("value.no_such_reference", f"/{draft.row}{path}", field=field.field.text(), value=one)
            for path, one in given
            if one in wrong
        ]
    return found


def _unfit_files(
    services: Services, connection: sa.Connection, program: FormProgram, drafts: Sequence[Draft]
) -> list[Problem]:
    """Files whose bytes are of a kind their field does not take, or too large for it."""
    found: list[Problem] = []
    for within, field, reference in _referring(program):
        kind = field.field.type if reference.target == "file" else None
        given = (
            [(d.row, path, value) for d in drafts for path, value in _held(d, within, field)] if kind else []
        )
        for row, path, value in given:
            held = services.files.describe(connection, _ids(field, value))
            wrong = [one for file in held if kind for one in kind.may_hold(file, field.field)]
            found += [one.under(f"/{row}{path}") for one in wrong]
    return found


def _known(
    services: Services, connection: sa.Connection, viewer: Viewer, program: FormProgram, reference: Reference,
    ids: set[str],
) -> set[str]:  # fmt: skip
    if not ids:
        return set()
    if reference.target == "record":
        target = services.programs.get(reference.app or program.app.id, reference.form)
        visible = services.authority.visible_rows(connection, viewer, target.app, target.form)
        numbers = [int(i) for i in ids if is_whole_number(i)]
        statement = visible.ids().where(target.table.table.c.id.in_(numbers))
        return {str(row[0]) for row in connection.execute(statement)}
    if reference.target == "role":
        return ids & {role.id for role in program.app.roles}
    organisation = services.people.organisation()
    return ids & set(organisation.people if reference.target == "person" else organisation.departments)


def _referring(program: FormProgram) -> Iterator[tuple[FieldProgram | None, FieldProgram, Reference]]:
    for within, field in _within(program):
        reference = field.reference
        if reference is not None:
            yield within, field, reference


def _pointed(program: FormProgram, rows: Sequence[Row]) -> Mapping[Reference, set[str]]:
    """The ids these rows point at, by what they point at."""
    found: dict[Reference, set[str]] = {}
    for field in program.fields.values():
        values = [value for row in rows if (value := row.values.get(field.id)) is not None]
        if field.reference is not None:
            _collect(found, field, values)
        for cell in field.cells if values else ():
            if cell.reference is not None:
                inner = [row for value in values if isinstance(value, list) for row in value]
                _collect(found, cell, [row[cell.id] for row in inner if row.get(cell.id) is not None])
    return found


def _collect(found: dict[Reference, set[str]], field: FieldProgram, values: Iterable[Any]) -> None:
    ids = {one for value in values for one in _ids(field, value)}
    if ids and field.reference is not None:
        found.setdefault(field.reference, set()).update(ids)


def _veils(program: FormProgram, rows: Sequence[Row]) -> dict[str, Hide]:
    """What masks the names of files in fields that are masked in part."""
    return {
        file: field.hide
        for field in program.file_fields
        for row in rows
        if row.access.get(field.id) == "mask"
        for file in field.files(row.values.get(field.id))
    }


def _ids(field: FieldProgram, value: Any) -> list[str]:
    return (
        [] if value is None or field.field.type is None else field.field.type.references(value, field.field)
    )
