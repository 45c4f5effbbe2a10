"""Field types: how a value is read, checked, kept, shown, filtered; what it may point at or derive from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field as dataclass_field
from datetime import tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from metamodel.asks import Format
from metamodel.expressions.types import TEXT, Type
from metamodel.labels import Label, label_text
from metamodel.masking import mask_text, mask_value
from metamodel.plugin_api.declaring import Choice, Examples, Options, OptionsType, Plugin, PythonClass
from metamodel.problems import Problem, problem

if TYPE_CHECKING:
    from metamodel.application import App
    from metamodel.forms import FieldDefinition, Form


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


def too_many(value: Sized, most: int | None) -> list[Problem]:
    """What is wrong with a list that is longer than `most` says; None: it may be as long as it likes."""
    return [problem("value.too_many", limit=most)] if most and len(value) > most else []


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


@dataclass(frozen=True, slots=True)
class Reference:
    """The value is an id (or a list of ids, `many`) of something that has a name of its own."""

    target: Literal["record", "person", "department", "role", "file"]
    app: str = ""
    form: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class OutsideSource:
    """A list that another system answers with, as JSON at `url`. `path`, `value` and `label` are JMESPath: where the
    list is, and what of an item is kept and shown; `minutes` until it is fetched again. `secret`: the name of one
    the house keeps for that address, sent as the header `header` after `prefix`."""

    url: str
    path: str = "@"
    value: str = "value"
    label: str = "label"
    minutes: int = 60
    secret: str = ""
    header: str = "Authorization"
    prefix: str = "Bearer "

    @property
    def names(self) -> str:
        """Under which target `Display.names` has its labels."""
        asked_as = (self.secret, self.header) if self.secret else ()
        return "\0".join(("outside", self.url, self.path, self.value, self.label, *asked_as))


@dataclass(frozen=True, slots=True)
class Lookup:
    """Evaluated at reading: `field` of the record that our link field `through` points at."""

    kept: ClassVar[bool] = False  # has it a column of its own?
    through: str
    field: str


@dataclass(frozen=True, slots=True)
class Rollup:
    """Evaluated at reading: `aggregate` over records of `form` whose link field `via` points at us."""

    kept: ClassVar[bool] = False
    app: str
    form: str
    via: str
    aggregate: str = "count"  # count sum avg min max
    field: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class LinkedFrom:
    """Evaluated at reading: the ids of the records of `form` whose link field `via` points at us, newest
    first, as far as the viewer may see them."""

    kept: ClassVar[bool] = False
    app: str
    form: str
    via: str


@dataclass(frozen=True, slots=True)
class HeadValue:
    """What the engine keeps of every record by itself, read where it stands; it can be filtered and sorted by.
    `flow`: how the newest approval of the record stands."""

    kept: ClassVar[bool] = False
    part: Literal["id", "created_at", "created_by", "updated_at", "updated_by", "flow"]


@dataclass(frozen=True, slots=True)
class Formula:
    """Computed from the record itself; stored when saved, so no TODAY, NOW or me inside."""

    kept: ClassVar[bool] = True
    expression: str


@dataclass(frozen=True, slots=True)
class Live:
    """Computed at reading from the record itself, its lookups and rollups; no TODAY, NOW or me inside."""

    kept: ClassVar[bool] = False
    expression: str


@dataclass(frozen=True, slots=True)
class AutoNumber:
    """Given by the write path. Pattern parts: {yyyy} {yyyyMM} {yyyyMMdd} and {0000}; else literal.
    The date is that of our field `dated_by`, or of the day it is given. `gap_free`: a number whose record was
    not kept after all is given to the next one."""

    kept: ClassVar[bool] = True
    pattern: str
    starts_again: Literal["never", "year", "month", "day"] = "never"
    dated_by: str = ""
    gap_free: bool = False


@dataclass(frozen=True, slots=True)
class RelatedRows:
    """`aggregate` over `field` of the records of a form (blank app: our own) that `where` picks; in it,
    `record.x` is ours."""

    app: str
    form: str
    aggregate: str = "count"  # count sum avg min max median
    field: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class RelatedQuery:
    """Asked of all records, whoever may read them, when ours is saved, and kept: what was true then."""

    kept: ClassVar[bool] = True
    queries: tuple[RelatedRows, ...]
    combine: Literal["sum", "max", "min"] = "sum"


OldOptions = tuple[tuple[int, Mapping[str, Any], Mapping[str, Any]], ...]
Derived = Lookup | Rollup | LinkedFrom | HeadValue | Formula | Live | AutoNumber | RelatedQuery


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a value that is edited in pieces: the street of an address. `input` names a control as
    `Field.input` does; `choices` are offered as the field's own are, when the input is a picker."""

    name: str
    label: Label
    input: str = "text"
    picks: bool = False  # from the field's choices


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """How a type stands in the designer's palette. `twin` names the type whose values these are, where only
    the control is another."""

    name: str
    group: str
    label: Label
    icon: str
    doc: Label
    keywords: tuple[str, ...]
    twin: str


