"""How often somebody may ask: so many requests a minute for each person, token or address, kept in this process.

A bucket that fills steadily and holds half a minute's worth, so that a page with its parts is no flood.
What vendors deliver is not counted (`/hooks/` is signed), nor are static files. `create_app` asks before
every handler.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection

from engine.addresses import place_of
from metamodel.problems import Rejected, problem

FREE = ("/static/", "/hooks/", "/healthz", "/readyz")
REMEMBERED = 10_000  # buckets; who asked least lately is forgotten first
STRANGERS = 1 / 4  # the share of an address nobody has signed in from
TOKENS = 20  # that of a token: machines ask more often than people


class Rates:
    """`per_minute` 0: no limit."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._now = per_minute / 60, now
        self._buckets: dict[str, tuple[float, float]] = {}  # what is left, and when that was so

    def count(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Rejected (request.too_many)."""
        if self._rate and not connection.scope["path"].startswith(FREE):
            self.take(*_who(connection))

    def take(self, key: str, share: float = 1.0) -> None:
        rate = self._rate * share
        most, now = rate * 30, self._now()
        left, since = self._buckets.pop(key, (most, now))
        left = min(most, left + (now - since) * rate)
        enough = left >= 1
        self._buckets[key] = left - enough, now  # the newest stand last
        if len(self._buckets) > REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        if not enough:
            raise Rejected([problem("request.too_many", seconds=math.ceil((1 - left) / rate))])


def _who(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[str, float]:
    """The name of the bucket, and its share. What asks by token has one beside its person's own."""
    state = connection.scope.get("state", {})
    viewer = state.get("viewer")
    if viewer is None:
        client = connection.scope.get("client")
        return f"address {place_of(client[0]) if client else ''}", STRANGERS
    by_token = state.get("session") is None
    return (f"token {viewer.person}", TOKENS) if by_token else (f"person {viewer.person}", 1.0)
