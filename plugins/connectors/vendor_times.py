"""Times as vendors write them: ISO 8601, or a count of seconds, milliseconds or microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from metamodel.plugin_api import BadValue, read_moment

TimeUnit = Literal["auto", "iso", "seconds", "milliseconds", "microseconds"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 253_402_300_799 * 10**6  # the last second of the year 9999, in microseconds
_FACTORS = {"seconds": 10**6, "milliseconds": 10**3, "microseconds": 1}


def read_time(found: Any, unit: TimeUnit) -> datetime:
    """Exact; BadValue for anything else. `auto` tells counts apart by their size, and reads
    a text without an offset as UTC."""
    count = _count(found) if unit != "iso" else None
    if count is None:
        try:
            return read_moment(found, UTC)
        except BadValue:
            raise BadValue("message.no_part", part="sent_at") from None
    microseconds = count * _FACTORS[unit if unit != "auto" else _unit_of(count)]
    if not 0 < microseconds <= LARGEST:
        raise BadValue("message.no_part", part="sent_at")
    return EPOCH + timedelta(microseconds=int(microseconds))


def _count(found: Any) -> Decimal | None:
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        count = Decimal(str(found).strip())
    except InvalidOperation:
        return None
    return count if count.is_finite() and count.adjusted() < 18 else None


def _unit_of(count: Decimal) -> str:
    return "seconds" if count < 10**11 else "milliseconds" if count < 10**14 else "microseconds"
