"""Functions that look for what is masked: mobile numbers, identity cards, bank cards in a text.

They tell which kinds stand there, never the numbers themselves, so that their results are plain. Where a
record is marked by them on capture, a text without any costs one pass of RE2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from metamodel.plugin_api import (
    BOOLEAN,
    TEXT,
    Argument,
    BadValue,
    Function,
    Patterns,
    Registry,
    bilingual,
    list_of,
)
from plugins.patterns import numbers, words

KNOWN = {one.name: one for one in (*numbers.PATTERNS, *words.PATTERNS)}
_ARGUMENTS = (Argument("text", TEXT), Argument("pattern", TEXT, many=True, or_list=True))


@lru_cache(64)
def _prepared(names: tuple[str, ...]) -> Patterns:
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        raise BadValue("expression.unknown_pattern", name=unknown[0], known=", ".join(sorted(KNOWN)))
    return Patterns([KNOWN[name] for name in names])


def find_patterns(text: str, *names: str) -> list[str]:
    return _prepared(names).names(text)


def has_pattern(text: str, *names: str) -> bool:
    return bool(_prepared(names).pieces(text))


def _check(_text: str | None, *names: str | Sequence[str] | None) -> None:
    """Unknown names are told when the expression is saved."""
    flat = [one for name in names for one in (name if isinstance(name, list | tuple) else (name,))]
    _prepared(tuple(name for name in flat if isinstance(name, str)))


FUNCTIONS = (
    Function(
        "FIND_PATTERNS",
        _ARGUMENTS,
        list_of(TEXT),
        find_patterns,
        group="text",
        plain=True,
        check=_check,
        label=bilingual("识别敏感信息", "Find patterns"),
        doc=bilingual("文字中有哪几类敏感信息", "Which of these patterns stand in a text"),
        examples=(
            ("FIND_PATTERNS('电话19900001234', 'mobile', 'id_card')", {}, ["mobile"]),
            ("FIND_PATTERNS('卡号 6222020000000000000', 'mobile', 'bank_card')", {}, ["bank_card"]),
        ),
    ),
    Function(
        "HAS_PATTERN",
        _ARGUMENTS,
        BOOLEAN,
        has_pattern,
        group="text",
        plain=True,
        check=_check,
        label=bilingual("含敏感信息", "Has a pattern"),
        doc=bilingual("文字中是否有这些敏感信息", "Does any of these patterns stand in a text?"),
        examples=(
            ("HAS_PATTERN('证件 11010519491231002X', 'id_card')", {}, True),
            ("HAS_PATTERN('单号 110105194912310021', 'id_card', 'mobile')", {}, False),
        ),
    ),
)


def register(registry: Registry) -> None:
    registry.add(*FUNCTIONS)
