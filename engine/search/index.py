"""Search: the index of all forms' texts, whichever backend keeps it.

Records hands it a record's values inside the unit that writes the record, and asks for the ids
that match a text; conditions on tags, channels and dates are records' own SQL beside it.
Tokens are blind and of one field each, so a reader's search covers the fields he may read. What stands
only in pieces that a field's patterns mask has tokens of its own, under a key of its own: who reads the field
masked does not search by them, and no total, facet or hit tells him of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.database import Database
from engine.search.backend import Backend, Row, Tokens, all_of, any_of, compile_tokens
from engine.search.blind import Blinder, field_key
from engine.search.postgres import PostgresIndex
from engine.search.sqlite import SqliteIndex
from engine.search.tokens import index_tokens
from engine.search.tree import Node, Word
from engine.tables import FormTable
from engine.unit import Unit
from metamodel.forms import FieldDefinition, Form
from metamodel.masking import patterns_of

HIDDEN = "\0masked"  # beside a field's id: no id has such an end
_NONE: Mapping[str, str] = {}
Text = Callable[[Any], str]  # of a field's value
MakeTokens = Callable[[str], set[Any]]


class FormTexts:
    """The searchable texts of one form's records, and their tokens. Made once, used per record; `key` is the
    index key of the moment."""

    def __init__(
        self, form: Form, key: Callable[[], bytes], blinder: Callable[[bytes, str], Blinder]
    ) -> None:
        self.fields = tuple(field for field in form.fields if is_indexed(field))
        self._texts = [(field, _text_of(field)) for field in self.fields]
        self._key, self._blinder = key, blinder
        self._under: tuple[bytes, Sequence[tuple[str, Text, MakeTokens]]] = (b"", ())

    def tokens(self, values: Mapping[str, Any], names: Mapping[str, str] = _NONE) -> set[Any]:
        """What the record of these (plain) values is found by; absent and blank ones count nothing.
        `names` are words of fields that only hold ids, of files say, by field id."""
        found: set[Any] = set()
        key, under = self._key(), self._under
        if under[0] != key:
            blinder = partial(self._blinder, key)
            self._under = under = key, [(f.id, text, _tokens_of(f, blinder)) for f, text in self._texts]
        for field, text, tokens in under[1]:
            value = values.get(field)
            if value is not None:
                found |= tokens(f"{text(value)}\n{names[field]}" if field in names else text(value))
        return found

    def texts(self, values: Mapping[str, Any], names: Mapping[str, str] = _NONE) -> dict[str, str]:
        """The texts themselves, for checking candidates and for highlights."""
        given = ((field.id, text, values.get(field.id)) for field, text in self._texts)
        return {
            field: "\n".join(filter(None, (text(value), names.get(field))))
            for field, text, value in given
            if value is not None
        }


def _tokens_of(field: FieldDefinition, blinder: Callable[[str], Blinder]) -> Callable[[str], set[Any]]:
    """Tokens of a text; those that its masked form lacks are kept apart."""
    everybody = blinder(field.id)
    if not field.patterns:
        return everybody.tokens
    few, mask = blinder(field.id + HIDDEN), patterns_of(field.patterns).mask

    def tokens(text: str) -> set[Any]:
        masked = mask(text)
        if masked is text:
            return everybody.tokens(text)
        every, shown = index_tokens(text), index_tokens(masked)
        return {*everybody.all_of(every & shown), *few.all_of(every - shown)}

    return tokens


def is_indexed(field: FieldDefinition) -> bool:
    """Searchable and stored; a lookup's words are found through its link."""
    return field.searchable and field.usable and (field.derived is None or field.derived.kept)


def _text_of(field: FieldDefinition) -> Callable[[Any], str]:
    assert field.type is not None
    search_text = field.type.search_text
    return lambda value: search_text(value, field)


