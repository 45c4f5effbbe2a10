"""Reports: boards for those who may see them, each widget answered for its viewer, and the way to the records.

Called by the pages, the JSON API and `muniment report`. Deny by default: a report belongs to the roles
that name it, `rows` over what the person may read, `totals` as numbers over everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.records.query import Query
from engine.records.read import Reader
from engine.records.references import NOT_SHOWN
from engine.records.services import Services
from engine.reports.absent import answer_absent, drill_absent
from engine.reports.answers import answer_groups, answer_several
from engine.reports.boards import filter_views
from engine.reports.drill import drill_groups, drill_rows, drill_word, read_key, rows_conditions
from engine.reports.ground import Asking, Ground, House
from engine.reports.house_data import HouseData
from engine.reports.last_days import last_with_data
from engine.reports.phrases import Phrases
from engine.reports.together import may_stand_together
from engine.reports.views import Board, DrillTarget, LastWithData, WidgetPlace, WidgetView
from engine.reports.words import OpenWords, answer_words
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.asks import AbsentAsk, Answer, Ask, GroupAnswer, GroupAsk, HouseAsk, RowAnswer, RowAsk, WordAsk
from metamodel.labels import label_text
from metamodel.plugin_api import Display, Reference
from metamodel.problems import Rejected, problem
from metamodel.reports import Report, WidgetDefinition
from metamodel.roles import ReportAccess

DENIED = frozenset({"board.denied_field", "board.totals_only", "access.denied"})


class Reports:
    """Errors that people make are Rejected with Problems; a widget's own show on the widget."""

    def __init__(
        self, services: Services, reader: Reader, open_words: OpenWords, house_data: HouseData
    ) -> None:
        self._services, self._reader, self._open_words = services, reader, open_words
        self.house_data = house_data
        self._house = House(
            services.authority, services.catalog, services.registry, services.database.ops, services.zone
        )

    # -- who may see what --------------------------------------------------------------------------

    def list(self, viewer: Viewer, app: str) -> Sequence[tuple[str, str]]:
        """(id, label) of the reports this viewer may open."""
        found = self._services.apps().get(app)
        if found is None:
            return ()
        return tuple((r.id, r.text(viewer.language)) for r in found.reports if access_to(viewer, found, r.id))

    def _report(self, viewer: Viewer, app: str, report: str) -> tuple[App, Report, ReportAccess]:
        """Rejected (board.unknown) alike for what is not there and what is not theirs."""
        home = self._services.apps().get(app)
        found = home.report(report) if home else None
        access = access_to(viewer, home, report) if home and found else None
        if home is None or found is None or access is None:
            raise Rejected([problem("board.unknown", name=report)])
        return home, found, access

    # -- boards and widgets ------------------------------------------------------------------------

    def board(self, viewer: Viewer, app: str, report: str, filters: Mapping[str, str] | None = None) -> Board:
        """The board without its numbers; opening it is in the audit trail. Rejected: report.*"""
        home, found, access = self._report(viewer, app, report)
        with self._services.database.read() as connection:
            asking = self._asking(connection, viewer, home, found, access, filters or {})
            shown = filter_views(asking, self._names(asking))
        places = tuple(
            place_of(widget, viewer.language)
            for widget in found.widgets
            if (access != "totals" and self._offered(viewer, home, widget)) or not _of_the_house(widget)
        )
        detail = {"report": report, "filters": {one.id: one.value for one in shown}}
        self._services.audit.note(viewer, Occurrence("report", app, detail=detail))
        return Board(
            app, report, found.text(viewer.language), label_text(found.description, viewer.language),
            shown, places, access == "totals",
        )  # fmt: skip

    def _offered(self, viewer: Viewer, app: App, widget: WidgetDefinition) -> bool:
        """What the installation knows of itself is offered to nobody who has no duty about it."""
        return all(self.house_data.may(viewer, app, ask) for ask in _of_the_house(widget))

    def widget(
        self, viewer: Viewer, app: str, report: str, widget: str, filters: Mapping[str, str] | None = None
    ) -> WidgetView:
        """One widget with its numbers. What is wrong with it alone stands in its problems."""
        home, found, access = self._report(viewer, app, report)
        definition = _widget(found, widget)
        place = place_of(definition, viewer.language)
        view = WidgetView(
            place.id, place.type, place.label, place.width, place.height, "broken",
            note=label_text(getattr(definition.options, "note", ""), viewer.language),
        )  # fmt: skip
        if definition.type is None or definition.options is None:
            return replace(view, problems=(problem("widget.unknown_type", name=place.type, known=""),))
        with self._services.database.read() as connection:
            asking = self._asking(connection, viewer, home, found, access, filters or {})
            try:
                return self._drawn(asking, definition, view)
            except Rejected as refused:
                denied = any(one.code in DENIED for one in refused.problems)
                return replace(view, state="denied" if denied else "broken", problems=refused.problems)

    def _drawn(self, asking: Asking, definition: WidgetDefinition, view: WidgetView) -> WidgetView:
        kind, options = definition.type, definition.options
        assert kind is not None
        asks = kind.asks(options)
        answers = self._answered(asking, asks)
        drawing = kind.draw(options, answers, Display(asking.language, self._services.zone))
        return replace(
            view,
            state="empty" if drawing.empty else "ready",
            drawing=drawing,
            definition=self._definition(asking, asks[0]),
            empty=self._last(asking, asks[0]) if drawing.empty or _nought(answers) else None,
            people=str(drawing.model.get("who", "")),
            aside=_aside(asking, asks[0]),
            drillable=not asking.totals,
            answers=tuple(answers),
        )

    # -- answers -----------------------------------------------------------------------------------

    def answers(
        self, viewer: Viewer, app: str, report: str, widget: str, filters: Mapping[str, str] | None = None
    ) -> Sequence[Answer]:
        """The numbers themselves, before they are drawn: for tests of an app and the command line.
        Rejected for whatever a widget would show as its problem."""
        home, found, access = self._report(viewer, app, report)
        definition = _widget(found, widget)
        if definition.type is None or definition.options is None:
            raise Rejected([problem("widget.unknown_type", name=definition.type_name, known="")])
        with self._services.database.read() as connection:
            asking = self._asking(connection, viewer, home, found, access, filters or {})
            return self._answered(asking, definition.type.asks(definition.options))

    def _answered(self, asking: Asking, asks: Sequence[Ask]) -> Sequence[Answer]:
        if may_stand_together(asks):
            groups = [ask for ask in asks if isinstance(ask, GroupAsk)]
            return [*answer_several(Ground(asking, groups[0].dataset), groups, self._names(asking))]
        return [self._answer(asking, ask) for ask in asks]

    def _answer(self, asking: Asking, ask: Ask) -> Answer:
        if isinstance(ask, HouseAsk):
            return self.house_data.answer(asking, ask)
        if isinstance(ask, GroupAsk):
            return answer_groups(Ground(asking, ask.dataset), ask, self._names(asking))
        if isinstance(ask, WordAsk):
            ground = Ground(asking, ask.words.dataset())
            return answer_words(ground, ask, self._open_words, self._names(asking))
        if isinstance(ask, AbsentAsk):
            return answer_absent(Ground(asking, ask.dataset), ask, self._names(asking))
        return self._rows(asking, ask)

    def _rows(self, asking: Asking, ask: RowAsk) -> RowAnswer:
        """Records as a list would show them: masked where they are masked, hidden where they are hidden."""
        if asking.totals:
            raise Rejected([problem("board.totals_only")])
        ground = Ground(asking, ask.dataset)
        conditions, text = rows_conditions(ground)
        program = self._services.programs.get(ground.app.id, ground.form.id)
        query = Query(
            conditions=conditions, filter=text, sort=(ask.sort,) if ask.sort else (), limit=ask.limit,
            columns=tuple(dict.fromkeys([*ask.columns, *program.title_fields])),
        )  # fmt: skip
        page = self._reader.page(asking.viewer, ground.app.id, ground.form.id, query)
        columns = tuple((name, _label(ground, name)) for name in ask.columns)
        rows = tuple(
            (one.id, one.title, tuple(one.display.get(name, "") for name in ask.columns))
            for one in page.items
        )
        return RowAnswer(ground.app.id, ground.form.id, columns, rows, page.total, page.total_exact)

    def _names(self, asking: Asking) -> Any:
        """The names behind ids, as this viewer may know them."""

        def names(reference: Reference, ids: list[str]) -> Mapping[tuple[str, str], str]:
            if reference.target != "record":
                return asking.organisation.names()
            return self._titles(asking, reference, [int(one) for one in ids if is_whole_number(one)])

        return names

    def _titles(
        self, asking: Asking, reference: Reference, ids: Sequence[int]
    ) -> Mapping[tuple[str, str], str]:
        """Titles of records, of those only that the viewer may see."""
        program = self._services.programs.get(reference.app or asking.app.id, reference.form)
        rows = self._reader.rows.by_ids(
            asking.connection, asking.viewer, program, ids, program.title_fields, derived=False
        )
        shown = self._reader.references.titles(asking.connection, asking.viewer, program, list(rows.values()))
        hidden = label_text(NOT_SHOWN, asking.language)
        return {("record", str(one)): shown.get(one, hidden) for one in ids}

    def _definition(self, asking: Asking, ask: Ask) -> str:
        """What the numbers mean, in words."""
        if isinstance(ask, HouseAsk):
            return self.house_data.definition(asking, ask)
        if isinstance(ask, WordAsk):
            return Phrases(Ground(asking, ask.words.dataset())).words(ask)
        phrases = Phrases(Ground(asking, ask.dataset))
        if isinstance(ask, AbsentAsk):
            return phrases.absent(ask)
        return phrases.rows(ask) if isinstance(ask, RowAsk) else phrases.groups(ask)

    def _last(self, asking: Asking, ask: Ask) -> LastWithData | None:
        if isinstance(ask, HouseAsk):
            return None
        dataset = ask.words.dataset() if isinstance(ask, WordAsk) else ask.dataset
        return last_with_data(Ground(asking, dataset))

    # -- drilling ----------------------------------------------------------------------------------

    def drill(
        self, viewer: Viewer, app: str, report: str, widget: str, filters: Mapping[str, str], key: str
    ) -> DrillTarget:
        """Where a click on a datum leads; in the audit trail. Rejected: board.totals_only,
        board.not_drillable."""
        home, found, access = self._report(viewer, app, report)
        definition = _widget(found, widget)
        if access == "totals":
            raise Rejected([problem("board.totals_only")])
        if definition.type is None or definition.options is None:
            raise Rejected([problem("board.not_drillable")])
        measure, keys = read_key(key)
        with self._services.database.read() as connection:
            asking = self._asking(connection, viewer, home, found, access, filters)
            target = self._target(asking, definition.type.asks(definition.options), measure, keys)
        detail = {"report": report, "widget": widget, "key": key, "filters": dict(filters)}
        self._services.audit.note(viewer, Occurrence("drill", target.app, target.form, detail=detail))
        return target

    def _target(self, asking: Asking, asks: Sequence[Ask], measure: str, keys: Sequence[Any]) -> DrillTarget:
        for ask in asks:
            if isinstance(ask, HouseAsk):
                return self.house_data.target(asking, ask, measure, keys)
            if isinstance(ask, AbsentAsk) and len(keys) == 1:
                return drill_absent(Ground(asking, ask.dataset), ask, list(keys), self._names(asking))
            if isinstance(ask, RowAsk) and not keys:
                return drill_rows(Ground(asking, ask.dataset))
            if isinstance(ask, WordAsk) and len(keys) == 1:
                return drill_word(Ground(asking, ask.words.dataset()), ask, str(keys[0]))
            if isinstance(ask, GroupAsk) and len(ask.dimensions) == len(keys):
                return drill_groups(Ground(asking, ask.dataset), ask, measure, keys, self._names(asking))
        raise Rejected([problem("board.not_drillable")])

    # -- shared ------------------------------------------------------------------------------------

    def _asking(
        self, connection: sa.Connection, viewer: Viewer, app: App, report: Report, access: ReportAccess,
        filters: Mapping[str, str],
    ) -> Asking:  # fmt: skip
        services = self._services
        context = services.context(connection, viewer, services.database.clock.now(), app.id)
        return Asking(
            self._house, connection, services.apps(), services.people.organisation(), viewer, context, app,
            report, filters, context.is_working_day, access == "totals",
        )  # fmt: skip


