"""Everything a plugin needs, and the only module of ours a plugin may import.

A plugin module has a `register(registry)` function that adds declarations:
`registry.add(Money())`. Importing it has no effect. Declarations are stateless;
what varies from use to use arrives as an argument (`field`, `params`, `options`).
User mistakes are Problems or `BadValue`; anything else raised is a bug.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from metamodel import recipients as recipients
from metamodel.analyses import (
    Finding as Finding,
    House as House,
    Material as Material,
    Reads as Reads,
)
from metamodel.asks import (
    OTHERS as OTHERS,
    Answer as Answer,
    Ask as Ask,
    Axis as Axis,
    Cell as Cell,
    Dataset as Dataset,
    Dimension as Dimension,
    Drawing as Drawing,
    Format as Format,
    GroupAnswer as GroupAnswer,
    GroupAsk as GroupAsk,
    Groups as Groups,
    Key as Key,
    Mark as Mark,
    Measure as Measure,
    Measured as Measured,
    Number as Number,
    RowAnswer as RowAnswer,
    RowAsk as RowAsk,
    WordAnswer as WordAnswer,
    WordAsk as WordAsk,
    WordCount as WordCount,
    WordsOf as WordsOf,
)
from metamodel.effects import (
    AddTags as AddTags,
    CloseTasks as CloseTasks,
    CreateRecord as CreateRecord,
    CreateTask as CreateTask,
    Effect as Effect,
    FindOrCreate as FindOrCreate,
    Grant as Grant,
    HttpCall as HttpCall,
    KeywordFeedback as KeywordFeedback,
    Link as Link,
    Notify as Notify,
    Refuse as Refuse,
    RemoveTags as RemoveTags,
    RunAnalyzer as RunAnalyzer,
    SetFields as SetFields,
    Shred as Shred,
    ShredTarget as ShredTarget,
    Span as Span,
    StartFlow as StartFlow,
    TaskOutcome as TaskOutcome,
    UpdateRecords as UpdateRecords,
)
from metamodel.expressions import arithmetic as arithmetic
from metamodel.expressions.folding import (
    lower as lower,
    match_form as match_form,
    match_forms as match_forms,
    simplified as simplified,
    trim as trim,
    upper as upper,
)
from metamodel.expressions.limits import (
    MAX_COMPARISONS as MAX_COMPARISONS,
    MAX_ITEMS as MAX_ITEMS,
    MAX_TEXT as MAX_TEXT,
    room_for as room_for,
)
from metamodel.expressions.types import (
    ANY as ANY,
    BLANK as BLANK,
    BOOLEAN as BOOLEAN,
    DATE as DATE,
    DATETIME as DATETIME,
    DEPARTMENT as DEPARTMENT,
    DURATION as DURATION,
    NUMBER as NUMBER,
    PERSON as PERSON,
    TEXT as TEXT,
    Type as Type,
    common_type as common_type,
    list_of as list_of,
    record_of as record_of,
    type_label as type_label,
    unify as unify,
)  # fmt: skip
from metamodel.human_text import (
    clean_text as clean_text,
    day_of as day_of,
    excerpt as excerpt,
    fit_number as fit_number,
    fold as fold,
    iso_duration as iso_duration,
    iso_moment as iso_moment,
    read_date as read_date,
    read_duration as read_duration,
    read_moment as read_moment,
    read_number as read_number,
    show_date as show_date,
    show_duration as show_duration,
    show_moment as show_moment,
    show_number as show_number,
    split_list as split_list,
)
from metamodel.labels import Label as Label, label_text as label_text, labelled as labelled
from metamodel.masking import (
    DOT as DOT,
    Patterns as Patterns,
    mask_ends as mask_ends,
    mask_text as mask_text,
    mask_value as mask_value,
)
from metamodel.node_steps import (
    AskPeople as AskPeople,
    Do as Do,
    Finish as Finish,
    NodeStep as NodeStep,
    Pass as Pass,
    Pause as Pause,
)
from metamodel.problems import (
    BadValue as BadValue,
    Problem as Problem,
    Texts as Texts,
    pointer as pointer,
    problem as problem,
    register_texts,
)

if TYPE_CHECKING:
    from metamodel.application import App as App
    from metamodel.forms import FieldDefinition as FieldDefinition, Form as Form


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every plugin's typed options.

    The JSON Schema and the property panel are made from the annotations; give a
    property its words with
    `Annotated[int, msgspec.Meta(ge=0, extra={"label": {"zh": "小数位", "en": "Decimals"}})]`.
    """


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to choose. A `hidden` one stays readable and is not offered any more."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    label: str | dict[str, str] = ""  # blank: the value itself
    color: str = ""
    hidden: bool = False

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.value)


