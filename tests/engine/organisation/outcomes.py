"""What a change of the organisation was refused with, and what the trail noted of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.runtime import Runtime
from metamodel.problems import Rejected


def codes(work: Callable[[], Any]) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as refused:
        work()
    return {(one.code.removeprefix("organisation."), one.path) for one in refused.value.problems}


def noted(runtime: Runtime, action: str) -> list[dict[str, Any]]:
    with runtime.database.read() as connection:
        return [dict(one.detail) for one in runtime.audit.latest(connection) if one.action == action]
