"""run_as: what a rule may write when it runs as a role instead of the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.access.ways import Way, best_access
from engine.records.program import FormProgram
from engine.records.services import Services
from metamodel.problems import Problem, pointer, problem

AS_APP = "app"


def viewer_of(app: str, run_as: str) -> Viewer:
    """Somebody who has exactly this role, and is nobody else."""
    if run_as == AS_APP:
        return SYSTEM
    return Viewer(f"role:{run_as}", run_as, roles={app: frozenset({run_as})})


def writable(
    services: Services, connection: sa.Connection, viewer: Viewer, program: FormProgram,
    values: Mapping[str, Any],
) -> tuple[Mapping[str, Any], list[Problem]]:  # fmt: skip
    """Of what is to be written into a draft, what this viewer may write, and the refusals."""
    if viewer.system:
        return values, []
    ways = services.authority.ways(connection, viewer, program.app, program.form)
    writing = [way for way in ways if way.actions & {"create", "update"}]
    refused = [name for name in values if not _may(writing, program, name)]
    kept = {name: value for name, value in values.items() if name not in refused}
    return kept, [_refusal(program, name) for name in refused]


def _may(writing: list[Way], program: FormProgram, name: str) -> bool:
    return best_access(writing, name) == "write"


def _refusal(program: FormProgram, name: str) -> Problem:
    field = program.fields[name].field.text() if name in program.fields else name
    return problem("value.not_writable", pointer(name), field=field)
