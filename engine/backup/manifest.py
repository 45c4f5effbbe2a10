"""What a backup holds: every file with its size and SHA-256, signed with the installation's key.

Written last, so a folder without one is no backup. `restore` believes nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from metamodel.problems import Problem, Rejected, problem

NAME = "manifest.json"
FORMAT = "muniment backup 1"
CHUNK = 1024 * 1024
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` maps a path in the backup to (size, SHA-256 in hex); `check_code` is of the keys that open it.
    `ledger`: how many entries of each log a checkpoint covered. `keys` names every key that is needed to open it;
    blank in those of older versions."""

    origin: str
    public_key: str
    check_code: str
    at: int
    database: str
    revision: str
    ledger: Mapping[str, int]
    files: Mapping[str, tuple[int, str]]
    keys: Sequence[str] = ()

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(size for size, _ in self.files.values())

    def write(self, folder: Path, signer: Ed25519PrivateKey) -> None:
        signature = base64.b64encode(signer.sign(_signed(self._told()))).decode()
        content = json.dumps({**self._told(), "signature": signature}, ensure_ascii=False, indent=1)
        (folder / NAME).write_text(content, "utf-8")

    def _told(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}


def read_manifest(folder: Path) -> Manifest:
    """Rejected: backup.none where there is no backup, backup.bad_signature."""
    try:
        raw = json.loads((folder / NAME).read_text("utf-8"))
        signature = base64.b64decode(raw.pop("signature"))
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw["public_key"]))
        key.verify(signature, _signed(raw))
        if raw.pop("format") != FORMAT:
            raise ValueError("another format")
        files = {_safe(path): (int(size), str(digest)) for path, (size, digest) in raw.pop("files").items()}
        return Manifest(**raw, files=files)
    except FileNotFoundError:
        raise Rejected([problem("backup.none", folder=folder)]) from None
    except InvalidSignature:
        raise Rejected([problem("backup.bad_signature", folder=folder)]) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Rejected([problem("backup.unreadable", folder=folder)]) from None


def check_files(folder: Path, manifest: Manifest, progress: Progress | None = None) -> list[Problem]:
    """Every file that is missing or not what the manifest says."""
    done, wrong = 0, []
    for path, (size, digest) in manifest.files.items():
        if digest_of(folder / path) != (size, digest):
            wrong.append(problem("backup.file_differs", file=path))
        done += size
        if progress is not None:
            progress(done, manifest.size)
    return wrong


def digest_of(path: Path) -> tuple[int, str]:
    """(size, SHA-256); (-1, '') for what is no file."""
    if not path.is_file():
        return (-1, "")
    size, digest = 0, hashlib.sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _signed(told: Mapping[str, Any]) -> bytes:
    return FORMAT.encode() + b"\n" + json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def _safe(path: str) -> str:
    """A path within the backup, whoever wrote it."""
    parts = path.split("/")
    if not all(parts) or {".", ".."} & set(parts) or "\\" in path or ":" in path:
        raise ValueError("a path that leads elsewhere")
    return path
