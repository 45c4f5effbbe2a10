"""One figure over the records that link to this one: how many, how much, the first, the last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    ANY,
    NUMBER,
    Display,
    Field,
    Options,
    Problem,
    Registry,
    Rollup as RollupSource,
    Storage,
    Texts,
    Type,
    fields_of,
    iso_duration,
    iso_moment,
    labelled,
    options_of,
    problem,
    show_date,
    show_duration,
    show_moment,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LINKS = ("link", "links")


class RollupOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form", picks="form")]
    via: Annotated[str, labelled("那边的关联字段", "Its link to us", picks="link of form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)", picks="app")] = ""
    aggregate: Annotated[Literal["count", "sum", "avg", "min", "max"], labelled("汇总方式", "Aggregate")] = (
        "count"
    )
    field: Annotated[str, labelled("汇总字段", "Field there", picks="field of form")] = ""
    where: Annotated[str, labelled("条件", "Where", picks="expression of form")] = ""
    places: Annotated[int, labelled("小数位", "Digits after the point", ge=0, le=10)] = 2


class Rollup(Field):
    name = "rollup"
    label = {"zh": "汇总", "en": "Rollup"}
    icon = "sigma"
    keywords: tuple[str, ...] = ("统计", "计数", "求和", "sum", "count")
    doc = {"zh": "统计关联到本记录的记录", "en": "A figure over the records that link here"}
    texts = {
        "field.rollup_form": Texts("没有表单“{form}”", "There is no form “{form}”"),
        "field.rollup_via": Texts("“{field}”不是那边的关联字段", "“{field}” is not a link of that form"),
        "field.rollup_field": Texts("请选择要汇总的字段", "Choose the field to aggregate"),
    }
    group = "relation"
    storage = Storage.JSON
    type = ANY
    sortable = False
    input = "none"
    example_options = {"form": "note", "via": "parent"}
    Options = RollupOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, RollupOptions)
        there = fields_of(app, options.app, options.form)
        if there is None:
            return [problem("field.rollup_form", "/options/form", form=options.form)]
        found = []
        if there.get(options.via) not in LINKS:
            found.append(problem("field.rollup_via", "/options/via", field=options.via))
        if options.aggregate != "count" and options.field not in there:
            found.append(problem("field.rollup_field", "/options/field"))
        return found

    def expression_type(self, field: FieldDefinition) -> Type:
        return ANY if options_of(field, RollupOptions).aggregate in ("min", "max") else NUMBER

    def derived(self, field: FieldDefinition) -> RollupSource:
        options = options_of(field, RollupOptions)
        return RollupSource(
            options.app, options.form, options.via, options.aggregate, options.field, options.where
        )

    def parse(self, raw: Any, field: FieldDefinition) -> Any:
        return raw  # nobody writes it

    def to_json(self, value: Any, field: FieldDefinition) -> Any:
        if isinstance(value, datetime):
            return iso_moment(value)
        if isinstance(value, timedelta):
            return iso_duration(value)
        return value if isinstance(value, (int, str)) else str(value)

    def display(self, value: Any, field: FieldDefinition, display: Display) -> str:
        if isinstance(value, datetime):
            return show_moment(value, display.zone or UTC, display.language)
        if isinstance(value, date):
            return show_date(value, display.language)
        if isinstance(value, timedelta):
            return show_duration(value, display.language)
        if isinstance(value, Decimal):
            return show_number(value, options_of(field, RollupOptions).places)
        return show_number(value) if isinstance(value, int) else str(value)


def register(registry: Registry) -> None:
    registry.add(Rollup())
