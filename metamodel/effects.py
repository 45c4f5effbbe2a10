"""Effects: what an action says should happen, as frozen data; plugins import them from plugin_api.

An action only plans. The engine registers one performer for each type, so trying a rule is
showing its effects, a trace stores them, and loops are found on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from metamodel.labels import Label, label_text


class SetFields(msgspec.Struct, frozen=True):
    app: str
    form: str
    record: str
    values: Mapping[str, Any]


class AddTags(msgspec.Struct, frozen=True):
    """Adds to a many-valued field without knowing what stands there."""

    app: str
    form: str
    record: str
    field: str
    tags: tuple[str, ...]


class RemoveTags(msgspec.Struct, frozen=True):
    """Takes from a many-valued field what stands there of these."""

    app: str
    form: str
    record: str
    field: str
    tags: tuple[str, ...]


class Refuse(msgspec.Struct, frozen=True):
    """The record is not saved; `message` is what the person is told."""

    message: Label


class CreateRecord(msgspec.Struct, frozen=True):
    app: str
    form: str
    values: Mapping[str, Any]


class Span(msgspec.Struct, frozen=True):
    """A record that covers a time, from its `start` field to its `end` field. It is found when `moment`
    lies in it or within `silence` of it, and grows to cover the moment; a new one starts with it. The
    newest one is found after as long as `patience`, too, while it waits for this: its field `waiting` is
    the moment since when (`asks`: what comes now makes it wait), which somebody else writes down."""

    start: str
    end: str
    moment: datetime
    silence: timedelta
    patience: timedelta | None = None
    waiting: str = ""
    asks: bool = False

    @property
    def reach(self) -> timedelta:
        """How far from it a moment may lie at most."""
        return max(self.silence, self.patience or self.silence)


class FindOrCreate(msgspec.Struct, frozen=True):
    """Find the newest record of `form` with all of `match` equal (and its `span` near), else create one
    of `match` and `create`. Its id goes to `link`, a field of the subject, when given; `update` is set on
    it and `add` grows its many-valued fields, found or new."""

    app: str
    form: str
    match: Mapping[str, Any]
    create: Mapping[str, Any] = {}
    update: Mapping[str, Any] = {}
    add: Mapping[str, tuple[Any, ...]] = {}
    span: Span | None = None
    link: str = ""


class Link(msgspec.Struct, frozen=True):
    """Find (never create) a record and set our `link` field to it; `copy` takes fields of what was found
    (ours: theirs), `then` is set when one was found, `otherwise` when none was. Only records that `where`
    (an expression over their form) picks are looked at; of several that fit alike the one that was created, or
    `changed`, last is taken, and `several` is set besides when more than one fits the last of `match`."""

    app: str
    form: str
    match: tuple[Mapping[str, Any], ...]  # tried in order; one with a blank value is passed over
    link: str
    copy: Mapping[str, str] = {}
    then: Mapping[str, Any] = {}
    otherwise: Mapping[str, Any] = {}
    where: str = ""
    several: Mapping[str, Any] = {}
    latest: Literal["created", "changed"] = "created"


class UpdateRecords(msgspec.Struct, frozen=True):
    """Set fields of every other record of `form` with all of `match` equal, among those that `where` (an
    expression over that form) picks. Creates nothing; a match with a blank in it finds nothing."""

    app: str
    form: str
    match: Mapping[str, Any]
    values: Mapping[str, Any]
    where: str = ""


# What a text took from sealed fields, shown to those only who may read them: app, form, record, fields.
Quote = tuple[str, str, int, tuple[str, ...]]


class TaskOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way a to-do can be closed, a button each. `reason`: whoever closes it so has to say why; `people`:
    whom he asks by it."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,62}$")]
    label: str | dict[str, str] = ""
    style: Literal["", "primary", "danger"] = ""
    reason: bool = False
    people: bool = False

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


class CreateTask(msgspec.Struct, frozen=True):
    """A to-do about one record. `to` are concrete recipients; `once` is what there may be one open of
    (blank: no such limit). Due at a moment, or when so much working time has passed."""

    app: str
    form: str
    record: str
    to: tuple[str, ...]
    title: Label
    note: Label = ""
    once: str = ""
    due: datetime | None = None
    due_in: timedelta | None = None
    outcomes: tuple[TaskOutcome, ...] = ()
    quoted: Quote | None = None  # by the note


class CloseTasks(msgspec.Struct, frozen=True):
    """Open to-dos about one record, of one rule or of all, closed with this outcome."""

    app: str
    form: str
    record: str
    outcome: str
    rule: str = ""


class PeopleOfRows(msgspec.Struct, frozen=True):
    """The people in `field` of the rows of `form` that `where` (self-contained) picks; with a `level` those so
    many steps above them."""

    app: str
    form: str
    where: str
    field: str
    level: int = 0


class Notify(msgspec.Struct, frozen=True):
    app: str
    form: str
    record: str
    to: tuple[str, ...]
    title: Label
    body: Label = ""
    once: str = ""
    mail: bool = True
    quoted: Quote | None = None  # by the body
    rows: tuple[PeopleOfRows, ...] = ()  # the people of these are told, too


class Grant(msgspec.Struct, frozen=True):
    """A dated, read-only permission on the rows of `form` that `where` (self-contained) picks. `newest`:
    on what existed when it was asked for, that is when our record was filed, or on what exists now."""

    app: str
    form: str
    to: tuple[str, ...]
    where: str
    until: datetime
    purpose: str
    reference: str = ""
    unmask: bool = False
    newest: Literal["asked", "now"] = "asked"
    record: str = ""  # what asked for it


class RunAnalyzer(msgspec.Struct, frozen=True):
    analyzer: str
    app: str
    form: str
    record: str
    options: Mapping[str, Any] = {}


class StartFlow(msgspec.Struct, frozen=True):
    app: str
    flow: str
    form: str
    record: str


class ShredTarget(msgspec.Struct, frozen=True):
    """The records of `form` that `where` (self-contained) picks, or this one `record`."""

    app: str
    form: str
    where: str = ""
    record: str = ""


class Shred(msgspec.Struct, frozen=True):
    """The content of these records is destroyed, as `record` of `form` asks and as far as holds and
    minimum periods allow; then `done` is set on it, and in fields of its own how many were `shredded`,
    `restricted` (kept, and used no more) and `held`."""

    app: str
    form: str
    record: str
    targets: tuple[ShredTarget, ...]
    done: Mapping[str, Any] = {}
    shredded: str = ""
    restricted: str = ""
    held: str = ""


class HttpCall(msgspec.Struct, frozen=True):
    """`data` leaves the house as signed JSON, to `url`, once all is committed."""

    app: str
    form: str
    record: str
    url: str
    data: Mapping[str, Any] = {}


class OpenForm(msgspec.Struct, frozen=True):
    """Whoever pressed the button is shown a new record of `form` with `values` filled in; its field `link`
    (blank: none) points back at `record`. Nothing is written."""

    app: str
    form: str
    record: str
    values: Mapping[str, Any] = {}
    link: str = ""


class KeywordFeedback(msgspec.Struct, frozen=True):
    """Adds 1 to `field` of the row of each word of the keyword list `code` that stands in `text`."""

    app: str
    code: str
    text: str
    field: str = "false_alarms"


Effect = (
    SetFields | AddTags | RemoveTags | Refuse | CreateRecord | FindOrCreate | UpdateRecords | Link | CreateTask
    | CloseTasks | Notify | Grant | RunAnalyzer | StartFlow | KeywordFeedback | Shred | HttpCall
    | OpenForm
)  # fmt: skip
