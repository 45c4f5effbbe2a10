"""Roles: who may do what with which forms, rows and fields of an app. Deny by default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Literal, cast

from metamodel import recipients
from metamodel.checking import Checking, check_ids, check_labels
from metamodel.duties import check_duties
from metamodel.forms import Form
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import nearest

FieldAccess = Literal["hide", "mask", "read", "write"]
FormAction = Literal["read", "create", "update", "delete", "export"]
ReportAccess = Literal["rows", "totals"]


@dataclass(frozen=True, slots=True)
class FormPermission:
    """`rows` is an expression over the record and `me`, 'true' for all; `fields` maps a field id,
    or '*' for the rest, to what may be done with it (default: write where the actions allow
    writing, else read). `unmasked` are those of the rows whose masked fields stand in full. `views`
    are the views of the form it offers, None for all: what is shown where, and no lock."""

    rows: str = "true"
    actions: frozenset[FormAction] = frozenset({"read"})
    fields: Mapping[str, FieldAccess] = dataclass_field(default_factory=dict)
    unmasked: str = ""
    path: str = ""
    views: tuple[str, ...] | None = None

    def field_access(self, field: str) -> FieldAccess:
        writing = self.actions & {"create", "update"}
        return self.fields.get(field) or self.fields.get("*") or ("write" if writing else "read")


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Who holds the role may ask to see what is masked, for so many minutes; where `confirm` names people,
    one of them has to agree first."""

    minutes: int = 60
    confirm: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emergency:
    """Who holds the role may break the glass: read these forms for so many hours, `alarm` told at once."""

    forms: tuple[str, ...] = ()
    hours: int = 4
    alarm: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    label: Label
    forms: Mapping[str, FormPermission] = dataclass_field(default_factory=dict)
    manages: frozenset[str] = frozenset()  # see MANAGES of core_schema.py
    # by report: `rows`, computed over the rows the person may read; `totals`, numbers over all rows,
    # without words, lists or a way to the records
    reports: Mapping[str, ReportAccess] = dataclass_field(default_factory=dict)
    unmask: Unmasking | None = None
    emergency: Emergency | None = None
    watermark: bool = False  # pages say across them who looks, and when
    combines: str = ""  # why this role unites duties that are apart otherwise
    path: str = ""


FORM_ACTIONS = frozenset({"read", "create", "update", "delete", "export"})
FIELD_ACCESSES = frozenset({"hide", "mask", "read", "write"})
REPORT_ACCESSES = frozenset({"rows", "totals"})


def role_from_json(part: Part) -> Role:
    forms = {name: _permission(permission) for name, permission in part.named_parts("forms").items()}
    reports = {
        name: access for name, access in part.text_mapping("reports").items() if access in REPORT_ACCESSES
    }
    return Role(
        part.id,
        part.label(),
        forms,
        frozenset(part.texts("manages")),
        cast(Mapping[str, ReportAccess], reports),
        _unmasking(part.part("unmask")) if "unmask" in part.raw else None,
        _emergency(part.part("emergency")) if "emergency" in part.raw else None,
        part.flag("watermark"),
        part.text("combines"),
        part.path,
    )


def _unmasking(part: Part) -> Unmasking:
    return Unmasking(part.integer("minutes", 60), part.texts("confirm"))


def _emergency(part: Part) -> Emergency:
    return Emergency(part.texts("forms"), part.integer("hours", 4), part.texts("alarm"), part.path)


def _permission(part: Part) -> FormPermission:
    actions = (
        frozenset(part.texts("actions")) & FORM_ACTIONS if "actions" in part.raw else frozenset({"read"})
    )
    fields = {
        name: access for name, access in part.text_mapping("fields").items() if access in FIELD_ACCESSES
    }
    return FormPermission(
        rows=part.text("rows", "true"),
        actions=cast(frozenset[FormAction], actions),
        fields=cast(Mapping[str, FieldAccess], fields),
        unmasked=part.text("unmasked"),
        path=part.path,
        views=part.texts("views") if "views" in part.raw else None,
    )


