"""The state of a form while it is filled: what is visible, required, writable, sane.

One function decides, the same for the page that asks while somebody types, for the API,
for imports and for rules; the browser evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.expressions import EvaluationContext
from engine.records.program import FieldProgram, FormProgram
from engine.records.row_cells import closing, matched
from metamodel.plugin_api import BadValue
from metamodel.problems import Problem, pointer, problem

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class FieldState:
    visible: bool
    required: bool
    writable: bool
    value: Any
    problems: tuple[Problem, ...] = ()
    rows: tuple[Mapping[str, FieldState], ...] = ()  # of a sub-form whose columns have conditions
    withheld: tuple[str, ...] = ()  # choices that are not offered now


def parse_values(program: FormProgram, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """What was sent -> Python values, and what could not be read. Blank is None."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, item in raw.items():
        field = program.fields.get(name)
        if field is None:
            problems.append(problem("value.unknown_field", pointer(name), field=name))
            continue
        value, wrong = parse_value(field, item)
        problems.extend(wrong)
        if not wrong:
            values[name] = value
    return values, problems


def parse_value(program: FieldProgram, raw: Any) -> tuple[Any, list[Problem]]:
    field = program.field
    if raw is None or raw == "" or raw == [] or field.type is None:
        return None, []
    try:
        value = field.type.parse(raw, field)
        return (None if value == "" or value == [] else value), []  # blanks only, nothing but commas
    except BadValue as bad:
        found = problem(bad.code, pointer(field.id), **{"field": field.text(), **bad.params})
        return None, [found]


def apply_defaults(program: FormProgram, values: dict[str, Any], context: EvaluationContext) -> None:
    for field in program.defaults:
        if field.id not in values and field.default:
            values[field.id] = field.default(values, context)


def refuse_closed(
    program: FormProgram, sent: Mapping[str, Any], standing: Mapping[str, Any], context: EvaluationContext
) -> list[Problem]:
    """A field whose condition closes it keeps what stands there, whoever sends what; paths `/field`."""
    return [
        problem("value.not_writable", pointer(field.id), field=field.field.text())
        for field in program.closable
        if field.id in sent and sent[field.id] != standing.get(field.id)
        and not _holds(field.writable, standing, context)
    ]  # fmt: skip


def standing_at_first(
    program: FormProgram, sent: Mapping[str, Any], context: EvaluationContext
) -> dict[str, Any]:
    """What a new record would hold if nobody had filled the fields that conditions close."""
    closable = {field.id for field in program.closable}
    values = {name: value for name, value in sent.items() if name not in closable}
    apply_defaults(program, values, context)
    return values


def apply_formulas(
    program: FormProgram, values: dict[str, Any], context: EvaluationContext, *, standing: bool = False
) -> None:
    """Computed fields as they will be stored, rounded to their scale: what is shown is what is saved.
    Cells of sub-forms come first, the fields that sum them up after. `standing`: of a record that is there
    already; what an archive keeps as evidence stays as it was computed then."""
    for rows, cells in program.computed_rows:
        if standing and rows.id in program.frozen:
            continue
        made = [dict(row) for row in values.get(rows.id) or ()]
        for row in made:
            row["record"] = values
            _compute(cells, row, context)
            for name in ("record", *(cell.id for cell in cells if row[cell.id] is None)):
                del row[name]
        if made:
            values[rows.id] = made
    formulas = program.formulas
    if standing and program.frozen:
        formulas = tuple(field for field in formulas if field.id not in program.frozen)
    _compute(formulas, values, context)


def _compute(fields: Iterable[FieldProgram], values: dict[str, Any], context: EvaluationContext) -> None:
    for field in fields:
        if field.formula:
            values[field.id] = field.decode(field.encode(field.formula(values, context)))


def evaluate(
    program: FormProgram, values: Mapping[str, Any], context: EvaluationContext,
    may_write: Callable[[str], bool] = lambda _: True, stood: Mapping[str, Any] = NOTHING,
) -> dict[str, FieldState]:  # fmt: skip
    """The state of every input field; `may_write` is what access says, `stood` what the record held before:
    a choice that was not offered then either may stay."""
    return {field.id: _state(field, values, context, may_write(field.id), stood) for field in program.inputs}


def check_values(
    program: FormProgram, values: Mapping[str, Any], context: EvaluationContext,
    stood: Mapping[str, Any] = NOTHING,
) -> list[Problem]:  # fmt: skip
    """Everything wrong with these values, with paths `/field`; `stood`: what the record held before."""
    if program.conditional:
        states = evaluate(program, values, context, stood=stood)
        return [found for state in states.values() for found in state.problems]
    found: list[Problem] = []
    for name, field in program.checked:
        value = values.get(name)
        if value is not None:
            found.extend(_sane(field, value))
        elif field.field.required:
            found.append(_missing(field))
    return found


