"""Asking to see in full what one reads masked: with a reason, for some minutes, where the role says so with
somebody else's yes, given in the to-dos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.unmaskings import MINUTE, State, Unmasking as Kept, Unmaskings
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import microseconds
from engine.database import Unit
from engine.exceptional_access.people import others
from engine.records.services import Services
from engine.tasks import Tasks
from engine.tasks.parts import ClosedTask, MovingTask, NewTask, Outcome
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.problems import Rejected, problem

SOURCE = "unmask"
SHORTEST_REASON = 5
MOST = 1_000  # records at once
YES, NO = "agree", "refuse"
OUTCOMES = (
    Outcome(YES, {"zh": "同意", "en": "Agree"}, "primary"),
    Outcome(NO, {"zh": "不同意", "en": "Refuse"}, "danger", reason=True),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may ask for: how long, and who (names) would have to agree; nobody: it is given at once."""

    minutes: int
    confirmers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """`until` in microseconds, None while somebody has yet to agree."""

    id: int
    minutes: int
    until: int | None


class Unmasking:
    def __init__(self, services: Services, unmaskings: Unmaskings, tasks: Tasks) -> None:
        self._services, self._kept, self._tasks = services, unmaskings, tasks
        tasks.closed.append(self._task_closed)
        tasks.moving.append(self._task_moving)

    # -- asking ------------------------------------------------------------------------------------

    def offer(self, viewer: Viewer, app: str) -> Offer | None:
        """None: none of his roles may ask."""
        found = self._services.apps().get(app)
        choice = self._choice(viewer, found) if found is not None else None
        if choice is None:
            return None
        minutes, confirmers = choice
        people = self._services.people.organisation().people
        return Offer(minutes, tuple(people[one].name for one in confirmers or ()))

    def _choice(self, viewer: Viewer, app: App) -> tuple[int, list[str] | None] | None:
        """The easiest his roles allow: minutes, and who has to agree (None: nobody)."""
        roles = map(app.role, sorted(viewer.roles_in(app.id)))
        settings = [role.unmask for role in roles if role is not None and role.unmask is not None]
        if not settings:
            return None
        easiest = min(settings, key=lambda one: (bool(one.confirm), -one.minutes))
        if not easiest.confirm:
            return easiest.minutes, None
        organisation = self._services.people.organisation()
        return easiest.minutes, others(organisation, app.id, viewer.person, easiest.confirm)

    def ask(self, viewer: Viewer, app: str, records: Mapping[str, Sequence[int | str]], reason: str) -> Asked:
        """For records by form. Rejected: access.denied (no role may ask), unmask.reason, unmask.nothing
        (none of them is read masked), unmask.too_many, unmask.nobody_agrees."""
        home = self._services.apps().get(app)
        choice = self._choice(viewer, home) if home is not None else None
        if home is None or choice is None:
            raise Rejected([problem("access.denied")])
        if len(reason.strip()) < SHORTEST_REASON:
            raise Rejected([problem("unmask.reason", "/reason", least=SHORTEST_REASON)])
        minutes, confirmers = choice
        if confirmers is not None and not confirmers:
            raise Rejected([problem("unmask.nobody_agrees")])
        return self._services.database.write(
            lambda unit: self._ask(unit, viewer, home, records, reason.strip(), minutes, confirmers)
        )

    def _ask(
        self, unit: Unit, viewer: Viewer, app: App, records: Mapping[str, Sequence[int | str]], reason: str,
        minutes: int, confirmers: Sequence[str] | None,
    ) -> Asked:  # fmt: skip
        meant = self._masked(unit.connection, viewer, app, records)
        if not meant:
            raise Rejected([problem("unmask.nothing")])
        if sum(map(len, meant.values())) > MOST:
            raise Rejected([problem("unmask.too_many", most=MOST)])
        identifier = self._kept.add(unit, viewer.person, app.id, meant, reason, minutes)
        detail = {"unmasking": identifier, "reason": reason, "minutes": minutes}
        self._note(unit, viewer, "unmask.ask", app.id, meant, **detail)
        if confirmers is None:
            self._kept.decide(unit, identifier, "given", "")
            return Asked(identifier, minutes, unit.now + minutes * MINUTE)
        self._open_task(unit, viewer, app.id, meant, identifier, reason, minutes, confirmers)
        return Asked(identifier, minutes, None)

    def _masked(
        self, connection: sa.Connection, viewer: Viewer, app: App, records: Mapping[str, Sequence[int | str]]
    ) -> dict[str, list[int]]:
        """Those of the records that this viewer reads and that have something masked for him."""
        found: dict[str, list[int]] = {}
        for name, ids in records.items():
            form = app.form(name)
            numbers = [int(one) for one in ids if is_whole_number(one)]
            if form is None or not numbers:
                continue
            visible = self._services.authority.visible_rows(connection, viewer, app, form)
            masking = visible.restricted(way for way in visible.ways if way.masks)
            there = masking.ids()
            (identifier,) = there.selected_columns
            found[name] = list(connection.scalars(there.where(identifier.in_(numbers))))
        return {name: ids for name, ids in found.items() if ids}

    def _open_task(
        self, unit: Unit, viewer: Viewer, app: str, meant: Mapping[str, Sequence[int]], identifier: int,
        reason: str, minutes: int, confirmers: Sequence[str],
    ) -> None:  # fmt: skip
        form, ids = next(iter(meant.items()))
        many = sum(map(len, meant.values()))
        title = {
            "zh": f"{viewer.name}申请查看完整信息（{many} 条，{minutes} 分钟）",
            "en": f"{viewer.name} asks to see {many} in full for {minutes} minutes",
        }
        note = {"zh": f"事由：{reason}", "en": f"Reason: {reason}"}
        to = tuple(f"person:{one}" for one in confirmers)
        about = ids[0] if many == 1 else None
        task = NewTask(app, form, about, "rule", f"{SOURCE}/{identifier}", to, title, note, OUTCOMES)
        self._tasks.open(unit, [task])

    # -- the second person -------------------------------------------------------------------------

    def _task_closed(self, unit: Unit, viewer: Viewer, closed: ClosedTask) -> None:
        kept = self._of_source(unit.connection, closed.source)
        if kept is None:
            return
        if viewer.person == kept.person:
            raise Rejected([problem("unmask.own")])
        state: State = "given" if closed.outcome == YES else "refused"
        if self._kept.decide(unit, kept.id, state, viewer.person):
            action = "unmask.confirm" if state == "given" else "unmask.refuse"
            detail = {"unmasking": kept.id, "person": kept.person, "comment": closed.comment}
            self._note(unit, viewer, action, kept.app, kept.records, **detail)

    def _task_moving(self, unit: Unit, viewer: Viewer, moving: MovingTask) -> None:
        """Handed on, but not to who asked."""
        kept = self._of_source(unit.connection, moving.source)
        if kept is not None and moving.taker == kept.person:
            raise Rejected([problem("unmask.own")])

    def _of_source(self, connection: sa.Connection, source: str) -> Kept | None:
        kind, _, identifier = source.partition("/")
        known = kind == SOURCE and is_whole_number(identifier)
        return self._kept.get(connection, int(identifier)) if known else None

    # -- ending ------------------------------------------------------------------------------------

    def end(self, viewer: Viewer, identifier: int) -> None:
        """By who asked; whoever else may is asked before. Rejected (unmask.unknown)."""

        def end(unit: Unit) -> None:
            kept = self._kept.get(unit.connection, identifier)
            if kept is None or not self._kept.end(unit, identifier):
                raise Rejected([problem("unmask.unknown")])
            self._note(unit, viewer, "unmask.end", kept.app, kept.records, unmasking=identifier)

        self._services.database.write(end)

    def end_all(self, unit: Unit, person: str) -> None:
        """What runs, and what he waits for: nobody can give it any more."""
        for one in self._kept.of(unit.connection, person):
            if self._kept.decide(unit, one.id, "refused", "") or self._kept.end(unit, one.id):
                self._note(unit, SYSTEM, "unmask.end", one.app, one.records, unmasking=one.id, person=person)

    # -- looking -----------------------------------------------------------------------------------

    def of(self, person: str) -> list[Kept]:
        """What somebody asked for, newest first."""
        with self._services.database.read() as connection:
            return self._kept.of(connection, person)

    def running(self) -> list[Kept]:
        """Everybody's that run now."""
        now = microseconds(self._services.database.clock.now())
        with self._services.database.read() as connection:
            return self._kept.running(connection, now)

    def _note(
        self, unit: Unit, viewer: Viewer, action: str, app: str, records: Mapping[str, Sequence[int]],
        **detail: object,
    ) -> None:  # fmt: skip
        """A row for each record, so that the trail of a record has it."""
        told = [
            Occurrence(action, app, form, one, detail=detail) for form, ids in records.items() for one in ids
        ]
        self._services.audit.add(unit, viewer, told)
