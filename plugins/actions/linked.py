"""The record an action is about: the one that set off the rule, or one it links to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import labelled, problem
from plugins.actions.assignments import Target, own_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject

OfOption = Annotated[str, labelled("关联字段（空为本记录）", "Link to the record (blank: this one)")]


def check_target(scope: ActionScope, link: str, check: Callable[[Target], list[Problem]]) -> list[Problem]:
    """Is there such a record, our own or the one our link leads to, and does it take what is written?"""
    if not scope.form:
        return [problem("rule.needs_record")]
    if not link:
        return check(own_record(scope))
    target = linked_target(scope, link)
    return [*own_record(scope).check_link(link, "/of"), *(check(target) if target else ())]


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
