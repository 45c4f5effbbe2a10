"""The panel of a form, continued: which fields tell that two records are the same, and the page it is printed on.

Both are lists in the document; `static/js/model/pieces.js` makes the new one of what somebody does to a piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from builder_ui.design_layout import Block, layout_of, named
from builder_ui.design_palette import block_words
from builder_ui.models.design_form import Control
from builder_ui.models.design_pieces import Compared, Paper, PaperBlock
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from metamodel.application import App
from metamodel.form_checks import is_compared
from metamodel.forms import Form
from metamodel.labels import label_text

NOT_PRINTED = ("button", "embed")
ADDED = ("section", "note", "divider")


def compared_control(visit: Visit, form: Form, raw: Mapping[str, Any]) -> Control:
    groups = [[str(one) for one in group] for group in _lists(raw.get("duplicates"))]
    able = tuple(Option(one.id, one.text(visit.language)) for one in form.fields if is_compared(one))
    shown = tuple(
        Compared(
            tuple(Option(one, _field_text(visit, form, one)) for one in group),
            tuple(one for one in able if one.value not in group),
        )
        for group in (*groups, [])
    )
    about = visit.text("Who types a record with the same values is asked whether it is the same")
    label = visit.text("The same twice")
    return Control("/duplicates", "json", "compared", label, groups, [], help=about, extra={"groups": shown})


def paper_control(visit: Visit, form: Form, raw: Mapping[str, Any], app: App | None) -> Control:
    written = raw.get("print")
    blocks = named([one for one in written if isinstance(one, dict)]) if isinstance(written, list) else []
    words = block_words(visit)
    placed = {name for block in blocks for name in _names(block)}
    left = tuple(Option(one.id, one.text(visit.language)) for one in form.fields if one.id not in placed)
    paper = Paper(
        tuple(_block(visit, form, block, left) for block in blocks),
        tuple(for_paper(layout_of(raw, app))),
        tuple(Option(kind, words[kind][0]) for kind in ADDED),
    )
    return Control(
        "/print", "json", "paper", visit.text("Layout on paper"), list(blocks), [], extra={"paper": paper}
    )


def for_paper(blocks: Iterable[Block]) -> list[Block]:
    """A layout as a page shows it: what stood behind tabs one after the other, nothing to press, nothing folded."""
    return named([_still(block) for block in _unfolded(blocks) if block.get("kind") not in NOT_PRINTED])


def _unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.get("kind") != "tabs":
            yield block
            continue
        for tab in block.get("tabs") or ():
            if tab.get("label"):
                yield {"kind": "divider", "label": tab["label"]}
            yield from _unfolded(tab.get("blocks") or ())


def _still(block: Block) -> dict[str, Any]:
    return {key: value for key, value in block.items() if key not in ("visible", "folded")}


def _block(visit: Visit, form: Form, block: Block, left: tuple[Option, ...]) -> PaperBlock:
    kind = str(block.get("kind") or "section")
    label, icon = block_words(visit).get(kind, (kind, "dot"))
    columns = block.get("columns", 2)
    own, words = (label_text(block.get(key), visit.language) for key in ("label", "text"))
    return PaperBlock(
        kind, label, icon, own, words, columns if columns in (1, 2, 3) else 2,
        tuple(Option(name, _field_text(visit, form, name)) for name in _names(block)),
        left if kind == "section" else (),
    )  # fmt: skip


def _names(block: Block) -> list[str]:
    """The fields of a section, in their order."""
    fields = block.get("fields")
    found = [one.get("field") if isinstance(one, Mapping) else one for one in fields or ()]
    return [str(one) for one in found]


def _field_text(visit: Visit, form: Form, name: str) -> str:
    field = form.field(name)
    return field.text(visit.language) if field else name


def _lists(value: Any) -> Sequence[Sequence[Any]]:
    return [one for one in value if isinstance(one, list)] if isinstance(value, list) else []
