"""How long a form's records are kept, drawn for the designer: each rule of a draft as a row, what is wrong at its
place in the row, and the usual periods that a row may be begun with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from builder_ui.design_canvas import form_place
from builder_ui.models.design_retention import KeepBody, KeepRow, Term, UsualPeriod
from builder_ui.models.design_roles import Wrong
from builder_ui.models.parts import Option
from builder_ui.periods import period_words
from builder_ui.site import Visit
from engine.designing import Looked
from engine.retention.presets import Preset, presets
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected
from metamodel.retention import RULE_IN_SHORT, Period

Raw = Mapping[str, Any]
UNITS = "YMWD"
TERMS = ("keep", "at_most", "then")


class Keeps:
    """The rules of one form of a draft, for one visit. Rejected (form.unknown) where the draft has no such form."""

    def __init__(self, visit: Visit, looked: Looked, form: str) -> None:
        self.visit, self.name = visit, form
        place, raw = form_place(looked, form)
        self.form = looked.app.form(form) if looked.app else None
        self.label = label_text(raw.get("label"), visit.language, form)
        self._start = f"/forms/{place}/retention"
        found = raw.get("retention")
        self._short = isinstance(found, dict)
        self.raws = [{**RULE_IN_SHORT, **found}] if isinstance(found, dict) else _objects(found)
        self._problems = [one for one in looked.problems if one.path.startswith(self._start)]
        self._presets, self._unread = self._usual()

    def body(self) -> KeepBody:
        rows = tuple(self._row(number, raw) for number, raw in enumerate(self.raws))
        return KeepBody(self.name, rows, tuple(self._periods()), self._unread)

    # -- one rule ----------------------------------------------------------------------------------

    def _row(self, number: int, raw: Raw) -> KeepRow:
        place = self._start if self._short else f"{self._start}/{number}"
        about = [one for one in self._problems if one.path == place or one.path.startswith(place + "/")]
        at = {
            name: self._wrong(about, f"{place}/{name}")
            for name in ("where", "from", "keep", "at_most", "then")
        }
        named = {f"{place}/{name}" for name in at}
        rest = tuple(self._said(one) for one in about if one.path not in named)
        preset = next((one for one in self._presets if one.id == raw.get("preset")), None)
        return KeepRow(
            _text(raw, "id"), *self._words(raw, "label"), _text(raw, "where"), tuple(self._starts(raw)),
            self._term(raw, "keep", at["keep"]), self._term(raw, "at_most", at["at_most"]), tuple(self._thens(raw)),
            *self._words(raw, "source"), preset.text(self.visit.language) if preset else _text(raw, "preset"),
            preset is not None and _terms(preset) != {name: raw[name] for name in TERMS if raw.get(name)},
            at["where"], at["from"], at["then"], rest,
        )  # fmt: skip

    def _words(self, raw: Raw, key: str) -> tuple[str, str]:
        """What stands there in the language of the page, and the path of that."""
        value, language = raw.get(key), self.visit.language[:2]
        if not isinstance(value, dict):
            return str(value or ""), key
        own = language if language in value or not value else next(iter(value))
        return str(value.get(own) or ""), f"{key}/{own}"

    def _starts(self, raw: Raw) -> Iterator[Option]:
        """Plain dates; what stands there and is none is shown, to be put right."""
        chosen, language = _text(raw, "from"), self.visit.language
        yield Option("", self.visit.text("the day of recording"), not chosen)
        fields = self.form.fields if self.form else ()
        fitting = {
            one.id: one.text(language)
            for one in fields
            if one.usable and not one.sealed and one.expression_type().kind in ("date", "datetime")
        }
        for name, label in fitting.items():
            yield Option(name, label, name == chosen)
        if chosen and chosen not in fitting:
            field = self.form.field(chosen) if self.form else None
            yield Option(chosen, field.text(language) if field else chosen, True)

    def _term(self, raw: Raw, key: str, problems: tuple[Wrong, ...]) -> Term:
        text = self.visit.text
        names = {"Y": text("years"), "M": text("months"), "W": text("weeks"), "D": text("days")}
        number, unit = _simple(_text(raw, key))
        written = _text(raw, key) if unit == "" else ""
        units = tuple(Option(one, names[one], one == (unit or "Y")) for one in UNITS)
        return Term(key, number, units, written, problems)

    def _thens(self, raw: Raw) -> Iterator[Option]:
        text, chosen = self.visit.text, _text(raw, "then")
        words = {
            "": text("nothing: it only protects"), "shred": text("they are shredded"),
            "store_only": text("they are stored only"),
        }  # fmt: skip
        for value, label in words.items():
            yield Option(value, label, value == chosen)

    # -- the usual periods -------------------------------------------------------------------------

    def _usual(self) -> tuple[list[Preset], tuple[str, ...]]:
        try:
            return presets(self.visit.runtime.config.data), ()
        except Rejected as refused:  # a file of the house's own that cannot be read
            return [], tuple(one.text(self.visit.language) for one in refused.problems)

    def _periods(self) -> Iterator[UsualPeriod]:
        text, language = self.visit.text, self.visit.language
        for one in self._presets:
            least = text("at least %(period)s", period=period_words(self.visit, one.keep)) if one.keep else ""
            most = (
                text("at most %(period)s", period=period_words(self.visit, one.at_most))
                if one.at_most
                else ""
            )
            rule = {"id": one.id, "label": one.label, **_terms(one), "source": one.source, "preset": one.id}
            terms = " · ".join(filter(None, (least, most)))
            yield UsualPeriod(
                one.id,
                one.text(language),
                terms,
                one.source_text(language),
                json.dumps(rule, ensure_ascii=False),
            )

    # -- what is wrong -----------------------------------------------------------------------------

    def _wrong(self, about: list[Problem], path: str) -> tuple[Wrong, ...]:
        return tuple(self._said(one) for one in about if one.path == path)

    def _said(self, found: Problem) -> Wrong:
        return Wrong(found.text(self.visit.language), found.severity == "error")


def _terms(preset: Preset) -> dict[str, str]:
    return {name: getattr(preset, name) for name in TERMS if getattr(preset, name)}


def _simple(period: str) -> tuple[str, str]:
    """(how many, of which unit) of a period; unit '' for one that is not so simple, ('', 'Y') for a blank one."""
    read = Period.read(period)
    if not period:
        return "", "Y"
    if read is None or (read.months and read.days):
        return "", ""
    if read.months:
        years, months = divmod(read.months, 12)
        return (str(read.months), "M") if months else (str(years), "Y")
    weeks, days = divmod(read.days, 7)
    return (str(weeks), "W") if period.endswith("W") and not days else (str(read.days), "D")


def _objects(found: Any) -> list[Raw]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""
