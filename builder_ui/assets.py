"""The static tree under one fingerprint, so that every file may be cached for ever.

All files of `static/` are read once; their hash is part of the URL of each
(`/static/<tree>/js/main.js`), so relative imports and `url()` keep working.
Used by the templates (`static('css/base.css')`) and by the static handler.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
HIDDEN = {".map", ".md"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: its bytes, the same compressed ('' when that gains nothing), its media type."""

    content: bytes
    compressed: bytes
    media_type: str


class Assets:
    """What lies in a static folder, by path; `version` changes when any byte does."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._assets: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in HIDDEN:
                name, content = path.relative_to(folder).as_posix(), path.read_bytes()
                digest.update(f"{name}\0{len(content)}\0".encode() + content)
                self._assets[name] = _asset(path, content)
        self.version = digest.hexdigest()[:12]

    def url(self, path: str) -> str:
        """Where `path` is served; an unknown one is a mistake of ours."""
        if path not in self._assets:
            raise KeyError(f"no static file {path}")
        return f"/static/{self.version}/{path}"

    def get(self, path: str) -> Asset | None:
        return self._assets.get(path)

    def names(self) -> list[str]:
        return list(self._assets)


def _asset(path: Path, content: bytes) -> Asset:
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = gzip.compress(content, 6, mtime=0) if len(content) > 400 else b""
    return Asset(content, compressed if len(compressed) < len(content) * 0.9 else b"", media_type)
