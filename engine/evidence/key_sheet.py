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

from engine.evidence.keys import KEY_SIZE, SINGLE, MasterKeys
from metamodel.problems import Rejected, problem

FORMAT = 1
LETTERS, GROUP, CHECK = 24, 4, 4  # letters a line, letters between blanks, letters that check them
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
    """Format, number of the current master key, how many there are, each with its number, the others."""
    parts = [bytes([FORMAT]), _number(keys.current), bytes([len(keys.wrapping)])]
    for name, key in sorted(keys.wrapping.items(), key=lambda item: int(item[0])):
        parts += [_number(name), key]
    return b"".join([*parts, *keys.singles])


def _number(name: str) -> bytes:
    return int(name).to_bytes(2, "big")


def _unpacked(packed: bytes) -> MasterKeys:
    many, width = packed[3], 2 + KEY_SIZE
    if packed[0] != FORMAT or len(packed) != 4 + many * width + len(SINGLE) * KEY_SIZE:
        raise ValueError("not a sheet of this format")
    held = [packed[4 + place * width :][:width] for place in range(many)]
    wrapping = {str(int.from_bytes(each[:2], "big")): each[2:] for each in held}
    rest = packed[4 + many * width :]
    box, index, audit, signing = (rest[place * KEY_SIZE :][:KEY_SIZE] for place in range(len(SINGLE)))
    current = str(int.from_bytes(packed[1:3], "big"))
    if current not in wrapping:
        raise ValueError("the current key is not there")
    return MasterKeys(wrapping, current, box, index, audit, signing)
