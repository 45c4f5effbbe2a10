"""Keyword and pattern functions: does a text hold these words, how often, does it match.

They compare by `match_form` (full and half width, case, blanks inside, traditional and
simplified characters make no difference) and tell yes, no or how many: never the
text itself, so their results are plain even of sealed texts. Patterns are RE2's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from metamodel.plugin_api import (
    BOOLEAN,
    MAX_COMPARISONS,
    MAX_ITEMS,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    bilingual,
    list_of,
    match_form,
    match_forms,
    room_for,
)
from plugins.closings import closes

Find = Callable[[str, tuple[str, ...]], frozenset[str]]  # which words stand in a text
MAX_PATTERN = 500
MAX_PROGRAM = 4_000  # steps of a compiled pattern: its size times the text's is the work
MAX_MEMORY = 2 * 1024 * 1024
_WHERE = Argument("text", (TEXT, list_of(TEXT)))
_WORDS = Argument("word", TEXT, many=True, or_list=True)


# -- words -----------------------------------------------------------------------------------------


def contains_any(where: Any, *words: str) -> bool:
    forms = match_forms(words)
    if isinstance(where, list):
        return not {match_form(item) for item in where}.isdisjoint(forms)
    room_for(len(where) * len(forms), MAX_COMPARISONS)
    text = match_form(where)
    for form in forms:  # noqa: SIM110 -- a generator costs more than the search
        if form in text:
            return True
    return False


def any_of(*words: str) -> Callable[[Any], bool]:
    """`contains_any` with its words prepared, for rules that look at every message."""
    forms = match_forms(words)
    count = len(forms)

    def held(where: Any) -> bool:
        if isinstance(where, list) or len(where) * count > MAX_COMPARISONS:
            return contains_any(where, *words)
        text = match_form(where)
        for form in forms:  # noqa: SIM110 -- a generator costs more than the search
            if form in text:
                return True
        return False

    return held


def needs_answer(text: str) -> bool:
    return bool(text.strip()) and not closes(text)


def contains_all(where: Any, *words: str) -> bool:
    forms = match_forms(words)
    if isinstance(where, list):
        return bool(forms) and {match_form(item) for item in where}.issuperset(forms)
    room_for(len(where) * len(forms), MAX_COMPARISONS)
    text = match_form(where)
    return bool(forms) and all(form in text for form in forms)


def count_words(text: str, *words: str) -> int:
    """Places, not words: where 不满意 stands, 满意 is not counted again."""
    forms = match_forms(words)
    if not forms:
        return 0
    room_for(len(text) * len(forms), MAX_COMPARISONS)
    return len(_any_of(forms).findall(match_form(text)))


def found_words(text: str, *words: str) -> list[str]:
    forms = match_forms(words)
    room_for(len(text) * len(forms), MAX_COMPARISONS)
    folded = match_form(text)
    return [word for word in dict.fromkeys(words) if (form := match_form(word)) and form in folded]


# -- the same with all rules' words looked for at once ---------------------------------------------


def _too_many(text: str, words: tuple[str, ...]) -> bool:
    return len(text) * len(words) > MAX_COMPARISONS


def sighted_any(find: Find, where: Any, *words: str) -> bool:
    if isinstance(where, list) or _too_many(where, words):
        return contains_any(where, *words)
    return bool(find(where, words))


def sighted_all(find: Find, where: Any, *words: str) -> bool:
    if isinstance(where, list) or _too_many(where, words):
        return contains_all(where, *words)
    found = find(where, words)
    return bool(found) and found.issuperset(match_forms(words))


def sighted_count(find: Find, text: str, *words: str) -> int:
    if _too_many(text, words):
        return count_words(text, *words)
    found = find(text, words)
    return len(_any_of(tuple(sorted(found))).findall(match_form(text))) if found else 0


def sighted_words(find: Find, text: str, *words: str) -> list[str]:
    if _too_many(text, words):
        return found_words(text, *words)
    found = find(text, words)
    return [word for word in dict.fromkeys(words) if match_form(word) in found] if found else []


@lru_cache(maxsize=256)
def _any_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    """The longest word first, so that the longest one takes the place."""
    return re.compile("|".join(map(re.escape, sorted(set(forms), key=len, reverse=True))))


def keywords(context: Any, code: str, *otherwise: str) -> list[str]:
    found = context.keywords(code)
    return list(otherwise if found is None else found)


# -- patterns --------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    room_for(len(text), MAX_PATTERN)
    try:
        compiled = re2.compile(text, options)
    except (re2.error, ValueError):
        raise BadValue("expression.bad_pattern", pattern=text[:60]) from None
    if compiled.programsize > MAX_PROGRAM:
        raise BadValue("expression.bad_pattern", pattern=text[:60])
    return compiled


def check_pattern(text: Any, pattern: Any = None, *_: Any) -> None:
    if isinstance(pattern, str):
        _pattern(pattern)


def matches(text: str, pattern: str) -> bool:
    return bool(pattern) and _pattern(pattern).search(text) is not None


def matcher(pattern: str) -> Callable[[str], bool]:
    if not pattern:
        return lambda text: False
    search = _pattern(pattern).search
    return lambda text: search(text) is not None


def extract(text: str, pattern: str) -> str | None:
    found = _pattern(pattern).search(text) if pattern else None
    return _taken(found) if found else None


def extract_all(text: str, pattern: str) -> list[str]:
    found: list[str] = []
    for each in _pattern(pattern).finditer(text) if pattern else ():
        room_for(len(found) + 1, MAX_ITEMS)
        found.append(_taken(each))
    return found


def _taken(found: Any) -> str:
    """The first group where the pattern has one, else all of it."""
    return str((found.group(1) if found.re.groups else found.group(0)) or "")


# -- the same in SQL -------------------------------------------------------------------------------


def _held(ops: Any, where: Any, word: Any) -> Any:
    return ops.list_has(where, word) if where.type.kind == "list" else ops.found_in(where, word)


def _any_sql(ops: Any, where: Any, *words: Any) -> Any:
    return ops.either(*(_held(ops, where, word) for word in words))


def _all_sql(ops: Any, where: Any, *words: Any) -> Any:
    """A blank word asks for nothing, and nothing asked for is not held."""
    asked = [ops.either(ops.is_blank(ops.fold(word)), _held(ops, where, word)) for word in words]
    something = [ops.negate(ops.is_blank(ops.fold(word))) for word in words]
    return ops.both(*asked, ops.either(*something))


_TEXT = Argument("text", TEXT)
_PATTERN = Argument("pattern", TEXT)

FUNCTIONS = (
    Function(
        "CONTAINS",
        (_WHERE, Argument("word", TEXT)),
        BOOLEAN,
        contains_any,
        bind=any_of,
        sighted=sighted_any,
        needs="any",
        group="words",
        plain=True,
        sql=_any_sql,
        label=bilingual("包含", "Contains"),
        doc=bilingual(
            "文字（或列表）里有没有这个词；不分全半角、大小写、繁简和空格",
            "Does a text (or a list) hold the word? Width, case, kind of characters and blanks do not matter",
        ),
        examples=(
            ("CONTAINS('这个竞 品Ａ也在谈', '竞品A')", {}, True),
            ("CONTAINS('已满意', '不满意')", {}, False),
            ("CONTAINS(tags, '重点')", {"tags": ["重点", "老客户"]}, True),
            ("CONTAINS('abc', '')", {}, False),
        ),
    ),
    Function(
        "CONTAINS_ANY",
        (_WHERE, _WORDS),
        BOOLEAN,
        contains_any,
        bind=any_of,
        sighted=sighted_any,
        needs="any",
        group="words",
        plain=True,
        sql=_any_sql,
        label=bilingual("包含任一", "Contains any"),
        doc=bilingual("有没有这些词中的任何一个", "Does a text or list hold any of these words?"),
        examples=(
            ("CONTAINS_ANY(content, '报价', '合同')", {"content": "合同什么时候寄"}, True),
            ("CONTAINS_ANY(content, ['报价', '合同'])", {"content": "您好"}, False),
        ),
    ),
    Function(
        "CONTAINS_ALL",
        (_WHERE, _WORDS),
        BOOLEAN,
        contains_all,
        sighted=sighted_all,
        needs="all",
        group="words",
        plain=True,
        sql=_all_sql,
        label=bilingual("包含全部", "Contains all"),
        doc=bilingual("这些词是否都有", "Does a text or list hold all of these words?"),
        examples=(
            ("CONTAINS_ALL('报价和合同', '报价', '合同')", {}, True),
            ("CONTAINS_ALL('报价', '报价', '合同')", {}, False),
        ),
    ),
    Function(
        "COUNT_WORDS",
        (_TEXT, _WORDS),
        NUMBER,
        count_words,
        sighted=sighted_count,
        group="words",
        plain=True,
        label=bilingual("词出现几次", "Count words"),
        doc=bilingual(
            "这些词一共出现几处；重叠处只算最长的词",
            "At how many places the words stand; where they overlap the longest counts",
        ),
        examples=(
            ("COUNT_WORDS('很不满意，真不满意', '不满意', '满意')", {}, 2),
            ("COUNT_WORDS('', '投诉')", {}, 0),
        ),
    ),
    Function(
        "FOUND_WORDS",
        (_TEXT, _WORDS),
        list_of(TEXT),
        found_words,
        sighted=sighted_words,
        group="words",
        label=bilingual("出现的词", "Words found"),
        doc=bilingual("这些词中哪些出现了", "Which of these words stand in the text"),
        examples=(("FOUND_WORDS('合同和报价', '报价', '退款', '合同')", {}, ["报价", "合同"]),),
    ),
    Function(
        "KEYWORDS",
        (Argument("list", TEXT), Argument("otherwise", TEXT, optional=True, many=True)),
        list_of(TEXT),
        keywords,
        group="words",
        context=True,
        volatile=True,
        label=bilingual("关键词表", "Keyword list"),
        doc=bilingual(
            "关键词库中这张表已启用的词及其别写；没有这张表时用后面给的词",
            "The words of a keyword list that are in use, other spellings included; the words given where "
            "there is no such list",
        ),
        examples=(
            ("COUNT(KEYWORDS('nothing_here'))", {}, 0),
            ("KEYWORDS('nothing_here', '报价', '合同')", {}, ["报价", "合同"]),
        ),
    ),
    Function(
        "MATCHES",
        (_TEXT, _PATTERN),
        BOOLEAN,
        matches,
        bind=matcher,
        group="words",
        plain=True,
        check=check_pattern,
        label=bilingual("匹配", "Matches"),
        doc=bilingual(
            "文字里有没有符合正则表达式（RE2）的部分", "Does a part of the text match a pattern (RE2)?"
        ),
        examples=(
            (r"MATCHES(content, '(今天|明天).{0,8}(发|给)')", {"content": "明天上午给您演示账号"}, True),
            (r"MATCHES('订单 123', '\d{4}')", {}, False),
        ),
    ),
    Function(
        "EXTRACT",
        (_TEXT, _PATTERN),
        TEXT,
        extract,
        group="words",
        check=check_pattern,
        label=bilingual("提取", "Extract"),
        doc=bilingual(
            "第一处符合正则表达式的文字（有括号则取括号内）",
            "The first part that matches a pattern; its group where it has one",
        ),
        examples=(
            (r"EXTRACT('单号 SJ2026-0001 请查', 'SJ(\d+)')", {}, "2026"),
            ("EXTRACT('abc', 'x')", {}, None),
        ),
    ),
    Function(
        "EXTRACT_ALL",
        (_TEXT, _PATTERN),
        list_of(TEXT),
        extract_all,
        group="words",
        check=check_pattern,
        label=bilingual("全部提取", "Extract all"),
        doc=bilingual("所有符合正则表达式的文字", "All parts that match a pattern"),
        examples=((r"EXTRACT_ALL('A1 B22', '[A-Z]\d+')", {}, ["A1", "B22"]),),
    ),
    Function(
        "STARTS_WITH",
        (_TEXT, Argument("part", TEXT)),
        BOOLEAN,
        lambda text, part: bool(part) and text.startswith(part),
        group="words",
        plain=True,
        sql=lambda ops, text, part: ops.starts_with(text, part),
        label=bilingual("开头是", "Starts with"),
        doc=bilingual("文字是否以此开头（逐字比较）", "Does the text begin with this, letter for letter?"),
        examples=(("STARTS_WITH('sales04', 'sales')", {}, True), ("STARTS_WITH('abc', '')", {}, False)),
    ),
    Function(
        "ENDS_WITH",
        (_TEXT, Argument("part", TEXT)),
        BOOLEAN,
        lambda text, part: bool(part) and text.endswith(part),
        group="words",
        plain=True,
        sql=lambda ops, text, part: ops.ends_with(text, part),
        label=bilingual("结尾是", "Ends with"),
        doc=bilingual("文字是否以此结尾（逐字比较）", "Does the text end in this, letter for letter?"),
        examples=(("ENDS_WITH('报价单.xlsx', '.xlsx')", {}, True), ("ENDS_WITH('a', 'ba')", {}, False)),
    ),
    Function(
        "NEEDS_ANSWER",
        (_TEXT,),
        BOOLEAN,
        needs_answer,
        group="words",
        label=bilingual("需要回复", "Needs an answer"),
        doc=bilingual(
            "这句话要不要回复：“好的”“谢谢”“再见”一类不用，空的也不用",
            "Does what is said need an answer? A goodbye, a thank-you or nothing at all does not",
        ),
        examples=(
            ("NEEDS_ANSWER('报表怎么导出')", {}, True),
            ("NEEDS_ANSWER('好的，谢谢！')", {}, False),
            ("NEEDS_ANSWER('')", {}, False),
        ),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
