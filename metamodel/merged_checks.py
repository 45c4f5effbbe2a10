"""A choice that went into another is in no record any more: who still asks for it by its old value is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from metamodel.checking import Checking
from metamodel.forms import FieldDefinition, Form
from metamodel.mentions import links_to, names_field, naming_parts, naming_texts
from metamodel.problems import Problem, problem


def check_merged(checking: Checking) -> list[Problem]:
    return [
        found
        for form in checking.app.forms
        for field in form.fields
        if field.usable and field.type is not None and field.type.merged(field)
        for found in _still_named(checking, form, field, field.type.merged(field))
    ]


def _still_named(
    checking: Checking, form: Form, field: FieldDefinition, gone: Iterable[str]
) -> Iterator[Problem]:
    """In expressions that name the field, the value as a text in quotes."""
    for part in naming_parts(checking.app):
        links = links_to(checking.app, part.form, form.id)
        names = [
            *([field.id] if part.form == form.id else []), *(f"{link}.{field.id}" for link in links)
        ]  # fmt: skip
        for path, found in naming_texts(part.raw, part.path, form.id):
            if path.startswith(field.path + "/options") or not names_field(found, names, field.id, links):
                continue
            for value in gone:
                if re.search(rf"""(['"]){re.escape(value)}\1""", found.text):
                    yield problem("choice.merged_named", path, choice=value, field=field.text())
