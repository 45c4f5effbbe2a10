"""Records that seem to be the same: what a form's `duplicates` names, looked for among what somebody may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import Viewer
from engine.records.program import FormProgram
from engine.records.query import Condition, Query
from engine.records.read import Reader
from engine.records.services import Services
from engine.records.state import parse_value
from metamodel.problems import Rejected

MOST = 5  # told of each group


@dataclass(frozen=True, slots=True)
class AlikeRecord:
    """`fields` are those in which it is the same."""

    id: str
    title: str
    fields: tuple[str, ...]


class AlikeRecords:
    def __init__(self, services: Services, reader: Reader) -> None:
        self._services, self._reader = services, reader

    def find(
        self, viewer: Viewer, app: str, form: str, record: str | None, values: Mapping[str, Any],
        changed: Iterable[str] | None = None,
    ) -> list[AlikeRecord]:  # fmt: skip
        """Other records with the same raw `values` in every field of a group, each once, in order of the
        groups. `changed`: only groups with one of these fields. What the viewer may not read is not told."""
        program = self._services.programs.get(app, form)
        touched = None if changed is None else set(changed)
        found: dict[str, AlikeRecord] = {}
        for group in program.form.duplicates:
            if touched is None or touched & set(group):
                for one in self._of_group(viewer, program, record, values, group):
                    found.setdefault(one.id, one)
        return list(found.values())

    def _of_group(
        self, viewer: Viewer, program: FormProgram, record: str | None, values: Mapping[str, Any],
        group: tuple[str, ...],
    ) -> list[AlikeRecord]:  # fmt: skip
        conditions = [_condition(program, name, values.get(name)) for name in group]
        if not all(conditions):
            return []
        query = Query(
            conditions=tuple(each for each in conditions if each), limit=MOST + 1, columns=program.title_fields,
            count=False,
        )  # fmt: skip
        try:
            page = self._reader.page(viewer, program.app.id, program.form.id, query)
        except Rejected:  # a field he may not read: nothing can be said
            return []
        others = [item for item in page.items if item.id != record][:MOST]
        return [AlikeRecord(item.id, item.title, group) for item in others]


def _condition(program: FormProgram, name: str, raw: Any) -> Condition | None:
    """None for blank, for what cannot be read, and for what is no input."""
    field = program.fields.get(name)
    if field is None or field.field.type is None:
        return None
    value, wrong = parse_value(field, raw)
    if value is None or wrong:
        return None
    written = field.field.type.to_json(value, field.field)
    text = ("true" if written else "false") if isinstance(written, bool) else str(written)
    return Condition(name, "is", (text,))
