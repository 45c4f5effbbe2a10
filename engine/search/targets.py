"""Which field a word before a colon means: an alias of the form, a field's id or label, a path.

A path goes through links (`conversation.customer.tags`); a lookup is the path it looks along, so
what comes out always begins with stored link fields. Used by `query.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from engine.search.folding import fold
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import Label
from metamodel.plugin_api import Lookup, Reference

FARTHEST = 6  # links on the way


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query is read against.

    `names(reference, text)` gives the ids of the people, departments or records somebody may mean
    by a text; `may(app, form, field)` says whether the reader may read a field: one he may not is
    as good as unknown. `language` is for words in hints."""

    app: App
    form: Form
    apps: Mapping[str, App]
    today: date
    zone: tzinfo
    names: Callable[[Reference, str], Sequence[str]] = lambda _reference, _text: ()
    may: Callable[[str, str, str], bool] = lambda _app, _form, _field: True
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Target:
    """A field of `form` in `app`, reached through the link fields `path`."""

    path: tuple[str, ...]
    field: FieldDefinition
    app: App
    form: Form


def find_target(name: str, scope: Scope) -> Target | None:
    """The field `name` stands for in a query on the scope's form, if the reader may know it."""
    wanted = fold(name)
    aliases = {fold(word): path for word, path in scope.form.search.items()}
    steps = aliases.get(wanted, name).split(".")
    return follow(steps, scope.app, scope.form, scope)


def follow(
    steps: Sequence[str], app: App, form: Form, scope: Scope, path: tuple[str, ...] = ()
) -> Target | None:
    field = _field(form, steps[0])
    if field is None or not field.usable or len(path) > FARTHEST or not scope.may(app.id, form.id, field.id):
        return None
    if isinstance(field.derived, Lookup):
        steps = (field.derived.through, field.derived.field, *steps[1:])
        return follow(steps, app, form, scope, path)
    if len(steps) == 1:
        return Target(path, field, app, form)
    linked = linked_form(field, app, scope.apps)
    if linked is None:
        return None
    return follow(steps[1:], *linked, scope, (*path, field.id))


def linked_form(field: FieldDefinition, app: App, apps: Mapping[str, App]) -> tuple[App, Form] | None:
    """The form a link field of an app points at."""
    reference = field.type.reference(field) if field.type and field.usable else None
    if reference is None or reference.target != "record":
        return None
    target = app if reference.app in ("", app.id) else apps.get(reference.app)
    form = target.form(reference.form) if target else None
    return (target, form) if target and form else None


def _field(form: Form, name: str) -> FieldDefinition | None:
    wanted = fold(name)
    return form.field(name) or next((f for f in form.fields if wanted in _words(f.id, f.label)), None)


def _words(identifier: str, label: Label) -> set[str]:
    labels = [label] if isinstance(label, str) else list(label.values())
    return {fold(word) for word in (identifier, *labels)}
