"""Values as people see them: a field of a record that was read becomes a Cell that templates draw.

What a cell looks like follows from the field's declaration (its storage kind, what it
points at, its choices), never from the name of its type. Lists, record pages, related
lists and chats use it; `inputs.py` is the same for editing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field as dataclass_field, replace
from typing import Any, Literal

from builder_ui.templating import href
from engine.records.query import RecordView
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.plugin_api import BadValue, Choice, Display, Reference, Rollup, Storage

CellKind = Literal["blank", "text", "long", "number", "boolean", "chips", "files", "rows", "away"]
Look = Literal["fill", "dot", "link", "person", "plain"]
FILE_ICONS = {"image": "image", "audio": "voice", "video": "video"}
LONG_TEXT = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """One word or link; `key` decides the colour when `hue` names none.

    Tags are filled, a single choice is a dot and its word, records are links, people have a face:
    colour stays with what was put there to be seen.
    """

    text: str
    hue: str = ""
    key: str = ""
    href: str = ""
    icon: str = ""
    title: str = ""
    look: Look = "fill"


@dataclass(frozen=True, slots=True)
class FileLink:
    name: str
    href: str
    size: str = ""
    media_type: str = ""

    @property
    def icon(self) -> str:
        return FILE_ICONS.get(self.media_type.split("/")[0], "file")


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one record, ready to draw. `away`: there is a value, and this viewer may not see it."""

    field: str
    label: str
    kind: CellKind
    text: str = ""
    chips: tuple[Chip, ...] = ()
    files: tuple[FileLink, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    masked: bool = False
    sealed: bool = False
    evidence: bool = False
    span: int = 1


@dataclass(frozen=True, slots=True)
class Presenter:
    """Draws values for one reader: his language and zone with the names of people and departments
    in `display`, and what is known of files."""

    app: str
    display: Display
    files: Mapping[str, Mapping[str, Any]] = dataclass_field(default_factory=dict)
    hidden: frozenset[str] = frozenset()  # the words that stand for a name one may not read

    def cells(self, form: Form, view: RecordView, names: Iterable[str]) -> list[Cell]:
        """The fields among `names` that this viewer may see of this record, in that order."""
        fields = (form.field(name) for name in names)
        return [self.of_record(field, view) for field in fields if field and field.id in view.values]

    def of_record(self, field: FieldDefinition, view: RecordView) -> Cell:
        value = view.values.get(field.id)
        masked = view.access.get(field.id) == "mask"
        return self.cell(field, value, view.display.get(field.id, ""), masked=masked)

    def cell(self, field: FieldDefinition, value: Any, text: str, *, masked: bool = False) -> Cell:
        """`value` as JSON has it, `text` as its type shows it."""
        cell = Cell(
            field.id, field.text(self.display.language), "blank", sealed=field.sealed, evidence=field.evidence
        )
        if value is None or value == "" or value == []:
            return cell
        if masked or not field.type:
            return replace(cell, kind="text", text=text, masked=masked)
        if field.type.container:
            return replace(cell, kind="rows", head=self._head(field), rows=self._rows(field, value))
        if reference := field.type.reference(field):
            return self._referred(cell, field, value, text, reference)
        if field.type.storage == Storage.BOOLEAN:
            return replace(cell, kind="boolean", text=text, chips=(Chip("", "green" if value else "grey"),))
        if choices := field.type.choices(field):
            return replace(cell, kind="chips", chips=self._chosen(value, choices))
        if isinstance(value, list):
            return replace(cell, kind="chips", chips=tuple(Chip(t, key=t) for t in self._apart(value, text)))
        return replace(cell, kind=_plain_kind(field, text), text=text)

    def _referred(
        self, cell: Cell, field: FieldDefinition, value: Any, text: str, reference: Reference
    ) -> Cell:
        ids = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        if reference.target == "file":
            return replace(cell, kind="files", files=tuple(self.file(identifier) for identifier in ids))
        texts = self._apart(ids, text)
        chips = tuple(self.reference_chip(reference, i, t) for i, t in zip(ids, texts, strict=True))
        return replace(cell, kind="chips", chips=chips)

    def reference_chip(self, reference: Reference, identifier: str, name: str = "") -> Chip:
        """A record as a link to it, a person or department with its mark."""
        name = name or self.display.name(reference.target, identifier)
        if name in self.hidden:
            return Chip(name, look="plain", icon="lock")
        if reference.target == "record":
            url = record_url(reference.app or self.app, reference.form, identifier)
            return Chip(name, href=url, look="link")
        return Chip(
            name, key=identifier, title=identifier, look="person" if reference.target == "person" else "plain"
        )

    def file(self, identifier: str) -> FileLink:
        facts = self.files.get(str(identifier), {})
        size = file_size(int(facts.get("size") or 0)) if facts else ""
        name = str(facts.get("name") or identifier)
        return FileLink(name, href(f"/files/{identifier}"), size, str(facts.get("media_type") or ""))

    def _apart(self, values: list[Any], text: str) -> list[str]:
        """The words of several values, apart again from the text that joins them."""
        parts = text.split("、" if self.display.language.startswith("zh") else ", ")
        return parts if len(parts) == len(values) else [_item_text(item) for item in values]

    def _chosen(self, value: Any, choices: Iterable[Choice]) -> tuple[Chip, ...]:
        known = {choice.value: choice for choice in choices}
        look: Look = "fill" if isinstance(value, list) else "dot"
        values = value if isinstance(value, list) else [value]
        return tuple(choice_chip(known.get(str(v)), str(v), self.display.language, look) for v in values)

    def _head(self, field: FieldDefinition) -> tuple[str, ...]:
        return tuple(inner.text(self.display.language) for inner in field.fields)

    def _rows(self, field: FieldDefinition, value: Any) -> tuple[tuple[Cell, ...], ...]:
        return tuple(tuple(self._inner(inner, row.get(inner.id)) for inner in field.fields) for row in value)

    def _inner(self, field: FieldDefinition, value: Any) -> Cell:
        return self.cell(field, value, self.shown(field, value))

    def shown(self, field: FieldDefinition, value: Any) -> str:
        """What its type makes of a JSON value; of one it cannot read, the value itself."""
        if value is None or value == "" or field.type is None:
            return ""
        try:
            return field.type.display(field.type.parse(value, field), field, self.display)
        except BadValue:
            return str(value)


def pointed(fields: Iterable[FieldDefinition], values: Mapping[str, Any]) -> Iterator[tuple[Reference, str]]:
    """Every record these JSON values point at, cells of sub-forms included."""
    for field in fields:
        value = values.get(field.id)
        if not value or field.type is None or field.options is None:
            continue
        if field.type.container and isinstance(value, list):
            for row in value:
                yield from pointed(field.fields, row)
            continue
        reference = field.type.reference(field)
        if reference is not None and reference.target == "record":
            yield from ((reference, str(item)) for item in (value if isinstance(value, list) else [value]))


def _plain_kind(field: FieldDefinition, text: str) -> CellKind:
    assert field.type
    if field.type.storage in (Storage.INTEGER, Storage.DECIMAL):
        return "number"
    if isinstance(field.derived, Rollup) and field.derived.aggregate in ("count", "sum", "avg"):
        return "number"
    return "long" if len(text) > LONG_TEXT or "\n" in text else "text"


def choice_chip(choice: Choice | None, value: str, language: str, look: Look = "fill") -> Chip:
    if choice is None:
        return Chip(value, key=value, look=look)
    return Chip(label_text(choice.label, language, value), choice.color, value, look=look)


def record_url(app: str, form: str, record: str, **query: Any) -> str:
    return href(f"/apps/{app}/forms/{form}/records/{record}", **query)


def file_size(size: int) -> str:
    """Bytes as people say them."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError


def _item_text(item: Any) -> str:
    return str(item.get("name") or item.get("id") or "") if isinstance(item, dict) else str(item)
