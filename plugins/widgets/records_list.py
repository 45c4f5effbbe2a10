"""A list: the records themselves, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Dataset,
    Display,
    Drawing,
    Registry,
    RowAnswer,
    RowAsk,
    Widget,
    WidgetOptions,
    drill_key,
    labelled,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask, Problem


class ListOptions(WidgetOptions, frozen=True, kw_only=True):
    dataset: Annotated[Dataset, labelled("数据集", "Dataset")]
    columns: Annotated[list[str], labelled("列", "Columns")] = []
    sort: Annotated[str, labelled("排序（前加 - 为倒序）", "Sorted by (- before it: descending)")] = ""
    limit: Annotated[int, labelled("最多几行", "Rows at most", ge=1, le=100)] = 10
    buttons: Annotated[list[str], labelled("行上的按钮（规则）", "Buttons on its rows (rules)")] = []


class RecordList(Widget):
    name = "list"
    label = {"zh": "列表", "en": "List"}
    icon = "list"
    doc = {"zh": "列出记录，点开即看", "en": "Lists records, each a click away"}
    Options = ListOptions
    example_options = {"dataset": {"form": "sample"}, "columns": ["person", "amount"], "sort": "-amount"}

    def check_options(self, options: ListOptions) -> list[Problem]:
        return [] if options.columns else [problem("widget.no_columns", "/columns")]

    def asks(self, options: ListOptions) -> list[Ask]:
        return [
            RowAsk(
                options.dataset, tuple(options.columns), options.sort, options.limit, tuple(options.buttons)
            )
        ]

    def draw(self, options: ListOptions, answers: Sequence[RowAnswer], display: Display) -> Drawing:
        answer = answers[0]
        model = {
            "app": answer.app,
            "form": answer.form,
            "columns": [{"id": name, "text": label} for name, label in answer.columns],
            "rows": [{"record": r, "title": title, "cells": list(cells)} for r, title, cells in answer.rows],
            "total": answer.total,
            "exact": answer.exact,
            "key": drill_key("rows"),
            "buttons": list(options.buttons),
        }
        return Drawing("list", model, not answer.rows)


def register(registry: Registry) -> None:
    registry.add(RecordList())
