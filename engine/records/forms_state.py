"""The answer to `POST …/state`: the same decisions a save would take, while somebody still types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.ways import best_access
from engine.records.figures import Figures
from engine.records.program import FieldProgram, FormProgram
from engine.records.read import Reader
from engine.records.row_cells import blank_row, settle_rows
from engine.records.services import Services
from engine.records.state import FieldState, apply_defaults, apply_formulas, evaluate, parse_values
from metamodel.plugin_api import Display
from metamodel.problems import Problem, Rejected, problem
from metamodel.row_totals import row_totals


@dataclass(frozen=True, slots=True)
class FormState:
    """`fields`: `{field: {visible, required, writable, value?, problems?, rows?, totals?}}` for every field a
    person may see;
    `value` only of fields he is not typing in (defaults and computed ones), problems only of changed ones;
    `withheld`, where conditions decide it, are the choices that are not offered now, `blank` what a new row of
    a sub-form begins with.
    `blocks`: whether the blocks and tabs of the layout that have a condition are shown, by their keys."""

    fields: dict[str, dict[str, Any]]
    blocks: dict[str, bool]


def form_state(
    services: Services, reader: Reader, figures: Figures, viewer: Viewer, app: str, form: str,
    record: str | None, values: Mapping[str, Any], changed: Sequence[str],
) -> FormState:  # fmt: skip
    """The state of the form with `values` typed in; `changed` are the fields whose problems are wanted."""
    program = services.programs.get(app, form)
    with services.database.read() as connection:
        allowed, stored = _allowed(services, reader, connection, viewer, program, record)
        parsed, wrong = parse_values(program, values)
        complete = {**stored, **parsed}
        context = services.context(connection, viewer, services.database.clock.now(), app)
        if record is None:
            apply_defaults(program, complete, context)
        if program.rows_asking:
            rows = {p.id: parsed[p.id] for p in program.rows_asking if p.id in parsed}
            settle_rows(program, rows, stored, context)
            complete |= rows
        apply_formulas(program, complete, context)
        shown = [field.id for field in program.figures if allowed.get(field.id, "hide") != "hide"]
        asked, refused = figures.show(
            connection, viewer, program, complete, context, shown, stored if record else None
        )
        states = evaluate(
            program, complete, context, lambda name: allowed.get(name) == "write", stored if record else {}
        )
        blank = {p.id: blank_row(p, complete, context) for p in program.rows_asking}
        blocks = {key: bool(shown(complete, context)) for key, shown in program.blocks.items()}
    figures.note(viewer, program, asked, int(record) if record else None)
    display = Display(viewer.language, services.zone)
    found = {
        name: _answer(program, states[name], name, values, changed, wrong, display, blank) for name in states
    }
    kept = [f for f in (*program.formulas, *program.figures) if allowed.get(f.id, "hide") != "hide"]
    computed = {f.id: _computed(f, complete) for f in kept}
    for one in refused:
        computed[one.path.strip("/")]["problems"] = [one.to_json(viewer.language)]
    seen = {name: state for name, state in found.items() if allowed.get(name, "hide") != "hide"}
    return FormState({**seen, **computed}, blocks)


def _allowed(
    services: Services, reader: Reader, connection: sa.Connection, viewer: Viewer, program: FormProgram,
    record: str | None,
) -> tuple[dict[str, str], dict[str, Any]]:  # fmt: skip
    """What may be done with each field, and what stands there (nothing for a new record)."""
    if record is not None:
        row = reader.row(connection, viewer, program, record)
        return dict(row.access), {name: row.values.get(name) for name in row.values}
    ways = services.authority.ways(connection, viewer, program.app, program.form)
    creating = [way for way in ways if "create" in way.actions]
    if not creating:
        raise Rejected([problem("access.denied")])
    return {name: best_access(creating, name) for name in program.fields}, {}


def _answer(
    program: FormProgram, state: FieldState, name: str, sent: Mapping[str, Any], changed: Sequence[str],
    wrong: Sequence[Problem], display: Display, blank: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    answer: dict[str, Any] = {
        "visible": state.visible,
        "required": state.required,
        "writable": state.writable,
    }
    if name not in sent and state.value is not None:
        answer["value"] = _plain(program.fields[name], state.value)
    if program.fields[name].offered:
        answer["withheld"] = list(state.withheld)
    if blank.get(name):
        cells = {cell.id: cell for cell in program.fields[name].cells}
        answer["blank"] = {cell: _plain(cells[cell], value) for cell, value in blank[name].items()}
    rows = _rows(program.fields[name], state)
    if rows:
        answer["rows"] = rows
    if any(cell.field.total for cell in program.fields[name].cells):
        answer["totals"] = row_totals(program.fields[name].field, state.value or (), display)
    if name in changed:
        own = [p for p in wrong if p.path.split("/")[1:2] == [name]]
        answer["problems"] = [p.to_json(display.language) for p in (own or state.problems)]
    return answer


def _rows(field: FieldProgram, state: FieldState) -> list[dict[str, Any]]:
    """`[{cell: {visible, required, writable} or {value}}]` of a sub-form's rows: what conditions decide, and
    what is computed."""
    made = []
    offering = {cell.id: bool(cell.offered) for cell in field.cells}
    for number, row in enumerate(state.value or () if field.cells else ()):
        decided = state.rows[number] if number < len(state.rows) else {}
        cells: dict[str, Any] = {
            name: {
                "visible": one.visible, "required": one.required, "writable": one.writable,
                **({"withheld": list(one.withheld)} if offering.get(name) else {}),
            }
            for name, one in decided.items()
        }  # fmt: skip
        cells |= {cell.id: {"value": _plain(cell, row.get(cell.id))} for cell in field.cells if cell.formula}
        made.append(cells)
    return made if any(made) else []


def _computed(field: FieldProgram, values: Mapping[str, Any]) -> dict[str, Any]:
    value = values.get(field.id)
    return {"visible": True, "required": False, "writable": False, "value": _plain(field, value)}


def _plain(field: FieldProgram, value: Any) -> Any:
    return None if value is None or field.field.type is None else field.field.type.to_json(value, field.field)
