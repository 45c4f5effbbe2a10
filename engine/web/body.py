"""Request bodies: JSON read by hand, so that bad input is a Problem with a reason."""

from __future__ import annotations

from typing import Any

import msgspec

from metamodel.problems import Rejected, problem


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Rejected (request.unreadable) otherwise."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected([problem("request.unreadable", reason=str(error))]) from None
    if not isinstance(value, dict):
        raise Rejected([problem("request.unreadable", reason="JSON object expected")])
    return value


def json_list(sent: dict[str, Any], name: str, limit: int = 1_000) -> list[dict[str, Any]]:
    """A list of objects under `name`; absent is empty."""
    value = sent.get(name) or []
    if not isinstance(value, list) or len(value) > limit or not all(isinstance(item, dict) for item in value):
        raise Rejected([problem("request.unreadable", f"/{name}", reason=f"list of at most {limit} objects")])
    return value


def names(sent: dict[str, Any], name: str) -> list[str]:
    """One name or a list of names under `name`; absent is empty."""
    value = sent.get(name) or []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
