"""Which column stands for which field: by label, by id, by pinyin, then by likeness; every field once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from engine.access.pinyin import spellings
from engine.importing.plan import Column, Target

ALIKE = 0.78  # from here on two names are taken for the same
LONGEST = 200  # letters of a heading that are looked at
_NOISE = re.compile(r"[\s*＊:：_\-./／·]+|[(（\[【][^(（\[【)）\]】]*+[)）\]】]")


def guess(
    headings: Sequence[str], fields: Sequence[Target], exactly: Sequence[Target] = ()
) -> tuple[Column, ...]:
    """A column for every heading; the surest pairs are made first. `exactly`: fields that are meant only where
    they are named."""
    only = {field.id for field in exactly}
    fields = [*fields, *exactly]
    names = {field.id: {_plain(text) for text in field.names} - {""} for field in fields}
    pairs = sorted(
        (
            (-likeness, place, order, field.id)
            for place, heading in enumerate(headings)
            for order, field in enumerate(fields)
            if (likeness := _likeness(_plain(heading), names[field.id])) >= (1 if field.id in only else ALIKE)
        ),
    )
    chosen: dict[int, str] = {}
    for _, place, _, field in pairs:
        if place not in chosen and field not in chosen.values():
            chosen[place] = field
    return tuple(Column(heading, chosen.get(place, "")) for place, heading in enumerate(headings))


def remembered(
    headings: Sequence[str], columns: Sequence[Column], fields: Mapping[str, Target]
) -> tuple[Column, ...]:
    """A mapping made before, without the fields that are gone or closed since."""
    kept = {column.heading: column for column in columns if column.field in fields or not column.field}
    return tuple(kept.get(heading, Column(heading)) for heading in headings)


def _plain(text: str) -> str:
    """Without marks for needed fields, units in brackets, blanks."""
    return _NOISE.sub("", spellings(text[:LONGEST])[0])


def _likeness(heading: str, names: set[str]) -> float:
    if not heading:
        return 0
    return max((_alike(heading, name) for name in names), default=0)


def _alike(heading: str, name: str) -> float:
    """1 the same, a little less in pinyin, less for a part of it, else how much they share."""
    if heading == name:
        return 1
    if heading.isascii() != name.isascii() and heading in spellings(name)[1:2] + spellings(heading)[1:2]:
        return 0.95 if heading == spellings(name)[1] or name == spellings(heading)[1] else 0
    if len(name) > 1 and (name in heading or heading in name) and len(heading) > 1:
        return 0.8 + 0.1 * min(len(heading), len(name)) / max(len(heading), len(name))
    return 0.9 * SequenceMatcher(None, heading, name).ratio()