OptionsType = type[Options]
PythonClass = type[Any]
Examples = tuple[tuple[Any, Any], ...]
AnyOptions = TypeVar("AnyOptions", bound=Options)


def options_of(field: FieldDefinition, kind: type[AnyOptions]) -> AnyOptions:
    """The field's options, known to be `kind`'s."""
    assert isinstance(field.options, kind), field.id
    return field.options


def bilingual(zh: str, en: str) -> Mapping[str, str]:
    """A label in both languages of the house."""
    return {"zh": zh, "en": en}


def form_of(app: App, field: FieldDefinition) -> Form | None:
    """The form of `app` that this very definition stands in."""
    return next((form for form in app.forms if any(own is field for own in form.fields)), None)


def fields_of(app: App, target: str, form: str) -> Mapping[str, str] | None:
    """Type names by field id, of a form of this app (`target` blank or its id) or of an app it requires;
    None where there is no such form."""
    if target in ("", app.id):
        own = app.form(form)
        return {field.id: field.type_name for field in own.fields} if own else None
    needed = app.required(target)
    return needed.forms.get(form) if needed else None


# What a filter may ask of a value. A field type picks from these; labels are what people read.
OPERATORS: Mapping[str, Mapping[str, str]] = {
    "is": {"zh": "等于", "en": "is"},
    "is_not": {"zh": "不等于", "en": "is not"},
    "contains": {"zh": "包含", "en": "contains"},
    "not_contains": {"zh": "不包含", "en": "does not contain"},
    "starts_with": {"zh": "开头是", "en": "starts with"},
    "lt": {"zh": "小于", "en": "is less than"},
    "le": {"zh": "不大于", "en": "is at most"},
    "gt": {"zh": "大于", "en": "is more than"},
    "ge": {"zh": "不小于", "en": "is at least"},
    "between": {"zh": "介于", "en": "is between"},
    "any_of": {"zh": "是其中之一", "en": "is any of"},
    "none_of": {"zh": "不是其中任何一个", "en": "is none of"},
    "has_any": {"zh": "含有任一", "en": "has any of"},
    "has_all": {"zh": "含有全部", "en": "has all of"},
    "has_none": {"zh": "都不含", "en": "has none of"},
    "blank": {"zh": "为空", "en": "is blank"},
    "not_blank": {"zh": "不为空", "en": "is not blank"},
}
TEXT_OPERATORS = ("is", "is_not", "contains", "not_contains", "starts_with", "blank", "not_blank")
ORDERED_OPERATORS = ("is", "is_not", "lt", "le", "gt", "ge", "between", "blank", "not_blank")
CHOICE_OPERATORS = ("is", "is_not", "any_of", "none_of", "blank", "not_blank")
LIST_OPERATORS = ("has_any", "has_all", "has_none", "blank", "not_blank")
NUMBER_AGGREGATES = ("count", "distinct", "sum", "avg", "min", "max", "median")
ORDERED_AGGREGATES = ("count", "distinct", "min", "max")
CHOICE_AGGREGATES = ("count", "distinct")


