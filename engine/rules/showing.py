"""Showing: the values that templates name, as people read them. Choices by their labels, people by their
names, links by the titles of what they point at.

It speaks for the app, so nothing is hidden; but a title stands in places where nothing sealed
may stand, so sealed parts of it are left out, and who will read is not known yet, so that a plain
field with a mask is shown masked. Sealed ones are masked for each reader (`access/quoting.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.contexts import AT_ONCE, Beside, nobody
from engine.records.program import FormProgram
from engine.records.rows import Row, Rows
from engine.records.services import Services
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition
from metamodel.human_text import show_list
from metamodel.plugin_api import Display, Reference
from metamodel.templates import places

DEPTH = 3  # a title may name links whose titles name links …
Names = Mapping[tuple[str, str], str]


class Owner(Protocol):
    """Whose values a template names: `engine.rules.subjects.Subject`, as far as it is needed here."""

    @property
    def record(self) -> str: ...
    @property
    def program(self) -> FormProgram | None: ...
    def evaluate(self, text: str) -> Any: ...


@dataclass
class Showing:
    """For one unit: each title is read once, those of records `beside` it along with it."""

    connection: sa.Connection
    services: Services
    beside: Beside = nobody
    _rows: dict[tuple[str, str, int], Row | None] = field(default_factory=dict)
    _titles: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def show(self, subject: Owner, path: str, language: str) -> str:
        """One place of a template; blank is ''."""
        value = subject.evaluate(path)
        if value is None or value == "" or value == []:
            return ""
        found = self._definition(subject.program, path.split("."))
        if found is None:
            return show_list(map(str, value), language) if isinstance(value, list) else str(value)
        program, definition = found
        if isinstance(value, list) and definition.type is not None and not definition.type.many:
            return show_list(
                (self._shown(program, definition, one, language, DEPTH) for one in value), language
            )
        return self._shown(program, definition, value, language, DEPTH)

    def sealed(self, subject: Owner, path: str) -> tuple[str, str, str, str] | None:
        """(app, form, record, field) of a place whose value is sealed; None for a plain one."""
        names = path.split(".")
        found = self._definition(subject.program, names)
        if found is None or not found[1].sealed:
            return None
        program, definition = found
        owner = subject.record if len(names) == 1 else subject.evaluate(".".join(names[:-1]))
        return program.app.id, program.form.id, str(owner), definition.id

    def _definition(
        self, program: FormProgram | None, names: list[str]
    ) -> tuple[FormProgram, FieldDefinition] | None:
        """The field at the end of a path of links; None for what is no field (a person's name, an id)."""
        for name in names[:-1]:
            reference = self._reference(program, name)
            if reference is None or reference.target != "record" or program is None:
                return None
            program = self.services.programs.get(reference.app or program.app.id, reference.form)
        known = program.fields.get(names[-1]) if program else None
        return (program, known.field) if program and known else None

    def _reference(self, program: FormProgram | None, name: str) -> Reference | None:
        known = program.fields.get(name) if program else None
        return known.reference if known else None

    # -- values ------------------------------------------------------------------------------------

    def _shown(
        self, program: FormProgram, definition: FieldDefinition, value: Any, language: str, depth: int
    ) -> str:
        if definition.type is None:
            return ""
        if definition.mask and not definition.sealed:
            value = program.fields[definition.id].mask(value)
        if value is None or (definition.mask and isinstance(value, str) and not definition.sealed):
            return value or ""
        reference = definition.type.reference(definition)
        names: Names = {}
        if reference is not None:
            ids = definition.type.references(value, definition)
            names = dict(self._names(program, reference, ids, language, depth))
        display = Display(language, self.services.zone, names)
        return definition.type.display(value, definition, display)

    def _names(
        self, program: FormProgram, reference: Reference, ids: list[str], language: str, depth: int
    ) -> Iterator[tuple[tuple[str, str], str]]:
        organisation = self.services.people.organisation()
        for identifier in ids:
            known: Any = None
            if reference.target == "person":
                known = organisation.people.get(identifier)
            elif reference.target == "department":
                known = organisation.departments.get(identifier)
            if known is not None:
                yield (reference.target, identifier), known.name
            elif reference.target == "record":
                place = reference.app or program.app.id, reference.form
                yield ("record", identifier), self._title(*place, identifier, language, depth)

    def _title(self, app: str, form: str, record: str, language: str, depth: int) -> str:
        key = (app, form, record, language)
        if key not in self._titles:
            self._titles[key] = self._made_title(app, form, record, language, depth) if depth else record
        return self._titles[key]

    def _made_title(self, app: str, form: str, record: str, language: str, depth: int) -> str:
        program = self.services.programs.get(app, form)
        wanted = [name for name in program.title_fields if name in program.fields]
        row = self._row(program, record, wanted)
        text = program.form.title
        for place in places(text):
            value = row.values.get(place) if row is not None and place in wanted else None
            definition = program.fields[place].field if place in wanted else None
            shown = ""
            if definition is not None and value is not None and not definition.sealed:
                shown = self._shown(program, definition, value, language, depth - 1)
            text = text.replace("{" + place + "}", shown)
        return text.strip() or f"{program.form.text(language)} {record}"

    def _row(self, program: FormProgram, record: str, fields: list[str]) -> Row | None:
        if not is_whole_number(record):
            return None
        place = program.app.id, program.form.id
        if (*place, int(record)) not in self._rows:
            more = (i for i in self._linked(*place) if (*place, i) not in self._rows)
            ids = {int(record), *islice(more, AT_ONCE)}
            found = Rows(self.services).by_ids(self.connection, SYSTEM, program, ids, fields)
            self._rows.update({(*place, i): found.get(i) for i in ids})
        return self._rows[*place, int(record)]

    def _linked(self, app: str, form: str) -> Iterator[int]:
        """What the subjects link to, and what the records link to whose titles were asked for."""
        yield from self.beside(app, form)
        for (there, its, _), row in list(self._rows.items()):
            if row is not None:
                yield from self.services.programs.get(there, its).linked(row.values, app, form)
