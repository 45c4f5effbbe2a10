"""The notice above what is shown masked: how to see it in full, or until when it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class MaskNotice:
    """`masked` may be asked for, `asked` waits for somebody's yes, `open` is seen in full for a while.
    `records` are posted as they stand: form:id."""

    state: Literal["masked", "asked", "open"]
    text: str
    action: str = ""
    records: tuple[str, ...] = ()
    hint: str = ""
    button: str = ""
    back: str = ""
