"""Addresses of machines: which of them are this one, which are somebody's together. Rooms that speak or listen on a
network ask here."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Does this name or address mean this machine alone?"""
    found = address(host)
    return host == "localhost" or (found is not None and found.is_loopback)


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None for what is no address. IPv4 inside IPv6 is what it is: a server on `::` hears it so."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def place_of(text: str) -> str:
    """What attempts from an address are counted under: itself; of IPv6 the /64, which one household has whole."""
    found = address(text)
    if found is None or found.version == 4:
        return str(found or text)
    return str(ipaddress.ip_network((found, 64), strict=False))
