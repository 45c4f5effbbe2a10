"""Letters: a notification, or many, as an e-mail of text and HTML, in the reader's language."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from metamodel.labels import label_text

LISTED = 50  # lines of a digest
SUBJECT = 150
WORDS = {
    "open": {"zh": "打开查看", "en": "Open it"},
    "house": {"zh": "请登录存鉴查看。", "en": "Please sign in to Muniment to read it."},
    "digest": {"zh": "您有 {count} 条新通知", "en": "{count} new notifications"},
    "more": {"zh": "另有 {count} 条", "en": "and {count} more"},
    "trial": {"zh": "存鉴的邮件可以送达", "en": "Mail from Muniment arrives"},
    "why": {
        "zh": "这封邮件由存鉴自动发出，请勿回复。正文不含会话内容。",
        "en": "Muniment sent this by itself; please do not reply. It quotes no conversation.",
    },
}
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Line:
    """What it says, and where it leads (blank: nowhere)."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """`name` is unique: sent twice it is the same letter."""

    subject: str
    lines: tuple[Line, ...]
    more: int
    address: str
    language: str
    name: str

    def message(self, sender: str, name: str, address: str, at: datetime) -> EmailMessage:
        """Raises what the e-mail package has for an address that is none."""
        sent = EmailMessage(policy=SMTP)
        sent["From"] = sender
        sent["To"] = Address(_clean(name), addr_spec=address)
        sent["Subject"] = self.subject
        sent["Date"] = format_datetime(at)
        domain = parseaddr(sender)[1].rpartition("@")[2] or "muniment.invalid"
        sent["Message-ID"] = f"<{self.name}@{domain}>"
        sent["Auto-Submitted"] = "auto-generated"
        sent["Content-Language"] = self.language
        sent.set_content(self._text())
        sent.add_alternative(self._html(), subtype="html")
        return sent

    def _say(self, word: str, **filled: object) -> str:
        return label_text(WORDS[word], self.language).format(**filled)

    def _text(self) -> str:
        parts = [f"{line.title}\n{line.address}".rstrip() for line in self.lines]
        return "\n\n".join([*parts, *self._rest(), "-- \n" + self._say("why")]) + "\n"

    def _rest(self) -> list[str]:
        """What stands below the lines."""
        more = [self._say("more", count=self.more)] if self.more else []
        house = [] if self.address or any(line.address for line in self.lines) else [self._say("house")]
        return [*more, *([self.address] if self.address else []), *house]

    def _html(self) -> str:
        lines = "".join(f"<p>{_linked(line.title, line.address)}</p>" for line in self.lines)
        address = [_linked(self._say("open"), self.address)] if self.address else []
        rest = [html.escape(text) for text in self._rest() if text != self.address]
        below = "".join(f"<p>{text}</p>" for text in [*rest, *address])
        why = html.escape(self._say("why"))
        return (
            f'<!DOCTYPE html><html lang="{html.escape(self.language)}"><body style="font: 15px/1.6 sans-serif">'
            f'{lines}{below}<p style="color: #666; font-size: 13px">{why}</p></body></html>'
        )


def single(line: Line, language: str, identifier: int) -> Letter:
    clean = Line(_clean(line.title), line.address)
    return Letter(_short(clean.title), (clean,), 0, "", language, f"notification.{identifier}")


def digest(lines: Sequence[Line], address: str, language: str, newest: int) -> Letter:
    """One letter about many."""
    subject = label_text(WORDS["digest"], language).format(count=len(lines))
    shown = tuple(Line(_clean(line.title), line.address) for line in lines[:LISTED])
    name = f"notifications.{newest}.{len(lines)}"
    return Letter(subject, shown, len(lines) - len(shown), address, language, name)


def _linked(text: str, address: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(text)}</a>' if address else html.escape(text)


def _clean(text: str) -> str:
    """One line, and nothing that turns the direction of what follows."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def _short(text: str) -> str:
    return text if len(text) <= SUBJECT else text[: SUBJECT - 1] + "…"
