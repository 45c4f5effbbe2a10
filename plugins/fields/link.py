"""Links to records of a form, of this app or one it requires; one or several.

A record's id is text in values and JSON (it outgrows 2^53) and an integer in the column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    LIST_OPERATORS,
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
    list_of,
    options_of,
    problem,
    record_of,
    split_list,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LARGEST = 2**63 - 1


class LinkOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form", picks="form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)", picks="app")] = ""


class LinksOptions(LinkOptions, frozen=True):
    maximum: Annotated[int, labelled("最多几条", "At most", ge=1)] | None = None


def read_record(raw: Any) -> str:
    if isinstance(raw, dict):
        raw = raw.get("id")
    text = fold(raw) if isinstance(raw, str) else str(raw) if type(raw) is int else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= LARGEST):
        raise BadValue("value.not_a_record", text=excerpt(raw))
    return str(int(text))


class Link(Field):
    name = "link"
    often = 1
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


class Links(Link):
    name = "links"
    often = 2
    label = {"zh": "关联多条记录", "en": "Links"}
    doc = {"zh": "指向另一表单的几条记录", "en": "Points at several records of a form"}
    storage = Storage.JSON
    many = True
    operators = LIST_OPERATORS
    input = "records"
    examples = (("12,13", ["12", "13"]), ([12, "12"], ["12"]))
    Options = LinksOptions

    def expression_type(self, field: FieldDefinition) -> Type:
        return list_of(super().expression_type(field))

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(read_record(item) for item in split_list(raw)))

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        most = options_of(field, LinksOptions).maximum
        return [problem("value.too_many", limit=most)] if most and len(value) > most else []

    def to_storage(self, value: list[str], field: FieldDefinition) -> list[str]:
        return value

    def from_storage(self, raw: list[str], field: FieldDefinition) -> list[str]:
        return raw

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(display.name("record", item) for item in value)


def register(registry: Registry) -> None:
    registry.add(Link(), Links())
