"""The words of a text, counted: what clouds and comparisons of vocabulary are made of.

Chinese is cut by rjieba. Words of keyword lists, product names and the like are kept whole.
Numbers, identifiers, addresses and placeholders never count, nor do words that say nothing:
what a word cloud shows must not be a mobile number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Annotated

from metamodel.plugin_api import (
    TEXT,
    Analyzer,
    Finding,
    House,
    Material,
    Options,
    Reads,
    Registry,
    labelled,
    lower,
    simplified,
)
from plugins.analyzers.stop_words import STOP_WORDS

# Halves of characters; URLs and mail addresses; [图片] and the like; anything with a digit in it: sums,
# times, ids, versions
_NOT_WORDS = re.compile(
    r"[\ud800-\udfff]|https?://\S+|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+|\[[^\[\]\n]{1,20}\]"
    r"|(?<![a-z0-9_])(?=[a-z_]*+[0-9])[a-z0-9_]++(?:[-./:%~][a-z0-9_]+)*"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_COUNTED = re.compile(  # 三个, 那台, 第一版
    "[一二两三四五六七八九十几第这那哪每某半多数]+"
    "[个份台张批处点声家次年月天周位名条件种套版步下样些边里部层只辆笔轮遍回趟块元折期号度成口道路间栋项组类]?"
)
# What the cutter makes up around these is half a sentence (我查, 再录, 提个), not a word it knows.
_GLUE = re.compile("[我你他她它您咱再已没能会要有这那哪是先老又就也都还把被给叫让请个了过得的着吗呢吧啊嘛么]")
LONGEST = 30
NEGATIONS = ("不", "未")


class NameSource(Options, frozen=True):
    """A field whose texts are words of their own: product names, competitors."""

    form: Annotated[str, labelled("表单", "Form")]
    field: Annotated[str, labelled("字段", "Field")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""


class WordsOptions(Options, frozen=True):
    field: Annotated[str, labelled("文本字段", "Field of the text")]
    more: Annotated[tuple[str, ...], labelled("其他文本字段", "More fields of text")] = ()
    lists: Annotated[tuple[str, ...], labelled("整词：关键词库", "Whole words: keyword lists")] = ()
    names: Annotated[tuple[NameSource, ...], labelled("整词：名称字段", "Whole words: fields of names")] = ()
    whole: Annotated[tuple[str, ...], labelled("整词", "Whole words")] = ()
    people: Annotated[bool, labelled("计入我方人员姓名", "Our people's names count")] = False
    without: Annotated[tuple[str, ...], labelled("不计的词", "Words that do not count")] = ()


class Words(Analyzer):
    name = "words"
    label = {"zh": "词语", "en": "Words"}
    icon = "text"
    doc = {
        "zh": "切分文本并计数，结果写入加密词典，供词云与用词对比",
        "en": "Cuts a text into words and counts them, into the sealed dictionary that word clouds read",
    }
    Options = WordsOptions

    def reads(self, options: WordsOptions) -> Reads:
        fields = (options.field, *options.more)
        return Reads(fields, types=(TEXT,) * len(fields))

    def find(self, options: WordsOptions, materials: Sequence[Material], house: House) -> list[Finding]:
        whole = frozenset(_whole_words(options, house))
        without = STOP_WORDS.union(map(_folded, options.without))
        if not options.people:
            names = frozenset(map(_folded, house.people()))
            whole, without = whole | names, without | names
        return [Finding(words=_count(_texts(one), whole, without)) for one in materials]


def _whole_words(options: WordsOptions, house: House) -> Iterator[str]:
    yield from options.whole
    for code in options.lists:
        yield from house.keywords(code) or ()
    for source in options.names:
        yield from house.names(source.app, source.form, source.field)


def _texts(material: Material) -> Iterator[str]:
    for row in material.rows:
        yield from (text for text in row.values() if isinstance(text, str) and text)


def _count(texts: Iterable[str], whole: frozenset[str], without: frozenset[str]) -> Counter[str]:
    return Counter(word for text in texts for word in cut(text, whole) if word not in without)


def cut(text: str, whole: frozenset[str] = frozenset()) -> list[str]:
    """The words of a text in order, simplified and in small letters; those of `whole` in one piece."""
    from rjieba import cut as cut_chinese, has_word

    cleaned, pattern = _NOT_WORDS.sub(" ", _folded(text)), _pattern(whole)
    found: list[str] = []
    for number, piece in enumerate(pattern.split(cleaned) if pattern else (cleaned,)):
        if number % 2:
            found.append(piece)
        elif piece:
            found += [word for word in _negated(cut_chinese(piece)) if _is_word(word, has_word)]
    return found


def _negated(words: Iterable[str]) -> Iterator[str]:
    """`不 满意` is one word: else a complaint would count as praise."""
    before = ""
    for word in words:
        joined = before in NEGATIONS and len(word) > 1 and word not in STOP_WORDS
        yield before + word if joined else word
        before = word


def _is_word(word: str, is_known: Callable[[str], bool]) -> bool:
    if len(word) > LONGEST or not _WORD.fullmatch(word) or _COUNTED.fullmatch(word):
        return False
    return not _GLUE.search(word) or is_known(word)


@lru_cache(maxsize=8)
def _pattern(whole: frozenset[str]) -> re.Pattern[str] | None:
    """Finds the whole words, the longest first. What holds a digit is taken out before anyway."""
    words = {folded for word in whole if len(folded := _folded(word).strip()) > 1}
    if not words:
        return None
    return re.compile(
        "(" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
    )


def _folded(text: str) -> str:
    """Full-width letters as ASCII, small, simplified; blanks stay, they part words."""
    return lower(unicodedata.normalize("NFKC", text)).translate(_SIMPLIFIED)


_SIMPLIFIED = simplified()


def register(registry: Registry) -> None:
    registry.add(Words())
