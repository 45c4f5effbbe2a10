"""Retelling: what was recorded of an afternoon's work, as the steps and expectations of one test.

Records get names as they turn up; one that was there before is made by the house first, of what may be told of it.
What somebody said (a message, a comment) and encrypted contents are not told: a neutral word stands for them, and
whoever saves the test may put his own in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.designing.identifiers import free
from engine.designing.tellable import BLANK, points_at, told_json
from engine.media_types import ending_of
from engine.records.program import FieldProgram, FormProgram
from engine.records.query import RecordView
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Storage
from metamodel.problems import pointer

SAID: Label = {"zh": "（内容已略）", "en": "(left out)"}  # stands for what somebody said
REASON: Label = {"zh": "（原因已略）", "en": "(reason left out)"}
KINDS = ("create", "update", "delete", "restore", "message", "press", "begin", "task", "flow", "say")


@dataclass(frozen=True, slots=True)
class Line:
    """A step as people read it while it is recorded. `at`: the JSON pointer of words in the test that stand for
    what was said, blank where nothing does; `stands` are those words."""

    icon: str
    said: Label
    at: str = ""
    stands: str = ""

    def text(self, language: str) -> str:
        return label_text(self.said, language)


class Asked(Protocol):
    """What retelling asks the installation: `recording.Recordings`."""

    def view(self, viewer: Viewer, app: str, form: str, record: str) -> RecordView | None: ...
    def program(self, app: str, form: str) -> FormProgram: ...
    def taken(self, viewer: Viewer, app: str) -> set[str]: ...
    def tasks(self, viewer: Viewer, app: str, since: int) -> list[Any]: ...
    def files(self, files: Sequence[str]) -> Mapping[str, tuple[str, str]]: ...
    def people(self) -> Mapping[str, str]: ...


# -- steps into a test -----------------------------------------------------------------------------


@dataclass
class Retelling:
    """One test coming into being. `stood`: records before anything was done to them, by id."""

    asked: Asked
    viewer: Viewer
    app: str
    since: int
    stood: Mapping[str, Mapping[str, Any]]
    _lines: list[tuple[str, Label, int, str]] = field(default_factory=list)  # icon, words, step, key
    _given: list[dict[str, Any]] = field(default_factory=list)
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)  # record -> its name
    _sent: dict[str, dict[str, Any]] = field(default_factory=dict)  # record -> what was given last
    _forms: dict[str, str] = field(default_factory=dict)  # record -> its form, of those that were touched
    _gone: set[str] = field(default_factory=set)
    _came: set[str] = field(default_factory=set)  # records made of messages
    _outside: dict[str, str] = field(default_factory=dict)  # who is none of ours -> what he is called here
    _rooms: dict[str, str] = field(default_factory=dict)

    def take(self, step: Mapping[str, Any]) -> None:
        kind = next((kind for kind in KINDS if kind in step), "")
        if kind:
            getattr(self, f"_{kind}")(step)

    # -- records -----------------------------------------------------------------------------------

    def _create(self, step: Mapping[str, Any]) -> None:
        form, record = step["create"], step["record"]
        view = self.asked.view(self.viewer, self.app, form, record)
        values = self._values(form, step["values"])
        if view is not None:
            values = {
                name: value for name, value in values.items() if view.access.get(name, "write") == "write"
            }
        self._sent[record], self._forms[record] = dict(values), form
        named = self._name(record, form)
        self._add({"create": form, "as": self.viewer.person, "name": named, "values": values})
        self._say_line("plus", form, {"zh": "填写“{form}”", "en": "Fill in “{form}”"})

    def _update(self, step: Mapping[str, Any]) -> None:
        form, record = step["update"], step["record"]
        if record not in self._names:
            self._stands(form, record, step["before"])
        values = self._values(form, step["values"])
        if values:
            self._sent.setdefault(record, {}).update(values)
            self._forms[record] = form
            self._add({"update": self._names[record], "as": self.viewer.person, "values": values})
            self._say_line("edit", form, {"zh": "修改“{form}”", "en": "Change “{form}”"})

    def _delete(self, step: Mapping[str, Any]) -> None:
        form, record = step["delete"], step["record"]
        if record not in self._names:
            self._stands(form, record, step["before"])
        self._forms[record] = form
        self._gone.add(record)
        self._add({"delete": self._names[record], "as": self.viewer.person})
        self._say_line("trash", form, {"zh": "删除一条“{form}”", "en": "Delete a record of “{form}”"})

    def _restore(self, step: Mapping[str, Any]) -> None:
        form, record = step["restore"], step["record"]
        if record in self._gone:  # deleted before the recording began: there is nothing to bring back
            self._gone.discard(record)
            self._add({"restore": self._names[record], "as": self.viewer.person})
            self._say_line("undo", form, {"zh": "恢复一条“{form}”", "en": "Bring back a record of “{form}”"})

    # -- what is done about them -------------------------------------------------------------------

    def _press(self, step: Mapping[str, Any]) -> None:
        self._about(step, {"press": step["press"], "on": self._known(step)})
        self._say_line(
            "button", step["form"], {"zh": "在“{form}”上按下按钮", "en": "Press a button on “{form}”"}
        )

    def _begin(self, step: Mapping[str, Any]) -> None:
        self._about(step, {"begin": step["begin"], "on": self._known(step)})
        self._say_line(
            "play", step["form"], {"zh": "发起“{form}”的流程", "en": "Begin a flow about “{form}”"}
        )

    def _task(self, step: Mapping[str, Any]) -> None:
        about = {"about": self._known(step)} if step["record"] else {}
        comment = {"comment": self._word(REASON)} if step.get("comment") else {}
        self._about(step, {"task": {"rule": step["task"], **about}, "do": step["do"], **comment})
        self._say_line(
            "task", step["form"], {"zh": "处理“{form}”的待办", "en": "Close a to-do about “{form}”"}
        )

    def _flow(self, step: Mapping[str, Any]) -> None:
        made = {"flow": self._known(step), "do": step["do"]}
        if step.get("to"):
            made["to"] = step["to"]
        elif step["do"] != "approve":
            made["comment"] = self._word(REASON)
        self._about(step, made)
        self._say_line("flow", step["form"], {"zh": "审批“{form}”", "en": "Act in the flow of “{form}”"})

    def _say(self, step: Mapping[str, Any]) -> None:
        names = self.asked.people()
        named = "".join(f"@{names[one]} " for one in step["people"] if one in names)
        self._about(step, {"say": named + self._word(SAID), "on": self._known(step)})
        words = {"zh": "在“{form}”上评论", "en": "Comment on “{form}”"}
        self._say_line("chat", step["form"], words, "say")

    def _about(self, step: Mapping[str, Any], made: dict[str, Any]) -> None:
        if step["record"]:
            self._forms[step["record"]] = step["form"]
        self._add({**made, "as": step.get("by") or self.viewer.person})

    def _known(self, step: Mapping[str, Any]) -> str:
        """The name of the record an act is about; it stands there before the test where nobody made it."""
        if step["record"] not in self._names:
            self._stands(step["form"], step["record"], None)
        return self._names[step["record"]]

    # -- messages ----------------------------------------------------------------------------------

    def _message(self, step: Mapping[str, Any]) -> None:
        """One that became a record this person may read; not what was said, nor who the other side is."""
        form, record = step["form"], step["record"]
        if self.asked.view(self.viewer, self.app, form, record) is None:
            return
        told: dict[str, Any] = {"channel": step["message"], "from": self._who(step["from"])}
        told["to"] = [self._who(one) for one in step["to"]]
        called = {self._outside[one]: self._outside[one].replace("customer_", "客户") for one in
                  (step["from"], *step["to"]) if one in self._outside}  # fmt: skip
        told |= {"names": called} if called else {}
        for key, usual in (("type", "text"), ("action", "send"), ("kind", "single")):
            told |= {key: step[key]} if step[key] != usual else {}
        if step["room"]:
            told["room"] = self._rooms.setdefault(step["room"], f"room_{len(self._rooms) + 1}")
        if step["refers"] in self._names:
            told["refers_to"] = self._names[step["refers"]]
        told |= (
            {"files": [f"附件{n}{end}" for n, end in enumerate(step["files"], 1)]} if step["files"] else {}
        )
        self._came.add(record)
        self._forms[record] = form
        self._add({"message": {**told, "text": self._word(SAID), "name": self._name(record, form)}})
        words = {"zh": "收到一条消息，成为“{form}”", "en": "A message comes in and becomes “{form}”"}
        self._say_line("channel", form, words, "message/text")

    def _who(self, person: str) -> str:
        """Our people by their ids; anybody else by a number."""
        if person in self.asked.people():
            return person
        return self._outside.setdefault(person, f"customer_{len(self._outside) + 1}")

    # -- names -------------------------------------------------------------------------------------

    def _stands(self, form: str, record: str, values: Mapping[str, Any] | None) -> None:
        """A record that was there before: made by the house first, of what this person may see of it, as it was
        before anybody did anything."""
        view = self.asked.view(self.viewer, self.app, form, record)
        if values is None:
            seen = view.values if view is not None else {}
            program = self.asked.program(self.app, form)
            now = told_json(program, {name: value for name, value in seen.items() if _whole(view, name)})
            before = self.stood.get(record, {})
            values = {**now, **{name: before[name] for name in before if name in seen}}
        name = self._name(record, form)
        filled = {key: value for key, value in self._values(form, values).items() if value not in BLANK}
        self._given.append({"create": form, "name": name, "values": filled})

    def _name(self, record: str, form: str) -> str:
        made = sum(name.startswith(f"{form}_") for name in self._names.values())
        return self._names.setdefault(record, f"{form}_{made + 1}")

    def _values(self, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
        program, found = self.asked.program(self.app, form), {}
        for name, value in values.items():
            known = program.fields.get(name)
            if known is not None and not self._elsewhere(known):
                found[name] = self._value(known, value)
        return found

    def _elsewhere(self, known: FieldProgram) -> bool:
        """A link to another app cannot be told."""
        reference = known.reference
        return reference is not None and reference.target == "record" and reference.app not in ("", self.app)

    def _value(self, known: FieldProgram, value: Any) -> Any:
        """Links by the names of their records, files by stand-ins of their kind."""
        reference = known.reference
        if known.cells and isinstance(value, list):
            cells = {cell.id: cell for cell in known.cells if not self._elsewhere(cell)}
            return [
                {name: self._value(cells[name], cell) for name, cell in row.items() if name in cells}
                for row in value
            ]
        if reference is None or reference.target not in ("record", "file") or value in BLANK:
            return value
        listed = value if isinstance(value, list) else [value]
        if reference.target == "file":
            made = self._files([str(one) for one in listed])
        else:
            made = [self._link(reference.form, str(one)) for one in listed]
        return made if isinstance(value, list) else made[0] if made else None

    def _files(self, files: Sequence[str]) -> list[dict[str, str]]:
        known = self.asked.files(files)
        ends = [ending_of(*known[one]) for one in files if one in known]
        return [{"$file": f"附件{number}{ending}"} for number, ending in enumerate(ends, 1)]

    def _link(self, form: str, record: str) -> dict[str, str]:
        if record not in self._names:
            self._stands(form, record, None)
        return {"$record": self._names[record]}

    def _word(self, stands: Label) -> str:
        return label_text(stands, self.viewer.language)

    def _add(self, step: dict[str, Any]) -> None:
        self._steps.append(step)

    def _say_line(self, icon: str, form: str, words: Mapping[str, str], key: str = "") -> None:
        known = self.asked.program(self.app, form).form
        said = {language: text.format(form=known.text(language)) for language, text in words.items()}
        self._lines.append((icon, said, len(self._steps) - 1, key))

    # -- the whole ---------------------------------------------------------------------------------

    def lines(self) -> tuple[Line, ...]:
        return tuple(self._line(*one) for one in self._lines)

    def _line(self, icon: str, said: Label, step: int, key: str) -> Line:
        if not key:
            return Line(icon, said)
        stands: Any = self._steps[step]
        for name in key.split("/"):
            stands = stands[name]
        return Line(icon, said, f"{pointer('steps', len(self._given) + step)}/{key}", str(stands))

    def test(self) -> dict[str, Any] | None:
        if not self._lines:
            return None
        at = from_microseconds(self.since)
        return {
            "id": free("recorded", self.asked.taken(self.viewer, self.app)),
            "label": f"{self._word(self._lines[0][1])} {at:%m-%d %H:%M}", "at": at.isoformat(),
            "data": "people",
            "steps": [*self._given, *self._steps, *self._expected(), *self._to_dos()],
        }  # fmt: skip

    def _expected(self) -> Iterator[dict[str, Any]]:
        """Of every record that was touched: what the app made of it, as this person sees it."""
        for record, form in self._forms.items():
            expected = {"form": form, "record": self._names[record], "as": self.viewer.person}
            if record in self._gone:
                yield {"expect": {**expected, "count": 0}}
            elif (view := self.asked.view(self.viewer, self.app, form, record)) is not None:
                became = dict(self._became(view, self._sent.get(record, {}), record in self._came))
                rows = dict(self._rows_of(view))
                told = {"values": became} if became else {}
                yield {"expect": {**expected, **told, **({"has": rows} if rows else {})}}

    def _became(self, view: RecordView, sent: Mapping[str, Any], came: bool) -> Iterator[tuple[str, Any]]:
        """Of a message's record only what is chosen: the rest is the message."""
        for one in self.asked.program(self.app, view.form).form.fields:
            value = view.values.get(one.id)
            if one.id in sent and sent[one.id] == value:
                continue
            if (
                (not came or _chosen(one))
                and value not in BLANK
                and view.access.get(one.id) != "mask"
                and _repeats(one)
            ):
                yield one.id, value

    def _rows_of(self, view: RecordView) -> Iterator[tuple[str, Any]]:
        """Of rows: their plain cells, what was computed among them."""
        for one in self.asked.program(self.app, view.form).form.fields:
            rows = view.values.get(one.id)
            if one.type is None or not one.type.container or one.sealed or not isinstance(rows, list):
                continue
            cells = {column.id for column in one.fields if _repeats(column)}
            told = [{k: v for k, v in row.items() if k in cells and v not in BLANK} for row in rows]
            if any(told) and _whole(view, one.id):
                yield one.id, [row for row in told if row]

    def _to_dos(self) -> Iterator[dict[str, Any]]:
        counts: dict[tuple[str, str], int] = {}
        for task in self.asked.tasks(self.viewer, self.app, self.since):
            if str(task.record) in self._names and "/" not in task.source:
                key = task.source, self._names[str(task.record)]
                counts[key] = counts.get(key, 0) + 1
        for (rule, name), count in counts.items():
            told = {"rule": rule, "about": name, "state": "all", "count": count}
            yield {"expect": {"tasks_of": self.viewer.person, **told}}


def _whole(view: RecordView | None, name: str) -> bool:
    return view is not None and view.access.get(name) != "mask"


def _chosen(one: FieldDefinition) -> bool:
    return one.type is not None and (one.type.storage is Storage.BOOLEAN or bool(one.type.choices(one)))


def _repeats(one: FieldDefinition) -> bool:
    """Is it the same when it is done again? Not moments, numbers that are given, or what points at records."""
    if one.sealed or one.type is None or one.type.container or type(one.derived).__name__ == "AutoNumber":
        return False
    return one.type.storage is not Storage.TIMESTAMP and points_at(one) in ("", "person", "department")
