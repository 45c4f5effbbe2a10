"""From a datum back to its records: the conditions of a list that holds exactly what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from engine.records.query import Condition
from engine.reports.buckets import days_of
from engine.reports.columns import Found
from engine.reports.ground import Ground, chosen_values
from engine.reports.stretches import Stretch, stretch_text
from engine.reports.told import Told, make_told
from engine.reports.views import DrillTarget
from engine.values import decoder
from metamodel.asks import OTHERS, GroupAsk, Key, WordAsk
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

Chip = tuple[str, str, str]  # label, text, path of the condition it shows; '': an expression


def read_key(text: str) -> tuple[str, list[Key]]:
    """The measure and the keys of a datum. Rejected (board.not_drillable)."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    plain = isinstance(found, list) and all(k is None or isinstance(k, str | int | bool) for k in found)
    if not plain or not found or not isinstance(found[0], str):
        raise Rejected([problem("board.not_drillable")])
    return found[0], found[1:]


class Drill:
    """The conditions gather; each with the chip that shows it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.stretch = ground.stretch
        self.conditions: list[Condition] = []
        self.filters = [ground.dataset.filter] if ground.dataset.filter else []
        self.chips: list[Chip] = []

    def target(self, text: str = "") -> DrillTarget:
        """Everything so far, the days and the board's filters."""
        self._board()
        if self.stretch is not None and self.ground.date is not None:
            self.conditions.insert(0, _on_days(self.ground.date, self.stretch.first, self.stretch.end))
            label = self.ground.date.field.text(self.ground.asking.language)
            shown = stretch_text(self.stretch, self.ground.asking.language)
            self.chips.insert(0, (label, shown, _path(self.ground.date)))
        both = (
            " and ".join(f"({one})" for one in self.filters)
            if len(self.filters) > 1
            else "".join(self.filters)
        )
        return DrillTarget(
            self.ground.app.id, self.ground.form.id, tuple(self.conditions), both, tuple(self.chips), text
        )

    def _board(self) -> None:
        asking = self.ground.asking
        for one, path in self.ground.filters:
            value = asking.value(one)
            if one.kind != "choice" or not value:
                continue
            found = self.ground.columns.find(path)
            self.conditions.append(
                Condition(_path(found), "any_of", tuple(chosen_values(asking, found, value)))
            )
            self.chips.append(
                (
                    label_text(one.label, asking.language, one.id),
                    filter_text(found, value, self),
                    _path(found),
                )
            )

    def key(self, told: Told, key: Key, text: str) -> None:
        """Only the rows of this key."""
        if key == OTHERS:
            raise Rejected([problem("board.not_drillable")])
        path = _path(told.found)
        exact = key is None or told.is_time or not (told.bucket or told.dimension.bins)
        self.chips.append((told.label(self.ground.asking.language), text, path if exact else ""))
        if key is None:
            self.conditions.append(Condition(path, "blank"))
        elif told.bucket and isinstance(key, int):
            self._bucket(told, path, key)
        elif told.dimension.bins and isinstance(key, int):
            self.filters.append(_class(told, path, key))
        else:
            self.conditions.append(Condition(path, "is", (_text(told.found, key),)))

    def _bucket(self, told: Told, path: str, key: int) -> None:
        if not told.is_time:
            call = f"HOUR({path})" if told.bucket == "hour" else f"WEEKDAY({path}, 2)"
            self.filters.append(f"{call} == {key}")
            return
        first, end = days_of(told.bucket, key)
        if self.ground.date is None or told.found.path != self.ground.date.path or self.stretch is None:
            self.conditions.append(_on_days(told.found, first, end))
            return
        within = Stretch(max(first, self.stretch.first), min(end, self.stretch.end))
        self.stretch = within if within.first < within.end else Stretch(first, end)
        self.chips.pop()  # the days say it

    def where(self, text: str, label: str) -> None:
        """A measure's own condition."""
        if text:
            self.filters.append(text)
            self.chips.append(("", label, ""))


def drill_groups(ground: Ground, ask: GroupAsk, measure: str, keys: Sequence[Key], names: Any) -> DrillTarget:
    """The records behind one datum of a group ask."""
    counted = next((one for one in ask.measures if one.id == measure), None)
    if counted is None or len(keys) > len(ask.dimensions):
        raise Rejected([problem("board.not_drillable")])
    drill = Drill(ground)
    for dimension, key in zip(ask.dimensions, keys, strict=False):
        told = make_told(ground, dimension)
        if not told.gives(key):
            raise Rejected([problem("board.not_drillable")])
        reference = told.found.reference
        known = names(reference, [key]) if reference is not None and isinstance(key, str) else {}
        try:
            drill.key(told, key, told.texts([key], known)[key])
        except (ValueError, OverflowError, IndexError):  # a key nobody was given
            raise Rejected([problem("board.not_drillable")]) from None
    if counted.aggregate != "ratio":
        drill.where(counted.where, label_text(counted.label, ground.asking.language, counted.id))
    return drill.target()


def drill_rows(ground: Ground) -> DrillTarget:
    """All records of a list, of which the widget shows the first."""
    return Drill(ground).target()


def drill_word(ground: Ground, ask: WordAsk, word: str) -> DrillTarget:
    return Drill(ground).target(text=word)


def filter_text(found: Found, value: str, drill: Drill) -> str:
    """A choice filter's value as people read it."""
    return choice_text(drill.ground, found, value)


def choice_text(ground: Ground, found: Found, value: str) -> str:
    names = ground.asking.organisation.names()
    labels = {c.value: str(c.text(ground.asking.language)) for c in _choices(found)}
    target = found.reference.target if found.reference else ""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    shown = [labels.get(part) or names.get((target, part)) or part for part in parts]
    return show_list(shown, ground.asking.language)


def rows_conditions(ground: Ground) -> tuple[tuple[Condition, ...], str]:
    """The conditions and the filter of a list on a board."""
    target = Drill(ground).target()
    return target.conditions, target.filter


def _choices(found: Found) -> Any:
    return found.field.type.choices(found.field) if found.field.type else ()


def _path(found: Found) -> str:
    return ".".join(found.path)


def _on_days(found: Found, first: date, end: date) -> Condition:
    last = end - timedelta(days=1)
    return Condition(_path(found), "between", (first.isoformat(), last.isoformat()))


def _class(told: Told, path: str, place: int) -> str:
    """A class of numbers as an expression."""
    bins = told.dimension.bins
    if not 0 <= place <= len(bins):
        raise Rejected([problem("board.not_drillable")])

    def bound(number: float | int) -> str:
        return f"HOURS({number})" if told.found.type.kind == "duration" else f"{number}"

    low = [f"{path} >= {bound(bins[place - 1])}"] if place else []
    high = [f"{path} < {bound(bins[place])}"] if place < len(bins) else []
    return " and ".join(low + high)


def _text(found: Found, key: Key) -> str:
    """A key as a form control would have it."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int) and found.field.type is not None:
        return str(found.field.type.to_json(decoder(found.field)(key), found.field))
    return str(key)
