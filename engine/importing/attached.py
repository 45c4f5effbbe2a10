"""Files that come with a spreadsheet: a ZIP beside it (or around it), whose members cells name.

Nothing is unpacked onto the disk: members are read from the sealed upload, as far as their records take them,
and kept as every upload is.
"""

from __future__ import annotations

import mimetypes
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.files import BrokenFile, Files, Kept
from engine.media_types import HEAD, UNKNOWN, settled
from engine.records.program import FieldProgram
from engine.sheets import LARGEST
from metamodel.problems import Problem, Rejected, pointer, problem

MOST = 20_000  # members of a ZIP
PIECE = 1 << 16
SHEETS = (".xlsx", ".xls", ".ods", ".csv", ".txt")
_BETWEEN, _COMMA = re.compile(r"[、;；\n]"), re.compile(r"[，,]")
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, BrokenFile)
_UTF8, _ENCRYPTED = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A member that a cell names; `size` and `media_type` as it will be kept."""

    name: str
    size: int
    media_type: str
    member: zipfile.ZipInfo

    @property
    def described(self) -> Mapping[str, object]:
        return {"name": self.name, "size": self.size, "media_type": self.media_type}

    @property
    def pretended(self) -> Kept:
        """What stands for its bytes while the line is only tried: nothing is kept of it."""
        return Kept(os.urandom(32).hex(), self.size, os.urandom(32))


class Attached:
    """The ZIP of one import. `identifier` blank: there is none. Rejected (import.bad_archive)."""

    def __init__(self, files: Files, identifier: str) -> None:
        self._files, self._zip = files, _opened(files, identifier) if identifier else None
        self._by_path: dict[str, zipfile.ZipInfo] = {}
        self._by_name: dict[str, list[zipfile.ZipInfo]] = {}
        for path, member in _members(self._zip) if self._zip else ():
            self._by_path[_folded(path)] = member
            self._by_name.setdefault(_folded(PurePosixPath(path).name), []).append(member)

    def find(self, field: FieldProgram, text: str) -> tuple[tuple[Wanted, ...], list[Problem]]:
        """The files a cell names, and what is wrong with them; paths `/field`."""
        said = {"field": field.field.text()}
        if self._zip is None:
            return (), [problem("import.no_archive", pointer(field.id), **said)]
        found: list[Wanted] = []
        wrong: list[Problem] = []
        for part in self._apart(text):
            members = self._named(part)
            if len(members) == 1:
                one = self._wanted(part, members[0])
                kind = field.field.type
                wrong += [
                    p.under(pointer(field.id))
                    for p in (kind.may_hold(one.described, field.field) if kind else ())
                ]
                found.append(one)
                continue
            code = "import.several_named" if members else "import.no_such_file"
            wrong.append(problem(code, pointer(field.id), value=part[:100], count=len(members), **said))
        return tuple(found), wrong

    def keep(self, wanted: Wanted) -> Kept:
        """Its bytes, sealed as every upload is. Rejected (import.bad_archive)."""
        return self._files.keep(self._pieces(wanted.member))

    def _apart(self, text: str) -> Sequence[str]:
        """A name may hold a comma; several stand beside each other."""
        parts = [one for one in map(str.strip, _BETWEEN.split(text)) if one]
        cut = (_COMMA.split(one) if not self._named(one) else [one] for one in parts)
        return (
            [text]
            if self._named(text)
            else list(dict.fromkeys(one.strip() for some in cut for one in some if one))
        )

    def _named(self, text: str) -> Sequence[zipfile.ZipInfo]:
        """By its path in the ZIP, else by its name alone."""
        folded = _folded(text.replace("\\", "/").lstrip("./"))
        return [self._by_path[folded]] if folded in self._by_path else self._by_name.get(folded, ())

    def _wanted(self, part: str, member: zipfile.ZipInfo) -> Wanted:
        name = PurePosixPath(part.replace("\\", "/")).name
        head = next(self._pieces(member), b"")[:HEAD]
        kind = settled(mimetypes.guess_type(name)[0] or UNKNOWN, head)
        return Wanted(name, member.file_size, kind, member)

    def _pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        assert self._zip is not None
        try:
            with self._zip.open(member) as unpacked:
                while piece := unpacked.read(PIECE):
                    yield piece
        except _BROKEN as error:
            raise Rejected([problem("import.bad_archive")]) from error


def _unfit(field: FieldProgram, wanted: Wanted) -> list[Problem]:
    """Files of a kind the field does not take, or too large for it."""
    kind = field.field.type
    found = kind.may_hold(wanted.described, field.field) if kind is not None else []
    return [one.under(pointer(field.id)) for one in found]


def sheet_within(files: Files, identifier: str) -> bytes | None:
    """The spreadsheet of a ZIP that holds one beside the files it names; None for what is no such ZIP. Rejected:
    import.bad_archive, import.no_sheet_within."""
    if not files.head(identifier, 4).startswith(b"PK\x03\x04"):
        return None
    try:
        packed = _opened(files, identifier)
        members = dict(_members(packed))
    except Rejected:
        return None  # a workbook that is broken, and said to be
    if "[Content_Types].xml" in members or "mimetype" in members:  # the ZIP is a workbook itself
        return None
    ranked = sorted((path.count("/"), path) for path in members if path.lower().endswith(SHEETS))
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        raise Rejected([problem("import.no_sheet_within", count=len(ranked))])
    try:
        with packed.open(members[ranked[0][1]]) as unpacked:
            content = unpacked.read(LARGEST + 1)
    except _BROKEN as error:
        raise Rejected([problem("import.bad_archive")]) from error
    return content  # its size is looked at where it is opened


def _opened(files: Files, identifier: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(files.seekable(identifier))
    except _BROKEN as error:
        raise Rejected([problem("import.bad_archive")]) from error


def _members(packed: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """(path, member) of everything in it that is a file of somebody's."""
    members = packed.infolist()
    if len(members) > MOST:
        raise Rejected([problem("import.bad_archive")])
    for member in members:
        path = _path(member)
        if not member.is_dir() and not path.startswith("__MACOSX/") and not path.endswith(".DS_Store"):
            if member.flag_bits & _ENCRYPTED:
                raise Rejected([problem("import.bad_archive")])
            yield path, member


def _path(member: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names as GBK and does not say so."""
    if member.flag_bits & _UTF8 or member.filename.isascii():
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
