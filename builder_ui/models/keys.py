"""What the pages of keys and operations, and of a record's stored bytes, show."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link


@dataclass(frozen=True, slots=True)
class CheckLine:
    """`state` ok, hint, warning or error; `said` are (what, what to do about it)."""

    label: str
    state: str
    icon: str
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key by number and how much it wraps."""

    number: str
    wraps: str
    current: bool


@dataclass(frozen=True, slots=True)
class KindOfKey:
    """A kind of key, what it is for, and since when the present one counts ('' where nobody knows)."""

    name: str
    use: str
    since: str


@dataclass(frozen=True, slots=True)
class BackupLine:
    at: str
    name: str
    folder: str
    size: str
    keys: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """`copies`: who confirmed a copy of the present keys, newest first."""

    kept_in: str
    masters: tuple[MasterKey, ...]
    kinds: tuple[KindOfKey, ...]
    copies: tuple[str, ...]
    checks: tuple[CheckLine, ...]
    summary: str
    backups: tuple[BackupLine, ...]
    code: str = ""
    place: str = ""
    wrong: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class BytesCell:
    """`look` plain, sealed, kept_back, blank, random or hash; `about` says so in words."""

    column: str
    field: str
    look: str
    about: str
    size: str
    content: str


@dataclass(frozen=True, slots=True)
class BytesPart:
    title: str
    where: str
    about: str
    icon: str
    rows: tuple[tuple[BytesCell, ...], ...]
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class BytesPage:
    """Without parts: nothing was asked for yet, or there is no such record (`wrong`)."""

    record: str
    trail: tuple[Link, ...]
    about: str = ""
    parts: tuple[BytesPart, ...] = ()
    wrong: str = ""
