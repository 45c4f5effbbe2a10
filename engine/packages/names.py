"""Names that are safe anywhere: of files inside a package, whatever a customer called his attachment."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def file_name(text: str) -> str:
    """One part of a path: no separators, no control or direction marks, no device names, never empty."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip(" .")
    while len(name.encode()) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:-1]}.{ending}" if dot and len(ending) < 10 and len(stem) > 1 else name[:-1]
    if not name or _RESERVED.match(name):
        name = f"_{name}"
    return name
