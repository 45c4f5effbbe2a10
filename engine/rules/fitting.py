"""Fitting: what expressions gave, made into the values of a form's fields.

Prepared once for each set of fields a rule writes, since this runs for every message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.records.program import FormProgram
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue
from metamodel.problems import Problem, pointer, problem

Fitted = tuple[dict[str, Any], list[Problem]]
Step = tuple[str, type | None, Callable[[Any, FieldDefinition], Any], FieldDefinition]


class Fitter:
    """For one form and the names it is given."""

    def __init__(self, program: FormProgram, names: tuple[str, ...]) -> None:
        known = [program.fields[name].field for name in names if name in program.fields]
        self._steps: list[Step] = [(f.id, f.type.exact, f.type.parse, f) for f in known if f.type is not None]
        self._unknown = [
            problem("value.unknown_field", pointer(name), field=name)
            for name in names
            if name not in program.fields
        ]

    def __call__(self, values: Mapping[str, Any]) -> Fitted:
        fitted: dict[str, Any] = {}
        problems = list(self._unknown)
        for name, exact, parse, field in self._steps:
            value = values[name]
            if type(value) is exact:
                fitted[name] = value if value != "" else None
            elif value is None or value == "" or value == []:
                fitted[name] = None
            else:
                try:
                    fitted[name] = parse(value, field)
                except BadValue as bad:
                    fitted[name] = None
                    problems.append(problem(bad.code, pointer(name), **{"field": field.text(), **bad.params}))
        return fitted, problems


class Fitters:
    """Fitters by form and names, each for as long as the form's published version lasts."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, tuple[str, ...]], tuple[FormProgram, Fitter]] = {}

    def fit(self, program: FormProgram, values: Mapping[str, Any]) -> Fitted:
        names = tuple(values)
        key = (program.app.id, program.form.id, names)
        known = self._known.get(key)
        if known is None or known[0] is not program:
            known = self._known[key] = program, Fitter(program, names)
        return known[1](values)
