"""Conditions in words, for people who do not read expressions: 渠道是企业微信、且金额大于100.

What has no words of its own is shown as it is written, with labels in the place of ids.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from engine.reports.ground import Ground
from metamodel.expressions import Expression, check
from metamodel.expressions.checker import path_of
from metamodel.expressions.types import BOOLEAN
from metamodel.forms import FieldDefinition
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.scope import FormScope

COMPARED: Mapping[type[ast.cmpop], Mapping[str, str]] = {
    ast.Eq: {"zh": "{a}是{b}", "en": "{a} is {b}"},
    ast.NotEq: {"zh": "{a}不是{b}", "en": "{a} is not {b}"},
    ast.Lt: {"zh": "{a}小于{b}", "en": "{a} is less than {b}"},
    ast.LtE: {"zh": "{a}不大于{b}", "en": "{a} is at most {b}"},
    ast.Gt: {"zh": "{a}大于{b}", "en": "{a} is more than {b}"},
    ast.GtE: {"zh": "{a}不小于{b}", "en": "{a} is at least {b}"},
    ast.In: {"zh": "{b}含{a}", "en": "{b} has {a}"},
    ast.NotIn: {"zh": "{b}不含{a}", "en": "{b} has no {a}"},
}
AMONG = {
    ast.In: {"zh": "{a}是{b}之一", "en": "{a} is one of {b}"},
    ast.NotIn: {"zh": "{a}不是{b}", "en": "{a} is none of {b}"},
}
BLANK = {"zh": "{a}为空", "en": "{a} is blank"}
NOT_BLANK = {"zh": "{a}不为空", "en": "{a} is not blank"}
UNITS = {
    "SECONDS": {"zh": "{a} 秒", "en": "{a} s"},
    "MINUTES": {"zh": "{a} 分钟", "en": "{a} min"},
    "HOURS": {"zh": "{a} 小时", "en": "{a} h"},
    "DAYS_DURATION": {"zh": "{a} 天", "en": "{a} days"},
    "TODAY": {"zh": "今天", "en": "today"},
    "NOW": {"zh": "现在", "en": "now"},
}


class ExpressionWords:
    """Expressions over the form of one ground, in its reader's language."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.language = ground, ground.asking.language
        self.zh = self.language.startswith("zh")

    def condition(self, text: str) -> str:
        """A condition in words; what has none is shown as it is written, with labels for ids."""
        asking = self.ground.asking
        scope = FormScope(self.ground.app, self.ground.form, asking.apps, asking.house.registry)
        expression, _ = check(text, scope, asking.house.registry, BOOLEAN)
        return self._say(expression.tree, expression) if expression is not None else text

    def _say(self, node: ast.expr, expression: Expression) -> str:
        if isinstance(node, ast.BoolOp):
            joint = self._joint(node.op)
            return joint.join(self._inner(part, node, expression) for part in node.values)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            if isinstance(node.operand, ast.Call) and (said := self._call(node.operand, expression, False)):
                return said
            inner = self._say(node.operand, expression)
            return f"并非（{inner}）" if self.zh else f"not ({inner})"
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node, expression)
        if isinstance(node, ast.Call):
            return self._call(node, expression, True) or self._as_written(node)
        if isinstance(node, ast.Constant):
            return self._value(node.value, None)
        if isinstance(node, ast.List):
            return show_list([self._say(item, expression) for item in node.elts], self.language)
        path = path_of(node) if isinstance(node, ast.Name | ast.Attribute) else ()
        return self.field(path) if path else self._as_written(node)

    def _call(self, node: ast.Call, expression: Expression, yes: bool) -> str:
        """A call that has words of its own; '' for any other. `yes`: it is not denied."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "ISBLANK" and len(node.args) == 1:
            return label_text(BLANK if yes else NOT_BLANK, self.language).format(
                a=self._say(node.args[0], expression)
            )
        if name == "IN" and len(node.args) > 1:
            field = self._field_of(node.args[0])
            items = show_list(
                [self._operand(item, field, expression) for item in node.args[1:]], self.language
            )
            template = AMONG[ast.In if yes else ast.NotIn]
            return label_text(template, self.language).format(a=self._say(node.args[0], expression), b=items)
        if name in UNITS and yes:
            inner = self._say(node.args[0], expression) if node.args else ""
            return label_text(UNITS[name], self.language).format(a=inner)
        return ""

    def _field_of(self, node: ast.expr) -> FieldDefinition | None:
        path = path_of(node) if isinstance(node, ast.Name | ast.Attribute) else ()
        return self._definition(path) if path else None

    def _joint(self, operator: ast.boolop) -> str:
        both = isinstance(operator, ast.And)
        return ("、且" if both else "，或") if self.zh else (" and " if both else " or ")

    def _inner(self, node: ast.expr, around: ast.BoolOp, expression: Expression) -> str:
        said = self._say(node, expression)
        mixed = isinstance(node, ast.BoolOp) and type(node.op) is not type(around.op)
        return f"（{said}）" if mixed else said

    def _comparison(self, node: ast.Compare, expression: Expression) -> str:
        left, right, operator = node.left, node.comparators[0], type(node.ops[0])
        field = self._field_of(left)
        words = AMONG if isinstance(right, ast.List) and operator in AMONG else COMPARED
        if isinstance(right, ast.Constant) and right.value in (None, ""):
            template = BLANK if operator is ast.Eq else NOT_BLANK
            return label_text(template, self.language).format(a=self._say(left, expression))
        if operator in (ast.In, ast.NotIn) and words is COMPARED:
            field = self._field_of(right)
            said = label_text(words[operator], self.language)
            return said.format(a=self._operand(left, field, expression), b=self._say(right, expression))
        said = label_text(words[operator], self.language)
        return said.format(a=self._say(left, expression), b=self._operand(right, field, expression))

    def _operand(self, node: ast.expr, field: FieldDefinition | None, expression: Expression) -> str:
        if isinstance(node, ast.Constant):
            return self._value(node.value, field)
        if isinstance(node, ast.List):
            return show_list([self._operand(item, field, expression) for item in node.elts], self.language)
        return self._say(node, expression)

    def _value(self, value: Any, field: FieldDefinition | None) -> str:
        """A constant: a choice by its label, a text in quotes."""
        choices = field.type.choices(field) if field is not None and field.type else ()
        label = next((choice.text(self.language) for choice in choices if choice.value == value), None)
        if label is not None or not isinstance(value, str):
            return str(label if label is not None else _number(value))
        return f"“{value}”"

    def _as_written(self, node: ast.expr) -> str:
        text = ast.unparse(node)
        for path in sorted(_paths(node), key=len, reverse=True):
            text = text.replace(".".join(path), self.field(path))
        return text

    def field(self, path: tuple[str, ...]) -> str:
        """A field by its label, links before it."""
        if path == ("me",):
            return "我" if self.zh else "me"
        names, form = [], self.ground.form
        app = self.ground.app
        for name in path:
            field = form.field(name)
            if field is None:
                names.append(name)
                continue
            names.append(field.text(self.language))
            reference = field.type.reference(field) if field.type and field.options is not None else None
            if reference is not None and reference.target == "record":
                app = self.ground.asking.apps.get(reference.app or app.id, app)
                form = app.form(reference.form) or form
        return ("的" if self.zh else " › ").join(names)

    def _definition(self, path: tuple[str, ...]) -> FieldDefinition | None:
        try:
            return self.ground.columns.column(path)[1]
        except KeyError:
            return None


def _paths(node: ast.expr) -> set[tuple[str, ...]]:
    found = {path_of(one) for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)}
    called = {
        (one.func.id,)
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }
    return {path for path in found if path and path not in called}


def _number(value: Any) -> str:
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)
