"""What a draft's roles may do, drawn for the permission designer: all of them with all forms, and one in full.

Read from the draft as the app it would be; where a role or a permission is not readable yet, from its JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from builder_ui.design_effects import access_words, action_words, duty_words
from builder_ui.models.design_roles import (
    BoardLine,
    FieldLine,
    FormCard,
    GlassCard,
    MatrixCell,
    MatrixRow,
    PermissionBody,
    PresetOption,
    RoleCard,
    RoleLine,
    Tick,
    UnmaskCard,
    Wrong,
)
from builder_ui.models.parts import Link, Option
from builder_ui.site import Visit
from builder_ui.templating import href
from engine.designing import Looked
from metamodel.application import App
from metamodel.core_schema import MANAGES
from metamodel.duties import conflicting, duties_of, said
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.presets import CUSTOM, permission_of, preset_of, presets
from metamodel.problems import Problem, pointer
from metamodel.roles import FormPermission, Role

ACTIONS = ("read", "create", "update", "delete", "export")
HOLDERS = 12
MINUTES, HOURS = 30, 4  # what unmasking and breaking the glass begin with
SUPERIOR = "manager:me"
CONFLICT = "role.conflicting_duties"


class Permissions:
    """One draft's permissions for one visit."""

    def __init__(self, visit: Visit, looked: Looked) -> None:
        self.visit, self.looked = visit, looked
        self.app = looked.app
        found = looked.draft.document.get("roles")
        self._raw = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        self._base = f"/design/{looked.draft.app}/permissions"

    def body(self, role: str) -> PermissionBody:
        """`role`: the one shown in full; blank or unknown: all of them."""
        shown = self.app.role(role) if self.app is not None else None
        card = self._role(self.app, shown) if self.app is not None and shown is not None else None
        rows = tuple(self._matrix(self.app)) if self.app is not None and card is None else ()
        access = access_words(self.visit)
        text = self.visit.text
        boards = (("", text("none")), ("totals", text("numbers only")), ("rows", text("their own rows")))
        return PermissionBody(
            tuple(self._lines(card.id if card else "")), self._base, card, rows,
            tuple(Option(name, access[name]) for name in ("write", "read", "mask", "hide")),
            tuple(Option(name, words) for name, words in boards),
        )  # fmt: skip

    # -- all of them -------------------------------------------------------------------------------

    def _lines(self, current: str) -> Iterator[RoleLine]:
        organisation = self.visit.runtime.people.organisation()
        for place, role in enumerate(self.app.roles if self.app else ()):
            number = len(organisation.members(self.looked.draft.app, role.id))
            words = self.visit.count("%(num)s person", "%(num)s people", number)
            errors = sum(1 for one in self._about(f"/roles/{place}") if one.severity == "error")
            yield RoleLine(
                role.id, self._label(role), href(self._base, role=role.id), words, role.id == current,
                not number, errors,
            )  # fmt: skip

    def _matrix(self, app: App) -> Iterator[MatrixRow]:
        for form in app.forms:
            cells = tuple(self._cell(form, role) for role in app.roles)
            yield MatrixRow(form.text(self.visit.language), form.icon or "list", form.is_archive, cells)

    def _cell(self, form: Form, role: Role) -> MatrixCell:
        raw, there = self._permission(role, form), form.id in role.forms
        name = f"{self._label(role)} · {form.text(self.visit.language)}"
        options = self._presets(form, raw if there else None)
        chosen = next((one.text for one in options if one.chosen), "")
        return MatrixCell(
            role.id,
            form.id,
            options,
            there,
            href(self._base, role=role.id) + f"#form-{form.id}",
            name,
            chosen,
        )

    def _presets(self, form: Form, permission: Mapping[str, Any] | None) -> tuple[PresetOption, ...]:
        """Nothing, the five, and what is none of them where that is so."""
        current = preset_of(form, permission) if permission is not None else ""
        language, text = self.visit.language, self.visit.text
        made = [PresetOption("", text("No access"), "null", permission is None)]
        for one in presets(form):
            value = json.dumps(permission_of(one), separators=(",", ":")) if not one.missing else ""
            missing = label_text(one.missing, language)
            made.append(
                PresetOption(one.name, label_text(one.label, language), value, one.name == current, missing)
            )
        if current == CUSTOM and permission is not None:
            made.append(PresetOption(CUSTOM, self._special(form, permission), "", True))
        return tuple(made)

    def _special(self, form: Form, permission: Mapping[str, Any]) -> str:
        """What is none of the presets, in few words: whose records, and what may be done."""
        rows = str(permission.get("rows") or "true")
        text, words = self.visit.text, action_words(self.visit)
        known = {one.rows: one.name for one in presets(form) if one.rows}
        whose = {
            "own": text("their own"), "department": text("the department's"), "branch": text("the branch's"),
        }  # fmt: skip
        some = whose.get(known.get(rows, ""), text("all") if rows == "true" else text("some"))
        actions = permission.get("actions", ["read"])
        done = [words[name] for name in ACTIONS if isinstance(actions, list) and name in actions]
        return f"{some} · {self.visit.joined(done)}"

    # -- one role ----------------------------------------------------------------------------------

    def _role(self, app: App, role: Role) -> RoleCard:
        place = next(number for number, one in enumerate(app.roles) if one.id == role.id)
        organisation = self.visit.runtime.people.organisation()
        holders = organisation.members(app.id, role.id)
        names = (Link(self.visit.names.get(("person", one), one), one) for one in holders[:HOLDERS])
        united = conflicting(duties_of(role, app.forms))
        words = duty_words(self.visit)
        return RoleCard(
            role.id, self._label(role), f"/roles/{place}", self._label_key(role),
            tuple(self._form(role, form, place) for form in app.forms),
            tuple(BoardLine(one.id, label_text(one.label, self.visit.language, one.id), role.reports.get(one.id, ""))
                  for one in app.reports),
            tuple(Tick(name, words[name], name in role.manages) for name in MANAGES),
            role.watermark, role.combines, said(united, self.visit.language) if united else "",
            self._unmask(app, role), self._glass(app, role),
            self.visit.count("%(num)s person", "%(num)s people", len(holders)),
            tuple(names), f"/admin/people/roles/{app.id}/{role.id}"
            if self.visit.runtime.manages_anywhere(self.visit.viewer, "people") else "",
            tuple(self._wrong(one) for one in self._about(f"/roles/{place}") if self._of_role(one, place)),
            href(f"{self._base}/uses", role=role.id, revision=self.looked.draft.revision),
        )  # fmt: skip

    def _unmask(self, app: App, role: Role) -> UnmaskCard:
        known = role.unmask
        return UnmaskCard(
            known is not None, known.minutes if known else MINUTES,
            tuple(self._people(app, role, known.confirm if known else ())),
        )  # fmt: skip

    def _glass(self, app: App, role: Role) -> GlassCard:
        """It begins with the archive forms, else the first; told are the auditors, else the superior."""
        known = role.emergency
        held = known.forms if known else ()
        forms = (Tick(one.id, one.text(self.visit.language), one.id in held) for one in app.forms)
        first = [one.id for one in app.forms if one.is_archive] or [one.id for one in app.forms[:1]]
        watching = [f"role:{one.id}" for one in app.roles if "audit" in one.manages and one.id != role.id]
        return GlassCard(
            known is not None, known.hours if known else HOURS, tuple(forms),
            tuple(self._people(app, role, known.alarm if known else ())),
            json.dumps(first), json.dumps(watching or [SUPERIOR]),
        )  # fmt: skip

    def _people(self, app: App, role: Role, named: Sequence[str]) -> Iterator[Tick]:
        """The app's roles and the superior to choose from; whoever else is named stays until he is unticked."""
        text, label = self.visit.text, {f"role:{one.id}": self._label(one) for one in app.roles}
        offered = [*label, SUPERIOR]
        label[SUPERIOR] = text("their superior")
        for name in (*offered, *(one for one in named if one not in offered)):
            kind, _, person = name.partition(":")
            words = label.get(name) or self.visit.names.get((kind, person), name)
            yield Tick(name, words, name in named)

    def _form(self, role: Role, form: Form, place: int) -> FormCard:
        permission, granted = role.forms.get(form.id, FormPermission()), form.id in role.forms
        held = permission.actions if granted else frozenset()
        raw = self._permission(role, form)
        found = self._about(f"/roles/{place}/forms{pointer(form.id)}")
        options = self._presets(form, raw if granted else None)
        writes = bool(held & {"create", "update"})
        return FormCard(
            form.id, form.text(self.visit.language), form.icon or "list", granted, form.is_archive, options,
            tuple(self._actions(form, held)), "" if permission.rows == "true" else permission.rows,
            permission.unmasked, any(one.mask for one in form.fields),
            permission.field_access("*"), writes, tuple(self._field(permission, one) for one in form.fields),
            tuple(self._views(form, permission)), self._about_form(form, permission, granted),
            next((one.text for one in options if one.chosen), ""),
            tuple(self._wrong(one) for one in found),
        )  # fmt: skip

    def _about_form(self, form: Form, permission: FormPermission, granted: bool) -> str:
        """What is special about fields, in few words."""
        if not granted:
            return ""
        counts: dict[str, int] = {}
        for field in form.fields:
            access = permission.field_access(field.id)
            counts[access] = counts.get(access, 0) + 1
        words = access_words(self.visit)
        return " · ".join(
            f"{words[name]} {counts[name]}" for name in ("write", "read", "mask", "hide") if name in counts
        )

    def _actions(self, form: Form, held: Iterable[str]) -> Iterator[Tick]:
        words, have = action_words(self.visit), set(held)
        for name in ACTIONS:
            closed = name == "delete" and form.is_archive and name not in have
            title = self.visit.text("Nobody deletes records of an archive") if closed else ""
            yield Tick(name, words[name], name in have, closed, title)

    def _field(self, permission: FormPermission, field: FieldDefinition) -> FieldLine:
        text = self.visit.text
        marks = [text("sealed")] if field.sealed else []
        marks += [text("masked for some")] if field.mask else []
        marks += [text("required")] if field.required else []
        icon = getattr(field.type, "icon", "") or "dot"
        access = permission.field_access(field.id)
        return FieldLine(
            field.id,
            field.text(self.visit.language),
            icon,
            access,
            field.id in permission.fields,
            tuple(marks),
        )

    def _views(self, form: Form, permission: FormPermission) -> Iterator[Tick]:
        for view in form.views:
            offered = permission.views is None or view.id in permission.views
            yield Tick(view.id, label_text(view.label, self.visit.language, view.id), offered)

    # -- the JSON ----------------------------------------------------------------------------------

    def _permission(self, role: Role, form: Form) -> Mapping[str, Any]:
        raw = next((one for one in self._raw if one.get("id") == role.id), {})
        forms = raw.get("forms")
        found = forms.get(form.id) if isinstance(forms, dict) else None
        return found if isinstance(found, dict) else {}

    def _label(self, role: Role) -> str:
        return label_text(role.label, self.visit.language, role.id)

    def _label_key(self, role: Role) -> str:
        """Where in the role the words of this language stand."""
        return f"label/{self.visit.language[:2]}" if isinstance(role.label, Mapping) else "label"

    def _wrong(self, found: Problem) -> Wrong:
        return Wrong(found.text(self.visit.language), found.severity == "error")

    def _of_role(self, found: Problem, place: int) -> bool:
        """What is said of the role itself: duties have a place of their own, forms theirs."""
        return found.code != CONFLICT and not found.path.startswith(f"/roles/{place}/forms")

    def _about(self, path: str) -> list[Problem]:
        return [one for one in self.looked.problems if one.path == path or one.path.startswith(path + "/")]
