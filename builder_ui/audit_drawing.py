"""Entries of the audit trail as lines: names for ids, words for actions, nothing of a record's values.

A record is named by its title where this viewer may read it, by its number where not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from builder_ui.cells import record_url
from builder_ui.models.audit import AuditLine, LooksView
from builder_ui.templating import href
from engine.access.audit import AuditEntry
from engine.access.audit_search import Look, told
from engine.access.audit_words import action_word, detail_word, outcome_word
from engine.access.viewer import PUBLIC
from engine.clock import from_microseconds
from metamodel.forms import Form
from metamodel.labels import label_text
from metamodel.plugin_api import OPERATORS

if TYPE_CHECKING:
    from builder_ui.site import Visit

AUDIT = "/admin/audit"
HUES = {
    "export": "amber", "download": "amber", "print": "amber", "unmask": "amber", "record.shred": "red",
    "user.sign_in_failed": "red", "emergency.break": "red", "update": "blue", "create": "green", "grant": "purple",
    "app.publish": "purple", "search": "teal",
}  # fmt: skip
LONGEST = 160
PASSING = ("count", "page")  # of a detail; a look with another number is the same look


class Lines:
    """Draws entries for one viewer; titles of all records named are read at once."""

    def __init__(self, visit: Visit, entries: Iterable[AuditEntry]) -> None:
        self._visit = visit
        entries = list(entries)
        wanted = [(e.app, e.form, str(e.record)) for e in entries if e.record is not None and e.form]
        self._titles = visit.titles(wanted)

    def line(self, entry: AuditEntry, purpose: str = "", times: int = 1) -> AuditLine:
        visit, at = self._visit, from_microseconds(entry.at)
        about, about_href = self._about(entry)
        return AuditLine(
            visit.moments.short(at), visit.moments.full(at), name_of(visit, entry.person), entry.person,
            href(AUDIT, person=entry.person), action_word(entry.action, visit.language),
            HUES.get(entry.action, ""), about, about_href, self._place(entry), tuple(self._said(entry)),
            purpose, entry.address, times,
        )  # fmt: skip

    def _about(self, entry: AuditEntry) -> tuple[str, str]:
        if entry.record is None or not entry.form:
            return "", ""
        title = self._titles.get((entry.app, entry.form, str(entry.record)))
        if title is not None:
            return title or f"#{entry.record}", record_url(entry.app, entry.form, str(entry.record))
        return f"#{entry.record}", ""

    def _place(self, entry: AuditEntry) -> str:
        app = self._visit.runtime.services.apps().get(entry.app)
        form = self._form(entry)
        if app is None:
            return entry.app
        own = app.text(self._visit.language)
        return f"{own} · {form.text(self._visit.language)}" if form else own

    def _form(self, entry: AuditEntry) -> Form | None:
        app = self._visit.runtime.services.apps().get(entry.app)
        return app.form(entry.form) if app and entry.form else None

    def _said(self, entry: AuditEntry) -> Iterator[tuple[str, str]]:
        for name, value in told(entry).items():
            if (name, value) != ("page", 0) and name != "outcome_label":
                yield detail_word(name, self._visit.language), self._text(name, value, entry)[:LONGEST]

    def _text(self, name: str, value: Any, entry: AuditEntry) -> str:
        several = value if isinstance(value, (list, tuple)) else [value]
        match name:
            case "fields" | "field":
                return self._listed(self._field(entry, str(one)) for one in several)
            case "person" | "to" | "from":
                return self._listed(name_of(self._visit, str(one)) for one in several)
            case "action":
                return action_word(str(value), self._visit.language)
            case "conditions":
                return self._listed(self._condition(entry, one) for one in several)
            case "report":
                return self._report(entry, str(value))
            case "rule":
                return self._rule(entry, str(value))
            case "by":
                return self._way_in(str(value))
            case "outcome":
                return outcome_word(str(value), entry.detail.get("outcome_label"), self._visit.language)
        return _plain(value)

    def _field(self, entry: AuditEntry, name: str) -> str:
        """A field's label, or a path's with each of its parts that is ours."""
        form = self._form(entry)
        known = form.field(name.partition(".")[0]) if form else None
        return known.text(self._visit.language) if known else name

    def _condition(self, entry: AuditEntry, parts: Any) -> str:
        if not isinstance(parts, list) or len(parts) < 2:
            return _plain(parts)
        operator = OPERATORS.get(parts[1], {}).get(self._visit.language, parts[1])
        return f"{self._field(entry, parts[0])} {operator} {' – '.join(map(str, parts[2:]))}"

    def _way_in(self, name: str) -> str:
        ways = {
            "password": self._visit.text("Password"), "code": self._visit.text("Code"),
            "recovery_code": self._visit.text("Recovery code"), "totp": self._visit.text("Code"),
            "hand": self._visit.text("By hand"),
        }  # fmt: skip
        return ways.get(name, name)

    def _report(self, entry: AuditEntry, name: str) -> str:
        app = self._visit.runtime.services.apps().get(entry.app)
        found = next((one for one in app.reports if one.id == name), None) if app else None
        return found.text(self._visit.language) if found else name

    def _rule(self, entry: AuditEntry, name: str) -> str:
        app = self._visit.runtime.services.apps().get(entry.app)
        found = next((one for one in app.rules if one.id == name), None) if app else None
        return label_text(found.label, self._visit.language, name) if found else name

    def _listed(self, items: Iterable[str]) -> str:
        return self._visit.joined(items)


def name_of(visit: Visit, person: str) -> str:
    if person == "system":
        return visit.text("The system")
    if person.startswith(PUBLIC):
        return visit.text("Public form")
    return visit.names.get(("person", person), person)


def looks_view(visit: Visit, app: str, form: str, record: str) -> LooksView:
    """Who looked at, found, exported or changed a record. Rejected (access.denied)."""
    looks = visit.runtime.audit_search.looks(visit.viewer, app, form, int(record))
    lines = Lines(visit, ())
    drawn = tuple(lines.line(look.entry, look.purpose, times) for look, times in _gathered(visit, looks))
    people = len({look.entry.person for look in looks if look.entry.person != "system"})
    return LooksView(
        drawn,
        visit.count("%(num)s person", "%(num)s people", people),
        href(AUDIT, app=app, form=form, record=record),
    )


def _gathered(visit: Visit, looks: Sequence[Look]) -> Iterator[tuple[Look, int]]:
    """The same person doing the same again on the same day is one line, the newest."""
    counted: dict[tuple[Any, ...], int] = {}
    first: dict[tuple[Any, ...], Look] = {}
    for look in looks:
        entry, said = look.entry, told(look.entry)
        day = visit.moments.full(from_microseconds(entry.at))[:10]
        what = str([(name, said[name]) for name in sorted(said) if name not in PASSING])
        same = (entry.person, entry.action, entry.grant_id, day, what)
        counted[same] = counted.get(same, 0) + 1
        first.setdefault(same, look)
    yield from ((look, counted[same]) for same, look in first.items())


def _plain(value: Any) -> str:
    match value:
        case Mapping():
            return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
        case list() | tuple():
            return "; ".join(
                " ".join(map(str, one)) if isinstance(one, list) else _plain(one) for one in value
            )
    return str(value)
