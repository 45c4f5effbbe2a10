"""What analyzers are given and what they find, as data; plugins import these from plugin_api.

An analyzer reads fields of a record, or of the records of another form whose link points at it
(the messages of a conversation), and finds values for fields of the record, or the words in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, timedelta
from typing import Any, Protocol

from metamodel.expressions.types import ANY, Type


@dataclass(frozen=True, slots=True)
class Reads:
    """Which fields an analyzer reads: of the record itself, or, with `form`, of the records of that form
    (of the same app) whose link field `via` points at it, in the order they were made."""

    fields: tuple[str, ...]
    form: str = ""
    via: str = ""
    types: tuple[Type, ...] = ()  # what each field has to be; ANY where there is none

    def type_of(self, number: int) -> Type:
        return self.types[number] if number < len(self.types) else ANY


@dataclass(frozen=True, slots=True)
class Material:
    """What was read for one record: one row of its own values, or a row for each record that points at it."""

    record: str
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one record: values for its fields, and how often each word stands in it
    (None: the analyzer does not look for words)."""

    values: Mapping[str, Any] = dataclass_field(default_factory=dict)
    words: Mapping[str, int] | None = None


class House(Protocol):
    """What an analyzer may ask for besides what it reads."""

    @property
    def now(self) -> datetime: ...

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments."""
        ...

    def keywords(self, code: str) -> Sequence[str] | None:
        """The words in use of a keyword list; None where there is no such list."""
        ...

    def names(self, app: str, form: str, field: str) -> Sequence[str]:
        """What stands in a plain text field, over all records of the form; a blank app is our own."""
        ...

    def people(self) -> Sequence[str]:
        """The names of our own people."""
        ...
