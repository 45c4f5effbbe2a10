"""A form somebody fills in, as its page shows it: the layout with its inputs, and how each field stands while he
types. For records of people who signed in (`pages/edit.py`), previews of a form and links for the public."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from builder_ui.cells import pointed
from builder_ui.inputs import Inputs, sent_row_numbers
from builder_ui.layouts import blocks_of
from builder_ui.models.inputs import Input
from builder_ui.models.record import Embedded, FormSection, FormTab
from builder_ui.named_files import Named, file_ids, files_of
from builder_ui.site import Visit
from engine.records.forms_state import FormState
from engine.records.query import RecordView
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.layouts import Block, PlacedField, frame_host
from metamodel.masking import Hide, patterns_of
from metamodel.problems import Problem

Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Draft:
    """A record being filled in: what stands in its fields, their state, and what is wrong with them."""

    visit: Visit
    app: App
    form: Form
    view: RecordView | None
    values: Mapping[str, Any]
    known: FormState
    problems: Sequence[Problem] = field(default=())

    @property
    def state(self) -> Mapping[str, Mapping[str, Any]]:
        return self.known.fields

    @property
    def blocks(self) -> Mapping[str, bool]:
        return self.known.blocks

    @property
    def base(self) -> str:
        return f"/apps/{self.app.id}/forms/{self.form.id}"

    def fields(self) -> list[FieldDefinition]:
        """The fields that stand in the form: those the engine knows a state for."""
        frozen = self.form.is_archive and self.view is not None
        return [f for f in self.form.fields if f.id in self.state and not (frozen and f.evidence)]

    def value(self, known: FieldDefinition) -> Any:
        if known.id in self.values:
            return self.values[known.id]
        return self.state[known.id].get("value")

    def shown(self, known: FieldDefinition) -> str:
        if self.view is not None and self.values.get(known.id) == self.view.values.get(known.id):
            return self.view.display.get(known.id, "")
        return ""


def drawn_sections(draft: Draft) -> tuple[tuple[FormSection, ...], set[str]]:
    """The form's layout with inputs, and the fields that are in it."""
    visit, files = draft.visit, _file_ids(draft)
    values = {known.id: draft.value(known) for known in draft.fields()}
    inputs = Inputs(draft.base, visit.presenter(draft.app.id, files, pointed(draft.fields(), values)))
    made = {known.id: _input(draft, inputs, known) for known in draft.fields()}
    blocks = blocks_of(draft.form, draft.form.text(visit.language), visit.text("More"))
    return tuple(_drawn(draft, blocks, made)), set(made)


def _drawn(draft: Draft, blocks: Iterable[Block], made: Mapping[str, Input]) -> Iterator[FormSection]:
    """What of these blocks stands in a form that is filled in: buttons and related lists do not."""
    language = draft.visit.language
    for block in blocks:
        label = label_text(block.label, language)
        shown = draft.blocks.get(block.key, True)
        match block.kind:
            case "section":
                inputs = tuple(_placed(made[one.field], one) for one in block.fields if one.field in made)
                folded = block.folded and not _wrong(inputs)
                if inputs:
                    yield FormSection(label, inputs, block.columns, folded, key=block.key, shown=shown)
            case "note" | "divider":
                note = label_text(block.text, language)
                yield FormSection(label, note=note, kind=block.kind, key=block.key, shown=shown)
            case "embed" if frame_host(block.url):
                page = Embedded(block.url, block.height, label or block.url)
                yield FormSection(label, kind=block.kind, key=block.key, shown=shown, embedded=page)
            case "tabs":
                tabs = tuple(_tabs(draft, block, made))
                if tabs:
                    yield FormSection(label, kind="tabs", key=block.key, shown=shown, tabs=tabs)


def _tabs(draft: Draft, block: Block, made: Mapping[str, Input]) -> Iterator[FormTab]:
    for tab in block.tabs:
        sections = tuple(_drawn(draft, tab.blocks, made))
        if sections:
            label = label_text(tab.label, draft.visit.language, tab.id)
            wrong = any(section.wrong for section in sections)
            yield FormTab(tab.key, label, sections, draft.blocks.get(tab.key, True), wrong)


def _placed(item: Input, place: PlacedField) -> Input:
    return replace(item, span=place.span) if place.span > 1 else item


