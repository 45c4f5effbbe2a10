"""Assignments: `{field: expression}`, what most actions are told to write, and whether that is sane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import Problem, Texts, fields_of, pointer, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope

Assignments = dict[str, str]

TEXTS = {
    "rule.unknown_form": Texts(
        "没有表单“{form}”",
        "There is no form “{form}”",
        "若在别的应用中，请先在“依赖”里登记",
        "If it is another app's, name it under “requires” first",
    ),
    "rule.unknown_field": Texts("表单没有字段“{field}”", "The form has no field “{field}”"),
    "rule.computed_field": Texts("“{field}”由系统算出，不能填写", "“{field}” is computed and cannot be set"),
    "rule.sealed_key": Texts(
        "“{field}”已加密，不能用来查找", "“{field}” is sealed: nothing can be found by it"
    ),
    "rule.not_a_link": Texts("“{field}”不是关联字段", "“{field}” is not a link"),
    "rule.not_people": Texts("“{field}”里放的不是人", "“{field}” holds no people"),
    "rule.not_a_list": Texts("“{field}”不能有多个值", "“{field}” cannot hold several values"),
    "rule.needs_record": Texts(
        "这里没有记录：消息还不是记录，定时也可能不针对记录",
        "There is no record here: a message is none yet, and a clock may be about none",
        "消息请先“新建记录”；定时请选表单",
        "Create a record of the message; choose a form for the clock",
    ),
}


class Target:
    """The form an action writes to, as far as this app can see it."""

    def __init__(self, scope: ActionScope, app: str, form: str) -> None:
        self._scope, self._own = scope, app in ("", scope.app.id)
        self.types: Mapping[str, str] | None = fields_of(scope.app, app, form)
        self._form = scope.app.form(form) if self._own else None

    def check_form(self, form: str, path: str) -> list[Problem]:
        return [] if self.types is not None else [problem("rule.unknown_form", path, form=form)]

    def check_field(self, field: str, path: str, *, writing: bool = True) -> list[Problem]:
        if self.types is None:
            return []
        if field not in self.types:
            return [problem("rule.unknown_field", path, field=field)]
        known = self._form.field(field) if self._form else None
        if writing and known is not None and known.derived is not None:
            return [problem("rule.computed_field", path, field=field)]
        return []

    def check_values(self, values: Assignments, path: str, *, writing: bool = True) -> list[Problem]:
        found: list[Problem] = []
        for field, text in values.items():
            place = path + pointer(field)
            found += self.check_field(field, place, writing=writing)
            found += self._check_value(field, text, place, writing)
        return found

    def _check_value(self, field: str, text: str, path: str, writing: bool) -> list[Problem]:
        """The value fits the field, and nothing sealed is written where it would lie open."""
        known = self._form.field(field) if self._form else None
        if known is None or not known.usable:
            return self._scope.check_expression(text, path)
        return self._scope.check_expression(
            text, path, known.expression_type().plain(), plain=writing and not known.sealed
        )

    def check_items(self, values: Assignments, path: str) -> list[Problem]:
        """Values that join lists: one item each, or several."""
        found: list[Problem] = []
        for field, text in values.items():
            place = path + pointer(field)
            known = self._form.field(field) if self._form else None
            sealed = known is not None and known.sealed
            found += self.check_list(field, place)
            found += self._scope.check_expression(text, place, plain=known is not None and not sealed)
        return found

    def check_keys(self, values: Assignments, path: str) -> list[Problem]:
        """Values records are found by: any field with a column that is not sealed."""
        sealed = [f for f in values if self._form and (known := self._form.field(f)) and known.sealed]
        refused = [problem("rule.sealed_key", path + pointer(field), field=field) for field in sealed]
        return [*self.check_values(values, path, writing=False), *refused]

    def check_link(self, field: str, path: str) -> list[Problem]:
        found = self.check_field(field, path)
        known = self._form.field(field) if self._form else None
        if not found and known is not None and known.usable:
            assert known.type is not None
            reference = known.type.reference(known)
            if reference is None or reference.target != "record":
                found = [problem("rule.not_a_link", path, field=field)]
        return found

    def check_people(self, field: str, path: str) -> list[Problem]:
        """A field for one person or several that lies open."""
        found = self.check_field(field, path, writing=False)
        known = self._form.field(field) if self._form else None
        if not found and known is not None and known.usable:
            assert known.type is not None
            reference = known.type.reference(known)
            if known.sealed or reference is None or reference.target != "person":
                found = [problem("rule.not_people", path, field=field)]
        return found

    def check_list(self, field: str, path: str) -> list[Problem]:
        found = self.check_field(field, path)
        known = self._form.field(field) if self._form else None
        if not found and known is not None and known.type is not None and not known.type.many:
            found = [problem("rule.not_a_list", path, field=field)]
        return found


def items_of(value: Any) -> tuple[Any, ...]:
    """What an expression gave, as items that join a list: one, several, or none for a blank."""
    if value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def own_record(scope: ActionScope) -> Target:
    """The record that set off the rule."""
    return Target(scope, "", scope.form)
