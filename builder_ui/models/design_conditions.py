"""The condition builder: groups, tests of one field and written parts, each with its place in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.models.inputs import Input
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields to choose from: our own, or those behind one link."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class BuiltValue:
    """One value: a plain one in `control`, or an expression in `written`; `sources` are the ways to give it."""

    at: str
    control: Input | None
    written: str
    sources: tuple[Option, ...]

    @property
    def is_free(self) -> bool:
        """Is it an expression of the person's own?"""
        return any(source.chosen and source.value == "=" for source in self.sources)


@dataclass(frozen=True, slots=True)
class BuiltTest:
    at: str
    path: str
    fields: tuple[FieldGroup, ...]
    operators: tuple[Option, ...]
    way: str
    values: tuple[BuiltValue, ...]
    kind: str = "test"


@dataclass(frozen=True, slots=True)
class BuiltText:
    """A part only an expression can say: `shown` is it with labels."""

    at: str
    text: str
    shown: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class BuiltGroup:
    """`join` is all, any, none or not_all: how its parts count together."""

    at: str
    join: str
    joins: tuple[Option, ...]
    parts: tuple[BuiltTest | BuiltText | BuiltGroup, ...]
    outer: bool = False
    kind: str = "group"


@dataclass(frozen=True, slots=True)
class Conditions:
    """A whole builder, for one place of a draft; `prefix` keeps the ids of several apart."""

    root: BuiltGroup
    add: Mapping[str, str]