class Search:
    """`keys` are the index keys of the moment, newest last: that one is written with. Records may still stand
    under any of them, as long as an index is made anew after a rotation. `backend` '' is the database's own, or
    'whoosh'."""

    def __init__(self, database: Database, keys: Callable[[], Sequence[bytes]], backend: str = "") -> None:
        self._keys = keys
        self._backend = _backend(database, backend)
        self._blinders: dict[tuple[bytes, str, str, str], Blinder] = {}

    # -- writing, inside the record's unit ---------------------------------------------------------
    def texts(self, app: str, form: Form) -> FormTexts:
        """For a form of a published app; keep it as long as the version."""
        return FormTexts(
            form, lambda: self._keys()[-1], lambda key, field: self._blinder(key, app, form.id, field)
        )

    def prepare(self, unit: Unit, form_table: FormTable) -> None:
        """Make the form's index; on publishing. Harmless when it is there."""
        self._backend.prepare(unit, form_table.table.name)

    def index(self, unit: Unit, form_table: FormTable, rows: Sequence[Row]) -> None:
        """(id, tokens) of new records."""
        self._backend.add(unit, form_table.table.name, rows)

    def replace(self, unit: Unit, form_table: FormTable, rows: Sequence[Row]) -> None:
        """(id, tokens) of records whose texts changed, all their texts' tokens."""
        self._backend.replace(unit, form_table.table.name, rows)

    def remove(self, unit: Unit, form_table: FormTable, ids: Sequence[int]) -> None:
        self._backend.remove(unit, form_table.table.name, ids)

    def stored(self, connection: sa.Connection, form_table: FormTable, record: int) -> Mapping[str, Any]:
        """What the index keeps under a record's id, as it lies there."""
        return self._backend.stored(connection, form_table.table.name, record)

    def held(self, connection: sa.Connection, form_table: FormTable) -> Iterator[tuple[int, Any]]:
        """Everything the form's index keeps, as (record, token), for verification."""
        return self._backend.held(connection, form_table.table.name)

    @property
    def apart(self) -> bool:
        """Is the index outside the database, and may be ahead of a snapshot?"""
        return self._backend.apart

    def still(self, form_table: FormTable) -> AbstractContextManager[None]:
        """An index that is apart does not change within."""
        return self._backend.still(form_table.table.name)

    def purge(self, form_table: FormTable) -> None:
        """After shredding, outside of a unit: nothing removed can be read from the disk any more."""
        self._backend.purge(form_table.table.name)

    # -- asking ------------------------------------------------------------------------------------
    def matching(
        self, form_table: FormTable, node: Node, fields: Iterable[str], newest: int = 0,
        hidden: Container[str] = (),
    ) -> sa.Select[int]:  # fmt: skip
        """Ids (one column, `id`) of records with these words in these fields.

        `node` is an anchored tree of words, as `fold_tree` hands over; `fields` are the indexed
        fields the reader may read, `hidden` those of them whose masked pieces he may read too. Words
        that are not `exact` also find records that have all their pieces elsewhere: check what is
        shown with `check.matches`.
        `newest`: only so many, the highest ids. A first page, newest first, is best tried with the
        2,000 newest of `required_text`, and asked for again without where those did not fill it."""
        may = tuple(fields)
        app, form = form_table.app, form_table.form
        tokens = compile_tokens(node, lambda word: self._word(app, form, word, may, hidden))
        if tokens is None:
            return sa.select(sa.literal(0).label("id")).where(sa.false())
        found = self._backend.matching(form_table.table.name, tokens)
        return found.order_by(sa.desc("id")).limit(newest) if newest else found

    def _word(
        self, app: str, form: str, word: Word, may: Sequence[str], hidden: Container[str]
    ) -> Tokens | None:
        chosen = [field for field in may if not word.fields or field in word.fields]
        tokens = word.tokens.tokens
        return any_of([all_of(self._found_by(app, form, one, tokens, one in hidden)) for one in chosen])

    def _found_by(
        self, app: str, form: str, field: str, tokens: Sequence[str], hidden: bool
    ) -> Sequence[Tokens | None]:
        """Each token of a word in this field, under any key; in its masked pieces as well where they count."""
        own = [field, field + HIDDEN] if hidden else [field]
        places = [(key, one) for key in self._keys() for one in own]
        found = [self._blinder(key, app, form, one).all_of(tokens) for key, one in places]
        return found[0] if len(found) == 1 else [any_of(list(each)) for each in zip(*found, strict=True)]

    def _blinder(self, key: bytes, app: str, form: str, field: str) -> Blinder:
        found = self._blinders.get((key, app, form, field))
        if found is None:
            for old in [one for one in list(self._blinders) if one[0] not in self._keys()]:
                self._blinders.pop(old, None)
            found = Blinder(field_key(key, app, form, field), self._backend.encode)
            found = self._blinders.setdefault((key, app, form, field), found)
        return found


def _backend(database: Database, name: str) -> Backend:
    if name == "whoosh":
        from engine.search.whoosh import WhooshIndex

        return WhooshIndex(database, database.config.data / "search")
    return SqliteIndex(database) if database.dialect == "sqlite" else PostgresIndex(database)
