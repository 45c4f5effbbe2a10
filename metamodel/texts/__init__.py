"""The words of every problem code of ours, Chinese and English: one line a code, `area.reason`, by what they
are about."""

from __future__ import annotations

from metamodel.texts import (
    definitions,
    evidence,
    exchange,
    expressions,
    forms,
    life,
    operations,
    outside,
    people,
    records,
    reports,
    work,
)
from metamodel.texts.entry import Severity as Severity, Texts as Texts

TABLES = (
    definitions,
    evidence,
    exchange,
    expressions,
    forms,
    life,
    operations,
    outside,
    people,
    records,
    reports,
    work,
)


def every() -> dict[str, Texts]:
    """All of them; a code stands in one table only."""
    return {code: words for table in TABLES for code, words in table.TEXTS.items()}
