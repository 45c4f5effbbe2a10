"""What the installation knows of itself, as numbers on a board: what was archived when, who looked at and exported
how much, what arrived and what is missing, how verifications ended.

No form holds it, so no permission on records opens it: each subject is for those with a duty that is about it, in
the apps whose trail they may read. Numbers only; a click leads to the page that shows the rows, which asks again.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from engine.access.audit_search import READS, AuditSearch
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import from_microseconds, microseconds
from engine.evidence.leaf import RECORDS
from engine.reports.ground import Asking
from engine.reports.stretches import Stretch, read_stretch, stretch_text
from engine.reports.views import DrillTarget
from engine.system_tables import audit, checkpoints, inbox, leaves, verifications, witnesses
from metamodel.application import App
from metamodel.asks import Axis, GroupAnswer, HouseAsk, Key, Measured, Number
from metamodel.labels import Label, label_text
from metamodel.problems import Rejected, problem

HOUR = 3_600_000_000
PERIOD = "last_30_days"  # of a board without one
LAST = ("verified", "checkpoints")  # subjects that tell the last few, whenever they were
MOST = 50
Gaps = Callable[[str], Sequence[tuple[int, int]]]
Values = Mapping[Key, Mapping[str, Number]]
# Which actions of the trail are counted as what, of a person.
ACTS: Mapping[str, tuple[str, ...]] = {
    "read": tuple(one for one in READS if one not in ("export", "print", "download", "unmask")),
    "unmasked": ("unmask.ask",),
    "emergency": ("emergency.break",),
    "exported": ("export",),
    "taken": ("print", "download"),
}
WORDS: Mapping[str, Label] = {
    "day": {"zh": "日期", "en": "Day"}, "person": {"zh": "人员", "en": "Person"},
    "channel": {"zh": "渠道", "en": "Channel"}, "verification": {"zh": "核验", "en": "Verification"},
    "archived": {"zh": "存档记录", "en": "Records archived"}, "read": {"zh": "查阅", "en": "Looks"},
    "unmasked": {"zh": "解除脱敏", "en": "Unmaskings"}, "emergency": {"zh": "紧急查阅", "en": "Glass broken"},
    "exported": {"zh": "导出", "en": "Exports"}, "taken": {"zh": "打印与下载", "en": "Prints and downloads"},
    "received": {"zh": "收到", "en": "Received"}, "quarantine": {"zh": "隔离中", "en": "In quarantine"},
    "gaps": {"zh": "缺号", "en": "Numbers missing"}, "checked": {"zh": "核对记录", "en": "Records checked"},
    "findings": {"zh": "发现不符", "en": "Mismatches"}, "checkpoint": {"zh": "检查点", "en": "Checkpoint"},
    "signed": {"zh": "账本大小", "en": "Leaves signed"}, "witnessed": {"zh": "见证回执", "en": "Receipts"},
}  # fmt: skip
DEFINITIONS: Mapping[str, Label] = {
    "captures": {"zh": "账本中每天新增的存档记录数", "en": "Records of archives that entered the ledger, by day"},
    "people": {
        "zh": "每人查阅、申请解除脱敏、紧急查阅、导出、打印与下载的次数，取自审计记录",
        "en": "How often each person looked, asked to unmask, broke the glass, exported, printed or downloaded",
    },
    "arrivals": {
        "zh": "各渠道收到的消息、仍在隔离的消息、来源编号中从未到达的个数",
        "en": "Messages received by channel, those in quarantine still, and the vendor's numbers that never arrived",
    },
    "checkpoints": {
        "zh": "最近的检查点：签名的账本大小，以及出具回执的见证方个数",
        "en": "The last checkpoints: how much of the ledger they sign, and how many witnesses gave a receipt",
    },
    "verified": {"zh": "最近的存证核验及其结果", "en": "The last verifications of the evidence and their results"},
}  # fmt: skip
DUTIES: Mapping[str, frozenset[str]] = {
    "captures": frozenset(("audit", "verify")), "people": frozenset(("audit",)),
    "arrivals": frozenset(("audit", "channels")), "verified": frozenset(("audit", "verify", "keys")),
    "checkpoints": frozenset(("audit", "verify", "keys")),
}  # fmt: skip


@dataclass(frozen=True)
class HouseData:
    """`gaps` of a channel: first and last of the numbers that never arrived."""

    search: AuditSearch
    gaps: Gaps = lambda _channel: ()

    def answer(self, asking: Asking, ask: HouseAsk) -> GroupAnswer:
        """Rejected: access.denied, board.totals_only."""
        if ask.subject not in _SUBJECTS:
            raise Rejected([problem("board.unknown_widget", name=ask.subject)])
        if asking.totals:
            raise Rejected([problem("board.totals_only")])
        if not self.may(asking.viewer, asking.app, ask):
            raise Rejected([problem("access.denied")])
        return _SUBJECTS[ask.subject](self, asking, stretch_of(asking, ask))

    def may(self, viewer: Viewer, app: App, ask: HouseAsk) -> bool:
        """Has he a duty that is about it, in the app of the board?"""
        held = map(app.role, viewer.roles_in(app.id))
        duties = DUTIES.get(ask.subject, frozenset())
        return viewer.system or any(role is not None and duties & set(role.manages) for role in held)

    def definition(self, asking: Asking, ask: HouseAsk) -> str:
        told = label_text(DEFINITIONS[ask.subject], asking.language)
        period = "" if ask.subject in LAST else stretch_text(stretch_of(asking, ask), asking.language)
        joint, end = ("；", "。") if asking.language.startswith("zh") else ("; ", ".")
        return joint.join(part for part in (told, period) if part) + end

    def target(self, asking: Asking, ask: HouseAsk, measure: str, keys: Sequence[Key]) -> DrillTarget:
        """The page that shows what was counted."""
        self.answer(asking, ask)  # refused here as there
        stretch, key = stretch_of(asking, ask), str(keys[0]) if keys else ""
        if ask.subject in ("captures", *LAST):
            return DrillTarget(asking.app.id, "", page="evidence")
        if ask.subject == "arrivals":
            return DrillTarget(asking.app.id, "", page="channel", asked=(("channel", key),))
        days = (("since", stretch.first.isoformat()), ("until", stretch.last.isoformat()))
        actions = tuple(("action", action) for action in ACTS.get(measure, ()))
        return DrillTarget(asking.app.id, "", page="audit", asked=(("person", key), *actions, *days))

    # -- subjects ----------------------------------------------------------------------------------

    def _captures(self, asking: Asking, stretch: Stretch) -> GroupAnswer:
        """By hours in the database, by days of the organisation here: their zone is none of the database's."""
        since, until = _span(asking, stretch)
        hour = (leaves.c.time // HOUR).label("hour")
        made = sa.and_(
            leaves.c.log == RECORDS, leaves.c.kind == "create", leaves.c.app.in_(self._apps(asking))
        )
        query = sa.select(hour, sa.func.count()).where(made, leaves.c.time >= since, leaves.c.time < until)
        counted: Counter[Key] = Counter()
        for number, rows in asking.connection.execute(query.group_by(hour)):
            moment = from_microseconds(int(number) * HOUR).astimezone(asking.house.zone)
            counted[moment.date().isoformat()] += rows
        days = [(stretch.first + timedelta(days=n)).isoformat() for n in range(stretch.days)]
        texts: dict[Key, str] = {day: _day_text(day) for day in days}
        axis = Axis(_word(asking, "day"), tuple(days), texts, ordered=True, time=True)
        return _answer(asking, axis, ("archived",), {day: {"archived": counted[day]} for day in days})

    def _people(self, asking: Asking, stretch: Stretch) -> GroupAnswer:
        since, until = _span(asking, stretch)
        named = {action: name for name, actions in ACTS.items() for action in actions}
        query = (
            sa.select(audit.c.person, audit.c.action, sa.func.count())
            .where(
                audit.c.app.in_(self.search.apps_of(asking.viewer)), audit.c.at >= since, audit.c.at < until,
                audit.c.action.in_(named), audit.c.person.not_in(("", SYSTEM.person)),
            )
            .group_by(audit.c.person, audit.c.action)
        )  # fmt: skip
        found: dict[Key, Counter[str]] = defaultdict(Counter)
        for person, action, times in asking.connection.execute(query):
            found[person][named[action]] += times
        people = sorted(
            found, key=lambda one: (found[one]["read"] - found[one].total(), -found[one].total())
        )[:MOST]
        names = asking.organisation.names()
        texts = {one: names.get(("person", str(one)), str(one)) for one in people}
        axis = Axis(_word(asking, "person"), tuple(people), texts, ordered=True)
        return _answer(asking, axis, tuple(ACTS), {one: dict(found[one]) for one in people})

    def _arrivals(self, asking: Asking, stretch: Stretch) -> GroupAnswer:
        since, until = _span(asking, stretch)
        channels: dict[Key, str] = {
            one.id: label_text(one.label, asking.language, one.id) for one in asking.app.channels
        }
        when = sa.and_(inbox.c.received_at >= since, inbox.c.received_at < until)
        received = sa.func.sum(sa.case((when, 1), else_=0))
        waiting = sa.func.sum(sa.case((inbox.c.state == "quarantine", 1), else_=0))
        query = sa.select(inbox.c.channel, received, waiting).where(inbox.c.channel.in_(channels))
        rows = {row[0]: row for row in asking.connection.execute(query.group_by(inbox.c.channel))}
        values: dict[Key, dict[str, Number]] = {}
        for channel in channels:
            _, came, held = rows.get(channel, ("", 0, 0))
            missing = sum(last - first + 1 for first, last in self.gaps(str(channel)))
            values[channel] = {"received": int(came or 0), "quarantine": int(held or 0), "gaps": missing}
        axis = Axis(_word(asking, "channel"), tuple(channels), channels, ordered=True)
        return _answer(asking, axis, ("received", "quarantine", "gaps"), values)

    def _verified(self, asking: Asking, _stretch: Stretch) -> GroupAnswer:
        """The last five, whenever they were."""
        query = sa.select(verifications.c.id, verifications.c.at, verifications.c.result)
        rows = asking.connection.execute(query.order_by(verifications.c.id.desc()).limit(5)).all()
        values: dict[Key, dict[str, Number]] = {}
        texts: dict[Key, str] = {}
        for row in rows:
            result = json.loads(row.result)
            texts[str(row.id)] = _moment_text(asking, row.at)
            findings = len(result.get("findings", ())) + int(result.get("more", 0))
            values[str(row.id)] = {
                "checked": int(result.get("counts", {}).get("records", 0)),
                "findings": findings,
            }
        axis = Axis(_word(asking, "verification"), tuple(values), texts, ordered=True, time=True)
        return _answer(asking, axis, ("checked", "findings"), values)

    def _checkpoints(self, asking: Asking, _stretch: Stretch) -> GroupAnswer:
        """The last five of the ledger of records."""
        receipts = (
            sa.select(sa.func.count())
            .where(
                witnesses.c.log == RECORDS, witnesses.c.size == checkpoints.c.size, witnesses.c.state == "done"
            )
            .scalar_subquery()
        )  # fmt: skip
        query = sa.select(checkpoints.c.size, checkpoints.c.at, receipts).where(checkpoints.c.log == RECORDS)
        rows = asking.connection.execute(query.order_by(checkpoints.c.size.desc()).limit(5)).all()
        values: dict[Key, dict[str, Number]] = {
            str(size): {"signed": size, "witnessed": int(many)} for size, _, many in rows
        }
        texts: dict[Key, str] = {str(size): _moment_text(asking, at) for size, at, _ in rows}
        axis = Axis(_word(asking, "checkpoint"), tuple(values), texts, ordered=True, time=True)
        return _answer(asking, axis, ("signed", "witnessed"), values)

    def _apps(self, asking: Asking) -> Iterable[str]:
        try:
            return self.search.apps_of(asking.viewer)
        except Rejected:
            return (asking.app.id,)  # the duty to verify, and none to audit: this app's


_SUBJECTS: Mapping[str, Callable[[HouseData, Asking, Stretch], GroupAnswer]] = {
    "captures": HouseData._captures,
    "people": HouseData._people,
    "arrivals": HouseData._arrivals,
    "verified": HouseData._verified,
    "checkpoints": HouseData._checkpoints,
}


def stretch_of(asking: Asking, ask: HouseAsk) -> Stretch:
    """The widget's own period, or the board's."""
    board = asking.report.period
    text = ask.period or (asking.value(board) if board else "") or PERIOD
    return read_stretch(text, asking.today)


def _span(asking: Asking, stretch: Stretch) -> tuple[int, int]:
    return _start(asking, stretch.first), _start(asking, stretch.end)


def _start(asking: Asking, day: date) -> int:
    return microseconds(datetime.combine(day, time(), asking.house.zone))


def _answer(asking: Asking, axis: Axis, measures: Sequence[str], values: Values) -> GroupAnswer:
    measured = tuple(Measured(name, _word(asking, name), nothing=0, additive=True) for name in measures)
    cells: dict[tuple[Key, ...], Mapping[str, Number]] = {
        (key,): {name: one.get(name, 0) for name in measures} for key, one in values.items()
    }
    return GroupAnswer((axis,), measured, cells)


def _word(asking: Asking, name: str) -> str:
    return label_text(WORDS[name], asking.language)


def _moment_text(asking: Asking, at: int) -> str:
    return f"{from_microseconds(at).astimezone(asking.house.zone):%Y-%m-%d %H:%M}"


def _day_text(day: str) -> str:
    return f"{int(day[5:7])}/{int(day[8:])}"
