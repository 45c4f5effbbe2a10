"""The list page: a view of a form, with its conditions, columns, order, rows and selection."""

from __future__ import annotations

from dataclasses import dataclass, field

from builder_ui.cells import Cell
from builder_ui.models.arranged import Arranged
from builder_ui.models.inputs import Input
from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class Gone:
    """What was deleted by one act, said in words; `action` brings `together` back, '' where nothing went."""

    text: str
    action: str
    together: str


@dataclass(frozen=True, slots=True)
class Column:
    """`sort_href` is '' where the column cannot be sorted; `order` is ascending, descending or ''."""

    field: str
    label: str
    numeric: bool = False
    sort_href: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    href: str
    cells: tuple[Cell, ...]
    title: str = ""
    shredded: str = ""


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One condition: as words on a chip, and as the controls that change it."""

    text: str
    without_href: str
    field: str
    operator: str
    value: str
    fields: tuple[Option, ...]
    operators: tuple[Option, ...]
    input: Input | None
    second: Input | None = None


@dataclass(frozen=True, slots=True)
class BulkField:
    """A field that may be set on all chosen records at once."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A list as somebody set it; `remove` is '' where it is not his to take away."""

    name: str
    href: str
    shared: bool
    current: bool
    remove: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A column that is still being computed: of `total` records so many are `done`."""

    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ListPage:
    title: str
    base: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: str
    range_text: str = ""
    trail: tuple[Link, ...] = ()
    tabs: tuple[Tab, ...] = ()
    new_href: str = ""
    export_href: str = ""
    import_href: str = ""
    query: str = ""
    searchable: bool = True
    conditions: tuple[FilterRow, ...] = ()
    clear_href: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    all_columns: tuple[Option, ...] = ()
    sorts: tuple[Option, ...] = ()
    card_columns: frozenset[str] = frozenset()
    next_href: str = ""
    previous_href: str = ""
    bulk_fields: tuple[BulkField, ...] = ()
    tag_field: str = ""
    may_export: bool = False
    may_unmask: bool = False
    problems: tuple[str, ...] = ()
    filtered: bool = False
    everything: str = ""
    archive: bool = False
    field_options: tuple[Option, ...] = field(default=())
    scope: tuple[str, ...] = ()  # of a number of a board: conditions the filter panel cannot say
    scope_clear_href: str = ""
    package_href: str = ""
    saved: tuple[SavedFilter, ...] = ()
    save_url: str = ""
    here: str = ""  # the query of this list
    may_share: bool = False
    arranged: Arranged | None = None  # what stands in place of the table
    bin_href: str = ""  # for who may delete here
    gone: Gone | None = None  # what was just deleted by a page without scripts
    waiting: tuple[Waiting, ...] = ()
    again_href: str = ""  # this very page


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of a bulk change: how many were saved, and the rows that were not, with why."""

    saved: int
    failed: tuple[tuple[str, str, str], ...]  # (title, href, reason)
    back: str
