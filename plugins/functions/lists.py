"""List functions: counting, picking, joining and comparing the items of lists.

Lists are many-valued fields, columns of sub-forms (`items.amount`), and what other
functions give. They are never changed in place.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    ANY,
    BOOLEAN,
    MAX_ITEMS,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    Type,
    arithmetic,
    bilingual,
    common_type,
    list_of,
    room_for,
)
from plugins.functions.blanks import filled, is_blank

_LIST = Argument("list", Type("list"))
_ITEMS = Argument("item", ANY, many=True, or_list=True)


def _key(item: Any) -> Any:
    """Equal items have one key; yes is not 1."""
    return (type(item) is bool, item)


def _item_type(items: Type, *_: Type) -> Type:
    return items.item


def _whole_list(*types: Type) -> Type:
    return list_of(common_type(*types))


def count(*values: Any) -> int:
    return sum(not is_blank(value) for value in values)


def _count_sql(ops: Any, *values: Any) -> Any:
    result = ops.literal(0)
    for value in values:
        result = ops.add(result, ops.case(ops.is_blank(value), 0, 1))
    return result


def pick(items: list[Any], position: int | Decimal | None) -> Any:
    """From 1; -1 is the last; nothing there is blank."""
    if position is None or not 1 <= abs(int(position)) <= len(items):
        return None
    return items[int(position) - 1 if position > 0 else int(position)]


def unique(*values: Any) -> list[Any]:
    return list({_key(value): value for value in values if not is_blank(value)}.values())


def sorted_list(items: list[Any], descending: bool | None = False) -> list[Any]:
    kept = [item for item in items if not is_blank(item)]
    if any(isinstance(item, dict) for item in kept):
        raise BadValue("expression.function_failed")
    return sorted(kept, reverse=descending is True)


def join(items: list[Any], delimiter: str = "、") -> str:
    parts = [
        item if isinstance(item, str) else arithmetic.number_text(item)
        for item in items
        if not is_blank(item)
    ]
    room_for(sum(map(len, parts)) + len(delimiter) * len(parts))
    return delimiter.join(parts)


def has_any(items: list[Any], *wanted: Any) -> bool:
    return not set(map(_key, items)).isdisjoint(map(_key, filled(wanted)))


def has_all(items: list[Any], *wanted: Any) -> bool:
    keys = set(map(_key, filled(wanted)))
    return bool(keys) and keys <= set(map(_key, items))


def _same_kinds(items: Type, *wanted: Type) -> Type:
    common_type(items, *wanted)
    return BOOLEAN


def _any_sql(ops: Any, items: Any, *wanted: Any) -> Any:
    return ops.either(*(ops.list_contains(items, item) for item in wanted))


def _all_sql(ops: Any, items: Any, *wanted: Any) -> Any:
    asked = [item for item in wanted if not is_blank(ops.constant(item))]
    return ops.both(*(ops.list_contains(items, item) for item in asked)) if asked else ops.literal(False)


def intersection(first: list[Any], second: list[Any]) -> list[Any]:
    kept = set(map(_key, second))
    return [item for item in first if _key(item) in kept]


def difference(first: list[Any], second: list[Any]) -> list[Any]:
    gone = set(map(_key, second))
    return [item for item in first if _key(item) not in gone]


def number_range(start: int | Decimal | None, end: int | Decimal | None) -> list[int]:
    if start is None or end is None:
        return []
    room_for(int(end) - int(start) + 1, MAX_ITEMS)
    return list(range(int(start), int(end) + 1))


_TWO = (Argument("first", Type("list")), Argument("second", Type("list")))

FUNCTIONS = (
    Function(
        "COUNT",
        (_ITEMS,),
        NUMBER,
        count,
        group="lists",
        plain=True,
        sql=_count_sql,
        label=bilingual("个数", "Count"),
        doc=bilingual("有值的有几个；列表逐项计", "How many are not blank; the items of lists are counted"),
        examples=(
            ("COUNT('a', none, 3)", {}, 2),
            ("COUNT(tags)", {"tags": ["x", "y"]}, 2),
            ("COUNT(tags)", {"tags": None}, 0),
        ),
    ),
    Function(
        "SIZE",
        (_LIST,),
        NUMBER,
        len,
        group="lists",
        plain=True,
        sql=lambda ops, items: ops.list_length(items),
        label=bilingual("项数", "Size"),
        doc=bilingual("列表有几项", "How many items a list has"),
        examples=(("SIZE(['a', 'b'])", {}, 2), ("SIZE(tags)", {"tags": None}, 0)),
    ),
    Function(
        "FIRST",
        (_LIST,),
        _item_type,
        lambda items: pick(items, 1),
        group="lists",
        label=bilingual("第一项", "First"),
        doc=bilingual("列表的第一项", "The first item of a list"),
        examples=(("FIRST(['a', 'b'])", {}, "a"), ("FIRST([])", {}, None)),
    ),
    Function(
        "LAST",
        (_LIST,),
        _item_type,
        lambda items: pick(items, -1),
        group="lists",
        label=bilingual("最后一项", "Last"),
        doc=bilingual("列表的最后一项", "The last item of a list"),
        examples=(("LAST(['a', 'b'])", {}, "b"),),
    ),
    Function(
        "ITEM",
        (_LIST, Argument("position", NUMBER)),
        _item_type,
        pick,
        group="lists",
        label=bilingual("第几项", "Item"),
        doc=bilingual("列表的第几项，从 1 起，-1 为最后", "An item by its position, from 1; -1 is the last"),
        examples=(("ITEM(['a', 'b'], 2)", {}, "b"), ("ITEM(['a'], 5)", {}, None)),
    ),
    Function(
        "UNIQUE",
        (_ITEMS,),
        _whole_list,
        unique,
        group="lists",
        label=bilingual("去重", "Unique"),
        doc=bilingual("去掉重复和空的项", "Every item once, without blanks"),
        examples=(("UNIQUE(['a', 'b', 'a'])", {}, ["a", "b"]), ("UNIQUE(1, 1, 2)", {}, [1, 2])),
    ),
    Function(
        "SORT",
        (_LIST, Argument("descending", BOOLEAN, optional=True)),
        lambda items, *_: items,
        sorted_list,
        group="lists",
        label=bilingual("排序", "Sort"),
        doc=bilingual("从小到大排列，第二个参数为 true 时反过来", "In order; the other way round with true"),
        examples=(("SORT([3, 1, 2])", {}, [1, 2, 3]), ("SORT([3, 1, 2], true)", {}, [3, 2, 1])),
    ),
    Function(
        "REVERSE",
        (_LIST,),
        lambda items: items,
        lambda items: items[::-1],
        group="lists",
        label=bilingual("倒序", "Reverse"),
        doc=bilingual("顺序倒过来", "The items from the last to the first"),
        examples=(("REVERSE([1, 2])", {}, [2, 1]),),
    ),
    Function(
        "JOIN",
        (Argument("list", (list_of(TEXT), list_of(NUMBER))), Argument("delimiter", TEXT, optional=True)),
        TEXT,
        join,
        group="lists",
        label=bilingual("连成文字", "Join"),
        doc=bilingual(
            "用分隔符把各项连成文字，默认顿号", "The items as one text, with 、 between if not said"
        ),
        examples=(("JOIN(['价格', '折扣'])", {}, "价格、折扣"), ("JOIN([1, 2], '+')", {}, "1+2")),
    ),
    Function(
        "HAS_ANY",
        (_LIST, _ITEMS),
        _same_kinds,
        has_any,
        group="lists",
        plain=True,
        sql=_any_sql,
        label=bilingual("有任一项", "Has any"),
        doc=bilingual(
            "列表中有没有这些项中的任何一个（完全相同）", "Does the list have any of these items, exactly?"
        ),
        examples=(
            ("HAS_ANY(tags, '投诉', '退款')", {"tags": ["退款"]}, True),
            ("HAS_ANY(tags, 'x')", {"tags": None}, False),
        ),
    ),
    Function(
        "HAS_ALL",
        (_LIST, _ITEMS),
        _same_kinds,
        has_all,
        group="lists",
        plain=True,
        sql=_all_sql,
        label=bilingual("有全部项", "Has all"),
        doc=bilingual("列表中这些项是否都有（完全相同）", "Does the list have all of these items, exactly?"),
        examples=(("HAS_ALL(['a', 'b'], 'a', 'b')", {}, True), ("HAS_ALL(['a'], ['a', 'b'])", {}, False)),
    ),
    Function(
        "INTERSECT",
        _TWO,
        _whole_list,
        intersection,
        group="lists",
        label=bilingual("共有的项", "Intersect"),
        doc=bilingual("两个列表都有的项", "The items that both lists have"),
        examples=(("INTERSECT(['a', 'b'], ['b', 'c'])", {}, ["b"]),),
    ),
    Function(
        "EXCEPT",
        _TWO,
        _whole_list,
        difference,
        group="lists",
        label=bilingual("除去", "Except"),
        doc=bilingual("第一个列表中第二个没有的项", "The items of the first list that the second has not"),
        examples=(("EXCEPT(['a', 'b'], ['b'])", {}, ["a"]),),
    ),
    Function(
        "RANGE",
        (Argument("start", NUMBER), Argument("end", NUMBER)),
        list_of(NUMBER),
        number_range,
        group="lists",
        label=bilingual("连续整数", "Range"),
        doc=bilingual("从几到几的整数", "The whole numbers from one to another"),
        examples=(("RANGE(1, 4)", {}, [1, 2, 3, 4]),),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
