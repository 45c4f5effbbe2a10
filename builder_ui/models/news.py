"""Notifications, the bell that counts them, and the log of rules."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class Notice:
    id: str
    title: str
    href: str
    at: str
    stamp: str = ""
    body: str = ""
    unread: bool = False
    hits: int = 1
    app: str = ""


@dataclass(frozen=True, slots=True)
class NoticeDay:
    label: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class NoticesPage:
    title: str
    days: tuple[NoticeDay, ...]
    tabs: tuple[Tab, ...] = ()
    unread: int = 0
    only_unread: bool = False
    next_href: str = ""


@dataclass(frozen=True, slots=True)
class RuleRecordLine:
    """One record of a run: why the rule applied to it, and what it did about it."""

    link: Link
    why: str = ""
    did: str = ""


@dataclass(frozen=True, slots=True)
class RuleRunLine:
    """One run: when, which rule, how it ended, and what happened in sentences."""

    id: str
    at: str
    stamp: str
    rule: str
    rule_href: str
    outcome: str
    hue: str
    sentences: tuple[str, ...]
    records: tuple[RuleRecordLine, ...] = ()
    more: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleLogPage:
    title: str
    action: str
    rules: tuple[Option, ...]
    outcomes: tuple[Option, ...]
    runs: tuple[RuleRunLine, ...]
    next_href: str = ""
    filtered: bool = False
    clear_href: str = ""
    record: str = ""
