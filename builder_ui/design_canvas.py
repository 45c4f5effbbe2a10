"""The canvas of the form designer: a form of a draft as blocks and fields, each with the problems that are its own.

Made from the document, which may be wrong in many ways, beside the App it would be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder_ui.design_layout import Block, entry_field, entry_span, implied_layout, layout_of, placed_fields
from builder_ui.design_palette import block_words
from builder_ui.inputs import control_of
from builder_ui.models.design_form import Canvas, CanvasBlock, CanvasField, CanvasTab
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing import Looked
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem
from metamodel.row_totals import totals_of

WIDE = frozenset({"textarea", "rows", "files", "code"})
SHOWN_CHOICES = 5


def form_place(looked: Looked, form: str) -> tuple[int, Mapping[str, Any]]:
    """Where a form stands in the document, and its JSON. Rejected: form.unknown."""
    forms = looked.draft.document.get("forms")
    for place, raw in enumerate(forms if isinstance(forms, list) else ()):
        if isinstance(raw, dict) and raw.get("id") == form:
            return place, raw
    raise Rejected([problem("form.unknown", form=form)])


def canvas(visit: Visit, looked: Looked, form: str) -> Canvas:
    place, raw = form_place(looked, form)
    blocks = layout_of(raw, looked.app)
    drawing = _Drawing(
        visit, looked.app, looked.app.form(form) if looked.app else None, f"/forms/{place}", looked.problems
    )
    fields = raw.get("fields") if isinstance(raw.get("fields"), list) else []
    placed = set(placed_fields(blocks))
    rest = [one["id"] for one in fields or () if isinstance(one, dict) and isinstance(one.get("id"), str)]
    made = tuple(drawing.block(block, f"/forms/{place}/layout/{n}") for n, block in enumerate(blocks))
    return Canvas(
        form, label_text(raw.get("label"), visit.language, form), looked.draft.revision, made,
        tuple(drawing.field(name) for name in rest if name not in placed),
        tuple(implied_layout(raw, looked.app)), not rest and len(made) < 2,
        drawing.problems(f"/forms/{place}", deep=False)[0],
    )  # fmt: skip


@dataclass(frozen=True)
class _Drawing:
    visit: Visit
    app: App | None
    form: Form | None
    path: str
    found: Sequence[Problem]

    def block(self, raw: Block, path: str) -> CanvasBlock:
        kind = str(raw.get("kind") or "section")
        label, icon = block_words(self.visit).get(kind, (kind, "dot"))
        texts, bad = self.problems(path, deep="tabs" not in raw)
        columns = raw.get("columns", 2)
        inner = raw.get("tabs") or ()
        return CanvasBlock(
            f"block:{raw['id']}", raw["id"], kind, label, icon, label_text(raw.get("label"), self.visit.language),
            self._text(raw), columns if columns in (1, 2, 3) else 2, bool(raw.get("folded")), bool(raw.get("visible")),
            self._fields(raw.get("fields") or ()),
            tuple(self.tab(tab, f"{path}/tabs/{n}") for n, tab in enumerate(inner)), texts, bad,
        )  # fmt: skip

    def _fields(self, entries: Sequence[Any]) -> tuple[CanvasField, ...]:
        """Those of them that are there."""
        known = [entry for entry in entries if self.definition(entry_field(entry))]
        return tuple(self.field(entry_field(entry), entry_span(entry)) for entry in known)

    def tab(self, raw: Block, path: str) -> CanvasTab:
        blocks = tuple(self.block(each, f"{path}/blocks/{n}") for n, each in enumerate(raw["blocks"]))
        return CanvasTab(raw["id"], label_text(raw.get("label"), self.visit.language, raw["id"]), blocks)

    def _text(self, raw: Block) -> str:
        if isinstance(name := raw.get("form"), str):
            other = self.app.form(name) if self.app else None
            return other.text(self.visit.language) if other else name
        for key in ("text", "url", "rule"):
            if raw.get(key):
                return label_text(raw[key], self.visit.language) if isinstance(raw[key], (str, dict)) else ""
        return ""

    def definition(self, name: str) -> FieldDefinition | None:
        return self.form.field(name) if self.form else None

    def field(self, name: str, span: int = 1) -> CanvasField:
        known = self.definition(name)
        return (
            self._field(known, name, span)
            if known
            else CanvasField(f"field:{name}", name, name, "", "dot", "text")
        )

    def _field(self, known: FieldDefinition, key: str, span: int = 1) -> CanvasField:
        language, type_ = self.visit.language, known.type
        control = control_of(known)
        texts, bad = self.problems(known.path, deep=not (type_ and type_.container))
        type_label = label_text(type_.label, language) if type_ else known.type_name
        placeholder = getattr(known.options, "placeholder", "")
        unit = getattr(known.options, "unit", "")
        return CanvasField(
            f"field:{key}", known.id, label_text(known.label, language), type_label,
            type_.icon if type_ else "warning", control if known.derived is None else "shown",
            label_text(placeholder, language), label_text(unit, language), _choices(known, language),
            tuple(self._field(inner, f"{key}.{inner.id}") for inner in known.fields), span, control in WIDE,
            known.required, known.sealed, known.evidence, known.derived is not None, bool(known.visible),
            label_text(known.help, language), texts, bad, known.width,
            total_options(self.visit, known) if "." in key else (),
        )  # fmt: skip

    def problems(self, path: str, *, deep: bool) -> tuple[tuple[str, ...], bool]:
        """The words of what is wrong there; `deep`: or anywhere inside."""
        own = re.compile(
            re.escape(path) + ("(/.*)?" if deep else r"(/(?!fields/\d|layout/\d|tabs/\d|views/\d).*)?")
        )
        found = [one for one in self.found if own.fullmatch(one.path)]
        return tuple(one.text(self.visit.language) for one in found), any(
            one.severity == "error" for one in found
        )


def total_options(visit: Visit, column: FieldDefinition) -> tuple[Option, ...]:
    """What may stand below a column of a sub-form; what does stand there, even where it means nothing."""
    words = {
        "": visit.text("No total"), "sum": visit.text("Sum"), "avg": visit.text("Average"),
        "min": visit.text("Smallest"), "max": visit.text("Largest"), "count": visit.text("How many are filled"),
    }  # fmt: skip
    names = dict.fromkeys(("", *totals_of(column), column.total))
    return tuple(Option(name, words.get(name, name), name == column.total) for name in names)


def _choices(known: FieldDefinition, language: str) -> tuple[Option, ...]:
    if known.type is None or known.options is None:
        return ()
    shown = [choice for choice in known.type.choices(known) if not choice.hidden][:SHOWN_CHOICES]
    return tuple(Option(c.value, c.text(language), hue=c.color) for c in shown)
