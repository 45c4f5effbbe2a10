"""A link to a record of a form, of this app or one it requires.

A record's id is text in values and JSON (it outgrows 2^53) and an integer in the column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Reference,
    Registry,
    Storage,
    Texts,
    Type,
    excerpt,
    fields_of,
    fold,
    labelled,
    options_of,
    problem,
    record_of,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LARGEST = 2**63 - 1


class LinkOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form", picks="form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)", picks="app")] = ""


def read_record(raw: Any) -> str:
    if isinstance(raw, dict):
        raw = raw.get("id")
    text = fold(raw) if isinstance(raw, str) else str(raw) if type(raw) is int else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= LARGEST):
        raise BadValue("value.not_a_record", text=excerpt(raw))
    return str(int(text))


class Link(Field):
    name = "link"
    label = {"zh": "关联记录", "en": "Link"}
    icon = "link"
    keywords: tuple[str, ...] = ("关联", "引用", "外键", "relation", "reference")
    doc = {"zh": "指向另一表单的一条记录", "en": "Points at one record of a form"}
    texts = {
        "field.unknown_form": Texts(
            "关联的表单“{form}”不存在",
            "There is no form “{form}” to link to",
            "若在别的应用中，请先在“依赖”里登记",
            "If it is another app's, name it under “requires” first",
        ),
        "value.not_a_record": Texts("“{text}”不是记录编号", "“{text}” is not a record's id"),
    }
    group = "relation"
    storage = Storage.INTEGER
    operators: tuple[str, ...] = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    sortable = False
    input = "record"
    example_options: ClassVar[Mapping[str, Any]] = {"form": "note"}
    examples: Examples = (
        ("9007199254740993", "9007199254740993"),
        (12, "12"),
        ({"id": "0012"}, "12"),
    )
    Options: ClassVar[OptionsType] = LinkOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, LinkOptions)
        if fields_of(app, options.app, options.form) is None:
            return [problem("field.unknown_form", "/options/form", form=options.form)]
        return []

    def expression_type(self, field: FieldDefinition) -> Type:
        options = options_of(field, LinkOptions)
        return record_of(options.app, options.form)

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        if isinstance(raw, (list, tuple)) and len(raw) == 1:
            raw = raw[0]
        return read_record(raw)

    def to_storage(self, value: Any, field: FieldDefinition) -> Any:
        return int(value)

    def from_storage(self, raw: Any, field: FieldDefinition) -> Any:
        return str(raw)

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        return display.name("record", value)

    def search_text(self, value: Any, field: FieldDefinition) -> str:
        return ""  # a number nobody knows

    def reference(self, field: FieldDefinition) -> Reference:
        options = options_of(field, LinkOptions)
        return Reference("record", options.app, options.form, many=self.many)


def register(registry: Registry) -> None:
    registry.add(Link())
