"""Standing: how what a rule marks or makes stands by now, beside the hits of a trial.

A rule that warns sets a choice ("new"), a person judges it ("false alarm"). Which fields these are is seen from
the rule and its forms: choices that the rule sets, on the record itself or behind one of its links, and of a
record that it makes for a hit (`{message: record.id}`) the choices that such a record begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.records.matching import find_ids
from engine.records.program import FormProgram
from engine.records.rows import Row, Rows
from engine.rules.keys import Keys
from engine.rules.run import Run
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Writing
from metamodel.rules import Rule

OWN_ID = frozenset({"id", "record", "record.id"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A choice and how it stands: of `record` of `form` (a blank record is the hit itself); `label` and `text` are
    the field and the choice in words."""

    form: str
    record: str
    field: str
    label: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Choices to look at: behind `link` of the hit (blank: its own), or of records whose `back` is the hit."""

    program: FormProgram
    fields: tuple[FieldDefinition, ...]
    link: str = ""
    back: str = ""


def standings(
    run: Run, viewer: Viewer, rule: Rule, program: FormProgram, hits: Mapping[int, Row]
) -> dict[int, list[Standing]]:
    """Of each hit, as far as this viewer may read it. `hits` are rows as he reads them."""
    found: dict[int, list[Standing]] = {record: [] for record in hits}
    for place in _places(run, rule, program):
        for record, stands in _at(run, viewer, place, hits):
            found[record] += [one for one in stands if one not in found[record]]
    return found


def _places(run: Run, rule: Rule, own: FormProgram) -> Iterator[_Place]:
    for action in rule.actions:
        writings = (
            action.action.writes(action.options) if action.action and action.options is not None else ()
        )
        for writing in writings:
            place = _place(run, writing, own)
            if place is not None and place.fields:
                yield place


def _place(run: Run, writing: Writing, own: FormProgram) -> _Place | None:
    if writing.to == "own":
        return _Place(own, _judged(own, writing.values))
    if writing.to == "linked":
        link = own.fields.get(writing.link)
        reference = link.field.type.reference(link.field) if link and link.field.type else None
        if reference is None or reference.target != "record":
            return None
        there = run.program(reference.app or run.app, reference.form)
        return _Place(there, _judged(there, writing.values), link=writing.link)
    back = next((name for name, text in writing.values.items() if text.strip() in OWN_ID), "")
    if writing.to != "new" or not back:
        return None
    made = run.program(writing.app or run.app, writing.form)
    begun = {name: "" for name, field in made.fields.items() if field.field.default or name in writing.values}
    return _Place(made, _judged(made, begun), back=back)


def _judged(program: FormProgram, values: Mapping[str, str]) -> tuple[FieldDefinition, ...]:
    """Those of the fields that hold one of some choices."""
    known = [program.fields[name].field for name in values if name in program.fields]
    return tuple(one for one in known if one.type is not None and not one.type.many and one.type.choices(one))


def _at(
    run: Run, viewer: Viewer, place: _Place, hits: Mapping[int, Row]
) -> Iterator[tuple[int, list[Standing]]]:
    connection, rows = run.unit.connection, Rows(run.services)
    if place.back:
        pairs = list(_made(run, connection, place, list(hits)))
    elif place.link:
        linked = {record: str(row.values.get(place.link) or "") for record, row in hits.items()}
        pairs = [(record, int(there)) for record, there in linked.items() if is_whole_number(there)]
    else:
        for record, row in hits.items():
            yield record, list(_said(viewer, place, "", row))
        return
    read = rows.by_ids(
        connection, viewer, place.program, [there for _, there in pairs], [one.id for one in place.fields]
    )
    for record, there in pairs:
        if there in read:
            yield record, list(_said(viewer, place, str(there), read[there]))


def _made(
    run: Run, connection: sa.Connection, place: _Place, hits: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The newest record that was made for each hit."""
    keys = Keys(run, place.program)
    wanted = {record: keys.of({place.back: str(record)}).key for record in hits}
    found = find_ids(connection, place.program, (place.back,), {key for key in wanted.values() if key})
    for record, key in wanted.items():
        if key is not None and found.get(key):
            yield record, found[key][0]


def _said(viewer: Viewer, place: _Place, record: str, row: Row) -> Iterator[Standing]:
    """What is blank, or shown to this viewer as something else, is left out."""
    for field in place.fields:
        choices = field.type.choices(field) if field.type is not None else ()
        value = row.values.get(field.id)
        choice = next((one for one in choices if one.value == value), None)
        if choice is not None:
            text = label_text(choice.label, viewer.language, choice.value)
            yield Standing(
                place.program.form.id, record, field.id, field.text(viewer.language), choice.value, text
            )
