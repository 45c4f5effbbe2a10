"""The policy simulator: what every rule would do by a chosen day, and what keeps the rest."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from litestar import Response, get

from builder_ui.models.retention import ForecastLine, ForecastPage
from builder_ui.pages.retention.desk import BASE, STYLES, Desk
from builder_ui.site import Ask, Here, Visit
from engine.retention.simulating import Forecast


@get(f"{BASE}/forecast", sync_to_thread=True)
def forecast_page(request: Ask, site: Here) -> Response[Any]:
    """`?on=2027-01-01`; the first day of next year by itself."""
    visit = site.visit(request)
    desk, on = Desk.of(visit), _day(visit)
    found = visit.runtime.retention.simulate(visit.viewer, on)
    lines = tuple(_line(desk, one) for one in found)
    total = visit.count("one record", "%(num)s records", sum(one.going for one in found))
    page = ForecastPage(
        desk.tabs("/forecast"), on.isoformat(), visit.moments.day(on.isoformat()), lines, total
    )
    title = visit.text("Retention and holds")
    return visit.page("retention_forecast.html", page, title=title, styles=STYLES)


def _day(visit: Visit) -> date:
    with suppress(ValueError):
        return date.fromisoformat(visit.query.get("on", ""))
    return date(visit.moments.today.year + 1, 1, 1)


def _line(desk: Desk, found: Forecast) -> ForecastLine:
    state, language = found.state, desk.visit.language
    form = desk.form(state.app, state.form)
    examples = tuple(desk.record(state.app, state.form, *one) for one in found.examples)
    return ForecastLine(
        desk.form_name(state.app, state.form), state.rule.text(language), " · ".join(desk.terms(state.rule, form)),
        f"{found.due:,}", f"{found.protected:,}", _keepers(desk, found), f"{found.held:,}", f"{found.going:,}",
        desk.visit.text("stored only") if state.rule.then == "store_only" else desk.visit.text("shredded"),
        "amber" if state.rule.then == "store_only" else "red", state.acts, examples,
    )  # fmt: skip


def _keepers(desk: Desk, found: Forecast) -> str:
    """The rules whose minimum still runs for some of them."""
    form, language = desk.form(found.state.app, found.state.form), desk.visit.language
    named = []
    for identifier, count in found.keepers:
        rule = form.retention_rule(identifier) if form else None
        named.append(f"{rule.text(language) if rule else identifier} {count:,}")
    return " · ".join(named)


HANDLERS = (forecast_page,)