@dataclass(frozen=True, slots=True)
class Display:
    """What showing a value needs from outside: the reader's language, the organisation's zone,
    and names for references, keyed (target, id)."""

    language: str = "zh"
    zone: tzinfo | None = None
    names: Mapping[tuple[str, str], str] = dataclass_field(default_factory=dict)

    def name(self, target: str, identifier: str) -> str:
        known = self.names.get((target, str(identifier)))
        if known is None and target == "person" and str(identifier).startswith("public:"):
            return label_text({"zh": "公开填写", "en": "Public form"}, self.language)
        return known if known is not None else str(identifier)


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
    look: str = ""  # macro of the value on a record's page; blank: what it points at, chooses, keeps
    cell: str = ""  # macro of the value in a list; blank: plain text
    phone: str = ""  # macro of the edit input on a phone, where another is better there; blank: as `input`
    filter: str = ""  # macro of the value in a filter; blank: the storage kind's, or what may be chosen
    markup: str = (
        ""  # Jinja macros of its own, any may be missing: edit phone filter (input), look cell print (cell)
    )
    keywords: tuple[str, ...] = ()  # other words people look for it by, in any language
    twin: str = ""  # the type whose values these are, where only the control is another
    options_version: int = 1  # raise it when old options need `upgrade_options`
    old_options: ClassVar[OldOptions] = ()  # (version, options of that time, what they are now), run as tests
    example_options: ClassVar[Mapping[str, Any]] = {}  # sane ones, for docs and contract tests
    examples: Examples = ()  # (what may be sent, its JSON), run as tests

    Options: ClassVar[OptionsType] = Options

    @property
    def palette(self) -> PaletteEntry:
        return PaletteEntry(self.name, self.group, self.label, self.icon, self.doc, self.keywords, self.twin)

    def upgrade_options(self, old_version: int, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Options as they were written for `old_version` of this type, as `options_version` wants them. They
        may be anything a document can hold; it must not lose what it does not know."""
        return options

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

    def standing_by(self, value: Any, before: Any, field: FieldDefinition) -> Any:
        """A value somebody sent for one that stood there `before` (neither blank), with what of that he was not
        shown and does not take away."""
        return value

    def merged(self, field: FieldDefinition) -> Mapping[str, str]:
        """Choices that went into others: which values became which. What records hold is rewritten when the
        definition is published."""
        return {}

    def references(self, value: Any, field: FieldDefinition) -> list[str]:
        """The ids a value points at (only asked when `reference` answers)."""
        return [str(item) for item in value] if self.many else [str(value)]

    def source(self, field: FieldDefinition) -> OutsideSource | None:
        """Not None: what may be chosen is a list the engine fetches; `display` finds its labels in the names."""
        return None

    def derived(self, field: FieldDefinition) -> Derived | None:
        """Not None: people never write it; the engine computes it this way."""
        return None

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        """How a sum or a mean of its values is shown, and the unit (of money: its sign)."""
        return "number", ""

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        """The pieces a value is edited in; none: in one piece. `parse` then takes `{part: text}` too."""
        return ()

    def divided(self, value: Any, field: FieldDefinition) -> Mapping[str, str]:
        """A value in its parts, as their inputs want them: parse(divided(v)) == v."""
        return {}

    def may_hold(self, file: Mapping[str, Any], field: FieldDefinition) -> list[Problem]:
        """Of a type that points at files: is this (`name size media_type`) one of those it takes?"""
        return []

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        """What may be chosen, for facets, filters and inputs; empty: not a choice."""
        return ()

    def conditions(self, field: FieldDefinition) -> Sequence[tuple[str, str, str]]:
        """(where in the field, choice, expression) of the choices that are not always offered."""
        return [
            (f"/options/choices/{place}/if", choice.value, choice.condition)
            for place, choice in enumerate(self.choices(field))
            if choice.condition
        ]

    def within(self, value: str, choice: str) -> bool:
        """Is `value` the choice that a condition is about, or one below it?"""
        return value == choice