def _state(
    field: FieldProgram, values: Mapping[str, Any], context: EvaluationContext, may: bool,
    stood: Mapping[str, Any] = NOTHING,
) -> FieldState:  # fmt: skip
    visible = field.visible is None or bool(field.visible(values, context))
    required = visible and (field.field.required or _holds(field.required_if, values, context))
    writable = may and (field.writable is None or bool(field.writable(values, context)))
    value = values.get(field.id)
    withheld = field.withheld(values, context) if field.offered else ()
    state = FieldState(visible, required, writable, value, withheld=withheld)
    if value is None:
        return replace(state, problems=(_missing(field),)) if required else state
    problems = _sane(field, value)
    if field.asks_cells:
        state = replace(state, rows=tuple(_row_states(field, value, values, context, stood)))
        problems = [*_shown_only(problems, state.rows, field.id), *_of_cells(field, state.rows)]
    if withheld:
        problems += _not_offered(field, value, withheld, stood, context)
    if field.valid is not None and not field.valid(values, context):
        problems.append(problem("value.invalid", pointer(field.id), field=field.field.text()))
    return replace(state, problems=tuple(problems))


def _not_offered(
    field: FieldProgram, value: Any, withheld: Collection[str], stood: Mapping[str, Any], context: EvaluationContext
) -> Iterator[Problem]:  # fmt: skip
    """Choices that are chosen though they are not offered; what stood there and was not offered then may stay."""
    chosen = [item for item in _each(value) if item in withheld]
    before = _each(stood.get(field.id))
    kept = field.withheld(stood, context) if chosen and any(item in before for item in chosen) else ()
    type_ = field.field.type
    labels = (
        {choice.value: choice.text() for choice in type_.choices(field.field)} if type_ and chosen else {}
    )
    for item in chosen:
        if item not in before or item not in kept:
            yield problem(
                "value.not_offered", pointer(field.id), field=field.field.text(), text=labels.get(item, item)
            )


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _row_states(
    field: FieldProgram, rows: Sequence[Mapping[str, Any]], values: Mapping[str, Any], context: EvaluationContext,
    stood: Mapping[str, Any] = NOTHING,
) -> Iterator[dict[str, FieldState]]:  # fmt: skip
    """Each cell of each row, decided as a field is; its names are the row's, `record` is what is around it."""
    inputs = [cell for cell in field.cells if cell.field.derived is None]
    before = stood.get(field.id) or () if any(cell.offered for cell in inputs) else ()
    for row, was in zip(rows, matched(rows, before, closing(field)), strict=True):
        around = {**row, "record": values}
        then = {**was, "record": stood} if was is not None else NOTHING
        yield {cell.id: _state(cell, around, context, True, then) for cell in inputs}


def _shown_only(
    problems: Iterable[Problem], rows: Sequence[Mapping[str, FieldState]], field: str
) -> Iterator[Problem]:
    """Without what is missing in cells that are not shown; what they need is said by their states."""
    for found in problems:
        parts = found.path.removeprefix(pointer(field)).strip("/").split("/")
        if found.code != "value.required" or len(parts) != 2 or rows[int(parts[0])][parts[1]].visible:
            yield found


def _of_cells(field: FieldProgram, rows: Sequence[Mapping[str, FieldState]]) -> Iterator[Problem]:
    """What conditions of columns find wrong; required cells and the types' own checks are told already."""
    cells = {cell.id: cell for cell in field.cells}
    for number, row in enumerate(rows):
        for name, state in row.items():
            missing = state.required and state.value is None and not cells[name].field.required
            refused = any(found.code == "value.invalid" for found in state.problems)
            place = pointer(field.id, number, name)
            label = cells[name].field.text()
            if missing:
                yield problem("value.required", place, field=label)
            elif refused:
                yield problem("value.invalid", place, field=label)
            yield from (replace(p, path=place) for p in state.problems if p.code == "value.not_offered")


def _holds(condition: Any, values: Mapping[str, Any], context: EvaluationContext) -> bool:
    return condition is not None and bool(condition(values, context))


def _sane(field: FieldProgram, value: Any) -> list[Problem]:
    type_ = field.field.type
    if type_ is None or not field.checks:
        return []
    return [
        replace(p, path=pointer(field.id) + p.path, params={"field": field.field.text(), **p.params})
        for p in type_.check(value, field.field)
    ]


def _missing(field: FieldProgram) -> Problem:
    return problem("value.required", pointer(field.id), field=field.field.text())
