"""What people say that needs no answer: 好的, 谢谢, 再见. The response time and whoever asks whether somebody
waits know the same ones.
"""

from __future__ import annotations

import re
from functools import lru_cache

from metamodel.plugin_api import match_form

_CLOSINGS = """
好 好的 好的好的 好嘞 好呢 好哒 好吧 行 行的 可以 嗯 嗯嗯 哦 哦哦 对 ok okay 收到 收到谢谢 知道了 明白
明白了 了解 了解了 谢谢 谢谢您 谢谢你 多谢 感谢 非常感谢 好的谢谢 好谢谢 好的感谢 行谢谢 嗯谢谢 麻烦了
麻烦您了 辛苦了 辛苦 不客气 没事 没事了 再见 拜拜 晚安 先这样 好的先这样 不用了 不用了谢谢 thanks
thankyou [表情]
"""
CLOSINGS = tuple(_CLOSINGS.split())
_MARKS = re.compile(r"[^\w\[\]]+")
_LONGEST = 40  # characters looked at; none of them is nearly as long


def closes(text: str, closings: tuple[str, ...] = CLOSINGS) -> bool:
    """Marks and blanks do not matter: `好的，谢谢！` is a goodbye."""
    return _bare(text) in _bare_all(closings)


@lru_cache(maxsize=8)
def _bare_all(closings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_bare, closings))


def _bare(text: str) -> str:
    return _MARKS.sub("", match_form(text[:_LONGEST]))
