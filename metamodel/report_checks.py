"""Do reports make sense: what their widgets ask of which forms, and whether a database can answer it.

Everything is checked on the asks a widget makes of its options, so a widget of a third party is
held to the same rules as ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metamodel.asks import AbsentAsk, Dataset, Dimension, GroupAsk, HouseAsk, Mark, Measure, RowAsk, WordAsk
from metamodel.checking import Checking, check_ids, check_labels
from metamodel.expressions import Scope
from metamodel.expressions.types import BOOLEAN, DATE, NUMBER, Type
from metamodel.forms import Form
from metamodel.plugin_api import LinkedFrom, Live, Lookup, Rollup
from metamodel.problems import Problem, pointer, problem
from metamodel.reports import Report, ReportFilter, WidgetDefinition, is_period
from metamodel.row_conditions import beyond_database, types_along
from metamodel.scope import FormScope
from metamodel.shape import nearest

TIMES = frozenset({"date", "datetime"})
NUMBERS = frozenset({"number", "duration"})
TOLD_BY = TIMES | NUMBERS | {"text", "boolean", "person", "department", "record", "any"}
# aggregate -> kinds of fields it is for; an absent one takes any
MEASURED: Mapping[str, frozenset[str]] = {
    "sum": NUMBERS, "avg": NUMBERS, "median": NUMBERS, "p90": NUMBERS, "min": NUMBERS | TIMES,
    "max": NUMBERS | TIMES,
}  # fmt: skip
WITHOUT_FIELD = frozenset({"count", "ratio", "expression"})


def check_reports(checking: Checking) -> list[Problem]:
    reports = checking.app.reports
    found = check_ids(reports, {"zh": "报表", "en": "report"}) + check_labels(reports, needed=False)
    for report in reports:
        found += check_ids(report.filters, {"zh": "筛选", "en": "filter"})
        found += check_ids(report.widgets, {"zh": "组件", "en": "widget"})
        found += [one for f in report.filters for one in _check_filter(f, checking)]
        found += [one for widget in report.widgets for one in _check_widget(report, widget, checking)]
    return found


# -- which form ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ground:
    """A form, ours or a required app's, as far as it is known here."""

    checking: Checking
    app: str
    form: str
    scope: FormScope

    @classmethod
    def of(cls, checking: Checking, app: str, form: str) -> Ground | None:
        """None where there is no such form."""
        if not checking.forms.knows(app, form):
            return None
        home = checking.app if app in ("", checking.app.id) else (checking.apps or {}).get(app)
        there = home.form(form) if home else None
        if home is checking.app and there is not None:
            scope = checking.scope(there)
        elif home is not None and there is not None:
            scope = FormScope(home, there, checking.apps, checking.registry)
        else:
            scope = _FarScope(checking, app, form)
        return cls(checking, app or checking.app.id, form, scope)

    def check_path(self, path: str, place: str) -> list[Problem]:
        """Is there this field, may a database read it, and is it listed in `requires`?"""
        steps = path.split(".")
        types = types_along(self.scope, steps)
        if len(types) < len(steps):
            missing = steps[len(types)]
            known = self.scope.attributes(types[-1]) if types else self.scope.names()
            return [
                problem(
                    "reference.unknown_field",
                    place,
                    name=missing,
                    form=self.form,
                    known=nearest(missing, known),
                )
            ]
        if any(one.sealed for one in types):
            return [problem("report.sealed", place, field=path)]
        if any(one.kind == "list" for one in types[:-1]) or self._rolled_up(steps, types):
            return [problem("report.later", place, field=path)]
        return [*self._unlisted([steps], place), *self.checking.unlisted(self.scope, [steps], place)]

    def type_of(self, path: str) -> Type | None:
        """The type at the end of a path; of a list that of its items."""
        steps = path.split(".")
        types = types_along(self.scope, steps)
        if len(types) < len(steps):
            return None
        last = types[-1]
        return last.of if last.kind == "list" and last.of is not None else last

    def is_list(self, path: str) -> bool:
        types = types_along(self.scope, path.split("."))
        return bool(types) and types[-1].kind == "list"

    def check_condition(self, text: str, place: str) -> list[Problem]:
        checked, found = self.checking.expression(text, place, self.scope, BOOLEAN)
        if checked is None:
            return found
        found += self._unlisted(checked.names, place)
        return [*found, *beyond_database(checked, self.scope, place, self.checking.registry)]

    def _rolled_up(self, steps: Sequence[str], types: Sequence[Type]) -> bool:
        """A rollup or a live formula anywhere, or a lookup that is not the whole path."""
        home: tuple[str, str] | None = (self.app, self.form)
        for step, known in zip(steps, types, strict=True):
            field = self.scope.forms.field(*home, step) if home else None
            derived = field.derived if field is not None else None
            if isinstance(derived, Rollup | LinkedFrom | Live) or (
                isinstance(derived, Lookup) and len(steps) > 1
            ):
                return True
            home = (known.app, known.form) if known.kind == "record" else None
        return False

    def _unlisted(self, paths: Iterable[Sequence[str]], place: str) -> Iterator[Problem]:
        need = self.checking.app.required(self.app)
        if self.app == self.checking.app.id or need is None or self.form not in need.forms:
            return
        for name in sorted({path[0] for path in paths} - {"me", "record", "id"}):
            if name not in need.forms[self.form]:
                yield problem("requires.unlisted", place, app=self.app, form=self.form, field=name)


