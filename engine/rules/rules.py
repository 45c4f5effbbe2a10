"""Rules: all there is to rules behind one object; what the runtime holds and pages ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.access.viewer import Viewer
from engine.evidence.seals import Box
from engine.records.keyword_lists import KeywordLists
from engine.records.query import RecordView
from engine.records.records import Records
from engine.records.services import Services
from engine.rules.buttons import Buttons
from engine.rules.clocks import Clocks
from engine.rules.events import Events
from engine.rules.log import RuleLog, RuleRun
from engine.rules.opening import Opened
from engine.rules.trying import Trial, Trying

if TYPE_CHECKING:
    from engine.working_time import WorkingCalendar


class Rules(Events):
    def __init__(
        self, services: Services, records: Records, box: Box, keywords: KeywordLists,
        calendar: Callable[[], WorkingCalendar],
    ) -> None:  # fmt: skip
        super().__init__(services, records, box, keywords)
        self.clocks = Clocks(self, calendar)
        self._buttons, self._log = Buttons(self), RuleLog(services, box)
        self._trying = Trying(self, self._log)

    def tick(self) -> int:
        """Do what clocks say is due; how many rules struck."""
        return self.clocks.tick()

    def buttons(self, viewer: Viewer, app: str, form: str, record: RecordView) -> list[tuple[str, str]]:
        """(rule, words) of the buttons this viewer may press on this record now, in order."""
        return self._buttons.shown(viewer, app, form, record)

    def buttons_of(
        self, viewer: Viewer, app: str, form: str, records: Sequence[str]
    ) -> dict[str, list[tuple[str, str]]]:
        """The same of each of several records that this viewer has read."""
        return self._buttons.offered(viewer, app, form, records)

    def press(self, viewer: Viewer, app: str, rule: str, record: str, form: str = "") -> Opened | None:
        """All of it or nothing; the form to be shown next, if any.

        Rejected: rule.unknown, record.unknown, rule.no_button, what went wrong."""
        return self._buttons.press(viewer, app, rule, record, form)

    def try_out(
        self, viewer: Viewer, app: str, rule: str | Mapping[str, Any], last: int = 1_000, samples: int = 5
    ) -> Trial:
        """What a rule (an id, or JSON) would have matched among the newest `last` records this viewer may read.
        Rejected: rule.unknown, rule.not_to_try, access.denied, what is wrong with it."""
        return self._trying.try_out(viewer, app, rule, last, samples)

    def log(
        self, viewer: Viewer, app: str, rule: str = "", record: str = "", outcome: str = "", limit: int = 50,
        after: str = "",
    ) -> list[RuleRun]:  # fmt: skip
        """What rules did, newest first; `after` is the last id of the page before. Rejected (access.denied)."""
        return self._log.page(viewer, app, rule, record, outcome, limit, after)
