"""What the page shows on which incoming messages are mapped to the fields of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.design_roles import Wrong
from builder_ui.models.parts import Link, Option


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A field and where its value comes from. `sources` are the parts of a message that fit it, `others` those that
    do not; `text` is the expression, `said` the same in words, `written` that it is edited as one. `mapped` is
    False for a row that has no source yet. `example`: what it would hold of the message shown beside; `refused` why it
    would not take the value."""

    field: str
    label: str
    kind: str
    needed: bool
    sealed: bool
    mapped: bool
    text: str
    said: str
    sources: tuple[Option, ...]
    others: tuple[Option, ...]
    written: bool
    expects: str
    problems: tuple[Wrong, ...]
    example: str = ""
    refused: Wrong | None = None


@dataclass(frozen=True, slots=True)
class Exemplar:
    """The message whose values stand beside: a real one (`href` leads to its record), or the connector's sample."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class CaptureTable:
    """One rule's mapping: `place` of its action, `option` that holds the table, the `form` it makes records of."""

    rule: str
    place: int
    option: str
    label: str
    form: Link
    channels: str
    condition: str
    off: bool
    rows: tuple[CaptureRow, ...]
    free: tuple[Option, ...]
    problems: tuple[Wrong, ...]
    exemplar: Exemplar | None = None

    @property
    def key(self) -> str:
        return f"{self.rule}-{self.place}"

    @property
    def mapped(self) -> int:
        return sum(row.mapped for row in self.rows)


@dataclass(frozen=True, slots=True)
class CaptureBody:
    """`starts`: for each form the rule that would make records of it, as JSON; `readable`: an app can be made of
    the draft at all."""

    tables: tuple[CaptureTable, ...]
    starts: tuple[Option, ...] = ()
    channels: tuple[Link, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class CapturePage:
    frame: DesignFrame
    body: CaptureBody
    words: Mapping[str, str]
