"""Acts: what people do in a story or in an app's test, done the ordinary ways in.

Filling in a form, changing a record, deleting it and bringing it back, saying something about it, pressing a
rule's button, closing a to-do, beginning a flow, acting in one, having an evidence package made. What came of an
act may be given a name, by which later acts find it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.access.viewer import SYSTEM, Viewer
from engine.packages.request import Request
from engine.records.query import Change, Outcome, Query
from engine.sample_data.almanac import Almanac, lay
from engine.sample_data.received import look_into
from engine.sample_data.stand_ins import stand_in
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
        viewer = self.viewer(part.text("as"))
        values = self._handed_in(viewer, self.lay(part.mapping("values")))
        (record,) = self.runtime.records.create(viewer, app or self.app, form, [values])
        if part.text("key"):
            self.give(f"{form}/{part.text('key')}", form, record, app)
        if part.text("name"):
            self.give(part.text("name"), form, record, app)

    def update(self, part: Part) -> None:
        known, viewer = self.place(part.raw["update"]), self.viewer(part.text("as"))
        values = self._handed_in(viewer, self.lay(part.mapping("values")))
        change = Change(known.record, values)
        (outcome,) = self.runtime.records.update(viewer, known.app, known.form, [change])
        if not outcome.ok:
            raise Rejected(outcome.problems)

    def _handed_in(self, viewer: Viewer, value: Any) -> Any:
        """Every `{"$file": name}` inside as a file this person has handed in."""
        if isinstance(value, list):
            return [self._handed_in(viewer, item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"$file"}:
            name = str(value["$file"])
            return self.runtime.store_file(viewer, *_named(name))["id"]
        return {key: self._handed_in(viewer, item) for key, item in value.items()}

    def delete(self, part: Part) -> None:
        known, viewer = self.place(part.raw["delete"]), self.viewer(part.text("as"))
        deletion = self.runtime.recycle_bin.delete(viewer, known.app, known.form, [known.record])
        _all_well(deletion.outcomes)

    def restore(self, part: Part) -> None:
        known, viewer = self.place(part.raw["restore"]), self.viewer(part.text("as"))
        _all_well(self.runtime.recycle_bin.restore(viewer, known.app, known.form, [known.record]))

    def say(self, part: Part) -> None:
        """A comment; whom it names with @ is told."""
        known, viewer = self.place(part.raw.get("on", "")), self.viewer(part.text("as"))
        self.runtime.comments.add(
            viewer, known.app, known.form, known.record, part.text("say"), field=part.text("about")
        )

    def press(self, part: Part) -> None:
        known = self.place(part.raw.get("on", ""))
        self.runtime.rules.press(self.viewer(part.text("as")), self.app, part.text("press"), known.record)

    def begin(self, part: Part) -> None:
        """A flow of the app, by hand."""
        known, viewer = self.place(part.raw.get("on", "")), self.viewer(part.text("as"))
        flows = self.runtime.flows
        self.runtime.database.write(
            lambda unit: flows.start(unit, viewer, self.app, part.text("begin"), known.record)
        )

    def package(self, part: Part) -> None:
        """An evidence package of what a search or a condition finds, for the reason in the comment; where it is
        said what is to stand in it, it is fetched and checked."""
        app, form = split_form(part.text("package"))
        viewer, packages = self.viewer(part.text("as")), self.runtime.packages
        asked = packages.ask(
            viewer,
            Request(
                app=app or self.app, form=form, reason=part.text("comment"),
                text=part.text("search"), filter=part.text("where"),
            ),
        )  # fmt: skip
        self.runtime.jobs.run_due()
        made = next(one for one in packages.of(viewer) if one.id == asked)
        if made.state != "ready":
            raise Rejected([problem(made.problem)])
        if {"count", "says"} & part.raw.keys():
            what = self.runtime.applications.get(app or self.app).form(form)
            label = what.text() if what else form
            wrong = [*look_into(part, packages.open(viewer, asked)[1], packages.key, label)]
            if wrong:
                raise Rejected(wrong)

    def flow(self, part: Part) -> None:
        known = self.place(part.raw["flow"])
        shown = self.runtime.flows.view(SYSTEM, known.app, known.form, known.record)
        if shown is None:
            raise Rejected([problem("app_test.no_flow", name=str(part.raw["flow"]))])
        viewer = self.viewer(part.text("as"))
        self.runtime.flows.act(viewer, shown.instance, part.text("do"), part.text("comment"), _whom(part))

    def task(self, part: Part) -> None:
        viewer, wanted = self.viewer(part.text("as")), part.part("task")
        found = self.tasks(viewer, wanted, "open")
        if not found:
            what = wanted.text("rule") or wanted.text("flow")
            raise Rejected([problem("app_test.no_task", person=viewer.name, source=what)])
        do, comment, to = part.text("do"), part.text("comment"), _whom(part)
        self.runtime.database.write(
            lambda unit: self.runtime.tasks.close(unit, viewer, found[0].id, do, comment, to)
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
    "delete": Acting.delete,
    "restore": Acting.restore,
    "say": Acting.say,
    "press": Acting.press,
    "begin": Acting.begin,
    "task": Acting.task,
    "package": Acting.package,
    "flow": Acting.flow,
}


def _whom(part: Part) -> list[str]:
    to = part.raw.get("to") or []
    return [str(one) for one in to] if isinstance(to, list) else [str(to)]


def _named(name: str) -> tuple[bytes, str, str]:
    content, kind = stand_in(name)
    return content, name, kind


def _all_well(outcomes: Sequence[Outcome]) -> None:
    """Rejected with what kept any of them."""
    wrong = [found for one in outcomes if not one.ok for found in one.problems]
    if wrong:
        raise Rejected(wrong)


class _Records:
    """`lay` looks records up by name."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    def __getitem__(self, name: str) -> str:
        return self._acting.place(name).record
