"""Acts: what people do in a story or in an app's test, done the ordinary ways in.

Filling in a form, changing a record, pressing a rule's button, closing a to-do, acting in a flow.
What came of an act may be given a name, by which later acts find it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.access.viewer import SYSTEM, Viewer
from engine.records.query import Change, Query
from engine.sample_data.almanac import Almanac, lay
from metamodel.app_tests import split_form
from metamodel.parts import Part
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.runtime import Runtime
    from engine.tasks import TaskView


State = Literal["open", "done", "all"]


@dataclass(frozen=True, slots=True)
class Known:
    """A record that has a name; `vendor_id` is that of the message it was made of."""

    app: str
    form: str
    record: str
    vendor_id: str = ""


class Acting:
    """`app` is the app that forms without one belong to; `known` is shared by those who act together."""

    def __init__(
        self, runtime: Runtime, app: str, almanac: Almanac, known: dict[str, Known] | None = None
    ) -> None:
        self.runtime, self.app, self.almanac = runtime, app, almanac
        self.known = {} if known is None else known
        self.numbers = itertools.count(1)  # of messages that need one

    # -- names -------------------------------------------------------------------------------------

    def give(self, name: str, form: str, record: str, app: str = "", vendor_id: str = "") -> None:
        """Rows of data folders have names like `form/key`; other apps see them as `app.form/key`."""
        known = Known(app or self.app, form, record, vendor_id)
        self.known[name] = known
        if "/" in name:
            self.known[f"{known.app}.{name}"] = known

    def place(self, reference: Any) -> Known:
        """A name, maybe with links behind it (`m1.conversation`), or the newest record of a form that a
        condition picks. Rejected when there is none."""
        if isinstance(reference, Mapping):
            return self._picked(str(reference.get("form", "")), str(reference.get("where", "")))
        name, links = str(reference), list[str]()
        while name not in self.known:  # a row's key may have dots of its own
            name, dot, link = name.rpartition(".")
            if not dot:
                raise Rejected([problem("app_test.unknown_name", name=str(reference), known="")])
            links.insert(0, link)
        found = self.known[name]
        for link in links:
            found = self._behind(found, link)
        return found

    def _picked(self, form: str, where: str) -> Known:
        app, form = split_form(form)
        query = Query(filter=where, limit=1, count=False)
        items = self.runtime.records.page(SYSTEM, app or self.app, form, query).items
        if not items:
            raise Rejected([problem("app_test.nothing", form=form, where=where)])
        return Known(app or self.app, form, items[0].id)

    def _behind(self, known: Known, link: str) -> Known:
        field = self.runtime.programs.get(known.app, known.form).fields.get(link)
        reference = field.reference if field else None
        value = self.runtime.records.get(SYSTEM, known.app, known.form, known.record).values.get(link)
        if reference is None or reference.target != "record" or not value:
            raise Rejected([problem("app_test.nothing_behind", name=link)])
        record = str(value[0] if isinstance(value, list) else value)
        return Known(reference.app or known.app, reference.form, record)

    def lay(self, value: Any) -> Any:
        """The same JSON with its dates, moments and records filled in."""
        return lay(value, self.almanac, _Records(self))

    def viewer(self, person: str) -> Viewer:
        """Blank is the house itself."""
        return self.runtime.require_viewer(person) if person else SYSTEM

    # -- acts --------------------------------------------------------------------------------------

    def act(self, part: Part) -> None:
        """One act, and the jobs it left. Rejected as the person would be."""
        kind = next(kind for kind in ACTS if kind in part.raw)
        ACTS[kind](self, part)
        self.runtime.jobs.run_due()

    def create(self, part: Part) -> None:
        app, form = split_form(part.text("create"))
        values = self.lay(part.mapping("values"))
        (record,) = self.runtime.records.create(self.viewer(part.text("as")), app or self.app, form, [values])
        if part.text("key"):
            self.give(f"{form}/{part.text('key')}", form, record, app)
        if part.text("name"):
            self.give(part.text("name"), form, record, app)

    def update(self, part: Part) -> None:
        known, values = self.place(part.raw["update"]), self.lay(part.mapping("values"))
        (outcome,) = self.runtime.records.update(
            self.viewer(part.text("as")), known.app, known.form, [Change(known.record, values)]
        )
        if not outcome.ok:
            raise Rejected(outcome.problems)

    def press(self, part: Part) -> None:
        known = self.place(part.raw.get("on", ""))
        self.runtime.rules.press(self.viewer(part.text("as")), self.app, part.text("press"), known.record)

    def flow(self, part: Part) -> None:
        known = self.place(part.raw["flow"])
        shown = self.runtime.flows.view(SYSTEM, known.app, known.form, known.record)
        if shown is None:
            raise Rejected([problem("app_test.no_flow", name=str(part.raw["flow"]))])
        viewer = self.viewer(part.text("as"))
        self.runtime.flows.act(viewer, shown.instance, part.text("do"), part.text("comment"), part.text("to"))

    def task(self, part: Part) -> None:
        viewer, wanted = self.viewer(part.text("as")), part.part("task")
        found = self.tasks(viewer, wanted, "open")
        if not found:
            what = wanted.text("rule") or wanted.text("flow")
            raise Rejected([problem("app_test.no_task", person=viewer.name, source=what)])
        do, comment = part.text("do"), part.text("comment")
        self.runtime.database.write(
            lambda unit: self.runtime.tasks.close(unit, viewer, found[0].id, do, comment)
        )

    def tasks(self, viewer: Viewer, wanted: Part, state: State) -> list[TaskView]:
        """A person's to-dos of a rule or flow, about a record, newest first."""
        page = self.runtime.tasks.of(viewer, state=state, app=self.app, sort="new", limit=500)
        rule, flow = wanted.text("rule"), wanted.text("flow")
        about = self.place(wanted.raw["about"]) if "about" in wanted.raw else None
        return [
            task
            for task in page.items
            if (not rule or task.source == rule)
            and (not flow or task.source.split("/")[0] == flow)
            and (about is None or str(task.record) == about.record)
        ]


ACTS: Mapping[str, Callable[[Acting, Part], None]] = {
    "create": Acting.create,
    "update": Acting.update,
    "press": Acting.press,
    "task": Acting.task,
    "flow": Acting.flow,
}


class _Records:
    """`lay` looks records up by name."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    def __getitem__(self, name: str) -> str:
        return self._acting.place(name).record
