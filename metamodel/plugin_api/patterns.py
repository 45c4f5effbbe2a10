"""Patterns: what in a text is not for everybody."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

from metamodel.plugin_api.declaring import Plugin


class Pattern(Plugin):
    """Something in a text that only some may read: a mobile number, the number of an identity card.

    `expression` finds candidates. RE2 reads it first, over all patterns in one pass, and Python's `re` where
    something was found: so neither lookaround nor back-references, nor what the two read differently.
    `signs`: characters, as between the brackets of an expression, of which one stands in every piece; most
    texts have none and are not read further. `apart`: what may not stand right before or behind. `is_one`
    decides on the candidate, in half width.
    """

    kind = "pattern"
    expression: str
    signs: str = ""  # blank: any
    apart: Literal["", "digits", "word"] = "digits"
    examples: ClassVar[Sequence[tuple[str, str]]] = ()  # (text, the text masked), run as tests

    def is_one(self, found: str) -> bool:
        """Its checksum, its lengths: what an expression cannot say."""
        return True

    @abstractmethod
    def mask(self, found: str) -> str:
        """What is left of it for those who may not read it, as it was written."""
