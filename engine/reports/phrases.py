"""Expressions and asks in words: what the numbers of a widget mean (口径), in Chinese and English."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from engine.reports.ground import Ground
from engine.reports.stretches import stretch_text
from engine.reports.tallies import measure_label
from metamodel.asks import Dataset, Dimension, GroupAsk, Measure, RowAsk, WordAsk
from metamodel.expressions import Expression, check
from metamodel.expressions.checker import path_of
from metamodel.expressions.types import BOOLEAN
from metamodel.forms import FieldDefinition
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
BUCKETS: Mapping[str, Mapping[str, str]] = {
    "hour": {"zh": "时段", "en": "hour"},
    "weekday": {"zh": "星期", "en": "weekday"},
    "day": {"zh": "天", "en": "day"},
    "working_day": {"zh": "工作日", "en": "working day"},
    "week": {"zh": "周", "en": "week"},
    "month": {"zh": "月", "en": "month"},
    "quarter": {"zh": "季度", "en": "quarter"},
    "year": {"zh": "年", "en": "year"},
}
COUNTED: Mapping[str, Mapping[str, str]] = {
    "count": {"zh": "记录数", "en": "the number of records"},
    "distinct": {"zh": "不重复的{field}个数", "en": "the number of different {field}"},
    "sum": {"zh": "{field}之和", "en": "the sum of {field}"},
    "avg": {"zh": "{field}的平均值（空值不计）", "en": "the mean of {field} (blanks left out)"},
    "min": {"zh": "{field}的最小值", "en": "the least {field}"},
    "max": {"zh": "{field}的最大值", "en": "the largest {field}"},
    "median": {"zh": "{field}的中位数（空值不计）", "en": "the median of {field} (blanks left out)"},
    "p90": {
        "zh": "{field}的 90 分位（九成不超过它，空值不计）",
        "en": "the 90th percentile of {field} (nine of ten do not exceed it; blanks left out)",
    },
    "ratio": {"zh": "满足“{where}”的占比", "en": "the share of those where {where}"},
    "expression": {"zh": "{expression}", "en": "{expression}"},
}


class Phrases:
    """Words about one ground, in its reader's language."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.language = ground, ground.asking.language
        self.zh = self.language.startswith("zh")

    # -- a whole ask -------------------------------------------------------------------------------

    def groups(self, ask: GroupAsk) -> str:
        sentences = [self._measure(measure, ask.measures) for measure in ask.measures if not measure.hidden]
        told = [self._dimension(dimension) for dimension in ask.dimensions]
        if told:
            sentences.append(("按" if self.zh else "By ") + self._list(told))
        if ask.compare and self.ground.before is not None:
            first, last = self.ground.before.first.isoformat(), self.ground.before.last.isoformat()
            sentences.append(f"对比：{first} 至 {last}" if self.zh else f"Compared with {first} – {last}")
        return self._join([*sentences, *self.source(ask.dataset)])

    def rows(self, ask: RowAsk) -> str:
        return self._join(self.source(ask.dataset))

    def words(self, ask: WordAsk) -> str:
        text = self.field((ask.words.field,))
        what = (
            f"{text}里的词及次数，去掉停用词、数字和编号，至少 {ask.minimum} 次"
            if self.zh
            else f"Words of {text} and their uses, without stop words, numbers and ids, at least {ask.minimum} times"
        )
        sentences = [what, *self.source(ask.words.dataset())]
        if ask.groups is not None:
            sentences.append(self._groups(ask))
        return self._join(sentences)

    def _groups(self, ask: WordAsk) -> str:
        assert ask.groups is not None
        high = Ground(self.ground.asking, ask.groups.high.dataset())
        inner = Phrases(high)
        measure = inner._measure(ask.groups.high.measure, ())
        share = f"{ask.groups.high.share:.0%}"
        source = inner._join(inner.source(ask.groups.high.dataset()))
        if self.zh:
            return f"高绩效＝按“{measure}”（{source}）排在前 {share} 的人，其余为普通；差异用对数似然检验，p < 0.01"
        return f"High group: the first {share} by {measure} ({source}); log-likelihood, p < 0.01"

    def source(self, dataset: Dataset) -> list[str]:
        """Which records, which days, whose."""
        ground, name = self.ground, self.ground.form.text(self.language)
        found = [f"取自“{name}”" if self.zh else f"Taken from {name}"]
        if dataset.filter:
            condition = self.condition(dataset.filter)
            found.append(f"只含{condition}" if self.zh else f"Only where {condition}")
        if ground.date is not None and ground.stretch is not None:
            date, days = ground.date.field.text(self.language), stretch_text(ground.stretch, self.language)
            first, last = ground.stretch.first.isoformat(), ground.stretch.last.isoformat()
            found.append(
                f"{date}在{days}（{first} 至 {last}）" if self.zh else f"{date}: {days} ({first} – {last})"
            )
        if ground.asking.totals:
            found.append("统计全部记录" if self.zh else "Over all records")
        else:
            found.append("只统计您可查看的记录" if self.zh else "Over the records you may see")
        return found

    # -- measures and dimensions -------------------------------------------------------------------

    def _measure(self, measure: Measure, others: Iterable[Measure]) -> str:
        found = self.ground.columns.find(measure.field) if measure.field else None
        name = measure_label(measure, found, self.language)
        field = found.field.text(self.language) if found else ""
        if measure.bucket:
            bucket = label_text(BUCKETS[measure.bucket], self.language)
            field = f"{field}（{bucket}）" if self.zh else f"{bucket} of {field}"
        where = self.condition(measure.where) if measure.where else ""
        template = label_text(COUNTED[measure.aggregate], self.language)
        words = template.format(field=field, where=where, expression=self._calculation(measure, others))
        if where and measure.aggregate != "ratio":
            words += f"，只计{where}" if self.zh else f", only where {where}"
        if name == words:
            return words
        return f"{name}＝{words}" if self.zh else f"{name}: {words}"

    def _calculation(self, measure: Measure, others: Iterable[Measure]) -> str:
        """The expression with the measures' words in the place of their ids."""
        words = {
            one.id: "（" + self._measure(one, ()).partition("＝" if self.zh else ": ")[2] + "）" for one in others
            if one.aggregate != "expression"
        }  # fmt: skip
        return "".join(words.get(piece, piece) for piece in _pieces(measure.expression))

    def _dimension(self, dimension: Dimension) -> str:
        found = self.ground.columns.find(dimension.field) if dimension.field else self.ground.date
        own = label_text(dimension.label, self.language)
        name = own or (found.field.text(self.language) if found else "")
        if dimension.bucket:
            bucket = label_text(BUCKETS[dimension.bucket], self.language)
            name = f"{name}的{bucket}" if self.zh else f"{bucket} of {name}"
        if dimension.top:
            name += f"（前 {dimension.top} 名）" if self.zh else f" (first {dimension.top})"
        return name

    # -- expressions -------------------------------------------------------------------------------

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
            inner = self._say(node.operand, expression)
            return f"并非（{inner}）" if self.zh else f"not ({inner})"
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node, expression)
        if isinstance(node, ast.Constant):
            return self._value(node.value, None)
        if isinstance(node, ast.List):
            return self._list([self._say(item, expression) for item in node.elts])
        path = path_of(node) if isinstance(node, ast.Name | ast.Attribute) else ()
        return self.field(path) if path else self._as_written(node)

    def _joint(self, operator: ast.boolop) -> str:
        both = isinstance(operator, ast.And)
        return ("、且" if both else "，或") if self.zh else (" and " if both else " or ")

    def _inner(self, node: ast.expr, around: ast.BoolOp, expression: Expression) -> str:
        said = self._say(node, expression)
        mixed = isinstance(node, ast.BoolOp) and type(node.op) is not type(around.op)
        return f"（{said}）" if mixed else said

    def _comparison(self, node: ast.Compare, expression: Expression) -> str:
        left, right, operator = node.left, node.comparators[0], type(node.ops[0])
        path = path_of(left) if isinstance(left, ast.Name | ast.Attribute) else ()
        field = self._definition(path) if path else None
        words = AMONG if isinstance(right, ast.List) and operator in AMONG else COMPARED
        if isinstance(right, ast.Constant) and right.value in (None, ""):
            template = BLANK if operator is ast.Eq else NOT_BLANK
            return label_text(template, self.language).format(a=self._say(left, expression))
        if operator in (ast.In, ast.NotIn) and words is COMPARED:
            other = path_of(right) if isinstance(right, ast.Name | ast.Attribute) else ()
            field = self._definition(other) if other else None
            said = label_text(words[operator], self.language)
            return said.format(a=self._operand(left, field, expression), b=self._say(right, expression))
        said = label_text(words[operator], self.language)
        return said.format(a=self._say(left, expression), b=self._operand(right, field, expression))

    def _operand(self, node: ast.expr, field: FieldDefinition | None, expression: Expression) -> str:
        if isinstance(node, ast.Constant):
            return self._value(node.value, field)
        if isinstance(node, ast.List):
            return self._list([self._operand(item, field, expression) for item in node.elts])
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

    def _list(self, items: list[str]) -> str:
        return ("、" if self.zh else ", ").join(items)

    def _join(self, sentences: Iterable[str]) -> str:
        said = [one for one in sentences if one]
        return "；".join(said) + "。" if self.zh else "; ".join(said) + "."


def _paths(node: ast.expr) -> set[tuple[str, ...]]:
    found = {path_of(one) for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)}
    called = {
        (one.func.id,)
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }
    return {path for path in found if path and path not in called}


def _pieces(text: str) -> list[str]:
    """Names and what stands between them."""
    pieces, word = [], ""
    for letter in text + " ":
        if letter.isalnum() or letter == "_":
            word += letter
            continue
        pieces += (
            [word, {"*": " × ", "/": " ÷ "}.get(letter, letter)]
            if word
            else [{"*": " × ", "/": " ÷ "}.get(letter, letter)]
        )
        word = ""
    return ["" if piece.isspace() and len(piece) == 1 else piece for piece in pieces]


def _number(value: Any) -> str:
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)
