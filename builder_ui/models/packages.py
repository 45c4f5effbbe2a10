"""Evidence packages: the drawer that asks for one, and the page of those somebody had made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """How much goes in, and what that means."""

    value: str
    text: str
    note: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PackageForm:
    """`about` says which records are meant; `records` their ids, none: all that the list finds."""

    action: str
    about: str
    scopes: tuple[ScopeChoice, ...]
    records: tuple[str, ...] = ()
    reason: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageLine:
    """`state` is waiting, making, ready, failed or expired; `levels` are (words, how many)."""

    title: str
    state: str
    state_text: str
    hue: str
    about: str
    reason: str
    at: str
    progress: int = 0
    levels: tuple[tuple[str, str], ...] = ()
    href: str = ""
    size: str = ""
    until: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PackagesPage:
    lines: tuple[PackageLine, ...]
    key: str
    fingerprint: str
    busy: bool = False
