"""The layout of a form as blocks: sections, tabs and what stands between them; docs/views.md has their keys.

Read from the document without trusting it. A form keeps its blocks; pages, checks and the engine
walk through them with `walk`, and ask `around` under which conditions a field stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from metamodel.labels import Label
from metamodel.parts import Part

KINDS = ("section", "tabs", "divider", "note", "button", "embed", "related")
COLUMNS = (1, 2, 3)
HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 360, 80, 2_000  # of an embedded page, in pixels


@dataclass(frozen=True, slots=True)
class PlacedField:
    field: str
    span: int = 1
    path: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a `tabs` block."""

    id: str
    label: Label
    visible: str = ""  # expression
    blocks: tuple[Block, ...] = ()
    path: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """`key` is its id, or its place where the document gave none: what pages and answers call it.
    `options` is the block as written, for what only its kind knows (a related list's columns)."""

    kind: str
    id: str = ""
    label: Label = ""
    visible: str = ""  # expression
    columns: int = 2
    folded: bool = False
    fields: tuple[PlacedField, ...] = ()
    tabs: tuple[Tab, ...] = ()
    text: Label = ""
    rule: str = ""
    url: str = ""
    height: int = HEIGHT
    options: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    key: str = ""


def layout_from_json(part: Part, key: str = "layout") -> tuple[Block, ...]:
    """The blocks of the form that `part` is."""
    return _blocks(part.parts(key), part.path)


def _blocks(parts: Iterable[Part], form: str) -> tuple[Block, ...]:
    return tuple(_block(part, form) for part in parts)


def _block(part: Part, form: str) -> Block:
    columns = part.integer("columns", 2)
    height = part.integer("height", HEIGHT)
    return Block(
        part.text("kind", "section"), part.id, part.label(), part.text("visible"),
        columns if columns in COLUMNS else 2, part.flag("folded"),
        tuple(_placed(part)), tuple(_tab(tab, form) for tab in part.parts("tabs")), part.label("text"),
        part.text("rule"), part.text("url"), max(LEAST_HEIGHT, min(height, MOST_HEIGHT)),
        part.raw, part.path, part.id or _place(part, form),
    )  # fmt: skip


def _tab(part: Part, form: str) -> Tab:
    return Tab(
        part.id, part.label(), part.text("visible"), _blocks(part.parts("blocks"), form), part.path,
        part.id or _place(part, form),
    )  # fmt: skip


def _place(part: Part, form: str) -> str:
    """ "/forms/2/layout/0/tabs/1" -> "layout-0-tabs-1": no id looks like that."""
    return part.path.removeprefix(form).strip("/").replace("/", "-")


def _placed(part: Part) -> Iterator[PlacedField]:
    for number, item in enumerate(part.items("fields")):
        path = f"{part.path}/fields/{number}"
        if isinstance(item, str):
            yield PlacedField(item, 1, path)
        elif isinstance(item, dict) and isinstance(item.get("field"), str):
            yield PlacedField(item["field"], max(1, min(Part(item).integer("span", 1), 3)), path)


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, however deep, in the order of the page."""
    for block in blocks:
        yield block
        for tab in block.tabs:
            yield from walk(tab.blocks)


def placed(blocks: Iterable[Block]) -> list[str]:
    """The fields that stand in some block, in order."""
    return [one.field for block in walk(blocks) for one in block.fields]


def conditions(blocks: Iterable[Block]) -> dict[str, str]:
    """The condition of every block and tab that has one, by its key."""
    found: dict[str, str] = {}
    for block in walk(blocks):
        shown: tuple[Block | Tab, ...] = (block, *block.tabs)
        found |= {one.key: one.visible for one in shown if one.visible}
    return found


def around(blocks: Iterable[Block], outer: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Field -> the conditions of the blocks it stands in, from the outside in; the first place counts.
    A field is shown only while all of them hold."""
    found: dict[str, tuple[str, ...]] = {}
    for block in blocks:
        here = (*outer, block.visible) if block.visible else outer
        for one in block.fields:
            found.setdefault(one.field, here)
        for tab in block.tabs:
            inside = around(tab.blocks, (*here, tab.visible) if tab.visible else here)
            found = inside | found
    return found


def frame_host(url: str) -> str:
    """The origin an embedded page may come from, like `https://maps.example.com`; '' when it may not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    plain = host.isascii() and all(letter.isalnum() or letter in "-." for letter in host) and "." in host
    written = parts.netloc.lower() == (host if port is None else f"{host}:{port}")
    safe = not any(letter.isspace() or letter in "\\\"'<>;," for letter in url)
    return f"https://{parts.netloc.lower()}" if parts.scheme == "https" and plain and written and safe else ""


def frame_hosts(blocks: Iterable[Block]) -> set[str]:
    """Where the embedded pages of these blocks come from."""
    return {host for block in walk(blocks) if block.kind == "embed" and (host := frame_host(block.url))}
