"""The recovery sheet: all keys as lines that a person can type and a telephone can photograph.

Each line holds 24 letters of base32 and ends in four that check them and its number, so
a mistyped line is named. `muniment init` and `muniment keys sheet` print it, `muniment keys restore` reads
it back.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

from engine.evidence.keys import KEY_SIZE, SINGLE, Aged, MasterKeys, Ring
from metamodel.problems import Rejected, problem

FORMAT, FIRST_FORMAT = 2, 1  # the first had one key of each kind, and no moments
LETTERS, GROUP, CHECK = 24, 4, 4  # letters a line, letters between blanks, letters that check them
MOMENT = 8  # bytes of a moment in microseconds
_LINE = re.compile(r"^\s*(\d{2})[\s.:]+((?:[A-Z2-7]{1,4}\s+)+[A-Z2-7]{4})\s*$", re.IGNORECASE)


def sheet_lines(keys: MasterKeys) -> list[str]:
    """`01  ABCD EFGH … CHCK`, in order."""
    text = base64.b32encode(_packed(keys)).decode().rstrip("=")
    pieces = [text[start : start + LETTERS] for start in range(0, len(text), LETTERS)]
    return [_line(number, piece) for number, piece in enumerate(pieces, 1)]


def from_sheet(text: str) -> MasterKeys:
    """The keys of a sheet; whatever stands around its lines does not matter. Rejected (keys.bad_line for
    each, keys.bad_sheet)."""
    pieces = dict(_read_lines(text))
    wrong = [number for number, piece in pieces.items() if piece is None]
    missing = set(range(1, max(pieces, default=0) + 1)) - pieces.keys()
    if wrong or missing:
        raise Rejected([problem("keys.bad_line", number=number) for number in sorted({*wrong, *missing})])
    letters = "".join(piece or "" for _, piece in sorted(pieces.items()))
    try:
        return _unpacked(base64.b32decode(letters + "=" * (-len(letters) % 8)))
    except (ValueError, IndexError):
        raise Rejected([problem("keys.bad_sheet")]) from None


def _line(number: int, piece: str) -> str:
    groups = [piece[start : start + GROUP] for start in range(0, len(piece), GROUP)]
    return f"{number:02d}  {' '.join([*groups, _check(number, piece)])}"


def _check(number: int, piece: str) -> str:
    return base64.b32encode(hashlib.sha256(f"{number} {piece}".encode()).digest()).decode()[:CHECK]


def _read_lines(text: str) -> Iterator[tuple[int, str | None]]:
    """(number, letters), or None for letters that do not fit their check."""
    for found in filter(None, map(_LINE.match, text.splitlines())):
        number, letters = int(found[1]), "".join(found[2].upper().split())
        piece, check = letters[:-CHECK], letters[-CHECK:]
        yield number, piece if check == _check(number, piece) else None


def _packed(keys: MasterKeys) -> bytes:
    """Format, number of the current master key, how many there are, each with its number and when it was made;
    of each other kind how many, each with since when it counts."""
    parts = [bytes([FORMAT]), _number(keys.current), bytes([len(keys.wrapping)])]
    for name, key in sorted(keys.wrapping.items(), key=lambda item: int(item[0])):
        parts += [_number(name), _moment(keys.made.get(name, 0)), key]
    for kind in SINGLE:
        ring = keys.rings[kind]
        parts += [bytes([len(ring)]), *(_moment(one.since) + one.key for one in ring)]
    return b"".join(parts)


def _number(name: str) -> bytes:
    return int(name).to_bytes(2, "big")


def _moment(microseconds: int) -> bytes:
    return microseconds.to_bytes(MOMENT, "big")


class _Reader:
    """What is left of the packed bytes. ValueError where they end too early."""

    def __init__(self, packed: bytes) -> None:
        self.left = packed

    def take(self, size: int) -> bytes:
        taken, self.left = self.left[:size], self.left[size:]
        if len(taken) < size:
            raise ValueError("too short")
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def _unpacked(packed: bytes) -> MasterKeys:
    reader = _Reader(packed)
    format_, current, many = reader.number(1), str(reader.number(2)), reader.number(1)
    if format_ not in (FIRST_FORMAT, FORMAT):
        raise ValueError("not a sheet of this format")
    width = MOMENT if format_ == FORMAT else 0
    wrapping, made = dict[str, bytes](), dict[str, int]()
    for _ in range(many):
        name, moment = str(reader.number(2)), reader.number(width)
        wrapping[name] = reader.take(KEY_SIZE)
        made |= {name: moment} if moment else {}
    rings = {kind: _ring(reader, width) for kind in SINGLE}
    if current not in wrapping or reader.left:
        raise ValueError("not what a sheet holds")
    return MasterKeys(wrapping, current, rings, made)


def _ring(reader: _Reader, width: int) -> Ring:
    many = reader.number(1) if width else 1
    if not many:
        raise ValueError("a kind without a key")
    moments = ((reader.number(width), reader.take(KEY_SIZE)) for _ in range(many))
    return tuple(Aged(key, moment) for moment, key in moments)
