"""What a publish would give those who publish: rights to read, unmask or take away records that they had not.

Whoever designs an app writes its roles, his own among them. So what a version gives its publisher, or anybody else
who designs the app, needs a reason, a second person where the house asks for two, and is told to those who look after
access and audit. An app without records gives nothing yet. Asked by `drafting.py`, wherever a draft is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Organisation, People
from engine.access.turns import EVERY, Turn, turns
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.migrate import row_counts
from engine.notifications import Notifications
from engine.notifications.parts import NewNotification
from engine.system_tables import settings
from engine.values import canonical_json
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem

SHORTEST_REASON = 10
SEEN = frozenset({"read", "write"})
GRANT = "grant"  # the action by which rules and flows let somebody read
DESIGN = "design"
HARMLESS = frozenset({DESIGN})
TOLD = ("access", "audit")
LISTED = 12  # gains named in a notice
Words = Mapping[str, str]


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
        apps: Callable[[], Mapping[str, App]], two_people: Callable[[sa.Connection], bool],
        manages: Callable[[Viewer, str], bool],
    ) -> None:  # fmt: skip
        """`manages(viewer, duty)` in any app."""
        self._database, self._people, self._audit, self._notifications = (
            database,
            people,
            audit,
            notifications,
        )
        self._apps, self._two_people, self._manages = apps, two_people, manages

    # -- what is gained ----------------------------------------------------------------------------

    def of(self, viewer: Viewer, after: App) -> tuple[Gain, ...]:
        """What this publisher and the app's designers would gain."""
        before = self._apps().get(after.id)
        if before is None or viewer.system:
            return ()
        with self._database.read() as connection:
            counts = row_counts(connection, after.id)
        if not any(counts.values()):
            return ()
        found = list(self._by_roles(viewer, before, after, counts))
        if _grants(after) - _grants(before):
            words = {"zh": "规则或流程里的授权", "en": "grants by rules or flows"}
            found.append(Gain("grants", words))
        return tuple(found)

    def _by_roles(self, viewer: Viewer, before: App, after: App, counts: Mapping[str, int]) -> Iterator[Gain]:
        organisation = self._people.organisation()
        held = _designers(organisation, viewer.person, before, after)
        for turn, people in turns(before, after, held).items():
            if _opens(turn) and (not turn.form or counts.get(turn.form)):
                what = ":".join(filter(None, (turn.kind, turn.form, turn.name)))
                yield Gain(what, _words(after, turn), tuple(sorted(people)))

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
) -> dict[str, Collection[str]]:
    """The publisher and everybody who designs the app, then or now, with the roles they hold in it."""
    design = {role.id for app in (before, after) for role in app.roles if DESIGN in role.manages}
    found: dict[str, Collection[str]] = {}
    for person in organisation.people:
        viewer = organisation.viewer(person)
        roles = viewer.roles_in(after.id) if viewer is not None else frozenset()
        if roles and (person == publisher or roles & design):
            found[person] = roles
    return found


def _opens(turn: Turn) -> bool:
    """Does it let them read, unmask or take away what they could not? A condition that is another one counts."""
    match turn.kind:
        case "form" | "unmask" | "emergency":
            return turn.gains
        case "rows":
            return _wider(turn)
        case "action":
            return turn.name == "export" and _wider(turn)
        case "field":
            reads = turn.after in SEEN and turn.before not in SEEN
            return turn.gains and (reads or turn.before == "hide")
        case "duty":
            return turn.gains and turn.name not in HARMLESS
    return False


def _wider(turn: Turn) -> bool:
    return bool(set(turn.new) - set(turn.old)) and EVERY not in turn.old


def _words(app: App, turn: Turn) -> Words:
    return {language: _said(app, turn, language) for language in ("zh", "en")}


def _said(app: App, turn: Turn, language: str) -> str:
    zh = language == "zh"
    form = app.form(turn.form or (turn.name if turn.kind == "emergency" else ""))
    name = form.text(language) if form is not None else turn.form
    field = form.field(turn.name) if form is not None and turn.kind == "field" else None
    match turn.kind:
        case "form":
            return f"读取“{name}”" if zh else f"reading “{name}”"
        case "rows":
            return f"“{name}”的更多记录" if zh else f"more records of “{name}”"
        case "action":
            return f"导出“{name}”" if zh else f"exporting “{name}”"
        case "field":
            label = field.text(language) if field is not None else turn.name
            return f"“{name}”的“{label}”" if zh else f"“{label}” of “{name}”"
        case "unmask":
            return "查看完整信息" if zh else "seeing masked fields in full"
        case "emergency":
            return f"“{name}”的紧急查阅" if zh else f"breaking the glass of “{name}”"
    return f"职责 {turn.name}" if zh else f"the duty {turn.name}"


def _listed(gains: Sequence[Gain], language: str) -> str:
    words = [one.words[language] for one in gains[:LISTED]]
    more = "…" if len(gains) > LISTED else ""
    return ("、" if language == "zh" else ", ").join(words) + more


def _grants(app: App) -> set[bytes]:
    """Every action of a rule or a flow that grants, as it is written."""
    document = dict(app.document)
    return {
        canonical_json(found)
        for part in ("rules", "flows")
        for found in _walk(document.get(part))
        if _is_grant(found)
    }


def _is_grant(found: Mapping[str, Any]) -> bool:
    return found.get("action") == GRANT or found.get("type") == GRANT


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Mapping):
        yield dict(value)
    inner = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    )
    for one in inner:
        yield from _walk(one)


def _name(app: str) -> str:
    return f"publish_ask:{app}"


def _asked(connection: sa.Connection, app: str) -> dict[str, Any]:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(app)))
    return dict(json.loads(text)) if text else {}


def _forget(unit: Unit, app: str) -> None:
    unit.connection.execute(sa.delete(settings).where(settings.c.name == _name(app)))
