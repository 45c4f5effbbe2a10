"""Finding Chinese names the way people type them: by characters, full pinyin, or initials."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, lazy_pinyin, pinyin

MOST_READINGS = 24


def matches(text: str, *names: str) -> bool:
    """Does what was typed occur in one of the names, their pinyin, or their initials?"""
    wanted = _fold(text)
    return not wanted or any(wanted in spelling for name in names for spelling in spellings(name))


@lru_cache(maxsize=50_000)
def spellings(name: str) -> tuple[str, ...]:
    """The folded name, its full pinyin and its initials: 王磊 -> 王磊, wanglei, wl."""
    syllables = lazy_pinyin(name, errors="default")
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default")
    return _fold(name), _fold("".join(syllables)), _fold("".join(initials))


@lru_cache(maxsize=2_000)
def readings(name: str) -> tuple[str, ...]:
    """As `spellings`, with every reading of a character that has several, as far as there are few: 行 is hang too."""
    ways = [pinyin(letter, style=Style.NORMAL, heteronym=True, errors="default")[0] for letter in name]
    found = dict.fromkeys(spellings(name))
    for syllables in islice(product(*ways), MOST_READINGS):
        found |= dict.fromkeys((_fold("".join(syllables)), _fold("".join(each[:1] for each in syllables))))
    return tuple(found)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
