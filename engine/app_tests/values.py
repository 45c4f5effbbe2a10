"""Comparing a record with what a test says of it, field by field, as the field's own type sees values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.records.query import RecordView
from engine.sample_data import Acting
from metamodel.forms import FieldDefinition
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import BadValue, Display, bilingual
from metamodel.problems import Problem, pointer, problem

BLANK = bilingual("（空）", "(blank)")
UNSEEN = bilingual("（看不到）", "(not seen)")


class Comparison:
    """One record as its reader sees it."""

    def __init__(self, acting: Acting, app: str, form: str, record: RecordView) -> None:
        self._acting, self._record = acting, record
        self._form = acting.runtime.programs.get(app, form).form

    def problems(self, expected: Part) -> Iterator[Problem]:
        for name, wanted in expected.mapping("values").items():
            yield from self._compare(name, wanted, expected.path + pointer("values", name))
        for name, wanted in expected.mapping("has").items():
            yield from self._holds(name, wanted, expected.path + pointer("has", name), "has")
        for name, wanted in expected.mapping("lacks").items():
            yield from self._holds(name, wanted, expected.path + pointer("lacks", name), "lacks")
        for name in expected.texts("hides"):
            if name in self._record.values:
                yield self._problem("visible", name, expected.path + "/hides")

    def _compare(self, name: str, raw: Any, place: str) -> Iterator[Problem]:
        field, wanted = self._form.field(name), self._acting.lay(raw)
        found = self._record.values.get(name)
        if field is None or not _alike(field, wanted, found):
            yield self._problem("value", name, place, expected=self._shown(field, raw, wanted))

    def _holds(self, name: str, raw: Any, place: str, code: str) -> Iterator[Problem]:
        """Of a list: these items; of a text: these words; of the rows of a sub-form: one with these cells."""
        items: Sequence[Any] = self._acting.lay(raw if isinstance(raw, list) else [raw])
        found = self._record.values.get(name) or ()
        there = [_stands_in(item, found) for item in items]
        if not all(there) if code == "has" else any(there):
            yield self._problem(code, name, place, expected="、".join(map(str, items)))

    def _problem(self, code: str, name: str, place: str, **said: Any) -> Problem:
        field = self._form.field(name)
        label = field.text() if field else name
        found = self._record.display.get(name) or (BLANK if name in self._record.values else UNSEEN)
        return problem(f"app_test.{code}", place, what=self._record.title, field=label, found=found, **said)

    def _shown(self, field: FieldDefinition | None, raw: Any, wanted: Any) -> Label:
        """As people read it; records by the name the test gave them."""
        if raw in (None, "", []):
            return BLANK
        if field is None or field.type is None or isinstance(raw, dict):
            return str(raw)
        people = self._acting.runtime.people.organisation()
        names = {("person", p.id): p.name for p in people.people.values()}
        names |= {("department", d.id): d.name for d in people.departments.values()}
        try:
            value = field.type.parse(wanted, field)
        except BadValue:
            return str(raw)
        display = Display("zh", self._acting.runtime.config.zone, names)
        return field.type.display(value, field, display)


def _stands_in(item: Any, found: Any) -> bool:
    if isinstance(item, Mapping) and isinstance(found, list):
        return any(isinstance(row, Mapping) and item.items() <= row.items() for row in found)
    return bool(item in found if isinstance(found, list | str) else item == found)


def _alike(field: FieldDefinition, wanted: Any, found: Any) -> bool:
    """The same value, however it is written; the order of a list of choices or people says nothing."""
    if wanted in (None, "", []):
        return found in (None, "", [])
    if found in (None, "", []) or field.type is None:
        return False
    try:
        one, other = field.type.parse(wanted, field), field.type.parse(found, field)
    except BadValue:
        return bool(wanted == found)
    if field.type.many and isinstance(one, list) and isinstance(other, list):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return bool(one == other)
