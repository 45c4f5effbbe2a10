"""Text functions: taking texts apart, putting them together, changing their letters.

Excel's names and meanings where Excel has the function: positions count from 1, and a
blank is the empty text. What could grow asks for room first.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    ANY,
    MAX_ITEMS,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    arithmetic,
    bilingual,
    list_of,
    lower,
    match_form,
    room_for,
    trim,
    upper,
)

Number = int | Decimal
_TEXT = Argument("text", TEXT)


def _whole(number: Number | None, otherwise: int = 0) -> int:
    """A position or a count: fractions dropped downwards, a blank is `otherwise`."""
    return otherwise if number is None else int(number // 1)


def text_of(value: Any) -> str:
    """A text or a number as text."""
    return "" if value is None else value if isinstance(value, str) else arithmetic.number_text(value)


# -- taking apart ----------------------------------------------------------------------------------


def left(text: str, count: Number | None = 1) -> str:
    return text[: max(0, _whole(count))]


def right(text: str, count: Number | None = 1) -> str:
    size = max(0, _whole(count))
    return text[-size:] if size else ""


def mid(text: str, start: Number | None, count: Number | None) -> str:
    first = max(0, _whole(start) - 1)
    return text[first : first + max(0, _whole(count))]


def find(part: str, text: str, start: Number | None = 1) -> int:
    return text.find(part, max(0, _whole(start) - 1)) + 1 if part else 0


def before(text: str, delimiter: str) -> str:
    head, found, _ = text.partition(delimiter) if delimiter else ("", "", "")
    return head if found else ""


def after(text: str, delimiter: str) -> str:
    return text.partition(delimiter)[2] if delimiter else ""


def split(text: str, delimiter: str) -> list[str]:
    """Parts without outer blanks; empty ones go."""
    if delimiter:
        room_for(text.count(delimiter) + 1, MAX_ITEMS)
    parts = text.split(delimiter) if delimiter else [text]
    return [part.strip() for part in parts if part.strip()]


# -- putting together ------------------------------------------------------------------------------


def concat(*texts: Any) -> str:
    parts = [text_of(text) for text in texts]
    room_for(sum(map(len, parts)))
    return "".join(parts)


def join_texts(delimiter: str, ignore_empty: bool | None, *texts: Any) -> str:
    parts = [text_of(text) for text in texts]
    if ignore_empty is not False:
        parts = [part for part in parts if part]
    room_for(sum(map(len, parts)) + len(delimiter) * len(parts))
    return delimiter.join(parts)


def repeat(text: str, times: Number | None) -> str:
    count = max(0, _whole(times))
    room_for(len(text) * count)
    return text * count


# -- changing --------------------------------------------------------------------------------------


def replace(text: str, start: Number | None, count: Number | None, new: str) -> str:
    first = max(0, _whole(start, 1) - 1)
    room_for(len(text) + len(new))
    return text[:first] + new + text[first + max(0, _whole(count)) :]


def substitute(text: str, old: str, new: str, which: Number | None = None) -> str:
    if not old:
        return text
    if which is not None:
        return _substitute_one(text, old, new, _whole(which))
    room_for(len(text) + text.count(old) * max(0, len(new) - len(old)))
    return text.replace(old, new)


def _substitute_one(text: str, old: str, new: str, which: int) -> str:
    at = -len(old)
    for _ in range(min(which, len(text) + 1)):
        at = text.find(old, at + len(old))
        if at < 0:
            return text
    room_for(len(text) + len(new))
    return text[:at] + new + text[at + len(old) :] if which > 0 else text


# -- the same in SQL -------------------------------------------------------------------------------


def right_sql(ops: Any, text: Any, count: Any = 1) -> Any:
    size = ops.greatest(ops.floor(count), 0)
    start = ops.subtract(ops.add(ops.length(text), 1), size)
    return ops.substring(text, ops.greatest(start, 1), size)


def find_sql(ops: Any, part: Any, text: Any, start: Any = 1) -> Any:
    first = ops.greatest(ops.floor(start), 1)
    found = ops.position(ops.substring(text, first, ops.length(text)), part)
    there = ops.case(ops.equal(found, 0), 0, ops.subtract(ops.add(found, first), 1))
    return ops.case(ops.is_blank(part), 0, there)


def substitute_sql(ops: Any, text: Any, old: Any, new: Any, *which: Any) -> Any:
    if which:
        raise BadValue("expression.not_in_sql", what="SUBSTITUTE")
    return ops.case(ops.is_blank(old), ops.concat(text), ops.replace(text, old, new))


# -- declarations ----------------------------------------------------------------------------------

_COUNT = Argument("count", NUMBER, optional=True)
_PIECES = Argument("text", (TEXT, NUMBER), many=True, or_list=True)

FUNCTIONS = (
    Function(
        "LEN",
        (_TEXT,),
        NUMBER,
        len,
        plain=True,
        sql=lambda ops, text: ops.length(text),
        label=bilingual("字数", "Length"),
        doc=bilingual("文字有几个字符", "How many characters a text has"),
        examples=(("LEN('合同 A')", {}, 4), ("LEN(name)", {"name": None}, 0)),
    ),
    Function(
        "LEFT",
        (_TEXT, _COUNT),
        TEXT,
        left,
        sql=lambda ops, text, count=1: ops.substring(text, 1, count),
        label=bilingual("左边的字", "Left part"),
        doc=bilingual("开头的几个字符", "The first characters of a text"),
        examples=(("LEFT('SJ2026-0001', 2)", {}, "SJ"), ("LEFT('abc')", {}, "a"), ("LEFT('abc', 0)", {}, "")),
    ),
    Function(
        "RIGHT",
        (_TEXT, _COUNT),
        TEXT,
        right,
        sql=right_sql,
        label=bilingual("右边的字", "Right part"),
        doc=bilingual("末尾的几个字符", "The last characters of a text"),
        examples=(("RIGHT('19900001234', 4)", {}, "1234"), ("RIGHT('ab', 5)", {}, "ab")),
    ),
    Function(
        "MID",
        (_TEXT, Argument("start", NUMBER), Argument("count", NUMBER)),
        TEXT,
        mid,
        sql=lambda ops, text, start, count: ops.substring(text, start, count),
        label=bilingual("中间的字", "Middle part"),
        doc=bilingual("从第几个字符起取几个", "Some characters from a position on; the first is 1"),
        examples=(("MID('110105194912310021', 7, 8)", {}, "19491231"), ("MID('abc', 9, 1)", {}, "")),
    ),
    Function(
        "FIND",
        (Argument("part", TEXT), _TEXT, Argument("start", NUMBER, optional=True)),
        NUMBER,
        find,
        sql=find_sql,
        plain=True,
        label=bilingual("位置", "Position"),
        doc=bilingual(
            "一段文字首次出现在第几个字符，没有为 0", "Where a part first stands, 0 where it does not"
        ),
        examples=(
            ("FIND('@', 'a@b.cn')", {}, 2),
            ("FIND('x', 'abc')", {}, 0),
            ("FIND('a', 'aba', 2)", {}, 3),
        ),
    ),
    Function(
        "TEXTBEFORE",
        (_TEXT, Argument("delimiter", TEXT)),
        TEXT,
        before,
        label=bilingual("之前的文字", "Text before"),
        doc=bilingual(
            "分隔符之前的部分，没有分隔符为空", "What stands before the first delimiter; blank without one"
        ),
        examples=(("TEXTBEFORE('a@b.cn', '@')", {}, "a"), ("TEXTBEFORE('abc', '@')", {}, "")),
    ),
    Function(
        "TEXTAFTER",
        (_TEXT, Argument("delimiter", TEXT)),
        TEXT,
        after,
        label=bilingual("之后的文字", "Text after"),
        doc=bilingual(
            "分隔符之后的部分，没有分隔符为空", "What stands after the first delimiter; blank without one"
        ),
        examples=(("TEXTAFTER('a@b.cn', '@')", {}, "b.cn"), ("TEXTAFTER('abc', '')", {}, "")),
    ),
    Function(
        "SPLIT",
        (_TEXT, Argument("delimiter", TEXT)),
        list_of(TEXT),
        split,
        label=bilingual("拆分", "Split"),
        doc=bilingual(
            "按分隔符拆成列表，去掉空项", "The parts between delimiters as a list, without empty ones"
        ),
        examples=(
            ("SPLIT('价格, 折扣,,合同', ',')", {}, ["价格", "折扣", "合同"]),
            ("SPLIT('', ',')", {}, []),
        ),
    ),
    Function(
        "CONCAT",
        (_PIECES,),
        TEXT,
        concat,
        sql=lambda ops, *texts: ops.concat(*texts),
        label=bilingual("连接", "Join"),
        doc=bilingual("把文字和数字连在一起", "Texts and numbers put together"),
        examples=(("CONCAT('共 ', 3, ' 条')", {}, "共 3 条"), ("CONCAT(a, 'x')", {"a": None}, "x")),
    ),
    Function(
        "TEXTJOIN",
        (Argument("delimiter", TEXT), Argument("ignore_empty", ANY), _PIECES),
        TEXT,
        join_texts,
        label=bilingual("用分隔符连接", "Join with a delimiter"),
        doc=bilingual(
            "用分隔符连接多段文字；第二个参数为 true 时跳过空的",
            "Joins texts with a delimiter; true as second argument skips blanks",
        ),
        examples=(
            ("TEXTJOIN('、', true, ['价格', '', '折扣'])", {}, "价格、折扣"),
            ("TEXTJOIN('-', false, 'a', '', 'b')", {}, "a--b"),
        ),
    ),
    Function(
        "REPT",
        (_TEXT, Argument("times", NUMBER)),
        TEXT,
        repeat,
        label=bilingual("重复", "Repeat"),
        doc=bilingual("把文字重复几次", "A text several times over"),
        examples=(("REPT('★', 3)", {}, "★★★"), ("REPT('a', -1)", {}, "")),
    ),
    Function(
        "TRIM",
        (_TEXT,),
        TEXT,
        trim,
        sql=lambda ops, text: ops.trim(text),
        label=bilingual("去空格", "Trim"),
        doc=bilingual(
            "去掉两端空格，中间连续空格留一个（含全角）",
            "No outer blanks, and one space for each run inside; full-width ones too",
        ),
        examples=(("TRIM('　张  三 ')", {}, "张 三"),),
    ),
    Function(
        "UPPER",
        (_TEXT,),
        TEXT,
        upper,
        sql=lambda ops, text: ops.upper(text),
        label=bilingual("大写", "Upper case"),
        doc=bilingual("字母变大写", "Letters as capitals"),
        examples=(("UPPER('crm é')", {}, "CRM É"),),
    ),
    Function(
        "LOWER",
        (_TEXT,),
        TEXT,
        lower,
        sql=lambda ops, text: ops.lower(text),
        label=bilingual("小写", "Lower case"),
        doc=bilingual("字母变小写", "Letters as small ones"),
        examples=(("LOWER('CRM É')", {}, "crm é"),),
    ),
    Function(
        "FOLD",
        (_TEXT,),
        TEXT,
        match_form,
        sql=lambda ops, text: ops.fold(text),
        label=bilingual("归一", "Fold"),
        doc=bilingual(
            "全角变半角、大写变小写、繁体变简体、去掉空格，用于比较",
            "Half width, small letters, simplified characters, no blanks: for comparing",
        ),
        examples=(("FOLD('競 品Ａ')", {}, "竞品a"),),
    ),
    Function(
        "REPLACE",
        (_TEXT, Argument("start", NUMBER), Argument("count", NUMBER), Argument("new", TEXT)),
        TEXT,
        replace,
        label=bilingual("按位置替换", "Replace by position"),
        doc=bilingual(
            "从第几个字符起的几个字符换成新的", "Some characters from a position on replaced by others"
        ),
        examples=(("REPLACE('13800001234', 4, 4, '****')", {}, "138****1234"),),
    ),
    Function(
        "SUBSTITUTE",
        (_TEXT, Argument("old", TEXT), Argument("new", TEXT), Argument("which", NUMBER, optional=True)),
        TEXT,
        substitute,
        sql=substitute_sql,
        label=bilingual("替换", "Substitute"),
        doc=bilingual(
            "把旧文字全部（或第几处）换成新文字",
            "An old part replaced by a new one, everywhere or at one occurrence",
        ),
        examples=(
            ("SUBSTITUTE('a-b-c', '-', '+')", {}, "a+b+c"),
            ("SUBSTITUTE('a-b-c', '-', '+', 2)", {}, "a-b+c"),
            ("SUBSTITUTE('aaa', '', 'x')", {}, "aaa"),
        ),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
