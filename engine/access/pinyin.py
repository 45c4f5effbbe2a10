"""Finding Chinese names the way people type them: by characters, full pinyin, or initials."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


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


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
