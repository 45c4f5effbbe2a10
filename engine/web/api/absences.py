"""/api/v1/absences: when one is away, and who stands in at one's to-dos meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Request, Router, delete, get, post
from litestar.params import FromPath

from engine.access.absences import Absence
from engine.runtime import Runtime
from engine.web.body import json_object
from engine.web.security import may_write, signed_in, viewer_of
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

Ask = Request[Any, Any, Any]


@get("/absences", sync_to_thread=True)
def list_absences(request: Ask, runtime: Runtime) -> dict[str, Any]:
    """One's own that last or are to come, and those of others for whom one stands in now."""
    person = viewer_of(request).person
    mine, theirs = runtime.absences.of(person), runtime.absences.standing_in(person)
    return {"mine": [_json(one) for one in mine], "standing_in": [_json(one) for one in theirs]}


@post("/absences", sync_to_thread=True, guards=[may_write])
def set_absence(request: Ask, runtime: Runtime, body: bytes) -> dict[str, str]:
    """`{delegate, first, last}`: days as 2026-11-23, both included; answers 201 with its id."""
    sent = json_object(body)
    first, last = (_day(str(sent.get(name) or ""), name) for name in ("first", "last"))
    made = runtime.absences.set(viewer_of(request), str(sent.get("delegate") or ""), first, last)
    return {"id": str(made)}


@delete("/absences/{absence:str}", sync_to_thread=True, guards=[may_write])
def end_absence(request: Ask, runtime: Runtime, absence: FromPath[str]) -> None:
    """It ends now, or does not begin."""
    number = whole_number(absence, 0)
    runtime.absences.end(viewer_of(request), number)


def _json(absence: Absence) -> dict[str, str]:
    return {
        "id": str(absence.id), "person": absence.person, "delegate": absence.delegate,
        "first": absence.first.isoformat(), "last": absence.last.isoformat(),
    }  # fmt: skip


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected([problem("request.unreadable", f"/{name}", reason="2026-11-23")]) from None


router = Router("/", route_handlers=[list_absences, set_absence, end_absence], guards=[signed_in])
