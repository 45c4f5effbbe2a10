"""Packages with time stamps of authorities of our own, sound and touched: one table for both verifiers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.engine.evidence.authority import Authority
from tests.engine.packages.tampering import Files, pack, sign, unpack

RECORDS, SEEN = "witnesses/records-1.tsr", "witnesses/records.json"
CHECKPOINT = "checkpoints/records.txt"
KEYS = {"rsa": "rsa:2048", "ec": "ec -pkeyopt ec_paramgen_curve:P-256"}


@dataclass(frozen=True)
class Stamped:
    """`codes` is what both must find; `state` of the time stamp, where one is left: (checked, trusted)."""

    name: str
    touch: Callable[[Files], None]
    codes: frozenset[str] = frozenset()
    state: tuple[bool, bool] | None = None


def stamps(folder: Path, key: str) -> Authority:
    (folder / key).mkdir()
    return Authority(folder / key, KEYS[key])


def stamped(
    package: bytes, by: Authority, signer: Ed25519PrivateKey, touch: Callable[[Files], None]
) -> bytes:
    """The package as it would be had this authority seen its checkpoint; then touched, and signed anew."""
    files = unpack(package)
    size = files[CHECKPOINT].split(b"\n")[1].decode()
    files[RECORDS] = by.stamp(files[CHECKPOINT])
    seen = [{"at": "1", "kind": "rfc3161", "path": RECORDS, "size": size, "witness": "tsa"},
            {"at": "1", "kind": "folder", "size": "3", "witness": "usb"}]  # fmt: skip
    files[SEEN] = json.dumps(seen).encode()
    touch(files)
    sign(files, signer)
    return pack(files.items())


def touches(by: Authority) -> list[Stamped]:
    """Sound under the authority's root; and what is not."""
    wrong, unreadable = frozenset({"stamp.wrong"}), frozenset({"stamp.unreadable"})
    return [
        Stamped("sound", lambda files: None, state=(True, True)),
        Stamped("over another checkpoint", lambda f: f.update({RECORDS: by.stamp(f["checkpoints/audit.txt"])}), wrong),
        Stamped("another moment", _another_moment, wrong),
        Stamped("another signature", _flipped(-1), wrong),
        Stamped("another certificate", _another_certificate, wrong),
        Stamped("cut short", lambda f: f.update({RECORDS: f[RECORDS][:-9]}), unreadable),
        Stamped("no token", lambda f: f.update({RECORDS: b"0\x03\x02\x01\x02"}), unreadable),
        Stamped("a checkpoint that is not there", _of_another_size, wrong),
        Stamped("no list", lambda f: f.update({SEEN: b"{}"}), unreadable),
        Stamped("no size", lambda f: f.update({SEEN: f[SEEN].replace(b'"size"', b'"sise"')}), unreadable),
    ]  # fmt: skip


def _flipped(place: int) -> Callable[[Files], None]:
    def touch(files: Files) -> None:
        content = bytearray(files[RECORDS])
        content[place] ^= 1
        files[RECORDS] = bytes(content)

    return touch


def _another_moment(files: Files) -> None:
    """A year earlier: the first moment in a token is when it was made, the year its first four digits."""
    at = files[RECORDS].index(b"\x18\x0f2026")
    files[RECORDS] = files[RECORDS][: at + 5] + b"5" + files[RECORDS][at + 6 :]


def _another_certificate(files: Files) -> None:
    """A bit of the name it was issued to: the signature no longer names this certificate."""
    at = files[RECORDS].rindex(b"Time")
    files[RECORDS] = files[RECORDS][:at] + b"Tine" + files[RECORDS][at + 4 :]


def _of_another_size(files: Files) -> None:
    seen = json.loads(files[SEEN])
    seen[0]["size"] = "999"
    files[SEEN] = json.dumps(seen).encode()
