"""Letters: each conversation as one mail (.eml), as journals and case software take it.

The text is what the maker of the package saw; attachments are named with their digests and lie in the
package. Message-Id and boundaries follow from what is told: the same conversation gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from itertools import groupby
from typing import Any

from engine.packages.contents import Chat, Part
from engine.packages.names import file_name
from engine.packages.readable import Cover

Record = Mapping[str, Any]


def letters(cover: Cover, part: Part, records: Iterable[Record]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """(path, content) of each conversation; the records come ordered by it."""
    chat = part.chat
    assert chat is not None
    for held_by, messages in groupby(records, lambda record: record["values"].get(chat.link)):
        if held_by is not None:
            yield f"letters/{part.name}/{file_name(str(held_by))}.eml", [_letter(cover, chat, messages)]


def _letter(cover: Cover, chat: Chat, messages: Iterable[Record]) -> bytes:
    told = [*messages]
    subject = told[0]["shown"].get(chat.link, "")
    text = "\n\n".join(_told(chat, message) for message in told) + f"\n\n-- \n{cover.watermark}\n"
    mark = sha256(f"{cover.origin} {told[0]['record']} {text}".encode()).hexdigest()[:32]
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = " ".join(subject.split())[:200]
    letter["From"] = "Muniment <archive@muniment.invalid>"
    letter["To"] = "undisclosed-recipients:;"
    letter["Date"] = cover.moment
    letter["Message-ID"] = f"<{mark}@muniment.invalid>"
    letter["X-Muniment-Origin"] = cover.origin
    letter["X-Muniment-Records"] = f"{told[0]['record']}..{told[-1]['record']} ({len(told)})"
    letter.set_content(text, cte="base64")
    return letter.as_bytes()


def _told(chat: Chat, message: Record) -> str:
    shown = message["shown"]
    head = (
        f"[{shown.get(chat.field('time'), '')}] {shown.get(chat.field('sender'), '')}  #{message['record']}"
    )
    files = [f"  + {file['name']} (SHA-256 {file['sha256']}, {file['path']})" for file in message["files"]]
    action = message["values"].get(chat.field("action"))
    note = [f"  ({shown.get(chat.field('action'), action)})"] if action in ("recall", "edit") else []
    text = shown.get(chat.field("text"), "") or f"[{shown.get(chat.field('type'), '')}]"
    return "\n".join([head, *note, text, *files])
