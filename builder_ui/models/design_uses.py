"""Who uses a part that somebody may take away."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link


@dataclass(frozen=True, slots=True)
class Uses:
    """`text`: how many of what, and `people`, in one line; '' for nobody. `lines`: each of them, and the way there."""

    text: str
    lines: tuple[Link, ...]
    people: str = ""
