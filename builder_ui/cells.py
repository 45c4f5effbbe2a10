"""Values as people see them: a field and its value become a Cell that templates draw.

What a cell looks like follows from the field's declaration (its storage kind, what it
points at, its choices), never from the name of its type. Lists, record pages, related
lists and chats use it; `inputs.py` is the same for editing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal

from builder_ui.templating import href
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Choice, Display, Reference, Storage

CellKind = Literal["blank", "text", "long", "number", "boolean", "chips", "files", "rows", "away"]
Look = Literal["fill", "dot", "link", "person", "plain"]
FILE_ICONS = {"image": "image", "audio": "voice", "video": "video"}


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

    @property
    def wide(self) -> bool:
        return self.kind in ("long", "rows") or self.span > 1


@dataclass(frozen=True, slots=True)
class Presenter:
    """Draws values for one reader: his language and zone, the names of what is pointed at, files' facts."""

    display: Display
    files: Mapping[str, Mapping[str, Any]] = dataclass_field(default_factory=dict)

    def cell(self, field: FieldDefinition, value: Any, *, masked: bool = False, away: bool = False) -> Cell:
        kind, parts = self._draw(field, value, masked, away)
        return Cell(
            field.id,
            field.text(self.display.language),
            kind,
            masked=masked,
            sealed=field.sealed,
            evidence=field.evidence,
            **parts,
        )

    def _draw(
        self, field: FieldDefinition, value: Any, masked: bool, away: bool
    ) -> tuple[CellKind, dict[str, Any]]:
        if away:
            return "away", {}
        if value is None or value == "" or value == [] or not field.type:
            return "blank", {}
        if masked:
            return "text", {"text": str(value)}
        if field.type.container:
            return "rows", self._rows(field, value)
        if reference := field.type.reference(field):
            return self._referred(field, value, reference)
        if choices := field.type.choices(field):
            return "chips", {"chips": self._chosen(value, choices)}
        if field.type.many:
            return "chips", {"chips": tuple(Chip(text, key=text) for text in self._texts(field, value))}
        return self._plain(field, value)

    def _plain(self, field: FieldDefinition, value: Any) -> tuple[CellKind, dict[str, Any]]:
        assert field.type
        text = field.type.display(value, field, self.display)
        match field.type.storage:
            case Storage.BOOLEAN:
                return "boolean", {"text": text, "chips": (Chip("", "green" if value else "grey"),)}
            case Storage.INTEGER | Storage.DECIMAL:
                return "number", {"text": text}
        long = field.type.input == "long_text" or len(text) > 60 or "\n" in text
        return ("long" if long else "text"), {"text": text}

    def _referred(
        self, field: FieldDefinition, value: Any, reference: Reference
    ) -> tuple[CellKind, dict[str, Any]]:
        assert field.type
        ids = field.type.references(value, field)
        if reference.target == "file":
            return "files", {"files": tuple(self.file(identifier) for identifier in ids)}
        return "chips", {"chips": tuple(self.reference_chip(reference, identifier) for identifier in ids)}

    def reference_chip(self, reference: Reference, identifier: str) -> Chip:
        """A record as a link to it, a person or department with its mark."""
        name = self.display.name(reference.target, identifier)
        if reference.target == "record":
            url = record_url(reference.app, reference.form, identifier)
            return Chip(name, href=url, look="link")
        if reference.target == "person":
            return Chip(name, key=identifier, title=identifier, look="person")
        return Chip(name, title=identifier, look="plain")

    def file(self, identifier: str) -> FileLink:
        facts = self.files.get(str(identifier), {})
        size = file_size(int(facts.get("size") or 0)) if facts else ""
        name = str(facts.get("name") or identifier)
        return FileLink(name, href(f"/files/{identifier}"), size, str(facts.get("media_type") or ""))

    def _chosen(self, value: Any, choices: Any) -> tuple[Chip, ...]:
        known = {choice.value: choice for choice in choices}
        look: Look = "fill" if isinstance(value, list) else "dot"
        values = value if isinstance(value, list) else [value]
        return tuple(choice_chip(known.get(str(item)), str(item), self.display.language, look) for item in values)

    def _texts(self, field: FieldDefinition, value: Any) -> list[str]:
        return [_item_text(item) for item in value] if isinstance(value, list) else [str(value)]

    def _rows(self, field: FieldDefinition, value: Any) -> dict[str, Any]:
        head = tuple(inner.text(self.display.language) for inner in field.fields)
        rows = tuple(tuple(self.cell(inner, row.get(inner.id)) for inner in field.fields) for row in value)
        return {"head": head, "rows": rows}


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