class Storage(StrEnum):
    """How a field's value lies in the database; never an SQLAlchemy type."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"  # scaled integer, scale from `Field.scale(field)`
    BOOLEAN = "boolean"
    DATE = "date"  # day number, proleptic ordinal of datetime.date
    TIMESTAMP = "timestamp"  # integer microseconds since 1970-01-01 UTC
    JSON = "json"  # canonical JSON text
    BYTES = "bytes"


# -- what a field may point at, derive from, or take by itself ---------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """The value is an id (or a list of ids, `many`) of something that has a name of its own."""

    target: Literal["record", "person", "department", "file"]
    app: str = ""
    form: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """Evaluated at reading: `field` of the record that our link field `through` points at."""

    through: str
    field: str


@dataclass(frozen=True, slots=True)
class Rollup:
    """Evaluated at reading: `aggregate` over records of `form` whose link field `via` points at us."""

    app: str
    form: str
    via: str
    aggregate: str = "count"  # count sum avg min max
    field: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """Computed from the record itself; stored when saved, so no TODAY, NOW or me inside."""

    expression: str


@dataclass(frozen=True, slots=True)
class AutoNumber:
    """Given by the write path. Pattern parts: {yyyy} {yyyyMM} {yyyyMMdd} and {0000}; else literal.
    The date is that of our field `dated_by`, or of the day it is given."""

    pattern: str
    starts_again: Literal["never", "year", "month", "day"] = "never"
    dated_by: str = ""


@dataclass(frozen=True, slots=True)
class RelatedRows:
    """`aggregate` over `field` of the records of a form (blank app: our own) that `where` picks; in it,
    `record.x` is ours."""

    app: str
    form: str
    aggregate: str = "count"  # count sum avg min max
    field: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class RelatedQuery:
    """Asked of all records, whoever may read them, when ours is saved, and kept: what was true then."""

    queries: tuple[RelatedRows, ...]
    combine: Literal["sum", "max", "min"] = "sum"


Derived = Lookup | Rollup | Formula | AutoNumber | RelatedQuery


@dataclass(frozen=True, slots=True)
class Display:
    """What showing a value needs from outside: the reader's language, the organisation's zone,
    and names for references, keyed (target, id)."""

    language: str = "zh"
    zone: tzinfo | None = None
    names: Mapping[tuple[str, str], str] = dataclass_field(default_factory=dict)

    def name(self, target: str, identifier: str) -> str:
        return self.names.get((target, str(identifier)), str(identifier))


class Plugin:
    """What all declarations have: a unique `name` within their kind and a label in zh and en."""

    kind: ClassVar[str]
    name: str
    label: Label
    icon: str = ""
    doc: Label = ""
    texts: ClassVar[Mapping[str, Texts]] = {}  # problem codes of its own


class Field(Plugin):
    """A field type. Every method gets the bound definition: `field.options` is this type's Options.

    Values: `parse` turns what a person or an API sent into the Python value (str, int,
    Decimal, bool, date, aware datetime, timedelta, or JSON-able lists and dicts; None is
    blank). `to_json` is its inverse: parse(to_json(v)) == v. Ids and decimals are strings in JSON.
    """

    kind = "field"
    group: str = "text"  # palette group: text number choice time people file relation system layout
    storage: Storage = Storage.TEXT
    type: Type = TEXT  # its expression type, before sealing
    many: bool = False  # the value is a list; None and [] are both blank and stored as None
    container: bool = False  # has fields of its own (sub-form)
    searchable: bool = False  # may be `searchable`
    sortable: bool = True
    exact: PythonClass | None = None  # a value of this very class needs no parsing
    personal: bool = False  # made for words about persons: kept as evidence they should be sealed
    operators: tuple[str, ...] = ("is", "is_not", "blank", "not_blank")
    aggregates: tuple[str, ...] = ("count",)
    input: str = ""  # macro of the edit input; blank: the storage kind's
    example_options: ClassVar[Mapping[str, Any]] = {}  # sane ones, for docs and contract tests
    examples: Examples = ()  # (what may be sent, its JSON), run as tests

    Options: ClassVar[OptionsType] = Options

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        """Is this definition sane? Paths are relative to the field (`/options/choices/0`)."""
        return []

    def expression_type(self, field: FieldDefinition) -> Type:
        return self.type

    def scale(self, field: FieldDefinition) -> int:
        """Digits after the point of a DECIMAL storage."""
        return 0

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        """Raises BadValue. None, '' and [] are blank and never reach here."""
        return str(raw)

    def check(self, value: Any, field: FieldDefinition) -> list[Problem]:
        """Is this value sane? Paths are relative to the field."""
        return []

    def to_json(self, value: Any, field: FieldDefinition) -> Any:
        return value

    def storage_of(self, field: FieldDefinition) -> Storage:
        """Where one type may lie in several ways (a formula's result), this says how; else `storage`."""
        return self.storage

    def to_storage(self, value: Any, field: FieldDefinition) -> Any:
        """The value as its storage kind holds it: Decimal for DECIMAL, date for DATE, aware datetime for
        TIMESTAMP, anything JSON can say for JSON. Identity for most types."""
        return value

    def from_storage(self, raw: Any, field: FieldDefinition) -> Any:
        """The inverse of `to_storage`."""
        return raw

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        """Plain text for people; templates escape it."""
        return str(value)

    def search_text(self, value: Any, field: FieldDefinition) -> str:
        return str(value)

    def hide(self, text: str, field: FieldDefinition) -> str:
        """A text of this type masked as a whole: enough to recognise it, too little to use it."""
        return mask_text(text)

    def mask(self, value: Any, field: FieldDefinition, hide: Callable[[str], str]) -> Any:
        """The value for somebody who may not read it in full: its shape kept, its texts through `hide`,
        what is no text blank."""
        return mask_value(value, hide)

    def reference(self, field: FieldDefinition) -> Reference | None:
        return None

    def references(self, value: Any, field: FieldDefinition) -> list[str]:
        """The ids a value points at (only asked when `reference` answers)."""
        return [str(item) for item in value] if self.many else [str(value)]

    def derived(self, field: FieldDefinition) -> Derived | None:
        """Not None: people never write it; the engine computes it this way."""
        return None

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        """How a sum or a mean of its values is shown, and the unit (of money: its sign)."""
        return "number", ""

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        """What may be chosen, for facets, filters and inputs; empty: not a choice."""
        return ()


# -- functions of the expression language ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function takes; several types in a tuple are alternatives."""

    name: str
    type: Type | tuple[Type, ...] = ANY
    optional: bool = False
    many: bool = False  # the last one may repeat
    or_list: bool = False  # a list of them may stand for several (only with `many`): it is spread

    @property
    def types(self) -> tuple[Type, ...]:
        return self.type if isinstance(self.type, tuple) else (self.type,)


@dataclass(frozen=True)
class Function(Plugin):
    """One function. `call(*values)` gets plain Python values; text arguments never None (''), lists
    never None ([]), others may be. It raises BadValue for what it cannot do, never changes a list
    it was given, and asks `room_for` before it makes something large.

    `result` is a Type, or a callable from argument types to a Type (BadValue where they do not fit).
    `plain`: the result is not sealed even when an argument is. `check(*constants)` gets the argument
    values that are known when the expression is saved (None for the rest) and raises BadValue.
    `lazy`: arguments come as zero-argument callables. `bind(*rest)`, when all arguments but the first
    are known, gives the call of that first one, prepared: for functions on the hot path.
    `sighted(find, *values)` is `call` for many rules at once: `find(text, words)` tells which words' `match_form`
    stand in a text, all rules' words having been looked for in one pass.
    `context`: `call(context, *values)`, where context has now, zone, me, keywords(list),
    people, is_working_day(date), working_time(start, end) and spend(size), to be called before much work.
    `sql`: `sql(ops, *columns)` using SqlOps only; None: refused where SQL is needed.
    `examples`: (expression, given, expected JSON value) rows, run as tests.
    """

    kind: ClassVar[str] = "function"
    name: str
    arguments: tuple[Argument, ...]
    result: Type | Callable[..., Type]
    call: Callable[..., Any]
    label: Label = ""
    doc: Label = ""
    group: str = "text"
    sql: Callable[..., Any] | None = None
    plain: bool = False
    lazy: bool = False
    context: bool = False
    check: Callable[..., None] | None = None
    bind: Callable[..., Callable[[Any], Any]] | None = None
    sighted: Callable[..., Any] | None = None
    needs: Literal["", "any", "all"] = ""  # of a yes: the first argument holds any, or all, of the others
    volatile: bool = False  # depends on the moment or the viewer; not in stored formulas
    examples: tuple[tuple[str, Mapping[str, Any], Any], ...] = ()


class SqlOps(Protocol):
    """What a function's `sql` may use; the engine implements it for every database.

    Arguments are opaque values (or plain Python ones, which are lifted); so are results, except of
    `constant` and `items`. Texts are '' where they are blank, conditions never NULL, numbers exact."""

    def literal(self, value: Any) -> Any: ...
    def constant(self, value: Any) -> Any: ...  # its Python value; refused where a row decides it
    def lower(self, text: Any) -> Any: ...
    def upper(self, text: Any) -> Any: ...
    def trim(self, text: Any) -> Any: ...
    def fold(self, text: Any) -> Any: ...  # match_form
    def length(self, text: Any) -> Any: ...
    def substring(self, text: Any, start: Any, length: Any) -> Any: ...  # start from 1
    def position(self, text: Any, part: Any) -> Any: ...  # from 1, 0 where it is not
    def concat(self, *texts: Any) -> Any: ...
    def replace(self, text: Any, old: Any, new: Any) -> Any: ...
    def contains(self, text: Any, part: Any) -> Any: ...  # letter for letter
    def found_in(self, text: Any, word: Any) -> Any: ...  # by match_form
    def starts_with(self, text: Any, part: Any) -> Any: ...
    def ends_with(self, text: Any, part: Any) -> Any: ...
    def coalesce(self, *values: Any) -> Any: ...
    def case(self, condition: Any, yes: Any, no: Any) -> Any: ...
    def is_blank(self, value: Any) -> Any: ...
    def both(self, *conditions: Any) -> Any: ...
    def either(self, *conditions: Any) -> Any: ...
    def negate(self, condition: Any) -> Any: ...
    def equal(self, left: Any, right: Any) -> Any: ...
    def ordered(self, symbol: str, left: Any, right: Any) -> Any: ...  # < <= > >=
    def if_failed(self, value: Any, otherwise: Any) -> Any: ...
    def fail_if(self, condition: Any, value: Any) -> Any: ...
    def add(self, left: Any, right: Any) -> Any: ...
    def subtract(self, left: Any, right: Any) -> Any: ...
    def multiply(self, left: Any, right: Any) -> Any: ...
    def divide(self, left: Any, right: Any) -> Any: ...
    def modulo(self, left: Any, right: Any) -> Any: ...
    def power(self, base: Any, exponent: Any) -> Any: ...
    def negative(self, number: Any) -> Any: ...
    def absolute(self, number: Any) -> Any: ...
    def sign(self, number: Any) -> Any: ...
    def round(self, number: Any, digits: Any = 0, way: str = "half") -> Any: ...  # half up down
    def floor(self, number: Any) -> Any: ...
    def least(self, *values: Any) -> Any: ...  # blanks do not take part
    def greatest(self, *values: Any) -> Any: ...
    # year quarter month day weekday hour minute second
    def date_part(self, part: str, value: Any) -> Any: ...
    def date_of(self, moment: Any) -> Any: ...
    def midnight(self, date: Any) -> Any: ...
    def add_days(self, date: Any, days: Any) -> Any: ...
    def days_between(self, later: Any, earlier: Any) -> Any: ...
    def duration_of(self, number: Any, unit: int) -> Any: ...  # unit in microseconds
    def ratio(self, duration: Any, other: Any) -> Any: ...
    def items(self, items: Any) -> list[Any]: ...  # of a list no row decides
    def list_contains(self, items: Any, item: Any) -> Any: ...
    def list_has(self, items: Any, word: Any) -> Any: ...  # by match_form
    def list_length(self, items: Any) -> Any: ...


# -- rules: triggers, actions, effects -------------------------------------------------------------


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


class Action(Plugin):
    """Pure: `plan(params, subject)` says what should happen and does nothing."""

    kind = "action"

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


# -- flows, reports, analyzers: shapes decided with the issues that bring their interpreters --------


class Node(Plugin):
    """A kind of flow node. Pure: it says what should happen when a token comes, the engine performs.

    `way` is how a token leaves: by the edge of an `outcome`, by the first edge whose `if` holds
    (`condition`), or by `all` edges at once. `joins`: one token has to come by every edge.
    `waits`: it may keep a token until somebody answers or a moment comes.
    """

    kind = "node"
    opens: bool = False  # a flow begins here
    ends: bool = False  # a flow ends here
    joins: bool = False
    waits: bool = False
    way: Literal["outcome", "condition", "all"] = "outcome"
    acts: str = ""  # the option that holds actions, which the engine binds
    example_options: ClassVar[
        Mapping[str, Any]
    ] = {}  # sane ones over the form of tests/metamodel/flow_makers.py

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, scope: ActionScope) -> list[Problem]:
        """Is this sane? Paths are relative to the options."""
        return []

    def outcomes(self, options: Any) -> Mapping[str, Label]:
        """What the edges out of it are told apart by (`on`), and how that reads; '' is an unnamed one."""
        return {"": ""}

    def begins_for(self, options: Any, roles: frozenset[str]) -> bool:
        """May somebody with these roles begin the flow here?"""
        return True

    def cancels(self, options: Any) -> bool:
        """Does ending here give up whatever else the flow waits for?"""
        return False

    @abstractmethod
    def enter(self, options: Any, visit: Visit) -> Sequence[NodeStep]:
        """A token has come. The last step is one of Pass, AskPeople, Pause, Finish; Do may stand before it."""

    def leave(self, options: Any, visit: Visit, outcome: str) -> Sequence[Do]:
        """It was answered with this outcome and the token is about to go."""
        return ()


