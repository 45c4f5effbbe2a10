"""What the engine keeps of every record by itself, as fields: its id, who made and changed it and when, and how
its approval stands. Nothing is kept twice; they filter, sort and count like any other field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    DATETIME,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    PERSON,
    Choice,
    Derived,
    Display,
    Examples,
    Field,
    HeadValue,
    Label,
    Options,
    OptionsType,
    Reference,
    Registry,
    Storage,
    clean_text,
    iso_moment,
    read_moment,
    show_moment,
)
from plugins.fields.link import read_record
from plugins.fields.member import read_id

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

STATES: Sequence[Choice] = (
    Choice("running", {"zh": "审批中", "en": "Under way"}, "blue"),
    Choice("returned", {"zh": "已退回", "en": "Returned"}, "amber"),
    Choice("approved", {"zh": "已通过", "en": "Approved"}, "green"),
    Choice("rejected", {"zh": "已拒绝", "en": "Rejected"}, "red"),
    Choice("withdrawn", {"zh": "已撤回", "en": "Withdrawn"}, "grey"),
)


class Head(Field):
    """A row of the table below, by the part of the record's head it shows."""

    group = "system"
    input = "none"
    part: Literal["id", "created_at", "created_by", "updated_at", "updated_by", "flow"]
    Options: ClassVar[OptionsType] = Options

    def derived(self, field: FieldDefinition) -> Derived:
        return HeadValue(self.part)


class RecordId(Head):
    name, part = "record_id", "id"
    label = {"zh": "记录编号", "en": "Record id"}
    icon = "hash"
    doc = {"zh": "系统给每条记录的唯一编号", "en": "The number the system gives every record"}
    keywords: tuple[str, ...] = ("主键", "uuid", "key")
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    examples: Examples = ((12, "12"), ("9007199254740993", "9007199254740993"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_record(raw)


class HeadMoment(Head):
    storage = Storage.TIMESTAMP
    type = DATETIME
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    keywords: tuple[str, ...] = ("系统时间", "时间戳", "timestamp")
    icon = "clock"
    examples: Examples = (("2026-11-20T01:05:00Z", "2026-11-20T01:05:00Z"),)

    def __init__(
        self, registry: Registry, name: Literal["created_at", "updated_at"], label: Label, doc: Label
    ) -> None:
        self._registry, self.name, self.part, self.label, self.doc = registry, name, name, label, doc

    def parse(self, raw: Any, field: FieldDefinition) -> datetime:
        return read_moment(raw, self._registry.zone)

    def to_json(self, value: datetime, field: FieldDefinition) -> str:
        return iso_moment(value)

    def display(self, value: datetime, field: FieldDefinition, display: Display) -> str:
        return show_moment(value, display.zone or self._registry.zone, display.language)

    def search_text(self, value: datetime, field: FieldDefinition) -> str:
        return show_moment(value, self._registry.zone)


class HeadPerson(Head):
    type = PERSON
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    keywords: tuple[str, ...] = ("提交人", "作者", "author")
    icon = "person"
    examples: Examples = (("sales04", "sales04"),)

    def __init__(self, name: Literal["created_by", "updated_by"], label: Label, doc: Label) -> None:
        self.name, self.part, self.label, self.doc = name, name, label, doc

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_id(raw)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("person", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("person")


class FlowStatus(Head):
    name, part = "flow_status", "flow"
    label = {"zh": "流程状态", "en": "Flow status"}
    icon = "flow"
    doc = {"zh": "本记录最近一次审批的状态", "en": "How the newest approval of the record stands"}
    keywords: tuple[str, ...] = ("审批状态", "approval")
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    sortable = False
    examples: Examples = (("approved", "approved"), ("已通过", "approved"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw, limit=400).strip()
        named = {label: one.value for one in STATES for label in (one.text("zh"), one.text("en"))}
        return named.get(text, text)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return next((one.text(display.language) for one in STATES if one.value == value), value)

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        return STATES


PEOPLE = (
    HeadPerson(
        "created_by", {"zh": "创建人", "en": "Created by"}, {"zh": "谁建的记录", "en": "Who made the record"}
    ),
    HeadPerson(
        "updated_by",
        {"zh": "最后修改人", "en": "Changed by"},
        {"zh": "谁最后改了记录", "en": "Who changed it last"},
    ),
)


def register(registry: Registry) -> None:
    created = HeadMoment(
        registry,
        "created_at",
        {"zh": "创建时间", "en": "Created at"},
        {"zh": "何时建的记录", "en": "When it was made"},
    )
    updated = HeadMoment(
        registry,
        "updated_at",
        {"zh": "最后修改时间", "en": "Changed at"},
        {"zh": "最后一次改动", "en": "The last change"},
    )
    registry.add(RecordId(), *PEOPLE, created, updated, FlowStatus())
