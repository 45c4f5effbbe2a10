"""Notifications, and the bell that counts them."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Tab


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
