"""What the form designer shows: palette, canvas and property panel, as frozen data for their templates.

A `key` names a part in the browser for as long as it lives: `field:lines.price`, `block:section_2`, `form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder_ui.design_frame import DesignFrame
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class PaletteTile:
    """Something to drag onto the form. `part`: what becomes of it in the document; `find`: its words, pinyin and
    initials, small, for the search box; `options` the names of a type's options."""

    kind: str  # field or block
    name: str
    label: str
    icon: str
    about: str
    find: str
    part: Mapping[str, Any]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    id: str
    label: str
    tiles: tuple[PaletteTile, ...]


@dataclass(frozen=True, slots=True)
class CanvasField:
    """A field where it stands. `label` is '' where nobody named it yet, `control` the shape of its input."""

    key: str
    id: str
    label: str
    type_label: str
    icon: str
    control: str
    placeholder: str = ""
    unit: str = ""
    choices: tuple[Option, ...] = ()
    columns: tuple[CanvasField, ...] = ()
    span: int = 1
    wide: bool = False
    required: bool = False
    sealed: bool = False
    evidence: bool = False
    computed: bool = False
    conditional: bool = False
    help: str = ""
    problems: tuple[str, ...] = ()
    bad: bool = False
    width: int = 0  # as a column of a sub-form
    totals: tuple[Option, ...] = ()  # what may stand below such a column


@dataclass(frozen=True, slots=True)
class CanvasTab:
    id: str
    label: str
    blocks: tuple[CanvasBlock, ...]


@dataclass(frozen=True, slots=True)
class CanvasBlock:
    """A part of the layout: a section with its fields, tabs with blocks inside, or something plain with a `text`."""

    key: str
    id: str
    kind: str
    kind_label: str
    icon: str
    label: str = ""
    text: str = ""
    columns: int = 2
    folded: bool = False
    conditional: bool = False
    fields: tuple[CanvasField, ...] = ()
    tabs: tuple[CanvasTab, ...] = ()
    problems: tuple[str, ...] = ()
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Canvas:
    """`implied`: the layout that stands for a form without one; `rest`: fields in no block."""

    form: str
    label: str
    revision: int
    blocks: tuple[CanvasBlock, ...]
    rest: tuple[CanvasField, ...]
    implied: tuple[Mapping[str, Any], ...]
    is_empty: bool
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """One property. `path` is a pointer relative to the part, `kind` how its value is read (text, number, flag, json,
    label, list, expression, choices), `look` the control that draws it. `several`: the chosen parts differ.
    `about`: the field an expression or a list of choices belongs to."""

    path: str
    kind: str
    look: str
    label: str
    value: Any = ""
    default: Any = ""
    options: tuple[Option, ...] = ()
    help: str = ""
    placeholder: str = ""
    expects: str = ""
    form: str = ""
    about: str = ""
    sentence: str = ""
    locked: str = ""
    several: bool = False
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)  # what this look alone needs

    @property
    def control_id(self) -> str:
        return "prop" + self.path.replace("/", "-")


@dataclass(frozen=True, slots=True)
class ControlGroup:
    id: str
    label: str
    controls: tuple[Control, ...]
    open: bool = True


@dataclass(frozen=True, slots=True)
class UsedBy:
    """A part that names this field, and where it is looked at."""

    text: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The property panel. `pointers`: the parts in the document it is about, none for several forms of nothing."""

    title: str
    about: str
    icon: str
    keys: tuple[str, ...]
    pointers: tuple[str, ...]
    groups: tuple[ControlGroup, ...]
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    used: tuple[UsedBy, ...] = ()
    used_text: str = ""
    rules: tuple[str, ...] = ()
    id: str = ""
    id_locked: str = ""
    kind: str = "field"
    twin: bool = False  # another part beside it is called the same


@dataclass(frozen=True, slots=True)
class FormDesigner:
    """The page."""

    frame: DesignFrame
    form: str
    pointer: str
    base: str
    palette: tuple[PaletteGroup, ...]
    canvas: Canvas
    panel: Panel
    words: Mapping[str, str] = field(default_factory=dict)
    presets: Mapping[str, Any] = field(default_factory=dict)
