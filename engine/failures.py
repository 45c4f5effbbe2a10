"""What went wrong and where, for logs: kinds and places of an exception, never its message.

Messages quote values: of a record, of a request, of a statement's parameters. A log is no place for them.
"""

from __future__ import annotations

import sys
import traceback


def failure(error: BaseException | None = None) -> str:
    """The frames of an exception (the one being handled) and of what caused it, each exception by its kind."""
    parts: list[str] = []
    seen: set[int] = set()
    current = error or sys.exception()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{frames}{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\nwhile handling:\n".join(reversed(parts))