def _of_the_house(widget: WidgetDefinition) -> list[HouseAsk]:
    asks = widget.type.asks(widget.options) if widget.type and widget.options is not None else []
    return [ask for ask in asks if isinstance(ask, HouseAsk)]


def _aside(asking: Asking, ask: Ask) -> tuple[str, ...]:
    """The filters of the board that were changed and do not narrow this ask: it has no such dimension, or days of
    its own."""
    changed = [one for one in asking.report.filters if asking.value(one) != one.default]
    if isinstance(ask, HouseAsk):
        narrowing = {one.id for one in changed if one.kind == "period" and not ask.period}
    else:
        ground = Ground(asking, ask.words.dataset() if isinstance(ask, WordAsk) else ask.dataset)
        narrowing = {
            one.id for one, _ in ground.filters if one.kind != "period" or ground.period_filter == one
        }
    return tuple(label_text(one.label, asking.language, one.id) for one in changed if one.id not in narrowing)


def _nought(answers: Sequence[Answer]) -> bool:
    """Is every number what it would be without a row? A single 0 is shown, and when there was more."""
    return all(
        isinstance(answer, GroupAnswer)
        and all(cell[m.id] == m.nothing for cell in answer.values.values() for m in answer.measures)
        for answer in answers
    )


def access_to(viewer: Viewer, app: App, report: str) -> ReportAccess | None:
    """What this viewer's roles let him see of a report; None: it is not there for him."""
    if viewer.system:
        return "rows"
    roles = [app.role(name) for name in viewer.roles_in(app.id)]
    granted = {role.reports[report] for role in roles if role is not None and report in role.reports}
    return "rows" if "rows" in granted else "totals" if granted else None


def place_of(widget: WidgetDefinition, language: str) -> WidgetPlace:
    return WidgetPlace(
        widget.id, widget.type_name, widget.text(language), getattr(widget.options, "width", 6),
        getattr(widget.options, "height", 3),
    )  # fmt: skip


def _widget(report: Report, widget: str) -> WidgetDefinition:
    found = report.widget(widget)
    if found is None:
        raise Rejected([problem("board.unknown_widget", name=widget)])
    return found


def _label(ground: Ground, name: str) -> str:
    field = ground.form.field(name)
    return field.text(ground.asking.language) if field else name
