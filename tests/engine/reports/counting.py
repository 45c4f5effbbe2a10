"""The statements that are sent while something is asked, by whoever asks: others work beside him."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def statements(about: str) -> Iterator[list[str]]:
    """Those that name what the pattern finds."""
    seen: list[str] = []
    asker = threading.get_ident()

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == asker and re.search(about, statement):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
