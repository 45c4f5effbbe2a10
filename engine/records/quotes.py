"""Quotes of values in the audit trail: under the record's own key where it has one.

The trail can never be erased; what it quotes of a record goes when the record's key does.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.evidence.seals import BrokenSeal, RecordKey, Seals

PLACE = "audit changes"  # no field's id: it has a blank


def quoted(seals: Seals, key: RecordKey | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a change: `{fields, sealed}`, or `{changes}` for a record without a key."""
    if key is None:
        return {"changes": changes}
    sealed = seals.seal(key, PLACE, msgspec.json.encode(changes))
    return {"fields": sorted(changes), "sealed": base64.b64encode(sealed).decode()}


def unquoted(
    seals: Seals, key: RecordKey | None, record: int, detail: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Old and new values by field; nothing of a record that was shredded."""
    if "sealed" not in detail:
        plain: Mapping[str, Any] = detail.get("changes", {})
        return plain
    try:
        if key is None:
            return {}
        opened = seals.open(key, PLACE, record, base64.b64decode(detail["sealed"]))
        changes: Mapping[str, Any] = msgspec.json.decode(opened)
    except (BrokenSeal, ValueError):
        return {}
    return changes
