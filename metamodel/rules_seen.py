"""Rules as they are looked at together: what each hears, what it writes, what that is computed from."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from metamodel.apart import UNKNOWN, literal
from metamodel.checking import Checking
from metamodel.expressions.checker import paths_in
from metamodel.expressions.parser import parse
from metamodel.forms import Form
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Formula, Writing
from metamodel.problems import Problem
from metamodel.row_conditions import types_along
from metamodel.rules import Rule

Spot = tuple[str, str]  # form, field


def seen_rules(checking: Checking) -> list[Seen]:
    """Those of an app that are in use."""
    return [Seen(rule, checking) for rule in checking.app.rules if rule.enabled and rule.trigger is not None]


@dataclass(frozen=True)
class Written:
    """What one THEN writes: into which form of this app, and whether that is a new record."""

    writing: Writing
    form: Form

    @property
    def values(self) -> Mapping[str, str]:
        return self.writing.values

    @property
    def known(self) -> dict[str, Any]:
        """The fields whose value is a literal."""
        found = {
            name: value_of(text) for name, text in self.values.items() if text and not self.writing.joins
        }
        return {name: value for name, value in found.items() if value is not UNKNOWN}


class Seen:
    """A rule as it is looked at here."""

    def __init__(self, rule: Rule, checking: Checking) -> None:
        self.rule, self._checking = rule, checking
        self.event = rule.trigger.event if rule.trigger is not None else ""

    @cached_property
    def condition(self) -> ast.expr | None:
        """IF; None for always. One that cannot be read is taken as "maybe"."""
        if not self.rule.condition.strip():
            return None
        return tree_of(self.rule.condition) or ast.Name("?", ast.Load())

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Of a changed record: what it listens to, with what that is computed from; () is any."""
        rule, form = self.rule, self._checking.app.form(self.rule.form)
        if rule.trigger is None or rule.trigger_options is None or form is None:
            return ()
        named = rule.trigger.fields(rule.trigger_options)
        return tuple(dict.fromkeys(name for each in named for name in _computed_from(each, form)))

    @cached_property
    def written(self) -> list[Written]:
        """What it writes into forms of this app."""
        found = []
        for one in self.rule.actions:
            writings = one.action.writes(one.options) if one.action and one.options is not None else ()
            for writing in writings:
                form = self._form(writing)
                if form is not None and (writing.values or writing.to == "new"):
                    found.append(Written(writing, form))
        return found

    def _form(self, writing: Writing) -> Form | None:
        app = self._checking.app
        if writing.to in ("found", "new"):
            return app.form(writing.form) if writing.app in ("", app.id) else None
        own = app.form(self.rule.form)
        if writing.to == "own" or own is None:
            return own
        field = own.field(writing.link)
        reference = field.type.reference(field) if field and field.type and field.usable else None
        if reference is None or reference.target != "record" or reference.app not in ("", app.id):
            return None
        return app.form(reference.form)

    @cached_property
    def own_values(self) -> dict[str, Any]:
        """Literals it sets on the record that set it off."""
        return {
            name: value
            for one in self.written
            if one.writing.to == "own" and one.writing.sure
            for name, value in one.known.items()
        }

    def reads(self, text: str) -> set[Spot]:
        """The fields an expression of it is computed from, through links too."""
        form = self._checking.app.form(self.rule.form)
        tree = tree_of(text)
        if form is None or tree is None:
            return set()
        scope, found = self._checking.scope(form), set[Spot]()
        for path in paths_in(tree):
            names = path[1:] if path[0] == "record" else path
            home = form.id
            for name, known in zip(names, types_along(scope, names) if names else (), strict=False):
                found.add((home, name))
                of = known.of if known.kind == "list" and known.of else known
                home = of.form if of.kind == "record" else ""
        return found


def name_of(rule: Rule) -> Label:
    return rule.label if label_text(rule.label).strip() else rule.id


@lru_cache(maxsize=2_000)
def tree_of(text: str) -> ast.expr | None:
    parsed = parse(text) if text.strip() else None
    return parsed[0] if parsed is not None and not isinstance(parsed, Problem) else None


def value_of(text: str) -> Any:
    """The value of an expression that is a literal; an empty one is a blank."""
    tree = tree_of(text)
    return literal(tree) if tree is not None else UNKNOWN


def _computed_from(name: str, form: Form) -> Iterator[str]:
    """A field, and for a computed one those of the same record that it is computed from."""
    yield name
    field = form.field(name)
    if field is not None and isinstance(field.derived, Formula):
        tree = tree_of(field.derived.expression)
        yield from (path[0] for path in paths_in(tree)) if tree is not None else ()
