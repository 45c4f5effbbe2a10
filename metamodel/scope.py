"""Scopes: what the names in an expression mean, and of which type they are.

`FormScope` is for everything said about the records of a form (conditions, formulas, row
permissions, filters, rules), links followed into other forms and apps; `RowScope` for the
rows of a sub-form; `MessageScope` for rules on a message that is not a record yet.
Used when a definition is checked and again when it is compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from metamodel.expressions.types import (
    ANY,
    DATETIME,
    DEPARTMENT,
    DURATION,
    NUMBER,
    PERSON,
    TEXT,
    Type,
    list_of,
    record_of,
)
from metamodel.plugin_api import Lookup, Registry, Rollup

if TYPE_CHECKING:
    from metamodel.application import App
    from metamodel.forms import FieldDefinition, Form
    from metamodel.requirements import RequiredField

PERSON_ATTRIBUTES: Mapping[str, Type] = {"id": TEXT, "name": TEXT, "department": DEPARTMENT}
DEPARTMENT_ATTRIBUTES: Mapping[str, Type] = {"id": TEXT, "name": TEXT}

MESSAGE: Mapping[str, Type] = {
    "channel": TEXT,
    "account": TEXT,
    "vendor_id": TEXT,
    "vendor_seq": NUMBER,
    "sender_id": TEXT,
    "sender_name": TEXT,
    "sender_kind": TEXT,
    "receivers": list_of(ANY),
    "sent_at": DATETIME,
    "received_at": DATETIME,
    "direction": TEXT,
    "action": TEXT,
    "type": TEXT,
    "text": TEXT,
    "conversation_id": TEXT,
    "conversation_kind": TEXT,
    "refers_to": ANY,  # the record of the original, whatever form that is in
    "original_id": TEXT,
    "duration": DURATION,
    "attachments": list_of(ANY),
    "media_state": TEXT,
    "staff": list_of(PERSON),
    "staff_id": PERSON,
    "customer_id": TEXT,
    "customer_name": TEXT,
    "raw_digest": TEXT,
}


class Forms:
    """The forms an app can see: its own, and those of the apps it requires (`apps` where they are
    at hand, else what `requires` says of them)."""

    def __init__(
        self, app: App, apps: Mapping[str, App] | None = None, registry: Registry | None = None
    ) -> None:
        self._app, self._apps, self._registry = app, apps or {}, registry

    def knows(self, app: str, form: str) -> bool:
        return self._form(app, form) is not None or self._required(app, form) is not None

    def form_names(self, app: str) -> list[str]:
        home = self._app if app in ("", self._app.id) else self._apps.get(app)
        need = self._app.required(app)
        return [form.id for form in home.forms] if home else list(need.details if need else ())

    def names(self, app: str, form: str) -> list[str]:
        found = self._form(app, form)
        if found is not None:
            return [field.id for field in found.fields]
        return list(self._required(app, form) or {})

    def field(self, app: str, form: str, field: str) -> FieldDefinition | None:
        """The definition itself, where its app is at hand."""
        found = self._form(app, form)
        return found.field(field) if found else None

    def field_type(
        self, app: str, form: str, field: str, seen: frozenset[tuple[str, str, str]] = frozenset()
    ) -> Type | None:
        """None when there is no such field; `any` when the form itself is not known."""
        if (app, form, field) in seen:
            return ANY  # computed from itself: told elsewhere
        found = self._form(app, form)
        if found is not None:
            definition = found.field(field)
            inner = seen | {(app, form, field)}
            return self._type_of(definition, app or self._app.id, found, inner) if definition else None
        required = self._required(app, form)
        if required is None:
            return ANY
        return self._required_type(app, required[field]) if field in required else None

    def of_field(self, app: str, form: Form, field: FieldDefinition) -> Type:
        """The type of a field that stands in `form` of `app`."""
        return self._type_of(field, app, form, frozenset({(app, form.id, field.id)}))

    def _type_of(
        self, field: FieldDefinition, app: str, form: Form, seen: frozenset[tuple[str, str, str]]
    ) -> Type:
        derived = field.derived
        if field.type is not None and field.type.container:
            return list_of(record_of(app, f"{form.id}/{field.id}")).seal(field.sealed)
        if isinstance(derived, Lookup):
            return self._looked_up(derived, app, form, seen).seal(field.sealed)
        if isinstance(derived, Rollup) and derived.aggregate in ("min", "max"):
            there = self.field_type(derived.app or app, derived.form, derived.field, seen)
            return (there or ANY).seal(field.sealed)
        return at_home(field.expression_type(), app)

    def _looked_up(self, lookup: Lookup, app: str, form: Form, seen: frozenset[tuple[str, str, str]]) -> Type:
        link = form.field(lookup.through)
        target = at_home(link.expression_type(), app) if link else ANY
        record = target.of if target.kind == "list" and target.of else target
        if record.kind != "record":
            return ANY
        there = self.field_type(record.app, record.form, lookup.field, seen) or ANY
        found = list_of(there) if target.kind == "list" and there.kind != "list" else there
        return found.seal(target.sealed)

    def _form(self, app: str, form: str) -> Form | None:
        home = self._app if app in ("", self._app.id) else self._apps.get(app)
        return home.form(form) if home else None

    def _required(self, app: str, form: str) -> Mapping[str, RequiredField] | None:
        need = self._app.required(app)
        return need.details.get(form) if need else None

    def _required_type(self, app: str, field: RequiredField) -> Type:
        if field.form:
            known: Type = record_of(field.app or app, field.form)
        else:
            kind = self._registry.get("field", field.type_name) if self._registry else None
            known = kind.type if kind is not None else ANY
        return known.seal(field.sealed)


class FormScope:
    """The names of an expression about a record of `form`: its fields, `me` and `record`."""

    def __init__(
        self, app: App, form: Form, apps: Mapping[str, App] | None = None, registry: Registry | None = None
    ) -> None:
        self.app, self.form = app, form
        self.forms = Forms(app, apps, registry)

    def names(self) -> list[str]:
        return [*(field.id for field in self.form.fields), "me", "record"]

    def name(self, name: str) -> Type | None:
        field = self.form.field(name)
        if field is not None:
            return self.forms.of_field(self.app.id, self.form, field)
        return {"me": PERSON, "record": record_of(self.app.id, self.form.id)}.get(name)

    def attributes(self, of: Type) -> Iterable[str]:
        """What may stand after the dot, for suggestions."""
        if of.kind == "list" and of.of is not None:
            return self.attributes(of.of)
        if of.kind == "record":
            rows = self._rows(of)
            return [f.id for f in rows.fields] if rows else self.forms.names(of.app, of.form)
        return {"person": PERSON_ATTRIBUTES, "department": DEPARTMENT_ATTRIBUTES}.get(of.kind, {})

    def attribute(self, of: Type, name: str) -> Type | None:
        """The type of `value.name`; over a list it is the list of what each item answers."""
        if of.kind == "list" and of.of is not None:
            item = self.attribute(of.of, name)
            return (list_of(item) if item.kind != "list" else item).seal(of.sealed) if item else None
        if of.kind == "record":
            found = self._field_of(of, name)
            return found.seal(of.sealed) if found else None
        if of.kind == "any":
            return ANY
        known = {"person": PERSON_ATTRIBUTES, "department": DEPARTMENT_ATTRIBUTES}.get(of.kind, {})
        return known[name].seal(of.sealed) if name in known else None

    def _field_of(self, record: Type, name: str) -> Type | None:
        if name == "id":
            return TEXT
        rows = self._rows(record)
        if rows is None:
            return self.forms.field_type(record.app, record.form, name)
        cell = next((field for field in rows.fields if field.id == name), None)
        return at_home(cell.expression_type(), self.app.id) if cell else None

    def _rows(self, record: Type) -> FieldDefinition | None:
        """The sub-form whose rows these are."""
        form, _, field = record.form.partition("/")
        return self.form.field(field) if field and form == self.form.id else None


class RowScope(FormScope):
    """The names of an expression inside a sub-form: the row's fields; `record` is the record around it."""

    def __init__(
        self, app: App, form: Form, rows: FieldDefinition,
        apps: Mapping[str, App] | None = None, registry: Registry | None = None,
    ) -> None:  # fmt: skip
        super().__init__(app, form, apps, registry)
        self.rows = rows

    def names(self) -> list[str]:
        return [*(field.id for field in self.rows.fields), "me", "record"]

    def name(self, name: str) -> Type | None:
        cell = next((field for field in self.rows.fields if field.id == name), None)
        if cell is not None:
            return at_home(cell.expression_type(), self.app.id)
        return super().name(name) if name in ("me", "record") else None


