"""The other end of a link: the records of a form whose link points at this one.

Nothing is kept here, so both ends always agree. On this side's page and by the API records are linked and parted
too: what is written is the link over there, with the rights over there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    Derived,
    Display,
    Field,
    LinkedFrom as LinkedFromSource,
    Options,
    OptionsType,
    Problem,
    Reference,
    Registry,
    Storage,
    Texts,
    Type,
    fields_of,
    labelled,
    list_of,
    options_of,
    problem,
    record_of,
    show_list,
    split_list,
)
from plugins.fields.link import read_record

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LINKS = ("link", "links")


class LinkedFromOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form", picks="form")]
    via: Annotated[str, labelled("那边的关联字段", "Its link to us", picks="link of form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)", picks="app")] = ""


class LinkedFrom(Field):
    name = "linked_from"
    label = {"zh": "双向关联", "en": "Two-way link"}
    icon = "link"
    doc = {
        "zh": "关联到本记录的那些记录，两边始终一致，从哪边都能关联",
        "en": "The records that link to this one; both ends always agree, and a link is made from either",
    }
    keywords: tuple[str, ...] = ("反向关联", "被关联", "backlink", "reverse")
    texts = {
        "field.linked_form": Texts("没有表单“{form}”", "There is no form “{form}”"),
        "field.linked_via": Texts("“{field}”不是那边的关联字段", "“{field}” is not a link of that form"),
    }
    group = "relation"
    storage = Storage.JSON
    many = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "none"
    example_options: ClassVar[dict[str, Any]] = {"form": "note", "via": "parent"}
    examples = (([12, "13"], ["12", "13"]),)
    Options: ClassVar[OptionsType] = LinkedFromOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, LinkedFromOptions)
        there = fields_of(app, options.app, options.form)
        if there is None:
            return [problem("field.linked_form", "/options/form", form=options.form)]
        if there.get(options.via) not in LINKS:
            return [problem("field.linked_via", "/options/via", field=options.via)]
        return []

    def expression_type(self, field: FieldDefinition) -> Type:
        options = options_of(field, LinkedFromOptions)
        return list_of(record_of(options.app, options.form))

    def derived(self, field: FieldDefinition) -> Derived:
        options = options_of(field, LinkedFromOptions)
        return LinkedFromSource(options.app, options.form, options.via)

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(read_record(item) for item in split_list(raw)))

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        return show_list((display.name("record", item) for item in value), display.language)

    def search_text(self, value: list[str], field: FieldDefinition) -> str:
        return ""

    def reference(self, field: FieldDefinition) -> Reference:
        options = options_of(field, LinkedFromOptions)
        return Reference("record", options.app, options.form, many=True)


def register(registry: Registry) -> None:
    registry.add(LinkedFrom())
