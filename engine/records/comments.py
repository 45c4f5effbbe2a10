"""Comments: what people say to each other about a record, or about one field of it.

Whoever may read the record reads them; one about a field is for those who may read that field. The words are
sealed with the record's own key, so they go with it. Who is named with @ is told, if the record is theirs to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.people import Person
from engine.access.pinyin import matches
from engine.access.quoting import Quoted, Quoting
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Unit
from engine.evidence.seals import BrokenSeal, RecordKey
from engine.notifications import NewNotification, Notifications
from engine.records.program import FormProgram
from engine.records.query import Option
from engine.records.read import Reader
from engine.records.rows import Row
from engine.records.services import Services
from engine.system_tables import comments
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

PLACE = "comment"  # no field's id may end in what is bound to it: " 17"
LONGEST = 5_000  # characters
MOST = 500  # comments shown of one record
TOLD = 50  # people by one comment
READABLE = frozenset({"read", "write"})


class Sealer(Protocol):
    def seal_json(self, value: Any, place: bytes = b"") -> bytes: ...
    def open_json(self, sealed: bytes, place: bytes = b"") -> Any: ...


@dataclass(frozen=True, slots=True)
class Comment:
    """`pieces` are the text in order, each with the person it names ('' for plain words)."""

    id: str
    at: datetime
    person: str
    name: str
    field: str
    label: str
    pieces: tuple[tuple[str, str], ...]
    own: bool

    @property
    def text(self) -> str:
        return "".join(words for words, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Said:
    """The new comment, and who was named but may not read the record."""

    comment: str
    untold: tuple[str, ...] = ()


class Comments:
    def __init__(
        self, services: Services, reader: Reader, box: Sealer, notifications: Notifications, quoting: Quoting
    ) -> None:
        self._services, self._reader, self._box = services, reader, box
        self._notifications, self._quoting = notifications, quoting

    # -- reading -----------------------------------------------------------------------------------

    def of(self, viewer: Viewer, app: str, form: str, record: str) -> list[Comment]:
        """The newest first, of those about nothing hidden from this viewer; whoever sees as somebody reads those of
        records that are his own to read. Rejected: record.unknown."""
        program, looker = self._services.programs.get(app, form), viewer.looker
        with self._services.database.read() as connection:
            row = self._reader.row(connection, viewer, program, record)
            if looker is not None and not self._may_read(connection, program, row.id, looker.person, ""):
                return []
            query = sa.select(comments).where(comments.c.record == row.id).order_by(comments.c.id.desc())
            found = connection.execute(query.limit(MOST)).all()
            key = self._services.record_key(connection, row.id) if found else None
        return [self._comment(viewer, program, key, one) for one in found if _readable(row, one.field)]

    def people(
        self, viewer: Viewer, app: str, form: str, record: str, text: str, field: str = "", limit: int = 8
    ) -> list[Option]:
        """Who may be named here: people who may read this record, by name, pinyin or initials."""
        program = self._services.programs.get(app, form)
        organisation = self._services.people.organisation()
        names = organisation.names()
        with self._services.database.read() as connection:
            row = self._reader.row(connection, viewer, program, record)
            found: list[Option] = []
            for person in organisation.find_people(text, limit * 4):
                if not matches(text, person.name):  # found by the account's name
                    continue
                if person.id != viewer.person and self._may_read(
                    connection, program, row.id, person.id, field
                ):
                    found.append(
                        Option(person.id, person.name, names.get(("department", person.department or ""), ""))
                    )
                if len(found) == limit:
                    break
        return found

    def _comment(self, viewer: Viewer, program: FormProgram, key: RecordKey | None, row: Any) -> Comment:
        said = self._opened(key, row)
        people = self._services.people.organisation().names()
        known = program.form.field(row.field)
        return Comment(
            str(row.id), from_microseconds(row.at), row.person, people.get(("person", row.person), row.person),
            row.field, known.text(viewer.language) if known else "",
            tuple(_pieces(said["text"], said["named"])), row.person == viewer.person,
        )  # fmt: skip

    # -- writing -----------------------------------------------------------------------------------

    def add(
        self, viewer: Viewer, app: str, form: str, record: str, text: str, named: Sequence[str] = (),
        field: str = "",
    ) -> Said:  # fmt: skip
        """`named`: the people behind the @names where a name is not enough to know them. Rejected:
        record.unknown, access.denied (who reads under a grant alone), value.required, value.too_long."""
        program = self._services.programs.get(app, form)
        words = text.strip()
        if not words:
            raise Rejected([problem("value.required", "/text", field="text")])
        if len(words) > LONGEST:
            raise Rejected([problem("value.too_long", "/text", limit=LONGEST)])

        def work(unit: Unit) -> Said:
            row = self._reader.row(unit.connection, viewer, program, record)
            if not _may_comment(row) or not _readable(row, field):
                raise Rejected([problem("access.denied")])
            return self._add(unit, viewer, program, row, words, named, field)

        return self._services.database.write(work)

    def _add(
        self, unit: Unit, viewer: Viewer, program: FormProgram, row: Row, words: str, named: Sequence[str],
        field: str,
    ) -> Said:  # fmt: skip
        people = self._named(words, named)
        said = {"text": words, "named": {person.name: person.id for person in people}}
        (identifier,) = self._services.database.take_ids(unit.connection, 1)
        key = self._services.record_key(unit.connection, row.id)
        values = {
            "id": identifier, "app": program.app.id, "form": program.form.id, "record": row.id,
            "person": viewer.person, "at": unit.now, "field": field,
            "words_sealed": self._sealed(key, identifier, said),
        }  # fmt: skip
        unit.connection.execute(sa.insert(comments).values(values))
        told = [one for one in people if self._may_read(unit.connection, program, row.id, one.id, field)]
        self._tell(unit, viewer, program, row, words, field, told)
        detail = {"comment": str(identifier), "people": [one.id for one in told]}
        self._services.audit.add(
            unit, viewer, [Occurrence("comment.add", program.app.id, program.form.id, row.id, detail=detail)]
        )
        return Said(str(identifier), tuple(one.name for one in people if one not in told))

    def remove(self, viewer: Viewer, app: str, form: str, record: str, comment: str) -> None:
        """One's own. Rejected: record.unknown, comment.unknown."""
        program = self._services.programs.get(app, form)

        def work(unit: Unit) -> None:
            row = self._reader.row(unit.connection, viewer, program, record)
            own = sa.and_(
                comments.c.id == whole_number(comment, -1),
                comments.c.record == row.id, comments.c.person == viewer.person,
            )  # fmt: skip
            if unit.connection.execute(sa.delete(comments).where(own)).rowcount == 0:
                raise Rejected([problem("comment.unknown")])
            what = Occurrence("comment.remove", app, form, row.id, detail={"comment": comment})
            self._services.audit.add(unit, viewer, [what])

        self._services.database.write(work)

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """What was said about records that are shredded goes with them."""
        unit.connection.execute(sa.delete(comments).where(comments.c.record.in_(records)))

    # -- who is named ------------------------------------------------------------------------------

    def _named(self, words: str, named: Iterable[str]) -> list[Person]:
        """The people whose @name stands in the words; of several with one name, the one that was picked."""
        active = {one.id: one for one in self._services.people.organisation().people.values() if one.active}
        picked = {active[one].name: active[one] for one in named if one in active}
        names: dict[str, list[Person]] = {}
        for person in active.values():
            names.setdefault(person.name, []).append(person)
        alone = {name: same[0] for name, same in names.items() if len(same) == 1}
        known = alone | picked
        return [known[name] for name in _names_in(words, known)][:TOLD]

    def _may_read(
        self, connection: sa.Connection, program: FormProgram, record: int, person: str, field: str
    ) -> bool:
        viewer = self._services.people.organisation().viewer(person)
        if viewer is None:
            return False
        fields = (field,) if field else ()
        return self._quoting.may_see(connection, viewer, program.app.id, program.form.id, record, fields)

    def _tell(
        self, unit: Unit, viewer: Viewer, program: FormProgram, row: Row, words: str, field: str,
        people: Sequence[Person],
    ) -> None:  # fmt: skip
        """The words are shown as long as the record may be read; by mail goes that there are some."""
        who = self._services.people.organisation().names().get(("person", viewer.person), viewer.person)
        title = {
            "zh": f"{who}在“{program.form.text('zh')}”的评论中提到了你",
            "en": f"{who} mentioned you in a comment on “{program.form.text('en')}”",
        }
        shown = (field,) if field else program.title_fields[:1]
        quoted = Quoted(program.app.id, program.form.id, row.id, shown)
        place = program.app.id, program.form.id, row.id
        wanted = [
            NewNotification(one.id, *place, title, words if shown else "", quoted=quoted)
            for one in people
            if one.id != viewer.person
        ]
        self._notifications.send(unit, wanted)

    # -- sealing -----------------------------------------------------------------------------------

    def _sealed(self, key: RecordKey | None, identifier: int, said: Mapping[str, Any]) -> bytes:
        if key is None:
            return self._box.seal_json(said, _place(identifier).encode())
        return self._services.seals.seal(key, _place(identifier), msgspec.json.encode(said))

    def _opened(self, key: RecordKey | None, row: Any) -> dict[str, Any]:
        """A form may have had nothing sealed when the comment was made, and a record no key."""
        place = _place(row.id)
        try:
            opened = self._box.open_json(row.words_sealed, place.encode())
        except (BrokenSeal, ValueError):
            if key is None:
                raise
            opened = msgspec.json.decode(self._services.seals.open(key, place, row.record, row.words_sealed))
        return dict(opened)


def _place(identifier: int) -> str:
    return f"{PLACE} {identifier}"


def _readable(row: Row, field: str) -> bool:
    return not field or row.access.get(field) in READABLE


def _may_comment(row: Row) -> bool:
    """A grant is for reading."""
    return any(way.grant is None for way in row.ways)


def _names_in(words: str, known: Mapping[str, Any]) -> list[str]:
    """The names after an @, the longest that fits, each once."""
    found = (_name_at(words, place + 1, known) for place, sign in enumerate(words) if sign in "@＠")
    return list(dict.fromkeys(name for name in found if name))


def _name_at(words: str, start: int, known: Mapping[str, Any]) -> str:
    fitting = [name for name in known if words.startswith(name, start)]
    return max(fitting, key=len, default="")


def _pieces(words: str, named: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Plain words and @names in turn."""
    begun = place = 0
    while place < len(words):
        name = _name_at(words, place + 1, named) if words[place] in "@＠" else ""
        if name:
            if begun < place:
                yield words[begun:place], ""
            yield f"@{name}", named[name]
            begun = place = place + 1 + len(name)
        else:
            place += 1
    if begun < len(words):
        yield words[begun:], ""