class OtherRowsScope(FormScope):
    """The names of an expression about rows of another form that our record asks for: theirs as they
    are, ours as `record.x`."""

    def __init__(
        self, app: App, form: Form, there: tuple[str, str],
        apps: Mapping[str, App] | None = None, registry: Registry | None = None,
    ) -> None:  # fmt: skip
        super().__init__(app, form, apps, registry)
        self.there = self.rows = there  # `rows`: `record.x` is not `x` here

    def names(self) -> list[str]:
        return [*self.forms.names(*self.there), "me", "record"]

    def name(self, name: str) -> Type | None:
        if name in ("me", "record"):
            return super().name(name)
        return self.forms.field_type(*self.there, name)


class NothingScope:
    """The names of an expression about no record at all: none."""

    def names(self) -> list[str]:
        return []

    def name(self, name: str) -> Type | None:
        return None

    def attributes(self, of: Type) -> Iterable[str]:
        return ()

    def attribute(self, of: Type, name: str) -> Type | None:
        return None


class MessageScope:
    """The names of an expression about a normalised message."""

    def names(self) -> list[str]:
        return [*MESSAGE, "me"]

    def name(self, name: str) -> Type | None:
        return PERSON if name == "me" else MESSAGE.get(name)

    def attributes(self, of: Type) -> Iterable[str]:
        return PERSON_ATTRIBUTES if of.kind == "person" else ()

    def attribute(self, of: Type, name: str) -> Type | None:
        return ANY if of.kind == "any" else PERSON_ATTRIBUTES.get(name) if of.kind == "person" else None


def at_home(known: Type, app: str) -> Type:
    """A field says '' for its own app; seen from elsewhere that must be a name."""
    if known.kind == "record" and not known.app:
        return replace(known, app=app)
    if known.kind == "list" and known.of is not None:
        return replace(known, of=at_home(known.of, app))
    return known
