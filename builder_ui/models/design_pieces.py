"""What is edited piece by piece in the panel of a form: fields compared together, the blocks of its printed page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class Compared:
    """Fields that together should be there once; `offered` may join them."""

    fields: tuple[Option, ...]
    offered: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class PaperBlock:
    """A block of the printed page. `words`: a note's; `offered`: fields in no block yet, of a section."""

    kind: str
    kind_label: str
    icon: str
    label: str
    words: str = ""
    columns: int = 2
    fields: tuple[Option, ...] = ()
    offered: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The printed page of a form; without blocks it is the form's layout. `begun` is what an own one begins with,
    `kinds` are the blocks that may be added."""

    blocks: tuple[PaperBlock, ...]
    begun: tuple[Mapping[str, Any], ...]
    kinds: tuple[Option, ...]
