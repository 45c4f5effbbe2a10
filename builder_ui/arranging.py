"""Views that are no table: cards, galleries and kanbans; `arranging_dates` has calendars and bars over time.

Each takes the list as its URL asks for it (filters and all) and answers what `parts/arranged.html` draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder_ui.cells import Cell, record_url
from builder_ui.drawing import Presenter
from builder_ui.layouts import list_columns
from builder_ui.listing import Listing
from builder_ui.models.arranged import Arranged, Card, Column
from builder_ui.models.parts import Option
from builder_ui.named_files import files_in
from builder_ui.templating import href
from engine.records.query import Condition, Page, Query, RecordView
from metamodel.forms import FieldDefinition, View
from metamodel.plugin_api import Choice

EACH = 50  # cards of one column
MOST = 40  # columns
FIELDS = 3  # on a card, where the view names none


@dataclass(frozen=True)
class Arranging:
    """One list about to be arranged: what may be asked, how its records are drawn as cards."""

    listing: Listing
    view: View

    def field(self, option: str) -> FieldDefinition | None:
        """The field an option of the view names, where this viewer may see it."""
        field = self.listing.form.field(str(self.view.options.get(option, "")))
        return field if field is not None and self.listing.access(field.id) != "hide" else None

    @property
    def shown(self) -> list[FieldDefinition]:
        """The fields on a card."""
        named = self.view.options.get("fields")
        names = [str(name) for name in named] if isinstance(named, list) else self._first()
        fields = (self.listing.form.field(name) for name in names)
        return [field for field in fields if field is not None and self.listing.access(field.id) != "hide"]

    def _first(self) -> list[str]:
        placing = {str(self.view.options.get(name, "")) for name in ("by", "from", "to", "cover")}
        titled = set(self.listing.title_fields)
        names = list_columns(self.listing.form, self.view)
        return [name for name in names if name not in placing | titled][:FIELDS]

    def read(self, *conditions: Condition, limit: int = EACH, sort: Sequence[str] = ()) -> Page:
        """Records of this list that fit these conditions too, with what a card and its place need."""
        placing = [
            f.id
            for name in ("by", "from", "to", "cover", "sum", "hue")
            if (f := self.field(name)) is not None
        ]
        columns = dict.fromkeys((*(f.id for f in self.shown), *placing, *self.listing.title_fields))
        query: Query = self.listing.query(size=limit, columns=columns)
        query = replace(
            query, conditions=(*query.conditions, *conditions), page=0, sort=tuple(sort) or query.sort
        )
        visit = self.listing.visit
        return visit.runtime.records.page(visit.viewer, self.listing.app.id, self.listing.form.id, query)

    def cards(self, items: Sequence[RecordView], *moving: FieldDefinition | None) -> list[Card]:
        """`moving`: the fields that placing it elsewhere changes."""
        visit, listing = self.listing.visit, self.listing
        cover, shown = self.field("cover"), self.shown
        names = {
            i: hide
            for item in items
            for field in (*shown, *([cover] if cover else []))
            for i, hide in files_in(field, item).items()
        }
        presenter = visit.presenter(listing.app.id, names)
        tail, base = href("", list=listing.state()), record_url(listing.app.id, listing.form.id, "")
        changed = [field for field in moving if field is not None]
        return [
            Card(
                item.id, item.title, f"{base}{item.id}{tail}", self._cells(presenter, shown, item),
                self._cover(presenter, cover, item), str(item.revision),
                bool(changed) and all(self._may_set(item, field) for field in changed),
            )
            for item in items
        ]  # fmt: skip

    def _cells(
        self, presenter: Presenter, shown: Sequence[FieldDefinition], item: RecordView
    ) -> tuple[Cell, ...]:
        cells = (presenter.of_record(field, item) for field in shown if field.id in item.values)
        return tuple(cell for cell in cells if cell.kind != "blank")

    def _cover(self, presenter: Presenter, cover: FieldDefinition | None, item: RecordView) -> str:
        """The first picture among its files."""
        for identifier in (item.values.get(cover.id) or ()) if cover else ():
            file = presenter.file(str(identifier))
            if file.media_type.startswith("image/"):
                return file.href
        return ""

    def _may_set(self, item: RecordView, field: FieldDefinition) -> bool:
        frozen = self.listing.form.is_archive and field.evidence
        writable = item.access.get(field.id) == "write" and field.derived is None and not item.shredded
        return "update" in item.can and writable and not frozen

    @property
    def place_url(self) -> str:
        return f"{self.listing.base}/place"


def cards(arranging: Arranging, found: Page) -> Arranged:
    """The page of records the list found, as cards; with pictures where the view names a `cover`."""
    made = tuple(arranging.cards(found.items))
    return Arranged("cards", arranging.view.id, cards=made, covered=arranging.field("cover") is not None)


def kanban(arranging: Arranging) -> Arranged | None:
    """A column for every choice of the field `by`, and one for none; None where nothing can be told apart."""
    field = arranging.field("by")
    choices = field.type.choices(field) if field and field.type and field.options is not None else ()
    if field is None or not choices:
        return None
    language = arranging.listing.visit.language
    columns = tuple(_columns(arranging, field, choices[:MOST], language))
    movable = any(card.movable for column in columns for card in column.cards)
    targets = tuple(Option(column.value, column.label, False) for column in columns) if movable else ()
    return Arranged(
        "kanban", arranging.view.id, arranging.place_url, columns=columns, targets=targets, wide=True
    )


def _columns(
    arranging: Arranging, field: FieldDefinition, choices: Sequence[Choice], language: str
) -> Iterator[Column]:
    listing = arranging.listing
    for choice in choices:
        found = arranging.read(Condition(field.id, "is", (choice.value,)))
        if found.items or not choice.hidden:
            label = choice.text(language)
            yield _column(arranging, field, found, choice.value, label, choice.color)
    without = arranging.read(Condition(field.id, "blank"))
    if without.items:
        label = listing.visit.text("Without %(field)s", field=field.text(language))
        yield _column(arranging, field, without, "", label, "grey")


def _column(
    arranging: Arranging, field: FieldDefinition, found: Page, value: str, label: str, color: str
) -> Column:
    made = tuple(arranging.cards(found.items, field))
    total = f"{found.total:,}" + ("" if found.total_exact else "+")
    return Column(
        value, label, color, made, total, _sum(arranging, found), _more(arranging, field, found, value)
    )


def _more(arranging: Arranging, field: FieldDefinition, found: Page, value: str) -> str:
    """The rest of a long column, as a table."""
    listing = arranging.listing
    if len(found.items) >= found.total and found.total_exact:
        return ""
    table = next((view.id for view in listing.views if view.kind == "table"), "")
    where = f"{field.id}:is:{value}" if value else f"{field.id}:blank:"
    return listing.base + href("", view=table, where=where)


def _sum(arranging: Arranging, found: Page) -> str:
    """The sum of a number over the cards of a column, where all of them are here."""
    field = arranging.field("sum")
    if field is None or field.type is None or len(found.items) < found.total:
        return ""
    values: list[Any] = [
        field.type.parse(value, field)
        for item in found.items
        if (value := item.values.get(field.id)) is not None and item.access.get(field.id) in ("read", "write")
    ]
    if not values:
        return ""
    presenter = arranging.listing.visit.presenter(arranging.listing.app.id)
    return field.type.display(sum(values), field, presenter.display)
