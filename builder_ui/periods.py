"""`P5Y` as people say it: for the pages of retention and the designer."""

from __future__ import annotations

from builder_ui.visit import Visit
from metamodel.retention import Period


def period_words(visit: Visit, text: str) -> str:
    """As it is written where it cannot be read."""
    period, count = Period.read(text), visit.count
    if period is None:
        return text
    years, months = divmod(period.months, 12)
    parts = (
        count("one year", "%(num)s years", years) if years else "",
        count("one month", "%(num)s months", months) if months else "",
        count("one day", "%(num)s days", period.days) if period.days else "",
    )
    return " ".join(filter(None, parts))
