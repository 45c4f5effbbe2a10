"""What notifications are made of, going in and coming out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.access.quoting import Quoted
from metamodel.labels import Label


@dataclass(frozen=True, slots=True)
class NewNotification:
    """With `once`, the person's earlier one of the same app and text is counted instead, read or not; with
    `again` only while it is unread. Only `title` leaves the house by mail; what `body` quotes of fields is
    named in `quoted`. `task`: it is about that."""

    person: str
    app: str
    form: str
    record: int | None
    title: Label
    body: Label = ""
    once: str = ""
    mail: bool = True
    task: int | None = None
    quoted: Quoted | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One, in its reader's language. `mail`: '' none, waiting, sent, failed (tried again), refused;
    `nobody`: for whom it was meant, had there been anybody."""

    id: str
    app: str
    form: str
    record: str
    task: str
    title: str
    body: str
    at: datetime
    read_at: datetime | None
    hits: int
    mail: str
    nobody: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """Newest first; `next` is the cursor of the page after this one, blank at the end."""

    items: tuple[NotificationView, ...]
    next: str = ""