class WidgetOptions(Options, frozen=True, kw_only=True):
    """What every widget is told: its place on the board and a note under it."""

    width: Annotated[int, labelled("宽（共 12 格）", "Width of 12", ge=1, le=12)] = 6
    height: Annotated[int, labelled("高", "Height", ge=1, le=8)] = 3
    note: Annotated[str | dict[str, str], labelled("说明", "Note")] = ""


class Widget(Plugin):
    """Asks, and draws the answers. Pure: the engine answers, with the viewer's rows, one statement an ask.

    A chart is an ECharts option without script: no functions, no colours but names of the page's palette.
    What leads to records carries `"key"`, made by `drill_key`."""

    kind = "widget"
    # Sane ones for docs and contract tests, over a form `sample` with the fields name (text), person
    # (member), stage (select), amount (money), at (datetime, what the board's period means), note (long_text).
    example_options: ClassVar[Mapping[str, Any]] = {}

    Options: ClassVar[OptionsType] = WidgetOptions

    def check_options(self, options: Any) -> list[Problem]:
        """What the asks themselves do not tell. Paths are relative to the options."""
        return []

    @abstractmethod
    def asks(self, options: Any) -> list[Ask]:
        """Dataset, dimensions and measures are the very ones of the options."""
        ...

    @abstractmethod
    def draw(self, options: Any, answers: Sequence[Any], display: Display) -> Drawing:
        """`answers` beside `asks`, in their order."""
        ...


