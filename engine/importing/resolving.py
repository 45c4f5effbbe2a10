"""Names in cells become ids: of people, departments and records of other forms, for a batch of lines at once.

A link is found by the title of what it points at (or by the field the plan says), among the records the
importing person may see; nobody learns of others from a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.people import Organisation
from engine.access.viewer import Viewer
from engine.importing.plan import Column, program_of
from engine.records.keyed import Keyed, may_be_key
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.records.state import parse_value
from engine.whole_numbers import is_whole_number
from metamodel.human_text import split_list
from metamodel.plugin_api import BadValue, Reference
from metamodel.problems import Problem, pointer, problem

Find = Callable[[str], Sequence[str]]  # a name -> the ids of whatever is called so
_NAMED = re.compile(r"(.+)[(（]([^()（）]+)[)）]")  # 周婧 (sales04)


class Resolver:
    """For one import: `prepare` a batch, then `value` cell by cell."""

    def __init__(
        self,
        services: Services,
        keyed: Keyed,
        viewer: Viewer,
        program: FormProgram,
        columns: Sequence[Column],
    ) -> None:
        self._services, self._keyed, self._viewer, self._program = services, keyed, viewer, program
        self._columns = {
            column.field: column for column in columns if column.field and _names(program, column.field)
        }
        self._found: dict[str, Find] = {}

    def finds(self, name: str) -> bool:
        """Does what stands in cells of this column name something else?"""
        return name in self._columns

    def prepare(self, cells: Mapping[str, Iterable[str]]) -> None:
        """The cells of a batch by field: what records they name is asked in one statement a column."""
        with self._services.database.read() as connection:
            for name, column in self._columns.items():
                field = self._field(name)
                reference = field.reference
                if reference is None:
                    self._found[name] = self._listed(connection, field)
                    continue
                self._found[name] = self._finder(connection, reference, column, _apart(field, cells[name]))

    def value(self, name: str, text: str) -> tuple[Any, list[Problem]]:
        """What the write path is handed for a cell, and what is wrong with it; paths `/field`, of a column of a
        sub-form its own id."""
        find = self._found.get(name)
        if find is None or not text:
            return text, []
        field, found, wrong = self._field(name), list[str](), list[Problem]()
        for part in _apart(field, [text]):
            ids = find(part)
            if len(ids) == 1:
                found.append(ids[0])
                continue
            code = "import.several_named" if ids else "import.no_such_name"
            said = {"field": field.field.text(), "value": part[:100], "count": len(ids)}
            wrong.append(problem(code, pointer(field.id), **said))
        many = field.field.type is not None and field.field.type.many
        return (found if many else next(iter(found), "")), wrong

    def _field(self, name: str) -> FieldProgram:
        found = program_of(self._program, name)
        assert found is not None
        return found

    def _finder(
        self, connection: sa.Connection, reference: Reference, column: Column, names: Iterable[str]
    ) -> Find:
        if reference.target == "record":
            return self._records(connection, reference, column, set(names))
        organisation = self._services.people.organisation()
        known = (
            _people(organisation) if reference.target == "person"
            else _departments(organisation) if reference.target == "department"
            else None
        )  # fmt: skip
        if known is None:
            return lambda name: [name]
        return lambda name: _by_name(known, name)

    def _listed(self, connection: sa.Connection, field: FieldProgram) -> Find:
        """What another system calls it, or its value; what nobody knows is left to the write path to refuse."""
        type_ = field.field.type
        source = type_.source(field.field) if type_ is not None else None
        values: dict[str, list[str]] = {}
        for value, label in self._services.outside.listed(connection, source).now if source else ():
            values.setdefault(label, []).append(value)
        return lambda name: values.get(name, [name])

    def _records(
        self, connection: sa.Connection, reference: Reference, column: Column, names: set[str]
    ) -> Find:
        target = self._services.programs.get(reference.app or self._program.app.id, reference.form)
        key = column.by or title_key(target)
        found: dict[str, list[str]] = {}
        if key and may_be_key(target.fields.get(key)):
            raws = _raws(target.fields[key], names)
            ids = self._keyed.find(connection, self._viewer, target, key, set(raws.values()))
            found = {name: [str(one) for one in ids.get(raw, ())] for name, raw in raws.items()}
        if column.by:
            return lambda name: found.get(name, [])
        return lambda name: found.get(name) or ([name] if is_whole_number(name) else [])


def title_key(program: FormProgram) -> str:
    """The field that by itself tells which record is meant: the first plain one of the title."""
    return next((name for name in program.title_fields if may_be_key(program.fields.get(name))), "")


def _names(program: FormProgram, name: str) -> bool:
    """Does a cell of it name something else? Files are found by others."""
    field = program_of(program, name)
    from_outside = any(field is one for one, _ in program.outside)
    names_others = field is not None and field.reference is not None and field.reference.target != "file"
    return names_others or from_outside


def _apart(field: FieldProgram, texts: Iterable[str]) -> list[str]:
    """The names in these cells."""
    if field.field.type is None or not field.field.type.many:
        return [text.strip() for text in texts if text.strip()]
    found: list[str] = []
    for text in texts:
        try:
            found += [str(item) for item in split_list(text)]
        except BadValue:
            found.append(text)
    return found


def _raws(field: FieldProgram, names: Iterable[str]) -> dict[str, Any]:
    """What the column would hold for each of these names; those it could not hold are left out."""
    found: dict[str, Any] = {}
    for name in names:
        value, wrong = parse_value(field, name)
        if value is not None and not wrong:
            try:
                found[name] = field.encode(value)
            except BadValue:
                continue
    return found


def _by_name(known: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    """By id or name; `name (id)` says both."""
    if name in known:
        return known[name]
    both = _NAMED.fullmatch(name)
    if both is None:
        return []
    return [one for one in known.get(both[2].strip(), ()) if one in known.get(both[1].strip(), ())]


def _people(organisation: Organisation) -> Mapping[str, list[str]]:
    """Ids by id and by name; who has left is found by id alone."""
    found: dict[str, list[str]] = {}
    for person in organisation.people.values():
        if person.active and person.name != person.id:
            found.setdefault(person.name, []).append(person.id)
    return found | {one: [one] for one in organisation.people}


def _departments(organisation: Organisation) -> Mapping[str, list[str]]:
    """Ids by id, by name and by path (销售中心/华东)."""
    found: dict[str, list[str]] = {}
    for one in organisation.departments.values():
        if one.closed_on is not None:
            continue
        path = "/".join(organisation.departments[up].name for up in reversed(organisation.above(one.id)))
        for name in {one.name, path} - {one.id}:
            found.setdefault(name, []).append(one.id)
    return found | {one: [one] for one in organisation.departments}
