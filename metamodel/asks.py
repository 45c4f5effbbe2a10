"""Asks and answers: what a widget wants to know of records, and what comes back, as frozen data.

A widget turns its options into asks, the engine answers each with one statement, the widget
draws the answers. Plugins import these names from plugin_api; nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from metamodel.labels import labelled

LabelText = str | dict[str, str]
Bucket = Literal["", "hour", "weekday", "day", "working_day", "week", "month", "quarter", "year"]
Aggregate = Literal[
    "count", "distinct", "sum", "avg", "min", "max", "median", "p90", "ratio", "expression"
]  # fmt: skip
Format = Literal["", "number", "percent", "duration", "money"]
TIME_BUCKETS = frozenset({"day", "working_day", "week", "month", "quarter", "year"})
OWN_DATE = ""  # the field of a dimension that means "the date this widget's period is about"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what stands inside a widget's options."""


class Dataset(Part, frozen=True):
    """Which records: of a form, those that `filter` picks, in the board's period or its own."""

    form: Annotated[str, labelled("表单", "Form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    filter: Annotated[str, labelled("筛选条件", "Filter (expression)")] = ""
    on: Annotated[str, labelled("时间字段（空为看板所定）", "Date the period means (blank: the board's)")] = (
        ""
    )
    period: Annotated[str, labelled("自定时间段", "Own period, whatever the board's")] = ""
    ignore: Annotated[list[str], labelled("不理会的看板筛选", "Filters of the board left aside")] = []


class Dimension(Part, frozen=True):
    """What the numbers are told by. A blank `field` is the date the period is about."""

    field: Annotated[str, labelled("字段", "Field")] = OWN_DATE
    bucket: Annotated[Bucket, labelled("时间粒度", "Stretch of time")] = ""
    bins: Annotated[list[float | int], labelled("数值分段", "Bounds of classes of numbers")] = []
    top: Annotated[int, labelled("只看前几名", "Only the first", ge=1, le=200)] | None = None
    others: Annotated[bool, labelled("其余合为一项", "The rest together")] = True
    label: Annotated[LabelText, labelled("名称", "Label")] = ""


class Measure(Part, frozen=True):
    """A number over the records of a group. `where`: only over these; of a ratio: the share of these.
    An expression is over the ids of other measures. A `hidden` one is for such an expression only."""

    id: Annotated[str, labelled("标识", "Id", pattern="^[a-z][a-z0-9_]{0,62}$")]
    aggregate: Annotated[Aggregate, labelled("统计方式", "Aggregate")] = "count"
    field: Annotated[str, labelled("字段", "Field")] = ""
    bucket: Annotated[Bucket, labelled("时间粒度（去重计数）", "Stretch of time (of distinct)")] = ""
    where: Annotated[str, labelled("只统计", "Only where (expression)")] = ""
    expression: Annotated[str, labelled("算式", "Expression over measures")] = ""
    format: Annotated[Format, labelled("显示为", "Shown as")] = ""
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=6)] | None = None
    unit: Annotated[LabelText, labelled("单位", "Unit")] = ""
    label: Annotated[LabelText, labelled("名称", "Label")] = ""
    hidden: Annotated[bool, labelled("不显示", "Not shown")] = False


