"""What a file is called on its way out: what was declared, as far as its first bytes bear it out.

Pages show pictures, sound and films in place; a page that calls itself a picture must not be one of them.
The runtime asks before it keeps an uploaded file.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping

UNKNOWN = "application/octet-stream"
HEAD = 32  # bytes that decide
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]{0,100}/[a-z0-9][a-z0-9.+-]{0,100}")

# How files of a kind begin; what is shown in place must.
BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "image/bmp": re.compile(rb"BM"),
    "image/heic": re.compile(rb".{4}ftyp(?:heic|heix|mif1|msf1)", re.DOTALL),
    "audio/mpeg": re.compile(rb"ID3|\xff[\xe2-\xfb]"),
    "audio/wav": re.compile(rb"RIFF.{4}WAVE", re.DOTALL),
    "audio/ogg": re.compile(rb"OggS"),
    "audio/amr": re.compile(rb"#!AMR"),
    "audio/mp4": re.compile(rb".{4}ftyp", re.DOTALL),
    "audio/flac": re.compile(rb"fLaC"),
    "video/quicktime": re.compile(rb".{4}(?:ftypqt|moov|mdat|wide|free)", re.DOTALL),
    "video/mp4": re.compile(rb".{4}ftyp", re.DOTALL),
    "video/webm": re.compile(rb"\x1aE\xdf\xa3"),
    "application/pdf": re.compile(rb"%PDF-"),
}


def settled(declared: str, head: bytes) -> str:
    """The media type to keep for a file that begins with `head`."""
    name = declared.partition(";")[0].strip().lower()
    begins = BEGINNINGS.get(name)
    if not _NAME.fullmatch(name) or (begins is not None and not begins.match(head)):
        return UNKNOWN
    return name


def ending_of(name: str, media_type: str) -> str:
    """How a file is called that stands for this one and does not tell its name: `.pdf`, or ''."""
    _, dot, ending = name.rpartition(".")
    if dot and ending.isascii() and ending.isalnum() and len(ending) <= 5:
        return f".{ending.lower()}"
    return next((text for text, kind in mimetypes.types_map.items() if kind == media_type), "")
