"""Attachments: content-addressed by SHA-256, sealed, streamed in and out of a folder.

A file's bytes are AES-256-GCM in chunks under a key of its own, wrapped in its row for that row
alone; the same content stored again shares the bytes. Writing them is the slow half (`keep`, outside
any unit); `store` makes the row that a record can point at. Deleting the row's key erases the file.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.system_tables import files
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

CHUNK = 64 * 1024
TAG, NONCE = 16, 12
MAGIC = b"muniment file 1\n"


class WrapsKeys(Protocol):
    """`evidence.seals.Seals`."""

    def wrap(self, key: bytes, record: int) -> tuple[str, bytes]: ...
    def unwrap(self, master: str, wrapped: bytes, record: int) -> bytes: ...


class BrokenFile(Exception):
    """Sealed bytes that are missing, changed, cut short or sealed by another key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie sealed in the folder, waiting for a row."""

    digest: str
    size: int
    key: bytes


class Files:
    def __init__(self, database: Database, seals: WrapsKeys, data: Path) -> None:
        self._database, self._seals, self._folder = database, seals, data / "files"
        self.stored: list[Callable[[Unit, Mapping[str, Any]], None]] = []  # told of every row that is made
        self.erased: list[Callable[[Unit, Sequence[int]], None]] = []  # told of rows that go, by their ids

    # -- storing -----------------------------------------------------------------------------------
    def keep(self, chunks: Iterable[bytes]) -> Kept:
        """Seal these bytes into the folder, durably. Nobody can find them until they are stored."""
        key = AESGCM.generate_key(256)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._folder / f"new-{os.urandom(8).hex()}"
        try:
            with beside.open("xb") as file:
                digest, size = _seal(chunks, key, file)
                file.flush()
                os.fsync(file.fileno())
            kept = Kept(digest, size, key)
            self._place(beside, self._path(digest, key))
        finally:
            beside.unlink(missing_ok=True)
        return kept

    def store(
        self,
        unit: Unit,
        content: Kept | Iterable[bytes],
        name: str,
        media_type: str,
        by: str,
        record: int | str | None = None,
    ) -> str:
        """A new file of this content; its id. The folder holds equal contents once."""
        kept = content if isinstance(content, Kept) else self.keep(content)
        whole = Kept(kept.digest, kept.size, self._shared(unit, kept) or kept.key)
        return self._add(unit, whole, name, media_type, by, None if record is None else int(record))

    def copy(self, unit: Unit, identifier: str, by: str, record: int) -> str:
        """The same content as a file of this record's own, which stays when the other one goes; its id. Rejected
        (file.unknown)."""
        query = sa.select(files).where(files.c.id == _number(identifier)).with_for_update()
        row = unit.connection.execute(query).first()
        if row is None:
            raise Rejected([problem("file.unknown")])
        kept = Kept(row.digest, row.size, self._key(row))
        return self._add(
            unit, kept, _open_name(row.name_sealed, kept.key, row.id), row.media_type, by, record
        )

    def _add(self, unit: Unit, kept: Kept, name: str, media_type: str, by: str, record: int | None) -> str:
        (identifier,) = self._database.take_ids(unit.connection, 1)
        master, wrapped = self._seals.wrap(kept.key, identifier)
        sealed = _seal_name(name, kept.key, identifier)
        row = {
            "id": identifier, "digest": kept.digest, "size": kept.size, "name_sealed": sealed,
            "media_type": media_type[:200], "key_wrapped": wrapped, "master": master,
            "record": record, "created_at": unit.now, "created_by": by,
        }  # fmt: skip
        unit.connection.execute(files.insert().values(**row))
        unit.notes.setdefault("files.stored", set()).add(identifier)
        for told in self.stored:
            told(unit, row)
        return str(identifier)

    def _shared(self, unit: Unit, kept: Kept) -> bytes | None:
        """The key of an equal content that is there already; ours is then not needed."""
        same = sa.select(files).where(files.c.digest == kept.digest).order_by(files.c.id).limit(1)
        row = unit.connection.execute(same.with_for_update()).first()  # nobody erases it meanwhile
        if row is None:
            return None
        key = self._key(row)
        if key == kept.key or not self._path(kept.digest, key).exists():
            return None
        unit.after_commit(self._forget(self._path(kept.digest, kept.key)))
        return key

    def _forget(self, path: Path) -> Callable[[], None]:
        return lambda: path.unlink(missing_ok=True)

    def _path(self, digest: str, key: bytes) -> Path:
        """The key is part of the name: two who store the same bytes at once do not overwrite each other."""
        mark = hashlib.sha256(b"name" + key).hexdigest()[:12]
        return self._folder / digest[:2] / f"{digest[2:]}.{mark}"

    def _place(self, beside: Path, path: Path) -> None:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        beside.replace(path)
        for folder in (path.parent, self._folder):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    # -- erasing -----------------------------------------------------------------------------------
    def erase(self, unit: Unit, records: Sequence[int]) -> None:
        """The files of these records: their rows and keys, and their bytes where no other file shares them."""
        mine = unit.connection.execute(sa.select(files).where(files.c.record.in_(records))).all()
        if not mine:
            return
        self.remove(unit, [row.id for row in mine])
        paths = {self._path(row.digest, self._key(row)) for row in mine}
        same = sa.select(files).where(files.c.digest.in_({row.digest for row in mine}))
        paths -= {self._path(row.digest, self._key(row)) for row in unit.connection.execute(same)}
        for path in paths:
            unit.after_commit(self._forget(path))

    def remove(self, unit: Unit, identifiers: Sequence[int], *, unheld: bool = False) -> None:
        """These rows and their keys; bytes that nobody has a key for any more are swept later. `unheld`: but for those
        that a record took meanwhile."""
        mine = files.c.id.in_(identifiers)
        gone = (
            sa.delete(files)
            .where(mine, *([files.c.record.is_(None)] if unheld else []))
            .returning(files.c.id)
        )
        there = sorted(unit.connection.scalars(gone))
        for told in self.erased if there else ():
            told(unit, there)

    # -- reading -----------------------------------------------------------------------------------
    def open(self, identifier: str) -> Iterator[bytes]:
        """The plain bytes. Rejected (file.unknown) at once; BrokenFile on the way."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(files).where(files.c.id == _number(identifier))).first()
        if row is None:
            raise Rejected([problem("file.unknown")])
        key = self._key(row)
        return _unseal(self._path(row.digest, key), key, row.digest)

    def head(self, identifier: str, size: int) -> bytes:
        """Its first bytes. Rejected (file.unknown)."""
        return self.seekable(identifier).read(size)

    def seekable(self, identifier: str) -> BinaryIO:
        """The plain bytes as a file to read from anywhere; what is read is verified piece by piece. Rejected
        (file.unknown) at once; BrokenFile on the way."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(files).where(files.c.id == _number(identifier))).first()
        if row is None:
            raise Rejected([problem("file.unknown")])
        key = self._key(row)
        return io.BufferedReader(_Sealed(self._path(row.digest, key), key, row.digest, row.size), CHUNK)

    def describe(self, connection: sa.Connection, identifiers: Sequence[str]) -> list[Mapping[str, Any]]:
        """`{id, name, size, media_type, digest}` of those that are there, in the order asked for."""
        numbers = [_number(identifier) for identifier in identifiers]
        rows = connection.execute(sa.select(files).where(files.c.id.in_(set(numbers))))
        found = {row.id: row for row in rows}
        return [self._described(found[number]) for number in numbers if number in found]

    def handed_in(
        self, connection: sa.Connection, identifiers: Sequence[str]
    ) -> dict[str, tuple[str, datetime]]:
        """Who handed each in ('' for somebody without an account), and when."""
        numbers = {_number(identifier) for identifier in identifiers}
        rows = connection.execute(
            sa.select(files.c.id, files.c.created_by, files.c.created_at).where(files.c.id.in_(numbers))
        )
        return {str(row.id): (row.created_by, from_microseconds(row.created_at)) for row in rows}

    def _described(self, row: Any) -> Mapping[str, Any]:
        return {
            "id": str(row.id),
            "name": _open_name(row.name_sealed, self._key(row), row.id),
            "size": row.size,
            "media_type": row.media_type,
            "digest": row.digest,
        }

    def _key(self, row: Any) -> bytes:
        return self._seals.unwrap(row.master, row.key_wrapped, row.id)

    def again(self, kept: Kept) -> Iterator[bytes]:
        """The plain bytes of what was kept and has no row yet: a scratch file nobody else can read."""
        return _unseal(self._path(kept.digest, kept.key), kept.key, kept.digest)

    def drop(self, kept: Kept) -> None:
        """Forget what was kept and never stored."""
        self._path(kept.digest, kept.key).unlink(missing_ok=True)

    # -- tidying -----------------------------------------------------------------------------------
    def sweep(self, older_than: float) -> int:
        """Remove sealed bytes that no row has a key for, last touched before this POSIX time (the
        units that kept them came to nothing, or their rows were shredded); how many."""
        number = 0
        for folder in sorted(self._folder.glob("*")) if self._folder.exists() else ():
            old = [path for path in _files_in(folder) if _touched(path) < older_than]
            known = self._known(folder.name) if old and folder.is_dir() else set()
            for path in old:
                if path not in known:
                    path.unlink(missing_ok=True)
                    number += 1
        return number

    def _known(self, prefix: str) -> set[Path]:
        """Where the bytes of rows lie whose content begins with these digits: a part at a time."""
        query = sa.select(files).where(files.c.digest.startswith(prefix, autoescape=True))
        with self._database.read() as connection:
            return {self._path(row.digest, self._key(row)) for row in connection.execute(query)}


def _files_in(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.is_file()] if place.is_dir() else [place]


def _touched(path: Path) -> float:
    """When it was written; of what is gone meanwhile: just now."""
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return float("inf")


def _number(identifier: str) -> int:
    """-1, which no file has, for what is no id."""
    return whole_number(identifier, -1)


# -- sealed bytes: MAGIC, then chunks; place and whether it is the last are bound into each -----------
def _seal(chunks: Iterable[bytes], key: bytes, file: BinaryIO) -> tuple[str, int]:
    cipher, digest, size = AESGCM(key), hashlib.sha256(), 0
    file.write(MAGIC)
    for place, (plain, last) in enumerate(_pieces(chunks)):
        digest.update(plain)
        size += len(plain)
        nonce = os.urandom(NONCE)
        file.write(nonce + cipher.encrypt(nonce, plain, _bound(place, last)))
    return digest.hexdigest(), size


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The bytes in pieces of CHUNK, each with whether it is the last; an empty file has one."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > CHUNK:
            yield bytes(waiting[:CHUNK]), False
            del waiting[:CHUNK]
    yield bytes(waiting), True


def _unseal(path: Path, key: bytes, digest: str) -> Iterator[bytes]:
    cipher, found, place, last = AESGCM(key), hashlib.sha256(), 0, False
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BrokenFile(digest)
            sealed = file.read(NONCE + CHUNK + TAG)
            while not last:
                after = file.read(NONCE + CHUNK + TAG)
                last = not after
                plain = cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(place, last))
                found.update(plain)
                yield plain
                sealed, place = after, place + 1
    except (FileNotFoundError, InvalidTag, ValueError) as error:
        raise BrokenFile(digest) from error
    if found.hexdigest() != digest:
        raise BrokenFile(digest)


class _Sealed(io.RawIOBase):
    """Random access to sealed bytes: the piece at hand is kept open, its place and whether it is the last are
    bound into it."""

    def __init__(self, path: Path, key: bytes, digest: str, size: int) -> None:
        super().__init__()
        self._cipher, self._digest, self._size = AESGCM(key), digest, size
        self._position, self._place, self._piece = 0, -1, b""
        try:
            self._file = path.open("rb")
        except FileNotFoundError as error:
            raise BrokenFile(digest) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        place, within = divmod(self._position, CHUNK)
        given = self._at(place)[within : within + len(buffer)]
        buffer[: len(given)] = given
        self._position += len(given)
        return len(given)

    def _at(self, place: int) -> bytes:
        if place != self._place:
            sealed_size = NONCE + CHUNK + TAG
            self._file.seek(len(MAGIC) + place * sealed_size)
            sealed, last = self._file.read(sealed_size), place == max(0, (self._size - 1) // CHUNK)
            try:
                self._piece = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(place, last))
            except (InvalidTag, ValueError) as error:
                raise BrokenFile(self._digest) from error
            self._place = place
        return self._piece

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _bound(place: int, last: bool) -> bytes:
    return b"chunk %d %d" % (place, last)


def _seal_name(name: str, key: bytes, identifier: int) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, name.encode("utf-8", "replace"), b"name %d" % identifier)


def _open_name(sealed: bytes, key: bytes, identifier: int) -> str:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], b"name %d" % identifier).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenFile(str(identifier)) from error
