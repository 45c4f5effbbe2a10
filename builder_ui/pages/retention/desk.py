"""What the pages of retention share: who may open them, their tabs, words for periods, causes and forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from builder_ui.cells import record_url
from builder_ui.models.parts import Link, Tab
from builder_ui.periods import period_words
from builder_ui.site import Visit
from engine.clock import from_microseconds
from engine.evidence.tombstones import Cause
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Problem, Rejected, problem
from metamodel.retention import RetentionRule

BASE = "/admin/retention"
STYLES = ("pages", "list", "form", "record", "retention")


@dataclass(frozen=True)
class Desk:
    """One visitor who manages retention in some app. Rejected (access.denied) for anybody else."""

    visit: Visit

    @classmethod
    def of(cls, visit: Visit) -> Desk:
        if not visit.runtime.manages_anywhere(visit.viewer, "retention"):
            raise Rejected([problem("access.denied")])
        return cls(visit)

    def tabs(self, current: str) -> tuple[Tab, ...]:
        text = self.visit.text
        named = (
            ("", text("Rules")), ("/holds", text("Holds")), ("/forecast", text("Forecast")),
            ("/shredded", text("Shredded and stored only")),
        )  # fmt: skip
        return tuple(Tab(label, BASE + at, at == current) for at, label in named)

    # -- names -------------------------------------------------------------------------------------

    def apps(self) -> list[App]:
        """Those in which this visitor manages retention."""
        runtime, viewer = self.visit.runtime, self.visit.viewer
        return [app for app in runtime.applications.all() if runtime.retention.manages(viewer, app.id)]

    def form(self, app: str, form: str) -> Form | None:
        found = next((one for one in self.visit.runtime.applications.all() if one.id == app), None)
        return found.form(form) if found else None

    def form_name(self, app: str, form: str) -> str:
        known = self.form(app, form)
        return known.text(self.visit.language) if known else f"{app}/{form}"

    def person(self, identifier: str) -> str:
        name = self.visit.names.get(("person", identifier), identifier)
        return self.visit.text("The system") if identifier == "system" else name

    def record(self, app: str, form: str, record: str, title: str = "") -> Link:
        return Link(title or f"#{record}", record_url(app, form, record))

    def said(self, problems: Iterable[Problem]) -> tuple[str, ...]:
        language = self.visit.language
        return tuple(dict.fromkeys(one.text(language) for one in problems))

    # -- words -------------------------------------------------------------------------------------

    def period(self, text: str) -> str:
        """`P5Y` as people say it."""
        return period_words(self.visit, text)

    def terms(self, rule: RetentionRule, form: Form | None) -> tuple[str, ...]:
        """What a rule says, in short: from when, how long, and what then."""
        text, field = self.visit.text, form.field(rule.start) if form and rule.start else None
        start = field.text(self.visit.language) if field else text("the day of recording")
        return tuple(
            filter(
                None,
                (
                    text("from %(start)s", start=start),
                    text("at least %(period)s", period=self.period(rule.keep)) if rule.keep else "",
                    text("at most %(period)s", period=self.period(rule.at_most)) if rule.at_most else "",
                    self.then(rule.then) if rule.then else "",
                ),
            )
        )

    def then(self, then: str) -> str:
        text = self.visit.text
        return {"shred": text("then shredded"), "store_only": text("then stored only")}.get(then, "")

    def why(self, cause: Cause) -> str:
        """The rule, or the request, that a record went by."""
        text = self.visit.text
        if cause.why == "rule":
            app, form, name = cause.rule.split("/")
            known = self.form(app, form)
            rule = known.retention_rule(name) if known else None
            return text("Rule: %(rule)s", rule=rule.text(self.visit.language) if rule else name)
        if cause.why == "request":
            app, form, record = cause.request.split("/")
            return text("Request: %(request)s", request=f"{self.form_name(app, form)} #{record}")
        return text("By hand")

    def people(self, cause: Cause) -> str:
        """Who asked, and who said yes when."""
        moments, text = self.visit.moments, self.visit.text
        asked = [] if cause.by == "system" else [text("asked by %(name)s", name=self.person(cause.by))]
        agreed = [
            f"{self.person(one.person)} {moments.day(from_microseconds(one.at))}" for one in cause.approvals
        ]
        return " · ".join([*asked, *agreed])
