"""Expression text cut into pieces, whatever state it is in: for people who are still typing.

The parser wants a whole expression; an editor wants to know what stands where in half of one: which names,
inside which call the caret is, whether it is in a text. Positions are those of the text as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from metamodel.expressions.source import FOLDS, QUOTES

Kind = Literal["name", "word", "number", "text", "open", "close", "comma", "dot", "sign", "gap"]
WORDS = frozenset({"and", "or", "not", "in", "if", "else"})
CONSTANTS = frozenset({"true", "false", "none"})  # in any case
_MARKS: dict[str, Kind] = {"(": "open", "[": "open", ")": "close", "]": "close", ",": "comma", ".": "dot"}


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` as it was written; of a `text` piece with its quotes, the last one missing where it is not closed."""

    kind: Kind
    at: int
    text: str

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    @property
    def folded(self) -> str:
        return FOLDS.get(self.text, self.text)


@dataclass(frozen=True, slots=True)
class Named:
    """A path of names, `customer.level`, or a function (`called`)."""

    at: int
    end: int
    path: tuple[str, ...]
    called: bool = False


@dataclass(frozen=True, slots=True)
class Caret:
    """What is being typed. `start`: where the word under the caret begins, `word` what of it stands before the
    caret; `before`: the path in front of its dot. `call`: the function around it, `argument` the place in it.
    `quote`: the caret is in a text that opened with it; `against` then the path that text stands beside."""

    start: int
    end: int
    word: str
    before: tuple[str, ...] = ()
    call: str = ""
    argument: int = 0
    quote: str = ""
    against: tuple[str, ...] = ()


def pieces(text: str) -> list[Piece]:
    """All of the text, in order and without gaps between them; never fails."""
    found: list[Piece] = []
    at = 0
    while at < len(text):
        piece = _piece(text, at)
        found.append(piece)
        at = piece.end
    return found


def _piece(text: str, at: int) -> Piece:
    letter = text[at]
    folded = FOLDS.get(letter, letter)
    if letter in QUOTES:
        return Piece("text", at, text[at : _closing(text, at)])
    if folded.isspace():
        return _run("gap", text, at, str.isspace)
    if folded.isdigit():
        return _run("number", text, at, lambda one: one.isalnum() or one == ".")
    if folded.isalpha() or folded == "_":
        run = _run("name", text, at, lambda one: one.isalnum() or one == "_")
        is_word = run.text in WORDS or run.text.lower() in CONSTANTS
        return Piece("word", at, run.text) if is_word else run
    return Piece(_MARKS.get(folded, "sign"), at, letter)


def _run(kind: Kind, text: str, at: int, belongs: object) -> Piece:
    end = at + 1
    while end < len(text) and text[end] not in QUOTES and belongs(FOLDS.get(text[end], text[end])):  # type: ignore[operator]
        end += 1
    return Piece(kind, at, text[at:end])


def _closing(text: str, at: int) -> int:
    closers = QUOTES[text[at]][1]
    place = at + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] in closers:
            return place + 1
        else:
            place += 1
    return len(text)


def is_closed(piece: Piece) -> bool:
    """Does a text end with the quote that closes it?"""
    return (
        len(piece.text) > 1
        and _closing(piece.text, 0) == len(piece.text)
        and (piece.text[-1] in QUOTES[piece.text[0]][1] and not _escaped_end(piece.text))
    )


def _escaped_end(text: str) -> bool:
    inner = text[1:-1]
    return (len(inner) - len(inner.rstrip("\\"))) % 2 == 1


def named(found: Sequence[Piece]) -> Iterator[Named]:
    """Every path and every function, in order."""
    tokens = [piece for piece in found if piece.kind != "gap"]
    place = 0
    while place < len(tokens):
        if tokens[place].kind != "name":
            place += 1
            continue
        first, path = tokens[place], [tokens[place].text]
        place += 1
        while place + 1 < len(tokens) and tokens[place].kind == "dot" and tokens[place + 1].kind == "name":
            path.append(tokens[place + 1].text)
            place += 2
        called = len(path) == 1 and place < len(tokens) and tokens[place].folded == "("
        yield Named(first.at, tokens[place - 1].end, tuple(path), called)


def caret_in(text: str, at: int) -> Caret:
    """What stands around the caret."""
    before = [piece for piece in pieces(text) if piece.at < at]
    last = before[-1] if before else None
    calls = _calls([piece for piece in before if piece.kind != "gap"], at)
    call, argument = calls[-1] if calls else ("", 0)
    if last is not None and last.kind == "text" and not (is_closed(last) and last.end <= at):
        inside = Caret(last.at, last.end, text[last.at + 1 : at], (), call, argument, last.text[0])
        return _beside(inside, before[:-1])
    if last is not None and last.kind in ("name", "word") and last.end >= at:
        return Caret(last.at, last.end, text[last.at : at], _path_before(before[:-1]), call, argument)
    return Caret(at, at, "", _path_before(before), call, argument)


def _path_before(before: Sequence[Piece]) -> tuple[str, ...]:
    """The names in front of a dot that stands right before the caret."""
    tokens = [piece for piece in before if piece.kind != "gap"]
    path: list[str] = []
    while len(tokens) >= 2 and tokens[-1].kind == "dot" and tokens[-2].kind == "name":
        path.insert(0, tokens[-2].text)
        tokens = tokens[:-2]
    return tuple(path)


def _calls(tokens: Sequence[Piece], at: int) -> list[tuple[str, int]]:
    """The open brackets before the caret with the function each belongs to ('' for none), innermost last;
    a list's bracket counts as no place of its own."""
    found: list[tuple[str, int]] = []
    for place, piece in enumerate(tokens):
        if piece.kind == "open":
            named = place > 0 and tokens[place - 1].kind == "name" and piece.folded == "("
            found.append((tokens[place - 1].text if named else "", 0))
        elif piece.kind == "close" and piece.end <= at and found:
            found.pop()
        elif piece.kind == "comma" and found:
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return found if found and found[-1][0] else [one for one in found if one[0]][-1:]


def _beside(caret: Caret, before: Sequence[Piece]) -> Caret:
    """With the path its text is compared with: `level == '…`, `level in ['a', '…`, `HAS_ANY(tags, '…`."""
    tokens = [piece for piece in before if piece.kind not in ("gap", "text", "comma")]
    while tokens and (tokens[-1].kind in ("open", "sign") or tokens[-1].text in ("in", "not")):
        tokens.pop()
    if not tokens or tokens[-1].kind != "name":
        return caret
    path = (*_path_before(tokens[:-1]), tokens[-1].text)
    return Caret(caret.start, caret.end, caret.word, (), caret.call, caret.argument, caret.quote, path)
