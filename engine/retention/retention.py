"""Retention: the room's door, for pages, the command line, jobs and what other rooms must know.

Due records go in batches, each a unit of its own that looks at holds and minimums once more; a job that
is stopped goes on where it was, since what is gone is no longer due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.grants import RowsChanged
from engine.access.readable import closed_names
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.evidence.tombstones import Tombstone, latest_tombstones, tombstones_of
from engine.jobs import Jobs
from engine.notifications import Notifications
from engine.notifications.parts import NewNotification
from engine.records.drafts import Batch
from engine.records.finding import found_ids
from engine.records.program import FormProgram
from engine.records.query import Query
from engine.records.records import Records
from engine.records.services import Services
from engine.records.shredding import BATCH
from engine.retention.activations import Activation, Activations, Place, RuleState
from engine.retention.disposal import Disposal
from engine.retention.erasing import Erasing
from engine.retention.holds import Hold, Holds, Scope
from engine.retention.pausing import end_pause, paused
from engine.retention.restricting import DUTY, Restricting
from engine.retention.simulating import Forecast, forecast
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.problems import Problem, Rejected, problem
from metamodel.retention import RetentionRule

JOB = "retention"
HOUR = timedelta(hours=1)
LONGEST = 2_000  # characters of a name, a matter, a reason
MOST_FOUND = 100_000  # records a hold by a search may name
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class RecordState:
    """What retention has to say of a record. `holds` are those of a viewer who may know."""

    tombstone: Tombstone | None = None
    restricted: bool = False
    holds: tuple[Hold, ...] = ()


class Retention:
    """`told` hears which rows of holds, restrictions and activations changed."""

    def __init__(
        self, services: Services, records: Records, box: Box, jobs: Jobs, notifications: Notifications
    ) -> None:
        self._services, self._records, self._jobs = services, records, jobs
        self._notifications = notifications
        self._database: Database = services.database
        self.told: list[RowsChanged] = []
        self.holds = Holds(self._database, box, services.audit, self.told)
        self.activations = Activations(self._database, services.audit, self.told)
        self.restricting = Restricting(self._database, services.audit, self.told)
        records.shredder.forgetting.append(self.restricting.forget)
        self.disposal = Disposal(services, records, self.holds, self.restricting)
        self.erasing = Erasing(services, records, jobs, self.disposal)
        services.authority.withheld.append(self.restricting.withheld)
        jobs.register(JOB, lambda _payload, _job: self.work(), every=HOUR)

    # -- who may -----------------------------------------------------------------------------------

    def manages(self, viewer: Viewer, app: str) -> bool:
        """Does a role of this person manage retention in this app?"""
        published = self._services.apps().get(app)
        if viewer.system or published is None:
            return viewer.system
        return any((role := published.role(name)) and DUTY in role.manages for name in viewer.roles_in(app))

    def _require_any(self, viewer: Viewer) -> None:
        if not any(self.manages(viewer, app) for app in self._services.apps()):
            raise Rejected([problem("access.denied")])

    def _require(self, viewer: Viewer, app: str) -> None:
        if not self.manages(viewer, app):
            raise Rejected([problem("access.denied")])

    # -- rules and their activation ----------------------------------------------------------------

    def rules(self, connection: sa.Connection, app: str = "") -> list[RuleState]:
        """Every rule of every published form, or of those of one app."""
        running = self.activations.running(connection)
        return [
            self._state(running, (published.id, form.id, rule.id), rule)
            for published in self._services.apps().values()
            if app in ("", published.id)
            for form in published.forms
            for rule in form.retention
        ]

    def _state(self, running: Mapping[Place, Activation], place: Place, rule: RetentionRule) -> RuleState:
        known = running.get(place)
        return RuleState(*place[:2], rule, known, known is not None and not known.fits(rule))

    def activate(self, viewer: Viewer, app: str, form: str, rule: str) -> Activation:
        """From now on the rule acts, or waits for a second person. Rejected: access.denied,
        retention.unknown, retention.nothing_then."""
        self._require(viewer, app)
        found = self._rule(app, form, rule)
        if found is None:
            raise Rejected([problem("retention.unknown")])
        if found.end is None:
            raise Rejected([problem("retention.only_protects")])
        return self._database.write(lambda unit: self.activations.ask(unit, viewer, (app, form, rule), found))

    def confirm(self, viewer: Viewer, activation: str) -> None:
        """The second person's yes. Rejected: access.denied, retention.unknown, retention.reworded,
        retention.yourself."""

        def work(unit: Unit) -> None:
            running = self.activations.running(unit.connection).values()
            place = next((one.place for one in running if one.id == activation), None)
            if place is None:
                raise Rejected([problem("retention.unknown")])
            self._require(viewer, place[0])
            self.activations.confirm(unit, viewer, activation, self._rule(*place))

        self._database.write(work)

    def deactivate(self, viewer: Viewer, app: str, form: str, rule: str) -> None:
        self._require(viewer, app)
        self._database.write(lambda unit: self.activations.end(unit, viewer, (app, form, rule)))

    def demand_two_people(self, viewer: Viewer, wanted: bool) -> None:
        """Whether an activation needs a second person, in every app. One person asks for it; to end it takes two,
        and the others who manage retention are told."""
        self._require_any(viewer)

        def work(unit: Unit) -> None:
            before = self.activations.two_people(unit.connection)
            self.activations.set_two_people(unit, viewer, wanted)
            if before and not wanted:
                self._tell_others(unit, viewer, ended=not self.activations.two_people(unit.connection))

        self._database.write(work)

    def _tell_others(self, unit: Unit, viewer: Viewer, *, ended: bool) -> None:
        organisation = self._services.people.organisation()
        name = (
            organisation.people[viewer.person].name if viewer.person in organisation.people else viewer.person
        )
        title = (
            {"zh": f"警报：{name}同意后，启用保存规则和发布不再需要两人",
             "en": f"Alarm: {name} agreed, and activating and publishing need two people no more"}
            if ended
            else {"zh": f"{name}申请启用保存规则和发布不再需要两人，须另一人同意",
                  "en": f"{name} asks that activating and publishing need two people no more; a second has to agree"}
        )  # fmt: skip
        viewers = [organisation.viewer(one.id) for one in organisation.people.values() if one.active]
        others = [
            one.person
            for one in viewers
            if one is not None
            and one.person != viewer.person
            and any(self.manages(one, app) for app in self._services.apps())
        ]
        self._notifications.send(unit, [NewNotification(one, "", "", None, title) for one in others])

    def go_on(self, viewer: Viewer) -> None:
        """Disposal pauses since a restore; holds were looked at. Rejected: access.denied."""
        self._require_any(viewer)

        def work(unit: Unit) -> None:
            if paused(unit.connection):
                end_pause(unit)
                self._services.audit.add(unit, viewer, [Occurrence("retention.go_on")])

        self._database.write(work)

    def _rule(self, app: str, form: str, rule: str) -> RetentionRule | None:
        published = self._services.apps().get(app)
        there = published.form(form) if published else None
        return there.retention_rule(rule) if there else None

    # -- holds -------------------------------------------------------------------------------------

    def hold(self, viewer: Viewer, name: str, matter: str, scope: Scope) -> str:
        """Set a hold; its id. With `search` on everything that finds now for this viewer. Rejected with every
        problem: access.denied, value.required, form.unknown, record.unknown, hold.finds_nothing,
        hold.finds_too_much, hold.not_his_to_ask, and what is wrong with the condition."""
        self._require(viewer, scope.app)
        found = [problem("value.required", "/name", field="name")] if not name.strip() else []
        program = self._services.programs.get(scope.app, scope.form)
        if scope.search:
            scope = replace(scope, where="", records=self._finding(viewer, program, scope.search))

        def work(unit: Unit) -> str:
            wrong = [*found, *self._unfit(unit.connection, program, scope)]
            wrong += self._not_his(unit.connection, viewer, program, scope) if not wrong else ()
            if wrong:
                raise Rejected(wrong)
            self.disposal.alone(unit)
            return self.holds.set(unit, viewer, name.strip()[:LONGEST], matter.strip()[:LONGEST], scope)

        return self._database.write(work)

    def _finding(self, viewer: Viewer, program: FormProgram, text: str) -> tuple[str, ...]:
        """What a search finds for this viewer."""
        reader = self._records.reader
        with self._database.read() as connection:
            selection = reader.selection(connection, viewer, program, Query(text=text))
            found = found_ids(reader, connection, viewer, selection, MOST_FOUND + 1)
        self._services.audit.note(
            viewer,
            Occurrence("search", program.app.id, program.form.id, detail={"text": text, "count": len(found)}),
        )
        if not found:
            raise Rejected([problem("hold.finds_nothing", "/search")])
        if len(found) > MOST_FOUND:
            raise Rejected([problem("hold.finds_too_much", "/search", limit=MOST_FOUND)])
        return tuple(map(str, found))

    def _unfit(self, connection: sa.Connection, program: FormProgram, scope: Scope) -> list[Problem]:
        """A condition that does not check, records that are not there."""
        lifetimes = self.disposal.verdicts_on(connection, program, date.max, []).lifetimes
        try:
            lifetimes.where(scope.where)
        except Rejected as refused:
            return [one.under("/where") for one in refused.problems]
        if not all(is_whole_number(one) for one in scope.records):
            return [problem("record.unknown", "/records", record=", ".join(scope.records))]
        wanted = sorted({int(one) for one in scope.records})
        there = lifetimes.among(sa.true(), wanted)
        missing = [str(one) for one in wanted if one not in there]
        return [problem("record.unknown", "/records", record=", ".join(missing))] if missing else []

    def _not_his(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, scope: Scope
    ) -> list[Problem]:
        """A condition tells by how much it keeps. So it asks for what its maker may read, and for what the form's own
        rules of retention go by, which its designer has laid open to whoever keeps records."""
        names = {".".join(path): path for path in self._asks(connection, viewer, program, scope.where)}
        return [problem("hold.not_his_to_ask", "/where", field=name) for name in sorted(names)]

    def _asks(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, where: str
    ) -> list[tuple[str, ...]]:
        """The fields a condition reads that neither this viewer may read nor the form's rules go by."""
        services, app, form = self._services, program.app, program.form
        asked = self._names(program, where)
        return closed_names(connection, services.authority, services.apps(), viewer, app, form, asked)

    def _names(self, program: FormProgram, where: str) -> list[tuple[str, ...]]:
        """Fields a condition reads, but for those that the form's rules of retention go by."""
        checked, rules = self._services.authority.checked, program.form.retention
        known: set[tuple[str, ...]] = {("id",), *((rule.start,) for rule in rules)}
        known |= {
            path
            for rule in rules
            if rule.where
            for path in checked(program.app, program.form, rule.where).names
        }
        names = checked(program.app, program.form, where).names if where else frozenset()
        return [one for one in names if one[0] != "me" and one[one[0] == "record" :] not in known]

    def release(self, viewer: Viewer, hold: str, reason: str) -> None:
        """Rejected: access.denied, hold.unknown, hold.released, hold.needs_reason."""
        if not reason.strip():
            raise Rejected([problem("hold.needs_reason", "/reason")])

        def work(unit: Unit) -> None:
            found = next((one for one in self.holds.all(unit.connection) if one.id == hold), None)
            if found is None:
                raise Rejected([problem("hold.unknown")])
            self._require(viewer, found.scope.app)
            self.disposal.alone(unit)
            self.holds.release(unit, viewer, hold, reason.strip()[:LONGEST])

        self._database.write(work)

    def told_count(self, connection: sa.Connection, viewer: Viewer, hold: Hold) -> tuple[int | None, bool]:
        """How many records it keeps now, as far as this viewer may know, and whether that is all of them. Of a
        condition over fields: how many of those that he may see. None: nothing."""
        program = self._services.programs.get(hold.scope.app, hold.scope.form)
        where = hold.scope.where
        if viewer.system or not self._names(program, where):
            return self.held_count(connection, hold), True
        if self._asks(connection, viewer, program, where):
            return None, False
        reader = self._records.reader
        try:
            found = reader.selection(connection, viewer, program, Query(filter=where))
        except Rejected:  # what no database decides is not decided for a number
            return None, False
        rows = found.visible.ids().where(*found.where).subquery()
        return int(connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0), False

    def held_count(self, connection: sa.Connection, hold: Hold) -> int:
        """How many records it keeps now, over all forms: for nobody's eyes who may not know."""
        verdicts = (
            self.disposal.verdicts_on(connection, program, date.max, [hold]) for program in self._programs()
        )
        return sum(one.lifetimes.counts(one.held, [])[0] for one in verdicts)

    def keeps(self, batch: Batch) -> list[Problem]:
        """Records that cannot be deleted: on hold, or a minimum still runs for them."""
        self.disposal.alone(batch.unit)
        program = self._services.programs.get(batch.app, batch.form)
        verdicts, ids = self.disposal.verdicts(batch.unit, program), [draft.id for draft in batch.drafts]
        held = set(verdicts.lifetimes.among(verdicts.held, ids))
        kept = set(verdicts.lifetimes.among(verdicts.protected(), ids)) - held
        return [
            *(problem("record.held", f"/{record}") for record in sorted(held)),
            *(problem("record.kept", f"/{record}") for record in sorted(kept)),
        ]

    # -- one record --------------------------------------------------------------------------------

    def states(
        self, connection: sa.Connection, viewer: Viewer, app: str, form: str, records: list[int]
    ) -> dict[int, RecordState]:
        """What there is to say of these records; those of which nothing is to be said are left out.
        Whoever may read a record may know that it was shredded, holds are for who manages retention."""
        stones = tombstones_of(connection, records)
        kept, used_no_more = dict[int, list[Hold]](), set[int]()
        if self.manages(viewer, app):
            program = self._services.programs.get(app, form)
            for hold in self.holds.running(connection):
                verdicts = self.disposal.verdicts_on(connection, program, date.max, [hold])
                for record in verdicts.lifetimes.among(verdicts.held, records):
                    kept.setdefault(record, []).append(hold)
            used_no_more = self.restricting.among(connection, records)
        return {
            record: RecordState(stones.get(record), record in used_no_more, tuple(kept.get(record, ())))
            for record in records
            if record in stones or record in used_no_more or record in kept
        }

    def lift(self, viewer: Viewer, app: str, form: str, record: str, reason: str) -> None:
        """A record that was only stored is used again. Rejected: access.denied, record.unknown,
        hold.needs_reason."""
        self._require(viewer, app)
        if not reason.strip():
            raise Rejected([problem("hold.needs_reason", "/reason")])
        number = whole_number(record, -1)
        lift = self.restricting.lift
        if not self._database.write(lambda unit: lift(unit, viewer, app, form, number, reason.strip())):
            raise Rejected([problem("record.unknown", record=record)])

    def tombstones(self, limit: int = 100, before: int = 0) -> list[Tombstone]:
        """The newest of all apps: for those who manage retention or see the evidence."""
        with self._database.read() as connection:
            return latest_tombstones(connection, limit, before)

    # -- the simulator -----------------------------------------------------------------------------

    def simulate(self, viewer: Viewer, on: date, app: str = "") -> list[Forecast]:
        """What would go by every rule on this day, activated or not, and what keeps the rest; of the apps
        in which this viewer manages retention."""
        with self._database.read() as connection:
            running = self.holds.running(connection)
            states = [one for one in self.rules(connection, app) if self.manages(viewer, one.app)]
            return [
                forecast(self._services, self._records, connection, viewer, state, verdicts)
                for state in states
                if state.rule.end is not None
                for program in [self._services.programs.get(state.app, state.form)]
                for verdicts in [self.disposal.verdicts_on(connection, program, on, running)]
            ]

    # -- working -----------------------------------------------------------------------------------

    def work(self, progress: Progress = lambda done: None) -> Counter[str]:
        """Everything that is due by activated rules; how many were `shredded` and `restricted`."""
        counts: Counter[str] = Counter()
        with self._database.read() as connection:
            acting = [one for one in self.rules(connection) if one.acts]
        for state in acting:
            while done := self._database.write(partial(self._batch, state=state)):
                counts["restricted" if state.rule.then == "store_only" else "shredded"] += done
                progress(counts.total())
        self.disposal.purge()
        return counts

    def _batch(self, unit: Unit, state: RuleState) -> int:
        self.disposal.alone(unit)
        states = self.rules(unit.connection, state.app)
        now = next((one for one in states if (one.form, one.rule.id) == (state.form, state.rule.id)), None)
        if paused(unit.connection) or now is None or not now.acts or now.activation is None:
            return 0
        program = self._services.programs.get(state.app, state.form)
        verdicts = self.disposal.verdicts(unit, program)
        ids = verdicts.lifetimes.ids(verdicts.going(now.rule), BATCH)
        return (
            len(self.disposal.carry_out(unit, program, ids, now.rule.then, now.activation.cause()))
            if ids
            else 0
        )

    def _programs(self) -> Iterator[FormProgram]:
        for app in self._services.apps().values():
            for form in app.forms:
                yield self._services.programs.get(app.id, form.id)
