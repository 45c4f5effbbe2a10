"""Quoting: what a note took from a record's fields is for those only who may read these fields there.

Tasks and notifications keep what they quote, sealed, beside where it came from; they ask here
before they show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.access.authority import Authority
from engine.access.viewer import Viewer
from metamodel.application import App


class Quoted(NamedTuple):
    """Fields of one record."""

    app: str
    form: str
    record: int
    fields: tuple[str, ...]


class Quoting:
    def __init__(self, authority: Authority, apps: Callable[[], Mapping[str, App]]) -> None:
        self._authority, self._apps = authority, apps

    def may_read(self, connection: sa.Connection, viewer: Viewer, quoted: Quoted | None) -> bool:
        """Is what was quoted this viewer's to read? Nothing quoted is everybody's."""
        if quoted is None or viewer.system or not quoted.fields:
            return True
        return self.may_see(connection, viewer, quoted.app, quoted.form, quoted.record, quoted.fields)

    def readable(
        self, connection: sa.Connection, viewer: Viewer, quoted: Iterable[Quoted | None]
    ) -> set[Quoted | None]:
        """Those of many that are this viewer's to read: a statement for each form, not for each of them."""
        found, asked = set[Quoted | None](), dict[tuple[str, str, tuple[str, ...]], set[Quoted]]()
        for one in quoted:
            if one is None or viewer.system or not one.fields:
                found.add(one)
            else:
                asked.setdefault((one.app, one.form, one.fields), set()).add(one)
        for (app, form, fields), group in asked.items():
            ids = self._ids(connection, viewer, app, form, fields)
            if ids is not None:
                (identifier,) = ids.selected_columns
                there = set(connection.scalars(ids.where(identifier.in_([one.record for one in group]))))
                found.update(one for one in group if one.record in there)
        return found

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
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, fields: tuple[str, ...]
    ) -> sa.Select[Any] | None:
        """The records of a form to which a way leads over all these fields."""
        home = self._apps().get(app)
        there = home.form(form) if home else None
        if home is None or there is None:
            return None
        return self._authority.visible_rows(connection, viewer, home, there).reading(fields).ids()


def quoted_from_json(raw: Any) -> Quoted | None:
    return Quoted(raw[0], raw[1], raw[2], tuple(raw[3])) if raw else None
