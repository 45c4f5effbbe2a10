"""Idempotency keys: the same request sent twice does its work once and answers alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.runtime import Runtime
from engine.system_tables import idempotency
from metamodel.problems import Rejected, problem

Work = Callable[[Unit], dict[str, Any]]


def once(runtime: Runtime, viewer: Viewer, key: str | None, request: bytes, work: Work) -> dict[str, Any]:
    """`work` in a unit; with a key, its answer is kept in the same unit and given again.
    Rejected (request.idempotency) when the key came with another request before."""
    return runtime.database.write(
        lambda unit: _once(runtime, unit, viewer, key, request, work) if key else work(unit)
    )


def _once(
    runtime: Runtime, unit: Unit, viewer: Viewer, key: str, request: bytes, work: Work
) -> dict[str, Any]:
    name = hashlib.sha256(f"{viewer.person}\0{key}".encode()).digest()
    digest = runtime.box.fingerprint(request)
    runtime.database.alone(unit.connection, f"idempotency {name.hex()}")
    row = unit.connection.execute(sa.select(idempotency).where(idempotency.c.key == name)).mappings().first()
    if row is not None:
        if row["request"] != digest:
            raise Rejected([problem("request.idempotency")])
        return dict(runtime.box.open_json(row["answer_sealed"]))
    answer = work(unit)
    sealed = runtime.box.seal_json(answer)
    values = {"key": name, "request": digest, "status": 200, "answer_sealed": sealed, "at": unit.now}
    unit.connection.execute(sa.insert(idempotency).values(values))
    return answer
