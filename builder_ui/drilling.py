"""From a number of a board to its records: the address of a list with the same conditions.

What the list's own filter panel can say becomes conditions in its URL, each removable. The rest
(a widget's own filter, conditions through links) travels as the name of the datum, and is worked
out again for whoever opens the list: no expression is ever taken from a URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from builder_ui.boards import report_url
from builder_ui.conditions import ENGINE, Asked, operators_of
from builder_ui.models.parts import Link
from builder_ui.templating import href
from engine.records.query import Condition
from engine.reports.views import DrillTarget
from metamodel.forms import Form
from metamodel.labels import label_text

if TYPE_CHECKING:
    from builder_ui.site import Visit

DRILL = "drill"
KEY = "key"


@dataclass(frozen=True)
class Drill:
    """One datum of a board: which widget, its key, the filters it was seen under."""

    app: str
    report: str
    widget: str
    key: str
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Drill | None:
        """As it stands in a list's URL; None for anything else."""
        path, _, query = text.partition("?")
        names = path.split("/")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        if len(names) != 3 or not all(names) or KEY not in pairs:
            return None
        app, report, widget = names
        return cls(app, report, widget, pairs.pop(KEY), pairs)

    def in_url(self) -> str:
        return f"{self.app}/{self.report}/{self.widget}?{urlencode({KEY: self.key, **self.filters})}"

    def address(self, visit: Visit) -> str:
        """The list of the records behind it, or the search for its word. Rejected where that is closed."""
        target = visit.runtime.reports.drill(
            visit.viewer, self.app, self.report, self.widget, self.filters, self.key
        )
        if target.page:
            return _page(target)
        form = visit.form(target.app, target.form)[1]
        if target.text:
            return href(f"/apps/{target.app}/search", form=target.form, q=_query(form, target))
        told = Told(visit, self, target, form)
        where = [asked.in_url() for asked in told.conditions]
        return href(f"/apps/{target.app}/forms/{target.form}", where=where, drill=self.in_url())


@dataclass(frozen=True)
class Told:
    """A drill's target seen from the list of its form: what the list can say itself, and the rest."""

    visit: Visit
    drill: Drill
    target: DrillTarget
    form: Form

    @cached_property
    def conditions(self) -> list[Asked]:
        return [asked for each in self.target.conditions if (asked := as_asked(self.form, each))]

    @cached_property
    def rest(self) -> tuple[Condition, ...]:
        return tuple(each for each in self.target.conditions if as_asked(self.form, each) is None)

    @property
    def chips(self) -> tuple[str, ...]:
        """The rest in words: what no condition of the list says."""
        said = {asked.field for asked in self.conditions}
        joint = "：" if self.visit.language == "zh" else ": "
        return tuple(
            joint.join(part for part in (label, text) if part)
            for label, text, path in self.target.chips
            if path not in said
        )

    def back(self) -> Link:
        """To the board as it was."""
        app = self.visit.runtime.applications.get(self.drill.app)
        report = next((one for one in app.reports if one.id == self.drill.report), None)
        text = (
            label_text(report.label, self.visit.language, self.drill.report) if report else self.drill.report
        )
        return Link(text, report_url(self.drill.app, self.drill.report, self.drill.filters))


def told(visit: Visit, drill: Drill, form: Form) -> Told:
    """For the list of `form`; Rejected (report.*, access.*) where this viewer may not drill."""
    target = visit.runtime.reports.drill(
        visit.viewer, drill.app, drill.report, drill.widget, drill.filters, drill.key
    )
    return Told(visit, drill, target, form)


def as_asked(form: Form, condition: Condition) -> Asked | None:
    """The condition as the list's filter panel says it; None where it cannot."""
    found = form.field(condition.path)
    if found is None or (not all(condition.values) and condition.operator != "between"):
        return None
    operator = next((n for n in operators_of(found) if ENGINE[n] == condition.operator), "")
    return Asked(condition.path, operator, condition.values) if operator else None


def _page(target: DrillTarget) -> str:
    """Where what the installation knows of itself is shown row by row."""
    if target.page == "channel":
        return f"/apps/{target.app}/channels/{quote(dict(target.asked)['channel'], safe='')}"
    path = {"audit": "/admin/audit", "evidence": "/evidence"}[target.page]
    return f"{path}?{urlencode(target.asked)}" if target.asked else path


def _query(form: Form, target: DrillTarget) -> str:
    """The word, and its days where the form's search knows them by a name."""
    aliases = {path: alias for alias, path in form.search.items()}
    days = [
        f"{aliases[each.path]}:{'..'.join(each.values)}"
        for each in target.conditions
        if each.operator == "between" and each.path in aliases
    ]
    return " ".join([target.text, *days])
