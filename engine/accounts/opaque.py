"""Opaque tokens: whoever signs in holds the random text, the database only its hash.

A copied database signs nobody in. Used by sessions, API tokens, invitations and recovery codes.
"""

from __future__ import annotations

import hashlib
import secrets


def fresh(prefix: str = "") -> str:
    """256 random bits, fit for an address."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """SHA-256: enough for what nobody can guess (recovery codes, which are shorter, are throttled)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
