"""Rows of sub-forms on their way in: cells that conditions close keep what stands there, new rows get defaults.

Rows have no names, so a row that was sent is taken for the one most like it that stood there. Asked by the write
path and by the state of a form that is being filled in, so page, API, imports and rules agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from engine.expressions import EvaluationContext
from engine.records.program import FieldProgram, FormProgram
from metamodel.problems import Problem, pointer, problem

MOST_COMPARED = 200  # rows that are looked at for the one a row was
Row = Mapping[str, Any]


def settle_rows(
    program: FormProgram, sent: dict[str, Any], stood: Mapping[str, Any], context: EvaluationContext,
    anybody: bool = False,
) -> list[Problem]:  # fmt: skip
    """The rows of `sent` become what will be written; what was sent for closed cells is refused, with paths
    `/field/row/cell`. `anybody`: conditions close nothing (the app itself writes)."""
    problems: list[Problem] = []
    for field in program.rows_asking:
        rows = sent.get(field.id)
        if not isinstance(rows, list):
            continue
        before = stood.get(field.id) or []
        made = []
        for number, (row, was) in enumerate(zip(rows, matched(rows, before, closing(field)), strict=True)):
            settled = dict(row)
            around = {"record": {**stood, **sent}}
            wrong = (
                list(_new(field, settled, around, context, anybody))
                if was is None
                else []
                if anybody
                else list(_standing(field, settled, was, {"record": stood}, context))
            )
            problems += [found.under(pointer(field.id, number)) for found in wrong]
            made.append(settled)
        sent[field.id] = made
    return problems


def _new(
    field: FieldProgram, row: dict[str, Any], around: Row, context: EvaluationContext, anybody: bool
) -> Iterator[Problem]:
    """Defaults where nothing was sent; what a closed cell was sent may only be its default."""
    closable = [] if anybody else [cell for cell in field.cells if cell.writable]
    first = {name: value for name, value in row.items() if all(cell.id != name for cell in closable)}
    _fill(field, first, around, context)
    for cell in closable:
        if (
            cell.id in row
            and row[cell.id] != first.get(cell.id)
            and not _opened(cell, first, around, context)
        ):
            yield _refused(cell)
    _fill(field, row, around, context)


def _fill(field: FieldProgram, row: dict[str, Any], around: Row, context: EvaluationContext) -> None:
    for cell in field.cells:
        if cell.default is not None and cell.id not in row:
            value = cell.default({**row, **around}, context)
            if value is not None:
                row[cell.id] = value


def _standing(
    field: FieldProgram, row: dict[str, Any], was: Row, around: Row, context: EvaluationContext
) -> Iterator[Problem]:
    for cell in field.cells:
        if cell.writable is None or row.get(cell.id) == was.get(cell.id):
            continue
        if _opened(cell, was, around, context):
            continue
        if cell.id in row:
            yield _refused(cell)
        row[cell.id] = was[cell.id]  # what is closed need not be sent


def _opened(cell: FieldProgram, row: Row, around: Row, context: EvaluationContext) -> bool:
    return cell.writable is None or bool(cell.writable({**row, **around}, context))


def _refused(cell: FieldProgram) -> Problem:
    return problem("value.not_writable", pointer(cell.id), field=cell.field.text())


def closing(field: FieldProgram) -> frozenset[str]:
    """The cells of its rows that a condition may close."""
    return frozenset(cell.id for cell in field.cells if cell.writable is not None)


def blank_row(field: FieldProgram, values: Mapping[str, Any], context: EvaluationContext) -> dict[str, Any]:
    """What a new row holds before anybody fills it in."""
    row: dict[str, Any] = {}
    _fill(field, row, {"record": values}, context)
    return row


def matched(rows: Sequence[Row], before: Sequence[Row], closing: Collection[str] = ()) -> list[Row | None]:
    """For every row the one it was; None for a new one. Equal rows first, then the most alike of all pairs, then
    the one in its place. `closing`: cells that conditions may close; what stands in one can only have come from
    the row it stood in, so it tells more than all others."""
    left = dict(enumerate(before))
    found: dict[int, Row] = {}
    for number, row in enumerate(rows):
        place = number if left.get(number) == row else next((n for n in left if left[n] == row), None)
        if place is not None:
            found[number] = left.pop(place)
    waiting = {number: row for number, row in enumerate(rows) if number not in found}
    for number, place in _pairs(waiting, left, closing):
        if number in waiting and place in left:
            found[number] = left.pop(place)
            del waiting[number]
    return [found.get(number) for number in range(len(rows))]


def _pairs(
    waiting: Mapping[int, Row], left: Mapping[int, Row], closing: Collection[str]
) -> list[tuple[int, int]]:
    """(row, the one it may have been), the likeliest first; rows that share nothing only where they stand alike."""
    places = list(left)[:MOST_COMPARED]
    alike = {
        (number, place): _likeness(row, left[place], closing)
        for number, row in list(waiting.items())[:MOST_COMPARED]
        for place in places
    }
    fitting = [pair for pair, likeness in alike.items() if likeness or pair[0] == pair[1]]
    return sorted(fitting, key=lambda pair: (-alike[pair], pair[0] != pair[1], pair))


def _likeness(row: Row, was: Row, closing: Collection[str]) -> int:
    same = [name for name, cell in row.items() if was.get(name) == cell]
    return len(same) + len(row) * sum(name in closing and row[name] is not None for name in same)
