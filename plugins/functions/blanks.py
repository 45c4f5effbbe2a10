"""What the function modules share: blanks (None, the empty text, the empty list), and the calendar's end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from metamodel.plugin_api import BadValue


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def filled(values: Iterable[Any]) -> list[Any]:
    """The values that are not blank."""
    return [value for value in values if not is_blank(value)]


def unless_blank(work: Callable[..., Any]) -> Callable[..., Any]:
    """A function of which a blank argument makes a blank."""
    return lambda *values: None if None in values else work(*values)


def in_range(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (OverflowError, ValueError):
        raise BadValue("expression.date_range") from None
