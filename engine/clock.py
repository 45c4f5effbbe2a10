"""The one source of the present moment, so that tests can stop it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """Stands still until told."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def advance(self, **parts: float) -> None:
        self._moment += timedelta(**parts)

    @property
    def standing(self) -> datetime | None:
        return self._moment

    def set(self, moment: datetime | None) -> None:
        assert moment is not None
        self._moment = moment.astimezone(UTC)


class MovableClock:
    """The system's time, until it is set: then it stands where it was set. For replaying a story."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def now(self) -> datetime:
        return self._moment or datetime.now(UTC)

    @property
    def standing(self) -> datetime | None:
        """Where it stands; None while it goes."""
        return self._moment

    def set(self, moment: datetime | None) -> None:
        """None: let it go again."""
        self._moment = moment and moment.astimezone(UTC)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; exact, no floats."""
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_microseconds(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)
