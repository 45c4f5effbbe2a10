"""What applications need of each other: `requires` held against what is published here.

`metamodel` checks a document by itself; this looks at the neighbours, when publishing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metamodel.application import App
from metamodel.problems import Problem, pointer, problem
from metamodel.requirements import Requirement


def unmet(app: App, apps: Mapping[str, App]) -> list[Problem]:
    """Requirements of `app` that the published apps do not meet."""
    return [
        found.under(need.path)
        for need in app.requires
        for found in (
            _missing(need, apps[need.app])
            if need.app in apps
            else [problem("requires.missing_app", app=need.app)]
        )
    ]


def broken_dependents(app: App, apps: Mapping[str, App]) -> list[Problem]:
    """Who relies on what would be gone if `app` were published as it is."""
    return [
        problem("requires.breaks", dependent=other.id, part=found.path.strip("/").replace("/", "."))
        for other in apps.values()
        if other.id != app.id and (need := other.required(app.id)) is not None
        for found in _missing(need, app)
    ]


def _missing(need: Requirement, app: App) -> Iterator[Problem]:
    for form_id, fields in need.forms.items():
        form = app.form(form_id)
        if form is None:
            yield problem("requires.missing_form", pointer("forms", form_id), app=app.id, form=form_id)
            continue
        for field_id, type_name in fields.items():
            field, path = form.field(field_id), pointer("forms", form_id, field_id)
            names = {"app": app.id, "form": form_id, "field": field_id}
            if field is None:
                yield problem("requires.missing_field", path, **names)
            elif type_name and field.type_name != type_name:
                yield problem("requires.other_type", path, **names, expected=type_name, found=field.type_name)


def in_order_of_need(documents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """App ids, each after those it requires as far as that is possible (they may need each other)."""
    order: list[str] = []

    def visit(app: str, above: frozenset[str]) -> None:
        if app in order or app in above or app not in documents:
            return
        for need in documents[app].get("requires", ()):
            visit(str(need.get("app", "")), above | {app})
        order.append(app)

    for app in sorted(documents):
        visit(app, frozenset())
    return order
