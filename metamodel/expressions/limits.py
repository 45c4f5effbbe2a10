"""How large a value an expression may make. Values have no names in the language, so whatever
is made is used once: a bound on what is made in all is a bound on the work.
"""

from __future__ import annotations

from metamodel.problems import BadValue

MAX_TEXT = 100_000  # characters of one text a function makes
MAX_ITEMS = 10_000  # items of one list
MAX_MADE = 300_000  # characters made in one evaluation
ITEM_WEIGHT = 12  # an item of a list costs as much as so many characters
MAX_COMPARISONS = 100_000_000  # characters × words of one keyword search


def room_for(count: int, limit: int = MAX_TEXT) -> None:
    """Called before something large is made or searched; BadValue when it is too large."""
    if count > limit:
        raise BadValue("expression.too_large", limit=limit)
