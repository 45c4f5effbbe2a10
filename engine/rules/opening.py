"""A form that a button opens: where whoever pressed it goes next, with what is filled in there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.database import Unit
from engine.rules.run import Performers, Planned, Run
from metamodel.plugin_api import OpenForm

NOTE = "rules.opened"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new record of this form; `values` by field, as texts (or lists of them) a form can be sent."""

    app: str
    form: str
    values: Mapping[str, str | list[str]]


def open_form(run: Run, planned: Sequence[Planned]) -> None:
    """Noted in the unit: only a button has somebody to show it to."""
    for one in planned:
        effect: OpenForm = one.effect
        program = run.program(effect.app, effect.form)
        fitted, wrong = run.fit(program, effect.values)
        run.fail(one.subject, wrong)
        values: dict[str, str | list[str]] = {}
        for name, value in fitted.items():
            field = program.fields[name].field
            if value is not None and field.type is not None and not field.sealed:
                plain = field.type.to_json(value, field)
                values[name] = [_text(one) for one in plain] if field.type.many else _text(plain)
        if effect.link:
            values[effect.link] = effect.record
        run.unit.notes[NOTE] = Opened(effect.app, effect.form, values)


def opened(unit: Unit) -> Opened | None:
    """What the last rule of this unit opened."""
    found: Opened | None = unit.notes.get(NOTE)
    return found


def _text(plain: Any) -> str:
    return ("true" if plain else "false") if isinstance(plain, bool) else str(plain)


OPENING: Performers = {OpenForm: open_form}
