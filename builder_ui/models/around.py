"""Around a record: its activity with comments, what deleting it needs, and the recycle bin of a form."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class Change:
    """`rule`: the one that made it; '' the person."""

    field: str
    before: str
    after: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """A change, an act or a comment, as it reads in the stream. `pieces` are a comment's text and the person each
    names ('' for plain words); `about` the field it is about; `remove_url` where it may be taken back."""

    who: str
    person: str
    at: str
    what: str
    changes: tuple[Change, ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()
    about: str = ""
    remove_url: str = ""
    remove_action: str = ""  # where the page has no script
    rule: bool = False  # done by a rule, not a person


@dataclass(frozen=True, slots=True)
class Activity:
    """`say_url` is '' for who may only read; `fields` are those a comment may be about."""

    entries: tuple[Happening, ...]
    kinds: tuple[Tab, ...]
    say_url: str = ""
    people_url: str = ""
    fields: tuple[Option, ...] = ()
    action: str = ""  # where the page has no script


@dataclass(frozen=True, slots=True)
class Deleting:
    """A button that deletes at once, and how it is undone."""

    url: str
    restore_url: str
    back: str
    done: str
    action: str  # where the page has no script


@dataclass(frozen=True, slots=True)
class BinRow:
    record: str
    title: str
    facts: tuple[str, ...]
    by: str
    person: str
    at: str
    left: str
    soon: bool = False  # its days are nearly over


@dataclass(frozen=True, slots=True)
class BinView:
    title: str
    trail: tuple[Link, ...]
    rows: tuple[BinRow, ...]
    total: str
    restore_url: str
    action: str  # where the page has no script
    back: str
    next_href: str = ""
    previous_href: str = ""


@dataclass(frozen=True, slots=True)
class Nameable:
    """The people a comment may name, for a page without scripts."""

    title: str
    back: str
    names: tuple[str, ...]
