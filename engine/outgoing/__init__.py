"""Outgoing: the one client for HTTP that leaves the house, for web hooks, connectors and witnesses.

A definition names the address, so it must not become a way into the house: names are resolved here, every
address that is not a public one is refused unless the operator allowed it, and the connection goes to the
very address that was looked at. Nothing is followed, unpacked or read without end.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from metamodel.problems import Rejected, problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
PORTS = {"http": 80, "https": 443}
# Not of the open internet, whatever the library's tables say of them: site-local, documentation, the relay of
# 6to4, and what answers a machine in Azure about itself.
ODD = tuple(map(ipaddress.ip_network, ("fec0::/10", "3fff::/20", "192.88.99.0/24", "168.63.129.16/32")))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """For a whole exchange: seconds until its end, bytes of an answer."""

    seconds: float = 15
    bytes: int = 1_000_000


@dataclass(frozen=True)
class Allowed:
    """What the operator opened beyond public addresses: networks, and names with all they resolve to."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def read(cls, words: Iterable[str]) -> Allowed:
        """From `10.1.0.0/16`, `192.168.3.4` or `hooks.example.internal`."""
        networks, names = list[Network](), set[str]()
        for word in words:
            try:
                networks.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                names.add(word.lower())
        return cls(tuple(networks), frozenset(names))

    def covers(self, host: str, address: Address) -> bool:
        return host in self.names or any(address in network for network in self.networks)


def nowhere(host: str, port: int) -> Sequence[str]:
    """No name has an address: for houses that nothing leaves."""
    raise OSError(f"{host}: nothing leaves this house")


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a name. OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass
class Outgoing:
    """`trust`: a PEM file of authorities beside the system's own; certificates are always verified."""

    allowed: Allowed = field(default_factory=Allowed)
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = resolve
    trust: str = ""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return self.send("POST", url, headers, body)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One exchange. Rejected: outgoing.bad_address, .refused_address, .unreachable, .too_slow, .too_large.
        An answer of any status is an answer; a redirect is not followed."""
        import httpcore

        from engine.outgoing.connecting import Pinned

        target = parsed(url)
        host, port = str(target.hostname), target.port or PORTS[target.scheme]
        backend = Pinned(str(self._fit(host, port)), time.monotonic() + self.limits.seconds)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._tls(), network_backend=backend) as pool,
                pool.stream(
                    method,
                    target.geturl(),
                    headers=[*headers.items(), ("accept-encoding", "identity")],
                    content=body,
                ) as response,
            ):
                named = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                return Answer(response.status, named, self._read(response.iter_stream()))
        except httpcore.TimeoutException:
            raise Rejected([problem("outgoing.too_slow", seconds=self.limits.seconds)]) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Rejected([problem("outgoing.unreachable", host=host, reason=_reason(error))]) from None

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.trust:
            context.load_verify_locations(self.trust)
        return context

    def _fit(self, host: str, port: int) -> Address:
        """The address to connect to. Every one that the name has must be fit, not only the first."""
        try:
            found = [_address(text) for text in self.resolve(host, port)]
        except (OSError, UnicodeError) as error:
            raise Rejected([problem("outgoing.unreachable", host=host, reason=_reason(error))]) from None
        refused = [one for one in found if not (is_public(one) or self.allowed.covers(host, one))]
        if refused or not found:
            address = str(refused[0]) if refused else ""
            raise Rejected([problem("outgoing.refused_address", host=host, address=address)])
        return found[0]

    def _read(self, pieces: Iterable[bytes]) -> bytes:
        read = bytearray()
        for piece in pieces:
            read += piece
            if len(read) > self.limits.bytes:
                raise Rejected([problem("outgoing.too_large", most=self.limits.bytes)])
        return bytes(read)


def parsed(url: str) -> SplitResult:
    """Rejected (outgoing.bad_address) unless it is a plain http or https address without a password."""
    try:
        found = urlsplit(url)
        fine = found.scheme in PORTS and bool(found.hostname) and found.port != 0
    except ValueError:
        fine = False
    if (
        not fine
        or found.username is not None
        or found.password is not None
        or not url.isprintable()
        or " " in url
    ):
        raise Rejected([problem("outgoing.bad_address", address=url[:200])])
    return found._replace(fragment="")


def is_public(address: Address) -> bool:
    """Is it an address of the open internet, whichever way it is written?"""
    if address.version == 6:
        inner = (
            address.ipv4_mapped
            or address.sixtofour
            or (address.teredo or (None, None))[1]
            or _translated(address)
        )
        if inner is not None:
            return is_public(inner)
    odd = any(address in network for network in ODD)
    return address.is_global and not (address.is_multicast or address.is_reserved or odd)


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address inside one of NAT64."""
    inside = address in ipaddress.ip_network("64:ff9b::/96")
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if inside else None


def _address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _reason(error: Exception) -> str:
    """What went wrong, without the words of whoever answered."""
    return type(error).__name__
