"""Fields as people fill them: a field, its value and its state become an Input; a sent form becomes raw values.

The control follows from what the type names (`Field.input`), else from what it points at and
its storage kind. Forms send every field by its id, rows of a sub-form as `items.0.price`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder_ui.cells import Chip
from builder_ui.drawing import Presenter, column_widths
from builder_ui.models.inputs import Input, Picked
from builder_ui.models.parts import Option
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import BadValue, Storage
from metamodel.row_totals import row_totals

# Inputs whose choices may be few enough to stand side by side: how few, and the control they then have.
FEW_OF = {"select": (4, "radio"), "several": (8, "checks")}
CONTROLS = {
    "textarea": "textarea", "number": "number", "money": "number", "percent": "number", "date": "date",
    "datetime": "datetime", "duration": "duration", "boolean": "switch", "switch": "switch",
    "checkbox": "switch", "select": "select", "radio": "radio", "checks": "checks", "several": "picker",
    "tags": "picker", "record": "picker", "records": "picker", "person": "picker", "people": "picker",
    "department": "picker", "departments": "picker", "files": "files", "participants": "participants",
    "rows": "rows", "rating": "rating", "none": "shown", "email": "email", "mobile": "tel",
    "landline": "tel", "url": "url", "range": "range", "color": "color", "time": "time", "month": "month",
    "code": "code", "rich": "rich", "parts": "parts", "location": "location", "checklist": "checklist",
    "region": "picker", "role": "picker", "roles": "picker", "scan": "scan", "lines": "lines",
    "signature": "signature",
}  # fmt: skip
BY_STORAGE = {
    Storage.INTEGER: "number", Storage.DECIMAL: "number", Storage.BOOLEAN: "switch", Storage.DATE: "date",
    Storage.TIMESTAMP: "datetime",
}  # fmt: skip
DRAWN = frozenset(
    {"picker", "files", "participants", "rows", "signature"}
)  # controls that also show what is not to be changed
FILES = ("files", "signature")
IN_PARTS = ("parts", "location")  # controls of a value that is edited in pieces, `period.start`
State = Mapping[str, Any]
Wrong = tuple[str, str]  # where inside the field ("" for all of it), what


@dataclass(frozen=True, slots=True)
class Inputs:
    """Makes the inputs of one form for one person; `base` is the form's address."""

    base: str
    presenter: Presenter

    @property
    def language(self) -> str:
        return self.presenter.display.language

    def input(
        self,
        field: FieldDefinition,
        value: Any,
        text: str,
        state: State,
        *,
        name: str = "",
        path: str = "",
        problems: Sequence[Wrong] = (),
    ) -> Input:
        """`value` as JSON has it or as it was sent, `text` as it is shown, `state` as the engine answers it.

        A problem of a sub-form's cell has its place, "2/price"; `path` names such a cell's field."""
        writable = bool(state.get("writable", True)) and field.derived is None
        control = control_of(field)
        if not field.usable or not (writable or control in DRAWN):
            control, text = "shown", text or self.presenter.shown(field, value)
        sent_name = name or field.id
        return Input(
            field.id, sent_name, field.text(self.language), control,
            value=self._text(field, value, control, text),
            help=label_text(field.help, self.language),
            required=bool(state.get("required", field.required)), writable=writable,
            visible=bool(state.get("visible", True)), sealed=field.sealed, evidence=field.evidence,
            options=() if control == "picker" else self._options(field, value),
            without=tuple(state.get("withheld", ())), hidden=_hidden(field, control, state),
            picked=self._picked(field, value, text) if control == "picker" else (),
            many=bool(field.type and field.type.many), free=is_open(field),
            picker=f"{self.base}/options/{path or field.id}",
            files=tuple(self.presenter.file(i) for i in _ids(value)) if control in FILES else (),
            file_ids=tuple(_ids(value)) if control in FILES else (),
            chips=tuple(Chip(t, key=t) for t in _people(value)) if control == "participants" else (),
            columns=tuple((c.id, c.text(self.language)) for c in field.fields),
            rows=self._rows(field, value, sent_name, state, problems) if control == "rows" else (),
            blank_row=self._row(field, state.get("blank", {}), sent_name, "", True) if control == "rows" else (),
            widths=column_widths(field), totals=self._totals(field, value, state),
            attributes=self._attributes(field),
            parts=self._parts(field, value, sent_name, writable, path) if control in IN_PARTS else (),
            items=_items(value) if control == "checklist" else (),
            card=tuple(getattr(field.options, "card", ())) if control == "rows" else (),
            type=field.type_name if field.type and field.type.markup and control != "shown" else "",
            phone=field.type.phone if field.type and control != "shown" and writable else "",
            problems=tuple(text for place, text in problems if control != "rows" or not place),
        )  # fmt: skip

    def _parts(
        self, field: FieldDefinition, value: Any, name: str, writable: bool, path: str
    ) -> tuple[Input, ...]:
        """The inputs of its pieces, each sent as `name.piece`."""
        if field.type is None:
            return ()
        pieces = divided(field, value)
        url = f"{self.base}/options/{path or field.id}"
        choices = {c.value: c.label for c in field.type.choices(field)}
        made = []
        for part in field.type.parts(field):
            control, given = CONTROLS.get(part.input, part.input), str(pieces.get(part.name, ""))
            shown = label_text(choices.get(given, given), self.language, given)
            made.append(
                Input(
                    f"{field.id}.{part.name}", f"{name}.{part.name}", label_text(part.label, self.language),
                    control, value=given, writable=writable, picker=url,
                    picked=(Picked(given, shown),) if given and control == "picker" else (),
                )
            )  # fmt: skip
        return tuple(made)

    def _text(self, field: FieldDefinition, value: Any, control: str, text: str) -> str:
        if control == "lines":
            return text if value else ""
        if value is None or isinstance(value, (list, dict)):
            return text if control == "shown" else ""
        if control == "shown":
            return text
        if isinstance(value, bool):
            return "true" if value else "false"
        if control == "datetime":
            return self._local(str(value))
        if control in ("number", "duration") and field.type and field.type.input in ("percent", "duration"):
            return text or str(value)
        return str(value)

    def _local(self, value: str) -> str:
        """A moment as the datetime input wants it: in the organisation's zone, without saying so."""
        from datetime import datetime

        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        zone = self.presenter.display.zone
        local = moment.astimezone(zone) if zone and moment.tzinfo else moment
        return local.replace(tzinfo=None).isoformat(timespec="seconds")

    def _options(self, field: FieldDefinition, value: Any) -> tuple[Option, ...]:
        if field.type is None or field.options is None:
            return ()
        chosen = {str(item) for item in value} if isinstance(value, list) else {_plain(value)}
        return tuple(
            Option(c.value, label_text(c.label, self.language, c.value), c.value in chosen, c.color)
            for c in field.type.choices(field)
            if c.value in chosen or not c.hidden
        )

    def _picked(self, field: FieldDefinition, value: Any, text: str) -> tuple[Picked, ...]:
        if value in (None, "", []):
            return ()
        cell = self.presenter.cell(field, value, text or self.presenter.shown(field, value))
        texts = [chip.text for chip in cell.chips] or [cell.text]
        return tuple(Picked(i, shown) for i, shown in zip(_ids(value), texts, strict=False))

    def _totals(self, field: FieldDefinition, value: Any, state: State) -> Mapping[str, str] | None:
        """As the state says; of a form that is only shown, of the rows themselves."""
        if not any(column.total for column in field.fields):
            return None
        if "totals" in state:
            return dict(state["totals"])
        return row_totals(field, value if isinstance(value, list) else (), self.presenter.display)

    def _rows(
        self, field: FieldDefinition, value: Any, name: str, state: State, problems: Sequence[Wrong]
    ) -> tuple[tuple[Input, ...], ...]:
        rows, writable = value if isinstance(value, list) else [], bool(state.get("writable", True))
        decided = state.get("rows") or []
        return tuple(
            self._row(
                field, row, name, str(number), writable, problems,
                decided[number] if number < len(decided) else {},
            )
            for number, row in enumerate(rows)
        )  # fmt: skip

    def _row(
        self, field: FieldDefinition, row: Mapping[str, Any], name: str, number: str, writable: bool,
        problems: Sequence[Wrong] = (), decided: Mapping[str, Any] = {},
    ) -> tuple[Input, ...]:  # fmt: skip
        made = []
        for inner in field.fields:
            wrong = [("", text) for place, text in problems if place == f"{number}/{inner.id}"]
            shown = self.presenter.shown(inner, row.get(inner.id))
            names = {"name": f"{name}.{number}.{inner.id}", "path": f"{field.id}.{inner.id}"}
            state = dict(decided.get(inner.id, {}))
            closed = not state.get("writable", True)
            state["writable"] = writable  # what a condition closes is sent as it stands, and may open again
            cell = self.input(inner, row.get(inner.id), shown, state, problems=wrong, **names)
            made.append(replace(cell, closed=closed, macro="select" if cell.macro == "radio" else cell.macro))
        return tuple(made)

    def _attributes(self, field: FieldDefinition) -> dict[str, Any]:
        """What the type's options say about the control, where they say it."""
        found: dict[str, Any] = {}
        for option, attribute in (
            ("placeholder", "placeholder"),
            ("unit", "unit"),
            ("max_length", "maxlength"),
        ):
            wanted = getattr(field.options, option, None)
            if wanted:
                found[attribute] = label_text(wanted, self.language) if isinstance(wanted, dict) else wanted
        if currency := getattr(field.options, "currency", ""):
            found["unit"] = {"CNY": "元" if self.language == "zh" else "CNY"}.get(currency, currency)
        if stars := getattr(field.options, "stars", 0):
            found["stars"] = stars
        if control_of(field) == "range":
            for option, attribute in (("minimum", "min"), ("maximum", "max"), ("step", "step")):
                if (limit := getattr(field.options, option, None)) is not None:
                    found[attribute] = limit
        accept = getattr(field.type, "kinds", ()) or getattr(field.options, "accept", ())
        if accept:
            found["accept"] = ",".join(accept)
        return found


