"""Formats: old documents brought up to the format of today, one function a step.

`"muniment": N` names the format. A step takes a document of format N and gives one of
N + 1; it may not lose anything. A newer format than ours cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from metamodel.core_schema import FORMAT
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, problem

Document = Mapping[str, Any]

# N -> the step from format N to N + 1
STEPS: dict[int, Callable[[Document], Document]] = {}


def upgrade(
    document: Document, steps: Mapping[int, Callable[[Document], Document]] = STEPS, newest: int = FORMAT
) -> tuple[Document, list[Problem]]:
    """The document in the newest format; with a Problem when it is of one we do not know."""
    found = document.get("muniment", newest)
    if not isinstance(found, int) or isinstance(found, bool):
        return document, []  # told by the schema
    if found > newest or any(step not in steps for step in range(found, newest)):
        return document, [problem("app.format", "/muniment", format=found, newest=newest)]
    for step in range(found, newest):
        document = {**steps[step](document), "muniment": step + 1}
    return document, []


def current_options(document: Document, registry: Registry) -> Document:
    """The document with the options of every field as its type wants them today (`Field.upgrade_options`). What
    is current already, and what has no readable shape, is left as it is: the very same object."""
    forms = document.get("forms")
    if not isinstance(forms, list):
        return document
    made = [_with_fields(form, registry) for form in forms]
    return (
        document
        if all(new is old for new, old in zip(made, forms, strict=True))
        else {**document, "forms": made}
    )


def _with_fields(holder: Any, registry: Registry) -> Any:
    """A form, or a field that has fields of its own."""
    fields = holder.get("fields") if isinstance(holder, dict) else None
    if not isinstance(fields, list):
        return holder
    made = [_with_fields(_current(field, registry), registry) for field in fields]
    return (
        holder
        if all(new is old for new, old in zip(made, fields, strict=True))
        else {**holder, "fields": made}
    )


def _current(field: Any, registry: Registry) -> Any:
    name = field.get("type") if isinstance(field, dict) else None
    type_ = registry.get("field", name) if isinstance(name, str) else None
    options = field.get("options", {}) if type_ is not None else None
    if type_ is None or type_.options_version == 1 or not isinstance(options, dict):
        return field
    version = field.get("options_version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version >= type_.options_version:
        return field
    upgraded = dict(type_.upgrade_options(version, options))
    return {**field, "options": upgraded, "options_version": type_.options_version}
