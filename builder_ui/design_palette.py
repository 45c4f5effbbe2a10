"""The palette of the form designer: every registered field type and every kind of block, found by pinyin too.

A type says its group, label, icon and words itself; nothing here knows one by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from builder_ui.models.design_form import PaletteGroup, PaletteTile
from builder_ui.site import Visit
from engine.access.pinyin import readings
from metamodel.labels import label_text
from metamodel.plugin_api import Field, Registry

OTHER = "other"


def palette(visit: Visit, registry: Registry) -> tuple[PaletteGroup, ...]:
    """Groups in the order of the house, types as they were registered; one of an unknown group stands under the
    last one."""
    groups = _groups(visit)
    tiles: dict[str, list[PaletteTile]] = {name: [] for name in groups}
    for name, type_ in registry.all("field").items():
        tiles.get(type_.palette.group, tiles[OTHER]).append(_field_tile(visit, name, type_))
    tiles["layout"] += block_tiles(visit)
    return tuple(PaletteGroup(name, groups[name], tuple(tiles[name])) for name in groups if tiles[name])


def _groups(visit: Visit) -> Mapping[str, str]:
    return {
        "text": visit.text("Text"), "number": visit.text("Numbers"), "choice": visit.text("Choices"),
        "time": visit.text("Time"), "people": visit.text("People"), "file": visit.text("Files"),
        "relation": visit.text("Relations"), "system": visit.text("System"), "layout": visit.text("Layout"),
        OTHER: visit.text("Others"),
    }  # fmt: skip


def _field_tile(visit: Visit, name: str, type_: Field) -> PaletteTile:
    entry = type_.palette
    label = label_text(entry.label, visit.language, name)
    part: dict[str, Any] = {"type": name}
    if type_.container:
        part["fields"] = []
    options = tuple(one.name for one in msgspec.structs.fields(type_.Options))
    about = label_text(entry.doc, visit.language)
    find = _find([name, *_texts(entry.label), *entry.keywords])
    return PaletteTile("field", name, label, entry.icon, about, find, part, options)


def block_tiles(visit: Visit) -> list[PaletteTile]:
    """The blocks a layout may have."""
    return [
        PaletteTile("block", kind, label, icon, about, _find([kind, label, *also]), {"kind": kind, **part})
        for kind, label, icon, about, also, part in _blocks(visit)
    ]


def block_words(visit: Visit) -> Mapping[str, tuple[str, str]]:
    """kind -> (label, icon)"""
    return {kind: (label, icon) for kind, label, icon, *_ in _blocks(visit)}


def _blocks(visit: Visit) -> Iterable[tuple[str, str, str, str, tuple[str, ...], dict[str, Any]]]:
    text = visit.text
    first = {
        "id": "tab",
        "label": text("Tab %(n)s", n=1),
        "blocks": [{"id": "part", "kind": "section", "fields": []}],
    }
    second = {
        "id": "tab_2",
        "label": text("Tab %(n)s", n=2),
        "blocks": [{"id": "part_2", "kind": "section", "fields": []}],
    }
    yield "section", text("Section"), "section", text("Fields in one to three columns"), ("分栏", "columns"), {
        "columns": 2, "fields": [],
    }  # fmt: skip
    yield (
        "tabs",
        text("Tabs"),
        "tabs",
        text("Several pages in one place"),
        ("标签页",),
        {"tabs": [first, second]},
    )
    yield "divider", text("Divider"), "divider", text("A line between parts"), (), {}
    yield "note", text("Note"), "info", text("Words for whoever fills the form in"), ("提示",), {"text": ""}
    yield "button", text("Button"), "button", text("Presses the button of a rule"), (), {}
    yield (
        "embed",
        text("Embedded page"),
        "window",
        text("A page of another site, shut in"),
        ("iframe",),
        {"height": 320},
    )
    yield "related", text("Related list"), "list", text("The records of a form that point here"), (), {}


def _texts(label: Any) -> list[str]:
    return [label] if isinstance(label, str) else list(label.values())


def _find(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(spelling for word in words for spelling in readings(word)))
