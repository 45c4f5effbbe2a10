"""What a line of text with a form of its own is: an e-mail address, a number plate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import re2

from metamodel.plugin_api import BadValue, Examples, Pattern, excerpt, fold, mask_text
from plugins.fields.text import Text

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

SHORT = 100  # characters up to which the patterns of the presets are no trouble to any engine


class Preset(Text):
    """A line of text with a form of its own; `tidy` removes what people add to read it better, `is_one` knows
    what its form does not say."""

    personal = True
    exact = None
    keywords: tuple[str, ...] = ()

    def __init__(
        self,
        name: str,
        zh: str,
        en: str,
        icon: str,
        pattern: str,
        tidy: Callable[[str], str],
        examples: Examples,
        keywords: tuple[str, ...] = (),
        masked: Pattern | None = None,
        is_one: Callable[[str], bool] = bool,
    ) -> None:
        self.name, self.label, self.icon = name, {"zh": zh, "en": en}, icon
        self.keywords = keywords
        self.doc = {"zh": f"一个{zh}", "en": f"One {en.lower()}"}
        self.input = name
        self.examples = examples
        self._pattern, self._tidy = re2.compile(pattern), tidy
        self._short = re.compile(pattern, re.ASCII)  # thirty times as fast, where length cannot make it slow
        self._masked, self._is_one = masked, is_one

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = self._tidy(fold(super().parse(raw, field)))
        pattern = self._short if len(text) <= SHORT else self._pattern
        if len(text) > 2000 or not pattern.fullmatch(text) or not self._is_one(text):
            raise BadValue("value.wrong_preset", text=excerpt(raw), kind=self.label)
        return text

    def hide(self, text: str, field: FieldDefinition) -> str:
        """As such a thing is masked in running text, where it is one."""
        masked = self._masked.mask(text) if self._masked else text
        return masked if masked != text else mask_text(text)


def digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "").removeprefix("+86")


def no_blanks(text: str) -> str:
    return text.replace(" ", "")


def capitals(text: str) -> str:
    return "".join(letter for letter in text if letter not in " -·.").upper()
