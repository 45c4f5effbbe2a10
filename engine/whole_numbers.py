"""Whole numbers as addresses, forms and other people's files write them.

`str.isdigit()` also takes ² and ٣, and `int` refuses thousands of digits: whoever takes a number from a text takes it
here.
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

DIGITS = 18  # at most: any database holds it
Other = TypeVar("Other")


@overload
def whole_number(text: Any) -> int | None: ...
@overload
def whole_number(text: Any, otherwise: Other) -> int | Other: ...
def whole_number(text: Any, otherwise: Any = None) -> Any:
    """The number that `text` writes in ASCII digits, without a sign; `otherwise` where it does not, or in more than
    18 of them. What is no text is taken as `str` shows it."""
    text = str(text)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else otherwise


def is_whole_number(text: Any) -> bool:
    return whole_number(text) is not None
