"""Checking: what the checks of one app share: the app, the plugins, the apps it requires.

Each kind of part has a `check(app, checking)` beside its types or in `*_checks.py`; all of
them ask here whether a name means something and whether an expression makes sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from keyword import iskeyword
from re import fullmatch
from typing import TYPE_CHECKING, Any, Protocol

from metamodel import recipients
from metamodel.analyzer_checks import check_analyzer
from metamodel.core_schema import ID_PATTERN
from metamodel.expressions import Expression, Scope, check as check_expression
from metamodel.expressions.types import BOOLEAN, Type
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, pointer, problem
from metamodel.row_conditions import beyond_database, types_along
from metamodel.scope import Forms, FormScope, MessageScope, NothingScope, OtherRowsScope
from metamodel.shape import nearest
from metamodel.templates import check_template

if TYPE_CHECKING:
    from metamodel.application import App
    from metamodel.forms import Form

RESERVED_IDS = frozenset({"me", "record", "id", "true", "false", "none"})


class Named(Protocol):
    """A part with an id, a label and a place in the document."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...


class Checking:
    def __init__(self, app: App, registry: Registry, apps: Mapping[str, App] | None) -> None:
        self.app, self.registry, self.apps = app, registry, apps
        self._scopes: dict[str, FormScope] = {}

    @cached_property
    def forms(self) -> Forms:
        return Forms(self.app, self.apps, self.registry)

    @cached_property
    def message_scope(self) -> MessageScope:
        return MessageScope()

    @cached_property
    def nothing_scope(self) -> NothingScope:
        return NothingScope()

    def scope(self, form: Form) -> FormScope:
        known = self._scopes.get(form.path)
        if known is None:
            known = self._scopes[form.path] = FormScope(self.app, form, self.apps, self.registry)
        return known

    # -- names -------------------------------------------------------------------------------------

    def form_reference(self, form: str, path: str, app: str = "") -> list[Problem]:
        """Is there this form, here or in a required app?"""
        if not form or self.forms.knows(app, form):
            return []
        if app and app != self.app.id and self.app.required(app) is None:
            return [problem("requires.missing", path, app=app)]
        known = self.forms.form_names(app)
        return [problem("reference.unknown_form", path, name=form, known=nearest(form, known))]

    def path_type(self, form: Form, path: str) -> Type | None:
        """The type of `field` or `link.field`; None when some name on the way means nothing."""
        scope = self.scope(form)
        first, *rest = path.split(".")
        if form.field(first) is None:
            return None
        found = scope.name(first)
        for name in rest:
            found = scope.attribute(found, name) if found is not None else None
        return found

    def field_reference(self, form: Form, path: str, place: str) -> list[Problem]:
        """Is `path` a field of the form, or one reached through its links?"""
        if not path:
            return []
        if self.path_type(form, path) is None:
            return [self._unknown_field(form, path, place)]
        return self.unlisted(self.scope(form), [tuple(path.split("."))], place)

    def _unknown_field(self, form: Form, path: str, place: str) -> Problem:
        *way, last = path.split(".")
        before = self.path_type(form, ".".join(way)) if way else None
        known = self.scope(form).attributes(before) if before else [field.id for field in form.fields]
        name = path if before is None and way else last
        return problem(
            "reference.unknown_field", place, name=name, form=form.text(), known=nearest(name, known)
        )

    # -- expressions -------------------------------------------------------------------------------

    def expression(
        self, text: str, place: str, scope: Scope, expected: Type | None = None, plain: bool = False
    ) -> tuple[Expression | None, list[Problem]]:
        """A checked expression and its problems; blank text is nothing at all. `plain`: no sealed value."""
        if not text:
            return None, []
        checked, problems = check_expression(text, scope, self.registry, expected, place, plain)
        if checked is not None:
            problems += self.unlisted(scope, checked.names, place)
        return checked, problems

    def condition(self, text: str, place: str, scope: Scope) -> tuple[Expression | None, list[Problem]]:
        return self.expression(text, place, scope, BOOLEAN)

    def row_condition(self, text: str, place: str, scope: FormScope) -> list[Problem]:
        """A condition the database decides."""
        checked, found = self.condition(text, place, scope)
        return [*found, *(beyond_database(checked, scope, place, self.registry) if checked else ())]

    def unlisted(self, scope: Scope, paths: Iterable[Sequence[str]], place: str) -> list[Problem]:
        """Fields of other apps that are used and that `requires` does not name."""
        found = []
        for path in sorted({tuple(path) for path in paths if len(path) > 1}):
            for known, name in zip(types_along(scope, path), path[1:], strict=False):
                record = known.of if known.kind == "list" and known.of else known
                if record.kind == "record" and not self._is_listed(record, name):
                    found.append(
                        problem("requires.unlisted", place, app=record.app, form=record.form, field=name)
                    )
        return found

    def _is_listed(self, record: Type, name: str) -> bool:
        if record.app in ("", self.app.id):
            return True
        need = self.app.required(record.app)
        if need is None or record.form not in need.forms:
            return True  # told at the link itself
        return name == "id" or name in need.forms[record.form]


