"""Runtime: one object that holds everything an installation needs; what web and builder_ui are given.

It opens the rooms bottom up and hands down what must be called upward: rules join the write path
as stages, the ledger hears of publications, jobs find their handlers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.audit_figures import AuditFigures
from engine.access.audit_search import AuditSearch
from engine.access.authority import Authority
from engine.access.calendar import Calendars
from engine.access.consequences import Consequences
from engine.access.duties import DutyObjections
from engine.access.explain import Explaining
from engine.access.grants import Grants
from engine.access.installation import administers, read_installation
from engine.access.people import People
from engine.access.quoting import Quoting
from engine.access.unmaskings import Unmaskings
from engine.access.viewer import SYSTEM, Viewer
from engine.access.watermark import watermark
from engine.accounts import Accounts
from engine.analysis import Analysis
from engine.applications import Applications, Drafts
from engine.applications.published import NOTED
from engine.channels import Channels
from engine.clock import Clock, FrozenClock, MovableClock, SystemClock, microseconds
from engine.config import Config
from engine.database import Database, Unit
from engine.designing import Designing
from engine.designing.bindings import Bindings, BoundChannel
from engine.designing.conversions import Conversions
from engine.designing.expressions import Expressions
from engine.designing.gaining import Agreed, Gaining
from engine.designing.impact import Impacts
from engine.designing.life import Life
from engine.designing.previewing import Previewing
from engine.designing.recording import Recordings
from engine.designing.starting import Starting
from engine.designing.trying import Trying
from engine.designing.versions import Versions
from engine.evidence.file_log import FileLog
from engine.evidence.findings import Report
from engine.evidence.key_copies import KeyCopies
from engine.evidence.key_sources import source_of
from engine.evidence.keys import ROTATED, MasterKeys, Present
from engine.evidence.ledger import Ledger
from engine.evidence.rotation import change_keys, rotate
from engine.evidence.seals import Box, Seals
from engine.evidence.standing import Standing, standing
from engine.evidence.states import States
from engine.evidence.steps import Mode
from engine.evidence.verifications import Verifications
from engine.evidence.verify import Wanted, verify
from engine.evidence.verifying import verify_when_due
from engine.evidence.witnesses import Witnesses
from engine.evidence.witnesses.kinds import Means
from engine.exceptional_access import Emergencies, InForce, SeeingAs, Unmasking
from engine.exports import Exports
from engine.expressions import EvaluationContext
from engine.files import Files
from engine.flows import Flows
from engine.importing import Imports
from engine.importing.waiting import Waiting
from engine.jobs import Jobs
from engine.media_types import HEAD, settled
from engine.migrate import (
    BUILD_JOB,
    COPY_JOB,
    SETTLE_JOB,
    ColumnCopies,
    CopyState,
    IndexBuilder,
    LateIndex,
    build_later,
    index_for_lookups,
)
from engine.notifications import NewNotification, Notifications
from engine.organisation import HandOvers, Importing, Personnel
from engine.outgoing import Allowed, Outgoing, nowhere, resolve
from engine.outside import NamedSecrets, OutsideLists
from engine.packages import Packages
from engine.plugin_loader import load_registry
from engine.public_forms import PublicForms
from engine.records.attached import attachable
from engine.records.carrying import Carrying
from engine.records.comments import Comments
from engine.records.contexts import Contexts, LinkedRecords
from engine.records.drafts import Stages
from engine.records.indexed import Indexed
from engine.records.kept_drafts import KeptDrafts
from engine.records.keyword_lists import KeywordLists
from engine.records.linking import Linking
from engine.records.program import Programs
from engine.records.records import Records
from engine.records.recycling import RecycleBin
from engine.records.reindexing import Reindexing
from engine.records.saved_views import ChosenViews, SavedViews
from engine.records.services import Services
from engine.records.settling import Settling
from engine.records.timelines import Timelines
from engine.reports.house_data import HouseData
from engine.reports.reports import Reports
from engine.retention import Retention
from engine.retention.pausing import paused
from engine.rules import Rules
from engine.rules.analyzing import Analyzing
from engine.rules.granting import Granting
from engine.rules.telling import Telling
from engine.rules.web_hooks import WebHooks
from engine.search.index import Search
from engine.tables import Catalog, FormTable
from engine.tasks import Tasks
from engine.tasks.leavers import Leavers
from engine.tasks.telling import tell_people
from engine.working_time import WorkingCalendar
from metamodel.application import App
from metamodel.labels import Label
from metamodel.plugin_api import RawMessage, RunAnalyzer, Shred
from metamodel.problems import Rejected, problem

SECOND = timedelta(seconds=1)
HALF_A_MINUTE = timedelta(seconds=30)
TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)


class Runtime:
    """Open with `Runtime.open`; close when done."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.clock = clock
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.registry = load_registry(config.data)
        self.database = Database(config, clock)
        self.database.migrate()
        self.installation = read_installation(self.database)
        self.config = config.in_zone(self.installation.zone)
        self.registry.zone = self.config.zone
        self._open_evidence()
        self._open_applications()
        self._open_access()
        self._open_tasks()
        self._open_records()
        self._open_channels()
        self._open_retention()
        self._open_organisation()
        self._open_life()
        self._open_packages()
        self._open_ledger_jobs()

    @classmethod
    def open(cls, config: Config, clock: Clock | None = None) -> Runtime:
        """An installation, created where it is not there yet. Rejected (restore.unfinished): nobody works with one
        in which something is alive that was shredded."""
        if config.unfinished_restore.exists():
            raise Rejected([problem("restore.unfinished", place=config.data)])
        return cls(config, clock or SystemClock())

    def close(self) -> None:
        """Commit what is waiting and let go of everything."""
        self.jobs.close()
        self.database.close()

    # -- opening, bottom up ------------------------------------------------------------------------

    def _open_evidence(self) -> None:
        allowed = Allowed.read(self.config.outgoing_allowed)
        way_out = nowhere if self.config.shut_in else resolve
        self.outgoing = Outgoing(allowed, resolve=way_out, trust=self.config.outgoing_trust)
        kept = MasterKeys.open(source_of(self.config), microseconds(self.clock.now()))
        self.present_keys = Present(kept)
        self.box, self.seals = Box(self.present_keys), Seals(self.keys)
        self.key_copies = KeyCopies(self.database, self.present_keys.look)
        self.ledger = Ledger(self.database, self.present_keys, self.config.origin)
        self.files = Files(self.database, self.seals, self.config.data)

    def _open_applications(self) -> None:
        self.catalog = Catalog(self.database)
        self.jobs = Jobs(self.database, self.box)
        self.jobs.before_each = self._notice_publications
        self.jobs.register("integrate_ledger", lambda _payload, _job: self.ledger.integrate(), every=SECOND)
        self.applications = Applications(
            self.database, self.catalog, self.registry, self.jobs, self._published
        )
        self.drafts = Drafts(self.database, self.applications)
        self.designing = Designing(self.applications, self.drafts, self._designs)
        self.search = Search(self.database, lambda: self.keys.index_keys, self.config.search_backend)
        self.applications.preparing += [self._prepare_search, self._index_lookups]

    def _designs(self, viewer: Viewer, app: str) -> bool:
        """An app that nobody designs (a new one, one whose designers left) is open to whoever designs any; a new
        one may be begun by those who administer the house too, where there is no other."""
        if app and self.manages(viewer, app, "design"):
            return True
        roles = self.applications.get(app).roles if app else ()
        holders = self.people.organisation().role_holders
        if any("design" in role.manages and holders.get((app, role.id)) for role in roles):
            return False
        return self.manages_anywhere(viewer, "design") or administers(viewer, "people")

    def _published(self, unit: Unit, app: str, version: int, digest: bytes, by: str) -> None:
        self.ledger.append_version(unit, app, version, digest)
        agreed: Agreed | None = unit.notes.get(NOTED)
        detail = {"version": version, **(agreed.detail() if agreed is not None else {})}
        self.audit.add(unit, Viewer(by), [Occurrence("app.publish", app, detail=detail)])
        if agreed is not None and self.designing.gaining is not None:
            self.designing.gaining.tell(unit, app, by, agreed)

    def _notice_publications(self) -> None:
        self.applications.refresh()

    def _prepare_search(self, unit: Unit, app: App, tables: Mapping[str, FormTable]) -> None:
        for form in app.forms:
            if any(field.searchable for field in form.fields):
                self.search.prepare(unit, tables[form.id])

    def _index_lookups(self, unit: Unit, app: App, tables: Mapping[str, FormTable]) -> None:
        """What rules find records by gets an index, in this app's tables and in others'."""
        wanted = {
            (other or app.id, form, field)
            for rule in app.rules
            for step in rule.actions
            if step.action is not None and step.options is not None
            for other, form, field in step.action.keys(step.options)
        }
        later: list[LateIndex] = []
        for other, form, field in sorted(wanted):
            index_for_lookups(self.database, unit, other, form, field, later)
        build_later(unit, self.jobs, later)

    def _open_access(self) -> None:
        self.people, self.grants = People(self.database), Grants(self.database)
        self.unmaskings = Unmaskings(self.database, self.box)
        self._states = States(self.database, self.ledger, self.present_keys)
        self.people.told.append(self._states.changed)
        self.grants.told.append(self._states.changed)
        self.unmaskings.told.append(self._states.changed)
        self._states.begin()
        file_log = FileLog(self.database, self.ledger, self.present_keys)
        self.files.stored.append(file_log.stored)
        self.files.erased.append(file_log.erased)
        file_log.begin()
        self.audit = AuditTrail(self.database, self.box)
        self.audit_search = AuditSearch(self.database, self.audit, self._apps)
        self.audit_figures = AuditFigures(self.database, self.audit, self.audit_search, lambda: self.calendar)
        self.accounts = Accounts(
            self.database, self.clock, self.people, self.audit, self.jobs, self.box, self.outgoing,
            self.config.public_url,
        )  # fmt: skip
        self.sessions, self.tokens = self.accounts.sessions, self.accounts.tokens
        self.invitations = self.accounts.invitations
        self._calendars = Calendars(self.database, self.config.zone)
        self.contexts = Contexts(self.people, self.config.zone, lambda: self.calendar)
        self.authority = Authority(
            self.database,
            self.catalog,
            self.people,
            self.grants,
            self.unmaskings,
            self.registry,
            self._apps,
            self._access_context,
        )
        self.explaining = Explaining(self.database, self.authority, self.people, self.audit, self._apps)
        self.consequences = Consequences(
            self.database, self.catalog, self.registry, self.people, self._apps, self._access_context,
            self.authority.kept_back,
        )  # fmt: skip

    def _open_tasks(self) -> None:
        quoting = Quoting(self.authority, self._apps)
        self.tasks = Tasks(
            self.database, self.box, self.people, self.audit, quoting, self._apps, self.config.zone
        )
        self.notifications = Notifications(
            self.database, self.box, self.people, self.jobs, quoting, self._apps, self.config
        )
        self.absences = self.tasks.absences
        tell_people(self.tasks, self.notifications)
        self.accounts.post, self.accounts.tell = self.notifications.post, self._tell_of_account
        self.accounts.mails = bool(self.config.smtp_url and self.config.public_url)
        Leavers(self.database, self.people, self.jobs, self.tasks, self._apps)

    def _tell_of_account(self, unit: Unit, person: str, title: Label) -> None:
        self.notifications.send(unit, [NewNotification(person, "", "", None, title)])

    def _open_records(self) -> None:
        self.programs = Programs(self.applications, self.catalog, self.registry, self.search)
        self.secrets = NamedSecrets(self.database, self.box, self.audit)
        self.outside = OutsideLists(
            self.database, self.box, self.jobs, self.outgoing, self.secrets, lambda: self._apps().values()
        )
        self.applications.preparing.append(self.outside.prepare)
        self.services = Services(
            self.database, self.catalog, self.registry, self.programs, self.people, self.authority, self.audit,
            self.seals, self.ledger, self.search, self.files, self.config.zone, self._context, self.outside,
        )  # fmt: skip
        self.stages = Stages()
        self.records = Records(self.services, self.stages)
        self.timelines = Timelines(self.services, self.records)
        self.analysis = Analysis(self.database, self.box)
        self.records.shredder.forgetting.append(self.analysis.shred)
        self.recycle_bin = RecycleBin(self.services, self.records, self.stages, self.box, self.jobs)
        house_data = HouseData(self.audit_search, lambda channel: self.channels.gaps(channel))
        self.reports = Reports(self.services, self.records.reader, self.analysis.words, house_data)
        self.reindexing = Reindexing(self.services, self.jobs)
        self.applications.preparing.append(self.reindexing.prepare)
        self.reindexing.finished.append(self._drop_old_index_keys)
        self.indexed = Indexed(self.services, self.reindexing)
        self.keyword_lists = KeywordLists(self.services)
        self.keyword_lists.join(self.stages)
        self.contexts.keywords = self.keyword_lists.words
        self.copies = ColumnCopies(
            self.database,
            self.catalog,
            self.applications,
            Carrying(self.services, self.records.store),
            self._copied,
        )
        self.comments = Comments(
            self.services,
            self.records.reader,
            self.box,
            self.notifications,
            Quoting(self.authority, self._apps),
        )
        self.linking = Linking(self.services, self.records)
        self.kept_drafts = KeptDrafts(self.database, self.box)
        self.saved_views = SavedViews(self.database, self.box, self.audit)
        self.chosen_views = ChosenViews(self.database)
        self.records.shredder.forgetting += [self.comments.forget, self.kept_drafts.forget]
        self.jobs.register(COPY_JOB, self.copies)
        self.settling = Settling(self.services, self.records, self.copies)
        self.jobs.register(SETTLE_JOB, self.settling)
        self.jobs.register(BUILD_JOB, IndexBuilder(self.database))
        trying = Trying(self.services, self.records, self.contexts, self.applications)
        self.expressions = Expressions(self.designing, self._apps, self.registry, trying)
        self.previewing = Previewing(self.designing, trying, self.records, self.registry)

    def _open_channels(self) -> None:
        self.rules = Rules(self.services, self.records, self.box, self.keyword_lists, lambda: self.calendar)
        self.rules.register_all(Telling(self.tasks, self.notifications, lambda: self.calendar).performers)
        self.rules.register_all(Granting(self.grants).performers)
        self.web_hooks = WebHooks(self.database, self.box, self.jobs, self.outgoing, self.audit)
        self.rules.register_all(self.web_hooks.performers)
        analyzing = Analyzing(self.services, self.records, self.analysis, lambda: self.calendar)
        self.rules.register(RunAnalyzer, analyzing.perform)
        self.rules.join(self.stages)
        self.flows = Flows(
            self.services, self.rules, self.tasks, self.notifications, self.applications, self.jobs, self.box,
            lambda: self.calendar,
        )  # fmt: skip
        self.flows.join(self.stages)  # its to-dos close before rules hear of it
        self.tasks.closed.append(self.rules.task_closed)
        self.unmasking = Unmasking(self.services, self.unmaskings, self.tasks)
        self.emergencies = Emergencies(self.services, self.grants, self.notifications)
        self.seeing_as = SeeingAs(self.services, self.sessions, self.notifications, self.manages)
        self.in_force = InForce(self.services, self.grants, self.unmasking)
        self.applications.preparing.append(self.rules.clocks.prepare)
        self.jobs.register("rule_clocks", lambda _payload, _job: self.rules.tick(), every=HALF_A_MINUTE)
        self.channels = Channels(self.services, self.rules, self.jobs, self.box)
        self.public_forms = PublicForms(
            self.services, self.records, self.box, self.accounts.throttle, self._designs
        )
        self.imports = Imports(self.services, self.records, self.box, self.jobs, self.viewer)
        self.waiting = Waiting(
            self.services, self.imports, self.kept_drafts, self.jobs, self.manages_anywhere
        )
        self.records.shredder.forgetting += [
            self.tasks.forget, self.notifications.forget, self.rules.forget, self.flows.store.forget,
            self.channels.forget, self.web_hooks.forget,
        ]  # fmt: skip

    def _open_ledger_jobs(self) -> None:
        """Who is shown checkpoints, and when everything is looked at again."""
        self.witnesses = Witnesses(
            self.database, self.ledger, Means(self.outgoing, self.notifications.send_now)
        )
        self.jobs.register("witness_ledger", lambda _payload, _job: self.witnesses.give(), every=TEN_MINUTES)
        self.jobs.register("verify_ledger", lambda _payload, _job: self._verify_when_due(), every=HOUR)

    def _verify_when_due(self) -> None:
        verify_when_due(self.database, lambda mode: self.verify(mode=mode, workers=1))

    def _open_packages(self) -> None:
        def now() -> datetime:
            return self.clock.now().astimezone(self.config.zone)

        self.exports = Exports(self.records.exporter, self.files, now, self.watermark)
        self.packages = Packages(
            self.services,
            self.records,
            self.present_keys,
            self.box,
            self.jobs,
            self.viewer,
            self.manages_anywhere,
        )

    def _open_organisation(self) -> None:
        self.personnel = Personnel(self.people, self.audit, self, self._apps)
        self.personnel.objections.append(DutyObjections(self._apps))
        self.importing = Importing(self.people, self.audit, self.personnel)
        self.hand_overs = HandOvers(self.services, self.records, self.tasks, self.jobs, self.personnel)

    def _open_life(self) -> None:
        applications, designing = self.applications, self.designing
        self.conversions = Conversions(
            self.services, self.records.reader, applications, designing, self.copies
        )
        self.life = Life(
            Starting(designing, applications, self.registry),
            Versions(self.database, applications, designing),
            Impacts(self.database, applications, designing),
            Bindings(
                self.database, applications, designing, self.people, self.audit, self.personnel,
                self.secrets, self._bound_channels,
            ),
        )  # fmt: skip

        self.recordings = Recordings(
            self.database, self.box, designing, self.programs, self.records, self.tasks, self.audit,
            self.files, self.people,
        )  # fmt: skip
        self.recordings.join(self.stages)
        self.channels.heard.append(self.recordings.heard)

    def _bound_channels(self, app: App) -> list[BoundChannel]:
        """Of a draft too: what is not published has no secret yet."""
        kept = {one.channel.id for one in self.channels.all() if one.app == app.id and one.has_secret}
        return [BoundChannel(one.id, one.label, one.id in kept, one.wants_secret) for one in app.channels]

    def _open_retention(self) -> None:
        self.retention = Retention(self.services, self.records, self.box, self.jobs, self.notifications)
        self.retention.told.append(self._states.changed)
        self.designing.gaining = Gaining(
            self.database, self.people, self.audit, self.notifications, self._apps, self.registry,
            self.retention.activations.two_people, self.manages_anywhere, self.applications.versions,
        )  # fmt: skip
        self.rules.register(Shred, self.retention.erasing.perform)
        self.recycle_bin.objections += [self.flows.keeps, self.retention.keeps]
        self.recycle_bin.paused = paused

    def _copied(self, unit: Unit, copy: CopyState, app: str) -> None:
        """Values were brought over after a change of a field's type."""
        detail = {"field": copy.field, "copied": copy.copied, "failed": copy.failed}
        self.audit.add(unit, SYSTEM, [Occurrence("field.convert", app, copy.form, detail=detail)])

    def _apps(self) -> Mapping[str, App]:
        return {app.id: app for app in self.applications.all()}

    def _access_context(self, connection: sa.Connection, viewer: Viewer) -> EvaluationContext:
        return self.contexts.make(viewer, self.clock.now())

    def _context(
        self, connection: sa.Connection, viewer: Viewer, moment: datetime, app: str
    ) -> EvaluationContext:
        linked = LinkedRecords(connection, self.programs, self.records.reader.rows)
        return self.contexts.make(viewer, moment, linked.resolve, app)

    @property
    def movable_clock(self) -> FrozenClock | MovableClock:
        """The clock, where it may be moved: for stories and tests, never while people work."""
        assert isinstance(self.clock, FrozenClock | MovableClock), "this clock cannot be moved"
        return self.clock

    # -- working time ------------------------------------------------------------------------------

    @property
    def calendar(self) -> WorkingCalendar:
        """The organisation's, as it is now."""
        return self._calendars.current

    def set_calendar(self, unit: Unit, raw: Mapping[str, Any], viewer: Viewer = SYSTEM) -> WorkingCalendar:
        """`{holidays, workdays, hours}`. Rejected: calendar.unreadable, calendar.hours."""
        made = self._calendars.save(unit, raw)
        self.audit.add(unit, viewer, [Occurrence("calendar.set", detail=made.to_json())])
        return made

    # -- people ------------------------------------------------------------------------------------

    def viewer(self, person: str) -> Viewer | None:
        """None for people unknown or gone."""
        return self.people.organisation().viewer(person)

    def require_viewer(self, person: str) -> Viewer:
        found = self.viewer(person)
        if found is None:
            raise Rejected([problem("access.no_such_person", person=person)])
        return found

    def apps_of(self, viewer: Viewer) -> list[App]:
        """The apps in which somebody holds any role."""
        return [app for app in self.applications.all() if viewer.roles_in(app.id)]

    def app_for(self, viewer: Viewer, app: str) -> App:
        """Rejected (app.unknown) alike for what is not there and what is not theirs."""
        if not viewer.system and not viewer.roles_in(app):
            raise Rejected([problem("app.unknown", app=app)])
        return self.applications.get(app)

    def manages(self, viewer: Viewer, app: str, what: str) -> bool:
        """Does a role of this person manage `what` (design people channels keys verify audit)? Who only sees as
        somebody manages nothing."""
        if viewer.looker is not None:
            return False
        if administers(viewer, what):
            return True
        if app not in self.applications.served():
            return False
        roles = [self.applications.get(app).role(name) for name in viewer.roles_in(app)]
        return any(role is not None and what in role.manages for role in roles)

    def manages_anywhere(self, viewer: Viewer, what: str) -> bool:
        """The same in any published app: duties over the whole installation."""
        return (viewer.looker is None and administers(viewer, what)) or any(
            self.manages(viewer, app.id, what) for app in self.apps_of(viewer)
        )

    # -- files -------------------------------------------------------------------------------------

    def store_file(
        self, viewer: Viewer, content: bytes | Iterable[bytes], name: str, media_type: str
    ) -> dict[str, Any]:
        """Keep an uploaded file; it belongs to its uploader until a record holds it."""

        pieces = iter([content] if isinstance(content, bytes) else content)
        first = next(pieces, b"")
        kind = settled(media_type, first[:HEAD])
        kept = self.files.keep(chain([first], pieces))

        def store(unit: Unit) -> dict[str, Any]:
            identifier = self.files.store(unit, kept, name, kind, viewer.person)
            return dict(self.files.describe(unit.connection, [identifier])[0])

        return self.database.write(store)

    def attachable(self, viewer: Viewer, wanted: Collection[str]) -> set[str]:
        """Those of these files that he may put into a record."""
        with self.database.read() as connection:
            return attachable(self.services, connection, viewer, wanted)

    def file_facts(self, viewer: Viewer, file: str) -> dict[str, Any]:
        """Its name, size and type. Rejected (file.unknown) unless he uploaded it or may read it in a record."""
        return self._file(viewer, file)[0]

    def watermark(self, viewer: Viewer) -> str:
        """What his pages and exports say of who looks and when; '' where no role wants it."""
        return watermark(viewer, self.services.apps().values(), self.clock.now().astimezone(self.config.zone))

    def open_file(self, viewer: Viewer, file: str) -> tuple[dict[str, Any], Iterator[bytes]]:
        """Its facts and its bytes, which is noted. Rejected as `file_facts`."""
        facts, opening = self._file(viewer, file)
        self.audit.note(viewer, opening)
        return facts, self.files.open(file)

    def _file(self, viewer: Viewer, file: str) -> tuple[dict[str, Any], Occurrence]:
        with self.database.read() as connection:
            described = self.files.describe(connection, [file])
            opening = self.records.reader.opening(connection, viewer, file) if described else None
        if opening is None:
            raise Rejected([problem("file.unknown")])
        return dict(described[0]), opening

    # -- channels and evidence ---------------------------------------------------------------------

    def receive(self, channel: str, raw: RawMessage) -> int:
        """One delivery of a vendor, durably stored; how many new inbox rows."""
        return len(self.channels.receive(channel, [raw]))

    def consistency(self, log: str, first: int, second: int) -> list[str]:
        """The consistency proof between two sizes, base64. Rejected (ledger.bad_size)."""
        return self.ledger.consistency(log, first, second)

    @property
    def keys(self) -> MasterKeys:
        """Those of the moment."""
        return self.present_keys()

    def rotate_key(
        self, progress: Callable[[int, int], object] | None = None, by: Viewer = SYSTEM,
        kinds: Collection[str] = ROTATED,
    ) -> int:  # fmt: skip
        """A new key of each of these kinds: a new master key wraps every data key (how many), jobs make the index
        anew, the rest counts from now on. Rejected (keys.read_only)."""
        number = rotate(self.database, self.present_keys.look(), progress, kinds)
        self.present_keys.look()
        if "index" in kinds:
            self.reindexing.all_again()
        self.audit.note(by, Occurrence("key.rotate", detail={"wrapped": number, "keys": sorted(kinds)}))
        return number

    def _drop_old_index_keys(self) -> None:
        if len(self.present_keys.look().index_keys) > 1:
            change_keys(self.database, self.keys, lambda keys, _now: keys.without_old_index())
            self.present_keys.look()
            self.audit.note(SYSTEM, Occurrence("key.drop"))

    def confirm_key_copy(self, viewer: Viewer, code: str, place: str) -> None:
        """Somebody has put a copy of the keys elsewhere. Rejected (keys.other_code, keys.no_place)."""

        def work(unit: Unit) -> None:
            self.key_copies.confirm(unit, viewer.person, code, place)
            self.audit.add(unit, viewer, [Occurrence("key.confirm_copy", detail={"place": place})])

        self.database.write(work)

    def standing(self) -> Standing:
        """How the evidence stands, for those who look after it."""
        kept, now = Verifications(self.database, self.box), microseconds(self.clock.now())
        with self.database.read() as connection:
            return standing(connection, self.ledger, kept, self.keys.public_key, now)

    def verify(
        self, progress: Callable[[int, int], object] | None = None, by: str = "system", *,
        mode: Mode = "full", workers: int = 0, resume: bool = False, notes: Sequence[str] = (),
    ) -> Report:  # fmt: skip
        """Recompute everything (or what is newer, or without opening sealed values); the result is kept.
        `workers`: so many processes share what is much. `notes`: checkpoints somebody kept."""
        reopen = partial(Runtime.open, self.config, self.clock)
        return verify(self, progress, Wanted(mode, by, workers, reopen, resume, notes))

    # -- jobs --------------------------------------------------------------------------------------

    def work_jobs(self, stop: Any) -> None:
        """Work jobs until `stop` is set; the ledger is integrated every second."""
        self.jobs.work(stop)
