"""One dimension of an ask: the column its key comes from, and what its keys mean to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access.readable import Column
from engine.reports.buckets import BucketSql, days_of, key_of, keys_between, text_of
from engine.reports.columns import Found
from engine.reports.ground import Ground
from engine.reports.stretches import Stretch
from engine.values import decoder
from engine.whole_numbers import is_whole_number
from metamodel.asks import OTHERS, TIME_BUCKETS, Dimension, Key
from metamodel.labels import label_text
from metamodel.plugin_api import Display, Storage
from metamodel.problems import Rejected, problem

MICROSECONDS_AN_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Told:
    """A dimension, made ready. `key` is its column; `join` the derived index of a list, with its ON."""

    dimension: Dimension
    found: Found
    bucket: str
    key: Column
    ground: Ground
    join: tuple[Any, Any] | None = None
    only: Any = None  # rows that count at all

    # -- what it is called -------------------------------------------------------------------------

    def label(self, language: str) -> str:
        own = label_text(self.dimension.label, language)
        return own or self.found.field.text(language)

    @property
    def is_time(self) -> bool:
        return self.bucket in TIME_BUCKETS

    @property
    def is_ordered(self) -> bool:
        """Does the order of the keys mean something?"""
        return bool(self.bucket or self.dimension.bins) or (self.found.storage in (
            Storage.INTEGER, Storage.DECIMAL,
        ) and self.found.reference is None)  # fmt: skip

    # -- keys --------------------------------------------------------------------------------------

    def decode(self, raw: Any) -> Key:
        """A key as the answer has it: ids are texts, the rest whole numbers, texts or yes and no."""
        if raw is None:
            return None
        if self.bucket or self.dimension.bins:
            return int(raw)
        if self.found.reference is not None:
            return str(raw)
        if self.found.storage is Storage.BOOLEAN:
            return bool(raw)
        return raw if isinstance(raw, str) else int(raw)

    def gives(self, key: Key) -> bool:
        """Could `decode` have made it?"""
        if key is None:
            return True
        if self.bucket or self.dimension.bins:
            return type(key) is int
        if self.found.reference is not None:
            return isinstance(key, str) and (self.found.reference.target != "record" or is_whole_number(key))
        wanted = {Storage.BOOLEAN: bool, Storage.TEXT: str, Storage.JSON: str}
        return type(key) is wanted.get(self.found.storage, int)

    def dense(self, have: Iterable[Key], stretch: Stretch | None) -> list[Key]:
        """Every key there should be, in order: days without rows too, classes nothing falls into."""
        known = [key for key in have if isinstance(key, int) and not isinstance(key, bool)]
        if self.dimension.bins:
            return list(range(len(self.dimension.bins) + 1))
        if not self.bucket:
            return []
        works = self.ground.asking.works
        if not self.is_time:
            return list(keys_between(self.bucket, self.ground.asking.today, self.ground.asking.today, works))
        whole = self._days(known, stretch)
        return list(keys_between(self.bucket, whole[0], whole[1], works)) if whole else []

    def _days(self, known: list[int], stretch: Stretch | None) -> tuple[Any, Any] | None:
        """From the first to the last day of the axis: the period, of a running one up to today."""
        ends = [days_of(self.bucket, key) for key in (min(known), max(known))] if known else []
        if stretch is None or self.dimension.field:
            on_date = self.ground.date is not None and self.found.path == self.ground.date.path
            if stretch is None or not on_date:
                return (ends[0][0], ends[1][1]) if ends else None
        today = self.ground.asking.today
        shown = max(stretch.first, min(stretch.last, today))
        last = max([key_of(self.bucket, shown), *known])
        return stretch.first, days_of(self.bucket, last)[1]

    def choice_order(self) -> list[Key]:
        """Of a choice: its values as they were defined."""
        if self.found.storage is Storage.BOOLEAN:
            return [True, False]
        return [choice.value for choice in self._choices()]

    # -- texts -------------------------------------------------------------------------------------

    def texts(self, keys: Iterable[Key], names: Mapping[tuple[str, str], str]) -> dict[Key, str]:
        """What each key is called."""
        language, every = self.ground.asking.language, list(keys)
        zh = language.startswith("zh")
        years = self._spans_years(every)
        fixed: dict[Key, str] = {None: "空" if zh else "blank", OTHERS: "其他" if zh else "others"}
        return {key: fixed.get(key) or self._text(key, language, years, names) for key in every}

    def _spans_years(self, keys: list[Key]) -> bool:
        numbers = [key for key in keys if isinstance(key, int)]
        if self.bucket not in ("day", "working_day", "week") or not numbers:
            return False
        return days_of("day", min(numbers))[0].year != days_of("day", max(numbers))[0].year

    def _text(self, key: Key, language: str, years: bool, names: Mapping[tuple[str, str], str]) -> str:
        if self.bucket and isinstance(key, int):
            return text_of(self.bucket, key, language, years)
        if self.dimension.bins and isinstance(key, int):
            return class_text(self.dimension.bins, key)
        choice = next((c for c in self._choices() if c.value == key), None)
        if choice is not None:
            return str(choice.text(language))
        field, type_ = self.found.field, self.found.field.type
        display = Display(language, self.ground.asking.house.zone, names)
        if self.found.reference is not None:
            return display.name(self.found.reference.target, str(key))
        if type_ is None or type_.many:
            return str(key)
        raw = int(key) if isinstance(key, bool) else key
        return type_.display(decoder(field)(raw), field, display)

    def _choices(self) -> Any:
        return self.found.field.type.choices(self.found.field) if self.found.field.type else ()


def class_text(bins: list[float | int], place: int) -> str:
    """`< 10`, `10 – 20`, `≥ 20`."""
    if place == 0:
        return f"< {bins[0]:g}"
    if place == len(bins):
        return f"≥ {bins[-1]:g}"
    return f"{bins[place - 1]:g} – {bins[place]:g}"


def make_told(ground: Ground, dimension: Dimension) -> Told:
    """Rejected (report.*) where nothing can be told by it."""
    found = ground.columns.find(dimension.field) if dimension.field else ground.date
    if found is None:
        raise Rejected([problem("report.no_period")])
    if found.many:
        return _of_list(ground, dimension, found)
    if found.storage in (Storage.JSON, Storage.BYTES):
        raise Rejected([problem("report.not_told_by", field=dimension.field)])
    is_time = found.storage in (Storage.DATE, Storage.TIMESTAMP)
    bucket = dimension.bucket or ("day" if is_time else "")
    if not is_time:
        key = _class_of(ground, dimension, found) if dimension.bins else found.column
        return Told(dimension, found, "", key, ground)
    key, only = bucket_column(ground, bucket, found)
    return Told(dimension, found, bucket, key, ground, only=only)


def bucket_column(ground: Ground, bucket: str, found: Found) -> tuple[Column, Any]:
    """The key of a bucket, and of working days the condition that it is one."""
    sql = BucketSql(ground.asking.house.ops, ground.asking.house.zone)
    key = sql.key(bucket, found.column, found.is_moment)
    if bucket != "working_day":
        return key, None
    first, end = _calendar_days(ground)
    return key, sql.is_working(key, first, end, ground.asking.works)


def _calendar_days(ground: Ground) -> tuple[Any, Any]:
    """The days whose working time must be known: the periods', else two years back and one on."""
    today = ground.asking.today
    first = ground.before.first if ground.before else today.replace(year=today.year - 2, day=1)
    end = ground.stretch.end if ground.stretch else today.replace(year=today.year + 1, day=1)
    return first, end


def _of_list(ground: Ground, dimension: Dimension, found: Found) -> Told:
    """By each item of a list: a row with three tags counts under each of them."""
    if found.links is None:
        raise Rejected([problem("report.not_told_by", field=dimension.field)])
    links = found.links.alias()
    on = sa.and_(links.c.record == found.holder, found.column.is_not(None))
    return Told(dimension, found, "", links.c.value, ground, join=(links, on))


def _class_of(ground: Ground, dimension: Dimension, found: Found) -> Column:
    """Which class a number falls into. Bounds of durations are in hours."""
    ops, column = ground.asking.house.ops, found.column
    bounds = [scaled(found, bound) for bound in dimension.bins]
    whens = [(column < ops.integer(bound), ops.integer(place)) for place, bound in enumerate(bounds)]
    return sa.case((column.is_(None), sa.null()), *whens, else_=ops.integer(len(bounds)))


def scaled(found: Found, number: float | int) -> int:
    """A number of a definition as the column would hold it."""
    size = MICROSECONDS_AN_HOUR if found.type.kind == "duration" else 10**found.scale
    return int((Decimal(str(number)) * size).to_integral_value())
