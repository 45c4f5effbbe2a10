"""Quoting: what a note took from a record's fields is for those only who may read these fields there.

Tasks and notifications keep what they quote, sealed, beside where it came from; they ask here
before they show it, and show it masked to whoever reads the fields masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.access.authority import Authority
from engine.access.viewer import Viewer
from engine.access.ways import Least
from metamodel.application import App
from metamodel.masking import Hide, patterns_of


class Quoted(NamedTuple):
    """Fields of one record."""

    app: str
    form: str
    record: int
    fields: tuple[str, ...]


class Quoting:
    def __init__(self, authority: Authority, apps: Callable[[], Mapping[str, App]]) -> None:
        self._authority, self._apps = authority, apps

    def readable(
        self, connection: sa.Connection, viewer: Viewer, quoted: Iterable[Quoted | None]
    ) -> dict[Quoted | None, Hide]:
        """Those of many that are this viewer's to read, and how: a statement or two for each form, not for
        each of them. Nothing quoted is everybody's."""
        found, asked = dict[Quoted | None, Hide](), dict[tuple[str, str, tuple[str, ...]], set[Quoted]]()
        for one in quoted:
            if one is None or viewer.system or not one.fields:
                found[one] = as_it_is
            else:
                asked.setdefault((one.app, one.form, one.fields), set()).add(one)
        for (app, form, fields), group in asked.items():
            found |= self._of_form(connection, viewer, app, form, fields, group)
        return found

    def _of_form(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, fields: tuple[str, ...],
        group: set[Quoted],
    ) -> dict[Quoted | None, Hide]:  # fmt: skip
        """What is read in full last: it counts more."""
        found: dict[Quoted | None, Hide] = {}
        hide = self._hide(app, form, fields)
        levels: list[tuple[Least, Hide]] = [("read", as_it_is)]
        for least, shown in [("part", hide), *levels] if hide else levels:
            ids = self._ids(connection, viewer, app, form, fields, least)
            if ids is not None:
                (identifier,) = ids.selected_columns
                there = set(connection.scalars(ids.where(identifier.in_([one.record for one in group]))))
                found |= {one: shown for one in group if one.record in there}
        return found

    def _hide(self, app: str, form: str, fields: tuple[str, ...]) -> Hide | None:
        """Masks what any of these fields masks; None where none of them does so in part."""
        home = self._apps().get(app)
        there = home.form(form) if home else None
        known = [field for name in fields if there and (field := there.field(name)) is not None]
        patterns = dict.fromkeys(one for field in known for one in field.patterns)
        return patterns_of(tuple(patterns)).mask if patterns else None

    def may_see(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, record: int,
        fields: tuple[str, ...] = (),
    ) -> bool:  # fmt: skip
        """Is there a way for this viewer to the record, over all these fields?"""
        ids = self._ids(connection, viewer, app, form, fields)
        if ids is None:
            return False
        (identifier,) = ids.selected_columns
        return connection.scalar(ids.where(identifier == record)) is not None

    def _ids(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, fields: tuple[str, ...],
        least: Least = "read",
    ) -> sa.Select[Any] | None:  # fmt: skip
        """The records of a form to which a way leads over all these fields."""
        home = self._apps().get(app)
        there = home.form(form) if home else None
        if home is None or there is None:
            return None
        return self._authority.visible_rows(connection, viewer, home, there).reading(fields, least).ids()


def as_it_is(text: str) -> str:
    return text


def quoted_from_json(raw: Any) -> Quoted | None:
    return Quoted(raw[0], raw[1], raw[2], tuple(raw[3])) if raw else None
