"""Keyword lists: the words that records of a form with `keywords` hold, for `KEYWORDS('risk')`.

Read whole and kept until one of those records changes, in this process or in another: the unit that
changes one moves a counter, which is looked at five times a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.drafts import Batch, Stages
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.records.services import Services
from engine.system_tables import counters
from metamodel.forms import Form, Keywords
from metamodel.plugin_api import split_list

COUNTER = "keywords"
LOOK_AGAIN = 0.2  # seconds
Lists = Mapping[str, Sequence[str]]  # by code


class KeywordLists:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._version: tuple[int, int] = (-1, -1)  # of the lists, of what is published
        self._lists: dict[str, Lists] = {}  # by app
        self._looked = 0.0

    def join(self, stages: Stages) -> None:
        """Hear of lists that change."""
        for stage in (stages.written, stages.deleted, stages.restored):
            stage.append(self._written)

    def words(self, app: str, code: str) -> Sequence[str] | None:
        """The words in use of a list and their other spellings; None where there is no such list. A blank
        app means any."""
        for known in [app] if app else sorted(self._services.apps()):
            lists = self.of(known)
            if code in lists:
                return lists[code]
        return None

    def of(self, app: str) -> Lists:
        """All lists of an app; the same object for as long as none changes."""
        self._refresh()
        if app not in self._lists:
            self._lists[app] = self._read(app)
        return self._lists[app]

    def _written(self, batch: Batch) -> None:
        form = self._services.apps()[batch.app].form(batch.form)
        if form is not None and form.keywords is not None and batch.drafts:
            self._services.database.signal(batch.unit, COUNTER)
            batch.unit.after_commit(self._look_again)

    def _look_again(self) -> None:
        self._looked = 0.0

    def _refresh(self) -> None:
        if time.monotonic() - self._looked < LOOK_AGAIN and self._version[0] >= 0:
            return
        database = self._services.database
        with database.read() as connection:
            asked = sa.select(counters.c.value).where(counters.c.name == COUNTER)
            version = int(connection.scalar(asked) or 0), database.publication()
        if version != self._version:
            self._version, self._lists = version, {}
        self._looked = time.monotonic()

    def _read(self, app: str) -> Lists:
        """Its lists by code, its forms of words by their ids, those of the apps it requires as `crm.competitor`."""
        apps = self._services.apps()
        known = apps.get(app)
        if known is None:
            return {}
        found = {form.id: self._words(app, form) for form in known.forms if is_single(form)}
        for need in known.requires:
            there = apps.get(need.app)
            for form in filter(is_single, there.forms if there else ()):
                found[f"{need.app}.{form.id}"] = self._words(need.app, form)
        home = keyword_form(known.forms)
        return {**found, **(self._lists_of(app, home) if home else {})}

    def _lists_of(self, app: str, form: Form) -> dict[str, Sequence[str]]:
        """Of a form whose records are lists."""
        assert form.keywords is not None
        program, keywords = self._services.programs.get(app, form.id), form.keywords
        return {
            str(values.get(keywords.code) or ""): words_of(values.get(keywords.rows), keywords)
            for values in self._records(program, [keywords.code, keywords.rows])
        }

    def _words(self, app: str, form: Form) -> Sequence[str]:
        """Of a form whose records are words."""
        assert form.keywords is not None
        program, columns = self._services.programs.get(app, form.id), [*form.keywords.columns.values()]
        return words_of(self._records(program, columns), form.keywords)

    def _records(self, program: FormProgram, fields: Sequence[str]) -> list[dict[str, Any]]:
        rows = Rows(self._services)
        with self._services.database.read() as connection:
            visible = rows.visible(connection, SYSTEM, program)
            statement = rows.select(program, visible, fields).order_by(program.table.table.c.id)
            found = rows.fetch(connection, SYSTEM, program, visible, statement, fields, derived=False)
        return [row.values for row in found]


def keyword_form(forms: Iterable[Form]) -> Form | None:
    """The form of an app whose records are its keyword lists."""
    return next((form for form in forms if form.keywords is not None and not form.keywords.single), None)


def is_single(form: Form) -> bool:
    """Are its records the words of one list?"""
    return form.keywords is not None and form.keywords.single


def words_of(rows: Sequence[Mapping[str, Any]] | None, keywords: Keywords) -> tuple[str, ...]:
    """The words in use of one list, each once."""
    found = [word for row in rows or () if is_used(row, keywords) for word in spellings(row, keywords)]
    return tuple(dict.fromkeys(found))


def is_used(row: Mapping[str, Any], keywords: Keywords) -> bool:
    """Nothing said: yes."""
    return not keywords.enabled or row.get(keywords.enabled) is not False


def spellings(row: Mapping[str, Any], keywords: Keywords) -> list[str]:
    """A word and its other spellings: a list, or a text with commas between them."""
    also = row.get(keywords.also) if keywords.also else None
    others = split_list(also) if also else []
    return [str(word).strip() for word in (row.get(keywords.word), *others) if str(word or "").strip()]