def _input(draft: Draft, inputs: Inputs, known: FieldDefinition) -> Input:
    value, decided = draft.value(known), draft.state[known.id]
    masked = draft.view is not None and draft.view.access.get(known.id) in ("mask", "read")
    wrong = [(_place_of(p), p.text(draft.visit.language)) for p in draft.problems if field_of(p) == known.id]
    state = {**decided, "writable": False} if masked else decided
    text = draft.shown(known) or inputs.presenter.shown(known, value)
    return inputs.input(known, value, text, state, problems=wrong)


def _wrong(inputs: Sequence[Input]) -> bool:
    return any(item.problems or item.required for item in inputs)


def _file_ids(draft: Draft) -> dict[str, Named]:
    """The files of the draft, and how their names are shown: what is not his to change may be masked."""
    found: dict[str, Named] = {}
    for known in draft.fields():
        if held := files_of(known, draft.value(known)):
            masked = draft.view is not None and draft.view.access.get(known.id) == "mask" and known.patterns
            hide: Hide = patterns_of(known.patterns).mask if masked else str
            closed = draft.view is not None and known.id in draft.view.closed
            foreign = _foreign(draft, known, held)
            found |= {item: Named(hide, closed, item in foreign) for item in held}
    return found


def _foreign(draft: Draft, known: FieldDefinition, held: Sequence[str]) -> Collection[str]:
    """Of these files those that are not his to see: somebody may have typed any number."""
    stood = set(file_ids(known, draft.view)) if draft.view is not None else set[str]()
    typed = set(held) - stood
    may = draft.visit.runtime.attachable(draft.visit.viewer, typed) if typed else set[str]()
    return (typed - may) | (draft.view.foreign if draft.view is not None else frozenset())


def answers(draft: Draft, inputs: Inputs, sent: Sent) -> dict[str, dict[str, Any]]:
    """The states of all fields for the page that sent these values."""
    found = {name: answer_of(draft, inputs, name) for name in draft.state}
    for name, answered in found.items():
        if answered.get("rows"):
            answered["rows"] = _numbered(draft, inputs, name, sent)
        if answered.get("problems"):
            answered["problems"] = [*_in_cells(draft, name, answered["problems"], sent)]
    return found


def answer_of(draft: Draft, inputs: Inputs, name: str) -> dict[str, Any]:
    """A field's state for the page, with its input drawn where the server decides what stands in it."""
    known, decided = draft.form.field(name), dict(draft.state[name])
    value = decided.pop("value", None)
    if "problems" in decided:
        decided["problems"] = [_in_language(found, draft.visit.language) for found in decided["problems"]]
    if known is not None and (known.derived is not None or known.writable):
        value = draft.values.get(name) if known.writable and value is None else value
        made = inputs.input(known, value, inputs.presenter.shown(known, value), decided)
        decided["html"] = draft.visit.site.renderer.render("control.html", draft.visit.language, input=made)
    return decided


def _numbered(draft: Draft, inputs: Inputs, name: str, sent: Sent) -> dict[str, Any]:
    """The states of a sub-form's cells by the page's numbers of its rows; computed cells as they are shown."""
    rows = draft.form.field(name)
    if rows is None:
        return {}
    columns = {column.id: column for column in rows.fields}
    states = draft.state[name]["rows"]
    return {
        str(number): {
            cell: {"text": inputs.presenter.shown(columns[cell], state["value"])}
            if "value" in state
            else state
            for cell, state in cells.items()
        }
        for number, cells in zip(sent_row_numbers(rows, sent), states, strict=False)
    }


def _in_cells(
    draft: Draft, name: str, problems: Iterable[Mapping[str, Any]], sent: Sent
) -> Iterator[Mapping[str, Any]]:
    """What is wrong in a cell with the page's number of its row and its column."""
    rows = draft.form.field(name)
    numbers = sent_row_numbers(rows, sent) if rows is not None and rows.fields else []
    for found in problems:
        number, _, column = str(found["place"]).partition("/")
        known = is_whole_number(number) and column and int(number) < len(numbers)
        yield {**found, "cell": [numbers[int(number)], column]} if known else found


def _in_language(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    said = Problem(found["code"], found["path"], found.get("params", {}))
    place = _place_of(said)
    return {"severity": found["severity"], "code": said.code, "text": said.text(language), "place": place}


def field_of(found: Problem) -> str:
    return found.path.strip("/").split("/")[0]


def _place_of(found: Problem) -> str:
    """Where inside its field: "2/price" for a cell of a sub-form, "" for the field."""
    if "row" in found.params and "column" in found.params:
        return f"{int(found.params['row']) - 1}/{found.params['column']}"
    return "/".join(found.path.strip("/").split("/")[1:3])
