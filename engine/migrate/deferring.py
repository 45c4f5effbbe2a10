"""What migrations need of the jobs, which stand on the same floor: something is done after the unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from engine.database import Unit


class Defers(Protocol):
    """`jobs.Jobs`, as far as it is needed here."""

    def defer(
        self, unit: Unit, name: str, payload: Mapping[str, Any] | None = None, key: str = ""
    ) -> str: ...
