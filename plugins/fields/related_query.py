"""One figure over records that this one asks for: how many there are, how much they come to.

Unlike a rollup it needs no link, counts what the person asking may not read, and is kept: what was
true when the record was saved. Every count for a person is written into the audit trail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from metamodel.plugin_api import (
    Problem,
    Registry,
    RelatedQuery as RelatedQuerySource,
    RelatedRows,
    Texts,
    fields_of,
    labelled,
    options_of,
    pointer,
    problem,
)
from plugins.fields.formula import Kept, ResultOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import App, Derived, FieldDefinition


class QueryOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the queries."""

    form: Annotated[str, labelled("表单", "Form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    aggregate: Annotated[
        Literal["count", "sum", "max", "min", "avg", "median"], labelled("汇总方式", "Aggregate")
    ] = "count"
    field: Annotated[str, labelled("汇总字段", "Field there")] = ""
    where: Annotated[
        str, labelled("条件（record.x 为本记录的字段）", "Where (record.x is ours)", max_length=4000)
    ] = ""


class RelatedQueryOptions(ResultOptions, frozen=True, kw_only=True):
    queries: Annotated[tuple[QueryOptions, ...], labelled("查询", "Queries", min_length=1, max_length=10)]
    combine: Annotated[Literal["sum", "max", "min"], labelled("多个结果如何合并", "Results together")] = "sum"


class RelatedQuery(Kept):
    name = "related_query"
    label = {"zh": "查询统计", "en": "Figure over records"}
    icon = "sigma"
    keywords: tuple[str, ...] = ("查询", "统计", "聚合")
    doc = {
        "zh": "保存时统计符合条件的记录，并记下当时的结果；填写时每次统计都记入审计",
        "en": "A figure over the records that fit, kept as it was when saved; each count is audited",
    }
    texts = {
        "field.query_form": Texts("没有表单“{form}”", "There is no form “{form}”"),
        "field.query_field": Texts("请选择要汇总的字段", "Choose the field to aggregate"),
    }
    example_options = {"queries": [{"form": "note"}], "result": "integer"}
    examples = (("7", 7), ("1,234", 1234))
    Options = RelatedQueryOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        found = []
        for number, query in enumerate(options_of(field, RelatedQueryOptions).queries):
            place = pointer("options", "queries", number)
            there = fields_of(app, query.app, query.form)
            if there is None:
                found.append(problem("field.query_form", place + "/form", form=query.form))
            elif (
                query.aggregate != "count" and query.field.partition(".")[0] not in there
            ):  # or through a link
                found.append(problem("field.query_field", place + "/field"))
        return found

    def derived(self, field: FieldDefinition) -> Derived:
        options = options_of(field, RelatedQueryOptions)
        rows = (RelatedRows(q.app, q.form, q.aggregate, q.field, q.where) for q in options.queries)
        return RelatedQuerySource(tuple(rows), options.combine)


def register(registry: Registry) -> None:
    registry.add(RelatedQuery(registry))
