"""Where an expression of a draft stands, and so what its names mean and what it must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metamodel.application import App
from metamodel.expressions.checker import Scope
from metamodel.expressions.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DEPARTMENT,
    DURATION,
    NUMBER,
    PERSON,
    TEXT,
    Type,
    list_of,
)
from metamodel.forms import Form
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected, problem
from metamodel.scope import FormScope, MessageScope, NothingScope, OtherRowsScope, RowScope

MESSAGE = "@message"
EXPECTED: Mapping[str, Type] = {
    "any": ANY, "text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME,
    "duration": DURATION, "person": PERSON, "department": DEPARTMENT, "list": list_of(ANY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """`form`: a form's id; `order/items` for the rows of its sub-form; "@message" for a message that is no
    record yet; blank for an expression about nothing. `about`: rows of another form (`form` or `app/form`)
    that our record asks for, ours being `record.x`. `expects`: a name of EXPECTED. `in_database`: the
    database must be able to decide it (row permissions, filters)."""

    form: str = ""
    about: str = ""
    expects: str = "any"
    in_database: bool = False

    @property
    def expected(self) -> Type | None:
        found = EXPECTED.get(self.expects, ANY)
        return None if found is ANY else found


def form_of(app: App, place: Place) -> Form | None:
    """The form an expression is about; None for a message or nothing. Rejected: form.unknown."""
    name = place.form.partition("/")[0]
    if not name or name == MESSAGE:
        return None
    form = app.form(name)
    if form is None:
        raise Rejected([problem("form.unknown", form=name)])
    return form


def scope_of(app: App, place: Place, apps: Mapping[str, App], registry: Registry) -> Scope:
    """What the names mean there. Rejected: form.unknown."""
    form, _, rows = place.form.partition("/")
    if form == MESSAGE:
        return MessageScope()
    found = form_of(app, place)
    if found is None:
        return NothingScope()
    if place.about:
        there, _, name = place.about.rpartition("/")
        return OtherRowsScope(app, found, (there or app.id, name), apps, registry)
    if not rows:
        return FormScope(app, found, apps, registry)
    holder = found.field(rows)
    if holder is None:
        raise Rejected([problem("value.unknown_field", field=rows)])
    return RowScope(app, found, holder, apps, registry)
