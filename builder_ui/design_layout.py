"""A form's layout as the designer reads it: every block with an id, and what stands for a form without a layout.

`static/js/model/layout.js` gives the same ids to blocks that have none; both must agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metamodel.application import App
from metamodel.forms import Form

Block = Mapping[str, Any]


def layout_of(document_form: Mapping[str, Any], app: App | None) -> list[Block]:
    """The blocks of a form of the document, all with ids; those that stand for a form without any."""
    written = document_form.get("layout")
    blocks: list[Block] = (
        [block for block in written if isinstance(block, dict)] if isinstance(written, list) else []
    )
    return named(blocks) if blocks else implied_layout(document_form, app)


def implied_layout(document_form: Mapping[str, Any], app: App | None) -> list[Block]:
    """One section with all fields, then every related list."""
    fields = document_form.get("fields")
    ids = [one["id"] for one in fields if _has_id(one)] if isinstance(fields, list) else []
    section = {"id": "section", "kind": "section", "columns": 2, "fields": ids}
    return [section, *_related(str(document_form.get("id", "")), app)]


def _related(form: str, app: App | None) -> Iterator[Block]:
    for number, (other, link) in enumerate(_links(app, form), 1):
        name = "related" if number == 1 else f"related_{number}"
        yield {"id": name, "kind": "related", "label": other.label, "form": other.id, "link": link}


def _links(app: App | None, form: str) -> Iterator[tuple[Form, str]]:
    for other in app.forms if app else ():
        for field in other.fields:
            reference = field.type.reference(field) if field.type and field.options is not None else None
            if (
                reference
                and reference.target == "record"
                and reference.form == form
                and reference.app in ("", app.id if app else "")
            ):
                yield other, field.id


def named(blocks: list[Block]) -> list[Block]:
    """The same with an id for every block and tab: the first free of `kind`, `kind_2` … in reading order."""
    taken = set(_ids(blocks))

    def name(wanted: str) -> str:
        number, found = 1, wanted
        while found in taken:
            number += 1
            found = f"{wanted}_{number}"
        taken.add(found)
        return found

    def block(raw: Block) -> Block:
        made = raw if _has_id(raw) else {"id": name(str(raw.get("kind") or "section")), **raw}
        if not isinstance(made.get("tabs"), list):
            return made
        return {**made, "tabs": [tab(each) for each in made["tabs"] if isinstance(each, dict)]}

    def tab(raw: Block) -> Block:
        made = raw if _has_id(raw) else {"id": name("tab"), **raw}
        inner = made.get("blocks")
        return {
            **made,
            "blocks": [block(b) for b in inner if isinstance(b, dict)] if isinstance(inner, list) else [],
        }

    return [block(each) for each in blocks]


def placed_fields(blocks: list[Block]) -> Iterator[str]:
    """The ids of the fields that stand in some block."""
    for block in blocks:
        for entry in block.get("fields") or ():
            yield entry_field(entry)
        for tab in block.get("tabs") or ():
            yield from placed_fields(tab.get("blocks") or [])


def entry_field(entry: Any) -> str:
    found = entry.get("field") if isinstance(entry, Mapping) else entry
    return found if isinstance(found, str) else ""


def entry_span(entry: Any) -> int:
    found = entry.get("span") if isinstance(entry, Mapping) else 1
    return found if isinstance(found, int) and 1 <= found <= 3 else 1


def _has_id(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("id"), str)


def _ids(blocks: Any) -> Iterator[str]:
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, dict):
            continue
        if _has_id(block):
            yield block["id"]
        for tab in block.get("tabs") or () if isinstance(block.get("tabs"), list) else ():
            if _has_id(tab):
                yield tab["id"]
            if isinstance(tab, dict):
                yield from _ids(tab.get("blocks"))
