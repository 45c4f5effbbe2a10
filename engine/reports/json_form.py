"""Boards, widgets and answers as plain JSON: what the API and `muniment report` give. Decimals are strings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from itertools import product
from typing import Any

from engine.reports.views import Board, DrillTarget, WidgetView
from metamodel.asks import (
    AbsentAnswer,
    Answer,
    Axis,
    Cell,
    GroupAnswer,
    Measured,
    Number,
    RowAnswer,
    WordAnswer,
)
from metamodel.plugin_api import drill_key


def board_json(board: Board) -> dict[str, Any]:
    return asdict(board)


def widget_json(view: WidgetView, language: str) -> dict[str, Any]:
    """The widget with its drawing and its numbers."""
    return {
        "id": view.id,
        "type": view.type,
        "label": view.label,
        "state": view.state,
        "definition": view.definition,
        "note": view.note,
        "not_narrowed_by": list(view.aside),
        "people": view.people,
        "drillable": view.drillable,
        "drawing": {"kind": view.drawing.kind, "model": view.drawing.model} if view.drawing else None,
        "answers": [answer_json(answer) for answer in view.answers],
        "empty": {"text": view.empty.text, "filters": dict(view.empty.filters)} if view.empty else None,
        "problems": [one.to_json(language) for one in view.problems],
    }


def drill_json(target: DrillTarget) -> dict[str, Any]:
    return {
        "app": target.app,
        "form": target.form,
        "conditions": [asdict(condition) for condition in target.conditions],
        "filter": target.filter,
        "text": target.text,
        "page": target.page,
        "asked": [list(pair) for pair in target.asked],
        "chips": [list(chip) for chip in target.chips],
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, GroupAnswer):
        return _groups(answer)
    if isinstance(answer, RowAnswer):
        return _rows(answer)
    if isinstance(answer, AbsentAnswer):
        return {"people": [asdict(one) for one in answer.people], "of": answer.of}
    return _words(answer)


def _groups(answer: GroupAnswer) -> dict[str, Any]:
    """Groups in the order they are drawn in, those without rows where the axis has them."""
    cells = list(product(*(axis.keys for axis in answer.axes)))
    known = [cell for cell in cells if len(answer.axes) < 2 or cell in answer.values or cell in answer.before]
    return {
        "dimensions": [axis.label for axis in answer.axes],
        "measures": [
            {"id": m.id, "label": m.label, "format": m.format, "unit": m.unit} for m in answer.measures
        ],
        "compared": answer.compared,
        "capped": answer.capped,
        "rows": [_row(answer, cell) for cell in known],
    }


def _row(answer: GroupAnswer, cell: Cell) -> dict[str, Any]:
    made: dict[str, Any] = {
        "keys": list(cell),
        "texts": [axis.text(key) for axis, key in zip(answer.axes, cell, strict=True)],
        "values": {m.id: number_json(answer.value(m, *cell)) for m in answer.measures},
        "drill": {m.id: drill_key(m.id, *cell) for m in answer.measures},
    }
    if answer.compared:
        then = _counterpart(answer, cell)
        made["before"] = {m.id: number_json(_earlier(answer, m, then)) for m in answer.measures}
    return made


def _earlier(answer: GroupAnswer, measure: Measured, cell: Cell | None) -> Number:
    return None if cell is None else answer.earlier(measure, *cell)


def _counterpart(answer: GroupAnswer, cell: Cell) -> Cell | None:
    """The cell of the period before that this one is compared with; None: there is none."""
    found: list[Any] = []
    for axis, key in zip(answer.axes, cell, strict=True):
        if not _has_counterpart(axis, key):
            return None
        found.append(axis.before.get(key, key))
    return tuple(found)


def _has_counterpart(axis: Axis, key: Any) -> bool:
    return not axis.before or key in axis.before


def _rows(answer: RowAnswer) -> dict[str, Any]:
    return {
        "app": answer.app,
        "form": answer.form,
        "columns": [{"id": name, "label": label} for name, label in answer.columns],
        "rows": [{"id": r, "title": title, "cells": list(cells)} for r, title, cells in answer.rows],
        "total": answer.total,
        "exact": answer.exact,
    }


def _words(answer: WordAnswer) -> dict[str, Any]:
    return {
        "words": [{"word": one.word, "uses": one.uses, "other": one.other} for one in answer.words],
        "total": answer.total,
        "other_total": answer.other_total,
        "people": list(answer.people),
        "threshold": number_json(answer.threshold),
    }


def number_json(value: Number) -> int | str | None:
    """Whole numbers as they are, decimals as texts without idle noughts."""
    if value is None or isinstance(value, int):
        return value
    number = Decimal(value)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rows_of(answer: Mapping[str, Any]) -> list[list[str]]:
    """An answer's JSON as lines of cells, for a terminal."""
    if "of" in answer:
        return [[one["name"], one["department"], str(one["days"] or "")] for one in answer["people"]]
    if "words" in answer:
        return [[one["word"], str(one["uses"]), str(one["other"])] for one in answer["words"]]
    if "columns" in answer:
        return [one["cells"] for one in answer["rows"]]
    return [
        [*one["texts"], *("" if v is None else str(v) for v in one["values"].values())]
        for one in answer["rows"]
    ]