class _FarScope(FormScope):
    """A form of an app that is not at hand: what `requires` says of it."""

    def __init__(self, checking: Checking, app: str, form: str) -> None:
        super().__init__(checking.app, Form(form, form), checking.apps, checking.registry)
        self._far = app

    def names(self) -> list[str]:
        return [*self.forms.names(self._far, self.form.id), "me", "record"]

    def name(self, name: str) -> Type | None:
        return self.forms.field_type(self._far, self.form.id, name) or super().name(name)


# -- filters ---------------------------------------------------------------------------------------


def _check_filter(one: ReportFilter, checking: Checking) -> Iterator[Problem]:
    if one.kind == "period" and one.default and not is_period(one.default):
        yield problem("report.unknown_period", one.path + "/default", value=one.default)
    for name, path in one.fields.items():
        place = one.path + pointer("fields", name)
        app, _, form = name.rpartition(".")
        ground = Ground.of(checking, app, form)
        if ground is None:
            yield from checking.form_reference(form, place, app)
            continue
        yield from (wrong := ground.check_path(path, place))
        known = ground.type_of(path)
        if not wrong and known is not None and one.kind == "period" and known.kind not in TIMES | {"any"}:
            yield problem("report.no_date", place, field=path)


# -- widgets ---------------------------------------------------------------------------------------


def _check_widget(report: Report, widget: WidgetDefinition, checking: Checking) -> Iterator[Problem]:
    if widget.type is None or widget.options is None:
        return
    place = widget.path + "/options"
    yield from (one.under(place) for one in widget.type.check_options(widget.options))
    for ask in widget.type.asks(widget.options):
        yield from _AskCheck(report, widget.options, place, checking).check(ask)


