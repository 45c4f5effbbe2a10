"""Words of records, counted: a cloud's, and those of two groups of people.

Words lie as (record, word number, uses); the database counts numbers, and only those that are shown
are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import floor
from typing import Any

import sqlalchemy as sa

from engine.access.readable import Column
from engine.reports.answers import Names, answer_groups
from engine.reports.ground import Ground, Where
from engine.reports.stretches import stretch_text
from engine.system_tables import record_words
from metamodel.asks import Dimension, GroupAsk, Groups, Measured, Number, WordAnswer, WordAsk, WordCount
from metamodel.problems import Rejected, problem

OpenWords = Callable[[sa.Connection, Iterable[int]], Mapping[int, str]]


@dataclass(frozen=True)
class Leaders:
    """The high group: ids, names, and the number of the last one in it."""

    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ranked_by: Measured | None = None
    threshold: Number = None
    over: str = ""  # the days


def answer_words(ground: Ground, ask: WordAsk, open_words: OpenWords, names: Names) -> WordAnswer:
    """Rejected (board.totals_only) for who may see numbers only."""
    if ground.asking.totals:
        raise Rejected([problem("board.totals_only")])
    person = _person(ground, ask.groups) if ask.groups else None
    leaders = Leaders()
    if ask.groups is not None and person is not None:
        leaders = _leaders(ground, ask.groups, _speaking(ground, person), names)
    ground.columns.cut.add(ask.words.field)
    statement = _statement(ground, ask, person, leaders)
    rows = ground.asking.connection.execute(statement).fetchall()
    if not rows:
        return WordAnswer(
            (), people=leaders.names, ranked_by=leaders.ranked_by, threshold=leaders.threshold,
            ranked_over=leaders.over,
        )  # fmt: skip
    opened = open_words(ground.asking.connection, [row.word for row in rows])
    counts = tuple(
        WordCount(opened[row.word], int(row.uses), int(row.other), row.people, row.other_people)
        for row in rows
        if row.word in opened
    )
    first = rows[0]
    return WordAnswer(
        counts, int(first.total or 0), int(first.other_total or 0), leaders.names, leaders.ranked_by,
        leaders.threshold, int(first.others or 0), leaders.over,
    )  # fmt: skip


def _statement(ground: Ground, ask: WordAsk, person: Column | None, leaders: Leaders) -> sa.Select[Any]:
    """Uses of each word, here and (of two groups) with everybody else; the sums of both beside it."""
    ops = ground.asking.house.ops
    where = _spoken(ground)
    columns: list[Any] = [ground.columns.record_id().label("id")]
    if person is not None:
        where.append(person.is_not(None))
        columns += [person.label("person"), sa.case((person.in_(leaders.people), 1), else_=0).label("high")]
    rows = sa.select(*columns).where(ground.visible().condition, *where).cte("rows")
    used = sa.join(rows, record_words, record_words.c.record == rows.c.id)
    uses = record_words.c.uses
    nought = ops.integer(0)
    here = uses if person is None else sa.case((rows.c.high == 1, uses), else_=nought)
    there = nought if person is None else sa.case((rows.c.high == 0, uses), else_=nought)
    speakers = [_speakers(rows, side) if person is not None else nought for side in (1, 0)]
    grouped = (
        sa.select(
            record_words.c.word,
            sa.func.sum(here).label("uses"),
            sa.func.sum(there).label("other"),
            speakers[0].label("people"),
            speakers[1].label("other_people"),
        )
        .select_from(used)
        .group_by(record_words.c.word)
        .cte("grouped")
    )
    whole = sa.select(sa.func.sum(grouped.c.uses)).scalar_subquery()
    other = sa.select(sa.func.sum(grouped.c.other)).scalar_subquery()
    others: Any = nought
    if person is not None:
        others = (
            sa.select(sa.func.count(sa.distinct(rows.c.person))).where(rows.c.high == 0).scalar_subquery()
        )
    both = grouped.c.uses + grouped.c.other
    return (
        sa.select(*grouped.c, whole.label("total"), other.label("other_total"), others.label("others"))
        .where(both >= ask.minimum)
        .order_by(both.desc(), grouped.c.word)
        .limit(ask.limit)
    )


def _spoken(ground: Ground) -> list[Where]:
    """Which records: the filters and the days."""
    return [*ground.where(), *([ground.within(ground.stretch)] if ground.stretch is not None else [])]


def _speaking(ground: Ground, person: Column) -> int:
    """How many people are compared."""
    counted = sa.select(sa.func.count(sa.distinct(person))).select_from(ground.columns.source())
    found = ground.asking.connection.scalar(counted.where(ground.visible().condition, *_spoken(ground)))
    return int(found or 0)


def _speakers(rows: Any, side: int) -> sa.ColumnElement[Any]:
    """How many people of this side use a word."""
    return sa.func.count(sa.distinct(sa.case((rows.c.high == side, rows.c.person), else_=None)))


def _person(ground: Ground, groups: Groups) -> Column:
    found = ground.columns.find(groups.by)
    if found.many:
        raise Rejected([problem("report.no_person", field=groups.by)])
    return found.column


def _leaders(ground: Ground, groups: Groups, speaking: int, names: Names) -> Leaders:
    """Who leads by the measure, over the rows this viewer may read: no more than the share of those who are compared,
    and nobody who has none of it."""
    high = groups.high
    told = Ground(ground.asking, high.dataset())
    ask = GroupAsk(high.dataset(), (Dimension(field=high.person),), (high.measure,))
    answer = answer_groups(told, ask, names)
    measure, axis = answer.measures[0], answer.axes[0]
    ranked = [
        (Decimal(value), key)
        for key in axis.keys
        if isinstance(key, str) and (value := answer.value(measure, key)) is not None and value > 0
    ]
    if not ranked:
        return Leaders()
    ranked.sort(key=lambda one: (-one[0], one[1]))
    first = ranked[: max(1, floor(Decimal(str(high.share)) * speaking))]
    people = tuple(key for _, key in first)
    over = stretch_text(told.stretch, ground.asking.language) if told.stretch else ""
    return Leaders(people, tuple(axis.text(key) for key in people), measure, first[-1][0], over)
