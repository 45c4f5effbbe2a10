"""What was taken out of an app while its values are still there: forms, fields, columns of sub-forms; and putting
it back.

Each is offered as it stood in the last version that had it. Putting back is an edit of the draft like any other;
published, it has its values again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from engine.migrate import parked_cells, parked_columns, parked_forms
from metamodel.keyed_lists import part_label
from metamodel.labels import Label
from metamodel.problems import pointer

Document = Mapping[str, Any]
Kind = Literal["form", "field", "column"]


@dataclass(frozen=True, slots=True)
class Parked:
    """`path`: the field's id, or `lines.price` of a sub-form's column; '' of a form. `values`: the records of a
    form, else the values. `definition` is as it stood in `version`. `taken`: the draft has another part of that id.
    `permissions` of a form: what each role of the draft could do with it then."""

    kind: Kind
    form: str
    path: str
    label: Label
    form_label: Label
    values: int
    version: int
    definition: Document
    taken: bool = False
    permissions: Mapping[str, Any] = field(default_factory=dict)


class Parking:
    """Of one app: its draft, and its versions by number, the newest first."""

    def __init__(
        self, app: str, draft: Document, versions: Callable[[], Iterator[tuple[int, Document]]]
    ) -> None:
        self._app, self._draft, self._versions = app, draft, versions
        self._forms = {one["id"]: one for one in parts(draft, "forms")}

    def all(self, connection: sa.Connection) -> list[Parked]:
        """Forms first, then fields, the newest first; only what holds anything."""
        forms = [self._form(form, number) for form, number in parked_forms(connection, self._app)]
        columns = parked_columns(connection, self._app, list(self._forms))
        fields = [self._field(one.form, one.field, one.type, one.values) for one in columns]
        gone = sorted(self._columns_gone())
        cells = [
            self._field(form, path, "", number)
            for form, path, number in parked_cells(connection, self._app, gone)
        ]
        return [one for one in (*forms, *fields, *cells) if one is not None]

    def _form(self, form: str, records: int) -> Parked | None:
        if form in self._forms:
            return None
        for number, document in self._versions():
            _, then = place_of(document, form)
            if then:
                label = part_label(then)
                return Parked(
                    "form",
                    form,
                    "",
                    label,
                    label,
                    records,
                    number,
                    then,
                    permissions=self._permissions(document, form),
                )
        return None

    def _permissions(self, document: Document, form: str) -> dict[str, Any]:
        here = {one["id"] for one in parts(self._draft, "roles")}
        held = {
            one["id"]: one["forms"] for one in parts(document, "roles") if isinstance(one.get("forms"), dict)
        }
        return {role: forms[form] for role, forms in held.items() if role in here and form in forms}

    def _field(self, form: str, path: str, type_name: str, values: int) -> Parked | None:
        """None where the draft has it again."""
        there = field_at(self._forms[form], path)
        if there is not None and (not type_name or there.get("type") == type_name):
            return None
        for number, document in self._versions():
            then = field_at(place_of(document, form)[1], path)
            if then is not None and (not type_name or then.get("type") == type_name):
                kind: Kind = "column" if "." in path else "field"
                labels = part_label(then), part_label(self._forms[form])
                return Parked(kind, form, path, *labels, values, number, then, taken=there is not None)
        return None

    def _columns_gone(self) -> set[tuple[str, str]]:
        """(form, `lines.price`) of columns that some version had, of sub-forms the draft has."""
        return {
            (form["id"], path)
            for _, document in self._versions()
            for form in parts(document, "forms")
            for rows in parts(form, "fields")
            for path in (f"{rows['id']}.{column['id']}" for column in parts(rows, "fields"))
            if (here := self._forms.get(form["id"])) is not None
            and field_at(here, rows["id"]) is not None and field_at(here, path) is None
        }  # fmt: skip


def back(draft: Document, one: Parked) -> list[dict[str, Any]]:
    """The JSON Patch that puts it back: a form at the end, with what roles could do with it; a field at the end of
    its form, a column of its rows."""
    if one.kind == "form":
        return [
            {"op": "add", "path": "/forms/-", "value": one.definition},
            *(
                {"op": "add", "path": pointer("roles", number, "forms", one.form), "value": one.permissions[role["id"]]}
                for number, role in enumerate(draft.get("roles", ()))
                if isinstance(role, dict) and role.get("id") in one.permissions
                and isinstance(role.get("forms"), dict)
            ),
        ]  # fmt: skip
    number, form = place_of(draft, one.form)
    outer, _, inner = one.path.partition(".")
    place: tuple[str | int, ...] = ("forms", number, "fields")
    if inner:
        own = next(
            n
            for n, field in enumerate(form["fields"])
            if isinstance(field, dict) and field.get("id") == outer
        )
        place = (*place, own, "fields")
    return [{"op": "add", "path": pointer(*place, "-"), "value": one.definition}]


def parts(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects of a list that have an id; a draft may hold anything."""
    items = holder.get(key)
    return [
        item
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    ]


def place_of(document: Document, form: str) -> tuple[int, Mapping[str, Any]]:
    items = document.get("forms")
    for number, one in enumerate(items if isinstance(items, list) else ()):
        if isinstance(one, dict) and one.get("id") == form:
            return number, one
    return -1, {}


def field_at(form: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    outer, _, inner = path.partition(".")
    found = next((one for one in parts(form, "fields") if one["id"] == outer), None)
    if found is None or not inner:
        return found
    return next((one for one in parts(found, "fields") if one["id"] == inner), None)
