"""Drawing: the values of records that were read become cells, for one reader.

How a field is drawn follows from its declaration (storage kind, what it points at, its
choices), never from the name of its type, and is decided once a page, not once a row.
Lists, record pages, related lists and chats use it; `inputs.py` is the same for editing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field as dataclass_field, replace
from typing import Any

from builder_ui.cells import Cell, CellKind, Chip, FileLink, Look, choice_chip, file_size, record_url
from builder_ui.code_svg import code_svg
from builder_ui.language import translations
from builder_ui.templating import href, macros_of
from engine.records.query import RecordView
from metamodel.forms import FieldDefinition, Form
from metamodel.human_text import list_joint, show_moment
from metamodel.plugin_api import BadValue, Display, Field, Reference, RelatedQuery, Rollup, Storage
from metamodel.row_totals import row_totals

LONG_TEXT = 60
USUAL_WIDTH = 160  # of a column beside one that was given a width
PAGE_WIDTH = 760  # pixels a form surely has beside the edges of the table
MOST_CHIPS = 600  # of a longer list of choices the text is enough
COUNTED = ("count", "sum", "avg")
YES, NO = (Chip("", "green"),), (Chip("", "grey"),)
Drawn = tuple[CellKind, Mapping[str, Any]]
Draw = Callable[[Any, str], Drawn]  # (JSON value, its text) -> kind and the other parts of the cell


def column_widths(rows: FieldDefinition) -> tuple[int, ...]:
    """Of the columns of a sub-form, in pixels, 0 for those that share what room is left; none where nobody said how
    wide any is."""
    if not any(column.width for column in rows.fields):
        return ()
    wanted = [column.width or USUAL_WIDTH for column in rows.fields]
    roomy = sum(wanted) <= PAGE_WIDTH
    return tuple(column.width or (0 if roomy else USUAL_WIDTH) for column in rows.fields)


class FieldDrawer:
    """One field, with its way of drawing chosen."""

    def __init__(self, field: FieldDefinition, label: str, draw: Draw, unknown: str = "") -> None:
        self.id, self._label, self._draw, self._unknown = field.id, label, draw, unknown
        self._sealed, self._evidence, self._partly = field.sealed, field.evidence, bool(field.patterns)

    def cell(self, value: Any, text: str, *, masked: bool = False) -> Cell:
        """`value` as JSON has it, `text` as its type shows it."""
        parts: Mapping[str, Any]
        if value is None or value == "" or value == []:
            kind, parts = ("text", {"text": self._unknown}) if self._unknown else ("blank", {})
        elif masked and not self._partly:
            kind, parts = "text", {"text": text, "masked": True}
        else:
            kind, parts = self._draw(value, text)
        return Cell(self.id, self._label, kind, sealed=self._sealed, evidence=self._evidence, **parts)  # type: ignore[arg-type]

    def of_record(self, view: RecordView) -> Cell:
        if self.id in view.pending and view.values.get(self.id) is None:
            return Cell(self.id, self._label, "pending", sealed=self._sealed, evidence=self._evidence)
        masked = view.access.get(self.id) == "mask"
        return self.cell(view.values.get(self.id), view.display.get(self.id, ""), masked=masked)


@dataclass(frozen=True, slots=True)
class Presenter:
    """Draws for one reader: his language and zone with the names of people, departments and wanted
    records in `display`, what is known of files, and the words that stand for a name he may not read."""

    app: str
    display: Display
    files: Mapping[str, Mapping[str, Any]] = dataclass_field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    _drawers: dict[tuple[str, str], FieldDrawer] = dataclass_field(default_factory=dict)

    def drawer(self, field: FieldDefinition) -> FieldDrawer:
        known = self._drawers.get((field.path, field.id))
        if known is None:
            label, unknown = field.text(self.display.language), self._unknown(field)
            known = FieldDrawer(field, label, self._way(field), unknown)
            self._drawers[field.path, field.id] = known
        return known

    def cells(self, form: Form, view: RecordView, names: Iterable[str]) -> list[Cell]:
        """The fields among `names` that this viewer may see of this record, in that order."""
        fields = (form.field(name) for name in names)
        return [self.drawer(field).of_record(view) for field in fields if field and field.id in view.values]

    def of_record(self, field: FieldDefinition, view: RecordView) -> Cell:
        return self.drawer(field).of_record(view)

    def cell(self, field: FieldDefinition, value: Any, text: str) -> Cell:
        return self.drawer(field).cell(value, text)

    def _unknown(self, field: FieldDefinition) -> str:
        """What a figure says that could not be worked out; '' where blank simply is blank."""
        if not isinstance(field.derived, RelatedQuery):
            return ""
        return translations(self.display.language).gettext("Cannot be worked out")

    # -- ways of drawing ---------------------------------------------------------------------------

    def _way(self, field: FieldDefinition) -> Draw:
        type_ = field.type
        if type_ is None or field.options is None:
            return lambda value, text: ("text", {"text": text or str(value)})
        usual, own = self._usual(type_, field), drawn_by_itself(type_)
        return self._own(type_, field, own, usual) if own else usual

    def _usual(self, type_: Field, field: FieldDefinition) -> Draw:
        """By what the value is: what no type has to say."""
        if type_.container:
            return lambda value, text: ("rows", self._rows(field, value))
        if reference := type_.reference(field):
            return self._files if reference.target == "file" else self._referring(reference)
        if type_.source(field) is not None:
            return lambda value, text: ("chips", {"chips": (Chip(text, key=str(value), look="dot"),)})
        if type_.storage == Storage.BOOLEAN:
            return lambda value, text: ("boolean", {"text": text, "chips": YES if value else NO})
        if 0 < len(type_.choices(field)) <= MOST_CHIPS:
            return self._choosing(field)
        if type_.storage in (Storage.INTEGER, Storage.DECIMAL) or _is_counted(field):
            return lambda value, text: ("number", {"text": text})
        return self._plain

    def _own(self, type_: Field, field: FieldDefinition, own: frozenset[str], usual: Draw) -> Draw:
        """As its type says; a macro of `parts/field_looks.html` draws what it needs. Where the type leaves a form
        out it is drawn as usual."""
        code = str(getattr(field.options, "code", "")) if type_.look == "code_image" else ""
        said = {
            "own": own,
            "look": type_.look,
            "short": type_.cell,
            "type": type_.name if type_.markup else "",
        }

        signed = type_.look == "signature" and bool(getattr(field.options, "name_below", False))

        def draw(value: Any, text: str) -> Drawn:
            kind, parts = usual(value, text)
            if signed and kind == "files":
                parts = {"files": tuple(map(self._signed, map(str, value), parts["files"]))}
            inner = code_svg(str(value), code) if type_.look == "code_image" else value
            return kind, {**parts, **said, "text": text, "inner": inner}

        return draw

    def _plain(self, value: Any, text: str) -> Drawn:
        if isinstance(value, list):
            return "chips", {"chips": tuple(Chip(each, key=each) for each in self._apart(value, text))}
        return ("long" if len(text) > LONG_TEXT or "\n" in text else "text"), {"text": text}

    def _choosing(self, field: FieldDefinition) -> Draw:
        assert field.type
        language, many = self.display.language, field.type.many
        look: Look = "fill" if many else "dot"
        chips = {c.value: choice_chip(c, c.value, language, look) for c in field.type.choices(field)}

        def draw(value: Any, text: str) -> Drawn:
            values = value if isinstance(value, list) else [value]
            return "chips", {
                "chips": tuple(chips.get(str(v)) or Chip(str(v), key=str(v), look=look) for v in values)
            }

        return draw

    def _referring(self, reference: Reference) -> Draw:
        def draw(value: Any, text: str) -> Drawn:
            ids = [str(item) for item in value] if isinstance(value, list) else [str(value)]
            texts = self._apart(ids, text)
            return "chips", {
                "chips": tuple(self._reference(reference, i, t) for i, t in zip(ids, texts, strict=True))
            }

        return draw

    def _reference(self, reference: Reference, identifier: str, name: str) -> Chip:
        """A record as a link to it, a person or department with its mark."""
        if name in self.hidden:
            return Chip(name, look="plain", icon="lock")
        if reference.target == "record":
            url = record_url(reference.app or self.app, reference.form, identifier)
            return Chip(name, href=url, look="link")
        look: Look = "person" if reference.target == "person" else "plain"
        return Chip(name, key=identifier, title=identifier, look=look)

    def _files(self, value: Any, text: str) -> Drawn:
        return "files", {"files": tuple(self.file(identifier) for identifier in value)}

    def file(self, identifier: str) -> FileLink:
        facts = self.files.get(str(identifier), {})
        size = file_size(int(facts.get("size") or 0)) if facts else ""
        name = str(facts.get("name") or identifier)
        if facts.get("closed"):
            return FileLink(name, "", size)
        return FileLink(name, href(f"/files/{identifier}"), size, str(facts.get("media_type") or ""))

    def _signed(self, identifier: str, file: FileLink) -> FileLink:
        """With who handed it in, and when: nothing of one that does not open."""
        by, zone = self.files.get(identifier, {}).get("handed_in"), self.display.zone
        if by is None or zone is None or not file.href:
            return file
        person, at = by
        name = self.display.names.get(("person", person), "")
        return replace(file, below=f"{name} {show_moment(at, zone, self.display.language)}".strip())

    def _rows(self, field: FieldDefinition, value: Any) -> Mapping[str, Any]:
        drawers = [(inner, self.drawer(inner)) for inner in field.fields]
        rows = tuple(
            tuple(
                drawer.cell(row.get(inner.id), self.shown(inner, row.get(inner.id)))
                for inner, drawer in drawers
            )
            for row in value
        )
        totals = row_totals(field, value, self.display)
        return {
            "head": tuple(inner.text(self.display.language) for inner in field.fields),
            "rows": rows,
            "widths": column_widths(field),
            "totals": tuple(totals.get(inner.id, "") for inner in field.fields) if totals else (),
        }

    def _apart(self, values: list[Any], text: str) -> list[str]:
        """The words of several values, apart again from the text that joins them."""
        if len(values) == 1:
            return [text]
        parts = text.split(list_joint(self.display.language))
        return parts if len(parts) == len(values) else [_item_text(item) for item in values]

    def shown(self, field: FieldDefinition, value: Any) -> str:
        """What its type makes of a JSON value; of one it cannot read, the value itself."""
        if value is None or value == "" or field.type is None:
            return self._unknown(field)
        try:
            return field.type.display(field.type.parse(value, field), field, self.display)
        except BadValue:
            return str(value)


def drawn_by_itself(type_: Field) -> frozenset[str]:
    """The forms of reading this type declares: `look` on a page, `cell` in a list, `print` on paper."""
    named = {name for name in ("look", "cell") if getattr(type_, name)}
    return (macros_of(type_.markup) & {"look", "cell", "print"}) | named


def _is_counted(field: FieldDefinition) -> bool:
    return isinstance(field.derived, Rollup) and field.derived.aggregate in COUNTED


def _item_text(item: Any) -> str:
    return str(item.get("name") or item.get("id") or "") if isinstance(item, dict) else str(item)