class RuleScope:
    """What an action's own check may ask (plugin_api.ActionScope)."""

    def __init__(
        self, checking: Checking, form: str, scope: Scope, before_save: bool = False, event: str = ""
    ) -> None:
        self.app, self.form, self.before_save, self.event = checking.app, form, before_save, event
        self._checking, self._scope = checking, scope

    def check_expression(
        self, text: str, path: str, expected: Type | None = None, plain: bool = False
    ) -> list[Problem]:
        return self._checking.expression(text, path, self._scope, expected, plain)[1]

    def check_condition(self, text: str, path: str) -> list[Problem]:
        return self._checking.condition(text, path, self._scope)[1]

    def check_template(self, text: Label, path: str, plain: bool = True) -> list[Problem]:
        return check_template(self, text, path, plain)

    def check_recipients(self, to: str | Sequence[str], path: str) -> list[Problem]:
        return recipients.check_all(to, self, path)

    def check_rows(self, text: str, path: str, app: str, form: str) -> list[Problem]:
        own = self.app.form(self.form)
        if own is None:
            return []
        if not form:
            return self._checking.row_condition(text, path, self._checking.scope(own))
        there = app or self.app.id, form
        scope = OtherRowsScope(self.app, own, there, self._checking.apps, self._checking.registry)
        return self._checking.row_condition(text, path, scope)

    def check_analyzer(self, name: str, options: Mapping[str, Any], form: str, path: str) -> list[Problem]:
        return check_analyzer(self._checking, name, options, form, path)


def check_ids(parts: Iterable[Named], what: Label) -> list[Problem]:
    """Each id once, and none that the expression language needs for itself."""
    found: list[Problem] = []
    seen: set[str] = set()
    for part in parts:
        place = part.path + pointer("id")
        if part.id in seen:
            found.append(problem("id.duplicate", place, value=part.id, what=what))
        elif is_reserved(part.id):
            found.append(problem("id.reserved", place, value=part.id))
        elif part.id.endswith("\n") and fullmatch(ID_PATTERN, part.id) is None:
            found.append(problem("id.pattern", place, value=part.id.strip()))
        seen.add(part.id)
    return found


def is_reserved(identifier: str) -> bool:
    return identifier in RESERVED_IDS or iskeyword(identifier)


def check_labels(parts: Iterable[Any], needed: bool = True) -> list[Problem]:
    """A label for each part (`needed`), and no two of them alike in any language."""
    found: list[Problem] = []
    seen: dict[tuple[str, str], str] = {}
    for part in parts:
        if not label_text(part.label).strip():
            found += [problem("label.missing", part.path, id=part.id)] if needed else []
            continue
        words = label_words(part.label)
        twin = next((seen[word] for word in words if word in seen), None)
        if twin is not None:
            text = label_text(part.label)
            found.append(problem("label.duplicate", part.path + "/label", label=text, other=twin))
        for word in words:
            seen.setdefault(word, part.id)
    return found


def label_words(label: Label) -> list[tuple[str, str]]:
    """(language, text) of a label; a plain text stands for every language."""
    return [("", label)] if isinstance(label, str) else list(label.items())