class MarkRows(Part, frozen=True):
    """Records whose days are marked, releases say: as far as their reader may read them."""

    form: Annotated[str, labelled("表单", "Form")]
    day: Annotated[str, labelled("日期字段", "Field of the day")]
    name: Annotated[str, labelled("名称字段", "Field of the name")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    filter: Annotated[str, labelled("筛选条件", "Filter (expression)")] = ""

    def dataset(self) -> Dataset:
        return Dataset(form=self.form, app=self.app, filter=self.filter, on=self.day)


class Mark(Part, frozen=True):
    """A line across a time axis: `at` is an expression that gives a day, or `rows` are records with theirs."""

    at: Annotated[str, labelled("日期（算式）", "Day (expression)")] = ""
    label: Annotated[LabelText, labelled("名称", "Label")] = ""
    rows: Annotated[MarkRows, labelled("取自记录", "Days of records")] | None = None


class WordsOf(Part, frozen=True):
    """Which words: of a searchable text of a form's records, as the analyzer `words` has kept them."""

    form: Annotated[str, labelled("表单", "Form")]
    field: Annotated[str, labelled("文本字段", "Text field")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    filter: Annotated[str, labelled("筛选条件", "Filter (expression)")] = ""
    on: Annotated[str, labelled("时间字段（空为看板所定）", "Date the period means (blank: the board's)")] = (
        ""
    )
    period: Annotated[str, labelled("自定时间段", "Own period, whatever the board's")] = ""
    ignore: Annotated[list[str], labelled("不理会的看板筛选", "Filters of the board left aside")] = []

    def dataset(self) -> Dataset:
        return Dataset(
            form=self.form, app=self.app, filter=self.filter, on=self.on, period=self.period,
            ignore=self.ignore,
        )  # fmt: skip


class HighGroup(Part, frozen=True):
    """The people who lead: by a measure over records of a form, in its own period; their share of all
    who are compared."""

    form: Annotated[str, labelled("表单", "Form")]
    person: Annotated[str, labelled("人员字段", "Field of the person")]
    measure: Annotated[Measure, labelled("按什么排名", "Ranked by")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    filter: Annotated[str, labelled("筛选条件", "Filter (expression)")] = ""
    period: Annotated[str, labelled("时间段", "Period")] = "last_90_days"
    field: Annotated[str, labelled("时间字段", "Date the period means")] = ""
    share: Annotated[float, labelled("前多少（比例）", "Share of the people", gt=0, lt=1)] = 0.25

    def dataset(self) -> Dataset:
        return Dataset(form=self.form, app=self.app, filter=self.filter, on=self.field, period=self.period)


class Groups(Part, frozen=True):
    """Two groups of records told apart by a person: the high ones and everybody else."""

    by: Annotated[str, labelled("按哪个人员字段分组", "Field of the person on these records")]
    high: Annotated[HighGroup, labelled("高绩效组", "The high group")]


# -- asks ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupAsk:
    """Numbers by groups. `compare`: the period before as well. `sort`: "-measure", "field"; blank: as the
    dimension itself goes, else the largest first."""

    dataset: Dataset
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()
    compare: bool = False
    sort: str = ""
    limit: int | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class RowAsk:
    """Records themselves."""

    dataset: Dataset
    columns: tuple[str, ...]
    sort: str = ""
    limit: int = 10
    buttons: tuple[str, ...] = ()  # rules whose buttons stand beside the rows


@dataclass(frozen=True, slots=True)
class WordAsk:
    """Words and how often they are used; with `groups`, in each of the two groups."""

    words: WordsOf
    groups: Groups | None = None
    minimum: int = 2
    limit: int = 60


@dataclass(frozen=True, slots=True)
class AbsentAsk:
    """Which people of these roles (of the board's app) no record of the dataset names in its days."""

    dataset: Dataset
    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HouseAsk:
    """What the installation knows of itself, by a name the engine knows: captures, people, arrivals, verified,
    checkpoints. Answered as groups are. `period` blank: the board's."""

    subject: str
    period: str = ""


Ask = GroupAsk | RowAsk | WordAsk | AbsentAsk | HouseAsk


# -- answers ---------------------------------------------------------------------------------------

Key = str | int | bool | None
Number = Decimal | int | None
OTHERS = "\uffff"  # the key of what is not among the first


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of an answer: its keys in the order they are drawn in, and what each is called.
    `ordered`: the order means something (time, classes, stages), so nobody may sort it by size."""

    label: str
    keys: tuple[Key, ...]
    texts: Mapping[Key, str]
    ordered: bool = False
    time: bool = False
    before: Mapping[Key, Key] = field(default_factory=dict)  # key -> its key in the period before

    def text(self, key: Key) -> str:
        return self.texts.get(key, str(key))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure is called and how its numbers are shown."""

    id: str
    label: str
    format: Format = "number"
    places: int | None = None
    unit: str = ""
    nothing: Number = None  # its number for a group without rows
    additive: bool = False  # groups add up to the whole, so each has a share of it


Cell = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """`values[keys]` has a number for each measure, by its id; `before` those of the period before."""

    axes: tuple[Axis, ...]
    measures: tuple[Measured, ...]  # the shown ones
    values: Mapping[Cell, Mapping[str, Number]]
    before: Mapping[Cell, Mapping[str, Number]] = field(default_factory=dict)
    compared: str = ""  # what the period before is called
    capped: bool = False  # there were more groups than are told
    marks: tuple[tuple[Key, str], ...] = ()  # (key of the first axis, label)

    def value(self, measure: Measured, *keys: Key) -> Number:
        """Of a group without rows too: 0 where rows are counted, else blank."""
        found = self.values.get(keys)
        return found[measure.id] if found else measure.nothing

    def earlier(self, measure: Measured, *keys: Key) -> Number:
        """The number of the period before; None where nothing is compared."""
        if not self.compared:
            return None
        found = self.before.get(keys)
        return found[measure.id] if found else measure.nothing


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """Records as their reader may see them: (record id, title, shown cells)."""

    app: str
    form: str
    columns: tuple[tuple[str, str], ...]  # (field id, label)
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    total: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word, its uses (of `groups`: in the high group) and those of everybody else; by how many people
    of each it is used."""

    word: str
    uses: int
    other: int = 0
    people: int = 0
    other_people: int = 0


@dataclass(frozen=True, slots=True)
class WordAnswer:
    words: tuple[WordCount, ...]
    total: int = 0  # uses of all words, of the high group
    other_total: int = 0
    people: tuple[str, ...] = ()  # names of the high group
    ranked_by: Measured | None = None
    threshold: Number = None  # what it took to be in it
    others: int = 0  # how many people there are besides
    ranked_over: str = ""  # the days they were ranked over, as people read them


@dataclass(frozen=True, slots=True)
class AbsentPerson:
    """`days` since a record last named this person; None: none ever did."""

    id: str
    name: str
    department: str
    days: int | None


@dataclass(frozen=True, slots=True)
class AbsentAnswer:
    people: tuple[AbsentPerson, ...]
    of: int  # how many people hold the roles


Answer = GroupAnswer | RowAnswer | WordAnswer | AbsentAnswer


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page draws. `chart`: an ECharts option; `number`, `table`, `list`, `cloud`: plain data."""

    kind: Literal["chart", "number", "table", "list", "cloud"]
    model: Mapping[str, Any]
    empty: bool = False


def shown(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    return tuple(measure for measure in measures if not measure.hidden)
