"""What the views designer shows: a form's views as a list, the kinds there are, one view's panel, and its preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.listing import ListPage
from builder_ui.models.parts import Option
from builder_ui.models.reading import ChatView, TimelineView


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view in the list. `about`: its kind, and what is special about it."""

    id: str
    label: str
    icon: str
    about: str
    current: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ViewTile:
    """A kind that can be added: `item` is the view as JSON, with fields that fit; `lacks`: none fits yet."""

    kind: str
    label: str
    about: str
    icon: str
    item: str
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class PickedField:
    """`value` as it stands in the document; `unknown`: there is no such field any more."""

    value: str
    label: str
    unknown: bool = False
    descending: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapRow:
    """One key of an option that says something for each of several values. `words`: of an icon."""

    key: str
    label: str
    value: str
    options: tuple[Option, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class ViewControl:
    """`path` in the view; `look`: field, fields, sort, map or icons; `offered` may still be added to `picked`, and of
    the records behind a link (its label first) `behind`."""

    path: str
    label: str
    look: str
    options: tuple[Option, ...] = ()
    picked: tuple[PickedField, ...] = ()
    offered: tuple[Option, ...] = ()
    rows: tuple[MapRow, ...] = ()
    needed: bool = False
    most: int = 0
    none: str = ""
    problems: tuple[str, ...] = ()
    help: str = ""
    behind: tuple[tuple[str, tuple[Option, ...]], ...] = ()

    @property
    def id(self) -> str:
        return "v-" + self.path.replace("/", "-")

    @property
    def full(self) -> bool:
        return bool(self.most) and len(self.picked) >= self.most


@dataclass(frozen=True, slots=True)
class ViewPart:
    """The chosen view. `labels`: (key, words, language); `kinds`: what it may become, values as a tile's `item`;
    `id_locked`: why its id stands; `uses_href` answers who uses it."""

    id: str
    title: str
    kind: str
    labels: tuple[tuple[str, str, str], ...]
    kinds: tuple[Option, ...]
    listed: bool
    filter: str
    controls: tuple[ViewControl, ...]
    sort: ViewControl | None
    roles: tuple[Option, ...]
    taken: Mapping[str, str]
    problems: tuple[str, ...] = ()
    filter_problems: tuple[str, ...] = ()
    id_locked: str = ""
    uses_href: str = ""


@dataclass(frozen=True, slots=True)
class ViewsBody:
    form: str
    views: tuple[ViewLine, ...]
    tiles: tuple[ViewTile, ...]
    part: ViewPart | None


@dataclass(frozen=True, slots=True)
class ViewsPage:
    frame: DesignFrame
    form: str
    label: str
    base: str
    body: ViewsBody
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A view without records: the heads of its columns or lanes, the fields of a card, or `lines` of something told
    (`sides`: by several, from left and right)."""

    columns: tuple[str, ...] = ()
    lanes: tuple[tuple[str, str, str], ...] = ()  # (label, colour, value)
    fields: tuple[str, ...] = ()
    icon: str = ""
    lines: bool = False
    sides: bool = False


@dataclass(frozen=True, slots=True)
class ViewPreview:
    """One of the drawn ones, or a sketch; `notes` say what is not as it will be."""

    title: str
    total: str = ""
    listing: ListPage | None = None
    chat: ChatView | None = None
    timeline: TimelineView | None = None
    sketch: Sketch | None = None
    notes: tuple[str, ...] = ()
