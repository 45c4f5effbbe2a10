"""Which fields of a form may be offered to people outside: those that read nothing, for nobody there may read.

Pure; asked where a link is made, and again whenever it is used, since the definition may have changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from metamodel.forms import FieldDefinition, Form
from metamodel.problems import Problem, pointer, problem


def objection(field: FieldDefinition) -> Problem | None:
    """Why it cannot be offered; None where it can."""
    label = field.text()
    if not field.usable or field.type is None or field.derived is not None:
        return problem("public.computed", field=label)
    reference = field.type.reference(field)
    if reference is not None and reference.target == "file":
        return problem("public.files", field=label)
    if reference is not None or field.type.source(field) is not None:
        return problem("public.reads", field=label)
    if field.unique:
        return problem("public.unique", field=label)
    inner = (objection(cell) for cell in field.fields if cell.derived is None)
    return next((found for found in inner if found is not None), None)


def offered(form: Form, names: Collection[str]) -> tuple[FieldDefinition, ...]:
    """Those of these fields that may be offered, in the form's order."""
    return tuple(field for field in form.fields if field.id in names and objection(field) is None)


def check_offer(form: Form, names: Sequence[str]) -> list[Problem]:
    """May these be the fields of a link? What is required must be among them, or fill itself."""
    if form.is_archive:
        return [problem("public.archive")]
    chosen = [field for field in form.fields if field.id in names]
    found = [one.under(pointer(field.id)) for field in chosen if (one := objection(field)) is not None]
    if not chosen:
        found.append(problem("public.no_fields"))
    asked = {field.id for field in chosen}
    missing = [f for f in form.fields if f.required and f.id not in asked and not f.default and not f.visible]
    return [
        *found,
        *(problem("public.required", pointer(f.id), field=f.text()) for f in missing if f.derived is None),
    ]
