"""The record an action is about: the one that set off the rule, or one it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.actions.assignments import Target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Subject


def linked_target(scope: ActionScope, link: str) -> Target | None:
    """The form behind our link field, as far as this app can see it."""
    form = scope.app.form(scope.form)
    field = form.field(link) if form else None
    reference = field.type.reference(field) if field and field.type and field.usable else None
    if reference is None or reference.target != "record":
        return None
    return Target(scope, reference.app, reference.form)


def linked_form(scope: ActionScope, link: str) -> str:
    """The form of this app behind our link field, or ours for a blank one; '' where it is another app's."""
    if not link:
        return scope.form
    form = scope.app.form(scope.form)
    field = form.field(link) if form else None
    reference = field.type.reference(field) if field and field.type and field.usable else None
    return reference.form if reference is not None and reference.app in ("", scope.app.id) else ""


def linked_record(subject: Subject, link: str) -> tuple[str, str, str] | None:
    """(app, form, record): the subject itself for a blank link; None while nothing is linked."""
    if not link:
        return subject.app, subject.form, subject.record
    record = subject.values.get(link)
    target = subject.target(link)
    return (*target, str(record)) if record and target else None
