"""Rules: what sets one off, what it does, and what both may ask."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from metamodel.effects import Effect
from metamodel.expressions.types import Type
from metamodel.labels import Label
from metamodel.plugin_api.declaring import Options, OptionsType, Plugin
from metamodel.problems import Problem

if TYPE_CHECKING:
    from metamodel.application import App


class Trigger(Plugin):
    """When a rule fires. `event` is the engine's event it listens to."""

    kind = "trigger"
    event: str  # message_received record_created record_updated before_save clock button task_closed
    on_message: bool = False  # IF and THEN are about a message that is no record yet
    before_save: bool = False  # the record is not saved yet: only actions that allow that may follow

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, scope: ActionScope) -> list[Problem]:
        """Is this sane? `scope` is that of the rule's IF; paths are relative to `when`."""
        return []

    def matches(self, options: Any, event: Mapping[str, Any]) -> bool:
        """Does this rule listen to this event (its form, its channel)?"""
        return True

    def form(self, options: Any) -> str:
        """The form whose fields the rule's IF may name; blank for a message, or for nothing at all."""
        return getattr(options, "form", "")

    def fields(self, options: Any) -> tuple[str, ...]:
        """Of a record that changed: only when one of these did; blank any."""
        return ()

    def words(self, options: Any) -> Label:
        """Of a button: what stands on it."""
        return self.label

    def last_strike(self, options: Any, after: datetime, until: datetime, clock: Clock) -> datetime | None:
        """A trigger with a clock: when it struck last, later than `after` and up to `until`."""
        return None

    def picks(self, options: Any, after: datetime, until: datetime) -> RowsDue | None:
        """A trigger with a clock, about records: which ones are due in this time. None: about no record."""
        return None


class Clock(Protocol):
    """What a trigger with a clock may ask: the organisation's zone and its working time."""

    @property
    def zone(self) -> tzinfo: ...

    def is_open(self, moment: datetime) -> bool:
        """Is it working time?"""
        ...


@dataclass(frozen=True, slots=True)
class RowsDue:
    """Records a clock is about: those `where` (an expression) picks, and where `field` is given those
    whose date or moment in it, moved by `offset`, lies later than `after` and up to `until`."""

    where: str = ""
    field: str = ""
    offset: timedelta = timedelta()
    after: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """A record that an action makes: its `form` (a blank app is our own), what its fields are filled with
    (`{field: expression}`, kept in the option of that name), and the fields that the action fills otherwise."""

    app: str
    form: str
    option: str
    values: Mapping[str, str]
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Writing:
    """What an action writes, as far as its options say it: fields of the `own` record, of the one its `link`
    leads to, of records of `form` that are `found`, or of a `new` one (a blank app is our own). `values` are
    {field: expression}, an expression blank where no more is known than that the field is written. `match`: of
    new records, what there is only one with; `joins`: the values join what stands there; `sure`: no lookup
    decides whether they are written."""

    to: Literal["own", "linked", "found", "new"]
    values: Mapping[str, str]
    app: str = ""
    form: str = ""
    link: str = ""
    match: Mapping[str, str] | None = None
    joins: bool = False
    sure: bool = True


class Action(Plugin):
    """Pure: `plan(params, subject)` says what should happen and does nothing."""

    kind = "action"
    only_on: ClassVar[frozenset[str]] = frozenset()  # events it means anything to; blank: any

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, scope: ActionScope) -> list[Problem]:
        return []

    def allowed_before(self, options: Any) -> bool:
        """May it stand in a rule that runs before the record is saved?"""
        return False

    @abstractmethod
    def plan(self, options: Any, subject: Subject) -> list[Effect]: ...

    def keys(self, options: Any) -> Sequence[tuple[str, str, str]]:
        """(app, form, field) by which records are looked up: worth an index. A blank app is our own."""
        return ()

    def fills(self, options: Any) -> Filling | None:
        """Of an action that makes a record: what it is filled with, which people then see as a table."""
        return None

    def writes(self, options: Any) -> Sequence[Writing]:
        """What it writes: so rules are seen that set each other off without end, or contradict each other."""
        return ()

    def begins(self, form: str) -> Mapping[str, Any] | None:
        """What it is told at first to make records of this form; None: it makes none, or needs to know more."""
        return None


class ActionScope(Protocol):
    """What an action's check may ask: the app, the rule's form, and whether an expression is sane."""

    app: App
    form: str
    before_save: bool  # the record is not saved yet

    def check_expression(
        self, text: str, path: str, expected: Type | None = None, plain: bool = False
    ) -> list[Problem]:
        """`expected`: what its value is wanted for; `plain`: a sealed value may not stand here."""
        ...

    def check_condition(self, text: str, path: str) -> list[Problem]:
        """Something that is or is not so."""
        ...

    def check_template(self, text: Label, path: str, plain: bool = True) -> list[Problem]:
        """`{path}` places that mean something; `plain`: none of them sealed."""
        ...

    def check_recipients(self, to: str | Sequence[str], path: str) -> list[Problem]:
        """Recipients by the one grammar of recipients."""
        ...

    def check_rows(self, text: str, path: str, app: str, form: str) -> list[Problem]:
        """A condition the database decides on the rows of another form, `record.x` in it being fields of ours;
        without a form, on the rows of our own."""
        ...

    def check_analyzer(self, name: str, options: Mapping[str, Any], form: str, path: str) -> list[Problem]:
        """Is there this analyzer, and does it, with these options, suit records of this form of our app
        (blank: of another app, which is not seen)?"""
        ...


class Subject(Protocol):
    """What an action plans for: the record (or message) that set off the rule."""

    @property
    def app(self) -> str: ...

    @property
    def form(self) -> str: ...

    @property
    def record(self) -> str:
        """Its id; '' for a message."""
        ...

    @property
    def values(self) -> Mapping[str, Any]: ...

    @property
    def zone(self) -> tzinfo: ...

    def evaluate(self, text: str) -> Any:
        """The value of an expression over this subject, cached as a compiled closure."""
        ...

    def evaluate_all(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The values of several expressions, by the same names."""
        ...

    def target(self, link: str) -> tuple[str, str] | None:
        """(app, form) that our link field points into."""
        ...

    def written(self, template: Label) -> Label:
        """A template with its `{path}` places filled in as people read them, in each of its languages."""
        ...

    def quoted(self, template: Label) -> tuple[str, str, int, tuple[str, ...]] | None:
        """The sealed fields a template names: app, form, record, fields. None: nothing sealed."""
        ...

    def people(self, to: str | Sequence[str]) -> tuple[str, ...]:
        """Recipients made concrete; who cannot be told is left out."""
        ...

    def inlined(self, text: str) -> str:
        """An expression over another form with each `record.x` replaced by our value of it."""
        ...


class Visit(Subject, Protocol):
    """What a node is told of its token: the record, as it is now, and who asked."""

    @property
    def applicant(self) -> str:
        """The person whose request it is."""
        ...

    def planned(self) -> tuple[Effect, ...]:
        """The effects of the node's own actions (`Node.acts`)."""
        ...
