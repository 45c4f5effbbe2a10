"""Where each value stood first: a few bytes a value, so that a long file may be looked through for doubles."""

from __future__ import annotations

from array import array
from hashlib import blake2b

SMALLEST = 1 << 10


class Marks:
    """A flat table of eight bytes of digest and a line number; it doubles when it is two thirds full."""

    def __init__(self) -> None:
        self._count = 0
        self._keys, self._lines = _blank(SMALLEST)

    def first(self, name: str, text: str, line: int) -> int:
        """The line this value of this field was first seen in, which is `line` where it is new."""
        digest = blake2b(f"{name}\0{text.casefold()}".encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "little") or 1
        place = self._place(key)
        if not self._keys[place]:
            self._keys[place], self._lines[place] = key, line
            self._count += 1
            if 3 * self._count > 2 * len(self._keys):
                self._grow()
            return line
        return self._lines[place]

    def _place(self, key: int) -> int:
        """Where it is, or where it goes."""
        mask = len(self._keys) - 1
        place = key & mask
        while self._keys[place] not in (0, key):
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, lines = self._keys, self._lines
        self._keys, self._lines = _blank(2 * len(keys))
        for key, line in zip(keys, lines, strict=True):
            if key:
                place = self._place(key)
                self._keys[place], self._lines[place] = key, line


def _blank(size: int) -> tuple[array[int], array[int]]:
    return array("Q", bytes(8 * size)), array("L", bytes(array("L").itemsize * size))
