"""Parts of the designer's frame that are asked for while somebody edits: the list of problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from builder_ui.design_frame import DesignProblem, draft_problems
from builder_ui.site import Ask, Here, InPath, Visit
from engine.whole_numbers import whole_number


@dataclass(frozen=True, slots=True)
class ProblemList:
    problems: tuple[DesignProblem, ...]

    @property
    def errors(self) -> int:
        return sum(found.is_error for found in self.problems)


@get("/design/{app_id:str}/problems", sync_to_thread=True)
def problem_list(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """What the checks say of `revision` (default: the newest draft), as the list in the frame."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    found = draft_problems(visit, looked)
    return visit.part("design/problems.html", ProblemList(found))


def asked_revision(visit: Visit) -> int:
    """`revision` of the address; 0 where it is none."""
    text = visit.query.get("revision", "")
    return whole_number(text, 0)


HANDLERS = (problem_list,)