def drill_key(measure: str, *keys: Key) -> str:
    """What a datum carries so that its records can be found again."""
    return msgspec.json.encode([measure, *keys]).decode()


class Analyzer(Plugin):
    """Finds values or words in records, many at once. Pure: the engine reads before and writes after.

    Values go to fields of the record, words to the sealed dictionary.
    """

    kind = "analyzer"

    Options: ClassVar[OptionsType] = Options

    @abstractmethod
    def reads(self, options: Any) -> Reads: ...

    def fills(self, options: Any) -> Mapping[str, Type]:
        """The fields of the record that it sets, and what its findings are."""
        return {}

    @abstractmethod
    def find(self, options: Any, materials: Sequence[Material], house: House) -> list[Finding]:
        """A finding for each material, in order."""
        ...


# -- what in a text is not for everybody -----------------------------------------------------------


class Pattern(Plugin):
    """Something in a text that only some may read: a mobile number, the number of an identity card.

    `expression` finds candidates. RE2 reads it first, over all patterns in one pass, and Python's `re` where
    something was found: so neither lookaround nor back-references, nor what the two read differently.
    `signs`: characters, as between the brackets of an expression, of which one stands in every piece; most
    texts have none and are not read further. `apart`: what may not stand right before or behind. `is_one`
    decides on the candidate, in half width.
    """

    kind = "pattern"
    expression: str
    signs: str = ""  # blank: any
    apart: Literal["", "digits", "word"] = "digits"
    examples: ClassVar[Sequence[tuple[str, str]]] = ()  # (text, the text masked), run as tests

    def is_one(self, found: str) -> bool:
        """Its checksum, its lengths: what an expression cannot say."""
        return True

    @abstractmethod
    def mask(self, found: str) -> str:
        """What is left of it for those who may not read it, as it was written."""


