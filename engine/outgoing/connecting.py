"""How an outgoing connection is made: to the one address that was looked at, and never past its deadline.

A network backend of httpcore, imported by `Outgoing.send` when something is sent.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class Pinned(httpcore.NetworkBackend):
    """Whatever name is asked for, the connection goes to `address`; `deadline` is of the monotonic clock."""

    def __init__(self, address: str, deadline: float) -> None:
        self._address, self._deadline, self._inner = address, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        timeout = _left(self._deadline, httpcore.ConnectTimeout)
        return Timed(self._inner.connect_tcp(self._address, port, timeout), self._deadline)


class Timed(httpcore.NetworkStream):
    """A stream on which no wait outlasts the deadline, however often it gets a few bytes."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, httpcore.ConnectTimeout)
        return Timed(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return left
