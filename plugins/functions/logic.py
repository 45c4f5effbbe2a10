"""Logic functions: choosing between values, and what to do with blanks and errors.

IF, IFS, SWITCH, IFERROR, AND, OR, NOT and COALESCE are lazy: what is not chosen is not worked out, so
`IF(n == 0, 0, total / n)` never divides by zero. A blank condition is no.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from metamodel.plugin_api import (
    ANY,
    BOOLEAN,
    Argument,
    BadValue,
    Function,
    Registry,
    Type,
    bilingual,
    common_type,
    type_label,
    unify,
)
from plugins.functions.blanks import is_blank

Later = Callable[[], Any]


def _same(left: Any, right: Any) -> bool:
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if isinstance(left, datetime) != isinstance(right, datetime):
        return False
    return (type(left) is bool) is (type(right) is bool) and bool(left == right)


# -- choosing --------------------------------------------------------------------------------------


def choose(condition: Later, yes: Later, no: Later = lambda: None) -> Any:
    return yes() if condition() is True else no()


def choose_first(*parts: Later) -> Any:
    for condition, value in zip(parts[::2], parts[1::2], strict=False):
        if condition() is True:
            return value()
    return parts[-1]() if len(parts) % 2 else None


def switch(value: Later, *parts: Later) -> Any:
    wanted = value()
    for case, result in zip(parts[::2], parts[1::2], strict=False):
        if _same(wanted, case()):
            return result()
    return parts[-1]() if len(parts) % 2 else None


def unless_error(value: Later, otherwise: Later) -> Any:
    try:
        return value()
    except BadValue:
        return otherwise()


def first_filled(*values: Later) -> Any:
    return next((found for value in values if not is_blank(found := value())), None)


def is_in(value: Any, *items: Any) -> bool:
    return not is_blank(value) and any(_same(value, item) for item in items)


# -- the types of the results ----------------------------------------------------------------------


def _branches(*types: Type) -> Type:
    found = unify(types)
    if found is None:
        raise BadValue("expression.branches", found=type_label(*types))
    return found


def _conditions(types: tuple[Type, ...]) -> None:
    for type_ in types:
        if type_.kind not in ("boolean", "any", "blank"):
            raise BadValue("expression.condition", found=type_label(type_))


def _of_ifs(*types: Type) -> Type:
    _conditions(types[: len(types) // 2 * 2 : 2])
    return _branches(*types[1::2], *(types[-1:] if len(types) % 2 else ()))


def _of_switch(value: Type, *types: Type) -> Type:
    _branches(value, *types[: len(types) // 2 * 2 : 2])
    return _branches(*types[1::2], *(types[-1:] if len(types) % 2 else ()))


def _of_in(value: Type, *types: Type) -> Type:
    common_type(value, *types)
    return BOOLEAN


# -- the same in SQL -------------------------------------------------------------------------------


def _ifs_sql(ops: Any, *parts: Any) -> Any:
    found = parts[-1] if len(parts) % 2 else None
    for condition, value in reversed(list(zip(parts[::2], parts[1::2], strict=False))):
        found = ops.case(condition, value, found)
    return found


def _switch_sql(ops: Any, value: Any, *parts: Any) -> Any:
    found = parts[-1] if len(parts) % 2 else None
    for case, result in reversed(list(zip(parts[::2], parts[1::2], strict=False))):
        found = ops.case(ops.equal(value, case), result, found)
    return found


def _in_sql(ops: Any, value: Any, *items: Any) -> Any:
    return ops.both(ops.negate(ops.is_blank(value)), ops.either(*(ops.equal(value, item) for item in items)))


_CONDITION = Argument("condition", BOOLEAN)
_CONDITIONS = Argument("condition", BOOLEAN, many=True)
_VALUES = Argument("value", ANY, many=True)

FUNCTIONS = (
    Function(
        "IF",
        (_CONDITION, Argument("yes", ANY), Argument("no", ANY, optional=True)),
        lambda _, *branches: _branches(*branches),
        choose,
        group="logic",
        lazy=True,
        sql=lambda ops, test, yes, no=None: ops.case(test, yes, no),
        label=bilingual("如果", "If"),
        doc=bilingual(
            "条件成立取第二个，否则取第三个", "The second where the condition holds, else the third"
        ),
        examples=(
            ("IF(amount > 100000, '大额', '普通')", {"amount": 5}, "普通"),
            ("IF(n == 0, 0, 1 / n)", {"n": 0}, 0),
        ),
    ),
    Function(
        "IFS",
        (_CONDITION, Argument("value", ANY), Argument("more", ANY, many=True, optional=True)),
        _of_ifs,
        choose_first,
        group="logic",
        lazy=True,
        sql=_ifs_sql,
        label=bilingual("多重条件", "First that holds"),
        doc=bilingual(
            "第一个成立的条件所对应的值；末尾单独一个为否则",
            "The value after the first condition that holds; a last one alone is for none",
        ),
        examples=(("IFS(n > 9, 'A', n > 5, 'B', 'C')", {"n": 7}, "B"), ("IFS(false, 1)", {}, None)),
    ),
    Function(
        "SWITCH",
        (
            Argument("value", ANY),
            Argument("case", ANY),
            Argument("result", ANY),
            Argument("more", ANY, many=True, optional=True),
        ),
        _of_switch,
        switch,
        group="logic",
        lazy=True,
        sql=_switch_sql,
        label=bilingual("分情况", "Switch"),
        doc=bilingual(
            "值等于哪个就取其后的结果；末尾单独一个为否则",
            "The result after the case the value equals; a last one alone is for none",
        ),
        examples=(
            ("SWITCH(level, 'A', 3, 'B', 2, 1)", {"level": "B"}, 2),
            ("SWITCH(level, 'A', 3)", {"level": "C"}, None),
        ),
    ),
    Function(
        "IFERROR",
        (Argument("value", ANY), Argument("otherwise", ANY)),
        _branches,
        unless_error,
        group="logic",
        lazy=True,
        sql=lambda ops, value, otherwise: ops.if_failed(value, otherwise),
        label=bilingual("出错时", "If error"),
        doc=bilingual("算不出时取第二个", "The second where the first cannot be worked out"),
        examples=(
            ("IFERROR(1 / 0, 0)", {}, 0),
            ("IFERROR(VALUE('abc'), -1)", {}, -1),
            ("IFERROR(5, 0)", {}, 5),
        ),
    ),
    Function(
        "AND",
        (_CONDITIONS,),
        BOOLEAN,
        lambda *parts: all(part() is True for part in parts),
        group="logic",
        lazy=True,
        sql=lambda ops, *parts: ops.both(*parts),
        label=bilingual("并且", "And"),
        doc=bilingual("全部成立", "All of them hold"),
        examples=(("AND(1 < 2, true)", {}, True), ("AND(true, none)", {}, False)),
    ),
    Function(
        "OR",
        (_CONDITIONS,),
        BOOLEAN,
        lambda *parts: any(part() is True for part in parts),
        group="logic",
        lazy=True,
        sql=lambda ops, *parts: ops.either(*parts),
        label=bilingual("或者", "Or"),
        doc=bilingual("至少一个成立", "At least one of them holds"),
        examples=(("OR(false, 2 > 1)", {}, True), ("OR(false, none)", {}, False)),
    ),
    Function(
        "NOT",
        (_CONDITION,),
        BOOLEAN,
        lambda part: part() is not True,
        group="logic",
        lazy=True,
        sql=lambda ops, part: ops.negate(part),
        label=bilingual("非", "Not"),
        doc=bilingual("条件不成立", "The condition does not hold"),
        examples=(("NOT(1 > 2)", {}, True), ("NOT(none)", {}, True)),
    ),
    Function(
        "XOR",
        (_CONDITIONS,),
        BOOLEAN,
        lambda *parts: sum(part is True for part in parts) % 2 == 1,
        group="logic",
        label=bilingual("异或", "Exclusive or"),
        doc=bilingual("成立的个数为奇数", "An odd number of them holds"),
        examples=(("XOR(true, false)", {}, True), ("XOR(true, true)", {}, False)),
    ),
    Function(
        "ISBLANK",
        (Argument("value", ANY),),
        BOOLEAN,
        is_blank,
        group="logic",
        plain=True,
        sql=lambda ops, value: ops.is_blank(value),
        label=bilingual("为空", "Is blank"),
        doc=bilingual("没有值、空文字或空列表", "No value, an empty text or an empty list"),
        examples=(("ISBLANK(x)", {"x": None}, True), ("ISBLANK('')", {}, True), ("ISBLANK(0)", {}, False)),
    ),
    Function(
        "COALESCE",
        (_VALUES,),
        _branches,
        first_filled,
        group="logic",
        lazy=True,
        sql=lambda ops, *values: ops.coalesce(*values),
        label=bilingual("第一个有值的", "First filled"),
        doc=bilingual("第一个不为空的值", "The first value that is not blank"),
        examples=(("COALESCE(none, '', 'x')", {}, "x"), ("COALESCE(a, b)", {"a": None, "b": 2}, 2)),
    ),
    Function(
        "IN",
        (Argument("value", ANY), Argument("item", ANY, many=True, or_list=True)),
        _of_in,
        is_in,
        group="logic",
        sql=_in_sql,
        label=bilingual("属于", "Is one of"),
        doc=bilingual("是不是其中之一；空不属于任何", "Is it one of these? A blank is none of them"),
        examples=(("IN(stage, '赢单', '输单')", {"stage": "赢单"}, True), ("IN(none, 'a')", {}, False)),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
