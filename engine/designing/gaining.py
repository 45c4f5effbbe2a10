"""What a publish would give those who publish: rights to read, unmask or take away records that they had not.

Whoever designs an app writes its roles, his own among them. So what a version gives its publisher, or anybody else
who designs the app, needs a reason, a second person where the house asks for two, and is told to those who look after
access and audit. An app without records gives nothing yet. Asked by `drafting.py`, wherever a draft is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Organisation, People
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.designing.more_open import DESIGN, TOLD, More, MoreOpen
from engine.designing.openings import Held, Openings
from engine.migrate import filled_forms, parked_fields
from engine.notifications import Notifications
from engine.notifications.parts import NewNotification
from engine.system_tables import settings
from engine.values import canonical_json
from metamodel.application import App
from metamodel.flows import Flow
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, Rejected, problem
from metamodel.reports import Report
from metamodel.rules import Rule

SHORTEST_REASON = 10
LISTED = 12  # gains named in a notice
Words = Mapping[str, str]
WORDS: Mapping[str, Words] = {
    "form": {"zh": "读取“{form}”", "en": "reading “{form}”"},
    "rows": {"zh": "“{form}”的更多或其他记录", "en": "more or other records of “{form}”"},
    "action": {"zh": "导出“{form}”", "en": "exporting “{form}”"},
    "field": {"zh": "“{form}”的“{field}”", "en": "“{field}” of “{form}”"},
    "unmask": {"zh": "查看完整信息", "en": "seeing masked fields in full"},
    "emergency": {"zh": "“{form}”的紧急查阅", "en": "breaking the glass of “{form}”"},
    "duty": {"zh": "职责 {field}", "en": "the duty {field}"},
    "silence": {"zh": "不再告知担任职责 {field} 的人", "en": "those with the duty {field} are told no more"},
    "report": {"zh": "看板“{part}”的合计", "en": "totals of the board “{part}”"},
    "rule": {"zh": "规则“{part}”带出的内容", "en": "what the rule “{part}” carries"},
    "flow": {"zh": "流程“{part}”里要办的记录", "en": "records the flow “{part}” asks about"},
    "grants": {"zh": "规则或流程里的授权", "en": "grants by rules or flows"},
}


@dataclass(frozen=True, slots=True)
class Gain:
    """One right, whom it is for, in words: `order.amount`, `order: export`, `30 minutes unmasked`."""

    what: str
    words: Words
    people: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "people": list(self.people)}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is published with its reason, for the audit trail and the alarm."""

    gains: tuple[Gain, ...]
    reason: str
    asked_by: str = ""  # the first of two people

    def detail(self) -> dict[str, Any]:
        found: dict[str, Any] = {"gains": [one.to_json() for one in self.gains], "reason": self.reason}
        return {**found, "asked_by": self.asked_by} if self.asked_by else found


