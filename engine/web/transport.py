"""What comes between the wire and the application: who the client is when a proxy stands before us,
and that nobody talks to us in the clear from elsewhere.

`serve` puts it around the whole application. A proxy is believed by its address alone; what others
say in the same headers is ignored.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from engine.addresses import address, is_loopback

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HSTS = (b"strict-transport-security", b"max-age=31536000")
ALIVE = "/healthz"  # a load balancer asks in the clear, and learns nothing
REFUSED = "请使用 HTTPS 访问 / use HTTPS\n".encode()


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as the operator writes them. ValueError for what is neither."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


@dataclass(frozen=True)
class Transport:
    """ASGI around the application. `proxies`: whose `X-Forwarded-For` and `X-Forwarded-Proto` count."""

    app: ASGIApp
    proxies: Sequence[Network] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        self._believe_proxy(scope)
        if not self._is_safe(scope) and scope["path"] != ALIVE:
            await _refuse(send)
            return
        await self.app(scope, receive, _strict(send) if scope["scheme"] == "https" else send)

    def _believe_proxy(self, scope: HTTPScope) -> None:
        """The client and the scheme as the proxy saw them; TLS where it does not say."""
        client = scope.get("client")
        if client is None or not self._is_proxy(client[0]):
            return
        scope["client"] = (self._first_stranger(_said(scope, b"x-forwarded-for")) or client[0], 0)
        scope["scheme"] = (_said(scope, b"x-forwarded-proto") or ["https"])[-1].lower()

    def _first_stranger(self, forwarded: Sequence[str]) -> str:
        """Each proxy adds whom it heard from at the end: going back, the first that is none of them. What
        stands before could be made up."""
        for each in reversed(forwarded):
            if address(each) is None:
                return ""
            if not self._is_proxy(each):
                return each
        return ""

    def _is_proxy(self, client: str) -> bool:
        found = address(client)
        return found is not None and any(found in network for network in self.proxies)

    def _is_safe(self, scope: HTTPScope) -> bool:
        """TLS somewhere, or a client on this machine that no proxy speaks for."""
        client = scope.get("client")
        local = client is None or is_loopback(client[0])
        return scope["scheme"] == "https" or local


def _said(scope: HTTPScope, name: bytes) -> list[str]:
    """Every value of a header, in the order they were added."""
    values = b",".join(value for header, value in scope["headers"] if header == name).decode("latin-1")
    return [part.strip() for part in values.split(",") if part.strip()]


def _strict(send: Send) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], HSTS]
        await send(message)

    return add


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSED, "more_body": False})
