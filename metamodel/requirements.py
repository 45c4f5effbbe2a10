"""Requirements: what an app relies on in other apps, so that checking it needs only its own document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import TYPE_CHECKING, Any

from metamodel.checking import Checking
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import nearest

if TYPE_CHECKING:
    from metamodel.application import App
    from metamodel.forms import Form


@dataclass(frozen=True, slots=True)
class RequiredField:
    """A field of another app as far as we rely on it; a link's target where it matters."""

    type_name: str
    sealed: bool = False
    app: str = ""  # of a link; blank: the required app itself
    form: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What this app relies on in another: its forms and their fields' types, by id."""

    app: str
    forms: Mapping[str, Mapping[str, str]] = dataclass_field(default_factory=dict)
    path: str = ""
    details: Mapping[str, Mapping[str, RequiredField]] = dataclass_field(default_factory=dict)


def requirement_from_json(part: Part) -> Requirement:
    details = {
        form: {name: _field(raw) for name, raw in fields.raw.items()}
        for form, fields in part.named_parts("forms").items()
    }
    forms = {
        form: {name: field.type_name for name, field in fields.items()} for form, fields in details.items()
    }
    return Requirement(part.text("app"), forms, part.path, details)


def _field(raw: Any) -> RequiredField:
    """`"text"`, or `{"type": "link", "form": "customer", "sealed": true}`."""
    if not isinstance(raw, dict):
        return RequiredField(raw if isinstance(raw, str) else "")
    part = Part(raw)
    return RequiredField(part.text("type"), part.flag("sealed"), part.text("app"), part.text("form"))


def check_requirements(checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for need in checking.app.requires:
        place = need.path + "/app"
        if need.app == checking.app.id:
            found.append(problem("requires.itself", place))
        elif need.app in seen:
            found.append(problem("requires.twice", place, app=need.app))
        elif checking.apps is not None:
            found += _check_present(need, checking.apps.get(need.app))
        seen.add(need.app)
    return found


def _check_present(need: Requirement, app: App | None) -> Iterator[Problem]:
    """Does the other app, as it is now, have what we rely on?"""
    if app is None:
        yield problem("requires.absent", need.path + "/app", app=need.app)
        return
    for name in need.details:
        form, place = app.form(name), need.path + pointer("forms", name)
        if form is None:
            known = nearest(name, [one.id for one in app.forms])
            yield problem("reference.unknown_form", place, name=name, known=known)
        else:
            yield from _check_fields(need.details[name], form, place)


def _check_fields(fields: Mapping[str, RequiredField], form: Form, place: str) -> Iterator[Problem]:
    for name, wanted in fields.items():
        field = form.field(name)
        where = place + pointer(name)
        if field is None:
            known = nearest(name, [one.id for one in form.fields])
            yield problem("reference.unknown_field", where, name=name, form=form.text(), known=known)
        elif field.type_name != wanted.type_name or field.sealed != wanted.sealed:
            now = field.type_name + (" sealed" if field.sealed else "")
            yield problem("requires.changed", where, field=field.text(), now=now)
