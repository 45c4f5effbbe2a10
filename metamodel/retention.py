"""Retention: how long records of a form are kept at least, how long at most, and what becomes of them then.

A form has a list of rules. The longest minimum that applies to a record wins; a maximum acts once no
minimum runs. What is due is found by `engine.retention`; nothing happens before a rule was activated.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from metamodel.checking import Checking, check_ids
from metamodel.labels import Label, label_text
from metamodel.parts import Part
from metamodel.problems import Problem, problem

if TYPE_CHECKING:
    from metamodel.forms import Form

Then = Literal["", "shred", "store_only"]
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_LAST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar years and months, and days."""

    months: int = 0
    days: int = 0

    @classmethod
    def read(cls, text: str) -> Period | None:
        """Of an ISO 8601 period: `P5Y`, `P18M`, `P90D`. None for anything else."""
        found = _PERIOD.fullmatch(text)
        if found is None or text == "P":
            return None
        years, months, weeks, days = (int(part or 0) for part in found.groups())
        return cls(12 * years + months, 7 * weeks + days)

    @property
    def words(self) -> Label:
        """`2 年 6 个月`, `2 years 6 months`: the parts that are not nought."""
        years, months = divmod(self.months, 12)
        zh = zip((years, months, self.days), ("年", "个月", "天"), strict=True)
        en = zip((years, months, self.days), ("year", "month", "day"), strict=True)
        return {
            "zh": " ".join(f"{count} {unit}" for count, unit in zh if count) or "0 天",
            "en": " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in en if count) or "0 days",
        }

    def before(self, day: date) -> date:
        """The last day that lies so long before `day`: five years before 28 February 2029 is 28 February
        2024, so what began on the 29th is kept a day longer."""
        years, month = divmod(12 * day.year + day.month - 1 - self.months, 12)
        if years < 1:
            return date.min
        last = calendar.monthrange(years, month + 1)[1]
        moved = date(years, month + 1, min(day.day, last))
        return moved - timedelta(min(self.days, moved.toordinal() - 1))

    def after(self, day: date) -> date:
        """The first day on which it is over: the inverse of `before`."""
        years, month = divmod(12 * day.year + day.month - 1 + self.months, 12)
        if years > _LAST_YEAR:
            return date.max
        last = calendar.monthrange(years, month + 1)[1]
        moved = date(years, month + 1, min(day.day, last))
        over = timedelta(int(day.day > last) + self.days)
        if date.max - moved < over:
            return date.max
        found, one = moved + over, timedelta(1)
        while found > day and self.before(found - one) >= day:  # months are not all as long
            found -= one
        while self.before(found) < day:
            found += one
        return found


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """`keep` is the minimum, `at_most` the maximum (blank: the minimum is both); they count from the date
    field `start`, blank: from the day of recording. `then` blank: it only protects. `source` names the
    law or contract, `preset` where its figures came from."""

    id: str
    label: Label = ""
    where: str = ""  # expression; blank: all records
    start: str = ""
    keep: str = ""
    at_most: str = ""
    then: Then = ""
    source: Label = ""
    preset: str = ""
    path: str = ""

    @property
    def minimum(self) -> Period | None:
        return Period.read(self.keep)

    @property
    def end(self) -> Period | None:
        """When it acts; None: never."""
        return Period.read(self.at_most or self.keep) if self.then else None

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)

    def wording(self) -> dict[str, Any]:
        """All that decides what it does: what an activation is of."""
        names = ("where", "start", "keep", "at_most", "then")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


RULE_IN_SHORT = {"id": "keep", "label": {"zh": "保存期限", "en": "Retention period"}}


def retention_from_json(part: Part) -> tuple[RetentionRule, ...]:
    """The rules of a form. The short form, one object `{keep, then, from}`, is one rule named `keep`."""
    short = part.mapping("retention")
    rules = (
        [Part({**RULE_IN_SHORT, **short}, part.part("retention").path)] if short else part.parts("retention")
    )
    return tuple(
        RetentionRule(
            id=rule.id, label=rule.label(), where=rule.text("where"), start=rule.text("from"),
            keep=rule.text("keep"), at_most=rule.text("at_most"), then=cast("Then", rule.text("then")),
            source=rule.label("source"), preset=rule.text("preset"), path=rule.path,
        )
        for rule in rules
    )  # fmt: skip


# -- does it make sense? -----------------------------------------------------------------------------
def check_retention(form: Form, checking: Checking) -> list[Problem]:
    found = check_ids(form.retention, {"zh": "保存规则", "en": "retention rule"})
    for rule in form.retention:
        found += checking.row_condition(rule.where, rule.path + "/where", checking.scope(form))
        found += [*_check_start(form, rule), *_check_periods(rule)]
    return found + list(_check_order(form.retention))


def _check_start(form: Form, rule: RetentionRule) -> Iterator[Problem]:
    """A stored plain date: the database compares it."""
    if not rule.start:
        return
    place, field = rule.path + "/from", form.field(rule.start)
    if field is None:
        yield problem(
            "reference.unknown_field", place, name=rule.start, form=label_text(form.label), known=""
        )
    elif field.usable and field.expression_type().kind not in ("date", "datetime"):
        yield problem("retention.not_a_date", place, field=field.text())
    elif field.sealed:
        yield problem("retention.sealed_date", place, field=field.text())


def _check_periods(rule: RetentionRule) -> Iterator[Problem]:
    if not rule.keep and not rule.at_most:
        yield problem("retention.no_period", rule.path + "/keep")
    if rule.at_most and not rule.then:
        yield problem("retention.nothing_then", rule.path + "/then")
    least, most, day = Period.read(rule.keep), Period.read(rule.at_most), date(2024, 1, 1)
    if least is not None and most is not None and most.after(day) < least.after(day):
        yield problem("retention.crossed", rule.path + "/at_most", keep=least.words, at_most=most.words)


def _check_order(rules: Sequence[RetentionRule]) -> Iterator[Problem]:
    """A maximum that a minimum for all records of the form outlasts never acts in time."""
    day = date(2024, 1, 1)
    everybody = [rule for rule in rules if not rule.where and rule.minimum is not None]
    for rule in rules:
        most = Period.read(rule.at_most)
        longer = [
            one
            for one in everybody
            if most is not None and one.minimum is not None and one.minimum.after(day) > most.after(day)
        ]
        if longer and longer[0].id != rule.id:
            yield problem("retention.outlasted", rule.path + "/at_most", rule=longer[0].text())
