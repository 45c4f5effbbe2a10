"""Expression text before it is parsed: limits, full-width punctuation, what people type from habit.

`prepare` walks the text once, folds what input methods produce outside strings, and
refuses what the parser must never see (too long, too deep, `=`, `&&`, comments). It keeps,
for every character it gives to the parser, where that stood in the text people wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from metamodel.problems import Problem, problem

MAX_LENGTH = 4_000
MAX_BRACKETS = 50
MAX_NUMBER = 60  # characters of one number, which may have 18 digits and 10 more

FOLDS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
FOLDS |= {
    "、": ",", "。": ".", "【": "[", "】": "]", "〔": "(", "〕": ")", "×": "*", "÷": "/",
    "−": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "≠": "!=",
    "\u3000": " ", "\xa0": " ", "\t": " ", "\r": " ", "\n": " ", "\ufeff": " ",
}  # fmt: skip
QUOTES = {  # what opens a string -> the quote it becomes, and what closes it
    '"': ('"', '"'), "＂": ('"', '＂"'), "“": ('"', '”“"'), "”": ('"', '”“"'),
    "'": ("'", "'"), "＇": ("'", "＇'"), "‘": ("'", "’‘'"), "’": ("'", "’‘'"),
    "「": ('"', "」"), "『": ('"', "』"),
}  # fmt: skip
_TABLE = str.maketrans(FOLDS)
_DIGITS = frozenset("0123456789")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_ESCAPES = "\\'\"ntrux"
_OPENING, _CLOSING = "([{", ")]}"
# What Excel, SQL and JavaScript people write, and what it is called here.
_HABITS = {
    "<>": "!=", "===": "==", "&&": "and", "||": "or", "&": "CONCAT(…, …)", "|": "or", "!": "not", "^": "**",
    "#": "", "\\": "", "`": "", "$": "", "?": "… if … else …", "@": "", ";": ",", "//": "INT(… / …)",
    "<<": "", ">>": "", ":=": "==", "~": "not",
}  # fmt: skip
_OPERATORS = ("===", "==", "!=", ">=", "<=", "<>", "&&", "||", "**", "//", "<<", ">>", ":=")


@dataclass(frozen=True, slots=True)
class Source:
    """What the parser gets, and the way back to what people wrote."""

    text: str
    original: str
    places: tuple[int, ...]  # of each character in `text`, and one past the last

    def place(self, byte_offset: int) -> int:
        """Where a UTF-8 offset of the parser stands in the original text."""
        characters = len(self.text.encode()[:byte_offset].decode(errors="ignore"))
        return self.places[min(characters, len(self.places) - 1)]


def prepare(original: str, path: str = "") -> Source | Problem:
    """The text made ready for the parser, or the first thing that stands in its way."""
    if len(original) > MAX_LENGTH:
        return problem("expression.too_long", path, limit=MAX_LENGTH)
    if not original.strip():
        return problem("expression.empty", path)
    return _Scanner(original, path).scan()


class _Refused(Exception):
    def __init__(self, found: Problem) -> None:
        self.problem = found


class _Scanner:
    def __init__(self, original: str, path: str) -> None:
        self.original, self.path = original, path
        self.at = 0
        self.letters: list[str] = []
        self.places: list[int] = []
        self.open: list[tuple[str, int]] = []

    def scan(self) -> Source | Problem:
        try:
            while self.at < len(self.original):
                self._step()
            if self.open:
                raise self._refuse("expression.unclosed", self.open[-1][1], what=self.open[-1][0])
        except _Refused as refused:
            return refused.problem
        return Source("".join(self.letters), self.original, (*self.places, len(self.original)))

    def _step(self) -> None:
        letter = self.original[self.at]
        if letter in QUOTES:
            self._string(*QUOTES[letter])
            return
        folded = FOLDS.get(letter, letter)
        if folded in _OPENING:
            self._open(folded)
        elif folded in _CLOSING:
            self._close(folded)
        elif folded[0] in "=<>!&|*/:#\\`$?@;^~":
            self._operator()
            return
        elif folded in _DIGITS and not self._in_a_name():
            self._number()
            return
        elif not folded.isprintable():
            raise self._refuse("expression.syntax", self.at)
        self._put(folded, self.at)
        self.at += 1

    def _put(self, text: str, place: int) -> None:
        self.letters.append(text)
        self.places.extend([place] * len(text))

    # -- numbers -----------------------------------------------------------------------------------

    def _in_a_name(self) -> bool:
        return bool(self.letters) and (self.letters[-1].isalnum() or self.letters[-1] == "_")

    def _number(self) -> None:
        """All of a number, which a letter may not follow: Python would read `1if` and `0x1f`."""
        start = self.at
        rest = self.original[start : start + MAX_NUMBER]
        rest = rest if rest.isascii() else rest.translate(_TABLE)
        found = _NUMBER.match(rest)
        end = found.end() if found else 1
        following = rest[end : end + 1]
        if end == MAX_NUMBER or following.isalnum() or following == "_":
            raise self._refuse("expression.number", start, text=rest.split()[0][:40])
        for letter in rest[:end]:
            self._put(letter, self.at)
            self.at += 1

    # -- brackets ----------------------------------------------------------------------------------

    def _open(self, bracket: str) -> None:
        self.open.append((bracket, self.at))
        if len(self.open) > MAX_BRACKETS:
            raise self._refuse("expression.too_deep", self.at, limit=MAX_BRACKETS)

    def _close(self, bracket: str) -> None:
        if not self.open or _CLOSING.index(bracket) != _OPENING.index(self.open[-1][0]):
            raise self._refuse("expression.unopened", self.at, what=bracket)
        self.open.pop()

    # -- operators ---------------------------------------------------------------------------------

    def _operator(self) -> None:
        start = self.at
        run = "".join(FOLDS.get(letter, letter) for letter in self.original[start : start + 3])
        found = next((op for op in _OPERATORS if run.startswith(op)), run[0])
        if found == "=":
            raise self._refuse("expression.single_equals", start)
        if found in _HABITS or found == ":":
            raise self._not_here(found, start)
        done = 0
        while done < len(found):  # `≥` is one character and two of the operator
            folded = FOLDS.get(self.original[self.at], self.original[self.at])
            self._put(folded, self.at)
            done += len(folded)
            self.at += 1

    def _not_here(self, found: str, start: int) -> _Refused:
        instead = _HABITS.get(found, "")
        if instead:
            return self._refuse("expression.habit", start, what=found, instead=instead)
        return self._refuse("expression.not_allowed", start, what=found)

    # -- strings -----------------------------------------------------------------------------------

    def _string(self, quote: str, closing: str) -> None:
        start = self.at
        self._put(quote, start)
        self.at += 1
        for letter in self._inside(closing, start):
            if letter == "\\":
                self._escape()
            elif letter == quote:
                self._put("\\" + quote, self.at)
            elif letter == "\n":
                self._put("\\n", self.at)
            elif letter == "\r":
                self._put("\\r", self.at)
            else:
                self._put(letter, self.at)
            self.at += 1
        self._put(quote, self.at)
        self.at += 1
        self._put(" ", self.at)  # two strings side by side are never a triple quote

    def _inside(self, closing: str, start: int) -> Iterator[str]:
        while self.at < len(self.original):
            letter = self.original[self.at]
            if letter in closing:
                return
            if letter == "\0" or "\ud800" <= letter <= "\udfff":
                raise self._refuse("expression.syntax", self.at)
            yield letter
        raise self._refuse("expression.unclosed", start, what=self.original[start])

    def _escape(self) -> None:
        """Known escapes stay; before any other letter the backslash is a backslash (`\\d`, `\\b`)."""
        following = self.original[self.at + 1 : self.at + 2]
        if following and following in _ESCAPES:
            self._put("\\" + following, self.at)
            self.at += 1
        else:
            self._put("\\\\", self.at)

    def _refuse(self, code: str, position: int, **params: Any) -> _Refused:
        return _Refused(problem(code, self.path, position=position, **params))
