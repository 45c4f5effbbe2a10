"""Formats: old documents brought up to the format of today, one function a step.

`"muniment": N` names the format. A step takes a document of format N and gives one of
N + 1; it may not lose anything. A newer format than ours cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from metamodel.core_schema import FORMAT
from metamodel.problems import Problem, problem

Document = Mapping[str, Any]

# N -> the step from format N to N + 1
STEPS: dict[int, Callable[[Document], Document]] = {}


def upgrade(
    document: Document, steps: Mapping[int, Callable[[Document], Document]] = STEPS, newest: int = FORMAT
) -> tuple[Document, list[Problem]]:
    """The document in the newest format; with a Problem when it is of one we do not know."""
    found = document.get("muniment", newest)
    if not isinstance(found, int) or isinstance(found, bool):
        return document, []  # told by the schema
    if found > newest or any(step not in steps for step in range(found, newest)):
        return document, [problem("app.format", "/muniment", format=found, newest=newest)]
    for step in range(found, newest):
        document = {**steps[step](document), "muniment": step + 1}
    return document, []
