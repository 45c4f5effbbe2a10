"""What a field type leaves out of its own looks is drawn by what its value is: on a page, in a list, on paper."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest

from builder_ui.assets import Assets
from builder_ui.drawing import Presenter
from builder_ui.templating import Renderer
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import NUMBER, Choice, Display, Field, Options, Reference, Storage

PHONE = "{% macro phone(input) %}<input>{% endmacro %}"
FILTER = "{% macro filter(input) %}<input>{% endmacro %}"
LOOK = "{% macro look(cell) %}<b>{{ cell.text }}</b>{% endmacro %}"
CELL = "{% macro cell(cell) %}<i>{{ cell.text }}</i>{% endmacro %}"
PRINT = "{% macro print(cell) %}<u>{{ cell.text }}</u>{% endmacro %}"
NAMES = {("record", "7"): "恒锐", ("person", "zhou"): "周婧"}


class Weight(Field):
    name, label, storage, type = "weight", "重量", Storage.INTEGER, NUMBER


class Words(Field):
    name, label = "words", "文字"


class Grade(Field):
    name, label = "grade", "等级"

    def choices(self, field: FieldDefinition) -> tuple[Choice, ...]:
        return (Choice("a", "甲", color="green"),)


class Pointing(Field):
    def __init__(self, target: Any, many: bool = False) -> None:
        self.name, self.label, self.target, self.many = f"my_{target}", "指向", target, many

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference(self.target, "shop", "customer", many=self.many)

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        return display.name(self.target, str(value))


# type, value, what stands on a page and in a list where the type says nothing of it
USUAL: dict[str, tuple[Field, Any, tuple[str, str]]] = {
    "number": (Weight(), 5, ("<span>5</span>", "<span>5</span>")),
    "choice": (Grade(), "a", ('class="dot hue-green"', 'class="dot hue-green"')),
    "link": (Pointing("record"), "7", ('href="/apps/shop/forms/customer/records/7"',) * 2),
    "person": (Pointing("person"), "zhou", ("avatar", "avatar")),
    "file": (Pointing("file", many=True), ["f1"], ('href="/files/f1"', "icon-s")),
    "long text": (Words(), "字" * 99, ('class="value long"', 'class="clip"')),
}  # fmt: skip
usual = pytest.mark.parametrize("kind", USUAL)


def drawn(kind: str, **own: str) -> tuple[Any, str, str]:
    """The cell of such a type that declares these of its own, on a page and in a list."""
    type_, value = copy(USUAL[kind][0]), USUAL[kind][1]
    vars(type_).update(own)
    field = FieldDefinition("it", type_.name, type_, "它", Options())
    presenter = Presenter("shop", Display("zh", names=NAMES), {"f1": {"name": "a.pdf", "size": 1}})
    cell = presenter.cell(field, value, presenter.shown(field, value))
    renderer = Renderer(Assets(), markup={type_.name: type_.markup})
    macros: Any = renderer._environments["zh"].get_template("parts/cells.html").module
    return cell, str(macros.value(cell)).strip(), str(macros.inline(cell)).strip()


@usual
@pytest.mark.parametrize("markup", [PHONE, FILTER])
def test_a_control_of_its_own_changes_nothing_for_readers(kind: str, markup: str) -> None:
    assert drawn(kind, markup=markup) == drawn(kind)
    _, page, listed = drawn(kind, markup=markup)
    assert USUAL[kind][2][0] in page
    assert USUAL[kind][2][1] in listed


@usual
def test_a_print_alone_is_for_paper_alone(kind: str) -> None:
    _, page, listed = drawn(kind, markup=PRINT)
    _, usual_page, usual_listed = drawn(kind)
    screen, _, paper = page.partition('<span class="looks-paper">')
    assert usual_page in screen
    assert paper.startswith("<u>")
    assert listed == usual_listed


@usual
def test_a_cell_alone_is_for_lists_alone(kind: str) -> None:
    cell, page, listed = drawn(kind, markup=CELL)
    assert page == drawn(kind)[1]
    assert listed.startswith("<i>")
    assert (cell.on_page, cell.in_list) == (cell.kind, "own")
    by_name, page, listed = drawn(kind, cell="lines")
    assert page == drawn(kind)[1]
    assert (listed.startswith('<span class="clip">'), bool(by_name.text)) == (True, True)


@usual
def test_a_look_alone_is_for_pages_alone(kind: str) -> None:
    cell, page, listed = drawn(kind, markup=LOOK)
    assert page.startswith("<b>")
    assert listed == drawn(kind)[2]
    assert (cell.on_page, cell.in_list) == ("own", cell.kind)


@usual
def test_all_three(kind: str) -> None:
    _, page, listed = drawn(kind, markup=LOOK + CELL + PRINT)
    assert '<span class="looks-screen"><b>' in page
    assert '<span class="looks-paper"><u>' in page
    assert listed.startswith("<i>")


@usual
def test_a_look_nobody_drew_is_the_usual_one(kind: str) -> None:
    assert drawn(kind, look="gone", cell="gone")[1:] == drawn(kind)[1:]