# -- channels --------------------------------------------------------------------------------------


class RawMessage(msgspec.Struct, frozen=True):
    """What arrived, byte for byte, before anybody looked inside. `headers` in lower case."""

    body: bytes
    headers: Mapping[str, str] = {}
    received_at: datetime | None = None
    source: str = ""  # file name and line, or the sender's address


class Participant(msgspec.Struct, frozen=True, gc=False):
    id: str
    kind: Literal["staff", "customer", "bot", "system"] = "customer"
    name: str = ""


class MediaReference(msgspec.Struct, frozen=True):
    """A file the vendor holds or that came along: `content` when the bytes are here already."""

    name: str
    media_type: str = "application/octet-stream"
    size: int | None = None
    vendor_reference: str = ""
    digest: str = ""  # the vendor's md5, hex
    content: bytes | None = None


class Message(msgspec.Struct, frozen=True):
    """One normalised message, the same for all channels (protocols §0). Ids are strings."""

    vendor_id: str
    sender: Participant
    receivers: tuple[Participant, ...]
    sent_at: datetime
    account: str = ""
    vendor_seq: int | None = None
    conversation_id: str = ""
    conversation_kind: Literal["single", "group", "call", "thread"] = "single"
    direction: Literal["in", "out", "internal", "system"] = "in"
    action: Literal["send", "edit", "recall", "consent", "system"] = "send"
    type: str = "text"
    text: str = ""
    refers_to: str = ""  # vendor id of the message an edit or recall is about
    duration: float | None = None  # seconds
    attachments: tuple[MediaReference, ...] = ()