def check_roles(checking: Checking) -> list[Problem]:
    roles = checking.app.roles
    found = check_ids(roles, {"zh": "角色", "en": "role"}) + check_labels(roles, needed=False)
    for role in roles:
        for name, permission in role.forms.items():
            found += _check_permission(name, permission, checking)
        found += [
            *_check_reports(role, checking),
            *_check_people(role, checking),
            *check_duties(role, checking),
        ]
    return found


def _check_people(role: Role, checking: Checking) -> Iterator[Problem]:
    """Whom a role's settings name: who confirms unmasking, who hears the alarm."""
    for place, text in enumerate(role.unmask.confirm if role.unmask else ()):
        yield from _check_person(text, f"{role.path}/unmask/confirm/{place}", checking)
    if role.emergency is None:
        return
    for place, text in enumerate(role.emergency.alarm):
        yield from _check_person(text, f"{role.emergency.path}/alarm/{place}", checking)
    for place, name in enumerate(role.emergency.forms):
        if checking.app.form(name) is None:
            yield from checking.form_reference(name, f"{role.emergency.path}/forms/{place}")


def _check_person(text: str, path: str, checking: Checking) -> Iterator[Problem]:
    """A role, a person, or the manager of whoever asks: there is no record here."""
    read = recipients.read(text)
    known = [role.id for role in checking.app.roles]
    if (
        read is None
        or read.kind not in ("role", "person", "manager")
        or (read.kind == "manager" and read.of != "me")
    ):
        yield problem("role.no_such_people", path, text=text)
    elif read.kind == "role" and "/" not in read.of and read.of not in known:
        yield problem("reference.unknown_role", path, name=read.of)


def _check_reports(role: Role, checking: Checking) -> Iterator[Problem]:
    known = [report.id for report in checking.app.reports]
    for name in role.reports:
        if name not in known:
            place = role.path + pointer("reports", name)
            yield problem("reference.unknown_report", place, name=name, known=nearest(name, known))


def _check_permission(name: str, permission: FormPermission, checking: Checking) -> list[Problem]:
    form = checking.app.form(name)
    if form is None:
        return checking.form_reference(name, permission.path)
    scope = checking.scope(form)
    found = checking.row_condition(permission.rows, permission.path + "/rows", scope)
    if permission.unmasked:
        found += checking.row_condition(permission.unmasked, permission.path + "/unmasked", scope)
    found += _check_field_names(form, permission)
    found += _check_views(form, permission)
    found += [*_check_archive(form, permission), *_check_required(form, permission)]
    return found


def _check_field_names(form: Form, permission: FormPermission) -> Iterator[Problem]:
    for field in permission.fields:
        if field != "*" and form.field(field) is None:
            place = permission.path + pointer("fields", field)
            known = nearest(field, [one.id for one in form.fields])
            yield problem("reference.unknown_field", place, name=field, form=form.text(), known=known)


def _check_views(form: Form, permission: FormPermission) -> Iterator[Problem]:
    known = [view.id for view in form.views]
    for place, name in enumerate(permission.views or ()):
        if name not in known:
            where = permission.path + pointer("views", place)
            yield problem("reference.unknown_view", where, name=name, known=nearest(name, known))


def _check_archive(form: Form, permission: FormPermission) -> Iterator[Problem]:
    if form.is_archive and "delete" in permission.actions:
        yield problem("role.deletes_archive", permission.path + "/actions", form=form.text())


def _check_required(form: Form, permission: FormPermission) -> Iterator[Problem]:
    """Who may create must be able to fill in what is required."""
    if "create" not in permission.actions or form.is_archive:
        return
    for field in form.fields:
        asked = field.required and field.derived is None and not field.default
        if asked and permission.field_access(field.id) != "write":
            place = permission.path + (pointer("fields", field.id) if field.id in permission.fields else "")
            yield problem("role.required_not_writable", place, field=field.text(), form=form.text())
