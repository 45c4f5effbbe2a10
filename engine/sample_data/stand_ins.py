"""Files that stand for others: a test says that somebody hands in `合同.pdf`, and nobody needs the real one.

Each begins as its kind does, so that it is taken for what its name says it is.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping

from engine.media_types import UNKNOWN

_BOX = b"\x00\x00\x00\x18ftyp"
_STARTS: Mapping[str, bytes] = {
    "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff\xe0", "image/gif": b"GIF89a",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBP", "image/bmp": b"BM", "image/heic": _BOX + b"heic",
    "audio/mpeg": b"ID3\x04\x00", "audio/wav": b"RIFF\x24\x00\x00\x00WAVE", "audio/ogg": b"OggS",
    "audio/amr": b"#!AMR\n", "audio/mp4": _BOX + b"M4A ", "audio/flac": b"fLaC",
    "video/mp4": _BOX + b"isom", "video/quicktime": _BOX + b"qt  ", "video/webm": b"\x1aE\xdf\xa3",
    "application/pdf": b"%PDF-1.7\n",
}  # fmt: skip
_NAMED = {"audio/x-wav": "audio/wav", "audio/x-flac": "audio/flac"}  # as the system's table may call them
_KINDS = {".amr": "audio/amr", ".heic": "image/heic", ".webp": "image/webp", ".m4a": "audio/mp4"}


def stand_in(name: str) -> tuple[bytes, str]:
    """The bytes of a file of this name, alike each time, and its media type."""
    dot = name.rfind(".")
    ending = name[dot:].lower() if dot >= 0 else ""
    found = _KINDS.get(ending) or mimetypes.types_map.get(ending, UNKNOWN)
    kind = _NAMED.get(found, found)
    return _STARTS.get(kind, b"") + f"{name}\n".encode(), kind