class Connector(Plugin):
    """One vendor's wire format. Pure: no clock, no network; the host stores, retries and counts.

    `verify` runs on raw bytes before anything else and raises BadValue on a bad signature.
    `parse` may return no message (a ping) and raises BadValue for what goes to quarantine.
    `split` turns a recorded file into raw messages. `position` is the vendor's cursor after this message.
    """

    kind = "connector"

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, app: App) -> list[Problem]:
        return []

    def verify(self, raw: RawMessage, options: Any, secret: str, now: datetime) -> None:
        return None

    @abstractmethod
    def parse(self, raw: RawMessage, options: Any) -> list[Message]: ...

    def split(self, lines: Iterator[bytes], source: str) -> Iterator[RawMessage]:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield RawMessage(line.rstrip(b"\r\n"), source=f"{source}:{number}")

    def position(self, raw: RawMessage, options: Any) -> int | None:
        return None

    def sample(self, options: Any) -> RawMessage | None:
        """A message to try the channel with (the page's curl line), unsigned."""
        return None

    def sign(self, raw: RawMessage, options: Any, secret: str, now: datetime) -> RawMessage:
        """The same message as its vendor would sign it: `verify` accepts it. For trying only."""
        return raw


# -- the door --------------------------------------------------------------------------------------

KINDS = ("field", "function", "trigger", "action", "node", "connector", "widget", "analyzer", "pattern")


class Registry:
    """All plugins by kind and name. Built once by the loader and passed to whoever needs it."""

    def __init__(self) -> None:
        self._plugins: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._sources: dict[tuple[str, str], str] = {}
        self.source = "muniment"  # who is registering now; set by the loader
        self.zone: tzinfo = ZoneInfo("Asia/Shanghai")  # the organisation's; times without an offset mean it
        self.problems: list[Problem] = []  # plugins that failed to load

    def add(self, *plugins: Plugin) -> None:
        for plugin in plugins:
            known = self._plugins[plugin.kind]
            if plugin.name in known:
                raise ValueError(f"{plugin.kind} {plugin.name} is registered twice")
            register_texts(plugin.texts)
            known[plugin.name] = plugin
            self._sources[plugin.kind, plugin.name] = self.source

    @contextmanager
    def temporarily(self, *plugins: Plugin) -> Iterator[None]:
        """For tests: these plugins, and none of them afterwards."""
        self.add(*plugins)
        try:
            yield
        finally:
            for plugin in plugins:
                del self._plugins[plugin.kind][plugin.name]

    def get(self, kind: str, name: str) -> Any | None:
        return self._plugins[kind].get(name)

    def all(self, kind: str) -> Mapping[str, Any]:
        return self._plugins[kind]

    def source_of(self, kind: str, name: str) -> str:
        return self._sources[kind, name]
