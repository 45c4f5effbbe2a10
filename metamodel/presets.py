"""Presets of permissions: the five that cover most of what people want of a role and a form.

Pure. The permission designer offers them, and who publishes a form that nobody can reach is asked with them. A
preset is rows and actions; what a role may do with single fields stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from metamodel.forms import FieldDefinition, Form
from metamodel.labels import Label

PresetName = Literal["own", "department", "branch", "read_all", "manage_all"]
CUSTOM = "custom"
LABELS: Mapping[PresetName, Label] = {
    "own": {"zh": "全员仅自己的", "en": "Everybody their own"},
    "department": {"zh": "本部门", "en": "The department's"},
    "branch": {"zh": "本部门及下级", "en": "The department's and below"},
    "read_all": {"zh": "全部只读", "en": "All, to read"},
    "manage_all": {"zh": "管理全部", "en": "All, to manage"},
}
NO_PERSON: Label = {
    "zh": "表单还没有说明记录属于谁：先加一个成员或部门字段",
    "en": "Nothing in the form says whose a record is: add a member or a department first",
}
WHOSE = ("owner", "applicant", "staff", "created_by")  # ids that say whose a record is, the likeliest first


@dataclass(frozen=True, slots=True)
class Preset:
    """`rows` and `actions` as a permission has them; `missing` says why it cannot be had of this form."""

    name: PresetName
    rows: str
    actions: tuple[str, ...]
    missing: Label = ""

    @property
    def label(self) -> Label:
        return LABELS[self.name]


def presets(form: Form) -> tuple[Preset, ...]:
    """All five for a form, in their order."""
    writing = ("read", "create", "update")
    every = (*writing, "export") if form.is_archive else (*writing, "delete", "export")
    rows = {"own": own_rows(form), "department": department_rows(form), "branch": branch_rows(form)}
    bound = [_bound(name, rows[name], writing) for name in ("own", "department", "branch")]
    return (*bound, Preset("read_all", "true", ("read",)), Preset("manage_all", "true", every))


def _bound(name: PresetName, rows: str, actions: tuple[str, ...]) -> Preset:
    return Preset(name, rows, actions, "" if rows else NO_PERSON)


def preset_of(form: Form, permission: Mapping[str, Any]) -> str:
    """Which preset a permission (as the document has it) is; CUSTOM for one that is none of them."""
    rows = str(permission.get("rows") or "true").strip()
    actions = set(permission.get("actions", ("read",)))
    alike = (one for one in presets(form) if one.rows == rows and set(one.actions) == actions)
    return next((one.name for one in alike), CUSTOM)


def permission_of(preset: Preset) -> dict[str, Any]:
    """As the document has it."""
    rows = {} if preset.rows == "true" else {"rows": preset.rows}
    return {**rows, "actions": list(preset.actions)}


# -- rows ------------------------------------------------------------------------------------------


def own_rows(form: Form) -> str:
    """Whose field holds me; '' where no field says whose a record is."""
    field = _whose(form, "person")
    if field is None:
        return ""
    return f"me in {field.id}" if _many(field) else f"{field.id} == me"


def department_rows(form: Form) -> str:
    """By a department of the record, else by the department of whose it is."""
    department, person = _whose(form, "department", many=False), _whose(form, "person", many=False)
    if department is not None:
        return f"{department.id} == me.department"
    return f"{person.id} in MY_COLLEAGUES()" if person is not None else ""


def branch_rows(form: Form) -> str:
    department, person = _whose(form, "department", many=False), _whose(form, "person", many=False)
    if department is not None:
        return f"{department.id} in MY_DEPARTMENTS()"
    return f"{person.id} in MY_PEOPLE()" if person is not None else ""


def _whose(form: Form, target: str, many: bool = True) -> FieldDefinition | None:
    """The field that says whose a record is: the one that fills itself with who creates it, then by its id,
    then the first."""
    fields = [one for one in form.fields if _points_at(one, target) and (many or not _many(one))]
    order = {name: place for place, name in enumerate(WHOSE)}

    def rank(field: FieldDefinition) -> tuple[bool, bool, int]:
        return _many(field), "me" not in field.default, order.get(field.id, len(order))

    return min(fields, key=rank, default=None)


def _points_at(field: FieldDefinition, target: str) -> bool:
    """Stored beside the record and readable by the database."""
    if field.type is None or field.options is None or field.sealed or field.type.container:
        return False
    reference = field.type.reference(field)
    return reference is not None and reference.target == target


def _many(field: FieldDefinition) -> bool:
    reference = field.type.reference(field) if field.type else None
    return reference is not None and reference.many
