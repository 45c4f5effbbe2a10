"""A field of the record we link to, read through the link: always what stands there now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    ANY,
    Display,
    Field,
    Lookup as LookupSource,
    Options,
    Problem,
    Registry,
    Storage,
    Texts,
    fields_of,
    form_of,
    labelled,
    options_of,
    problem,
    show_list,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition


class LookupOptions(Options, frozen=True):
    through: Annotated[str, labelled("经由关联字段", "Through the link", picks="link")]
    field: Annotated[str, labelled("取字段", "Field there", picks="field of through")]


class Lookup(Field):
    name = "lookup"
    label = {"zh": "关联字段", "en": "Lookup"}
    icon = "eye"
    keywords: tuple[str, ...] = ("他表字段", "引用字段", "取值")
    doc = {"zh": "显示所关联记录的一个字段", "en": "Shows a field of the linked record"}
    texts = {
        "field.not_a_link": Texts("“{field}”不是本表单的关联字段", "“{field}” is not a link of this form"),
        "field.unknown_there": Texts(
            "所关联的表单没有字段“{field}”", "The linked form has no field “{field}”"
        ),
    }
    group = "relation"
    storage = Storage.JSON
    type = ANY
    searchable = True
    sortable = False
    input = "none"
    example_options = {"through": "parent", "field": "title"}
    Options = LookupOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options, form = options_of(field, LookupOptions), form_of(app, field)
        link = form.field(options.through) if form else None
        if form is None or (link is not None and not link.usable):
            return []  # what is wrong is told elsewhere
        target = link.type.reference(link) if link and link.type and link.options is not None else None
        if target is None or target.target != "record":
            return [problem("field.not_a_link", "/options/through", field=options.through)]
        there = fields_of(app, target.app, target.form)
        if there is not None and options.field not in there:
            return [problem("field.unknown_there", "/options/field", field=options.field)]
        return []

    def derived(self, field: FieldDefinition) -> LookupSource:
        options = options_of(field, LookupOptions)
        return LookupSource(options.through, options.field)

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        return raw  # nobody writes it

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        """Reading shows it as the field it comes from does; this is for where that is not known."""
        return show_list(map(str, value), display.language) if isinstance(value, list) else str(value)


def register(registry: Registry) -> None:
    registry.add(Lookup())
