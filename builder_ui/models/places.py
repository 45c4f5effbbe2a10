"""Pages that are alone of their kind: home, channels, evidence, errors."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.listing import Row
from builder_ui.models.parts import Link
from builder_ui.models.tasks import TaskLine
from builder_ui.shell import AppCard


@dataclass(frozen=True, slots=True)
class NewsItem:
    title: str
    href: str
    time: str
    icon: str = "dot"
    sub: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    greeting: str
    date: str
    apps: tuple[AppCard, ...]
    news: tuple[NewsItem, ...] = ()
    recent: tuple[NewsItem, ...] = ()
    evidence: str = ""
    evidence_href: str = ""
    tasks: tuple[TaskLine, ...] = ()
    more_tasks: str = ""
    boards: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Stat:
    value: str
    label: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class ChannelLine:
    label: str
    href: str
    connector: str
    enabled: bool
    last: str
    messages: str
    quarantine: int


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    title: str
    channels: tuple[ChannelLine, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    id: str
    at: str
    source: str
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class ChannelPage:
    title: str
    trail: tuple[Link, ...]
    connector: str
    enabled: bool
    stats: tuple[Stat, ...]
    facts: tuple[tuple[str, str], ...]
    curl: str
    test_action: str
    retry_action: str
    quarantine: tuple[Quarantined, ...]
    newest: tuple[Row, ...] = ()
    becomes: tuple[Link, ...] = ()  # the rules that make records of its messages; designers see how
    secret_set: bool = True
    may_manage: bool = True
    settings_action: str = ""
    address: str = ""
    may_try: bool = True
    refused: str = ""
    tested: str = ""
    tested_href: str = ""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    status: int
    title: str
    text: str
    reference: str = ""
    back: tuple[Link, ...] = ()