def _hidden(field: FieldDefinition, control: str, state: State) -> tuple[str, ...]:
    """A filter (which has no state) may ask for what new entries do not get."""
    filled_in = control == "picker" and "writable" in state and field.type is not None
    return tuple(c.value for c in field.type.choices(field) if c.hidden) if filled_in and field.type else ()


def control_of(field: FieldDefinition) -> str:
    """The macro that draws this field's input."""
    if field.type is None or field.options is None:
        return "shown"
    named = CONTROLS.get(field.type.input, "")
    reference = field.type.reference(field)
    if not named and reference is not None:
        named = "files" if reference.target == "file" else "picker"
    if not named and field.type.choices(field):
        named = "checks" if field.type.many else "select"
    named = named or BY_STORAGE.get(field.type.storage, "text")
    few = FEW_OF.get(field.type.input)
    if few is not None and len(field.type.choices(field)) <= few[0]:
        return few[1]
    return named


def is_open(field: FieldDefinition) -> bool:
    """May something be typed that is in no list?"""
    if field.type is None or field.type.reference(field) is not None or field.type.source(field) is not None:
        return False
    return bool(getattr(field.options, "open", not field.type.choices(field))) if field.options else False


def raw_values(fields: Sequence[FieldDefinition], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a form sent, as raw values for the write path; fields it did not send are absent."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.type is None or field.derived is not None:
            continue
        if field.type.container:
            if field.id in sent:
                found[field.id] = _sent_rows(field, sent)
        elif parts := [part.name for part in field.type.parts(field) if f"{field.id}.{part.name}" in sent]:
            found[field.id] = _sent_parts(field.id, parts, sent)
        elif field.id in sent:
            found[field.id] = _sent_value(field, sent[field.id])
    return found


def sent_row_numbers(field: FieldDefinition, sent: Mapping[str, Sequence[str]]) -> list[int]:
    """Which rows of a sent sub-form `raw_values` keeps: those that are not blank, as the page numbers them."""
    rows = _rows_by_number(field, sent)
    return [number for number in sorted(rows) if _is_filled(raw_values(field.fields, rows[number]))]


def _sent_value(field: FieldDefinition, values: Sequence[str]) -> Any:
    given = [value for value in values if value != ""]
    if field.type and field.type.many:
        return given
    return given[-1] if given else None


def _sent_parts(name: str, parts: Sequence[str], sent: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    """The pieces that were filled; None where none was."""
    given = {part: next((text for text in sent[f"{name}.{part}"] if text), "") for part in parts}
    return {part: text for part, text in given.items() if text} or None


def divided(field: FieldDefinition, value: Any) -> Mapping[str, Any]:
    """A value in its pieces, whether it is kept or was just sent."""
    if value in (None, "", []) or field.type is None:
        return {}
    if isinstance(value, Mapping):
        return value
    try:
        return field.type.divided(field.type.parse(value, field), field)
    except BadValue:
        return {}


def _items(value: Any) -> tuple[tuple[str, bool], ...]:
    """The things of a checklist, kept or just sent, and whether they are done."""
    items = value if isinstance(value, list) else []
    return tuple(
        (str(item.get("text", "")), bool(item.get("done"))) if isinstance(item, dict)
        else (str(item)[4:], str(item).startswith("[x]"))
        for item in items
    )  # fmt: skip


def _sent_rows(field: FieldDefinition, sent: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    rows = _rows_by_number(field, sent)
    made = [raw_values(field.fields, rows[number]) for number in sorted(rows)]
    return [row for row in made if _is_filled(row)]


def _rows_by_number(
    field: FieldDefinition, sent: Mapping[str, Sequence[str]]
) -> dict[int, dict[str, Sequence[str]]]:
    cell = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?"  # or a piece of one, `period.start`
    pattern = re.compile(rf"^{re.escape(field.id)}\.(\d{{1,5}})\.({cell})$")
    rows: dict[int, dict[str, Sequence[str]]] = {}
    for name, values in sent.items():
        if match := pattern.match(name):
            rows.setdefault(int(match[1]), {})[match[2]] = values
    return rows


def _is_filled(row: Mapping[str, Any]) -> bool:
    return any(value not in (None, "", []) for value in row.values())


def _ids(value: Any) -> list[str]:
    if value in (None, "", []):
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _people(value: Any) -> list[str]:
    items = value if isinstance(value, list) else []
    return [str(i.get("name") or i.get("id") or "") if isinstance(i, dict) else str(i) for i in items]


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