@dataclass(frozen=True)
class _AskCheck:
    report: Report
    options: Any
    place: str
    checking: Checking

    def check(self, ask: Any) -> Iterator[Problem]:
        if isinstance(ask, GroupAsk):
            yield from self._groups(ask)
        elif isinstance(ask, RowAsk):
            yield from self._rows(ask)
        elif isinstance(ask, WordAsk):
            yield from self._words(ask)
        elif isinstance(ask, AbsentAsk):
            yield from self._absent(ask)
        elif isinstance(ask, HouseAsk) and ask.period and not is_period(ask.period):
            yield problem("report.unknown_period", self.place + "/period", value=ask.period)

    def _groups(self, ask: GroupAsk) -> Iterator[Problem]:
        place = self.place + "/dataset"
        yield from self._dataset(ask.dataset, place)
        ground = self._ground(ask.dataset)
        if ground is None:
            return
        dated = bool(self._date(ask.dataset))
        if ask.compare and not dated:
            yield problem("report.no_period", place)
        for dimension in ask.dimensions:
            yield from self._dimension(dimension, ground, dated)
        yield from self._measures(ask.measures, ground)
        yield from self._sort(ask)
        for number, mark in enumerate(ask.marks):
            yield from self._mark(mark, self.place + pointer("marks", number))

    def _mark(self, mark: Mark, place: str) -> Iterator[Problem]:
        if bool(mark.at) == (mark.rows is not None):
            yield problem("report.mark", place)
        if mark.at:
            yield from self.checking.expression(mark.at, place + "/at", MeasureScope(()), DATE)[1]
        if mark.rows is None:
            return
        dataset, place = mark.rows.dataset(), place + "/rows"
        ground = self._ground(dataset)
        if ground is None:
            yield from self.checking.form_reference(dataset.form, place + "/form", dataset.app)
            return
        yield from ground.check_condition(dataset.filter, place + "/filter")
        yield from self._dated(dataset.on, ground, place + "/day")
        yield from ground.check_path(mark.rows.name, place + "/name")

    def _rows(self, ask: RowAsk) -> Iterator[Problem]:
        yield from self._dataset(ask.dataset, self.place + "/dataset")
        ground = self._ground(ask.dataset)
        for number, column in enumerate(ask.columns if ground else ()):
            place = self.place + pointer("columns", number)
            if ground is not None and ground.scope.name(column) is None:
                known = nearest(column, ground.scope.names())
                yield problem("reference.unknown_field", place, name=column, form=ground.form, known=known)
        if ground is not None and ask.sort:
            yield from ground.check_path(ask.sort.lstrip("-"), self.place + "/sort")
        for number, rule in enumerate(ask.buttons if ground else ()):
            if ground is not None and (ground.app, ground.form) not in self._pressed(rule):
                place = self.place + pointer("buttons", number)
                yield problem("layout.no_button", place, rule=rule, form=ground.form)

    def _absent(self, ask: AbsentAsk) -> Iterator[Problem]:
        yield from self._dataset(ask.dataset, self.place + "/dataset")
        ground = self._ground(ask.dataset)
        if ground is not None:
            yield from self._person(ground, ask.person, self.place + "/person")
            if not self._date(ask.dataset):
                yield problem("report.no_period", self.place + "/dataset")
        for number, role in enumerate(ask.roles):
            if self.checking.app.role(role) is None:
                yield problem("reference.unknown_role", self.place + pointer("roles", number), name=role)

    def _pressed(self, rule: str) -> list[tuple[str, str]]:
        """The form whose records show a button of this rule."""
        app = self.checking.app
        found = [one for one in app.rules if one.id == rule and one.trigger and one.trigger.event == "button"]
        return [(app.id, one.form) for one in found]

    def _words(self, ask: WordAsk) -> Iterator[Problem]:
        place = self.place + "/words"
        dataset = ask.words.dataset()
        yield from self._dataset(dataset, place)
        ground = self._ground(dataset)
        if ground is not None and ground.scope.name(ask.words.field) is None:
            known = nearest(ask.words.field, ground.scope.names())
            yield problem(
                "reference.unknown_field",
                place + "/field",
                name=ask.words.field,
                form=ground.form,
                known=known,
            )
        if ask.groups is not None and ground is not None:
            yield from self._high_group(ask, ground)

    def _high_group(self, ask: WordAsk, ground: Ground) -> Iterator[Problem]:
        assert ask.groups is not None
        place, high = self.place + "/groups", ask.groups.high
        yield from self._person(ground, ask.groups.by, place + "/by")
        yield from self._dataset(high.dataset(), place + "/high")
        there = self._ground(high.dataset())
        if there is not None:
            yield from self._person(there, high.person, place + "/high/person")
            yield from self._measure(high.measure, there, place + "/high/measure")

    def _person(self, ground: Ground, path: str, place: str) -> Iterator[Problem]:
        yield from (wrong := ground.check_path(path, place))
        known = ground.type_of(path)
        if not wrong and known is not None and known.kind not in ("person", "any"):
            yield problem("report.no_person", place, field=path)

    # -- datasets ----------------------------------------------------------------------------------

    def _ground(self, dataset: Dataset) -> Ground | None:
        return Ground.of(self.checking, dataset.app, dataset.form)

    def _date(self, dataset: Dataset) -> str:
        period = self.report.period
        board = period.field_of(self.checking.app.id, dataset.app, dataset.form) if period else ""
        return dataset.on or board

    def _dataset(self, dataset: Dataset, place: str) -> Iterator[Problem]:
        ground = self._ground(dataset)
        if ground is None:
            yield from self.checking.form_reference(dataset.form, place + "/form", dataset.app)
            return
        yield from ground.check_condition(dataset.filter, place + "/filter")
        if dataset.on:
            yield from self._dated(dataset.on, ground, place + "/on")
        if dataset.period and not is_period(dataset.period):
            yield problem("report.unknown_period", place + "/period", value=dataset.period)
        elif dataset.period and not self._date(dataset):
            yield problem("report.no_period", place)
        known_filters = [one.id for one in self.report.filters]
        for number, name in enumerate(dataset.ignore):
            if name not in known_filters:
                where = place + pointer("ignore", number)
                yield problem("report.unknown_filter", where, name=name, known=nearest(name, known_filters))

    def _dated(self, path: str, ground: Ground, place: str) -> Iterator[Problem]:
        yield from (wrong := ground.check_path(path, place))
        known = ground.type_of(path)
        if not wrong and known is not None and known.kind not in TIMES | {"any"}:
            yield problem("report.no_date", place, field=path)

    # -- dimensions and measures -------------------------------------------------------------------

    def _where(self, name: str, part: Dimension | Measure) -> str:
        """Where a part of an ask stands in the options; a part a widget made itself is at the options."""
        own = getattr(self.options, name, ())
        place = next((n for n, one in enumerate(own) if one is part), None)
        return self.place if place is None else self.place + pointer(name, place)

    def _dimension(self, dimension: Dimension, ground: Ground, dated: bool) -> Iterator[Problem]:
        place = self._where("dimensions", dimension)
        if not dimension.field:
            if not dated:
                yield problem("report.no_period", place)
            return
        yield from (wrong := ground.check_path(dimension.field, place + "/field"))
        known = ground.type_of(dimension.field)
        if wrong or known is None or known.kind == "any":
            return
        name = dimension.field
        if known.kind not in TOLD_BY or "/" in known.form:  # a row of a sub-form has no key
            yield problem("report.not_told_by", place + "/field", field=name)
        if dimension.bucket and known.kind not in TIMES:
            yield problem("report.no_date", place + "/bucket", field=name)
        if dimension.bins and known.kind not in NUMBERS:
            yield problem("report.no_number", place + "/bins", field=name)
        if known.kind == "datetime" and not dimension.bucket:
            yield problem("report.needs_bucket", place, field=name)

    def _measures(self, measures: Sequence[Measure], ground: Ground) -> Iterator[Problem]:
        if all(measure.hidden for measure in measures):
            yield problem("report.no_measures", self.place)
        seen: set[str] = set()
        for measure in measures:
            place = self._where("measures", measure)
            if measure.id in seen:
                yield problem("id.duplicate", place + "/id", value=measure.id, what=MEASURE)
            seen.add(measure.id)
            yield from self._measure(measure, ground, place, measures)

    def _measure(
        self, measure: Measure, ground: Ground, place: str, measures: Sequence[Measure] = ()
    ) -> Iterator[Problem]:
        yield from ground.check_condition(measure.where, place + "/where")
        if measure.aggregate == "expression":
            yield from self._calculated(measure, place, measures)
        elif measure.aggregate == "ratio" and not measure.where:
            yield problem("report.needs_where", place, measure=measure.id)
        elif not measure.field and measure.aggregate not in WITHOUT_FIELD:
            yield problem("report.needs_field", place, measure=measure.id, aggregate=measure.aggregate)
        if not measure.field:
            return
        yield from (wrong := ground.check_path(measure.field, place + "/field"))
        known = ground.type_of(measure.field)
        allowed = MEASURED.get(measure.aggregate)
        several = ground.is_list(measure.field) and measure.aggregate != "count"
        if not wrong and known and (several or (allowed and known.kind not in allowed | {"any"})):
            yield problem(
                "report.not_measured", place + "/field", field=measure.field, aggregate=measure.aggregate
            )

    def _calculated(self, measure: Measure, place: str, measures: Sequence[Measure]) -> Iterator[Problem]:
        if not measure.expression:
            yield problem("report.needs_expression", place, measure=measure.id)
            return
        others = {one.id for one in measures if one.aggregate != "expression"}
        scope = MeasureScope(others)
        _, found = self.checking.expression(measure.expression, place + "/expression", scope, NUMBER)
        yield from found

    def _sort(self, ask: GroupAsk) -> Iterator[Problem]:
        known = [*(m.id for m in ask.measures), *(d.field for d in ask.dimensions if d.field)]
        name = ask.sort.lstrip("-")
        if name and name not in known:
            yield problem("report.bad_sort", self.place + "/sort", name=name, known=", ".join(known))


MEASURE = {"zh": "指标", "en": "measure"}


class MeasureScope(Scope):
    """The names of an expression over measures: each is a number; a duration counts in hours."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)

    def names(self) -> list[str]:
        return list(self._names)

    def name(self, name: str) -> Type | None:
        return NUMBER if name in self._names else None

    def attributes(self, of: Type) -> Iterable[str]:
        return ()

    def attribute(self, of: Type, name: str) -> Type | None:
        return None
