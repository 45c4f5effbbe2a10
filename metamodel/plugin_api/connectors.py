"""Connectors: what a vendor sends, and the message it becomes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from metamodel.plugin_api.declaring import Options, OptionsType, Plugin
from metamodel.problems import Problem

if TYPE_CHECKING:
    from metamodel.application import App


class RawMessage(msgspec.Struct, frozen=True):
    """What arrived, byte for byte, before anybody looked inside. `headers` in lower case."""

    body: bytes
    headers: Mapping[str, str] = {}
    received_at: datetime | None = None
    source: str = ""  # file name and line, or the sender's address


class Participant(msgspec.Struct, frozen=True, gc=False):
    id: str
    kind: Literal["staff", "customer", "bot", "system"] = "customer"
    name: str = ""


class MediaReference(msgspec.Struct, frozen=True):
    """A file the vendor holds or that came along: `content` when the bytes are here already."""

    name: str
    media_type: str = "application/octet-stream"
    size: int | None = None
    vendor_reference: str = ""
    digest: str = ""  # the vendor's md5, hex
    content: bytes | None = None


class Message(msgspec.Struct, frozen=True):
    """One normalised message, the same for all channels (protocols §0). Ids are strings."""

    vendor_id: str
    sender: Participant
    receivers: tuple[Participant, ...]
    sent_at: datetime
    account: str = ""
    vendor_seq: int | None = None
    conversation_id: str = ""
    conversation_kind: Literal["single", "group", "call", "thread"] = "single"
    direction: Literal["in", "out", "internal", "system"] = "in"
    action: Literal["send", "edit", "recall", "consent", "system"] = "send"
    type: str = "text"
    text: str = ""
    refers_to: str = ""  # vendor id of the message an edit or recall is about
    duration: float | None = None  # seconds
    attachments: tuple[MediaReference, ...] = ()


class Connector(Plugin):
    """One vendor's wire format. Pure: no clock, no network; the host stores, retries and counts.

    `verify` runs on raw bytes before anything else and raises BadValue on a bad signature.
    `parse` may return no message (a ping) and raises BadValue for what goes to quarantine.
    `split` turns a recorded file into raw messages. `position` is the vendor's cursor after this message.
    """

    kind = "connector"

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, app: App) -> list[Problem]:
        return []

    def verify(self, raw: RawMessage, options: Any, secret: str, now: datetime) -> None:
        return None

    def wants_secret(self, options: Any) -> bool:
        """Does `verify` check with the channel's secret? Until it is set nothing comes in then."""
        return False

    @abstractmethod
    def parse(self, raw: RawMessage, options: Any) -> list[Message]: ...

    def split(self, lines: Iterator[bytes], source: str) -> Iterator[RawMessage]:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield RawMessage(line.rstrip(b"\r\n"), source=f"{source}:{number}")

    def position(self, raw: RawMessage, options: Any) -> int | None:
        return None

    def sample(self, options: Any) -> RawMessage | None:
        """A message to try the channel with (the page's curl line), unsigned."""
        return None

    def sign(self, raw: RawMessage, options: Any, secret: str, now: datetime) -> RawMessage:
        """The same message as its vendor would sign it: `verify` accepts it. For trying only."""
        return raw