class Gaining:
    def __init__(
        self, database: Database, people: People, audit: AuditTrail, notifications: Notifications,
        apps: Callable[[], Mapping[str, App]], registry: Registry, two_people: Callable[[sa.Connection], bool],
        manages: Callable[[Viewer, str], bool], versions: Callable[[str], Iterator[App]],
    ) -> None:  # fmt: skip
        """`manages(viewer, duty)` in any app; `versions(app)`: all there were, the newest first."""
        self._database, self._people, self._audit = database, people, audit
        self._notifications = notifications
        self._apps, self._registry, self._two_people, self._manages = apps, registry, two_people, manages
        self._versions = versions

    # -- what is gained ----------------------------------------------------------------------------

    def of(self, viewer: Viewer, after: App) -> tuple[Gain, ...]:
        """What this publisher and the app's designers would gain."""
        apps = self._apps()
        before = apps.get(after.id)
        if before is None or viewer.system:
            return ()
        with self._database.read() as connection:
            filled = filled_forms(connection, after.id)
            parked = parked_fields(connection, after.id)
        if not filled:
            return ()
        old, new = Openings(apps, self._registry), Openings({**apps, after.id: after}, self._registry)
        versions = self._versions(after.id)
        seen: list[Openings] = []

        def past() -> Iterator[Openings]:
            yield from seen
            for one in versions:
                seen.append(Openings({**apps, after.id: one}, self._registry))
                yield seen[-1]

        people: dict[More, list[str]] = {}
        for held, those in _designers(self._people.organisation(), viewer.person, before, after):
            for more in MoreOpen(old, new, after.id, those, held, filled, parked, past).found():
                people.setdefault(more, []).extend(those)
        return tuple(
            Gain(more.what, _words(after, more), tuple(sorted(set(who)))) for more, who in people.items()
        )

    # -- agreeing ----------------------------------------------------------------------------------

    def agree(self, viewer: Viewer, after: App, document: Mapping[str, Any], reason: str) -> Agreed | None:
        """None where nothing is gained. Rejected: publish.gains (no reason), publish.needs_second."""
        gains = self.of(viewer, after)
        if not gains:
            return None
        reason = reason.strip()
        if len(reason) < SHORTEST_REASON:
            raise Rejected([self._asks_why(gains)])
        with self._database.read() as connection:
            alone = not self._two_people(connection)
            asked = _asked(connection, after.id)
        digest = hashlib.sha256(canonical_json(dict(document))).hexdigest()
        if alone:
            return Agreed(gains, reason)
        if asked.get("digest") == digest and asked.get("by") not in ("", None, viewer.person):
            return Agreed(gains, reason, str(asked["by"]))
        if asked.get("digest") != digest:
            self._database.write(lambda unit: self._ask(unit, viewer, after, gains, digest, reason))
        raise Rejected([problem("publish.needs_second")])

    def _asks_why(self, gains: Sequence[Gain]) -> Problem:
        words = {language: _listed(gains, language) for language in ("zh", "en")}
        return problem("publish.gains", "/reason", gains=words, least=SHORTEST_REASON)

    def _ask(
        self, unit: Unit, viewer: Viewer, app: App, gains: tuple[Gain, ...], digest: str, reason: str
    ) -> None:
        _forget(unit, app.id)
        value = json.dumps({"digest": digest, "by": viewer.person})
        unit.connection.execute(sa.insert(settings).values(name=_name(app.id), value=value))
        detail = Agreed(gains, reason).detail()
        self._audit.add(unit, viewer, [Occurrence("app.publish_ask", app.id, detail=detail)])

    # -- telling -----------------------------------------------------------------------------------

    def tell(self, unit: Unit, app: str, by: str, agreed: Agreed) -> None:
        """Those who look after access and audit, as it is published."""
        _forget(unit, app)
        organisation = self._people.organisation()
        who = organisation.people[by].name if by in organisation.people else by
        published = self._apps().get(app)
        names = {
            language: label_text(published.label, language, app) if published is not None else app
            for language in ("zh", "en")
        }
        title = {
            "zh": f"警报：{who}发布“{names['zh']}”，设计者得到了新的查阅权限",
            "en": f"Alarm: {who} published “{names['en']}”, which gives its designers new rights to read",
        }
        body = {
            "zh": f"{_listed(agreed.gains, 'zh')}。事由：{agreed.reason}",
            "en": f"{_listed(agreed.gains, 'en')}. Reason: {agreed.reason}",
        }
        alarmed = [f"person:{one}" for one in self._alarmed(organisation, by)]
        self._notifications.tell(unit, [(alarmed, NewNotification("", app, "", None, title, body))])

    def _alarmed(self, organisation: Organisation, by: str) -> Iterator[str]:
        for person in organisation.people.values():
            viewer = organisation.viewer(person.id) if person.active and person.id != by else None
            if viewer is not None and any(self._manages(viewer, duty) for duty in TOLD):
                yield person.id


def _designers(
    organisation: Organisation, publisher: str, before: App, after: App
) -> list[tuple[Held, list[str]]]:
    """The publisher and everybody who designs the app, then or now, by the roles they hold."""
    design = {role.id for app in (before, after) for role in app.roles if DESIGN in role.manages}
    found: dict[frozenset[tuple[str, frozenset[str]]], list[str]] = {}
    for person in organisation.people:
        viewer = organisation.viewer(person)
        roles = viewer.roles if viewer is not None else {}
        if roles and (person == publisher or roles.get(after.id, frozenset()) & design):
            found.setdefault(frozenset(roles.items()), []).append(person)
    return [(dict(held), people) for held, people in found.items()]


def _words(app: App, more: More) -> Words:
    return {language: _said(app, more, language) for language in ("zh", "en")}


def _said(app: App, more: More, language: str) -> str:
    form = app.form(more.form)
    name = form.text(language) if form is not None else more.form
    field = form.field(more.name) if form is not None and more.kind == "field" else None
    parts: tuple[Report | Rule | Flow, ...] = (*app.reports, *app.rules, *app.flows)
    part = next((label_text(one.label, language, one.id) for one in parts if one.id == more.name), more.name)
    values = {"form": name, "field": field.text(language) if field is not None else more.name, "part": part}
    return WORDS[more.kind]["zh" if language == "zh" else "en"].format_map(values)


def _listed(gains: Sequence[Gain], language: str) -> str:
    words = [one.words[language] for one in gains[:LISTED]]
    more = "…" if len(gains) > LISTED else ""
    return show_list(words, language) + more


def _name(app: str) -> str:
    return f"publish_ask:{app}"


def _asked(connection: sa.Connection, app: str) -> dict[str, Any]:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(app)))
    return dict(json.loads(text)) if text else {}


def _forget(unit: Unit, app: str) -> None:
    unit.connection.execute(sa.delete(settings).where(settings.c.name == _name(app)))
